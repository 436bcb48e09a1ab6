"""What templates draw: icons, and the bar of a score. All of it is SVG made here, so that no page needs inline styles."""

from decimal import Decimal

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
    most = Decimal(most)
    shares = [(name, Decimal(part) * 100 / most if most else Decimal(0)) for name, part in
              (("attainable", attainable), ("claimed", claimed), ("earned", earned))]
    return format_html(
        '<svg class="bar" aria-hidden="true" focusable="false"><rect class="bar-track" width="100%" height="100%"/>{}</svg>',
        format_html_join(
            "",
            '<rect class="bar-{}" width="{}%" height="100%"/>',
            ((name, f"{share:.2f}") for name, share in shares),
        ),
    )


# What an input needs to look like one; by the widget's type, so that a library's forms look the same as ours.
_PLAIN = {"checkbox": "form-check-input", "select": "form-select", "hidden": "", "radioselect": "", "checkboxselectmultiple": ""}


@register.filter
def control(field):
    """A form field's input with the portal's classes."""
    classes = [_PLAIN.get(field.widget_type, "form-control"), "is-invalid" if field.errors else ""]
    return field.as_widget(attrs={"class": " ".join(filter(None, [*classes, field.field.widget.attrs.get("class", "")]))})
