"""Dates and digits as Thai people read them, in the language of the page."""

from django import template
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from submissions import thai

register = template.Library()


def _date(value):
    if not isinstance(value, str):
        return value
    return parse_datetime(value) if "T" in value else parse_date(value)


@register.filter
def be_date(value) -> str:
    """31 กรกฎาคม 2566; takes a date, a datetime, or their ISO text."""
    return thai.format_date(_date(value), thai.language()) if value else ""


@register.filter
def be_short(value) -> str:
    """31 ก.ค. 2566"""
    return thai.format_date(_date(value), thai.language(), short=True) if value else ""


@register.filter
def be_time(value) -> str:
    """31 ก.ค. 2566 16:20 น."""
    return thai.format_time(_date(value), thai.language()) if value else ""


@register.filter
def be_thai_date(value) -> str:
    """๓๑ กรกฎาคม ๒๕๖๖, for documents."""
    return thai.format_date(_date(value), "th", thai_digits=True) if value else ""


@register.filter
def days_left(value, today) -> str:
    """today, tomorrow, in 5 days; of a day that has gone by: over."""
    days = (_date(value) - today).days
    if days < 0:
        return str(_("over"))
    if days < 2:
        return str(_("tomorrow") if days else _("today"))
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}


@register.filter
def be_month(value: str) -> str:
    """มีนาคม 2566, from 2023-03."""
    return thai.format_month(value, thai.language()) if value else ""


@register.filter
def thai_digits(value) -> str:
    return thai.digits(value)
