"""What every deed on a fact does first: hold the entry, and see that nobody was quicker."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from submissions.models import Entry, Evidence, PracticeSheet, Round, Sheet
from submissions.questions.proofread import Refused

Revised = TypeVar("Revised", Evidence, Sheet, PracticeSheet)  # rows that count their changes


class Conflict(Exception):
    """Somebody else changed the row since it was read; `current` is the row as it is now (None: it is gone)."""

    def __init__(self, current: Any = None) -> None:
        super().__init__(_("Somebody else changed this in the meantime. Nothing was saved; look at what is there now."))
        self.current = current


def hold(entry: Entry) -> None:
    """Hold the entry until the transaction ends: deeds on one entry happen one after another.

    Whoever closes the round, takes the entry out or withdraws it holds it too. So this is the moment to look whether
    that was done while we waited.
    """
    held = Entry.objects.select_for_update().get(pk=entry.pk)
    if held.taken_out or (held.state == Entry.State.WITHDRAWN and entry.state != held.state):
        raise Refused({"": [_gone()]})
    if not entry.round.is_closed and Round.objects.filter(pk=entry.round_id, is_closed=True).exists():
        raise Refused({"": [_("The round is closed.")]})


def hold_all(entries: Iterable[Entry]) -> None:
    """Hold many entries, none of which was taken out. One statement, and two for what became of them meanwhile."""
    ids = [entry.pk for entry in entries]
    Entry.objects.filter(pk__in=ids).hold()
    if gone := list(Entry.objects.filter(pk__in=ids, taken_out=True).select_related("office")):
        raise Refused({"": [f"{entry.office}: {_gone()}" for entry in gone]})
    if Round.objects.filter(entries__in=ids, is_closed=True).exists():
        raise Refused({"": [_("The round is closed.")]})


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
