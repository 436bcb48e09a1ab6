"""What people hand in by the pages, made clean for `intake`, which decides."""

from collections.abc import Container
from datetime import date
from typing import Any
from urllib.parse import quote, unquote

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from scoring import engine
from submissions import thai
from submissions.fields import CHANNEL_NAMES, field_for, show_reasons, whole
from submissions.files import recognise
from submissions.models import Entry, Value
from submissions.models.evidence import MOST_NAME_IN_MAP
from submissions.questions.earlier_amounts import Earlier
from submissions.questions.proofread import Slot, sentence_of, slot_field
from submissions.questions.slots import EvidenceSlot

from .amounts import Recorded, Sent, SentAmounts


class EvidenceForm(forms.Form):
    """One file or one link for a slot. Everything about its worth is asked of `intake`."""

    # A criterion may share a requirement with another: after saving, people return to the one they came from.
    criterion = forms.CharField(required=False)
    requirement = forms.CharField(required=False)
    period = forms.CharField(required=False)
    revision = forms.IntegerField(required=False)
    upload = forms.FileField(label=_("File"), required=False, allow_empty_file=True)
    url = forms.CharField(label=_("Link"), required=False)
    channels = forms.MultipleChoiceField(label=_("Channels on which it was published"), required=False)
    note = forms.CharField(label=_("Note to the committee (if any)"), required=False)
    fields: dict[str, Any]  # of their own kinds

    def __init__(self, slot: EvidenceSlot, criterion: str, data=None, files=None, *, replaces=None) -> None:
        initial = {
            "criterion": criterion,
            "requirement": slot.requirement.code,
            "period": slot.period_code,
            "revision": replaces.revision if replaces else "",
            "channels": replaces.channels if replaces else [],
            "note": replaces.note if replaces else "",
        }
        mark = f"{slot.anchor}-{replaces.pk}" if replaces else slot.anchor
        super().__init__(data, files, initial=initial, auto_id=f"{mark}-%s")
        if slot.requirement.channels:
            self.fields["channels"].choices = [
                (code, CHANNEL_NAMES[code]) for code in slot.requirement.allowed_channels
            ]
        else:
            del self.fields["channels"]

    def carried(self) -> list[tuple[str, str]]:
        """What the form sends along unseen."""
        return [(name, self[name].value() or "") for name in ("criterion", "requirement", "period", "revision")]

    def channel_choices(self) -> list[tuple[str, str, bool]]:
        named = self["channels"].value() or []
        return [(code, label, code in named) for code, label in self.fields["channels"].choices]

    def accept(self) -> str:
        return recognise.accepted_types()

    def refuse(self, reasons: dict[str, list[str]]) -> None:
        show_reasons(self, reasons)

    @property
    def lost_file(self) -> bool:
        """A file came, but is not kept: browsers do not fill it in again."""
        return bool(self.errors and self.files)

    def limits(self) -> str:
        kinds = ", ".join(kind.label for kind in recognise.KINDS)
        most, video = recognise.size_shown(settings.EVIDENCE_MAX_BYTES), recognise.size_shown(settings.VIDEO_MAX_BYTES)
        return _("%(kinds)s; %(most)s at most, a video %(video)s.") % {"kinds": kinds, "most": most, "video": video}


ROWS_TO_COME = 3  # empty rows under a map, each for one more name


class ValuesForm(forms.Form):
    """The values of one criterion: what this person may enter, each in its slot (code, period); the rest to read.

    A map has a slot for each of its names, and rows below in which a name is written beside its number.
    """

    criterion = forms.CharField(required=False, widget=forms.HiddenInput)
    fields: dict[str, Any]  # of their own kinds, which carry what the template shows beside them
    data: Any  # {} or a QueryDict

    def __init__(self, entry: Entry, criterion: engine.Criterion, *, by, at, data=None, why_closed="") -> None:
        super().__init__(data, initial={"criterion": criterion.code}, auto_id="value-%s")
        self.entry, self.scheme = entry, entry.round.scheme
        self.by, self.at, self.why_closed = by, at, why_closed
        values = [self.scheme.values[need.code] for need in criterion.inputs if need.kind == "value"]
        self.recorded = Recorded(entry, criterion, [value.code for value in values], engine.day_of(at))
        self.own = [value for value in values if not why_closed and (entry.round.is_run_by(by) or value.by == "office")]
        self.slots: dict[str, Slot] = {}
        self.rows: dict[str, engine.Value] = {}
        self.read_only = [(value, self._read_only(value)) for value in values if value not in self.own]
        for value in self.own:
            self._add_value(value)

    @property
    def present(self) -> dict[Slot, Value]:
        return self.recorded.values

    @property
    def reviewed(self) -> tuple[str, ...]:
        """The codes of those that wait, once an office entered them, until they are accepted."""
        return self.entry.round.reviewed_values

    @property
    def asks_review(self) -> bool:
        return any(value.code in self.reviewed for value in self.own)

    @property
    def has_unreviewed(self) -> bool:
        return any(value.code not in self.reviewed for value in self.own)

    @property
    def earlier_rounds(self) -> list[str]:
        """The rounds of the earlier amounts that are not told by their year."""
        found = [earlier.value.entry.round for earlier in self.recorded.earlier.values() if earlier.year is None]
        return list(dict.fromkeys(map(str, found)))

    def _read_only(self, value: engine.Value) -> list[tuple[Value, Earlier | None, str | None]]:
        """What there is of a value, each amount with that of the earlier round and with what looks unusual of it."""
        there = self.recorded
        slots = [slot for slot in there.values if slot[0] == value.code]
        return [(there.values[slot], there.earlier.get(slot), there.slips.get(slot)) for slot in slots]

    def _add_value(self, value: engine.Value) -> None:
        for period in self._names(value) if value.kind == "map" else value.periods or (None,):
            self._add_slot(value, period, is_open=self._is_open(period.due if period else value.until))
        if value.kind == "map" and self._is_open(value.until):
            self._add_rows(value)

    def _is_open(self, until: date) -> bool:
        return self.entry.round.is_run_by(self.by) or engine.day_of(self.at) <= until

    def _names(self, value: engine.Value) -> list[engine.Period]:
        """The names in a map: those that are there, and those that were when the page was shown."""
        sent = [unquote(name.partition(f"shown.{value.code}.")[2]) for name in self.data]
        names = sorted(self.recorded.periods(value.code) | set(filter(None, sent)))
        return [engine.Period(name, engine.Text(name, name), value.until) for name in names]

    def _add_rows(self, value: engine.Value) -> None:
        for number in range(1, ROWS_TO_COME + 1):
            name = f"new.{number}.{value.code}"
            self.fields[f"{name}.name"] = forms.CharField(label=_("Name"), required=False, max_length=MOST_NAME_IN_MAP)
            self.fields[name] = field_for(value)
            self.fields[name].label = _("Number")
            self._say_kept(name, f"{name}.name")
            self.rows[name] = value

    def _add_slot(self, value: engine.Value, period: engine.Period | None, *, is_open: bool) -> None:
        slot = (value.code, period.code if period else "")
        is_open = is_open or (slot in self.present and self.present[slot].standing == Value.Status.RETURNED)
        name = slot_field((slot[0], quote(slot[1], safe="")))
        self.slots[name] = slot
        self.fields[name] = self._field(value, period)
        self.fields[name].disabled = not is_open
        self._say_kept(name)
        self.fields[f"shown.{name}"] = forms.CharField(
            required=False, initial=self.recorded.shown(slot), widget=forms.HiddenInput, strip=False
        )
        if self.is_bound and slot in self.present:
            self._fill_in(name)

    def _field(self, value: engine.Value, period: engine.Period | None) -> Any:
        slot = (value.code, period.code if period else "")
        field: Any = field_for(value)
        language = thai.language()
        field.label = " ".join(part.title.to(language) for part in (value, period) if part)
        field.short_label = period.title.to(language) if period else ""
        field.initial = self.recorded.text(slot)
        field.earlier = self.recorded.earlier.get(slot)
        field.slip = self.recorded.slips.get(slot)
        return field

    def _fill_in(self, name: str) -> None:
        """Where the page that comes back had no such field, take what is there: the field was closed when the page
        was shown, or somebody else wrote this name meanwhile."""
        field, slot = self.fields[name], self.slots[name]
        text = field.prepare_value(self.recorded.text(slot))
        if name not in self.data:
            self.data = self.data.copy()
            self.data[name], self.data[f"shown.{name}"] = text, self.recorded.shown(slot)
        if not field.disabled and self.data[name] != text:
            field.slip = None  # it is said of what is there, and the field shows something else

    def _say_kept(self, *names: str) -> None:
        """What the portal has, for the page that leaves: what a bound form shows it has not."""
        for name in names if self.is_bound else ():
            field = self.fields[name]
            field.widget.attrs["data-kept"] = field.prepare_value(field.initial or "")

    def groups(self):
        """Each value with its fields, for the page, and with its rows for names to come."""
        for value in self.own:
            names = [name for name, slot in self.slots.items() if slot[0] == value.code and name not in self.rows]
            fields = [(self[name], self[f"shown.{name}"], self.present.get(self.slots[name])) for name in names]
            rows = [(self[f"{row}.name"], self[row]) for row, row_value in self.rows.items() if row_value is value]
            yield value, fields, rows

    def _take_rows(self) -> None:
        """Give what was written in the rows for names to come a slot each."""
        for row, value in self.rows.items():
            name = " ".join((self.cleaned_data.get(f"{row}.name") or "").split())
            if name and (value.code, name) in self.slots.values():
                self.add_error(f"{row}.name", _("This name is there already."))
            elif name and self.cleaned_data.get(row):
                self.slots[row] = (value.code, name)
            elif name or self.cleaned_data.get(row):
                self.add_error(row if name else f"{row}.name", _("Write both the name and its number."))

    def clean(self) -> None:
        """Read every amount as intake will, so that all faults are shown at once. What nobody wrote here is none."""
        for name in self.slots.keys() & self.errors.keys():
            if self.fields[name].disabled or self._is_untouched(name):
                del self.errors[name]
        self._take_rows()
        for name, text in self._texts().items():
            if text and not self._is_untouched(name):
                self._clean_amount(name, text)

    def _clean_amount(self, name: str, text: str) -> None:
        code, period = self.slots[name]
        try:
            self.cleaned_data[name] = engine.canonical(engine.check_value(self.scheme, code, period or None, text))
        except engine.BadFacts as bad:
            for fault in bad.faults:
                self.add_error(name, sentence_of(fault))

    def _is_untouched(self, name: str) -> bool:
        """Whether the field comes back with the text that the amount had, be it one that is not understood here."""
        text = self._shown(name)[1]
        return bool(text) and self.data.get(name) == text

    def _shown(self, name: str) -> tuple[int, str]:
        """The revision and the text of the amount when the page was shown; (0, ""): nothing was there."""
        revision, _space, text = self.cleaned_data.get(f"shown.{name}", "").partition(" ")
        return whole(revision) or 0, text

    def _texts(self) -> dict[str, str]:
        open_fields = [name for name in self.slots if name in self.data and not self.fields[name].disabled]
        return {name: self.cleaned_data[name] for name in open_fields if name in self.cleaned_data}

    def sent(self) -> SentAmounts:
        """What the page says of each of its amounts, once it is clean."""
        texts, sent = self._texts(), {}
        for name, slot in self.slots.items():
            sent[slot] = Sent(texts.get(name), *self._shown(name))
        return SentAmounts(self.entry, self.by, self.recorded, sent)

    def caught_up(self, now: Recorded) -> dict:
        """What was typed, on top of what is there `now`: sending it again is a decision, made knowingly."""
        data, changed = self.data.dict(), self.sent().changed()
        for name in self.slots.keys() - self.rows.keys():
            slot = self.slots[name]
            data[f"shown.{name}"] = now.shown(slot)
            if changed.get(slot, now.text(slot)) == now.text(slot):
                data[name] = self.fields[name].prepare_value(now.text(slot))
        return data

    def mark(self, contested: Container[Slot]) -> None:
        """Say beside these amounts what somebody else made of them."""
        for name, slot in self.slots.items():
            self.fields[name].is_contested = slot in contested

    def refuse(self, reasons: dict[str, list[str]]) -> None:
        show_reasons(self, reasons)
