"""Where an office's head, and those who run the round, let everybody read a piece as best practice, or take it back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from submissions import intake, thai
from submissions.models import Consent, Evidence, Round
from submissions.questions import consents
from submissions.questions.forbidden import forbid
from submissions.questions.slots import title_of

from .evidence_files import evidence_or_404


@login_required
@require_http_methods(["GET", "POST"])
def best_practice(request, pk: int) -> HttpResponse:
    evidence = evidence_or_404(request, pk)
    forbid(consents.why_not_say(request.user, evidence))
    if request.method != "POST":
        return _page(request, evidence)
    is_given = request.POST.get("deed") == "give"
    try:
        intake.say_consent(evidence, by=request.user, is_given=is_given)
    except intake.Refused as refused:
        return _page(request, evidence, faults=refused.reasons[""], status=422)
    given, taken_back = _("Your side lets everybody read it."), _("Taken back. Nobody reads it without a log-in.")
    messages.success(request, given if is_given else taken_back)
    return redirect("best-practice", pk)


def _page(request, evidence: Evidence, *, faults=(), status: int = 200) -> HttpResponse:
    entry, side, said = evidence.entry, consents.side_of(request.user, evidence), consents.said(evidence)
    sides = [(one, one.label, said.get(one)) for one in Consent.Side]
    context = {
        "evidence": evidence,
        "entry": entry,
        "round": entry.round,
        "slot": title_of(entry.round.scheme, evidence.requirement, evidence.period, thai.language()),
        "sides": sides,
        "is_given": any(one == side and last and last.is_given for one, _label, last in sides),
        "by_both": all(last and last.is_given for _one, _label, last in sides),
        "why_not": consents.why_not_show(evidence),
        "faults": faults,
    }
    return render(request, "submissions/best_practice.html", context, status=status)


@login_required
@require_GET
def best_practices(request, pk: int) -> HttpResponse:
    """To a head all that the own office may share; to those who run the round what offices want to share."""
    rounds = Round.objects.visible_to(request.user).select_related("edition").defer("edition__text")
    round = get_object_or_404(rounds, pk=pk)
    context = {"round": round, "rows": [_row(round, one) for one in _pieces(request.user, round)]}
    return render(request, "submissions/best_practices.html", context)


def _pieces(user, round: Round) -> QuerySet[Evidence]:
    seen = Evidence.objects.visible_to(user).filter(entry__round=round)
    said = Q(pk__in=Consent.objects.filter(entry__round=round).values("evidence"))
    if round.is_run_by(user):
        wanted = seen.filter(said)
    elif user.is_officer and user.is_head:
        own = seen.filter(entry__office=user.office_id)
        wanted = own.filter(said | Q(pk__in=own.fit_to_show().values("pk")))
    else:
        raise PermissionDenied(
            _("Only the head of the office, and those who run the round, let everybody read a piece.")
        )
    related = ("entry__office", "entry__nominee_office")
    return wanted.select_related(*related).prefetch_related("consents").order_by("entry", "requirement", "period", "pk")


def _row(round: Round, evidence: Evidence) -> dict[str, Any]:
    last = {one.side: one.is_given for one in evidence.consents.all()}  # in order: the later holds
    return {
        "evidence": evidence,
        "slot": title_of(round.scheme, evidence.requirement, evidence.period, thai.language()),
        "sides": [(one.label, last.get(one, False)) for one in Consent.Side],
    }


urls = [
    path("evidence/<int:pk>/best-practice/", best_practice, name="best-practice"),
    path("rounds/<int:pk>/best-practices/", best_practices, name="best-practices"),
]
