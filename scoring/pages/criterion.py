"""A criterion: what it asks, what was handed in for it, and what it would earn if more were."""

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from scoring.scorecard import ScorecardView
from scoring.simulation import Simulation, can_be_scored
from submissions import thai
from submissions.examination.remarks import tell_office
from submissions.models import Entry, Evidence
from submissions.pages.forms import ValuesForm
from submissions.questions import access
from submissions.questions.slots import EvidenceSlot, next_to_do, slots_of
from submissions.uploads.incoming import unfinished_of

from .scorecard import criterion_or_404, frame, scored_or_404
from .simulation_form import SimulationForm

FEW = 3  # slots; more are folded, those of several periods as tiles


@login_required
@require_GET
def criterion(request, pk: int, code: str) -> HttpResponse:
    entry = scored_or_404(request, pk)
    criterion = criterion_or_404(entry, code)
    scheme = entry.round.scheme
    inputs = _inputs(request, entry, criterion)
    card = ScorecardView(entry, thai.language())
    pieces = [evidence for slot in inputs["slots"] for evidence in slot.evidence]
    tell_office(pieces, scheme, Evidence.objects.visible_to(request.user))
    context = {
        **frame(request, entry, card, criterion),
        **inputs,
        "futile": _futile(card, criterion, inputs["slots"]),
        **_simulation(request, entry, criterion, inputs),
        "items": [scheme.items[code] for code in _read(criterion, "item")],
        "settings": [(scheme.settings[code], entry.round.settings.get(code)) for code in _read(criterion, "setting")],
        "neighbours": _neighbours(scheme, criterion),
        "uploads": unfinished_of(request.user, entry),
    }
    return render(request, "scoring/criterion.html", context)


@login_required
@require_GET
def simulation(request, pk: int, code: str) -> HttpResponse:
    """What a criterion would earn if...: its part of the page anew; without a script the page itself."""
    entry = scored_or_404(request, pk)
    criterion = criterion_or_404(entry, code)
    if reason := access.why_not_simulate(request.user, entry):
        raise PermissionDenied(reason)
    page = f"{reverse('criterion', args=[pk, code])}?{request.GET.urlencode()}"
    if not request.htmx:
        return redirect(f"{page}#simulation")
    inputs = _inputs(request, entry, criterion)
    context = {"entry": entry, "criterion": criterion, "points_count": entry.round.scheme.points_count, **inputs}
    context |= _simulation(request, entry, criterion, inputs)
    response = render(request, "scoring/simulation.html", context)
    response["HX-Replace-Url"] = page if context["simulation"] else page.partition("?")[0]
    return response


def _inputs(request, entry: Entry, criterion) -> dict:
    """What a criterion reads, as this reader may hand it in."""
    at = entry.round.now()
    closed = access.why_closed(request.user, entry)
    slots = slots_of(entry, _read(criterion, "requirement"), at=at, why_closed=closed)
    return {
        "slots": slots,
        "folds": len(slots) > FEW,
        "opened": _opened(slots),
        "values": ValuesForm(entry, criterion, by=request.user, at=at, why_closed=closed["office"]),
    }


def _opened(slots: Sequence[EvidenceSlot]) -> set[str]:
    """The slots that are shown opened: few are all; of many the one to do next, and what came back in time."""
    if len(slots) <= FEW:
        return {slot.anchor for slot in slots}
    came_back = {slot.anchor for slot in slots if slot.state == "returned" and slot.asks}
    first = next_to_do(slots)
    return came_back | ({first.anchor} if first else set())


def _futile(card: ScorecardView, criterion, slots: Sequence[EvidenceSlot]) -> set[str]:
    """The slots from which nothing more can come; none while that is being computed."""
    if card.is_stale:
        return set()
    places = (place for step in card.steps(criterion.code) for deed in step.deeds for place in deed.places)
    return {slot.anchor for slot in slots} - {place.anchor for place in places}


def _simulation(request, entry: Entry, criterion, inputs: dict) -> dict:
    """What may be assumed, and what would come of what is assumed; nothing where this reader may assume nothing."""
    slots, values = inputs["slots"], inputs["values"]
    if values.why_closed or request.user.is_judge or not can_be_scored(entry):
        return {}
    scheme = entry.round.scheme
    values_read = [scheme.values[code] for code in _read(criterion, "value")]
    is_run = entry.round.is_run_by(request.user)
    form = SimulationForm(scheme, slots, values_read, values.present, at=values.at, is_run=is_run, data=request.GET)
    found = None
    if form.is_valid() and (assumptions := form.assumptions()):
        found = Simulation.of(entry, criterion, assumptions)
    return {"supposed": form, "simulation": found}


def _neighbours(scheme, criterion) -> tuple:
    """The criteria before and after."""
    around = [None, *scheme.criteria.values(), None]
    place = around.index(criterion)
    return around[place - 1], around[place + 1]


def _read(criterion, kind: str) -> list[str]:
    """The codes of the inputs of one kind that a criterion reads."""
    return [source.code for source in criterion.inputs if source.kind == kind]


urls = [
    path("entries/<int:pk>/criteria/<str:code>/", criterion, name="criterion"),
    path("entries/<int:pk>/criteria/<str:code>/simulation/", simulation, name="simulation"),
]
