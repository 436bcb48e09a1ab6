"""A reader's deadlines as a calendar file (RFC 5545) at a private address, for the calendar of a phone or an office."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from icalendar import Alarm, Event, vDuration
from icalendar import Calendar as File

from scoring.engine.language.display import numbering, plain_points
from submissions.models import CalendarFeed
from submissions.models.people import new_key
from submissions.questions.deadlines import OPEN, Calendar, Deadline
from submissions.templatetags.wording import state_name
from submissions.thai import language

REMINDERS = (7, 3, 1)  # days before, at nine in the morning
READ_AGAIN = timedelta(hours=6)
A_DAY = timedelta(days=1)


def write(calendar: Calendar, *, host: str, root: str) -> bytes:
    """The file. `host` makes the names of events unique in the world, `root` is the portal's address.

    The days are those of the rounds, a practice round's too: it has a calendar of its own, and so its file.
    """
    file = File()
    file.add("prodid", "-//CDD Digital 4.0//calendar//TH")
    file.add("version", "2.0")
    file.add("name", _("Community Development Digital 4.0"))
    file.add("x-wr-calname", _("Community Development Digital 4.0"))
    file.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    file.add("x-published-ttl", vDuration(READ_AGAIN))
    today = datetime.combine(timezone.localdate(), time.min, timezone.get_default_timezone())
    for event in _events(calendar, host, root):
        event.add("dtstamp", today)  # a day's file is the same whenever it is read
        event.add("transp", "TRANSPARENT")
        file.add_component(event)
    return file.to_ical()


def _events(calendar: Calendar, host: str, root: str) -> Iterator[Event]:
    for deadline in calendar.deadlines():
        yield _deadline(deadline, host, root, is_alone=len(calendar.entries) == 1)
    for round in calendar.rounds:
        for number, phase in enumerate(round.phases):
            event = Event()
            event.add("uid", f"phase/{round.pk}/{number}@{host}")
            event.add("summary", f"{phase.title.to(language())} · {round.name}")
            event.add("dtstart", phase.starts)
            event.add("dtend", phase.ends + A_DAY)
            yield event


def _deadline(deadline: Deadline, host: str, root: str, *, is_alone: bool) -> Event:
    """Offices that share a day share an event. It is named after the first of them, and so moves with its extension."""
    dues = deadline.dues
    owner = f"e{dues[0].entry.pk}" if dues else f"r{deadline.round.pk}"
    is_open = any(due.state in OPEN for due in dues)
    event = Event()
    event.add("uid", "/".join(filter(None, (deadline.asked.kind, *deadline.asked.slot, owner))) + f"@{host}")
    event.add("sequence", max((due.entry.facts_version for due in dues), default=0))
    event.add("summary", _summary(deadline, is_done=bool(dues) and not is_open, is_alone=is_alone))
    event.add("description", _description(deadline))
    page = deadline.page(dues[0].entry if dues else None) or "/"
    event.add("url", root + page.removeprefix("/"))
    event.add("dtstart", deadline.day)
    event.add("dtend", deadline.day + A_DAY)
    if is_open and not deadline.is_over:
        for days in REMINDERS:
            event.add_component(_reminder(days, str(event["summary"])))
    return event


def _summary(deadline: Deadline, *, is_done: bool, is_alone: bool) -> str:
    who = ""
    if len(deadline.dues) == 1 and not is_alone:
        who = str(deadline.dues[0].entry)
    title = " · ".join(filter(None, (deadline.asked.title, _period(deadline), who)))
    return f"✓ {title}" if is_done else title


def _period(deadline: Deadline) -> str:
    return deadline.asked.period.title.to(language()) if deadline.asked.period else ""


def _description(deadline: Deadline) -> str:
    lines = [deadline.round.name]
    lines += [
        f"{numbering(criterion.code, ' ')}{criterion.title.to(language())} ({plain_points(criterion.max)})"
        for criterion in deadline.asked.criteria
    ]
    for due in deadline.dues:
        more = _("More time given")
        lines.append(f"{due.entry}: {state_name(due.state)}" + (f" ({more})" if due.is_extended else ""))
    return "\n".join(lines)


def _reminder(days: int, text: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", timedelta(hours=9) - timedelta(days=days))
    return alarm


@require_safe
def calendar_file(request, key: str) -> HttpResponse:
    """For whoever knows the address: calendar programs can't log in. Read again for nothing while nothing changed."""
    feed = get_object_or_404(CalendarFeed.objects.select_related("user__office"), key=key, user__is_active=True)
    with translation.override(feed.language):
        calendar = Calendar(feed.user)
        etag = f'"{feed.language}-{calendar.version}"'
        response = get_conditional_response(request, etag=etag)
        if response is None:
            text = write(calendar, host=request.get_host(), root=request.build_absolute_uri("/"))
            response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
            response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


@login_required
@require_POST
def calendar_address(request) -> HttpResponse:
    """Make the reader's private address, make another (the old one ends), or end it."""
    deed = request.POST.get("deed")
    if deed == "end":
        CalendarFeed.objects.filter(user=request.user).delete()
        messages.success(request, _("The calendar's address is switched off."))
    elif deed == "renew":
        fresh = {"key": new_key(), "language": language()}
        CalendarFeed.objects.update_or_create(user=request.user, defaults=fresh)
        messages.success(request, _("There is a new address. The old one works no more; use the new one everywhere."))
    else:
        CalendarFeed.objects.get_or_create(user=request.user, defaults={"language": language()})
    return redirect(reverse("calendar") + "#address")


urls = [
    path("calendar/address/", calendar_address, name="calendar-address"),
    path("calendar/<slug:key>.ics", calendar_file, name="calendar-file"),
]
