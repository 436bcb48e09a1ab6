"""What an entry has earned, on its page; and the score as it stands, for a page that waits for it."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from scoring import engine
from scoring.scorecard import ScorecardView
from scoring.signals import result_asked
from scoring.wording.rules_in_words import Prose
from scoring.wording.said_once import once
from submissions import thai
from submissions.examination.remarks import tell_office
from submissions.fields import whole
from submissions.models import Entry, Evidence
from submissions.pages.confirming import Confirming
from submissions.questions import access
from submissions.questions.slots import slots_of
from submissions.uploads.incoming import unfinished_of

from .booklet import Booklet
from .following import followed_entry
from .tasks import Tasks
from .workplace import Workplace

# A page asks for the new score this often, unless it is told: quickly at first, then patiently, at last not at all.
QUICK, PATIENT = (25, "400ms"), (32, "15s")
TO_REVIEW = 3  # pieces that a criterion's page leads to


@login_required
@require_GET
def scorecard(request, pk: int) -> HttpResponse:
    """What an entry has earned; in a stage that only selects, who is named, and what is collected of them."""
    entry = _visible_or_404(request, pk)
    if entry.round.only_selects:
        return _selection(request, entry)
    card = ScorecardView(_with_points(request, entry), thai.language())
    workplace, uploads = Workplace(entry, card, request.user), unfinished_of(request.user, entry)
    context = {
        **frame(request, entry, card),
        "blocks": list(card.blocks()),
        "workplace": workplace,
        "tasks": Tasks(workplace, uploads),
        "confirming": Confirming(entry, request.user),
        "uploads": uploads,
        "announced": announced_of(entry),
    }
    return render(request, "scoring/scorecard.html", context)


def announced_of(entry: Entry):
    """What was announced of an entry last; only a room further right knows."""
    return next((row for _receiver, row in result_asked.send(Entry, entry=entry) if row), None)


def _selection(request, entry: Entry) -> HttpResponse:
    context = {
        "entry": entry,
        "round": entry.round,
        "booklet": Booklet(entry.round, thai.language(), with_doubts=False),
        **(_collected(request, entry) if entry.round.collected else {}),
    }
    return render(request, "scoring/selection.html", context)


def _collected(request, entry: Entry) -> dict:
    """Where a stage that only selects takes evidence; whoever reads it, nothing here tells of points."""
    codes, scheme = entry.round.collected, entry.round.scheme
    closed = access.why_closed(request.user, entry)
    slots = slots_of(entry, codes, at=entry.round.now(), why_closed=closed)
    pieces = [evidence for slot in slots for evidence in slot.evidence]
    tell_office(pieces, scheme, Evidence.objects.visible_to(request.user))
    return {
        "slots": slots,
        "opened": {slot.anchor for slot in slots},
        "criterion": scheme.criteria_of("requirement", codes[0])[0],  # whose page the forms come from elsewhere
        "uploads": unfinished_of(request.user, entry),
    }


@login_required
@require_GET
def progress(request, pk: int) -> HttpResponse:
    """The score as it stands, for a page that waits for it to follow the facts."""
    entry = scored_or_404(request, pk)
    code = request.GET.get("criterion", "")
    criterion = criterion_or_404(entry, code) if code else None
    before = whole(request.GET.get("asked", ""))
    card = ScorecardView(entry, thai.language())
    context = frame(request, entry, card, criterion, times=0 if before is None else before + 1)
    # Every line of the scorecard may have moved: the page fetches them. Loaded anew, it would take back whoever is
    # about to leave it.
    context["has_followed"] = criterion is None and not card.is_stale
    return render(request, "scoring/progress.html", context)


@login_required
@require_GET
def followed(request, pk: int) -> HttpResponse:
    """Which version there is of what a page follows, and another ticket for its stream."""
    entry = scored_or_404(request, pk)
    found = followed_entry(request.user, entry, ScorecardView(entry, thai.language()))
    return found.as_json() if found else HttpResponse(status=204)


def frame(request, entry: Entry, card: ScorecardView, criterion=None, times: int = 0) -> dict:
    """What every page of an entry shows: the score, the place, whether it is being recomputed.

    `times`: how often the page asked for it already.
    """
    wait = next((delay for most, delay in (QUICK, PATIENT) if times < most), "")
    return {
        "entry": entry,
        "round": entry.round,
        "card": card,
        "followed": followed_entry(request.user, entry, card),
        "place": card.place(request.user),
        "criterion": criterion,
        "line": card.criterion(criterion.code) if criterion else card.whole,
        "why": card.why(criterion.code) if criterion else (),
        "points_count": entry.round.scheme.points_count,
        "steps": card.steps(criterion.code) if criterion else (),
        "barrier": card.barrier(criterion.code) if criterion else None,
        "to_review": _to_review(request.user, entry, criterion) if criterion else (),
        **(_rule(card, criterion) if criterion else {}),
        "today": engine.day_of(entry.round.now()),
        "asked": times,
        "wait": wait if card.is_stale else "",
    }


def _to_review(user, entry: Entry, criterion) -> list[Evidence]:
    """The first of what was handed in for a criterion that this person may accept or return now."""
    if user.is_officer or access.why_not_review(user, entry):
        return []
    codes = [read.code for read in criterion.inputs if read.kind == "requirement"]
    waiting = Evidence.objects.visible_to(user).filter(entry=entry, requirement__in=codes).waiting()
    return list(waiting.order_by("submitted_at", "pk")[:TO_REVIEW])


def _rule(card: ScorecardView, criterion) -> dict:
    """The rule in words, and each of its lines with how it stands and what it asks beyond its own words."""
    round = card.entry.round
    whole = Prose(round.scheme, card.language, round.settings).rule(criterion.rule)
    in_words = once(whole)
    levels = card.levels(criterion.code)
    rows = [None] * (len(levels) - len(in_words.rows)) + list(in_words.rows)
    return {
        "told": in_words,
        "levels": [(*level, row) for level, row in zip(levels, rows, strict=True)],
        "is_shortened": in_words != whole,
    }


def _visible_or_404(request, pk: int) -> Entry:
    return get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)


def scored_or_404(request, pk: int) -> Entry:
    return _with_points(request, _visible_or_404(request, pk))


class SheetFirst(PermissionDenied):
    """A judge is refused the points until the own sheet is final; its page is told with the refusal."""

    def __init__(self, reason: str, sheet: str) -> None:
        super().__init__(reason)
        self.sheet = sheet


def _with_points(request, entry: Entry) -> Entry:
    if reason := access.why_not_see_points(request.user, entry):
        if request.user.is_judge and not entry.round.only_selects:
            raise SheetFirst(reason, reverse("admin:submissions_sheet_of_entry", args=[entry.pk]))
        raise PermissionDenied(reason)
    return entry


def criterion_or_404(entry: Entry, code: str):
    try:
        return entry.round.scheme.criteria[code]
    except KeyError:
        raise Http404 from None


urls = [
    path("entries/<int:pk>/", scorecard, name="scorecard"),
    path("entries/<int:pk>/progress/", progress, name="progress"),
    path("entries/<int:pk>/followed/", followed, name="followed-entry"),
]
