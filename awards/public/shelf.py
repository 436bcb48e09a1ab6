"""What is public now, asked in one statement; pages are kept under its answer, so that what is withdrawn is gone."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.cache import caches
from django.db.models import OuterRef, Subquery

from awards import practices
from awards.models import Bundle, Publication

MOST_BYTES = 2**23  # of what is kept in memory: some files of a whole country
KEPT = 24 * 60 * 60  # seconds


class OnShelf(NamedTuple):
    pk: int
    round: int
    number: int
    digest: str
    practices: int  # see `practices.version`
    scanned: int  # see `practices.scanned`
    bundle: int | None  # the one that is handed out


@dataclass(frozen=True)
class Page:
    """An answer as it is sent. `name`: of a file to take away."""

    content: bytes
    kind: str = "text/html; charset=utf-8"
    name: str = ""
    digest: str = field(init=False)  # SHA-256 of the content: taken once, however often it is sent

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha256(self.content).hexdigest())


class Shelf:
    """The publications that everybody reads, the newest first."""

    def __init__(self) -> None:
        round = OuterRef("round")
        rows = Publication.objects.public().annotate(
            practices=practices.version(round), scanned=practices.scanned(round)
        )
        last = Bundle.objects.filter(publication=OuterRef("pk")).order_by("-copy").values("pk")[:1]
        rows = rows.annotate(bundle=Subquery(last)).order_by("-published_at", "-pk")
        self.rows = [OnShelf(*row) for row in rows.values_list(*OnShelf._fields)]
        self._known = {row.pk: row for row in self.rows}

    def __contains__(self, pk: int) -> bool:
        return pk in self._known

    @property
    def newest(self) -> list[OnShelf]:
        """Of each round the one that holds."""
        held: dict[int, OnShelf] = {}
        for row in self.rows:
            if row.round not in held or held[row.round].number < row.number:
                held[row.round] = row
        return [row for row in self.rows if held[row.round] == row]

    def others_of(self, pk: int) -> list[OnShelf]:
        """The other announcements of its round, the newest first."""
        round = self._known[pk].round if pk in self._known else None
        return [row for row in self.rows if row.round == round and row.pk != pk]

    def replaced_by(self, pk: int) -> OnShelf | None:
        number = self._known[pk].number if pk in self._known else 0
        return next((row for row in self.others_of(pk) if row.number > number), None)

    def may_share(self, pk: int) -> bool:
        """Whether best practices may be shown of it: nothing is asked where nobody ever released any."""
        return pk not in self._known or self._known[pk].practices > 0

    def bundle_of(self, pk: int) -> int | None:
        return self._known[pk].bundle if pk in self._known else None

    def kept(self, address: str, make: Callable[[], Page]) -> Page:
        """The page at this address as it was made while exactly this was public."""
        said = repr((self.rows, address))
        key = hashlib.sha256(said.encode()).hexdigest()
        page: Page | None = caches["public"].get(key)
        if page is None:
            page = make()
            if len(page.content) <= MOST_BYTES:
                caches["public"].set(key, page, KEPT)
        return page
