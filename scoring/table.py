"""The standings as a table on a page: chosen by size group and region, sorted by any column."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from submissions.models import Entry, Office, Round

from .models import standings

NOTHING = "0.00"


@dataclass(slots=True)
class Row:
    """One entry, all its cells as text, ready to print."""

    rank: int
    name: str
    url: str  # empty when the reader may not open the scorecard
    size: str
    region: str
    total: str
    claimed: str
    attainable: str
    dimensions: list[str]
    is_stale: bool
    is_own: bool


@dataclass(frozen=True)
class Column:
    key: str
    title: str
    hint: str
    url: str
    sorted: str  # "", ascending or descending: the words of aria-sort


class Table:
    """All ranks are among the whole round; a filter hides rows, it does not rank anew."""

    def __init__(self, round: Round, user, asked, language: str) -> None:
        self.round, self.language = round, language
        self.dimensions = round.scheme.dimensions
        entries = list(standings(round))
        own = set(Entry.objects.visible_to(user).filter(round=round).values_list("pk", flat=True))
        present = {entry.office.size for entry in entries}
        self.sizes = [(size, label) for size, label in Office.Size.choices if size in present]
        self.regions = sorted({(e.office.parent.code, e.office.parent.name) for e in entries if e.office.parent})
        self.size = asked.get("size", "")
        self.region = asked.get("region", "")
        self.sort = asked.get("sort", "rank")
        self.is_descending = self.sort.startswith("-")
        self.total_rows = len(entries)
        self.rows = [self._row(e, own, user) for e in self._sorted(filter(self._is_chosen, entries))]

    def _is_chosen(self, entry) -> bool:
        office = entry.office
        region = office.parent.code if office.parent else ""
        return self.size in ("", office.size) and self.region in ("", region)

    def _sorted(self, entries: Iterable) -> list:
        """Equal cells keep the order of the ranks."""
        key = self._keys().get(self.sort.removeprefix("-"))
        return sorted(entries, key=key, reverse=self.is_descending) if key else list(entries)

    def _keys(self) -> dict:
        name = "name_en" if self.language == "en" else "sort_key"
        keys = {
            "rank": lambda e: e.rank,
            "name": lambda e: getattr(e.office, name),
            "total": lambda e: e.total,
            "claimed": lambda e: e.claimed_total,
            "attainable": lambda e: e.attainable,
        }
        for dimension in self.dimensions:
            keys[f"d{dimension.code}"] = lambda e, code=dimension.code: Decimal(_earned(e, code))
        return keys

    def _row(self, entry, own: set[int], user) -> Row:
        office = entry.office
        return Row(
            rank=entry.rank,
            name=office.name,
            url=reverse("scorecard", args=[entry.pk]) if entry.pk in own else "",
            size=office.get_size_display(),
            region=office.parent.name if office.parent else "",
            total=f"{entry.total:.2f}",
            claimed=f"{entry.claimed_total:.2f}",
            attainable=f"{entry.attainable:.2f}",
            dimensions=[_earned(entry, dimension.code) for dimension in self.dimensions],
            is_stale=entry.scored_version < entry.facts_version,
            is_own=user.is_officer and entry.pk in own,
        )

    def columns(self) -> list[Column]:
        named = [
            ("rank", _("Rank"), ""),
            ("name", _("Office"), ""),
            ("total", _("Verified"), _("Points for accepted evidence")),
            ("claimed", _("Claimed"), _("Points if all that waits for review is accepted")),
            ("attainable", _("Attainable"), _("Points at most, if all that is still open comes in on time")),
            *((f"d{d.code}", _("Dim. %s") % d.code, d.title.to(self.language)) for d in self.dimensions),
        ]
        return [self._column(key, title, hint) for key, title, hint in named]

    def _column(self, key: str, title: str, hint: str) -> Column:
        """A click sorts: points from the most, names and ranks from the first; a second click turns the order round."""
        first = key if key in ("rank", "name") else f"-{key}"
        turned = first.removeprefix("-") if first.startswith("-") else f"-{first}"
        is_sorted = self.sort.removeprefix("-") == key
        query = {"size": self.size, "region": self.region, "sort": turned if self.sort == first else first}
        url = "?" + urlencode({name: text for name, text in query.items() if text})
        order = ("descending" if self.is_descending else "ascending") if is_sorted else ""
        return Column(key, title, hint, url, order)


def _earned(entry, code: str) -> str:
    return (entry.dimensions or {}).get(code, {}).get("earned", NOTHING)
