"""Who owes what in a round: offices by what they are asked for, as a reader chose to see them.

The entries that may be seen are handed in, so that whoever sees fewer hands in fewer. Four statements, however many
entries and things asked there are; a page shows the cells of so many entries.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from scoring import engine
from submissions import thai
from submissions.models import Office, Round
from submissions.models.entries import EntryQuerySet
from submissions.models.places import region_of
from submissions.questions.deadlines import Demand, asked_in
from submissions.questions.owing import OWED, Cell, Owing, Tally, owed_in, tallies
from submissions.templatetags.wording import office_name

from .choice import STATE_TITLES, Choice, day_of, in_order
from .drawn import Drawer
from .words import told

PAGE = 100  # entries with their cells
AT_ONCE = 500  # entries whose cells are read together
_REGION = {"region_code": "code", "region_th": "name_th", "region_en": "name_en"}  # and the columns of offices
# Rows, not objects: those of a country are read in one go, sorted, and a page of them shown.
_READ = (
    "pk office__code office__kind office__name_th office__name_en office__sort_key office__size"
    " nominee_name nominee_office__kind nominee_office__name_th nominee_office__name_en"
).split()


class Region(NamedTuple):
    code: str
    name: str


@dataclass(slots=True)
class BoardRow:
    """One entry: how many of its cells stand how, and on a page its cells, None where one is not looked for."""

    pk: int
    url: str  # of what it is asked for alone
    office: Office
    nominee: str
    region: Region
    size: str
    sort_key: str
    tally: Tally
    cells: list[Cell | None]


class BoardColumn(NamedTuple):
    """One thing asked, as the board heads it."""

    key: str
    demand: Demand
    period: str
    is_over: bool
    url: str  # of the offices with it alone

    @property
    def title(self) -> str:
        return f"{self.demand.title} · {self.period}" if self.period else self.demand.title

    @property
    def label(self) -> str:
        """The same for a narrow column, in which periods of one thing stand side by side."""
        return f"{self.period} · {self.demand.title}" if self.period else self.demand.title


class Part(NamedTuple):
    """Cells told together: of a region, or of a dimension."""

    code: str
    title: str
    url: str
    tally: Tally


class BoardLine(NamedTuple):
    """A cell in a list: what it is, or whose, and the page on which it is dealt with; `more_time`: where its deadline
    is put off, by those who may."""

    title: str
    url: str
    cell: Cell
    kind: str
    more_time: str

    @property
    def text(self) -> str:
        return told(self.cell, self.kind)


class Board:
    """`entries`: those that take part and that the reader may see."""

    def __init__(self, round: Round, entries: EntryQuerySet, choice: Choice, page: str = "") -> None:
        self.round, self.scheme, self.choice = round, round.scheme, choice
        self.seen = entries.filter(round=round).taking_part()
        self.chosen = choice.entries(self.seen)
        self.all_asked = in_order(self.scheme, owed_in(round))
        self.asked = choice.demands(self.all_asked)
        self.owing = Owing(round, self.chosen, self.asked)
        self.language = thai.language()
        self._page = page

    @property
    def today(self) -> Any:
        return self.owing.today

    # Entries

    @cached_property
    def rows(self) -> list[BoardRow]:
        """The entries that have a cell which is looked for, in the order that was asked for. Two statements."""
        if not self.asked:
            return []
        [found] = tallies([self.owing], "entry")
        rows = (self._row(values, found.get(str(values["pk"]), Tally())) for values in self._read())
        return sorted((row for row in rows if self.choice.fits(row.tally)), key=self._order())

    def _read(self) -> Any:
        in_order = self.chosen.order_by("office__sort_key", "office__code", "pk")
        return in_order.annotate(**_regions()).values(*_READ, *_REGION)

    def _row(self, values: Mapping[str, Any], tally: Tally) -> BoardRow:
        names = {name: values[f"office__{name}"] for name in ("kind", "name_th", "name_en", "code")}
        return BoardRow(
            pk=values["pk"],
            url=self._url_of(values["office__code"]),
            office=Office(**names),
            nominee=self._nominee(values),
            region=Region(values["region_code"] or "", self._named(values, "region_th", "region_en")),
            size=values["office__size"],
            sort_key=(self.language == "en" and values["office__name_en"]) or values["office__sort_key"],
            tally=tally,
            cells=[],
        )

    def _url_of(self, office: str) -> str:
        return f"{self._of_offices}&{urlencode({'office': office})}"

    @cached_property
    def _of_offices(self) -> str:
        return self.choice.url(office="", slot="", view="offices")

    def _named(self, values: Mapping[str, Any], th: str, en: str) -> str:
        return (self.language == "en" and values[en]) or values[th] or ""

    def _nominee(self, values: Mapping[str, Any]) -> str:
        named: str = values["nominee_name"]
        return self._named(values, "nominee_office__name_th", "nominee_office__name_en") or named

    def _order(self) -> Callable[[BoardRow], tuple[Any, ...]]:
        """Whoever is most overdue comes first. Equal ones stand by their names."""
        keys: dict[str, Callable[[BoardRow], tuple[Any, ...]]] = {
            "name": lambda row: (row.sort_key,),
            "owed": lambda row: (-row.tally.owed, -row.tally.counts["late"], row.sort_key),
            "complete": lambda row: (row.tally.completeness if row.tally.due else 101, row.sort_key),
        }
        return keys.get(self.choice.sort, lambda row: (-row.tally.counts["late"], -row.tally.owed, row.sort_key))

    @cached_property
    def page(self) -> "Page[BoardRow]":
        """So many rows with their cells. One statement."""
        page = Paginator(self.rows, PAGE).get_page(self._page)
        self.fill(list(page))
        return page

    def fill(self, rows: Sequence[BoardRow]) -> None:
        """Read the cells of these rows: a statement for every so many."""
        for start in range(0, len(rows), AT_ONCE):
            self._fill(rows[start : start + AT_ONCE])

    def _fill(self, rows: Sequence[BoardRow]) -> None:
        cells = self.owing.cells(row.pk for row in rows)
        keys = list(self.owing.demands)
        for row in rows:
            own = (cells[row.pk, key] for key in keys)
            row.cells = [cell if self.choice.shows(cell) else None for cell in own]

    def drawn(self) -> Iterator[tuple[BoardRow, SafeString]]:
        """The rows of the page, each with its cells as HTML."""
        drawer = Drawer()
        return ((row, drawer.row(row.cells)) for row in self.page.object_list)

    @cached_property
    def whole(self) -> Tally:
        """All that is shown, whatever the page."""
        return _sum(row.tally for row in self.rows)

    # What is asked

    @cached_property
    def columns(self) -> list[BoardColumn]:
        return [self._column(key, demand) for key, demand in self.owing.demands.items()]

    def _column(self, key: str, demand: Demand) -> BoardColumn:
        url = self.choice.url(slot=key, office="")
        return BoardColumn(key, demand, period_title(demand.period, self.language), demand.day < self.today, url)

    @property
    def heads(self) -> list[tuple[str, str, int]]:
        """The criteria over the columns: code, title, and of how many columns."""
        criteria = groupby(self.columns, key=lambda column: column.demand.criteria[:1])
        return [(*self._titled(one), len(list(columns))) for one, columns in criteria]

    @cached_property
    def by_requirement(self) -> list[tuple[BoardColumn, Tally]]:
        """How all entries stand with each thing asked. One statement."""
        if not self.asked:
            return []
        [found] = tallies([self.owing], "demand")
        both = ((column, found[column.key]) for column in self.columns)
        return [(column, tally) for column, tally in both if self.choice.fits(tally)]

    @cached_property
    def by_dimension(self) -> list[Part]:
        """What serves several dimensions is told in each; naming in none."""
        of_part = {
            dimension.code: _sum(
                tally
                for column, tally in self.by_requirement
                if dimension.code in {criterion.dimension for criterion in column.demand.criteria}
            )
            for dimension in self.scheme.dimensions
        }
        parts = (
            Part(one.code, one.title.to(self.language), self.choice.url(about=f"d|{one.code}"), of_part[one.code])
            for one in self.scheme.dimensions
        )
        return [part for part in parts if part.tally.counts.total()]

    @cached_property
    def by_region(self) -> list[Part]:
        rows = sorted(self.rows, key=lambda row: (row.region.code == "", row.region.code))
        groups = groupby(rows, key=lambda row: row.region)
        return [
            Part(one.code, one.name or _("In no region"), self._of_region(one.code), _sum(row.tally for row in own))
            for one, own in groups
        ]

    def _of_region(self, code: str) -> str:
        return self.choice.url(region=code, view="offices") if code else ""

    # What can be chosen

    @cached_property
    def places(self) -> list[tuple[str, str, str]]:
        """The regions and sizes that there are: (code, name, size). One statement."""
        rows = self.seen.order_by().annotate(**_regions()).values_list(*_REGION, "office__size").distinct()
        return [(code or "", (self.language == "en" and en) or th or "", size) for code, th, en, size in rows]

    @property
    def regions(self) -> list[tuple[str, str]]:
        found = sorted({(code, name) for code, name, _size in self.places if code})
        return found if len(found) > 1 else []

    @property
    def sizes(self) -> list[tuple[str, str]]:
        present = {size for _code, _name, size in self.places}
        return [(size, str(label)) for size, label in Office.Size.choices if size in present]

    def abouts(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Dimensions, criteria and things asked, under their headings."""
        scheme, language = self.scheme, self.language
        served = {criterion.code for demand in self.all_asked for criterion in demand.criteria}
        dimensions = [one for one in scheme.dimensions if served & set(one.criteria)]
        yield _("Dimensions"), [(f"d|{one.code}", _coded(one, language)) for one in dimensions]
        criteria = [one for code, one in scheme.criteria.items() if code in served]
        yield _("Criteria"), [(f"c|{one.code}", _coded(one, language)) for one in criteria]
        asked = {f"{one.kind[0]}|{one.code}": one.title for one in self.all_asked if one.kind != "naming"}
        yield _("What is asked"), list(asked.items())

    @property
    def periods(self) -> list[tuple[str, str]]:
        found = {one.period.code: period_title(one.period, self.language) for one in self.all_asked if one.period}
        return list(found.items())

    @property
    def awaits_choice(self) -> bool:
        """Whether somebody chooses who takes part, which is no office's own thing to do."""
        return any(demand.kind == "choice" for demand in asked_in(self.round))

    @property
    def days(self) -> list[Any]:
        return sorted({one.day for one in self.all_asked})

    @property
    def chosen_titles(self) -> list[str]:
        """What was chosen, as people read it."""
        choice = self.choice
        abouts = {code: title for _heading, options in self.abouts() for code, title in options}
        day, by = day_of(choice.until), _("Due until")
        titles = [
            dict(self.regions).get(choice.region, choice.region),
            dict(self.sizes).get(choice.size, choice.size),
            abouts.get(choice.about, choice.about),
            dict(self.periods).get(choice.period, choice.period),
            f"{by} {thai.format_date(day, self.language, short=True)}" if day else "",
            str(STATE_TITLES.get(choice.state, "")),
            f"“{choice.q}”" if choice.q else "",
        ]
        return [title for title in titles if title]

    # One alone

    @property
    def office_row(self) -> BoardRow | None:
        """The only office that was asked for."""
        return self.page.object_list[0] if self.choice.office and len(self.page.object_list) == 1 else None

    def of_office(self) -> list[tuple[str, str, list[BoardLine]]]:
        """Its cells under their criteria: (code, title, lines)."""
        if not (row := self.office_row):
            return []
        shown = [(column, cell) for column, cell in zip(self.columns, row.cells, strict=True) if cell]
        groups = groupby(shown, key=lambda pair: pair[0].demand.criteria[:1])
        return [
            (*self._titled(one), [self._line(column.title, column, row, cell) for column, cell in cells])
            for one, cells in groups
        ]

    def of_slot(self) -> list[BoardLine]:
        """The offices with the only thing that was asked for."""
        (column,) = self.columns
        rows = ((row, row.cells[0]) for row in self.page.object_list)
        return [self._line(office_name(row.office), column, row, cell) for row, cell in rows if cell]

    def _line(self, title: str, column: BoardColumn, row: BoardRow, cell: Cell) -> BoardLine:
        demand = column.demand
        more_time = ""
        if demand.kind == "requirement" and cell.state in OWED and not self.round.is_closed:
            asked = urlencode({"round": self.round.pk, "whom": f"entry.{row.pk}", "slots": "|".join(demand.slot)})
            more_time = f"{reverse('admin:submissions_extension_add')}?{asked}"
        return BoardLine(title, demand.page(self.round, row.pk), cell, demand.kind, more_time)

    def _titled(self, criteria: tuple[engine.Criterion, ...]) -> tuple[str, str]:
        """The code and the title of the first one; of naming there is none."""
        return (criteria[0].code, criteria[0].title.to(self.language)) if criteria else ("", "")

    # Addresses

    def pages(self) -> list[tuple[str, str]]:
        """The pages as (number, address), "…" between those that are left out."""
        numbers = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1)
        return [(str(number), self.choice.url(page=number)) for number in numbers]

    @property
    def address(self) -> str:
        return reverse("board", args=[self.round.pk])


def _regions() -> dict[str, Any]:
    return {name: region_of(column=column) for name, column in _REGION.items()}


def period_title(period: engine.Period | None, language: str) -> str:
    """Months are short."""
    if period is None:
        return ""
    try:
        return thai.format_month(period.code, language, short=True)
    except (ValueError, IndexError):
        return period.title.to(language)


def _coded(part: Any, language: str) -> str:
    return f"{part.code} {part.title.to(language)}"


def _sum(tallies: Any) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole += tally
    return whole
