"""The standings as a table on a page: chosen by size group and region, sorted by any column."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import attrgetter, itemgetter
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from scoring import engine
from submissions.models import Entry, Office, Round
from submissions.models.places import region_of
from submissions.templatetags.wording import office_name

from .marks import Marks, headings
from .models import standings

NOTHING = "0.00"
Part = engine.Criterion | engine.Dimension
# Rows, not objects: a table of a country is read in one go and only printed.
READ = (
    "pk rank total claimed_total attainable parts scored_version facts_version"
    " office__name_th office__name_en office__sort_key office__size region_code region_th region_en"
    " nominee_name nominee_office__kind nominee_office__name_th nominee_office__name_en"
).split()


@dataclass(slots=True)
class Row:
    """One entry, all its cells as text, ready to print."""

    rank: int | None  # where nobody is ranked
    name: str
    nominee: str  # who takes part for the office; empty where it does itself
    url: str  # empty when the reader may not open the scorecard
    size: str
    region: str
    total: str
    claimed: str
    attainable: str
    parts: list[str]
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
        self.scheme, self.language = round.scheme, language
        self.marks = Marks.of_scheme(round.scheme, language)
        self.by_criteria = self.marks.is_of_criteria
        self.parts = tuple(self.scheme.criteria.values()) if self.by_criteria else self.scheme.dimensions
        self.size = asked.get("size", "")
        self.region = asked.get("region", "")
        self.sort = asked.get("sort", "rank")
        self.is_descending = self.sort.startswith("-")
        self.is_ranked, self.by_region = round.ranked != "none", round.ranked == "region"
        parts = F("verified__criteria" if self.by_criteria else "verified__dimensions")
        regions = {f"region_{language}": region_of(column=f"name_{language}") for language in ("th", "en")}
        entries = list(standings(round).annotate(parts=parts, **regions).values(*READ))
        self.total_rows = len(entries)
        self.size_names = {size: str(label) for size, label in Office.Size.choices}
        present = {entry["office__size"] for entry in entries}
        self.sizes = [(size, label) for size, label in self.size_names.items() if size in present]
        named = {(e["region_code"], self._name(e, "region_", "")) for e in entries}
        self.regions = sorted(region for region in named if region[0])
        opens = set(Entry.objects.visible_to(user).filter(round=round).values_list("pk", flat=True))
        mine = opens if user.is_officer else set()
        self.rows = [self._row(e, opens, mine) for e in self._sorted(filter(self._is_chosen, entries))]

    def _is_chosen(self, entry: dict) -> bool:
        return self.size in ("", entry["office__size"]) and self.region in ("", entry["region_code"])

    def _sorted(self, entries: Iterable[dict]) -> list[dict]:
        """Equal cells keep the order of the ranks, which is that of the statement: inside regions where it ranks so."""
        key = None if self.sort == "rank" else self._keys().get(self.sort.removeprefix("-"))
        return sorted(entries, key=key, reverse=self.is_descending) if key else list(entries)

    def _keys(self) -> dict:
        name = "office__name_en" if self.language == "en" else "office__sort_key"
        columns = {
            "name": name,
            "total": "total",
            "claimed": "claimed_total",
            "attainable": "attainable",
        }
        keys: dict = {key: itemgetter(column) for key, column in columns.items()}
        keys["rank"] = lambda e: e["rank"] or 0  # where nobody is ranked, none comes first
        for part in self.parts:
            keys[f"d{part.code}"] = lambda e, part=part: Decimal(_part(e, part)["earned"])
        return keys

    def groups(self) -> list[tuple[str, list[Row]]]:
        """The rows under the regions inside which they are ranked; all together in any other order."""
        if not (self.by_region and self.sort == "rank" and self.rows):
            return [("", self.rows)]
        return [(region, list(rows)) for region, rows in groupby(self.rows, key=attrgetter("region"))]

    def _name(self, entry: dict, office: str = "office__", name: str = "name_") -> str:
        return (self.language == "en" and entry[f"{office}{name}en"]) or entry[f"{office}{name}th"] or ""

    def _nominee(self, entry: dict) -> str:
        if not (kind := entry["nominee_office__kind"]):
            return entry["nominee_name"]
        names = {name: entry[f"nominee_office__{name}"] for name in ("name_th", "name_en")}
        return office_name(Office(kind=kind, **names))

    def _row(self, entry: dict, opens: set[int], mine: set[int]) -> Row:
        pk, total = entry["pk"], self._total(entry)
        return Row(
            rank=entry["rank"],
            name=self._name(entry),
            nominee=self._nominee(entry),
            url=reverse("scorecard", args=[pk]) if pk in opens else "",
            size=self.size_names.get(entry["office__size"], ""),
            region=self._name(entry, "region_", ""),
            total=self.marks.of_totals.show(total),
            claimed=self.marks.of_totals.show(total, "claimed"),
            attainable=self.marks.of_totals.show(total, "attainable"),
            parts=[self._cell(entry, part) for part in self.parts],
            is_stale=entry["scored_version"] < entry["facts_version"],
            is_own=pk in mine,
        )

    def _total(self, entry: dict) -> dict[str, str]:
        columns = {"earned": "total", "claimed": "claimed_total", "attainable": "attainable"}
        return {key: f"{entry[column]:.2f}" for key, column in columns.items()} | {"max": f"{self.scheme.max:.2f}"}

    def _cell(self, entry: dict, part: Part) -> str:
        """What a criterion's mark says is said shortly; a dimension has its points, or its verdict."""
        found = _part(entry, part)
        return self.marks.mark(found) or found["earned"]

    def columns(self) -> list[Column]:
        titles = {part.code: part.title.to(self.language) for part in self.parts}
        heads = headings(titles) if self.by_criteria else [_("Dim. %s") % code for code in titles]
        named = [
            ("rank", _("Rank"), ""),
            ("name", _("Office"), ""),
            ("total", _("Verified"), _("Points for accepted evidence")),
            ("claimed", _("Claimed"), _("Points if all that waits for review is accepted")),
            ("attainable", _("Attainable"), _("Points at most, if all that is still open comes in on time")),
            *((f"d{code}", heading, titles[code]) for code, heading in zip(titles, heads, strict=True)),
        ]
        return [self._column(key, title, hint) for key, title, hint in named if self.is_ranked or key != "rank"]

    def _column(self, key: str, title: str, hint: str) -> Column:
        """A click sorts: points from the most, names and ranks from the first; a second click turns the order round."""
        first = key if key in ("rank", "name") else f"-{key}"
        turned = first.removeprefix("-") if first.startswith("-") else f"-{first}"
        is_sorted = self.sort.removeprefix("-") == key
        query = {"size": self.size, "region": self.region, "sort": turned if self.sort == first else first}
        url = "?" + urlencode({name: text for name, text in query.items() if text})
        order = ("descending" if self.is_descending else "ascending") if is_sorted else ""
        return Column(key, title, hint, url, order)


def _part(entry: dict, part: Part) -> dict:
    """A part of an entry's verified scorecard; nothing of it while there is none."""
    return (entry["parts"] or {}).get(part.code) or {"earned": NOTHING, "attainable": NOTHING, "max": str(part.max)}
