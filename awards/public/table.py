"""The whole table: chosen by name, region and size, sorted by any column; and the provinces on a map."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from awards.content.columns import PointsColumn
from awards.models import Result
from scoring.boards.provinces import Class, Measure, Province, classes_of, in_classes
from submissions import thai

from .announced import Announced, Row
from .places import Place, province_of, region_name

PAGE = 100  # rows
LEAST = 2  # provinces on a map


@dataclass(frozen=True)
class Column:
    key: str
    title: str
    hint: str
    url: str
    sorted: str  # "", ascending or descending: the words of aria-sort


class Table:
    """Ranks are as announced, whatever is chosen."""

    def __init__(self, announced: Announced, query: Mapping[str, str]) -> None:
        self.announced, self.shown = announced, announced.shown
        self.asked = {name: query.get(name, "") for name in ("q", "region", "size")}
        self.sort = query.get("sort", "rank")
        self.is_descending = self.sort.startswith("-")
        self.all = len(announced.results)
        chosen = self._sorted([one for one in announced.results if self._is_chosen(one)])
        self.page: Page[Result] = Paginator(chosen, PAGE).get_page(query.get("page"))

    # What can be chosen

    @cached_property
    def sizes(self) -> list[tuple[str, str]]:
        present = {one.office_size for one in self.announced.results}
        titles = self.announced.frame["sizes"].items()
        return [(code, title[self.announced.language]) for code, title in titles if code in present]

    @cached_property
    def regions(self) -> list[tuple[str, str]]:
        """None where all lie in one."""
        found = {_region_code(one): self.announced.region(one) for one in self.announced.results}
        return sorted((code, name) for code, name in found.items() if code) if len(found) > 1 else []

    def _is_chosen(self, result: Result) -> bool:
        words = self.asked["q"].strip().casefold()
        return (
            self.asked["size"] in ("", result.office_size)
            and self.asked["region"] in ("", _region_code(result))
            and (not words or any(words in text.casefold() for text in _named(result)))
        )

    # In which order

    def _sorted(self, results: list[Result]) -> list[Result]:
        key = self._keys().get(self.sort.removeprefix("-"))
        return sorted(results, key=key, reverse=self.is_descending) if key else results

    def _keys(self) -> dict[str, Callable[[Result], Any]]:
        """Equal cells keep the order of the announcement."""
        names = {"en": lambda one: one.office_name_en or one.office_name_th}
        keys: dict[str, Callable[[Result], Any]] = {
            "rank": lambda one: one.place,
            "name": names.get(self.announced.language, lambda one: thai.sort_key(one.office_name_th)),
            "total": lambda one: one.total,
        }
        for column in self.shown.columns:
            keys[f"d{column.code}"] = self._points_in(column.code)
        return keys

    def _points_in(self, code: str) -> Callable[[Result], Decimal]:
        parts = "criteria" if self.shown.by_criteria else "dimensions"
        return lambda one: Decimal(getattr(one, parts)[code]["earned"])

    # What is shown

    @cached_property
    def rows(self) -> list[Row]:
        return [self.announced.row(one, with_cells=True) for one in self.page]

    def groups(self) -> Iterator[tuple[str, list[Row]]]:
        """The rows under the regions inside which they are ranked; all together in any other order."""
        if not (self.announced.by_region and self.sort == "rank"):
            yield "", self.rows
            return
        for region, rows in groupby(self.rows, key=lambda row: row.region):
            yield region, list(rows)

    def columns(self) -> list[Column]:
        said = _("Points") if self.shown.in_points else _("Outcome")
        of_whole = [] if self.shown.only_selects else [self._column("total", said)]
        return [
            *([self._column("rank", _("Rank"))] if self.announced.is_ranked else []),
            self._column("name", _("Office")),
            *of_whole,
            *(self._column(f"d{one.code}", self._heading(one), one.title) for one in self.shown.columns),
        ]

    def _heading(self, column: PointsColumn) -> str:
        is_title = self.shown.by_criteria or column.heading == column.title
        return column.heading if is_title else _("Dim. %s") % column.heading

    def _column(self, key: str, title: str, hint: str = "") -> Column:
        """A click sorts: points from the most, names and ranks from the first; a second click turns the order round."""
        first = key if key in ("rank", "name") else f"-{key}"
        turned = first.removeprefix("-") if first.startswith("-") else f"-{first}"
        url = self._url(sort=turned if self.sort == first else first)
        order = "descending" if self.is_descending else "ascending"
        return Column(key, title, hint, url, order if self.sort.removeprefix("-") == key else "")

    def pages(self) -> list[tuple[str, str]]:
        numbers = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1)
        return [(str(number), self._url(page=number)) for number in numbers]

    def _url(self, **changes: Any) -> str:
        query = self.asked | {"sort": self.sort} | changes
        return "?" + urlencode({name: text for name, text in query.items() if text})


class OnMap:
    """The provinces by their points in all, or in one dimension; of several offices of a province the median."""

    def __init__(self, announced: Announced, asked: str) -> None:
        self.announced = announced
        known = {one.code: one for one in self.measures}
        self.measure = known.get(asked, known[""])

    @cached_property
    def measures(self) -> list[Measure]:
        parts = self.announced.frame["dimensions"] if self.announced.shown.in_points else []
        title = f"title_{self.announced.language}"
        dimensions = [Measure(one["code"], one[title] or one["title_th"]) for one in parts]
        return [Measure("", _("Points")), *(dimensions if len(dimensions) > 1 else [])]

    @cached_property
    def rows(self) -> list[Province]:
        """The most first."""
        if not self.announced.shown.in_points:
            return []
        numbers: dict[Place, list[Decimal]] = {}
        for one in self.announced.results:
            if place := province_of(one.office_code):
                numbers.setdefault(place, []).append(self._number(one))
        told = {place.code: place for place in numbers}
        found = in_classes({place.code: own for place, own in numbers.items()})
        offices = {one.office_code for one in self.announced.results}
        return [
            Province(
                code, told[code].name, region_name(told[code].region), number, level,
                self.announced.to.office(code) if code in offices else "",
            )
            for code, number, level in found
        ]  # fmt: skip

    def _number(self, result: Result) -> Decimal:
        code = self.measure.code
        return Decimal(result.dimensions[code]["earned"]) if code else result.total

    @property
    def is_worth_it(self) -> bool:
        return len(self.rows) >= LEAST

    @property
    def classes(self) -> list[Class]:
        return classes_of(self.rows)

    unknown = 0  # whoever was announced has points


def _region_code(result: Result) -> str:
    """What chooses a region in an address."""
    if result.region:
        return str(result.region["code"])
    place = province_of(result.office_code)
    return place.region if place else ""


def _named(result: Result) -> list[str]:
    """What a line is found by."""
    subdistrict = result.nominee_name if "code" in result.nominee else ""
    return [result.office_name_th, result.office_name_en, result.office_code, subdistrict]
