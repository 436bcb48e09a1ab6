"""Who has opened a circular: offices by their regions, not what each person did; names of the committee alone."""

from dataclasses import dataclass, field
from functools import cached_property

from django.core.paginator import Page, Paginator

from submissions.models import Circular, Office, User

from .circulars import entries_of, people_of

A_PAGE = 100  # offices that have not opened it


@dataclass
class RegionOpened:
    """The offices of one inspection region: how many it goes to, and how many have opened it."""

    region: Office | None
    offices: int = 0
    opened: int = 0
    waiting: list[Office] = field(default_factory=list)

    def count(self, office: Office, is_opened: bool) -> None:
        self.offices += 1
        self.opened += is_opened
        if not is_opened:
            self.waiting.append(office)


class Openings:
    """An office has opened it once one of those who do its work has. A few statements for each 500 offices."""

    def __init__(self, circular: Circular, page: str = "") -> None:
        self.circular, self._page = circular, page
        self._opened = set(circular.openings.values_list("user", flat=True))

    @property
    def is_of_offices(self) -> bool:
        return self.circular.audience not in (Circular.Audience.COMMITTEE, Circular.Audience.EVERYBODY)

    @cached_property
    def regions(self) -> list[RegionOpened]:
        found: dict[Office | None, RegionOpened] = {}
        for entry, people in entries_of(self.circular):
            region = entry.office.region
            counted = found.setdefault(region, RegionOpened(region))
            counted.count(entry.office, any(user.pk in self._opened for user in people))
        return sorted(found.values(), key=lambda one: (one.region is None, one.region.code if one.region else ""))

    @cached_property
    def _people(self) -> list[User]:
        return [user for user in people_of(self.circular) if user.pk != self.circular.sent_by_id]

    @property
    def all(self) -> int:
        """Of how many offices, or people."""
        return sum(one.offices for one in self.regions) if self.is_of_offices else len(self._people)

    @property
    def opened(self) -> int:
        if self.is_of_offices:
            return sum(one.opened for one in self.regions)
        return sum(user.pk in self._opened for user in self._people)

    @cached_property
    def waiting(self) -> Page:
        """The offices, or members of the committee, that have not."""
        names: list[Office | User] = []
        if self.is_of_offices:
            names += [office for one in self.regions for office in one.waiting]
        elif self.circular.audience == Circular.Audience.COMMITTEE:
            names += [user for user in self._people if user.pk not in self._opened]
        return Paginator(names, A_PAGE).get_page(self._page)
