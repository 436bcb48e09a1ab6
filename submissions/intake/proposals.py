"""What can't be taken back is proposed by one person and done once a second confirms it: exactly that, or nothing.

A room further right says how its own kind of deed is done (`carries_out`).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from submissions.log import carried
from submissions.models import Ending, Entry, Event, Proposal, Round, User
from submissions.models.editions import MOST_REASON
from submissions.questions.proofread import Refused
from submissions.questions.proposals import why_not_second, why_not_withdraw

from .hold import Conflict

# Does what is proposed, in the name of who proposed it. Raises Refused; one of the `moved` where what was looked at has
# changed, so that another deed would come of it.
Doing = Callable[..., Any]
_DEEDS: dict[str, tuple[Doing, tuple[type[Exception], ...]]] = {}
_HOLDS_LATE: set[str] = set()  # kinds whose deeds hold the round's entries themselves, once they write
# Has a worker confirm, for a deed that takes longer than anybody waits; returns where it is seen how far that is.
Beginning = Callable[[Proposal, User], str]
_BEGUN: dict[str, Beginning] = {}


class Overtaken(Exception):
    """What the proposal was about has changed: it has ended, and another must be made."""


def carries_out(
    kind: str,
    doing: Doing,
    moved: tuple[type[Exception], ...] = (Conflict,),
    beginning: Beginning | None = None,
    *,
    holds_late: bool = False,
) -> None:
    _DEEDS[kind] = (doing, moved)
    if beginning:
        _BEGUN[kind] = beginning
    if holds_late:
        _HOLDS_LATE.add(kind)


def begin_to_confirm(proposal: Proposal, *, by: User) -> str | None:
    """Have it confirmed beside the request; where that is seen. None: its deed is short, `confirm` does it."""
    beginning = _BEGUN.get(proposal.kind)
    return beginning(proposal, by) if beginning else None


def propose(
    round: Round,
    kind: str,
    arguments: Mapping[str, Any],
    *,
    by: User,
    reason: str,
    entry: Entry | None = None,
) -> Proposal:
    """Propose a deed. It is tried at once, and nothing of that is kept: raises whatever doing it would raise."""
    refused, reason = Refused(), reason.strip()
    if not reason:
        refused.add("reason", _("Say why; whoever confirms it reads it."))
    elif len(reason) > MOST_REASON:
        refused.add("reason", _("The reason is longer than 500 characters."))
    refused.raise_if_any()
    proposal = Proposal(
        round=round,
        entry=entry,
        kind=kind,
        arguments=dict(arguments),
        sha256=digest_of(arguments),
        reason=reason,
        proposed_by=by,
    )
    _try(proposal)
    with transaction.atomic():
        if entry is not None:
            Entry.objects.filter(pk=entry.pk).hold()  # entries come before their round
        Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
        if Proposal.objects.open(proposal.proposed_at).filter(round=round, kind=kind, sha256=proposal.sha256).exists():
            raise Refused({"": [_("This is proposed already, and waits to be confirmed.")]})
        proposal.save()
    return proposal


class _Tried(Exception):
    """Everything went well, and is undone."""


def _try(proposal: Proposal) -> None:
    doing, _moved = _DEEDS[proposal.kind]
    try:
        with transaction.atomic():
            proposal.second = proposal.proposed_by
            doing(proposal)
            raise _Tried
    except _Tried:
        proposal.second = None


def digest_of(arguments: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(arguments, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def confirm(
    proposal: Proposal, *, by: User, at: datetime | None = None, beforehand: Mapping[str, Any] | None = None
) -> Any:
    """Do what was proposed, exactly; returns what the deed returns. Once, however many confirm it at once.

    `beforehand`: what the deed is handed, worked out while nobody was held.
    """
    doing, moved = _DEEDS[proposal.kind]
    try:
        with transaction.atomic():
            held = _begin_end(proposal, by, Ending.State.CONFIRMED, why_not_second, at=at)
            if digest_of(held.arguments) != held.sha256:
                raise Refused({"": [_("The proposal is not as it was made: it was altered.")]})
            held.second = by
            concerned = held.round.entries.filter(pk=held.entry_id) if held.entry_id else held.round.entries.all()
            if held.kind not in _HOLDS_LATE:
                concerned.hold()  # all, by id, before the deed holds some of them
            done = doing(held, **(beforehand or {}))
            ids = [held.entry_id] if held.entry_id else held.round.entries.filter(taken_out=False).hold()
            Event.objects.record_each(ids, "proposal.confirmed", by=by, **carried.of_proposal(held))
            return done
    except moved as overtaken:
        with transaction.atomic():
            _begin_end(proposal, by, Ending.State.OVERTAKEN, why_not_second, at=at, reason=str(overtaken))
        raise Overtaken(str(overtaken)) from overtaken


def decline(proposal: Proposal, *, by: User, reason: str) -> Proposal:
    if not reason.strip():
        raise Refused({"reason": [_("Say why; who proposed it reads it.")]})
    with transaction.atomic():
        return _begin_end(proposal, by, Ending.State.DECLINED, why_not_second, reason=reason.strip())


def withdraw(proposal: Proposal, *, by: User) -> Proposal:
    with transaction.atomic():
        return _begin_end(proposal, by, Ending.State.WITHDRAWN, lambda user, held, at: why_not_withdraw(user, held))


def _begin_end(
    proposal: Proposal,
    by: User,
    state: Ending.State,
    why_not: Callable[[User, Proposal, datetime | None], str | None],
    *,
    at: datetime | None = None,
    reason: str = "",
) -> Proposal:
    """End it first: there is one end of a proposal, so whoever comes second waits here, and is told."""
    held = Proposal.objects.select_related("round__edition", "ending", "proposed_by", "entry").get(pk=proposal.pk)
    refused = Refused()
    refused.add("", why_not(by, held, at))
    refused.raise_if_any()
    try:
        with transaction.atomic():
            Ending.objects.create(proposal=held, state=state, by=by, reason=reason[:MOST_REASON])
    except IntegrityError:
        raise Refused({"": [_("Somebody else decided on it just now.")]}) from None
    return held
