"""Pages that show what a scheme makes of the facts: scorecard, criterion, standings; and the scheme itself."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from scoring import engine
from scoring.models import Scorecard
from scoring.scorecard import Card
from scoring.signals import result_asked
from scoring.simulation import Simulation, can_be_scored
from scoring.wording.rules_in_words import Prose
from submissions import thai
from submissions.documents.typesetting import make_pdf
from submissions.examination.remarks import tell_office
from submissions.fields import whole
from submissions.models import CalendarFeed, Entry, Evidence, Round
from submissions.pages.confirming import Confirming
from submissions.pages.dear import dear
from submissions.pages.forms import ValuesForm
from submissions.questions import access
from submissions.questions.deadlines import OPEN, Calendar
from submissions.questions.slots import EvidenceSlot, next_to_do, slots_of
from submissions.uploads.incoming import unfinished_of

from .booklet import Booklet
from .calendar import Agenda
from .simulation_form import SimulationForm
from .standings import Table
from .workplace import Workplace

FEW = 3  # slots; more are told in an overview, and folded
KEPT = 24 * 60 * 60  # seconds for which a scheme's PDF is kept
# A page asks for the new score this often: quickly at first, then patiently, and at last not at all.
QUICK, PATIENT = (25, "400ms"), (120, "4s")


@login_required
@require_GET
def home(request) -> HttpResponse:
    """Each role's place of work: staff the standings, an officer the office's scorecard, a judge what waits.

    `?all` lists an officer's scorecards in closed rounds too.
    """
    user = request.user
    rounds = list(_rounds(user))
    if user.is_central and rounds:
        running = [one for one in rounds if not one.is_preparing and not one.is_closed]
        shown = running or [one for one in rounds if not one.is_closed] or rounds
        return redirect("standings", next((one for one in shown if not one.only_selects), shown[0]).pk)
    entries = []
    if user.is_officer:
        totals = Prefetch("scorecards", Scorecard.objects.defer("criteria", "dimensions"))
        seen = Entry.objects.visible_to(user).with_round().prefetch_related(totals)
        entries = list(seen.order_by("-round_id", "office__sort_key"))
        standing = [entry for entry in entries if entry.state != Entry.State.WITHDRAWN]
        current = [entry for entry in standing if not entry.round.is_closed] or entries
        if len(current) == 1 and "all" not in request.GET:
            return redirect("scorecard", current[0].pk)
        language = thai.language()
        entries = [(entry, None if entry.round.only_selects else Card(entry, language)) for entry in entries]
    waiting = Evidence.objects.visible_to(user).waiting().count() if user.is_judge else 0
    named = [round for round in rounds if user.is_officer and round.has_nominees and not round.is_closed]
    due = _next_due(user) if entries else {}
    places = [(round, due.get(round), list(own)) for round, own in groupby(entries, key=lambda one: one[0].round)]
    named = [round for round in named if all(round != place for place, _due, _own in places)]
    context = {"rounds": rounds, "with_nominees": named, "places": places, "waiting": waiting}
    takes_part_in = {entry.round for entry, _card in entries if entry.state != Entry.State.WITHDRAWN}
    return render(request, "scoring/home.html", context | _links(user, takes_part_in))


def _next_due(user) -> dict[Round, date]:
    """The nearest day by whose end an office of this officer's still has something to do, by round."""
    found: dict[Round, date] = {}
    for deadline in Calendar(user).deadlines():
        if not deadline.is_over and any(due.state in OPEN for due in deadline.dues):
            found.setdefault(deadline.round, deadline.day)
    return found


def _links(user, rounds: Iterable[Round]) -> dict:
    """What the top bar needs to lead to the only open round of these, on a page that is about none in particular."""
    current = [round for round in rounds if not round.is_closed]
    if not user.is_officer or len(current) != 1:
        return {}
    return {"round": current[0], "may_see_table": access.why_not_see_ranks(user, current[0], whole_table=True) is None}


@login_required
@require_GET
def scorecard(request, pk: int) -> HttpResponse:
    """What an entry has earned; in a stage that only selects, who is named instead."""
    entry = _visible_or_404(request, pk)
    if entry.round.only_selects:
        return _selection(request, entry)
    card = Card(_with_points(request, entry), thai.language())
    context = {
        **_frame(request, entry, card),
        "blocks": list(card.blocks()),
        "workplace": Workplace(entry, card, request.user),
        "confirming": Confirming(entry, request.user),
        "uploads": unfinished_of(request.user, entry),
        "announced": next((row for _receiver, row in result_asked.send(Entry, entry=entry) if row), None),
    }
    return render(request, "scoring/scorecard.html", context)


@login_required
@require_GET
def criterion(request, pk: int, code: str) -> HttpResponse:
    entry = _scored_or_404(request, pk)
    one = _criterion_or_404(entry, code)
    scheme = entry.round.scheme
    inputs = _inputs(request, entry, one)
    pieces = [evidence for slot in inputs["slots"] for evidence in slot.evidence]
    tell_office(pieces, scheme, Evidence.objects.visible_to(request.user))
    context = {
        **_frame(request, entry, Card(entry, thai.language()), one),
        **inputs,
        **_simulation(request, entry, one, inputs),
        "items": [scheme.items[code] for code in _read(one, "item")],
        "settings": [(scheme.settings[code], entry.round.settings.get(code)) for code in _read(one, "setting")],
        "neighbours": _neighbours(scheme, one),
        "uploads": unfinished_of(request.user, entry),
    }
    return render(request, "scoring/criterion.html", context)


@login_required
@require_GET
def simulation(request, pk: int, code: str) -> HttpResponse:
    """What a criterion would earn if...: its part of the page anew; without a script the page itself."""
    entry = _scored_or_404(request, pk)
    one = _criterion_or_404(entry, code)
    if reason := access.why_not_simulate(request.user, entry):
        raise PermissionDenied(reason)
    page = f"{reverse('criterion', args=[pk, code])}?{request.GET.urlencode()}"
    if not request.htmx:
        return redirect(f"{page}#simulation")
    inputs = _inputs(request, entry, one)
    context = {"entry": entry, "criterion": one, "points_count": entry.round.scheme.points_count, **inputs}
    context |= _simulation(request, entry, one, inputs)
    response = render(request, "scoring/simulation.html", context)
    response["HX-Replace-Url"] = page if context["simulation"] else page.partition("?")[0]
    return response


def _inputs(request, entry: Entry, one) -> dict:
    """What a criterion reads, as this reader may hand it in."""
    at = entry.round.now()
    closed = {by: access.why_not_hand_in(request.user, entry, central=by == "central") for by in ("office", "central")}
    slots = slots_of(entry, _read(one, "requirement"), at=at, why_closed=closed)
    return {
        "slots": slots,
        "folds": len(slots) > FEW,
        "opened": _opened(slots),
        "values": ValuesForm(entry, one, by=request.user, at=at, why_closed=closed["office"]),
    }


def _opened(slots: Sequence[EvidenceSlot]) -> set[str]:
    """The slots that are shown opened: few are all; of many the one to do next, and what came back."""
    if len(slots) <= FEW:
        return {slot.anchor for slot in slots}
    came_back = {slot.anchor for slot in slots if slot.state == "returned"}
    first = next_to_do(slots)
    return came_back | ({first.anchor} if first else set())


def _simulation(request, entry: Entry, one, inputs: dict) -> dict:
    """What may be assumed, and what comes of what is; nothing where this reader may assume nothing."""
    slots, values = inputs["slots"], inputs["values"]
    if values.why_closed or request.user.is_judge or not can_be_scored(entry):
        return {}
    scheme = entry.round.scheme
    asked = [scheme.values[code] for code in _read(one, "value")]
    form = SimulationForm(scheme, slots, asked, values.present, at=values.at, by=request.user, data=request.GET)
    found = None
    if form.is_valid() and (assumptions := form.assumptions()):
        found = Simulation.of(entry, one, assumptions)
    return {"supposed": form, "simulation": found}


def _neighbours(scheme, one) -> tuple:
    """The criteria before and after."""
    around = [None, *scheme.criteria.values(), None]
    place = around.index(one)
    return around[place - 1], around[place + 1]


@login_required
@require_GET
def progress(request, pk: int) -> HttpResponse:
    """The score as it stands, for a page that waits for it to follow the facts."""
    entry = _scored_or_404(request, pk)
    code = request.GET.get("criterion", "")
    one = _criterion_or_404(entry, code) if code else None
    asked = whole(request.GET.get("asked", ""))
    card = Card(entry, thai.language())
    context = _frame(request, entry, card, one, asked=0 if asked is None else asked + 1)
    # Every line of the scorecard may have moved: the page fetches them. Loaded anew, it would take back whoever is
    # about to leave it.
    context["has_followed"] = one is None and not card.is_stale
    return render(request, "scoring/progress.html", context)


def _selection(request, entry: Entry) -> HttpResponse:
    context = {
        "entry": entry,
        "round": entry.round,
        "booklet": Booklet(entry.round, thai.language(), with_doubts=False),
    }
    return render(request, "scoring/selection.html", context)


def _visible_or_404(request, pk: int) -> Entry:
    return get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)


def _scored_or_404(request, pk: int) -> Entry:
    return _with_points(request, _visible_or_404(request, pk))


def _with_points(request, entry: Entry) -> Entry:
    if reason := access.why_not_see_points(request.user, entry):
        raise PermissionDenied(reason)
    return entry


def _criterion_or_404(entry: Entry, code: str):
    try:
        return entry.round.scheme.criteria[code]
    except KeyError:
        raise Http404 from None


def _read(criterion, kind: str) -> list[str]:
    """The codes of the inputs of one kind that a criterion reads."""
    return [one.code for one in criterion.inputs if one.kind == kind]


def _frame(request, entry: Entry, card: Card, one=None, asked: int = 0) -> dict:
    """What every page of an entry shows: the score, the place, whether it is being recomputed."""
    wait = next((delay for most, delay in (QUICK, PATIENT) if asked < most), "")
    return {
        "entry": entry,
        "round": entry.round,
        "may_see_table": access.why_not_see_ranks(request.user, entry.round, whole_table=True) is None,
        "card": card,
        "place": card.place(request.user),
        "criterion": one,
        "line": card.criterion(one.code) if one else card.whole,
        "why": card.why(one.code) if one else (),
        "points_count": entry.round.scheme.points_count,
        "steps": card.steps(one.code) if one else (),
        **(_rule(card, one) if one else {}),
        "today": engine.day_of(entry.round.now()),
        "asked": asked,
        "wait": wait if card.is_stale else "",
    }


def _rule(card: Card, one) -> dict:
    """The rule in words, and each of its lines with how it stands and what is asked for it."""
    round = card.entry.round
    told = Prose(round.scheme, card.language, round.settings).rule(one.rule)
    levels = card.levels(one.code)
    asks = [()] * (len(levels) - len(told.rows)) + [row.asks for row in told.rows]
    return {"told": told, "levels": [(*level, asked) for level, asked in zip(levels, asks, strict=True)]}


@login_required
@require_GET
def standings(request, round_id: int) -> HttpResponse:
    user = request.user
    rounds = list(_rounds(user))
    round = next((one for one in rounds if one.pk == round_id), None)
    if round is None:
        raise Http404
    if round.only_selects:
        return redirect("nominees", round.pk)
    if reason := _why_no_table(user, round):
        raise PermissionDenied(reason)
    table = Table(round, user, request.GET, thai.language())
    others = [one for one in rounds if one != round and (one.only_selects or not _why_no_table(user, one))]
    context = {"round": round, "others": others, "table": table, "may_see_table": True}
    return render(request, "scoring/standings.html", context)


def _why_no_table(user, round: Round) -> str | None:
    return access.why_not_see_ranks(user, round, whole_table=True)


@login_required
@require_GET
def scheme(request, round_id: int) -> HttpResponse:
    """The round's scheme in words, for everybody in the round."""
    return render(request, "scoring/scheme.html", _booklet(request, round_id))


@login_required
@require_GET
@dear("30/min")
def scheme_pdf(request, round_id: int) -> HttpResponse:
    """The same as a PDF, kept for a while under the digest of all it says: laying out a long one takes a second."""
    context = _booklet(request, round_id)
    html = render_to_string("scoring/pdf/scheme.html", context)
    key = f"scheme-pdf:{hashlib.sha256(html.encode()).hexdigest()}"
    response = HttpResponse(cache.get_or_set(key, lambda: make_pdf(html), KEPT), content_type="application/pdf")
    name = f"{context['booklet'].scheme.code}.pdf"
    response["Content-Disposition"] = content_disposition_header(False, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _booklet(request, round_id: int) -> dict:
    user = request.user
    round = get_object_or_404(_rounds(user), pk=round_id)
    return {
        "round": round,
        "may_see_table": access.why_not_see_ranks(user, round, whole_table=True) is None,
        "booklet": Booklet(round, thai.language(), with_doubts=user.is_central),
    }


@login_required
@require_GET
@cache_control(private=True, no_store=True)  # it shows a private address; offices share machines
def calendar(request) -> HttpResponse:
    """What is owed by when, and the address at which a calendar program reads the same."""
    feed = CalendarFeed.objects.filter(user=request.user).first()
    address = request.build_absolute_uri(reverse("calendar-file", args=[feed.key])) if feed else ""
    agenda = Agenda(request.user, request.GET)
    context = {
        **_links(request.user, agenda.rounds),
        "agenda": agenda,
        "address": address,
        "subscription": "webcal://" + address.partition("://")[2],
    }
    return render(request, "scoring/calendar.html", context)


def _rounds(user):
    return Round.objects.visible_to(user).select_related("edition").defer("edition__text")
