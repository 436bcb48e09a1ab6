"""The scorecard as it stands, on paper: what the page says, in Thai, and that it is no announcement."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from submissions.documents.typesetting import make_pdf
from submissions.models import Entry

from .recompute import rescore
from .scorecard import ScorecardLine, ScorecardView

Place = tuple[int, int]  # the rank, and among how many


def scorecard(entry: Entry, at: datetime, place: Place | None = None) -> bytes:
    """The score as a PDF, computed anew where it is behind the facts. `place`: where whoever gets it may see it."""
    card = ScorecardView(entry, "th")
    if card.is_stale:
        rescore([entry.pk])
        card = ScorecardView(Entry.objects.with_round().get(pk=entry.pk), "th")
    return make_pdf(page(card, at, place))


def page(card: ScorecardView, at: datetime, place: Place | None = None) -> str:
    """What is printed of a scorecard that is not behind the facts. The same within a minute."""
    context = {
        "entry": card.entry,
        "round": card.entry.round,
        "at": at.replace(second=0, microsecond=0),
        "whole": card.whole,
        "place": place,
        "points_count": card.scheme.points_count,
        "blocks": [
            (dimension, _bar(dimension), [_told(card, line) for line in lines]) for dimension, lines in card.blocks()
        ],
        "bar": _bar(card.whole),
    }
    with translation.override("th"):
        return render_to_string("scoring/pdf/scorecard.html", context)


def _told(card: ScorecardView, line: ScorecardLine) -> dict[str, Any]:
    """A criterion with its rule's sentence, and what was found of it."""
    return {"line": line, "bar": _bar(line), "how": card.how(line.code), "why": card.why(line.code)}


def _bar(line: ScorecardLine) -> dict[str, int]:
    """How much of its bar is filled, of a hundred: by what is verified, and with what waits for review."""
    bases = {"verified": line.verified, "claimed": line.claimed}
    return {basis: _share(part["earned"], line.verified["max"]) for basis, part in bases.items()}


def _share(points: str, of: str) -> int:
    return int(100 * Decimal(points) / Decimal(of)) if Decimal(of) else 0
