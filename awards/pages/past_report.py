"""What came of a trial on the past, as people read it: who moves, who crosses an award's line, what decides nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from scoring.models import PastTrial
from submissions import thai
from submissions.models import Office
from submissions.templatetags.wording import office_name

ROWS = 20  # on a page
NAMES = 12  # of those who are tied
MOST_TEXT = 100  # characters
NOTHING = "0.00"
KINDS: dict[str, Promise] = {
    "requirement": gettext_lazy("evidence"),
    "extension": gettext_lazy("more time"),
    "value": gettext_lazy("value"),
    "item": gettext_lazy("judges' item"),
    "setting": gettext_lazy("setting"),
}
MOVES: dict[str, Promise] = {
    "crosses": gettext_lazy("Award changes"),
    "in": gettext_lazy("Would get an award"),
    "out": gettext_lazy("Would lose the award"),
    "other": gettext_lazy("Would get another award"),
    "rises": gettext_lazy("Would rise"),
    "falls": gettext_lazy("Would fall"),
    "points": gettext_lazy("Same rank, other points"),
    "stays": gettext_lazy("Stays as it was"),
}
CROSSINGS: dict[str, Promise] = {
    "in": gettext_lazy("gets an award"),
    "out": gettext_lazy("loses the award"),
    "other": gettext_lazy("moves from “%(was)s” to “%(would)s”"),
    "tied": gettext_lazy("tied on an award's line"),
}
SORTS: dict[str, Promise] = {
    "": gettext_lazy("Who moves most"),
    "would": gettext_lazy("Ranks by this scheme"),
    "was": gettext_lazy("Ranks as announced"),
    "name": pgettext_lazy("order", "Code of the office"),
}
VERDICTS: dict[str, Promise] = {
    "full": gettext_lazy("all have all of it"),
    "none": gettext_lazy("nobody has any of it"),
    "same": gettext_lazy("all have the same"),
}


@dataclass(frozen=True)
class Choice:
    """What is shown of it; it stands in the address. Empty: everything."""

    move: str = ""
    region: str = ""  # codes
    size: str = ""
    q: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """What nobody can choose is passed over."""
        asked = {field.name: query.get(field.name, "").replace("\x00", "").strip()[:MOST_TEXT] for field in fields(cls)}
        known: dict[str, Any] = {"move": MOVES, "sort": SORTS, "size": dict(Office.Size.choices)}
        return cls(**{name: text for name, text in asked.items() if text in known.get(name, (text,))})

    def url(self, **changes: Any) -> str:
        return f"?{urlencode({name: text for name, text in (vars(self) | changes).items() if text})}"

    @property
    def narrows(self) -> bool:
        return any((self.move, self.region, self.size, self.q))


class Place(NamedTuple):
    """How somebody stands: as announced, or by the scheme that is tried."""

    rank: int | None
    points: Decimal | None
    award: str


@dataclass(frozen=True)
class Row:
    """One who was announced."""

    code: str
    office: str
    nominee: str
    size: str
    region: str
    region_name: str
    was: Place
    would: Place
    places: int  # by how many it would rise; less than 0: fall
    crossing: str  # a key of CROSSINGS, or ""

    @property
    def gain(self) -> Decimal | None:
        return None if self.was.points is None or self.would.points is None else self.would.points - self.was.points

    @property
    def said(self) -> str:
        awards = {"was": self.was.award, "would": self.would.award}
        return str(CROSSINGS[self.crossing]) % awards if self.crossing else ""

    def fits(self, choice: Choice) -> bool:
        return (
            (not choice.move or choice.move in self.moves)
            and choice.region in ("", self.region)
            and choice.size in ("", self.size)
            and choice.q.casefold() in f"{self.code} {self.office} {self.nominee}".casefold()
        )

    @property
    def moves(self) -> set[str]:
        """Keys of MOVES."""
        found = {"crosses", self.crossing} if self.crossing else set()
        if self.places:
            found.add("rises" if self.places > 0 else "falls")
        return found or {"points" if self.gain else "stays"}


class PastReport:
    """Of a trial that is made."""

    def __init__(self, trial: PastTrial, choice: Choice) -> None:
        self.report: dict[str, Any] = trial.report or {}
        self.choice, self.language = choice, thai.language()
        self.sizes = {code: str(label) for code, label in Office.Size.choices}

    def _words(self, text: Any) -> str:
        return str(text[self.language]) if isinstance(text, dict) else str(text)

    # Everybody

    @cached_property
    def all_rows(self) -> list[Row]:
        last = len(self.report["lines"]) + 1  # the place of whoever has no rank
        return [self._row(line, last) for line in self.report["lines"]]

    def _row(self, line: dict[str, Any], last: int) -> Row:
        was, would = line["was"], line["would"]
        ranks = [(side or {}).get("rank") or last for side in (was, would)]
        return Row(
            code=line["office"],
            office=_named(was),
            nominee=_named(was["nominee"]) if was["nominee"] else "",
            size=was["size"],
            region=was["region"]["code"],
            region_name=self._region(was["region"]),
            was=self._place(was),
            would=self._place(would) if would else Place(None, None, _("not scored")),
            places=ranks[0] - ranks[1],
            crossing=_crossing(was["tier"], would),
        )

    def _region(self, region: dict[str, str]) -> str:
        return (region["name_en"] if self.language == "en" else "") or region["name_th"]

    def _place(self, side: dict[str, Any]) -> Place:
        award = self._award(side["tier"]) if side["tier"] else ""
        if side.get("tied"):
            award = _("tied for %(award)s") % {"award": self._award(side["tied"])}
        return Place(side["rank"], Decimal(side["total"]), award)

    def _award(self, code: str) -> str:
        return self._words(self.report["tiers"][code])

    @cached_property
    def rows(self) -> list[Row]:
        """Those that are chosen, in the order that is chosen."""
        orders: dict[str, Any] = {
            "": lambda row: (-abs(row.places), not row.crossing, -abs(row.gain or 0)),
            "would": lambda row: row.would.rank or len(self.all_rows) + 1,
            "was": lambda row: row.was.rank or len(self.all_rows) + 1,
            "name": lambda row: row.code,
        }
        return sorted((row for row in self.all_rows if row.fits(self.choice)), key=orders[self.choice.sort])

    def page(self, number: str | None) -> Page:
        return Paginator(self.rows, ROWS).get_page(number)

    @cached_property
    def regions(self) -> list[tuple[str, str]]:
        return sorted({(row.region, row.region_name) for row in self.all_rows if row.region})

    @cached_property
    def sizes_there(self) -> list[tuple[str, str]]:
        there = {row.size for row in self.all_rows}
        return [(code, label) for code, label in self.sizes.items() if code in there]

    @cached_property
    def counts(self) -> list[tuple[Promise, int, str]]:
        """How many move in which way, and what shows them."""
        return [
            (title, sum(move in row.moves for row in self.all_rows), self.choice.url(move=move))
            for move, title in MOVES.items()
        ]

    @property
    def unscored(self) -> list[Row]:
        return [row for row in self.all_rows if row.would.points is None]

    # Criteria and dimensions

    @cached_property
    def criteria(self) -> list[dict[str, Any]]:
        return [
            {**one, "title": self._words(one["title"]), "verdict": _verdict(one)} for one in self.report["criteria"]
        ]

    @property
    def deciding_nothing(self) -> list[dict[str, Any]]:
        return [one for one in self.criteria if one["verdict"]]

    @cached_property
    def dimensions(self) -> list[dict[str, Any]]:
        """With their sums, and what all of them come to."""
        rows = [{**one, "title": self._words(one["title"])} for one in self.report["dimensions"]]
        total = {
            "code": "",
            "title": _("Total"),
            **{name: [_sum_of(rows, name, side) for side in (0, 1)] for name in ("max", "sums")},
        }
        return [*rows, total] if len(rows) > 1 else rows

    # Awards, and what did not fit

    @cached_property
    def ties(self) -> list[dict[str, Any]]:
        """Without those of whoever earned nothing: that is no tie to decide."""
        names = {row.code: row.nominee or row.office for row in self.all_rows}
        return [
            {**tie, "award": self._award(tie["tier"]), "names": list(_some(names[code] for code in tie["offices"]))}
            for tie in self.report["ties"]
            if tie["total"] != NOTHING
        ]

    @property
    def award_lines(self) -> int:
        return int(self.report["award_lines"])

    @cached_property
    def left_out(self) -> list[dict[str, Any]]:
        return [self._thing(thing) for thing in self.report["left_out"]]

    @cached_property
    def asked_anew(self) -> list[dict[str, Any]]:
        return [self._thing(thing) for thing in self.report["asked_anew"]]

    def _thing(self, thing: dict[str, Any]) -> dict[str, Any]:
        words = {name: self._words(thing[name]) for name in ("title", "period")}
        return {**thing, **words, "kind": KINDS[thing["kind"]]}


def _named(one: dict[str, Any]) -> str:
    """An office with what it is; a person as the name is."""
    if one["kind"] == "person":
        return str(one["name_th"])
    name_th, name_en = one.get("name_th", ""), one.get("name_en", "")
    return office_name(Office(kind=one["kind"], name_th=name_th, name_en=name_en))


def _crossing(was: str, would: dict[str, Any] | None) -> str:
    tier, tied = (would["tier"], would["tied"]) if would else ("", "")
    if tied and not tier:
        return "tied"
    if was == tier:
        return ""
    return "other" if was and tier else "in" if tier else "out"


def _verdict(criterion: dict[str, Any]) -> str:
    """In what way it decides nothing, in words; "" where it does."""
    scored = criterion["least"] is not None
    if not scored or criterion["least"] != criterion["most"]:
        return ""
    if criterion["full"]:
        return str(VERDICTS["full"])
    return str(VERDICTS["none" if criterion["most"] == NOTHING else "same"])


def _sum_of(rows: list[dict[str, Any]], name: str, side: int) -> str:
    return f"{sum((Decimal(row[name][side]) for row in rows if row[name][side] is not None), Decimal(0)):.2f}"


def _some(names: Iterator[str]) -> Iterator[str]:
    """The first of them, and how many more there are."""
    listed = list(names)
    yield from listed[:NAMES]
    if (more := len(listed) - NAMES) > 0:
        yield _("%(count)s more") % {"count": more}
