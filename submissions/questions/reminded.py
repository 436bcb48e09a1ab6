"""Which entries' offices somebody reminded of what they owe a short time ago: nobody is written to twice a day."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from submissions.models import Event

REMINDED = "reminder.sent"  # the deed, and the kind of notice that tells of it
APART = timedelta(hours=24)  # between two reminders of one entry by hand


def reminded_lately(entries: Iterable[int]) -> set[int]:
    """Of these entries, by their ids. One statement."""
    lately = Event.objects.filter(verb=REMINDED, at__gt=timezone.now() - APART, entry__in=list(entries))
    return set(lately.order_by().values_list("entry", flat=True))
