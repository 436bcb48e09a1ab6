"""What the same office entered in an earlier round of the same contest, to be seen beside what it enters now."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from submissions import thai
from submissions.models import Entry, Value

from .proofread import Slot

_YEAR_OF_SCHEME = re.compile(r"-\d{4}\Z")
_MONTH = re.compile(r"(\d{4})(-\d{2})")


class Earlier(NamedTuple):
    """An amount of the latest round that has one in this place."""

    value: Value
    year: int | None  # the Buddhist year of that round; None where it is the same as of this one


def earlier_amounts(entry: Entry, codes: Iterable[str]) -> dict[Slot, Earlier]:
    """The latest earlier amounts by today's slots: a month stands for the same month of the year before."""
    return earlier_amounts_of([entry], codes)[entry.pk]


def earlier_amounts_of(entries: Iterable[Entry], codes: Iterable[str]) -> dict[int, dict[Slot, Earlier]]:
    """The same of many entries of one round, by their ids.

    One statement. Contests are of one family when only the year of their schemes' codes differs. Figures of a nominee
    say nothing of another's, and those of a practice round nothing of a real one.
    """
    entries = list(entries)
    found: dict[int, dict[Slot, Earlier]] = {entry.pk: {} for entry in entries}
    by_office = {entry.office_id: entry for entry in entries if not entry.nominee}
    if not by_office:
        return found
    round = next(iter(by_office.values())).round
    family = re.escape(_YEAR_OF_SCHEME.sub("", round.scheme.code))
    rows = Value.objects.filter(
        code__in=list(codes),
        entry__office__in=by_office,
        entry__round__lt=round.pk,
        entry__round__edition__scheme_code__regex=rf"^{family}(-[0-9]{{4}})?$",
        entry__state=Entry.State.TAKING_PART,
        entry__nominee_name="",
        entry__nominee_office=None,
    )
    if not round.is_practice:
        rows = rows.filter(entry__round__clock_offset=timedelta(0))
    scheme = round.scheme
    rows = rows.select_related("entry__round__edition").defer("entry__round__edition__text")
    for row in rows.order_by("entry__round_id"):
        before = row.entry.round.scheme
        if row.code in before.values and before.values[row.code].kind == scheme.values[row.code].kind:
            years = scheme.close.year - before.close.year
            year = before.close.year + thai.ERA if years else None
            found[by_office[row.entry.office_id].pk][row.code, _later(row.period, years)] = Earlier(row, year)
    return found


def _later(period: str, years: int) -> str:
    """The same month so many years later; what is no month has the same name every year."""
    month = _MONTH.fullmatch(period)
    return f"{int(month[1]) + years:04}{month[2]}" if month else period
