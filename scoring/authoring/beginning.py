"""The three ways in which a new scheme begins: as a copy of an edition, from a file, from an empty template."""

import re
from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scoring import shipped
from submissions import intake
from submissions.models import Edition, SchemeDraft, User
from submissions.models.schemes import MOST_SCHEME_CODE
from submissions.questions.editions import namer
from submissions.questions.schemes import why_not_call
from submissions.thai import ERA

from .scalars import code_of, with_code
from .texts import text_of

TEMPLATE = Path(__file__).parent / "template.yaml"
MOST_YEARS = 50  # by which days are moved at once
_YEAR = re.compile(r"([0-9]{4})\Z")
_CODE = r"[0-9a-z][0-9a-z_.-]*"


class CodeField(forms.RegexField):
    """A code that no scheme has yet."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            regex=rf"\A{_CODE}\Z",
            max_length=MOST_SCHEME_CODE,
            label=_("Code of the new scheme"),
            help_text=_("Such as cdd40-2567: a-z, 0-9, and the signs . - _"),
            error_messages={"invalid": _("A code holds only a-z 0-9 . - _ and begins with a letter or digit.")},
            widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        code: str = super().clean(value)
        return check_code(code) if code else ""


def check_code(code: str) -> str:
    """ValidationError where a scheme has it already."""
    if reason := why_not_call(code, shipped.schemes().keys()):
        raise forms.ValidationError(reason)
    return code


class CopyForm(forms.Form):
    """Another edition under a code of its own, its days yet to be moved."""

    source = forms.ModelChoiceField(Edition.objects.none(), label=_("Copy of"), empty_label=None)
    code = CodeField(required=False)
    years = forms.IntegerField(
        label=_("Move all days by how many years"),
        min_value=-MOST_YEARS,
        max_value=MOST_YEARS,
        initial=1,
        help_text=_("The next page shows every day that moves, to be looked at one by one. 0: no day moves."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    fields: dict[str, Any]

    def __init__(self, user: User, data: Any = None, *, source: Edition | None = None) -> None:
        super().__init__(data, prefix="copy", initial={"source": source.pk} if source else {})
        self.fields["source"].queryset = editions = Edition.objects.in_order_for(user)
        self.fields["source"].label_from_instance = namer(editions)
        self.fields["code"].help_text = _(
            "Left empty, it follows what is copied: cdd40-2567 for a copy of cdd40-2566 that moves by a year."
        )

    def clean(self) -> dict[str, Any]:
        """A code that nobody typed is that of the scheme which is copied, with its year moved as its days are."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned["code"]:
            try:
                cleaned["code"] = check_code(moved_code(cleaned["source"].scheme_code, cleaned["years"]))
            except forms.ValidationError as taken:
                self.add_error("code", taken)
        return cleaned

    def begin(self, by: User) -> SchemeDraft:
        source, code = self.cleaned_data["source"], self.cleaned_data["code"]
        years = self.cleaned_data["years"]
        text = with_code(source.text, code)
        return intake.begin_scheme(text, code, origin="copy", source=source, years=years, by=by)


class FileForm(forms.Form):
    """A text that was written elsewhere, with whatever faults it has."""

    file = forms.FileField(label=_("YAML file"), widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.txt"}))
    prefix = "file"

    def clean_file(self) -> str:
        return text_of(self.cleaned_data["file"])

    def begin(self, by: User) -> SchemeDraft:
        text = self.cleaned_data["file"]
        return intake.begin_scheme(text, code_of(text)[:MOST_SCHEME_CODE], origin="file", by=by)


class TemplateForm(forms.Form):
    """A small whole scheme, to be filled with one's own."""

    code = CodeField()
    prefix = "template"

    def begin(self, by: User) -> SchemeDraft:
        code = self.cleaned_data["code"]
        return intake.begin_scheme(filled(code, timezone.localdate()), code, origin="template", by=by)


def moved_code(code: str, years: int) -> str:
    """The code of so many years after: cdd40-2567 for cdd40-2566; one without a year as it is."""
    return _YEAR.sub(lambda year: str(int(year[1]) + years), code)


def filled(code: str, today: date) -> str:
    """The template for this code; its days lie in the year that the code ends with, or else in this one."""
    found = _YEAR.search(code)
    year = int(found[1]) - ERA if found and 1900 <= int(found[1]) - ERA < 2200 else today.year
    text = TEMPLATE.read_text(encoding="utf-8")
    return text.replace("CODE", code).replace("BUDDHIST", str(year + ERA)).replace("COMMON", str(year))
