"""What templates draw: icons, the bar of a score, inputs. SVG is made here, so that no page needs inline styles."""

from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join

register = template.Library()


@register.simple_tag
def icon(name: str) -> str:
    """An icon of static/icons.svg. It is decoration: the words beside it say the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def bar(most, attainable, claimed, earned) -> str:
    """Earned over claimed over attainable, as parts of the most there is. The numbers stand in words beside it."""
    return _bar(most, {"attainable": attainable, "claimed": claimed, "earned": earned}, {})


@register.simple_tag
def bar_among(most, earned, country) -> str:
    """What is earned, with marks at the median and at the best quarter. The words beside it say the same."""
    return _bar(most, {"earned": earned}, country._asdict())


def _bar(most, parts: dict[str, Any], marks: dict[str, Any]) -> str:
    return format_html(
        '<svg class="bar" aria-hidden="true"><rect class="bar-track" width="100%" height="100%"/>{}{}</svg>',
        _rects('<rect class="bar-{}" width="{}%" height="100%"/>', most, parts),
        _rects('<rect class="bar-mark bar-{}" x="{}%"/>', most, marks),
    )


def _rects(drawn: str, most, numbers: dict[str, Any]) -> str:
    shares = ((name, _share(Decimal(number), Decimal(most))) for name, number in numbers.items())
    return format_html_join("", drawn, shares)


@register.simple_tag
def curves(moves, until, most) -> str:
    """Claimed and verified points in the course of time, as stairs from the first move to `until`.

    `moves`: newest first, with .at, .verified and .claimed. The table beside it says the same.
    """
    moves, names = moves[::-1], ("claimed", "verified")
    start, width = moves[0].at, max((until - moves[0].at).total_seconds(), 1)
    xs = [f"{(move.at - start).total_seconds() * 100 / width:.2f}" for move in moves] + ["100"]
    paths = []
    for name in names:
        ys = [100 - Decimal(_share(getattr(move, name), Decimal(most))) for move in moves]
        stairs = "".join(f"H{x}V{y}" for x, y in zip(xs[1:], [*ys[1:], ys[-1]], strict=True))
        paths.append((name, f"M{xs[0]} 100V{ys[0]}{stairs}"))
    return format_html(
        '<svg class="curves" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="curve-grid" d="M0 0H100M0 50H100M0 100H100"/>{}</svg>',
        format_html_join("", '<path class="curve-{}" d="{}"/>', paths),
    )


def _share(part: Decimal, most: Decimal) -> str:
    return f"{part * 100 / most if most else 0:.2f}"


# What an input needs to look like one; by the widget's type, so that a library's forms look the same as ours.
WIDGET_CLASSES = {
    "checkbox": "form-check-input",
    "select": "form-select",
    "radioselect": "",
    "checkboxselectmultiple": "",
}


@register.filter
def control(field):
    """A form field's input with the portal's classes."""
    own = field.field.widget.attrs.get("class", "")
    classes = (WIDGET_CLASSES.get(field.widget_type, "form-control"), "is-invalid" if field.errors else "", own)
    attrs: dict[str, Any] = {"class": " ".join(filter(None, classes))}
    if field.field.widget.attrs.get("placeholder") == field.label:
        attrs["placeholder"] = False  # the label says it already
    return field.as_widget(attrs=attrs)
