"""The criteria of a round in the admin: their text is edited, proofread, tried on the present facts, and adopted."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from scoring import tasks, trial
from scoring.models import Scorecard, Trial
from scoring.pages.trial_report import shown
from submissions import intake
from submissions.admin.roles import RUNNERS, RoleAdmin, page_context, short_time
from submissions.fields import show_reasons, whole
from submissions.models import Entry, Proposal, Round, SchemeDraft
from submissions.questions import access
from submissions.questions.proofread import Refused, check_scheme
from submissions.questions.proposals import why_not_alone
from submissions.queue import send

from .changed import changed_texts
from .texts import TextForm, doubts_of, faults_of, shown_faults

PATIENCE, IMPATIENCE = 600, 10  # how often a page asks for progress, and after how often the worker is asked again


@admin.register(Trial)
class TrialAdmin(RoleAdmin):
    """Trials are made on the page of a round's criteria, and adopted on their own."""

    viewers = RUNNERS
    to_round = "round"
    list_display = ["made", "round", "made_by", "state"]
    list_display_links = ["made"]
    list_select_related = ["round", "made_by"]

    def get_queryset(self, request):
        """Without the texts, and in the list without the reports, each of which may have a line for every office."""
        rows = super().get_queryset(request).select_related("round__edition", "edition", "made_by")
        rows = rows.defer("round__edition__text", "edition__text").annotate(is_made=Q(report__isnull=False))
        is_list = request.resolver_match and request.resolver_match.url_name.endswith("changelist")
        return rows.defer("text", "report") if is_list else rows

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("round/<int:round_pk>/", view(self.text_view), name="scoring_trial_text"),
            path("round/<int:round_pk>/draft/", view(self.draft_view), name="scoring_trial_draft"),
            path("round/<int:round_pk>/rescoring/", view(self.rescoring_view), name="scoring_trial_rescoring"),
            *super().get_urls(),
        ]

    @display(description=_("made at"), ordering="made_at")
    def made(self, tried: Trial) -> str:
        return short_time(tried.round_time)

    @display(description=_("state"), label={True: "success", False: "warning"})
    def state(self, tried: Trial):
        if tried.has_failed:
            return False, _("failed")
        return tried.is_made, _("compared") if tried.is_made else _("being compared")

    # The text

    def text_view(self, request, round_pk: int) -> HttpResponse:
        round = self._round_or_404(request, round_pk)
        why_not = access.why_not_adopt(request.user, round)
        if request.method != "POST":
            return self._text_page(request, round, TextForm(initial={"text": self._begun(request, round)}), why_not)
        if why_not:
            raise PermissionDenied(why_not)
        form = TextForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._text_page(request, round, form, status=422)
        text, is_trial = form.cleaned_data["text"], "try" in request.POST
        if faults := faults_of(text):
            return self._text_page(request, round, form, faults=faults, status=422)
        try:
            if is_trial:
                return redirect("admin:scoring_trial_change", begin_trial(round, text, request.user).pk)
            _check(round, text)
        except Refused as refused:
            show_reasons(form, refused.reasons)
            return self._text_page(request, round, form, status=422)
        return self._text_page(request, round, form, is_sound=True)

    def draft_view(self, request, round_pk: int) -> HttpResponse:
        """Begin to change them in forms, or go on where somebody left off."""
        round = self._round_or_404(request, round_pk)
        if request.method != "POST":
            return redirect("admin:scoring_trial_text", round.pk)
        try:
            draft = intake.draft_criteria(round, by=request.user)
        except intake.Refused as refused:
            raise PermissionDenied(str(refused)) from None
        return redirect("admin:submissions_schemedraft_forms", draft.pk)

    @staticmethod
    def _begun(request, round: Round) -> str:
        """The text to go on with: of a trial that is named, or else the present edition's."""
        pk = whole(request.GET.get("trial", ""))
        tried = Trial.objects.filter(round=round, pk=pk).values_list("text", flat=True).first() if pk else None
        return tried or round.edition.text

    def _text_page(self, request, round, form, why_not=None, *, faults=(), is_sound=False, status=200) -> HttpResponse:
        text = form["text"].value() or ""
        doubts = doubts_of(text) if not faults else ()
        context = page_context(
            self,
            request,
            title=_("Criteria of the round"),
            subtitle=round.name,
            round=round,
            form=form,
            why_not=why_not,
            **shown_faults(faults),
            is_sound=is_sound,
            doubts=doubts,
            draft=_draft_of(round),
            trials=round.trials.select_related("made_by").defer("text", "report")[:5],
        )
        return render(request, "scoring/admin/text.html", context, status=status)

    # The trial

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        tried = self._object_or_404(request, object_id)
        if request.method == "POST":
            return self._adopt(request, tried)
        if request.htmx:
            return self._progress(request, tried)
        return self._trial_page(request, tried)

    def _progress(self, request, tried: Trial) -> HttpResponse:
        context = _times_asked(request) | {
            "done": tried.done,
            "total": tried.total,
            "is_done": tried.is_done or tried.has_failed,
        }
        if context["asked"] == IMPATIENCE and not tried.is_done:
            send(tasks.try_text, tried.pk)  # the first message may be lost
        return _fragment(request, context)

    def _adopt(self, request, tried: Trial) -> HttpResponse:
        if why_not := access.why_not_adopt(request.user, tried.round):
            raise PermissionDenied(why_not)
        reason = request.POST.get("reason", "")
        if obstacle := self._obstacle(tried):
            return self._trial_page(request, tried, faults=[obstacle], reason=reason, status=409)
        try:
            if why_not_alone(tried.round, None):
                arguments = {"text": tried.text, "reason": reason, "expected": tried.edition.digest}
                kind = Proposal.Kind.ADOPT
                made = intake.propose(tried.round, kind, arguments, by=request.user, reason=reason)
                messages.success(request, _("It is proposed. A second person confirms it."))
                return redirect("proposal", made.pk)
            intake.adopt_edition(tried.round, tried.text, by=request.user, reason=reason, expected=tried.edition.digest)
        except intake.Refused as refused:
            faults = [fault for reasons in refused.reasons.values() for fault in reasons]
            return self._trial_page(request, tried, faults=faults, reason=reason, status=422)
        except intake.Conflict:
            tried = self._object_or_404(request, tried.pk)
            return self._trial_page(request, tried, faults=[self._obstacle(tried)], reason=reason, status=409)
        messages.success(request, _("The round has its new criteria. Its entries are being scored by them."))
        return redirect("admin:scoring_trial_rescoring", tried.round_id)

    @staticmethod
    def _obstacle(tried: Trial) -> Promise | None:
        """Why what was tried can't be adopted, whoever asks."""
        if tried.has_failed:
            return _("The comparison broke off. The text is kept; the system's log says why.")
        if not tried.is_done:
            return _("Wait until the comparison is made; then look at it first.")
        if tried.edition_id != tried.round.edition_id:
            return _(
                "The round has other criteria by now than those of this comparison. Go on with the text; try again."
            )
        if tried.report and tried.report["unscored"]:
            return _("Some entries could not be scored at all by this text.")
        return None

    def _trial_page(self, request, tried: Trial, *, faults=(), reason="", status=200) -> HttpResponse:
        draft = _draft_of(tried.round, text=tried.text)
        context = page_context(
            self,
            request,
            title=_("Trial of new criteria"),
            subtitle=tried.round.name,
            trial=tried,
            round=tried.round,
            faults=faults,
            reason=reason,
            proposes=bool(why_not_alone(tried.round, None)),
            why_not=access.why_not_adopt(request.user, tried.round) or self._obstacle(tried),
            has_moved=tried.is_done and self._has_moved(tried),
            **(
                changed_texts(tried.edition, tried.text, draft) | shown(tried, page=request.GET.get("page"))
                if tried.is_done
                else {"progress": _times_asked(request) | {"total": tried.total}}
            ),
        )
        return render(request, "scoring/admin/trial.html", context, status=status)

    @staticmethod
    def _has_moved(tried: Trial) -> bool:
        """Facts came in since, or a day has ended, and with it perhaps a deadline."""
        days = [timezone.localtime(moment).date() for moment in (tried.as_of, tried.round.now())]
        return tried.facts_version != trial.facts_version(tried.round) or days[0] != days[1]

    # What follows

    def rescoring_view(self, request, round_pk: int) -> HttpResponse:
        round = self._round_or_404(request, round_pk)
        entries = Entry.objects.filter(round=round).taking_part()
        fresh = Scorecard.objects.fresh().filter(entry__in=entries, basis="verified")
        done = fresh.filter(edition_digest=round.edition.digest).count()
        total = entries.count()
        progress = _times_asked(request) | {"done": done, "total": total, "is_done": done == total}
        if request.htmx:
            return _fragment(request, progress)
        title = _("Scored by the new criteria")
        context = page_context(self, request, title=title, subtitle=round.name, round=round, progress=progress)
        return render(request, "scoring/admin/rescoring.html", context)

    def _round_or_404(self, request, pk: int) -> Round:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(Round.objects.run_by(request.user).select_related("edition"), pk=pk)


def begin_trial(round: Round, text: str, user) -> Trial:
    begun = trial.begin(round, text, by=user)
    transaction.on_commit(lambda: send(tasks.try_text, begun.pk), robust=True)
    return begun


def _draft_of(round: Round, **which: str) -> SchemeDraft | None:
    """What is written of its next criteria."""
    return round.drafts.open().filter(**which).select_related("edited_by").defer("text").first()


def _check(round: Round, text: str) -> None:
    refused = Refused()
    check_scheme(round, text, refused)
    refused.raise_if_any()


def _times_asked(request) -> dict[str, Any]:
    """How often the page has asked, and whether it goes on asking."""
    times = (whole(request.GET.get("asked", "")) or 0) + 1
    return {"asked": times, "goes_on": times < PATIENCE, "address": request.path}


def _fragment(request, context: dict) -> HttpResponse:
    response = render(request, "scoring/admin/progress.html", context)
    if context["is_done"]:
        response["HX-Refresh"] = "true"
    return response
