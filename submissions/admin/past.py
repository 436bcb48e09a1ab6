"""Former states of a row as people read them: days with their Buddhist year, choices and settings by their names."""

from datetime import date, datetime
from typing import Any

from django.db import models
from simple_history.template_utils import HistoricalRecordContextHelper

from submissions import thai
from submissions.log import words
from submissions.models import Round


class Past(HistoricalRecordContextHelper):
    """What one state of a row has that the one before it had not."""

    def prepare_delta_change_value(self, change, value) -> Any:
        prepared = super().prepare_delta_change_value(change, value)
        field = self.model._meta.get_field(change.field)
        if self.model is Round and change.field == "settings":
            return words.settings_shown(prepared or {}, self.record.edition.scheme)
        if isinstance(field, models.JSONField):
            return words.shown(prepared)
        return in_words(prepared, dict(getattr(field, "flatchoices", ())))


def in_words(value: Any, choices: dict[Any, Any]) -> Any:
    """A column's value; rows and lists of them name themselves."""
    if isinstance(value, str) and value in choices:
        return str(choices[value])
    if isinstance(value, datetime):
        return thai.format_time(value, thai.language())
    if isinstance(value, date):
        return thai.format_date(value, thai.language())
    return words.shown(value) if value is None or isinstance(value, bool) else value
