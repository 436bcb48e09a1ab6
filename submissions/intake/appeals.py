"""Appeals against a provisional result come in and are answered; settled facts change by their answers alone."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from submissions.documents.printable import printable
from submissions.log import carried
from submissions.models import Appeal, Entry, Event, Proposal, Round, Sheet, User, Value
from submissions.models.appeals import MOST_APPEAL
from submissions.questions import access
from submissions.questions.appeals import (
    amounts_of,
    corrections_of,
    deciders_of,
    last_moment,
    pieces_of,
    why_not_answer,
    why_not_appeal,
    why_not_correct_value,
)
from submissions.questions.proofread import Refused, Slot, check_corrections, slot_field
from submissions.questions.proposals import why_not_alone

from .hold import Conflict, hold
from .values import leave_out, write_amounts


def settle(round: Round, number: int, *, by: User, at: datetime) -> Round:
    """Let facts stand still from the provisional publication of this number on. The caller holds entries and round."""
    round.provisional, round.appeals_until = number, last_moment(round, at)
    round._history_user = by
    round.save(update_fields=["provisional", "appeals_until"])
    return round


def conclude(round: Round, *, by: User, at: datetime) -> Round:
    """The result is final: nobody disputes it any more. The caller holds entries and round."""
    if round.heard_at is None:
        round.heard_at, round._history_user = at, by
        round.save(update_fields=["heard_at"])
    return round


def unsettle(round: Round, *, by: User, reason: str, proposal: Proposal | None = None) -> Round:
    """Let facts change again: what was announced provisionally stands corrected by the next provisional result."""
    refused = Refused()
    refused.add("", access.why_not_run(by, round))
    refused.add("reason", None if reason.strip() else _("Say why facts are to change again."))
    refused.raise_if_any()
    with transaction.atomic():
        round.entries.hold()
        held = Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
        refused.add("", why_not_alone(held, proposal))
        refused.raise_if_any()
        if not held.is_settled:
            raise Conflict(held)
        held.appeals_until = held.provisional = held.heard_at = None
        held._history_user, held._change_reason = by, reason.strip()
        held.save(update_fields=["provisional", "appeals_until", "heard_at"])
    return held


def make_appeal(
    entry: Entry,
    criterion: str,
    *,
    by: User,
    text: str,
    evidence: Collection[int] = (),
    values: Collection[str] = (),
    at: datetime | None = None,
) -> Appeal:
    """Dispute one criterion, pointing at pieces (ids) and amounts ("code.period") that were handed in already."""
    refused = Refused()
    text = _written("text", text, _("Write what you dispute, and why."), refused)
    with transaction.atomic():
        hold(entry, changes_facts=False, in_closed=True)
        entry = Entry.objects.with_round().get(pk=entry.pk)
        refused.add("", why_not_appeal(by, entry, at or entry.round.now()))
        known = entry.round.scheme.criteria.get(criterion)
        if known is None:
            refused.add("", _("The scheme has no such criterion."))
            refused.raise_if_any()
            raise AssertionError
        if set(evidence) - {piece.pk for piece in pieces_of(entry, known)}:
            refused.add("evidence", _("Choose among what was handed in for this criterion; nothing new is taken."))
        if set(values) - {slot_field((one.code, one.period)) for one in amounts_of(entry, known)}:
            refused.add("values", _("Choose among what was handed in for this criterion; nothing new is taken."))
        if entry.appeals.filter(publication=entry.round.provisional or 0, criterion=criterion).exists():
            refused.add("", _("This criterion is disputed already."))
        refused.raise_if_any()
        assert entry.round.provisional is not None
        appeal = Appeal.objects.create(
            entry=entry,
            publication=entry.round.provisional,
            criterion=criterion,
            text=text,
            evidence=sorted(evidence),
            values=sorted(values),
            made_by=by,
            made_at=at or entry.round.now(),
        )
        deciders = sorted(deciders_of(entry, known))
        appeal.deciders.set(deciders)
        Event.objects.record(entry, "appeal.made", by=by, **carried.of_appeal(appeal, deciders))
        return appeal


def _written(field: str, text: str, wanted: str, refused: Refused) -> str:
    """What was typed, made clean."""
    text = "\n".join(line.rstrip() for line in printable(text).strip().splitlines())
    if not text:
        refused.add(field, wanted)
    elif len(text) > MOST_APPEAL:
        refused.add(field, _("The text has %(count)s characters; 4,000 are allowed.") % {"count": f"{len(text):,}"})
    return text


def answer_appeal(appeal: Appeal, *, by: User, verdict: str, answer: str, at: datetime | None = None) -> Appeal:
    """Answer an appeal with reasons. What is upheld was corrected before; what is not, was not."""
    refused = Refused()
    answer = _written("answer", answer, _("Give the reasons; the office reads them."), refused)
    if verdict not in Appeal.Verdict.values:
        refused.add("verdict", _("Say whether the appeal is upheld."))
    with transaction.atomic():
        hold(appeal.entry, appeal=appeal)
        current = Appeal.objects.select_for_update(of=("self",)).select_related("entry__round").get(pk=appeal.pk)
        refused.add("", why_not_answer(by, current))
        corrected = bool(corrections_of([current])[current.pk])
        if verdict == Appeal.Verdict.DISMISSED and corrected:
            refused.add("verdict", _("Something was corrected for it: it is upheld, at least partly."))
        elif verdict in (Appeal.Verdict.UPHELD, Appeal.Verdict.PARTLY) and not corrected:
            refused.add("verdict", _("Correct first what is upheld: a decision, an amount or a sheet."))
        if current.sheets.exclude(status=Sheet.Status.FINAL).exists():
            refused.add("", _("A sheet that was reopened for it is not final again yet."))
        refused.raise_if_any()
        current.verdict, current.answer, current.answered_by = verdict, answer, by
        current.answered_at = at or current.entry.round.now()
        current.save(update_fields=["verdict", "answer", "answered_by", "answered_at"])
        Event.objects.record(current.entry, "appeal.answered", by=by, **carried.of_answer(current))
        return current


def correct_values(
    appeal: Appeal, amounts: Mapping[Slot, str], *, by: User, seen: Mapping[Slot, str], at: datetime | None = None
) -> list[Value]:
    """Correct amounts that an appeal disputes. `seen`: what stood there; Conflict when it is something else by now.

    One that was returned, or that nobody has looked at, is put right by giving it as it stands.
    """
    entry, refused = appeal.entry, Refused()
    for code, period in amounts:
        refused.add(slot_field((code, period)), why_not_correct_value(by, appeal, code))
    refused.raise_if_any()
    texts = check_corrections(entry, amounts, refused)
    with transaction.atomic():
        hold(entry, appeal=appeal)
        present = {(v.code, v.period): v for v in entry.values.select_for_update()}
        there = {slot: value.text for slot, value in present.items()}
        if any(there.get(slot, "") != text for slot, text in seen.items()):
            raise Conflict
        leave_out(texts, {slot: value.text for slot, value in present.items() if _counts(value)}, refused)
        refused.raise_if_any()
        if not texts:
            raise Refused({"": [_("Nothing was changed.")]})
        places = {(entry.pk, slot): value for slot, value in present.items()}
        source = Value.Source.CENTRAL
        moment = at or entry.round.now()
        return write_amounts({entry: texts}, places, by=by, source=source, at=moment, ticked={}, appeal=appeal)


def _counts(value: Value) -> bool:
    return value.standing == Value.Status.ACCEPTED
