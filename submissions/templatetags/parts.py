"""The parts that pages are made of, each drawn by a template in templates/parts/; /styles/ shows them all."""

from functools import lru_cache
from typing import Any

from django import template
from django.forms.utils import flatatt
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from submissions.templatetags.wording import state_name

register = template.Library()

# What a notice or a status is about, and the icon that repeats it. The words beside it say the same.
ICONS = {
    "success": "accepted",
    "warning": "late",
    "error": "late",
    "accepted": "accepted",
    "submitted": "submitted",
    "returned": "returned",
    "late": "late",
    "extended": "extended",
    "draft": "draft",
    "missing": "missing",
    "withdrawn": "withdrawn",
    "replaced": "refresh",
}


@register.simple_tag
def status(kind: str, text="", icon: str | None = None) -> str:
    """How one thing stands, in a word or two: those of the state of this name, if no others are given."""
    return _status(kind, conditional_escape(text or state_name(kind)), ICONS.get(kind) if icon is None else icon)


# A page has dozens of them, and most say the same.
@lru_cache(maxsize=500)
def _status(kind: str, text: SafeString, icon: str | None) -> str:
    return drawn("status", kind=kind, text=text, icon=icon)


@register.inclusion_tag("parts/figure.html")
def figure(title, value, of="", beside="", link="", swatch="", kind="", **attributes) -> dict[str, Any]:
    """A number under its name, in a list with the class `figures`. Attributes go where the number stands."""
    known = {"title": title, "value": value, "of": of, "beside": beside, "link": link, "swatch": swatch, "kind": kind}
    return {**known, "attributes": as_html(attributes)}


@register.inclusion_tag("parts/empty.html")
def nothing(text, link="", deed="") -> dict[str, Any]:
    """What is said where a list has no rows, and what may be done about it."""
    return {"text": text, "link": link, "deed": deed}


@register.inclusion_tag("parts/choice.html")
def choice(name: str, title, options, chosen, *, needs_one: bool = False) -> dict[str, Any]:
    """A list to choose one of, or all: (value, words) of each."""
    return {"name": name, "title": title, "options": options, "chosen": chosen, "needs_one": needs_one}


@register.simple_block_tag(end_name="endnotice")
def notice(content, level="info", icon="", **attributes) -> str:
    """What the reader has to know before going on: `info`, `success`, `warning` or `error`."""
    icon = icon or ICONS.get(level, "info")
    return drawn("notice", content=content, level=level, icon=icon, attributes=as_html(attributes))


@register.simple_block_tag(end_name="endfold")
def fold(content, name: str, title, beside="", kind="", heading="", **attributes) -> str:
    """What not everybody has to read: a row that opens. `heading`: the id of its title, where that is one. `beside`: a
    status of this kind at its end, or words without one.
    """
    known = {"name": name, "title": title, "beside": beside, "kind": kind, "heading": heading}
    return drawn("fold", content=content, attributes=as_html(attributes), **known)


def drawn(part: str, **known) -> str:
    return get_template(f"parts/{part}.html").render(known)


def as_html(attributes: dict[str, Any]) -> str:
    """data_points="total" is written data-points="total"; what has no value is left out."""
    return flatatt({name.replace("_", "-"): value for name, value in attributes.items() if value})
