"""One official figure as a column of a spreadsheet: how its cells are written, and how they are read."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from import_export import fields

from scoring import engine
from submissions import thai
from submissions.fields import field_for
from submissions.questions.proofread import slot_field

from .formats import Percent
from .imports import YesNo, plain


class Figure(fields.Field):
    """One value of the scheme, or one month of it, as a column."""

    def __init__(self, value: engine.Value, period: engine.Period | None) -> None:
        self.value, self.period = value, period
        self.slot = (value.code, period.code if period else "")
        super().__init__(attribute=slot_field(self.slot), column_name=slot_field(self.slot))

    def get_value(self, instance) -> str:
        return instance.figures.get(self.slot, "")

    def export(self, instance, **kwargs):
        """A number for a number; a day with its Buddhist year; yes or no."""
        text = self.get_value(instance)
        return self.shown(text) if text else None

    def shown(self, text: str):
        if self.value.kind == "date":
            day = date.fromisoformat(text)
            return f"{day.day:02}/{day.month:02}/{day.year + thai.ERA}"
        if self.value.kind == "boolean":
            return YesNo().render(text == "true")
        return Decimal(text)

    def read(self, cell) -> str:
        """The canonical text of a cell. Raises ValueError or ValidationError with what is allowed."""
        if isinstance(cell, date):
            return self._read_day(cell)
        if isinstance(cell, Percent):
            if self.value.kind != "percent":
                raise ValueError(_("A number without a percent sign is needed."))
            return f"{cell.shown:f}"
        text = plain(cell)
        if self.value.kind == "boolean":
            return "true" if YesNo().clean(text) else "false"
        if self.value.kind == "date" and _is_iso(text):
            return text
        if self.value.kind == "percent" and text.endswith("%"):
            text = text[:-1].rstrip()
        return field_for(self.value).clean(text)

    def _read_day(self, day: date) -> str:
        if self.value.kind != "date":
            raise ValueError(_("The cell holds a day where a number or an answer is needed."))
        # 30/05/2566 typed into Excel becomes a day of the year 2566 of the common era: no such day is meant.
        try:
            return (day.replace(year=day.year - thai.ERA) if day.year > 2400 else day).isoformat()
        except ValueError:
            raise ValueError(_("There is no such day.")) from None


def _is_iso(text: str) -> bool:
    """A day written 2023-05-30, whose year can't be a Buddhist one."""
    try:
        return date.fromisoformat(text).year <= 2400 and len(text) == 10
    except ValueError:
        return False
