"""The standings as a table on pages: chosen by size group, place and name, sorted by any column."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from operator import attrgetter, itemgetter
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from scoring import engine
from scoring.engine.language.display import plain_points
from scoring.models import Earned, Scorecard, earned_by_criterion, standings, unchecked_of
from scoring.wording.points_shown import NOTHING, PointsShown, headings, placed
from submissions.models import Entry, Office, Round
from submissions.templatetags.wording import office_name

PAGE = 100  # rows
Part = engine.Criterion | engine.Dimension
# Rows, not objects: those of a country are read in one go, sorted, and a page of them printed.
READ = (
    "pk rank total claimed_total attainable is_known is_stale unscored"
    " office office__name_th office__name_en office__code office__sort_key office__size"
    " nominee_name nominee_office__kind nominee_office__name_th nominee_office__name_en"
).split()


@dataclass(slots=True)
class StandingsRow:
    """One entry, all its cells as text, ready to print."""

    pk: int
    rank: int | None  # where nobody is ranked, and while its score is being computed, or a rival has none
    name: str
    nominee: str  # who takes part for the office; empty where it does itself
    url: str  # empty when the reader may not open the scorecard
    size: str
    region: str
    total: str
    claimed: str
    attainable: str
    unchecked: str  # what of the total rests on figures that nobody has looked at
    parts: list[str]
    is_stale: bool
    is_own: bool


@dataclass(frozen=True)
class StandingsColumn:
    key: str
    title: str
    hint: str
    url: str  # empty where nobody can sort by it
    sorted: str  # "", ascending or descending: the words of aria-sort


@dataclass(frozen=True, slots=True)
class Area:
    """A region or a province that offices lie in."""

    kind: str
    code: str
    name: str
    sort_key: str
    parent: int | None


class Areas:
    """Where every office lies: regions, provinces and districts in one statement, and the way up from each."""

    def __init__(self, language: str) -> None:
        self.found: dict[int, Area] = {}
        columns = ("pk", "kind", "code", "name_th", "name_en", "sort_key", "parent")
        for pk, kind, code, name_th, name_en, sort_key, parent in Office.objects.order_by().values_list(*columns):
            name = (language == "en" and name_en) or name_th
            self.found[pk] = Area(kind, code, name, sort_key, parent)

    def of(self, office: int | None, kind: str) -> Area | None:
        """The office of a kind that an office lies in, or is."""
        while office is not None and self.found[office].kind != kind:
            office = self.found[office].parent
        return self.found[office] if office is not None else None


def _choices(areas: Iterable[Area], *order: str) -> list[tuple[str, str]]:
    return [(area.code, area.name) for area in sorted(areas, key=attrgetter(*order))]


class StandingsTable:
    """All ranks are among the whole round; a filter hides rows, it does not rank anew."""

    def __init__(self, round: Round, user, query, language: str) -> None:
        self.scheme, self.language = round.scheme, language
        self.marks = PointsShown.of_scheme(round.scheme, language)
        self.totals = self.marks.of_totals
        # Looked up once, not for every row; the portal may itself lie below an address with a 0.
        self._address = "/{}/".join(reverse("scorecard", args=[0]).rsplit("/0/", 1))
        self.by_criteria = self.marks.is_of_criteria
        self.parts = tuple(self.scheme.criteria.values()) if self.by_criteria else self.scheme.dimensions
        self.asked = {name: query.get(name, "") for name in ("size", "region", "province", "q")}
        self.sort = query.get("sort", "rank")
        self.is_descending = self.sort.startswith("-")
        self.is_ranked, self.by_region = round.ranked != "none", round.ranked == "region"
        entries = self._read(round)
        self.total_rows = len(entries)
        self._list_choices(entries)
        chosen = self._sorted(filter(self._is_chosen, entries))
        visible = Entry.objects.visible_to(user).filter(round=round).values_list("pk", flat=True)
        mine = set(visible) if user.is_officer and not round.is_run_by(user) else set()
        self.page = Paginator(chosen, PAGE).get_page(query.get("page"))
        shown = list(self.page)
        opens = set(visible.filter(pk__in=[entry["pk"] for entry in shown]))
        self._read_parts(shown)
        self.rows = [self._row(entry, opens, mine) for entry in shown]
        self.own_url = self._own_url(chosen, mine)

    def _read(self, round: Round) -> list[dict]:
        """Every entry, with the places it lies in; and what it earned of the part it is sorted by."""
        rows = standings(round)
        places = Areas(self.language)
        if code := self._sorted_part():
            rows = rows.annotate(sorted_by=Earned(f"verified__{self._parts_column}", code))
        entries = list(rows.values(*READ, *(["sorted_by"] if code else [])))
        for entry in entries:
            entry["region"] = places.of(entry["office"], Office.Kind.REGION)
            entry["province"] = places.of(entry["office"], Office.Kind.PROVINCE)
        return entries

    @property
    def _parts_column(self) -> str:
        return "criteria" if self.by_criteria else "dimensions"

    def _sorted_part(self) -> str:
        """The code of the part whose column is sorted by; '' for any other column."""
        key = self.sort.removeprefix("-")
        return next((part.code for part in self.parts if key == f"d{part.code}"), "")

    def _read_parts(self, entries: list[dict]) -> None:
        cards = Scorecard.objects.filter(entry__in=[entry["pk"] for entry in entries], basis=Scorecard.Basis.VERIFIED)
        dimensions = dict(cards.values_list("entry", "dimensions"))
        codes = [part.code for part in self.parts]
        parts = earned_by_criterion(cards, codes) if self.by_criteria else dimensions
        for entry in entries:
            entry["parts"] = parts.get(entry["pk"])
            entry["unchecked"] = unchecked_of(dimensions.get(entry["pk"]))

    def _list_choices(self, entries: list[dict]) -> None:
        """What can be chosen. A province is no choice where provinces take part themselves."""
        self.size_names = {size: str(label) for size, label in Office.Size.choices}
        present = {entry["office__size"] for entry in entries}
        self.sizes = [(size, label) for size, label in self.size_names.items() if size in present]
        self.regions = _choices({entry["region"] for entry in entries} - {None}, "code")
        located = [(entry["province"], entry["office__code"]) for entry in entries]
        below = {province for province, own in located if province and province.code != own}
        self.provinces = _choices(below, "sort_key", "code")

    def _is_chosen(self, entry: dict) -> bool:
        wanted = self.asked
        return (
            wanted["size"] in ("", entry["office__size"])
            and wanted["region"] in ("", entry["region"] and entry["region"].code)
            and wanted["province"] in ("", entry["province"] and entry["province"].code)
            and self._is_named(entry, wanted["q"].strip().casefold())
        )

    def _is_named(self, entry: dict, words: str) -> bool:
        names = (entry[name] for name in READ if name.endswith(("name_th", "name_en", "nominee_name", "office__code")))
        return not words or any(words in (name or "").casefold() for name in names)

    @cached_property
    def shows_unchecked(self) -> bool:
        return self.totals.shown_as == "points" and any(row.unchecked for row in self.rows)

    @property
    def shows_regions(self) -> bool:
        return len(self.regions) > 1

    def _own_url(self, chosen: list[dict], mine: set[int]) -> str:
        """Where the reader's first row is, if it is on another page."""
        if not mine or any(row.is_own for row in self.rows):
            return ""
        place = next((place for place, entry in enumerate(chosen) if entry["pk"] in mine), None)
        return "" if place is None else self._url(page=place // PAGE + 1) + f"#entry-{chosen[place]['pk']}"

    def pages(self) -> list[tuple[str, str]]:
        """The pages as (number, address), "…" between those that are left out."""
        numbers = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1)
        return [(str(number), self._url(page=number)) for number in numbers]

    def _url(self, **changes) -> str:
        """This table with changes; a click on a heading begins at the first page."""
        query = self.asked | {"sort": self.sort} | changes
        return "?" + urlencode({name: text for name, text in query.items() if text})

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
        if code := self._sorted_part():
            keys[f"d{code}"] = lambda e: Decimal(e["sorted_by"] or 0)
        return keys

    def groups(self) -> list[tuple[str, list[StandingsRow]]]:
        """The rows under the regions inside which they are ranked; all together in any other order."""
        if not (self.by_region and self.sort == "rank" and self.rows):
            return [("", self.rows)]
        return [(region, list(rows)) for region, rows in groupby(self.rows, key=attrgetter("region"))]

    def _name(self, entry: dict) -> str:
        return (self.language == "en" and entry["office__name_en"]) or entry["office__name_th"]

    def _nominee(self, entry: dict) -> str:
        if not (kind := entry["nominee_office__kind"]):
            return entry["nominee_name"]
        names = {name: entry[f"nominee_office__{name}"] for name in ("name_th", "name_en")}
        return office_name(Office(kind=kind, **names))

    def _row(self, entry: dict, opens: set[int], mine: set[int]) -> StandingsRow:
        pk, total, is_known = entry["pk"], self._total(entry), entry["is_known"]
        cells = [self.totals.show(total, key) if is_known else NOTHING for key in ("earned", "claimed", "attainable")]
        return StandingsRow(
            pk=pk,
            rank=None if entry["is_stale"] else placed(entry["rank"], entry["total"], entry["unscored"]),
            name=self._name(entry),
            nominee=self._nominee(entry),
            url=self._address.format(pk) if pk in opens else "",
            size=self.size_names.get(entry["office__size"], ""),
            region=entry["region"].name if entry["region"] else "",
            total=cells[0],
            claimed=cells[1],
            attainable=cells[2],
            unchecked=plain_points(f"{entry['unchecked']:.2f}") if entry["unchecked"] else "",
            parts=[self._cell(entry, part) for part in self.parts],
            is_stale=entry["is_stale"],
            is_own=pk in mine,
        )

    def _total(self, entry: dict) -> dict[str, str]:
        columns = {"earned": "total", "claimed": "claimed_total", "attainable": "attainable"}
        return {key: f"{entry[column]:.2f}" for key, column in columns.items()} | {"max": f"{self.scheme.max:.2f}"}

    def _cell(self, entry: dict, part: Part) -> str:
        """What a criterion's mark says is said shortly; a dimension has its points, or its verdict."""
        found = (entry["parts"] or {}).get(part.code)
        return self.marks.mark(found) or self.marks.points(found["earned"]) if found else NOTHING

    def columns(self) -> list[StandingsColumn]:
        titles = {part.code: part.title.to(self.language) for part in self.parts}
        heads = headings(titles)
        if not self.by_criteria:
            heads = [_("Dim. %s") % head if head in titles else head for head in heads]
        verified = _("Points for accepted evidence, and for amounts as they were entered")
        attainable = _("Points at most, if all that is still open comes in on time")
        return [
            *([self._column("rank", _("Rank"))] if self.is_ranked else []),
            self._column("name", _("Office")),
            self._column("total", _("Verified"), verified),
            *([self._unchecked()] if self.shows_unchecked else []),
            self._column("claimed", _("Claimed"), _("Points if all that waits for review is accepted")),
            self._column("attainable", _("Attainable"), attainable),
            *(self._column(f"d{code}", head, titles[code]) for code, head in zip(titles, heads, strict=True)),
        ]

    def _unchecked(self) -> StandingsColumn:
        """Known of the rows of a page alone: it puts nobody in an order."""
        hint = _("Of the verified points: those from figures that nobody looked at")
        return StandingsColumn("unchecked", _("Not looked at"), hint, "", "")

    def _column(self, key: str, title: str, hint: str = "") -> StandingsColumn:
        """A click sorts: points from the most, names and ranks from the first; a second click turns the order round."""
        first = key if key in ("rank", "name") else f"-{key}"
        turned = first.removeprefix("-") if first.startswith("-") else f"-{first}"
        is_sorted = self.sort.removeprefix("-") == key
        url = self._url(sort=turned if self.sort == first else first)
        order = ("descending" if self.is_descending else "ascending") if is_sorted else ""
        return StandingsColumn(key, title, hint, url, order)
