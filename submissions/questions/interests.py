"""Where a judge might have to stand aside: questions that somebody answers, never verdicts."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from submissions.models import Entry, Office, User

from .panel import Panel

OWN = _("judges for this very office")
FORMER = _("worked here before")
ABOVE = _("worked in an office above it before")
BELOW = _("worked in an office below it before")
_BESIDE = re.compile(r"\([^)]*\)")  # what stands in brackets beside a name
NOMINEE = _("has the family name of the person named")
OFFICER = _("has the family name of an officer there")


class Question(NamedTuple):
    entry: Entry
    judge: User
    reasons: list[str | Promise]

    @property
    def in_words(self) -> str:
        return "; ".join(map(str, self.reasons))


def questions(panel: Panel, judges: Iterable[User] | None = None) -> list[Question]:
    """Those that nobody answered yet, of these judges (None: of the committee). Two statements beside the panel's."""
    judges = list(panel.committee if judges is None else judges)
    former, officers = _former_offices(judges), _families(panel.entries)
    asked = (
        Question(entry, judge, list(_reasons(entry, judge, former.get(judge.pk, []), officers)))
        for entry in panel.entries
        for judge in judges
        if (entry.pk, judge.pk) not in panel.said
    )
    return [question for question in asked if question.reasons]


def _reasons(entry: Entry, judge: User, former: list[Office], officers: dict[int, set[str]]) -> Iterator[str | Promise]:
    office = entry.office
    if judge.office_id == office.pk:
        yield OWN
    elif any(place.pk == office.pk for place in former):
        yield FORMER
    elif any(office.lies_in(place.pk) for place in former):
        yield ABOVE
    elif any(place.lies_in(office.pk) for place in former):
        yield BELOW
    if family := family_name(judge.full_name):
        if family == family_name(entry.nominee_name):
            yield NOMINEE
        if family in officers.get(office.pk, ()):
            yield OFFICER


def _former_offices(judges: list[User]) -> dict[int, list[Office]]:
    """The offices that they were officers of, by the account's history; a region is left out, for it holds too much."""
    past = User.history.filter(id__in=[judge.pk for judge in judges], role=User.Role.OFFICER, office__isnull=False)
    pairs = set(past.order_by().values_list("id", "office").distinct())
    above = Office.objects.exclude(kind=Office.Kind.REGION).select_related("parent__parent__parent")
    places = above.in_bulk({office for _judge, office in pairs})
    found: dict[int, list[Office]] = {}
    for judge, office in sorted(pairs):
        if office in places:
            found.setdefault(judge, []).append(places[office])
    return found


def _families(entries: list[Entry]) -> dict[int, set[str]]:
    """The family names of each office's officers."""
    offices = {entry.office_id for entry in entries}
    people = User.objects.filter(role=User.Role.OFFICER, is_superuser=False, is_active=True, office__in=offices)
    found: dict[int, set[str]] = {}
    for office, name in people.values_list("office", "full_name"):
        if office and (family := family_name(name)):
            found.setdefault(office, set()).add(family)
    return found


def family_name(name: str) -> str:
    """What comes after the given name; "" of whoever has one name alone, as an office's account has."""
    parts = _BESIDE.sub(" ", name).split()
    return parts[-1].casefold() if len(parts) > 1 else ""
