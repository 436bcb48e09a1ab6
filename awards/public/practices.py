"""Best practices as everybody reads them: by whom, for what, and the file; without the name that its office gave it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from awards import practices
from awards.content import canonical
from awards.models import Result
from submissions.pages.evidence_files import kept_file

from .addresses import LANGUAGES, Addresses, whole
from .announced import Announced, Row
from .doors import absent
from .shelf import Shelf


@dataclass(frozen=True)
class Shared:
    """All that one office shares of what it did for one announcement."""

    row: Row
    practices: list[tuple[practices.Practice, str]]  # with the address of its file


def of(announced: Announced, results: Collection[Result]) -> list[Shared]:
    """Of these results those that share something. One statement."""
    found = practices.of(announced.publication, results, announced.language)
    to = Addresses(LANGUAGES[0], announced.to.pk)
    return [
        Shared(announced.row(one), [(piece, to.practice(piece.pk)) for piece in found[one.entry_id]])
        for one in results
        if one.entry_id in found
    ]


def by_announcement(announcements: Collection[Announced]) -> list[tuple[Announced, list[Shared]]]:
    """Of each announcement those who share something. One statement, and one for each that has any."""
    results: dict[int, list[Result]] = defaultdict(list)
    for one in practices.sharing([one.publication.pk for one in announcements]):
        results[one.publication_id].append(one)
    shared = [(one, of(one, results[one.publication.pk])) for one in announcements if one.publication.pk in results]
    return [(one, rows) for one, rows in shared if rows]


def as_data(announcements: Collection[Announced]) -> bytes:
    """What the page shows, as JSON: in both languages, with the codes by which the scheme and the results name them."""
    told = [
        _told(announced, shared.row, piece, address)
        for announced, offices in by_announcement(announcements)
        for shared in offices
        for piece, address in shared.practices
    ]
    return canonical.write({"best_practices": told}).encode()


def _told(announced: Announced, row: Row, piece: practices.Practice, address: str) -> dict[str, Any]:
    contest, office = announced.frame["round"], row.result
    return {
        "publication": announced.publication.pk,
        "contest_th": contest["name_th"],
        "contest_en": contest["name_en"],
        "office": office.office_code,
        "office_name_th": office.office_name_th,
        "office_name_en": office.office_name_en,
        "requirement": piece.requirement,
        "period": piece.period,
        **{f"title_{one}": practices.title_in(announced.publication, piece, one) for one in LANGUAGES},
        "kind": piece.kind,
        "bytes": piece.size,
        "sha256": piece.sha256,
        "address": whole(address),
    }


@require_safe
def practice_file(request: HttpRequest, *, language: str, pk: int, practice: int) -> HttpResponseBase:
    """The file, for whoever asks, while it is shown."""
    piece = practices.read(pk, practice) if pk in Shelf() else None
    if piece is None:
        return absent()
    return kept_file(piece.file, piece.content_type, f"best-practice-{piece.pk}.{practices.kind_of(piece)}")
