"""Notices leave the portal: gathered into letters for each person, at the pace they chose, and delivered.

A letter is written in one transaction with the mark on its notices, so none is in two letters. It is sent outside any
transaction: whoever sends it has first put its next try some minutes off, so that no other worker sends it meanwhile.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, F, Min, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from submissions import queue
from submissions.models import Channel, Letter, Notice, Telling, User
from submissions.models.notices import MOST_FAULT

from . import line, mail
from .making import TOGETHER
from .sending import Away, Impossible, Later, Sender
from .words import NoticeInWords, say

log = logging.getLogger(__name__)
DAILY_AT = time(7, 30)
A_DAY = 12  # letters of one kind to one person; what comes then waits for the next morning
KEPT = timedelta(hours=36)  # what could not be told for so long is read in the portal
LEASE = timedelta(minutes=5)  # longer than any sending takes
WAITS = (1, 2, 5, 10, 20, 40, 60, 120, 240, 240, 480)  # minutes before the next try; then it is given up
TRIALS = 5  # a day
AWAY = "submissions.letters.away."  # and a way: since when its server takes none
NOTICES_KEPT, LETTERS_KEPT = timedelta(days=400), timedelta(days=90)
SENDERS: dict[str, type[Sender]] = {Channel.MAIL: mail.Sender, Channel.LINE: line.Sender}


def post() -> int:
    """Write what is due and send what was written. Says how many letters were sent."""
    write_letters()
    _let_fall()
    return sum(deliver(channel) for channel in open_ways())


def open_ways() -> list[str]:
    return [channel for channel, sender in SENDERS.items() if sender.is_open()]


def _let_fall() -> None:
    """Letters of a way that was shut: it may be opened again soon."""
    left = Letter.objects.filter(due_at__isnull=False, made_at__lt=timezone.now() - KEPT)
    left.exclude(channel__in=open_ways()).update(due_at=None, fault="this way of telling was shut")


# Writing


def write_letters() -> int:
    """One letter for each person with something to be told by now. Says how many."""
    now = timezone.now()
    return sum(_write(channel, user, until, now) for channel in open_ways() for user, until in _due(channel, now))


def _due(channel: str, now: datetime) -> Iterator[tuple[int, datetime]]:
    """Whom to write to by this way, with everything from before which moment."""
    pending = _pending(channel, now).filter(SENDERS[channel].reachable("user__"), user__is_active=True)
    oldest = dict(pending.order_by().values_list("user").annotate(Min("at")))
    paces = dict(Telling.objects.filter(user__in=oldest).values_list("user", channel))
    sent = Letter.objects.filter(user__in=oldest, channel=channel, made_at__gt=now - timedelta(days=1)).order_by()
    count = dict(sent.values_list("user").annotate(Count("pk")))
    morning = _last_morning(now)
    for user, first in oldest.items():
        pace = paces.get(user, Telling.Pace.AT_ONCE)
        at_once = pace == Telling.Pace.AT_ONCE and count.get(user, 0) < A_DAY
        if at_once and first <= now - TOGETHER:
            yield user, now
        elif not at_once and pace != Telling.Pace.NONE and first < morning:
            yield user, morning


def _pending(channel: str, now: datetime):
    return Notice.objects.filter(**{channel: None}, read_at=None, at__gt=now - KEPT)


def _last_morning(now: datetime) -> datetime:
    local = timezone.localtime(now)
    morning = local.replace(hour=DAILY_AT.hour, minute=DAILY_AT.minute, second=0, microsecond=0)
    return morning if morning <= local else morning - timedelta(days=1)


def _write(channel: str, user_id: int, until: datetime, now: datetime) -> bool:
    with transaction.atomic():
        user = User.objects.get(pk=user_id)
        rows = _pending(channel, now).visible_to(user).filter(at__lte=until)
        ids = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
        if not ids:
            return False
        letter = Letter.objects.create(user=user, channel=channel)
        Notice.objects.filter(pk__in=ids).update(**{channel: letter})
        return True


def why_not_try(user: User, channel: str) -> str | None:
    """Send a letter on trial: to an address that may be anybody's, so not often."""
    if not SENDERS[channel].is_open() or not User.objects.filter(SENDERS[channel].reachable(), pk=user.pk).exists():
        return _("Say first where to write to.")
    day = timezone.now() - timedelta(days=1)
    trials = Letter.objects.filter(user=user, channel=channel, made_at__gt=day, is_trial=True)
    return _("That was tried often enough today.") if trials.count() >= TRIALS else None


def write_trial(user: User, channel: str) -> None:
    """A letter about nothing, sent as soon as a worker is free."""
    from submissions import tasks

    Letter.objects.create(user=user, channel=channel, is_trial=True)
    transaction.on_commit(lambda: queue.send(tasks.post), robust=True)


# Sending


def deliver(channel: str) -> int:
    """Send what waits, over one connection. Where the server is away the rest waits for it too."""
    ids = Letter.objects.filter(channel=channel, due_at__lte=timezone.now()).order_by("due_at", "pk")
    sent = 0
    with SENDERS[channel]() as sender:
        for pk in list(ids.values_list("pk", flat=True)):
            letter = _take(pk)
            if letter is None:
                continue
            try:
                _send(sender, letter)
            except Away as fault:
                _put_off(letter, str(fault))
                cache.add(AWAY + channel, timezone.now(), timeout=None)
                break
            except Later as fault:
                _put_off(letter, str(fault))
                cache.delete(AWAY + channel)  # it answered
            except Exception as fault:  # ours, in this letter: the others do not wait for it to be mended
                log.exception("letter %s can't be made", pk)
                _put_off(letter, f"{type(fault).__name__}: {fault}")
            if letter.sent_at:
                cache.delete(AWAY + channel)
            sent += letter.sent_at is not None
    return sent


def _take(pk: int) -> Letter | None:
    """The letter, if nobody else sends it now."""
    now = timezone.now()
    taken = Letter.objects.filter(pk=pk, due_at__lte=now).update(due_at=now + LEASE, tries=F("tries") + 1)
    return Letter.objects.select_related("user__telling").get(pk=pk) if taken else None


def _send(sender, letter: Letter) -> None:
    if not letter.user.is_active:
        return _give_up(letter, "the account is closed")
    telling = getattr(letter.user, "telling", None) or Telling(user=letter.user)
    with translation.override(telling.language):
        notices = _notices_in(letter)
        if not notices and not letter.is_trial and not letter.about:
            return _give_up(letter, "its reader sees none of it any more")
        try:
            sender.send(letter, telling, notices)
        except Impossible as fault:
            return _give_up(letter, str(fault))
    letter.sent_at, letter.due_at, letter.fault = timezone.now(), None, ""
    letter.save(update_fields=["sent_at", "due_at", "fault"])


def _notices_in(letter: Letter) -> list[NoticeInWords]:
    rows = Notice.objects.visible_to(letter.user).filter(Q(mail=letter) | Q(line=letter))
    return say(rows.select_related("round__edition").defer("round__edition__text"), letter.user)


def _put_off(letter: Letter, fault: str) -> None:
    if letter.tries > len(WAITS):
        return _give_up(letter, fault)
    letter.due_at = timezone.now() + timedelta(minutes=WAITS[letter.tries - 1])
    letter.fault = fault[:MOST_FAULT]
    letter.save(update_fields=["due_at", "fault"])
    log.warning("letter %s waits, %s try: %s", letter.pk, letter.tries, fault)


def _give_up(letter: Letter, fault: str) -> None:
    letter.due_at, letter.fault = None, fault[:MOST_FAULT]
    letter.save(update_fields=["due_at", "fault"])
    log.warning("letter %s is given up: %s", letter.pk, fault)


def waiting() -> tuple[int, datetime | None]:
    """How many letters are written and not sent, and since when that is anybody's fault but their readers'.

    That is: since when the oldest of them waits for its first try, or since when the server of one takes none. A full
    mailbox keeps its own letter waiting and says nothing of all others.
    """
    rows = Letter.objects.filter(due_at__isnull=False, channel__in=open_ways()).order_by().values("channel")
    channels = list(rows.annotate(count=Count("pk"), untried=Min("due_at", filter=Q(tries=0))))
    away = cache.get_many([AWAY + channel["channel"] for channel in channels]) if channels else {}
    since = [*(channel["untried"] for channel in channels if channel["untried"]), *away.values()]
    return sum(channel["count"] for channel in channels), min(since, default=None)


def sweep() -> int:
    """Throw old notices and letters away. Says how many rows."""
    now = timezone.now()
    letters = Letter.objects.filter(made_at__lt=now - LETTERS_KEPT, due_at=None)
    return letters.delete()[0] + Notice.objects.filter(at__lt=now - NOTICES_KEPT).delete()[0]
