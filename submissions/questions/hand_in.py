"""What somebody hands in, beside its content: for what, how, in whose place. Every door fills in the same."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from submissions.models import Entry, Evidence, User
from submissions.models.evidence import MOST_NOTE

from . import access
from .proofread import Refused, check_channels, check_slot


@dataclass(frozen=True, slots=True)
class HandIn:
    """For a requirement and its period; `replaces` names evidence of the same slot that it stands in for, as it was
    at `revision`.
    """

    requirement: str
    period: str = ""
    channels: Collection[str] = ()
    note: str = ""
    replaces: Evidence | None = None
    revision: int | None = None

    @property
    def sorted_channels(self) -> list[str]:
        """As evidence keeps them: each once."""
        return sorted(set(self.channels))

    def check(self, entry: Entry, by: User, refused: Refused) -> None:
        """Add every reason why this person may not hand this in for this entry."""
        if slot := check_slot(entry, by, self.requirement, self.period, refused):
            check_channels(slot, self.sorted_channels, refused)
        if self.replaces and not self._is_for(self.replaces, entry):
            refused.add("", _("Only evidence for the same item and period is replaced."))
        elif self.replaces:
            refused.add("", access.why_not_replace(by, self.replaces))
        if len(self.note) > MOST_NOTE:
            refused.add("note", _("The note is longer than 2,000 characters."))

    def _is_for(self, evidence: Evidence, entry: Entry) -> bool:
        there = evidence.entry_id, evidence.requirement, evidence.period
        return there == (entry.pk, self.requirement, self.period)
