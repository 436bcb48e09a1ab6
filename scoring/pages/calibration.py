"""How the judges of a round judge: the practice entry, agreement, severity, and ranks without each of them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from scoring.statistics import sheets, words
from scoring.statistics.agreement import RESAMPLES, SEED
from scoring.statistics.panel import Panel, panel_of
from scoring.statistics.readings import Read, readings_of
from submissions import intake
from submissions.fields import whole
from submissions.models import Entry, PracticeEntry, Round, SecondReading
from submissions.pages.dear import dear
from submissions.questions import access, practice
from submissions.templatetags.wording import entry_name

from .rounds import rounds_of

PAGE = 50  # entries with their ranks
MOST_APART = 12  # items that are listed


def _round_or_404(request, round_id: int) -> Round:
    round = get_object_or_404(rounds_of(request.user), pk=round_id)
    if not round.scheme.items or round.only_selects:
        raise Http404
    return round


@login_required
@require_GET
@dear("30/min")
def calibration(request, round_id: int) -> HttpResponse:
    """The practice for whoever has practised; how all judge for those whose own sheets are final."""
    round = _round_or_404(request, round_id)
    why_no_panel = practice.why_not_see_agreement(request.user, round)
    why_no_practice = practice.why_not_see_practice(request.user, round)
    if why_no_panel and why_no_practice:
        raise PermissionDenied(why_no_panel)
    context = {"round": round, "is_run": round.is_run_by(request.user), "why_not": why_no_panel}
    if not why_no_practice:
        context |= _practice(round)
    if not why_no_panel:
        panel = _seen_by(request.user, round, panel_of(round, round.now()))
        context |= _panel(round, panel, request.GET.get("page", ""))
        context["why_no_ranks"] = access.why_not_see_ranks(request.user, round, whole_table=True)
    if context["is_run"] and not round.is_closed:
        context["entries"] = _named(round.entries.filter(taken_out=False))
    return render(request, "scoring/statistics/calibration.html", context)


def _named(entries) -> dict[int, str]:
    """The names of entries by id, in their order. One statement."""
    rows = entries.select_related("office", "nominee_office").order_by("office__sort_key", "pk")
    return {entry.pk: entry_name(entry) for entry in rows}


def _practice(round: Round) -> dict[str, Any]:
    """Item by item what each judge gave the practice entry, and which lie more than one step apart."""
    chosen = PracticeEntry.objects.filter(round=round).select_related("entry__office", "entry__nominee_office").first()
    if chosen is None:
        return {}
    marks = sheets.read_practice(chosen.entry_id, round.scheme)
    names = sheets.judges_of(marks)
    waited = round.judges.exclude(pk__in=names).order_by("full_name", "username")
    given = {one.judge: one for one in marks}
    far = {one.item for one in sheets.apart(round.scheme, marks)}
    totals = [given[judge].total for judge in names]
    mean = sum(totals, Decimal(0)) / len(totals) if totals else None
    return {
        "practised": chosen.entry,
        "practice_judges": list(names.values()),
        "practice_rows": [
            (item, [given[judge].items.get(code) for judge in names], code in far)
            for code, item in round.scheme.items.items()
        ],
        "practice_totals": [(total, f"{total - mean:+.2f}") for total in totals] if mean is not None else [],
        "practice_far": len(far),
        "practice_waits": [str(judge) for judge in waited],
    }


def _seen_by(user, round: Round, panel: Panel) -> Panel:
    """To judges without the entries from which they stand aside, that others judge, or that are veiled."""
    if round.is_run_by(user):
        return panel
    seen = set(Entry.objects.visible_to(user).filter(round=round).values_list("pk", flat=True))
    apart = [one for one in panel.apart if one.entry in seen]
    return replace(panel, apart=apart, ranks=[row for row in panel.ranks if row.entry in seen])


def _panel(round: Round, panel: Panel, number: str) -> dict[str, Any]:
    page = Paginator(panel.ranks, PAGE).get_page(number)
    far = panel.apart[:MOST_APART]
    names = _named(Entry.objects.filter(pk__in={row.entry for row in page} | {one.entry for one in far}))
    items = round.scheme.items
    return {
        "panel": panel,
        "whole": words.alpha_told(panel.whole),
        "verdict": words.verdict(panel.whole),
        "seed": SEED,
        "resamples": f"{RESAMPLES:,}",
        "item_rows": [(items[code], words.alpha_told(figure)) for code, figure in panel.items.items()],
        "judge_rows": [_judge(panel, judge, name) for judge, name in panel.judges.items()],
        "noise": panel.severities.noise,
        "far": [
            (one, names.get(one.entry, ""), items[one.item], [(panel.judges[judge], points) for judge, points in given])
            for one in far
            for given in [sorted(one.given.items(), key=lambda pair: pair[1])]
        ],
        "far_count": len(panel.apart),
        "page": page,
        "rank_rows": [(row, names.get(row.entry, ""), _moved(row, panel)) for row in page],
    }


def _judge(panel: Panel, judge: int, name: str) -> tuple[str, int, str, str]:
    one = panel.severities.judges[str(judge)]
    spread = f"{one.spread:.2f}" if one.spread is not None else _("Too few to say")
    return name, panel.counts[judge], words.leniency_told(one.leniency), spread


def _moved(row, panel: Panel) -> list[tuple[str, int | None, int]]:
    """The rank without each judge, by name, and how many places up or down that is."""
    return [
        (panel.judges[judge], rank, row.rank - rank if rank is not None else 0) for judge, rank in row.without.items()
    ]


@login_required
@require_POST
def choose(request, round_id: int) -> HttpResponse:
    """Which entry is judged first, by all."""
    round = _round_or_404(request, round_id)
    if reason := access.why_not_run(request.user, round):
        raise PermissionDenied(reason)
    chosen = request.POST.get("entry", "")
    entry = round.entries.filter(pk=whole(chosen) or 0).first()
    try:
        if chosen and entry is None:
            raise intake.Refused({"entry": [_("Choose an entry of this round.")]})
        intake.choose_practice(round, entry, by=request.user)
    except intake.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The practice entry is set.") if entry else _("There is no practice entry now."))
    return redirect("calibration", round.pk)


@login_required
@require_GET
def readings(request, round_id: int) -> HttpResponse:
    """How first and second readers agree, and what they read differently: for those who run the round."""
    round = get_object_or_404(rounds_of(request.user), pk=round_id)
    if reason := access.why_not_run(request.user, round):
        raise PermissionDenied(reason)
    found = readings_of(round)
    requirements = round.scheme.requirements
    context = {
        "round": round,
        "whole": _told(found.whole) if found.whole else None,
        "people": [(one.key, _told(one)) for one in found.people],
        "requirements": [(requirements.get(one.key), one.key, _told(one)) for one in found.requirements],
        "differing": SecondReading.objects.differing().filter(entry__round=round).count(),
        "waiting": SecondReading.objects.open().filter(entry__round=round).count(),
    }
    return render(request, "scoring/statistics/readings.html", context)


def _told(one: Read) -> dict[str, Any]:
    counts = {"count": one.count, "alike": one.alike, "percent": one.percent}
    return counts | {"kappa": words.kappa_told(one.kappa), "lack": one.kappa.lack}


urls = [
    path("rounds/<int:round_id>/calibration/", calibration, name="calibration"),
    path("rounds/<int:round_id>/calibration/practice/", choose, name="calibration-practice"),
    path("rounds/<int:round_id>/readings/", readings, name="readings"),
]
