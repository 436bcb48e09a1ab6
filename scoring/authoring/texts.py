"""A scheme's text as it comes from people: typed or as a file, its faults with the lines around them, its doubts."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from scoring import engine
from submissions import thai
from submissions.questions.proofread import MOST_TEXT

MOST_FAULTS = 100  # shown at once
TOO_LONG = ValidationError(_("The text is longer than %(most)s KB."), params={"most": MOST_TEXT // 1024})


class TextForm(forms.Form):
    """A scheme's text, typed or as a file; the file takes the place of what was typed."""

    text = forms.CharField(
        label=_("Text of the criteria"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "wrap": "off", "spellcheck": "false", "class": "script"}),
    )
    file = forms.FileField(
        label=_("or a file with the text"), required=False, widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.txt"})
    )

    data: Any  # {} or a QueryDict

    def clean_text(self) -> str:
        return bounded(self.cleaned_data["text"])

    def clean_file(self):
        """Its text; the box shows it from now on."""
        if upload := self.cleaned_data["file"]:
            text = text_of(upload)
            self.data = self.data.copy()
            self.data["text"] = self.cleaned_data["text"] = text
        return upload


def bounded(text: str) -> str:
    """With the line ends of the editions. ValidationError: nobody proofreads what is too long."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text.encode()) > MOST_TEXT:
        raise TOO_LONG
    return text


def text_of(upload) -> str:
    """What a file holds. ValidationError when it is no text, or too long."""
    if upload.size > MOST_TEXT * 2:
        raise TOO_LONG
    try:
        text = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ValidationError(_("This file is no text in UTF-8. Save it as plain text, and choose UTF-8."))
    return bounded(text)


class Quoted(NamedTuple):
    """A fault with the lines around it: (number, text, whether the fault is there)."""

    line: int
    words: str
    lines: list[tuple[int, str, bool]]


def faults_of(text: str) -> list[Quoted]:
    """Everything that is wrong with a text, in the reader's language, at its line."""
    try:
        engine.load(text)
    except engine.SchemeError as bad:
        is_english, lines = thai.language() == "en", text.splitlines()
        return [quoted_at(lines, fault.line, fault.en if is_english else fault.th) for fault in bad.faults]
    return []


def quoted_at(lines: Sequence[str], line: int, words: str) -> Quoted:
    """A fault of one line, with those before and after it."""
    around = range(max(1, line - 1), min(len(lines), line + 1) + 1)
    return Quoted(line, words, [(n, lines[n - 1], n == line) for n in around])


def shown_faults(faults: Sequence[Quoted]) -> dict[str, Any]:
    """For a template: the first of them, and how many more there are."""
    return {"faults": faults[:MOST_FAULTS], "more": max(0, len(faults) - MOST_FAULTS)}


def doubts_of(text: str) -> tuple[engine.Doubt, ...]:
    try:
        return engine.load(text).all_doubts()
    except engine.SchemeError:
        return ()
