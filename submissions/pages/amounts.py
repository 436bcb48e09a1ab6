"""The amounts of a criterion as the portal has them, and what a page that is sent back changes of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from scoring import engine
from submissions.models import Entry, User
from submissions.questions.earlier_amounts import earlier_amounts
from submissions.questions.proofread import Slot
from submissions.questions.unusual_amounts import slips


class Recorded:
    """What the portal has now: each value by its slot, the amount of the earlier round, and what looks unusual."""

    def __init__(self, entry: Entry, criterion: engine.Criterion, codes: Collection[str], today: date) -> None:
        rows = entry.values.filter(code__in=codes).select_related("entered_by")
        self.values = {(value.code, value.period): value for value in rows}
        self.earlier = earlier_amounts(entry, codes)
        texts = {slot: value.text for slot, value in self.values.items()}
        self.slips = slips(entry.round.scheme, criterion, texts, self.earlier, today)

    def revision(self, slot: Slot) -> int:
        return self.values[slot].revision if slot in self.values else 0

    def text(self, slot: Slot) -> str:
        return self.values[slot].text if slot in self.values else ""

    def shown(self, slot: Slot) -> str:
        """What a page carries unseen, to tell later what stood in the field when it was shown; "": nothing."""
        return f"{self.revision(slot)} {self.text(slot)}" if slot in self.values else ""

    def periods(self, code: str) -> set[str]:
        return {slot[1] for slot in self.values if slot[0] == code}


@dataclass(frozen=True)
class Sent:
    """One amount of a page that is sent back: what stands in it now, and what it was when the page was shown."""

    text: str | None  # None: its field was closed, is missing, or can't be read
    shown_revision: int
    shown_text: str


@dataclass(frozen=True)
class SentAmounts:
    """All amounts of a page that is sent back, beside what is `recorded` at that moment."""

    entry: Entry
    by: User
    recorded: Recorded
    sent: Mapping[Slot, Sent]

    def changed(self) -> dict[Slot, str]:
        """What was changed on the page and differs from what is there. What nobody changed is a colleague's to change;
        one's own change may have been saved unheard, and then what stands on the page takes it back."""
        return {
            slot: amount.text
            for slot, amount in self.sent.items()
            if amount.text is not None
            and amount.text != self.recorded.text(slot)
            and (amount.text != amount.shown_text or self._is_own(slot))
        }

    def revisions(self) -> dict[Slot, int]:
        """What each amount was when the page was shown; 0: nothing was there."""
        return {slot: amount.shown_revision for slot, amount in self.sent.items()}

    def contested(self, now: Recorded) -> set[Slot]:
        """What was changed on the page, and otherwise by somebody else since it was shown."""
        return {
            slot
            for slot, text in self.changed().items()
            if self.sent[slot].shown_revision != now.revision(slot) and text != now.text(slot)
        }

    def _is_own(self, slot: Slot) -> bool:
        """Whether this person entered the amount that is there, or took back the one that was."""
        value = self.recorded.values.get(slot)
        return self.by.pk == (value.entered_by_id if value else self._taken_back_by.get(slot))

    @cached_property
    def _taken_back_by(self) -> dict[Slot, int | None]:
        deeds = self.entry.events.filter(verb="value.entered", data__after="").order_by("sequence")
        return {(data["code"], data["period"]): actor for data, actor in deeds.values_list("data", "actor_id")}
