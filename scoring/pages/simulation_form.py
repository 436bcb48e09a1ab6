"""What is assumed of a criterion: each piece of evidence, each slot, each amount that might still come."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django import forms
from django.utils.translation import gettext_lazy as _

from scoring import engine
from scoring.simulation import Assumptions
from submissions import thai
from submissions.fields import YesNoField, field_for
from submissions.models import Evidence, Value
from submissions.questions.proofread import Slot, slot_field
from submissions.questions.slots import EvidenceSlot

NEW_NAMES = ("+1", "+2", "+3")  # for what a map does not name yet


class SimulationForm(forms.Form):
    """Sent by GET, so that it may be kept as a bookmark: what the page no longer offers is left out without a fault.

    Each number begins as the one that is there now. One that was left so is not assumed, and follows what is there.
    """

    def __init__(
        self,
        scheme: engine.Scheme,
        slots: Iterable[EvidenceSlot],
        values: Iterable[engine.Value],
        present: Mapping[Slot, Value],
        *,
        at: datetime,
        is_run: bool,
        data=None,
    ) -> None:
        """`is_run`: whoever asks runs the round, and may enter amounts after their day."""
        self.data: Any  # {} or a QueryDict
        self.scheme, self.slots, self.present = scheme, list(slots), present
        self.values: dict[str, tuple[engine.Value, Slot]] = {}
        self.was: dict[str, tuple[str, str]] = {}  # of what is there now: under which name it is sent, and its text
        open_values = [(value, slot) for value in values for slot in _open(value, present, at, is_run)]
        names = {_name(slot) for _value, slot in open_values}
        is_asked = data is not None and bool({"accepted", "handed_in", *names} & set(data))
        super().__init__(data.copy() if data is not None and is_asked else None, auto_id="suppose-%s")
        for value, slot in open_values:
            self._add(value, slot)

    def _add(self, value: engine.Value, slot: Slot) -> None:
        name = _name(slot)
        period = next(
            (declared.title.to(thai.language()) for declared in value.periods if declared.code == slot[1]), slot[1]
        )
        field: Any = field_for(value)
        if isinstance(field, YesNoField):
            answers: Any = field.choices
            field = forms.ChoiceField(choices=[("", _("As it is")), *answers[:2]], required=False)
        field.help_text = ""
        field.short_label = _("A new one") if period in NEW_NAMES else period
        field.label = " ".join(filter(None, (value.title.to(thai.language()), period)))
        self.fields[name] = field
        self.values[name] = (value, slot)
        if value.kind != "boolean":
            self._begin(name, field, self.present[slot].text if slot in self.present else "")

    def _begin(self, name: str, field: Any, text: str) -> None:
        """As it is now, which is remembered beside it (`was`)."""
        field.initial = text
        was, present = f"was.{name}", field.prepare_value(text)
        self.was[name] = (was, present)
        if self.is_bound and self.data.get(name, "") == self.data.get(was):
            self.data[name] = present

    # For the page ---------------------------------------------------------------------------------------------------

    def pieces(self) -> list[tuple[EvidenceSlot, Evidence, bool]]:
        """What might be accepted, and whether that is assumed."""
        chosen = self._chosen("accepted")
        return [
            (slot, evidence, str(evidence.pk) in chosen)
            for slot in self.slots
            for evidence, replacement in slot.papers
            if evidence.status in (Evidence.Status.SUBMITTED, Evidence.Status.RETURNED) and replacement is None
        ]

    def hand_ins(self) -> list[tuple[EvidenceSlot, str, bool]]:
        """Where something might be handed in, under which name, and whether that is assumed."""
        chosen = self._chosen("handed_in")
        lacking = [slot for slot in self.slots if _lacks(slot)]
        names = [f"{slot.requirement.code}@{slot.period_code}".removesuffix("@") for slot in lacking]
        return [(slot, name, name in chosen) for slot, name in zip(lacking, names, strict=True)]

    def amounts(self):
        """Each value with its fields, and what is there now."""
        for value in {value.code: value for value, _slot in self.values.values()}.values():
            own = [(name, slot) for name, (of, slot) in self.values.items() if of is value]
            yield value, [(self[name], self.present.get(slot)) for name, slot in own]

    @property
    def is_empty(self) -> bool:
        """Nothing can be assumed here."""
        return not (self.values or self.pieces() or self.hand_ins())

    def _chosen(self, name: str) -> set[str]:
        return set(self.data.getlist(name)) if self.is_bound else set()

    # What was assumed -----------------------------------------------------------------------------------------------

    def clean(self) -> None:
        self.entered: dict[Slot, engine.Given] = {}
        for name, (value, slot) in self.values.items():
            is_as_it_is = name in self.was and self.data.get(name) == self.was[name][1]
            if is_as_it_is or not (text := self.cleaned_data.get(name)):
                continue
            try:
                self.entered[slot] = engine.check_value(self.scheme, value.code, slot[1] or None, text)
            except engine.BadFacts as bad:
                for fault in bad.faults:
                    self.add_error(name, fault.en if thai.language() == "en" else fault.th)

    def assumptions(self) -> Assumptions:
        return Assumptions(
            accepted=frozenset(evidence.pk for _slot, evidence, is_chosen in self.pieces() if is_chosen),
            handed_in=frozenset(slot.key for slot, _name, is_chosen in self.hand_ins() if is_chosen),
            values=self.entered,
        )


def _name(slot: Slot) -> str:
    """The name of a field. The amount itself is entered on the same page, in a field of another name."""
    return "value." + slot_field((slot[0], quote(slot[1], safe="")))


def _lacks(slot: EvidenceSlot) -> bool:
    """Nothing lies there, or it does not name as many channels as are asked for. What was returned is sent again."""
    if slot.state in ("accepted", "submitted"):
        return len(slot.channels) < slot.requirement.channels
    return slot.state != "returned"


def _open(value: engine.Value, present: Mapping[Slot, Value], at: datetime, is_run: bool) -> list[Slot]:
    """The slots of a value in which an amount may still be entered, by this person or by those who run the round."""
    today, is_unbound = engine.day_of(at), is_run or value.by == "central"
    if value.periods:
        return [(value.code, period.code) for period in value.periods if is_unbound or today <= period.due]
    if not (is_unbound or today <= value.until):
        return []
    if value.kind != "map":
        return [(value.code, "")]
    return [*(slot for slot in present if slot[0] == value.code), *((value.code, name) for name in NEW_NAMES)]
