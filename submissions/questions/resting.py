"""On which of some days nobody works, why, and when people do."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from scoring import engine
from submissions import thai
from submissions.models import Holiday

SATURDAY = 5


def holidays_by_name() -> dict[date, str]:
    """The portal's public holidays, by their names in the reader's language."""
    is_english = thai.language() == "en"
    rows = Holiday.objects.values_list("date", "name_th", "name_en")
    return {day: english if is_english and english else name for day, name, english in rows}


def why_resting(days: Iterable[date]) -> dict[date, list[str]]:
    """Of these days those that may be meant otherwise, each with what should be known of it. One statement."""
    holidays = holidays_by_name()
    resting = [day for day in days if not engine.is_working(day, holidays.keys())]
    return {day: [_why(day, holidays), beside_in_words(day, holidays)] for day in resting}


def _why(day: date, holidays: dict[date, str]) -> str:
    if day in holidays:
        said = _("A public holiday.")
        return f"{said} {holidays[day]}".strip()
    return _("A Saturday.") if day.weekday() == SATURDAY else _("A Sunday.")


def beside_in_words(day: date, holidays: dict[date, str]) -> str:
    """The nearest working days, as they are typed."""
    before, after = engine.working_days_beside(day, holidays.keys())
    days = {"before": _shown(before), "after": _shown(after)}
    return _("Working days beside it: %(before)s and %(after)s.") % days


def _shown(day: date) -> str:
    return f"{day:%d/%m}/{day.year + thai.ERA}"
