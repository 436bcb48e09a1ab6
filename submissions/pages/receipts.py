"""The receipt of what was handed in, and where else its office handed in the same file."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from submissions import thai
from submissions.models import Evidence
from submissions.questions import consents
from submissions.questions.slots import page_of, title_of
from submissions.signals import proof_asked

from .dear import dear
from .printed import paper

SHOWN = 5  # other places named; more say nothing more


@login_required
@require_GET
def receipt(request, pk: int) -> HttpResponse:
    """What was handed in, when, by whom, and the fingerprint by which the file can be known."""
    told = _told(request, pk, thai.language())
    told["may_release"] = consents.may_release(request.user, told["evidence"])
    return render(request, "submissions/receipt.html", told)


@login_required
@require_GET
@dear("30/min")
def receipt_pdf(request, pk: int) -> HttpResponse:
    """The same on paper."""
    told = _told(request, pk, "th")
    number = told["evidence"].receipt.replace("/", "-")
    told["user"] = request.user
    return paper("submissions/pdf/receipt.html", told["entry"], gettext_lazy("Receipt"), told, number)


def _told(request, pk: int, language: str) -> dict[str, Any]:
    related = ("entry__round__edition", "entry__office__parent", "entry__nominee_office", "submitted_by")
    rows = Evidence.objects.visible_to(request.user).select_related(*related).defer("entry__round__edition__text")
    evidence = get_object_or_404(rows, pk=pk)
    entry = evidence.entry
    return {
        "evidence": evidence,
        "entry": entry,
        "round": entry.round,
        "slot": title_of(entry.round.scheme, evidence.requirement, evidence.period, language),
        "back": page_of(entry, evidence.requirement, evidence.period),
        "sealed": _sealed(evidence),
        "digest": [evidence.sha256[at : at + 8] for at in range(0, len(evidence.sha256), 8)],
    }


def _sealed(evidence: Evidence) -> dict[str, Any] | None:
    """Where its deed stands in the sealed log; None for the minute until it does."""
    said: Any
    for _receiver, said in proof_asked.send(sender=Evidence, evidence=evidence):
        return said
    return None


def elsewhere(evidence: Evidence) -> list[str]:
    """Told, never refused: in which other places its office handed in the same file, a sentence each."""
    if not evidence.sha256:
        return []
    same = Evidence.objects.filter(entry__office=evidence.entry.office_id, sha256=evidence.sha256)
    same = same.exclude(status=Evidence.Status.WITHDRAWN)
    same = same.exclude(entry=evidence.entry_id, requirement=evidence.requirement, period=evidence.period)
    rows = same.select_related("entry__round__edition").defer("entry__round__edition__text").order_by("-submitted_at")
    return [_same_as(twin, evidence) for twin in rows[:SHOWN]]


def _same_as(twin: Evidence, evidence: Evidence) -> str:
    language, round = thai.language(), twin.entry.round
    place = {
        "slot": title_of(round.scheme, twin.requirement, twin.period, language),
        "day": thai.format_date(twin.submitted_at, language, short=True),
        "round": round.name_en if language == "en" else round.name_th,
    }
    if twin.entry_id == evidence.entry_id:
        return _("The same file was handed in for “%(slot)s” on %(day)s already. It is kept here too.") % place
    return (
        _("The same file was handed in for “%(slot)s” in “%(round)s” on %(day)s already. It is kept here too.") % place
    )


urls = [
    path("evidence/<int:pk>/receipt/", receipt, name="receipt"),
    path("evidence/<int:pk>/receipt.pdf", receipt_pdf, name="receipt-pdf"),
]
