"""What takes two persons: what was proposed, with all that it would do, for whoever confirms or declines it."""

import difflib
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from submissions import intake
from submissions.fields import posted, show_reasons, status_of
from submissions.models import Edition, Import, Office, Proposal, Round, Sheet, User
from submissions.models.editions import MOST_REASON
from submissions.models.proposals import ProposalQuerySet
from submissions.questions import access
from submissions.questions.committee import name_of
from submissions.questions.forbidden import forbid
from submissions.questions.proposals import has_second, why_not_second, why_not_withdraw, why_over

SHOWN = 50  # of those that ended
LINES = 400  # of a comparison of texts


def _seen(request) -> ProposalQuerySet:
    related = ("round", "proposed_by", "ending__by", "entry__office", "entry__nominee_office")
    return Proposal.objects.visible_to(request.user).select_related(*related)


@login_required
@require_GET
def proposals(request) -> HttpResponse:
    """All of the rounds that somebody runs: those that wait first, with those for this person at the top."""
    forbid(access.why_not_run_rounds(request.user))
    now = timezone.now()
    waiting = list(_seen(request).open(now))
    ended = list(_seen(request).exclude(pk__in=[one.pk for one in waiting])[:SHOWN])
    guarded = Round.objects.run_by(request.user).filter(needs_two_persons=True, is_closed=False)
    context = {
        "waiting": sorted(waiting, key=lambda one: (one.proposed_by_id == request.user.pk, one.pk)),
        "ended": ended,
        "guarded": guarded,
    }
    return render(request, "submissions/proposals.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def proposal(request, pk: int) -> HttpResponse:
    shown = get_object_or_404(_seen(request), pk=pk)
    if request.method != "POST":
        return _page(request, shown, ReasonForm())
    deed = request.POST.get("deed", "")
    form = ReasonForm(request.POST if deed == "decline" else None)
    why_not = (why_not_withdraw if deed == "withdraw" else why_not_second)(request.user, shown)
    if why_not and not why_over(shown):
        raise PermissionDenied(why_not)
    try:
        confirms = deed == "confirm" and not why_not
        begun = intake.begin_to_confirm(shown, by=request.user) if confirms else None
        if begun:
            return redirect(begun)
        said = _do(request, shown, deed)
    except intake.Refused as refused:
        faults = _faults(form, refused)
        return _page(request, get_object_or_404(_seen(request), pk=pk), form, faults=faults, status=422)
    except intake.Overtaken as overtaken:
        sentence = _("Nothing was done: what it was about has changed. Make a new proposal.")
        shown = get_object_or_404(_seen(request), pk=pk)
        return _page(request, shown, form, faults=[sentence, str(overtaken)], status=409)
    messages.success(request, said)
    return redirect("proposal", pk)


def _do(request, shown: Proposal, deed: str) -> str:
    if deed == "withdraw":
        intake.withdraw(shown, by=request.user)
        return _("The proposal is withdrawn.")
    if deed == "decline":
        intake.decline(shown, by=request.user, reason=request.POST.get("reason", ""))
        return _("The proposal is declined.")
    intake.confirm(shown, by=request.user)
    return _("It is confirmed and done.")


def _faults(form: forms.Form, refused: intake.Refused) -> list[str]:
    """What is wrong with the whole; what is wrong with a field that was filled in is shown beside it."""
    reasons = dict(refused.reasons)
    faults = reasons.pop("", [])
    if form.is_valid():
        show_reasons(form, reasons)
    return faults


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is declined"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": MOST_REASON}),
    )


def _page(request, shown: Proposal, form, *, faults=(), status=200) -> HttpResponse:
    context = {
        "proposal": shown,
        "round": shown.round,
        "details": details(shown),
        "compared": _compared(shown) if shown.kind == Proposal.Kind.ADOPT else [],
        "why_not": why_not_second(request.user, shown),
        "may_withdraw": why_not_withdraw(request.user, shown) is None,
        "is_over": why_over(shown) is not None,
        "form": form,
        "faults": faults,
    }
    return render(request, "submissions/proposal.html", context, status=status)


def details(shown: Proposal) -> list[tuple[str, str, str]]:
    """What it is done with: what each part is called, what it says, and where that is seen ("" nowhere)."""
    said: dict[str, Any] = shown.arguments
    match shown.kind:
        case Proposal.Kind.PUBLISH:
            title = _("Provisional result") if said["provisional"] else _("Publication")
            rows = [(title, _("number %(number)s") % said, reverse("publish", args=[shown.round_id]))]
            rows += [(_("Correction"), said["reason"], "")] if said["reason"] else []
            return rows + [_tie(decision) for decision in said["decisions"]]
        case Proposal.Kind.ADOPT:
            return [(_("Reason"), said["reason"], "")]
        case Proposal.Kind.REOPEN:
            sheet = Sheet.objects.select_related("judge").get(pk=said["sheet"])
            seen = reverse("admin:submissions_sheet_of_entry", args=[sheet.entry_id])
            return [(_("Scoring sheet"), f"{shown.entry} · {sheet.judge}", seen)]
        case Proposal.Kind.UNDO:
            done = Import.objects.get(pk=said["import"])
            return [(_("Import"), str(done), reverse("admin:submissions_import_change", args=[done.pk]))]
        case Proposal.Kind.UNSEAT:
            leaving = User.objects.filter(pk__in=said["judges"])
            return [(_("Leave the committee"), ", ".join(map(name_of, leaving)), "")]
        case Proposal.Kind.REVOKE:
            return [(_("Paper"), said["paper"], reverse("verify-paper", args=[said["paper"]]))]
    return []


def _tie(decision: dict[str, Any]) -> tuple[str, str, str]:
    names = {office.code: str(office) for office in Office.objects.filter(code__in=decision["offices"])}
    order = " · ".join(names.get(code, code) for code in decision["offices"])
    return _("The committee's order of a tie"), f"{order} – {decision['reason']}", ""


def _compared(shown: Proposal) -> list[str]:
    """How the text that is proposed differs from the one that it was compared with, line by line."""
    said = shown.arguments
    before = Edition.objects.filter(digest=said["expected"]).values_list("text", flat=True).first() or ""
    lines = difflib.unified_diff(before.splitlines(), said["text"].splitlines(), lineterm="", n=2)
    return list(lines)[2 : LINES + 2]


class ProposeForm(forms.Form):
    """What is proposed here, of a round: the rest is proposed where it would be done."""

    deed = forms.ChoiceField(label=gettext_lazy("What is proposed"), widget=forms.RadioSelect)
    judges = forms.MultipleChoiceField(
        label=gettext_lazy("Who leaves the committee"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The second person, who confirms it, reads it."),
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    fields: dict[str, Any]

    def __init__(self, round: Round, data=None) -> None:
        super().__init__(data)
        judges = [(str(judge.pk), name_of(judge)) for judge in round.judges.order_by("full_name", "pk")]
        kinds = [Proposal.Kind.UNSEAT] if judges and not round.is_settled else []
        kinds += [Proposal.Kind.UNSETTLE] if round.is_settled else []
        kinds += [Proposal.Kind.ALONE] if round.needs_two_persons else []
        self.fields["deed"].choices = [(kind.value, kind.label) for kind in kinds]
        self.fields["judges"].choices = judges
        if Proposal.Kind.UNSEAT not in kinds:
            del self.fields["judges"]


@login_required
@require_http_methods(["GET", "POST"])
def propose(request, round_id: int) -> HttpResponse:
    """Propose what has no page of its own: that judges leave, that facts change again, that one person is enough."""
    rounds = Round.objects.run_by(request.user).select_related("edition").defer("edition__text")
    round = get_object_or_404(rounds, pk=round_id)
    form = ProposeForm(round, posted(request))
    if form.is_valid():
        said = form.cleaned_data
        try:
            return _proposed(request, round, said)
        except intake.Refused as refused:
            show_reasons(form, refused.reasons)
        except intake.Conflict as conflict:
            form.add_error(None, str(conflict))
    context = {"round": round, "form": form, "has_second": has_second(round, request.user)}
    return render(request, "submissions/propose.html", context, status=status_of(form))


def _proposed(request, round: Round, said: dict[str, Any]) -> HttpResponse:
    """Proposed where two persons decide, else done at once."""
    deed, reason = said["deed"], said["reason"]
    judges = sorted(int(pk) for pk in said.get("judges", ())) if deed == Proposal.Kind.UNSEAT else []
    if round.needs_two_persons:
        arguments = {"judges": judges} if judges or deed == Proposal.Kind.UNSEAT else {}
        made = intake.propose(round, deed, arguments, by=request.user, reason=reason)
        messages.success(request, _("It is proposed. A second person confirms it."))
        return redirect("proposal", made.pk)
    if deed == Proposal.Kind.UNSETTLE:
        intake.unsettle(round, by=request.user, reason=reason)
    else:
        intake.unseat_judges(round, judges, by=request.user)
    messages.success(request, _("It is done."))
    return redirect("publications", round.pk)


urls = [
    path("proposals/", proposals, name="proposals"),
    path("proposals/<int:pk>/", proposal, name="proposal"),
    path("rounds/<int:round_id>/propose/", propose, name="propose"),
]
