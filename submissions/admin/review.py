"""The page on which one piece of evidence is looked at and decided on."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, Q, When, Window
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.views import ChangeList

from scoring import engine
from submissions import intake
from submissions.examination.remarks import tell
from submissions.fields import whole
from submissions.models import Claim, Evidence, User
from submissions.pages.passing_on import pass_on, passing_on
from submissions.pages.pieces import checklist_of, others_of, requirement_of, slot_of_piece, to_tick
from submissions.pages.threads import Thread
from submissions.questions import access, checklist
from submissions.questions.reasons import MISSING, filled_in, reasons_for
from submissions.questions.slots import EvidenceSlot

from .roles import Part, page_context

OF_OTHERS = 2  # the turn of what others have open
FILTERS = "_changelist_filters"  # where Django keeps the list's filters in an address


class ReviewPage(Part):
    """Part of an admin of Evidence: its change page."""

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        evidence = self._evidence_or_404(request, object_id)
        if request.method == "POST":
            return self._review(request, evidence)
        waits = evidence.status == Evidence.Status.SUBMITTED
        is_mine = waits and bool(intake.claim([evidence.pk], by=request.user, at=timezone.now()))
        return self._review_page(request, evidence, is_mine=is_mine)

    def next_view(self, request) -> HttpResponse:
        """To what has waited longest under the filters in the address, and nobody else has open; to the list, where
        nothing does."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self._rows_of_list(request).to_be_decided_by(request.user)
        waiting = rows.waiting().filter(entry__round__is_closed=False)
        first = intake.free_for(waiting, request.user, timezone.now()).values_list("pk", flat=True).first()
        return redirect(self._address(request, first) if first else self._queue_address(request))

    def _evidence_or_404(self, request, object_id) -> Evidence:
        if not self.has_view_permission(request):
            raise PermissionDenied
        people = ("submitted_by", "reviewed_by", "examination")
        rows = self.get_queryset(request).select_related(*self.list_select_related, "entry__office__parent", *people)
        if (evidence := rows.filter(pk=whole(object_id)).first()) is None:
            raise Http404
        return evidence

    def _review(self, request, evidence: Evidence) -> HttpResponse:
        is_accepted, revision = request.POST.get("decision") == "accept", whole(request.POST.get("revision", ""))
        reason, ticked = request.POST.get("reason", ""), request.POST.getlist("ticked")
        if not is_accepted and request.POST.get("decision") != "return":
            neither = [_("Accept it, or return it.")]
            return self._review_page(request, evidence, reason=reason, ticked=ticked, faults=neither, status=422)
        because = request.POST.get("because", "")
        if is_accepted and evidence.status == Evidence.Status.RETURNED and not because.strip():
            unsaid = [_("Say why the decision is changed. The office does not read it; the log keeps it.")]
            return self._review_page(request, evidence, reason=reason, ticked=ticked, faults=unsaid, status=422)
        try:
            intake.review_evidence(
                evidence,
                by=request.user,
                accept=is_accepted,
                reason=reason,
                because=because,
                ticked=ticked if checklist_of(evidence) else None,
                # A page that does not say what it showed has seen nothing.
                revision=revision or 0,
            )
        except intake.Refused as refused:
            lines = checklist.ticked_off(requirement_of(evidence), ticked, intake.Refused())
            reason = reason.strip() or checklist.reason_of(lines)  # how it may begin, to be sent or altered
            return self._review_page(request, evidence, reason=reason, ticked=ticked, faults=refused.texts, status=422)
        except intake.Conflict:
            fresh = self._evidence_or_404(request, str(evidence.pk))
            return self._review_page(request, fresh, reason=reason, ticked=ticked, conflict=True, status=409)
        return self._go_on(request, evidence, is_accepted)

    def pass_on_view(self, request, pk: int) -> HttpResponse:
        """Pass it to a second reader, or take it back; then back to the piece."""
        evidence = self._evidence_or_404(request, str(pk))
        if request.method == "POST":
            if not self.has_change_permission(request):
                raise PermissionDenied
            try:
                pass_on(request, evidence)
            except (intake.Refused, intake.Conflict) as why:
                messages.error(request, str(why))
            else:
                if "take_back" not in request.POST:
                    return redirect("admin:submissions_evidence_next")
        return redirect("admin:submissions_evidence_change", pk)

    def _go_on(self, request, evidence: Evidence, is_accepted: bool) -> HttpResponse:
        """To the next one waiting under the same filters, saying how many are left."""
        following, left = self._next(request, evidence)
        done: Any = _("“%(title)s” was accepted.") if is_accepted else _("“%(title)s” was returned.")
        done %= {"title": evidence.title}
        rest: Any
        if left:
            rest = ngettext("%(left)s left.", "%(left)s left.", left) % {"left": left}
        else:
            rest = _("Nothing else waits here.")
        messages.success(request, f"{done} {rest}")
        return redirect(self._address(request, following) if following else self._queue_address(request))

    def _next(self, request, evidence: Evidence) -> tuple[int | None, int]:
        """The next one that waits under the list's filters and nobody else has open, after this one or else from the
        top; and how many wait."""
        rows = self._rows_of_list(request)
        later = Q(submitted_at__gt=evidence.submitted_at) | Q(submitted_at=evidence.submitted_at, pk__gt=evidence.pk)
        waiting = rows.waiting().to_be_decided_by(request.user).exclude(pk=evidence.pk)
        theirs = Q(pk__in=Claim.objects.held(timezone.now()).exclude(reviewer=request.user).values("pk"))
        turn = Case(When(theirs, then=OF_OTHERS), When(later, then=0), default=1)
        placed = waiting.annotate(turn=turn, left=Window(Count("pk"))).order_by("turn", "submitted_at", "pk")
        pk, left, its_turn = placed.values_list("pk", "left", "turn").first() or (None, 0, 0)
        return (None if its_turn == OF_OTHERS else pk), left

    def _rows_of_list(self, request):
        """What the list behind this page held. Filters that make no sense filter nothing, as on the list itself."""
        listing = _Listing(request)
        try:
            return self.get_changelist_instance(listing).queryset if listing.GET else self.get_queryset(request)
        except IncorrectLookupParameters:
            return self.get_queryset(request)

    def get_changelist(self, request, **kwargs):
        return _FiltersOnly if isinstance(request, _Listing) else super().get_changelist(request, **kwargs)

    def _address(self, request, pk: int) -> str:
        filters = request.GET.get(FILTERS)
        query = QueryDict(mutable=True)
        if filters:
            query[FILTERS] = filters
        return reverse("admin:submissions_evidence_change", args=[pk]) + (f"?{query.urlencode()}" if filters else "")

    def _queue_address(self, request) -> str:
        filters = request.GET.get(FILTERS, "")
        return reverse("admin:submissions_evidence_changelist") + (f"?{filters}" if filters else "")

    def _review_page(
        self, request, evidence, *, reason="", ticked=None, faults=(), conflict=False, is_mine=False, status=200
    ) -> HttpResponse:
        """`is_mine`: just claimed. `ticked`: what was ticked on the page that comes back; None: as it was decided."""
        entry, scheme = evidence.entry, evidence.entry.round.scheme
        following, left = self._next(request, evidence)
        slot = slot_of_piece(evidence)
        tell([evidence], request.user)
        passing = passing_on(request.user, evidence)
        decided = entry.events.filter(data__evidence=evidence.pk).select_related("actor").order_by("-sequence")
        context = page_context(
            self,
            request,
            title=evidence.title,
            subtitle=_("Evidence to review"),
            evidence=evidence,
            claim=None if is_mine else _claim_of_others(evidence, request.user),
            entry=entry,
            criteria=[scheme.criteria[code] for code in evidence.criteria],
            requirement=requirement_of(evidence),
            checklist=to_tick(evidence, ticked),
            slot=slot,
            is_late=slot is not None and evidence.submitted_at > engine.end_of_day(slot.due),
            others=others_of(evidence, slot, request.user),
            deeds=list(decided),
            told=evidence.examined,
            held=access.why_not_open(evidence) if evidence.file else None,
            phrases=_phrases(evidence, slot),
            reason=reason or evidence.return_reason,
            because=request.POST.get("because", ""),
            faults=faults,
            conflict=conflict,
            waiting=left + (evidence.status == Evidence.Status.SUBMITTED),  # with this one, as the menu counts
            next_address=self._address(request, following) if following else "",
            queue_address=self._queue_address(request),
            thread=Thread(entry, slot, request.user) if slot else None,
            back=self._address(request, evidence.pk) + "#talk",
            **passing,
        )
        return render(request, "submissions/admin/review.html", context, status=status)


class _FiltersOnly(ChangeList):
    """A list that is asked for its filters' rows, and neither counts nor shows them."""

    result_list: Any

    def get_results(self, request) -> None:
        self.result_count = self.full_result_count = 0
        self.result_list, self.can_show_all, self.multi_page = [], False, False


class _Listing:
    """The request as the list had it: its filters, which the page carries in its own address."""

    def __init__(self, request) -> None:
        self._request, self.GET = request, QueryDict(request.GET.get(FILTERS, ""))
        self.method = "GET"

    def __getattr__(self, name):
        return getattr(self._request, name)


def _claim_of_others(evidence: Evidence, reader: User) -> Claim | None:
    held = Claim.objects.held(timezone.now()).exclude(reviewer=reader)
    return held.filter(pk=evidence.pk).select_related("reviewer").first()


def _phrases(evidence: Evidence, slot: EvidenceSlot | None) -> list[str]:
    """Reasons to choose from: those of the scheme, and what was remarked on this file."""
    remarked = evidence.examined.findings if evidence.examined else ()
    kept = [
        filled_in(text, evidence, slot.due if slot else None).replace(MISSING, "…")
        for text in reasons_for(evidence.entry.round.scheme.code)
    ]
    return [*kept, *(finding.sentence for finding in remarked)]
