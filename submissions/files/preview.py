"""Word, Excel and PowerPoint files shown in the page: their text, tables and pictures, made harmless."""

from typing import NamedTuple

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from . import confined, recognise

READ_AS = {
    recognise.WORD.content_type: "word",
    recognise.EXCEL.content_type: "excel",
    recognise.POWERPOINT.content_type: "powerpoint",
}
# Nothing that runs, leads elsewhere, asks for anything, or sets its own looks.
TAGS = set("h2 h3 h4 h5 h6 p br ul ol li strong em s sub sup table thead tbody tr th td img".split())
ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}, "img": {"alt", "src"}}


class PreviewPart(NamedTuple):
    title: str  # of a slide or sheet
    markup: SafeString


class Preview(NamedTuple):
    kind: str  # word, excel or powerpoint; none of these: ""
    parts: list[PreviewPart]
    is_cut: bool
    fault: str = ""  # why nothing is shown


def preview(evidence) -> Preview:
    """What of the file is shown, or why nothing is. Raises FileNotFoundError."""
    if not (kind := READ_AS.get(evidence.content_type, "")):
        return Preview("", [], is_cut=False, fault=_why("kind"))
    try:
        with evidence.file.open("rb") as file:
            read = confined.read("files.excerpt", file.file, kind, _("Picture"))
    except confined.Unreadable as fault:
        return Preview(kind, [], is_cut=False, fault=_why(str(fault)))
    parts = [PreviewPart(part["title"].strip(), _harmless(part["markup"])) for part in read["parts"]]
    if not any(part.markup or (part.title and kind == "powerpoint") for part in parts):
        return Preview(kind, [], is_cut=False, fault=_("It holds no text, table or picture that can be shown here."))
    return Preview(kind, parts, read["is_cut"])


def _harmless(markup: str) -> SafeString:
    cleaned = nh3.clean(
        markup, tags=TAGS, attributes=ATTRIBUTES, attribute_filter=_own_pictures_only, url_schemes={"data"}
    )
    return mark_safe(cleaned)  # noqa: S308  cleaned by the line above


def _own_pictures_only(tag: str, name: str, value: str) -> str | None:
    return value if name != "src" or value.startswith("data:image/jpeg;base64,") else None


def _why(fault: str) -> str:
    if fault == "size":
        return _("There is too much in this file to show it here.")
    return _("This file can't be shown here.")
