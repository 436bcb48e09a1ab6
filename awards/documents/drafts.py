"""A round's papers as they would be if it were published now, each page marked as a draft. Nothing is announced."""

from typing import Any

from django.core.cache import caches

from awards.content import letterhead
from awards.models import Document
from awards.publishing import hearing
from awards.publishing.preparation import preparation_of
from awards.publishing.publish import draft_of
from submissions.models import Letterhead, Round

from . import pdf
from .files import LONG

KEPT = 20  # seconds: the papers of one page are drawn from one counting


def papers_of(round: Round) -> list[Document.Kind]:
    """Which papers there will be, asked cheaply: none before anybody takes part, no results where they are too many."""
    many = round.entries.taking_part().count()
    kinds = [Document.Kind.ANNOUNCEMENT] if many else []
    if many and round.scheme.awards and not round.only_selects:
        kinds.append(Document.Kind.CERTIFICATES)
    return [*kinds, Document.Kind.RESULTS] if 0 < many <= LONG else kinds


def content_now(round: Round) -> dict[str, Any] | None:
    """What would be announced; None while nobody can be. Kept for some seconds, for each change of the template."""
    revision = Letterhead.objects.filter(pk=round.pk).values_list("revision", flat=True).first() or 0
    key = f"draft:{round.pk}:{revision}"
    return caches["process"].get_or_set(key, lambda: _content(round) or {}, KEPT) or None


def draw(round: Round, kind: str, content: dict[str, Any], *, is_first_page: bool = False) -> bytes:
    """One paper as PDF, or as much of it as its first page needs.

    Raises LookupError where there will be none of this kind; OSError where a picture is gone.
    """
    if kind not in papers_of(round):
        raise LookupError(kind)
    whose = None
    if kind == Document.Kind.CERTIFICATES:
        content = _with_specimen(content)
        first = next(result for result in content["results"] if result["tier"])
        whose = first["office"]["code"] if is_first_page else None
    return drawn(round, kind, content, whose)


def drawn(round: Round, kind: str, content: dict[str, Any], whose: str | None = None) -> bytes:
    """One paper on the round's template as it stands, marked as a draft."""
    paper = letterhead.of_round(round)
    return pdf.render(kind, content, whose, paper=paper, pictures=letterhead.pictures_of(paper), is_draft=True)


def _with_specimen(content: dict[str, Any]) -> dict[str, Any]:
    """While nobody would be awarded, the first line with the first award: so a certificate can be looked at."""
    first, *others = content["results"]
    if any(result["tier"] for result in content["results"]):
        return content
    return content | {"results": [first | {"tier": content["tiers"][0]["code"]}, *others]}


def _content(round: Round) -> dict[str, Any] | None:
    at = hearing.scored_as_of(round, round.now())
    prepared = preparation_of(round, at=at)
    return draft_of(round, prepared, at=at) if prepared.lines else None
