"""What a copy of an earlier round would be: who takes part, who judges, and its days moved by whole years."""

import hashlib
import json
from calendar import isleap
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from submissions.models import Edition, Entry, Office, Round, User
from submissions.models.places import within

from . import access
from .committee import judges_with_offices

# Of a round's own columns, those that a copy takes over as they are.
TAKEN_OVER = (
    "organiser",
    "rank_visibility",
    "shows_sureness",
    "ranking",
    "needs_confirmation",
    "reviews_values",
    "appeal_days",
    "needs_two_persons",
    "judges_need_second_factor",
    "second_reading_percent",
    "is_blind",
    "asks_notes",
    "places_per",
    "places",
    "contact",
)


@dataclass(frozen=True)
class Proposal:
    """A round to be made like another; nothing of it is there yet."""

    source: Round
    edition: Edition
    years: int  # by which days move: as far as the scheme's close did
    settings: dict[str, str]  # the days proposed, by the codes of what the new scheme leaves to be set
    named_by: date | None
    offices: list[Office]
    judges: list[User]
    gone: list[User]  # on the committee before, whose accounts are closed

    @property
    def digest(self) -> str:
        """Of who takes part and who judges: whoever makes the round makes it of exactly those who were shown."""
        shown = [self.source.pk, self.edition.pk, *([row.pk for row in rows] for rows in (self.offices, self.judges))]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def why_not_copy(user: User, source: Round) -> access.Reason:
    """Make a round like this one."""
    if reason := access.why_not_run(user, source):
        return reason
    if source.preceding_id:
        return _("This stage was opened from a publication. Copy the first stage, and open this one from its results.")
    return None


def proposal(source: Round, edition: Edition) -> Proposal:
    """Four statements, however many offices."""
    years = edition.scheme.close.year - source.scheme.close.year
    days = {code: moved(source.settings.get(code, ""), years) for code in edition.scheme.settings}
    standing = source.entries.filter(taken_out=False).exclude(state=Entry.State.WITHDRAWN)
    offices = Office.objects.filter(pk__in=standing.values("office")).select_related("parent")
    if source.organiser_id:  # without those that belong elsewhere by now
        offices = offices.filter(within(source.organiser_id, "parent"))
    judges = list(judges_with_offices().filter(judged_rounds=source))
    named_by = source.named_by and date.fromisoformat(moved(source.named_by.isoformat(), years))
    return Proposal(
        source=source,
        edition=edition,
        years=years,
        settings=days,
        named_by=named_by,
        offices=list(offices.order_by("sort_key", "pk")),
        judges=[judge for judge in judges if judge.is_active],
        gone=[judge for judge in judges if not judge.is_active],
    )


def moved(day: str, years: int) -> str:
    """The same day so many years later; 29 February becomes the 28th where that year has none. What is no day is ""."""
    try:
        found = date.fromisoformat(day)
        is_gone = (found.month, found.day) == (2, 29) and not isleap(found.year + years)
        return found.replace(year=found.year + years, day=28 if is_gone else found.day).isoformat()
    except ValueError:
        return ""
