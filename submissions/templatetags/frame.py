"""What the frame of every page shows: whose portal it is, and where its menu leads."""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from submissions.models import Round, User
from submissions.questions import access

register = template.Library()


@register.simple_tag
def emblem() -> str:
    """The address of the picture at its head: the one that operators set, or the portal's own mark."""
    return reverse("emblem") if settings.EMBLEM else static("mark.svg")


@register.simple_tag
def contact() -> str:
    """Telephone and mail of whoever helps; '' where operators told none."""
    return settings.CONTACT


@register.filter
def runs(user: User, round: Round) -> bool:
    """Whether the round is among those that this person runs."""
    return round.is_run_by(user)


@register.filter
def sees_ranks(user: User, round: Round) -> bool:
    """Whether there is a page for them: the whole table, or the own place in it where anybody is ranked."""
    if access.why_not_see_ranks(user, round, whole_table=True) is None:
        return True
    return round.ranked != "none" and access.why_not_see_ranks(user, round, whole_table=False) is None
