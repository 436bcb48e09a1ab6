"""What templates draw: icons, the bar of a score, inputs. SVG is made here, so that no page needs inline styles."""

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
    parts = (("attainable", attainable), ("claimed", claimed), ("earned", earned))
    return format_html(
        '<svg class="bar" aria-hidden="true"><rect class="bar-track" width="100%" height="100%"/>{}</svg>',
        format_html_join(
            "",
            '<rect class="bar-{}" width="{}%" height="100%"/>',
            ((name, _share(Decimal(part), Decimal(most))) for name, part in parts),
        ),
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
    attrs = {"class": " ".join(filter(None, classes))}
    if field.field.widget.attrs.get("placeholder") == field.label:
        attrs["placeholder"] = False  # the label says it already
    return field.as_widget(attrs=attrs)
