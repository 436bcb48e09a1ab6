"""Who takes part in a round, office by office: named, chosen, withdrawn, and who is still missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from submissions.models import Entry, Office, Round, User

from . import access, naming

# What the fields of a round's quota mean, wherever they are set.
QUOTA: dict[str, Any] = {
    "places_per": _("Whose quota it is: each office of this kind has its own. Empty: the whole round shares one."),
    "places": _(
        "How many may be chosen in each. Whoever is beyond stays a candidate, and moves up when one withdraws."
    ),
}


@dataclass
class Participant:
    """One entry, and what this reader may do about it."""

    entry: Entry
    is_filled: bool
    successor: Entry | None = None
    can_name: bool = False
    can_choose: bool = False
    can_release: bool = False
    can_withdraw: bool = False


@dataclass
class Group:
    """The entries under one office: those that share its places, or those of the offices below it."""

    office: Office | None
    is_whole: bool  # whether this reader sees all of it, and so can tell who is missing
    rows: list[Participant] = field(default_factory=list)
    holders: set[int] = field(default_factory=set)  # the offices that have the places
    places: int = 0

    @property
    def filled(self) -> int:
        return sum(row.is_filled for row in self.rows)

    @property
    def missing(self) -> int:
        return max(0, self.places - self.filled) if self.is_whole else 0


class Participants:
    """A round's entries as one reader sees them, in a fixed number of statements."""

    def __init__(self, round: Round, user: User) -> None:
        self.round, self.user = round, user
        self.acts = access.why_not_act_in(user, round) is None
        self.is_late = naming.is_late(user, round)
        self.names = naming.names_its_own(round)
        self.gone_on = set(round.entries.gone_on().values_list("pk", flat=True)) if self.acts else set()
        self.found: dict[int | None, Group] = {}
        entries = Entry.objects.visible_to(user).filter(round=round).with_round()
        entries = entries.select_related("office__parent__parent__parent")
        self.entries = list(entries.order_by("office__sort_key", "office__code", "pk"))
        for entry in self.entries:
            self._add(entry)
        for office in self._empty():
            self._group(office).holders.add(office.pk)
        for group in self.found.values():
            group.places = len(group.holders) * (round.places or 1)
            self._settle(group)
        self.groups = sorted(self.found.values(), key=lambda group: group.office.sort_key if group.office else "")

    def _add(self, entry: Entry) -> None:
        holder = entry.office.at(self.round.places_per) if self.round.places_per else entry.office
        if holder is None or holder.pk == entry.office_id:  # its own
            group, holder = self._group(entry.office.parent), entry.office
        else:
            group = self._group(holder)
        group.rows.append(self._participant(entry))
        if self.round.has_nominees or entry.state != Entry.State.WITHDRAWN:
            group.holders.add(holder.pk)

    def _group(self, office: Office | None) -> Group:
        is_part = self.user.office_id and office and not office.lies_in(self.user.office_id)
        shares = bool(office and office.kind == self.round.places_per)
        return self.found.setdefault(office.pk if office else None, Group(office, is_whole=not (is_part and shares)))

    def _participant(self, entry: Entry) -> Participant:
        takes_part = entry.state == Entry.State.TAKING_PART
        may_act = self.acts and entry.pk not in self.gone_on
        is_open = may_act and not self.is_late
        chooses = is_open and self._chooses(entry)
        return Participant(
            entry,
            is_filled=takes_part and not entry.awaits_nominee,
            can_name=is_open and self.names and takes_part,
            can_choose=chooses and entry.state == Entry.State.CANDIDATE,
            can_release=chooses and takes_part and bool(self.round.places),
            can_withdraw=may_act and self._may_go(entry),
        )

    def _chooses(self, entry: Entry) -> bool:
        return self.round.preceding_id is not None and naming.chooses(self.user, entry)

    def _may_go(self, entry: Entry) -> bool:
        if entry.awaits_nominee or entry.state == Entry.State.WITHDRAWN:
            return False
        return self.round.scheme.nominees is not None or self.round.is_run_by(self.user)

    def _settle(self, group: Group) -> None:
        """Nobody is chosen beyond the places; whoever withdrew is shown with the entry that took the office's place."""
        standing = {row.entry.office_id: row.entry for row in group.rows if row.is_filled}
        is_full = self.round.places is not None and group.filled >= group.places
        for row in group.rows:
            row.can_choose = row.can_choose and not is_full
            if row.entry.state == Entry.State.WITHDRAWN:
                row.successor = standing.get(row.entry.office_id)

    def _empty(self) -> Iterable[Office]:
        """Offices that have places here, but none of whose entries came on from the round before."""
        if not (self.round.preceding_id and self.round.places_per):
            return ()
        before = Entry.objects.visible_to(self.user).filter(round=self.round.preceding_id)
        before = before.select_related("office__parent__parent__parent")
        holders = {office.pk: office for entry in before if (office := entry.office.at(self.round.places_per))}
        return [office for pk, office in holders.items() if pk not in self.found]

    @property
    def filled(self) -> int:
        return sum(group.filled for group in self.groups if group.is_whole)

    @property
    def places(self) -> int:
        return sum(group.places for group in self.groups if group.is_whole)

    @property
    def missing(self) -> int:
        return sum(group.missing for group in self.groups)

    def shown(self, *, missing_only: bool) -> list[tuple[Group, list[Participant]]]:
        """Each group with its rows; or those in which somebody is missing, with whoever may yet fill the place."""
        if not missing_only:
            return [(group, group.rows) for group in self.groups]
        return [
            (group, [row for row in group.rows if not row.is_filled and row.entry.state != Entry.State.WITHDRAWN])
            for group in self.groups
            if group.missing
        ]
