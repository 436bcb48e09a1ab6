"""What every deed on a fact does first: hold the entry, and see that nobody was quicker."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from submissions.models import Appeal, Entry, Evidence, PracticeSheet, Round, Sheet
from submissions.questions import access
from submissions.questions.proofread import Refused

Revised = TypeVar("Revised", Evidence, Sheet, PracticeSheet)  # rows that count their changes


class Conflict(Exception):
    """Somebody else changed the row since it was read; `current` is the row as it is now (None: it is gone)."""

    def __init__(self, current: Any = None) -> None:
        super().__init__(_("Somebody else changed this in the meantime. Nothing was saved; look at what is there now."))
        self.current = current


def hold(entry: Entry, *, appeal: Appeal | None = None, changes_facts: bool = True, in_closed: bool = False) -> None:
    """Hold the entry until the transaction ends: deeds on one entry happen one after another.

    Whoever closes the round, announces it provisionally, takes the entry out or withdraws it holds it too. So this is
    the moment to look whether that was done while we waited. `appeal`: the one by whose answer settled facts change;
    `in_closed`: what is done in a closed round as well.
    """
    held = Entry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if held.taken_out or (held.state == Entry.State.WITHDRAWN and entry.state != held.state):
        raise Refused({"": [_gone()]})
    if appeal is None:
        _look_at([entry.pk], knows_closed=in_closed or entry.round.is_closed, changes_facts=changes_facts)
    elif not Appeal.objects.open().filter(pk=appeal.pk, entry=entry, publication=F("entry__round__provisional")):
        raise Refused({"": [_("This appeal was answered already, or is none of the result that is announced now.")]})


def hold_all(entries: Iterable[Entry], *, changes_facts: bool = True) -> None:
    """Hold many entries, none of which was taken out. One statement, and two for what became of them meanwhile.

    What changes no facts is done in a closed round as well: a committee meets once nothing more comes in.
    """
    ids = [entry.pk for entry in entries]
    Entry.objects.filter(pk__in=ids).hold()
    if gone := list(Entry.objects.filter(pk__in=ids, taken_out=True).select_related("office")):
        raise Refused({"": [f"{entry.office}: {_gone()}" for entry in gone]})
    if changes_facts:
        _look_at(ids)


def _look_at(ids: list[int], *, knows_closed: bool = False, changes_facts: bool = True) -> None:
    """Whether the rounds of these entries, which are held, still take in facts: the one place that none goes round.

    `knows_closed`: whoever asks knows whether it is closed, and says so in words of their own.
    """
    shut = Q(pk__in=[]) if knows_closed else Q(is_closed=True)
    if changes_facts:
        shut |= Q(appeals_until__isnull=False)
    if round := Round.objects.filter(shut, entries__in=ids).only("is_closed", "appeals_until").first():
        raise Refused({"": [(changes_facts and access.why_settled(round)) or _("The round is closed.")]})


def _gone() -> str:
    return _("This entry does not take part (any more).")


def unchanged(rows: QuerySet[Revised], pk: int, revision: int | None) -> Revised:
    """The row, locked, if it is still as it was at `revision`. Raises Conflict otherwise."""
    current = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if current is None or (revision is not None and current.revision != revision):
        raise Conflict(current)
    return current


def change(row: Evidence | Sheet | PracticeSheet, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.revision += 1
    row.save()
