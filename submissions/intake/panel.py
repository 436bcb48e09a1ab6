"""Who of the committee judges what: who stands aside, how entries are shared out, who goes on for whom."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from submissions.log import carried
from submissions.models import Assignment, ConflictOfInterest, Entry, Event, Round, User
from submissions.models.editions import MOST_REASON
from submissions.questions import seats
from submissions.questions.committee import judges_for, name_of
from submissions.questions.panel import Panel
from submissions.questions.proofread import Refused
from submissions.questions.sharing import Shares, share_out

from .hold import hold_all

MOST_PER_ENTRY = 50


def say_conflicts(entries: Iterable[Entry], judge: User, *, by: User, reason: str, stands: bool = True) -> int:
    """Say that a judge stands aside from these entries of one round; or, by those who run it, that they need not.

    Says of how many entries that is new. A sheet that was given is kept and does not count while they stand aside.
    """
    entries, refused = list(entries), Refused()
    if not entries:
        refused.add("entries", _("Choose what it is about."))
        refused.raise_if_any()
    round = entries[0].round
    refused.add("", seats.why_not_say_conflict(by, round, judge))
    if not stands and not round.is_run_by(by):
        refused.add("", _("Only those who run the round say that a judge need not stand aside."))
    _check_reason(reason, refused)
    refused.raise_if_any()
    with transaction.atomic():
        hold_all(entries)
        return sum(_say(entry, judge, by=by, reason=reason.strip(), stands=stands) for entry in entries)


def _say(entry: Entry, judge: User, *, by: User, reason: str, stands: bool) -> bool:
    states = ConflictOfInterest.State
    state = states.STANDS if stands else states.NONE
    row = ConflictOfInterest.objects.filter(entry=entry, judge=judge).first()
    row = row or ConflictOfInterest(entry=entry, judge=judge, state="")
    if row.state == state:
        return False
    row.state, row.reason, row.said_by, row.said_at = state, reason, by, timezone.now()
    row.save()
    verb = "conflict.declared" if stands else "conflict.cleared"
    Event.objects.record(entry, verb, by=by, **carried.of_conflict(row))
    return True


def _check_reason(reason: str, refused: Refused) -> None:
    if not reason.strip():
        refused.add("reason", _("Say why."))
    if len(reason.strip()) > MOST_REASON:
        refused.add("reason", _("The reason is longer than 500 characters."))


def draw_judges(round: Round, *, by: User, per_entry: int, seed: str = "") -> str:
    """Share the entries out at random. Returns the seed, by which anybody may draw the same again.

    Who gave a final sheet for an entry keeps it.
    """
    refused = Refused()
    refused.add("", seats.why_not_assign(by, round))
    size = round.judges.count()
    if not 1 <= per_entry <= min(size, MOST_PER_ENTRY):
        refused.add("per_entry", _("From 1 to %(most)s: so many are on the committee.") % {"most": size})
    refused.raise_if_any()
    seed = seed.strip() or secrets.token_hex(8)
    with transaction.atomic():
        panel = _hold(round)
        drawn = drawing(panel, per_entry, seed)
        _write(panel, drawn, by=by, way=Round.Assignment.RANDOM, seed=seed, reason="")
    return seed


def drawing(panel: Panel, per_entry: int, seed: str) -> Shares:
    """What would be drawn."""
    may = {entry.pk: [j.pk for j in panel.committee if panel.may_judge(entry, j)] for entry in panel.entries}
    return share_out([entry.pk for entry in panel.entries], may, per_entry, seed=seed, kept=_kept(panel))


def assign_judges(
    round: Round, wanted: Mapping[int, Iterable[int]], *, by: User, way: str = "hand", reason: str = ""
) -> None:
    """Say by hand, or region by region, who judges these entries: {entry: its judges}. Others stay as they are."""
    refused = Refused()
    refused.add("", seats.why_not_assign(by, round))
    refused.raise_if_any()
    with transaction.atomic():
        panel = _hold(round)
        people, shares = {judge.pk: judge for judge in panel.committee}, _as_it_is(panel)
        for entry in panel.entries:
            if entry.pk in wanted:
                chosen = set(wanted[entry.pk])
                for pk in chosen:
                    _check_seat(panel, entry, people.get(pk), refused)
                shares[entry.pk] = chosen | _kept(panel)[entry.pk]
        refused.raise_if_any()
        seed = panel.round.seed if way == Round.Assignment.HAND else ""
        _write(panel, shares, by=by, way=way, seed=seed, reason=reason)


def _check_seat(panel: Panel, entry: Entry, judge: User | None, refused: Refused) -> None:
    if judge is None:
        refused.add("judges", _("Somebody chosen is not on the committee any more."))
    elif panel.stands_aside(entry, judge):
        sentence = _("%(judge)s stands aside from %(entry)s.")
        refused.add("judges", sentence % {"judge": name_of(judge), "entry": entry})
    elif not panel.may_judge(entry, judge):
        sentence = _("%(judge)s judges elsewhere, not %(entry)s.")
        refused.add("judges", sentence % {"judge": name_of(judge), "entry": entry})


def let_everybody_judge(round: Round, *, by: User) -> None:
    """Share nothing out any more: everybody on the committee judges everything."""
    refused = Refused()
    refused.add("", seats.why_not_assign(by, round))
    refused.raise_if_any()
    with transaction.atomic():
        panel = _hold(round)
        _write(panel, {entry.pk: set() for entry in panel.entries}, by=by, way=Round.Assignment.EVERYBODY)


def hand_over(round: Round, giver: User, taker: User, *, by: User, reason: str) -> int:
    """What one judge can't finish goes to another, or to a reserve, who thereby joins the committee.

    Final sheets stay. Where everybody judged everything, that is written down first. Says how many entries moved.
    """
    refused = Refused()
    refused.add("", seats.why_not_assign(by, round))
    _check_reason(reason, refused)
    if giver == taker or not judges_for(by, round).filter(pk=taker.pk, is_active=True).exists():
        refused.add("taker", _("Choose somebody else, who may sit on this committee."))
    refused.raise_if_any()
    with transaction.atomic():
        panel = _hold(round)
        if giver not in panel.committee:
            raise Refused({"giver": [_("This judge is not on the committee any more.")]})
        shares = _as_it_is(panel)
        if taker not in panel.committee:
            round._history_user, round._change_reason = by, reason.strip()
            round.judges.add(taker)
        moving = [e for e in panel.entries if giver.pk in shares[e.pk] and not panel.has_begun(e, giver)]
        for entry in moving:
            _check_seat(panel, entry, taker, refused)
            shares[entry.pk] = shares[entry.pk] - {giver.pk} | {taker.pk}
        if not moving:
            refused.add("giver", _("Nothing is left with this judge."))
        refused.raise_if_any()
        hand = Round.Assignment.HAND
        _write(panel, shares, by=by, way=hand, seed=panel.round.seed, reason=reason.strip())
    return len(moving)


def _hold(round: Round) -> Panel:
    """The panel as it stands while nobody can change it: whoever judges, or stands aside, holds the entry too."""
    hold_all(list(round.entries.filter(taken_out=False)))
    return Panel(Round.objects.select_for_update(of=("self",)).select_related("edition").get(pk=round.pk))


def _as_it_is(panel: Panel) -> Shares:
    """Who judges what now; of judges who stand aside, or whose office moved, what was assigned to them stays."""
    return _assigned(panel) if panel.is_shared_out else _judging(panel)


def _judging(panel: Panel) -> Shares:
    """Who judges what now, without those who stand aside."""
    return {entry.pk: {judge.pk for judge in panel.judges(entry)} for entry in panel.entries}


def _assigned(panel: Panel) -> Shares:
    """To whom each entry that takes part was assigned, those who stand aside too."""
    shares: Shares = {entry.pk: set() for entry in panel.entries}
    for entry, judge in panel.assigned:
        if entry in shares:
            shares[entry].add(judge)
    return shares


def _kept(panel: Panel) -> Shares:
    """Who gave a final sheet for an entry, and does not stand aside from it."""
    return {
        entry.pk: {judge.pk for judge in panel.judges(entry) if panel.has_begun(entry, judge)}
        for entry in panel.entries
    }


def _write(panel: Panel, shares: Shares, *, by: User, way: str, seed: str = "", reason: str = "") -> None:
    """Write down what changes of who judges what. A few statements, however many entries."""
    now, told = timezone.now(), _to_tell(panel, shares, way)
    there = _assigned(panel)
    rows = [
        Assignment(entry_id=entry, judge_id=judge, assigned_by=by, assigned_at=now)
        for entry, judges in shares.items()
        for judge in sorted(judges - there[entry])
    ]
    changed = [entry for entry, judges in shares.items() if judges != there[entry] or told[entry]]
    released = {entry: sorted(there[entry] - shares[entry]) for entry in changed}
    kept = Assignment.objects.filter(entry__in=list(released)).values_list("pk", "entry", "judge")
    gone = [pk for pk, entry, judge in kept if judge in released[entry]]
    Assignment.objects.filter(pk__in=gone).delete()
    Assignment.objects.bulk_create(rows)
    each: dict[int, dict[str, Any]] = {
        entry: {"assigned": [], "released": judges, "told": sorted(told[entry])} for entry, judges in released.items()
    }
    for row in rows:
        each[row.entry_id]["assigned"].append(carried.of_assignment(row))
    Event.objects.record_each(list(each), "judges.assigned", by=by, each=each, way=way, seed=seed, reason=reason)
    Entry.objects.filter(pk__in=list(each)).touch()
    _set_way(panel.round, way, seed, by=by, reason=reason)


def _set_way(round: Round, way: str, seed: str, *, by: User, reason: str) -> None:
    if (round.assignment, round.seed) != (way, seed):
        round.assignment, round.seed = way, seed
        round._history_user, round._change_reason = by, reason
        round.save(update_fields=["assignment", "seed"])


def _to_tell(panel: Panel, shares: Shares, way: str) -> Shares:
    """{entry: who is told that it is theirs}: of what is assigned to them now all whose share is another than before,
    not those for whom it is only written down; where nothing is shared out any more, who did not judge it."""
    before = _judging(panel)
    if way == Round.Assignment.EVERYBODY:
        able = {entry.pk: {one.pk for one in panel.committee if panel.may_judge(entry, one)} for entry in panel.entries}
        return {entry: able[entry] - judges for entry, judges in before.items()}
    moved = {judge for entry, judges in shares.items() for judge in before[entry] ^ judges}
    there = _assigned(panel)
    return {entry: (judges & moved) - there[entry] for entry, judges in shares.items()}
