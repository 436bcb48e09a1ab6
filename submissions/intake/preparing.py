"""How a round begins: prepared unseen, opened at its time. What was made by mistake is taken out before work begins."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from submissions.models import Entry, Event, Round, User
from submissions.questions import access
from submissions.questions.preparing import why_scores_would_be_wrong
from submissions.questions.proofread import Refused

from .hold import Conflict

SHOWN = 10  # names in one refusal


def set_opening(round: Round, opens_at: datetime | None, *, by: User, seen: str | None = None) -> Round:
    """Open a round at this moment of the world; None: it goes back to being prepared, and nobody else sees it.

    A round that is open already goes back only while nobody has done anything in it. None opens in which scores would
    be wrong from the first day. `seen`: how its opening stood when it was looked at (`opening_of`); Conflict where
    somebody else has set it since. None: nobody looked.
    """
    refused = Refused()
    refused.add("", access.why_not_run(by, round))
    refused.raise_if_any()
    with transaction.atomic():
        ids = round.entries.hold()
        held = _held(round)
        if seen is not None and seen != opening_of(held):
            raise Conflict(held)
        refused.add("", _("The round is closed.") if held.is_closed else None)
        goes_back = not held.is_preparing and (opens_at is None or opens_at > timezone.now())
        if goes_back and Entry.objects.filter(pk__in=ids).exclude(pk__in=_untouched(held)).exists():
            refused.add("", _("Somebody has begun to work in it: it stays open. Close it if nobody is to go on."))
        refused.add("", _why_told(held) if goes_back else None)
        if held.is_preparing and opens_at is not None:
            for reason in why_scores_would_be_wrong(held):
                refused.add("", reason)
        refused.raise_if_any()
        held.opens_at, held._history_user = opens_at, by
        held.save(update_fields=["opens_at"])
    return held


def opening_of(round: Round) -> str:
    """When it opens, as a page carries it to know whether that was changed."""
    return round.opens_at.isoformat() if round.opens_at else "never"


def take_out_entries(round: Round, entries: Iterable[Entry], *, by: User) -> list[Entry]:
    """Take out what was entered by mistake, as long as nobody has done anything for it. All or nothing.

    The rows and their log stay in the database; no page shows them, and the office may be entered anew.
    """
    ids = [entry.pk for entry in entries]
    with transaction.atomic():
        round.entries.filter(pk__in=ids).hold()
        held = _held(round)
        refused = Refused()
        refused.add("", access.why_not_take_out(by, held))
        refused.add("entries", None if ids else _("Choose who is to be taken out."))
        chosen = list(held.entries.filter(pk__in=ids, taken_out=False).select_related("office"))
        free = set(_untouched(held).values_list("pk", flat=True))
        if kept := [str(entry) for entry in chosen if entry.pk not in free]:
            text = ngettext(
                "Something was done already for %(names)s. It can only withdraw, with a reason.",
                "Something was done already for %(names)s. They can only withdraw, with a reason.",
                len(kept),
            )
            refused.add("entries", text % {"names": _listed(kept)})
        refused.raise_if_any()
        _take_out([entry.pk for entry in chosen], by)
    return chosen


def discard_round(round: Round, *, by: User) -> None:
    """Throw away a round that was made by mistake, with its entries, as long as nobody has done anything in it."""
    with transaction.atomic():
        ids = round.entries.filter(taken_out=False).hold()
        held = _held(round)
        refused = Refused()
        refused.add("", access.why_not_take_out(by, held))
        refused.add("", _why_told(held))
        if held.following.filter(discarded_at=None).exists():
            refused.add("", _("Another round was opened from it."))
        if kept := list(held.entries.filter(pk__in=ids).exclude(pk__in=_untouched(held)).select_related("office")):
            said = {"names": _listed([str(entry) for entry in kept])}
            refused.add("", _("Something was done already for %(names)s. Close the round instead.") % said)
        refused.raise_if_any()
        _take_out(ids, by)
        held.discarded_at, held.is_closed, held._history_user = timezone.now(), True, by
        held.save(update_fields=["discarded_at", "is_closed"])


def _held(round: Round) -> Round:
    """The round as it is now; entries are held before it, as everywhere."""
    return Round.objects.select_for_update(of=("self",)).select_related("edition").get(pk=round.pk)


def _why_told(round: Round) -> str | None:
    """What people were sent would be seen by nobody any more."""
    if round.circulars.exclude(sent_at=None).exists():
        return _("A circular was sent in it. Close the round instead.")
    return None


def _untouched(round: Round) -> QuerySet[Entry]:
    return round.entries.untouched()


def _take_out(ids: list[int], by: User) -> None:
    Entry.objects.filter(pk__in=ids).update(state=Entry.State.WITHDRAWN, taken_out=True)
    Event.objects.record_each(ids, "entry.taken_out", by=by)
    Entry.objects.filter(pk__in=ids).touch()


def _listed(names: list[str]) -> str:
    more = [_("%(count)s more") % {"count": len(names) - SHOWN}] if len(names) > SHOWN else []
    return ", ".join([*names[:SHOWN], *more])
