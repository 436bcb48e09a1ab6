"""What people hand in by the pages, made clean for `intake`, which decides."""

from functools import cached_property
from urllib.parse import quote, unquote

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from scoring import engine
from submissions import thai
from submissions.fields import CHANNEL_NAMES, field_for, show_reasons, whole
from submissions.files import recognise
from submissions.models import Entry
from submissions.models.evidence import MOST_NAME_IN_MAP
from submissions.questions.earlier_amounts import earlier_amounts
from submissions.questions.proofread import Slot, slot_field
from submissions.questions.slots import EvidenceSlot
from submissions.questions.unusual_amounts import slips


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

    def __init__(self, entry: Entry, criterion: engine.Criterion, *, by, at, data=None, why_closed="") -> None:
        super().__init__(data, initial={"criterion": criterion.code}, auto_id="value-%s")
        scheme, self.why_closed, self.by = entry.round.scheme, why_closed, by
        self.entry = entry
        self.scheme, self.at = scheme, at
        values = [scheme.values[one.code] for one in criterion.inputs if one.kind == "value"]
        codes = [value.code for value in values]
        self.present = {(v.code, v.period): v for v in entry.values.filter(code__in=codes).select_related("entered_by")}
        self.earlier = earlier_amounts(entry, codes)
        texts = {slot: value.text for slot, value in self.present.items()}
        found = slips(scheme, criterion, texts, self.earlier, engine.day_of(at))
        for slot, value in self.present.items():
            value.slip, value.earlier = found.get(slot), self.earlier.get(slot)
        self.slots: dict[str, Slot] = {}
        self.own = [value for value in values if not why_closed and (by.is_central or value.by == "office")]
        self.read_only = [
            (value, [found for slot, found in self.present.items() if slot[0] == value.code])
            for value in values
            if value not in self.own
        ]
        self.rows: dict[str, engine.Value] = {}
        for value in self.own:
            for period in self._names(value) if value.kind == "map" else value.periods or (None,):
                until = period.due if period else value.until
                self._add_slot(value, period, is_open=by.is_central or engine.day_of(at) <= until)
            if value.kind == "map" and (by.is_central or engine.day_of(at) <= value.until):
                self._add_rows(value)

    def _names(self, value: engine.Value) -> list[engine.Period]:
        """The names in a map: those that are there, and those that were when the page was shown."""
        sent = [unquote(name.partition(f"shown.{value.code}.")[2]) for name in self.data]
        names = sorted({slot[1] for slot in self.present if slot[0] == value.code} | set(filter(None, sent)))
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
        name = slot_field((slot[0], quote(slot[1], safe="")))
        current = self.present.get(slot)
        field = field_for(value)
        language = thai.language()
        field.label = " ".join(part.title.to(language) for part in (value, period) if part)
        field.short_label = period.title.to(language) if period else ""
        field.initial = current.text if current else ""
        field.disabled = not is_open
        field.earlier = self.earlier.get(slot)
        self.fields[name] = field
        self._say_kept(name)
        shown = f"{current.revision} {current.text}" if current else ""
        self.fields[f"shown.{name}"] = forms.CharField(
            required=False, initial=shown, widget=forms.HiddenInput, strip=False
        )
        self.slots[name] = slot
        if self.is_bound and current and name not in self.data:
            # It was no field of the page that comes back: closed then, or a name that somebody else wrote meanwhile.
            self.data = self.data.copy()
            self.data[name], self.data[f"shown.{name}"] = field.prepare_value(current.text), shown
        if self.is_bound and current and is_open and self.data[name] != field.prepare_value(current.text):
            current.slip = None  # it is said of what is there, and the field shows something else

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
            yield value, fields, [(self[f"{n}.name"], self[n]) for n, of in self.rows.items() if of is value]

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
            code, period = self.slots[name]
            if not text or self._is_untouched(name):
                continue
            try:
                self.cleaned_data[name] = engine.canonical(engine.check_value(self.scheme, code, period or None, text))
            except engine.BadFacts as bad:
                for fault in bad.faults:
                    self.add_error(name, fault.en if thai.language() == "en" else fault.th)

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

    def amounts(self) -> dict[Slot, str]:
        """What was changed on the page and differs from what is there. What nobody changed is a colleague's to change;
        one's own change may have been saved unheard, and then what stands on the page takes it back."""
        differing = {name: text for name, text in self._texts().items() if text != self._now(self.slots[name])[1]}
        left = {name for name, text in differing.items() if text == self._shown(name)[1] and not self._is_own(name)}
        return {self.slots[name]: text for name, text in differing.items() if name not in left}

    def _now(self, slot: Slot) -> tuple[int, str]:
        value = self.present.get(slot)
        return (value.revision, value.text) if value else (0, "")

    def _is_own(self, name: str) -> bool:
        """Whether this person entered the amount that is there, or took back the one that was."""
        value = self.present.get(self.slots[name])
        return self.by.pk == (value.entered_by_id if value else self._taken_back_by.get(self.slots[name]))

    @cached_property
    def _taken_back_by(self) -> dict[Slot, int | None]:
        deeds = self.entry.events.filter(verb="value.entered", data__after="").order_by("sequence")
        return {(data["code"], data["period"]): actor for data, actor in deeds.values_list("data", "actor_id")}

    def revisions(self) -> dict[Slot, int]:
        """What each amount was when the page was shown; 0: nothing was there."""
        return {slot: self._shown(name)[0] for name, slot in self.slots.items()}

    def caught_up(self, now: "ValuesForm") -> dict:
        """What was typed, on top of what is there `now`: sending it again is a decision, made knowingly."""
        data, given = self.data.dict(), self.amounts()
        for name in self.slots.keys() - self.rows.keys():
            text = now._now(self.slots[name])[1]
            data[f"shown.{name}"] = now.fields[f"shown.{name}"].initial if f"shown.{name}" in now.fields else ""
            if given.get(self.slots[name], text) == text:
                data[name] = self.fields[name].prepare_value(text)
        return data

    def contest(self, before: "ValuesForm") -> set[Slot]:
        """Mark what was changed on the page, and by somebody else since it was shown, and say what that is."""
        shown, given = before.revisions(), before.amounts()
        slots = {slot for slot, text in given.items() if shown[slot] != (now := self._now(slot))[0] and text != now[1]}
        for name, slot in self.slots.items():
            self.fields[name].is_contested = slot in slots
        return slots

    def refuse(self, reasons: dict[str, list[str]]) -> None:
        show_reasons(self, reasons)
