"""What templates draw: icons, the bar of a score, inputs. SVG is made here, so that no page needs inline styles."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from scoring.engine.language.display import plain_points
from submissions import thai

register = template.Library()


@register.simple_tag
@lru_cache  # a page has up to a hundred
def icon(name: str) -> str:
    """An icon of static/icons.svg. It is decoration: the words beside it say the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def bar(line) -> str:
    """What was looked at over earned over claimed over attainable, as parts of the most there is.

    The numbers stand in words beside it.
    """
    earned, claimed = line.verified["earned"], line.claimed["earned"]
    parts = {"attainable": line.verified["attainable"], "claimed": claimed, "unchecked": earned, "earned": line.checked}
    return _bar(line.verified["max"], parts, {})


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
def curves(moves, until, most, marks=(), published=None) -> str:
    """Claimed and verified points in the course of time, as stairs from the first move to `until`.

    `moves`: newest first, with .at, .verified and .claimed. `marks`: what else happened, with .kind and .at, each drawn
    on the line that it moves. The words around it say the same.
    """
    course = Course(moves[::-1], until, Decimal(most))
    return format_html(
        '<svg class="curves" aria-hidden="true">'
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none">'
        '<path class="curve-grid" d="M0 0H100M0 25H100M0 50H100M0 75H100M0 100H100"/>{}{}{}</svg>{}{}{}</svg>',
        format_html('<path class="curve-published" d="M{0} 0V100"/>', course.x(published)) if published else "",
        format_html_join("", '<path class="curve-{}" d="{}"/>', ((name, course.stairs(name)) for name in LINES)),
        format_html_join("", '<path class="mark-{}" d="M{} {}h.01"/>', course.placed(marks)),
        format_html_join("", '<text class="curve-scale" x="0" y="{}%">{}</text>', course.scale()),
        format_html_join("", '<text class="curve-day" x="{}%" y="100%">{}</text>', course.months()),
        format_html_join("", '<text class="curve-end end-{}" x="100%" y="{}%">{}</text>', course.ends()),
    )


LINES = ("claimed", "verified")  # the one that is drawn over the other is last
APART = 12  # of a hundred: two numbers nearer to each other would stand in each other
MOST_MONTHS = 6  # that have room on a phone


class Course:
    """Where points and moments lie in a drawing of a hundred by a hundred. `moves`: oldest first."""

    def __init__(self, moves, until: datetime, most: Decimal) -> None:
        self.moves, self.most = moves, most
        self.start, self.until = moves[0].at, until
        self.width = max((until - self.start).total_seconds(), 1)

    def x(self, at: datetime) -> str:
        share = (at - self.start).total_seconds() * 100 / self.width
        return f"{min(max(share, 0), 100):.2f}"

    def y(self, points: Decimal) -> Decimal:
        return 100 - Decimal(_share(points, self.most))

    def stairs(self, name: str) -> str:
        xs = [*(self.x(move.at) for move in self.moves), "100"]
        ys = [self.y(getattr(move, name)) for move in self.moves]
        steps = "".join(f"H{x}V{y}" for x, y in zip(xs[1:], [*ys[1:], ys[-1]], strict=True))
        return f"M{xs[0]} 100V{ys[0]}{steps}"

    def placed(self, marks):
        """Each mark on its line, as it stood when it happened: what came back was claimed."""
        for mark in marks:
            before = [move for move in self.moves if move.at <= mark.at] or self.moves[:1]
            line = "claimed" if mark.kind == "returned" else "verified"
            yield mark.kind, self.x(mark.at), self.y(getattr(before[-1], line))

    def scale(self):
        return ((int(share * 100), plain_points(f"{self.most * (1 - share):.2f}")) for share in (0, Decimal("0.5"), 1))

    def months(self):
        """The first days of months by name, so many as there is room for."""
        begin = timezone.localtime(self.start).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        firsts = []
        while (begin := (begin + timedelta(days=32)).replace(day=1)) <= self.until:
            firsts.append(begin)
        every = len(firsts) // (MOST_MONTHS + 1) + 1
        names = (thai.format_month(f"{day:%Y-%m}", thai.language(), short=True).split()[0] for day in firsts[::every])
        return zip(map(self.x, firsts[::every]), names, strict=True)

    def ends(self):
        """What each line ends at; once where both end at the same."""
        last = self.moves[-1]
        verified, claimed = self.y(last.verified), self.y(last.claimed)
        yield "verified", verified, plain_points(f"{last.verified:.2f}")
        if last.claimed != last.verified:
            yield "claimed", min(claimed, verified - APART), plain_points(f"{last.claimed:.2f}")


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
