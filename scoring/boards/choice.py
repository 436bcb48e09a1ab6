"""What a reader chose to see of a board: all of it stands in the address, so that it can be kept and sent on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scoring import engine
from submissions.models.entries import EntryQuerySet
from submissions.models.places import region_of
from submissions.questions.deadlines import Demand
from submissions.questions.owing import OWED, Cell, Tally

VIEWS = ("offices", "requirements", "regions")
SORTS = ("owed", "complete", "name")
ALL_OWED, EXTENDED, CAME_LATE = "owed", "extended", "came-late"
STATE_TITLES: dict[str, Promise] = {
    ALL_OWED: _("Still to be done: overdue, returned or due within 30 days"),
    "late": _("Overdue"),
    "returned": _("Returned"),
    "missing": _("Not handed in yet, due within 30 days"),
    "submitted": _("Waiting for review"),
    "done": _("Accepted or entered"),
    "ahead": _("Not due yet"),
    EXTENDED: _("More time given"),
    CAME_LATE: _("Handed in after the last day"),
}
_NAMED = ("office__name_th", "office__name_en", "office__code", "nominee_name", "nominee_office__name_th")
MOST_TEXT = 100  # characters


@dataclass(frozen=True)
class Choice:
    """Empty: everything. What nobody can choose is passed over."""

    view: str = ""
    region: str = ""  # codes
    size: str = ""
    about: str = ""  # d|code of a dimension, c|code of a criterion, r|code of a requirement, v|code of a value
    period: str = ""
    until: str = ""  # the last day, as ISO text: what is due by its end
    state: str = ""
    q: str = ""
    office: str = ""  # one alone
    slot: str = ""  # the key of one thing asked
    sort: str = ""  # empty: the most overdue first

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        asked = {field.name: _plain(query.get(field.name, "")) for field in fields(cls)}
        known = {"view": VIEWS, "sort": SORTS, "state": STATE_TITLES}
        return cls(**{name: text for name, text in asked.items() if text in known.get(name, (text,))})

    def query(self, **changes: Any) -> str:
        """What stands in the address behind the question mark."""
        return urlencode({name: text for name, text in (vars(self) | changes).items() if text})

    def url(self, **changes: Any) -> str:
        return f"?{self.query(**changes)}"

    @property
    def of_all(self) -> str:
        """The address without the one office, or the one thing asked, that is shown."""
        return self.url(office="", slot="")

    @property
    def filters(self) -> dict[str, str]:
        """What narrows the board, without how it is laid out."""
        return {name: text for name, text in vars(self).items() if text and name not in ("view", "sort")}

    # What it leaves of the entries, the things asked, and the cells

    def entries(self, entries: EntryQuerySet) -> EntryQuerySet:
        if self.region:
            entries = entries.annotate(in_region=region_of(column="code")).filter(in_region=self.region)
        if self.size:
            entries = entries.filter(office__size=self.size)
        if self.office:
            entries = entries.filter(office__code=self.office)
        if self.q:
            entries = entries.filter(Q(*((f"{name}__icontains", self.q) for name in _NAMED), _connector=Q.OR))
        return entries

    def demands(self, demands: Iterable[Demand]) -> list[Demand]:
        return [demand for demand in demands if self._asks(demand)]

    def _asks(self, demand: Demand) -> bool:
        return (
            self.slot in ("", demand.key)
            and self.period in ("", demand.slot[1])
            and (not (day := day_of(self.until)) or demand.day <= day)
            and (not self.about or self.about in abouts_of(demand))
        )

    def fits(self, tally: Tally) -> bool:
        """Whether an entry, or a thing asked, has a cell that is looked for."""
        match self.state:
            case "":
                return True
            case "owed":
                return tally.owed > 0
            case "extended":
                return tally.extended > 0
            case "came-late":
                return tally.came_late > 0
        return tally.counts[self.state] > 0

    def shows(self, cell: Cell) -> bool:
        match self.state:
            case "":
                return True
            case "owed":
                return cell.state in OWED
            case "extended":
                return cell.is_extended
            case "came-late":
                return cell.state in ("submitted", "done") and cell.days > 0
        return cell.state == self.state

    @property
    def reminds_of(self) -> tuple[str, ...]:
        """The states of cells of which the offices shown can be reminded."""
        return tuple(state for state in OWED if self.state in ("", ALL_OWED, EXTENDED, state))


def abouts_of(demand: Demand) -> set[str]:
    """By what a thing asked can be chosen."""
    criteria = demand.criteria
    own = {f"{demand.kind[0]}|{demand.code}"}
    return own | {f"c|{one.code}" for one in criteria} | {f"d|{one.dimension}" for one in criteria}


def in_order(scheme: engine.Scheme, demands: Iterable[Demand]) -> list[Demand]:
    """As the scheme lists its criteria; naming comes first."""
    places = {code: place for place, code in enumerate(scheme.criteria)}
    return sorted(demands, key=lambda demand: places[demand.criteria[0].code] if demand.criteria else -1)


def _plain(text: str) -> str:
    """Without what no database keeps in a text."""
    return text.replace("\x00", "").strip()[:MOST_TEXT]


def day_of(text: str) -> date | None:
    """The day that an address names, if it names one."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
