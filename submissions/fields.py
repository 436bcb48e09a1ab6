"""What fields of forms are made of: days of the Buddhist era, numbers, yes or no, and the names of channels."""

import re
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from scoring import engine

from . import thai

CHANNEL_NAMES = {
    "facebook": _("Facebook"),
    "line": _("LINE"),
    "youtube": _("YouTube"),
    "tiktok": _("TikTok"),
    "instagram": _("Instagram"),
    "x": _("X (Twitter)"),
    "website": _("Website"),
    "meeting": _("Meeting"),
    "radio": _("Radio or village broadcast"),
    "newspaper": _("Newspaper"),
    "poster": _("Poster or board"),
    "other": _("Other channel"),
}


def show_reasons(form: forms.BaseForm, reasons: dict[str, list[str]]) -> None:
    """Put intake's reasons beside the fields they concern."""
    for where, texts in reasons.items():
        for text in texts:
            form.add_error(where if where in form.fields else None, text)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was sent; nothing where its page is only asked for."""
    return request.POST if request.method == "POST" else None


def status_of(form: forms.BaseForm) -> int:
    """What a page is answered with that shows this form."""
    return 422 if form.errors else 200


def whole(text: str) -> int | None:
    """The whole number that a page sends back, if it is one: a row's id or revision, none of which has 19 digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def number_in(sent: QueryDict, name: str) -> int:
    """The id or revision that a page sends back by this name; 0, which no row has, where it sends none."""
    return whole(sent.get(name, "")) or 0


class BuddhistDateField(forms.CharField):
    """A day written with its Buddhist year (20/11/2569, ๒๐ พ.ย. ๒๕๖๙); its clean value is the ISO text."""

    how = _("Write the day, month and Buddhist year, such as 20/11/2566 or 20 พ.ย. 2566.")
    default_error_messages = {"invalid": how}
    _numbers = re.compile(r"\s*\d{1,2}\s*/\s*\d{1,2}\s*/\s*2[45]\d\d\s*")

    def prepare_value(self, value: Any) -> Any:
        try:
            day = value if isinstance(value, date) else date.fromisoformat(value)
        except (TypeError, ValueError):
            return value
        return f"{day.day:02}/{day.month:02}/{day.year + thai.ERA}"

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return thai.parse_date(text).isoformat() if text else ""
        except ValueError:
            is_written_well = self._numbers.fullmatch(text.translate(thai.ARABIC))
            why = _("There is no such day.") if is_written_well else self.error_messages["invalid"]
            raise forms.ValidationError(why, code="invalid") from None


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files of one field."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(FilesField, self).clean(one, initial) for one in data or []]


class NumberField(forms.CharField):
    """A number as people write it: Thai digits and commas between thousands are understood. Nothing is rounded."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    _thousands = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")

    def clean(self, value: Any) -> str:
        text: str = super().clean(value).translate(thai.ARABIC)
        # 96,2 is left as it is and refused: it is not known whether the comma groups or divides.
        return text.replace(",", "") if self._thousands.fullmatch(text) else text


class YesNoField(forms.ChoiceField):
    """Yes, no, or not said yet."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("true", _("Yes")), ("false", _("No")), ("", _("Not said yet"))]
        super().__init__(choices=choices, widget=forms.RadioSelect, **kwargs)


def field_for(value: engine.Value) -> forms.Field:
    """A field that understands this kind of value; what it may be is checked by `intake`."""
    if value.kind == "date":
        return BuddhistDateField(required=False, help_text=BuddhistDateField.how)
    return (YesNoField if value.kind == "boolean" else NumberField)(required=False)
