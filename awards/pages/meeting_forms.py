"""What is written down of a meeting: when, where and who was present; what was resolved on a matter, and why."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from submissions.fields import BuddhistDateField
from submissions.models import Entry, Meeting, Resolution
from submissions.models.meetings import MOST_MATTER, MOST_PLACE, MOST_RESOLVED
from submissions.templatetags.wording import entry_name

from .agenda import Matter

_ROLE = re.compile(r"\s+[-–]\s+|\s*,\s*")


class MeetingForm(forms.Form):
    """Who is present stands a line each: the name, a dash, and as what."""

    held_on = BuddhistDateField(label=gettext_lazy("Day"), required=False, help_text=BuddhistDateField.how)
    place = forms.CharField(label=gettext_lazy("Place"), required=False, max_length=MOST_PLACE)
    present = forms.CharField(
        label=gettext_lazy("Present"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One person a line: the name, a dash, and as what."),
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, meeting: Meeting | None = None, names: Sequence[str] = ()) -> None:
        """`names`: of the committee, proposed for a new meeting."""
        present = meeting.present if meeting else [{"name": name, "role": str(_("committee member"))} for name in names]
        initial: dict[str, Any] = {"present": "\n".join(" – ".join(filter(None, one.values())) for one in present)}
        if meeting:
            initial |= {"held_on": meeting.held_on, "place": meeting.place, "revision": meeting.revision}
        super().__init__(data, initial=initial)

    def values(self) -> dict[str, Any]:
        """What `intake` writes down."""
        day, lines = self.cleaned_data.get("held_on"), self.cleaned_data.get("present", "").splitlines()
        people = [_ROLE.split(line.strip(), maxsplit=1) for line in lines if line.strip()]
        return {
            "held_on": date.fromisoformat(day) if day else None,
            "place": self.cleaned_data.get("place", ""),
            "present": [{"name": one[0].strip(), "role": one[1].strip() if len(one) > 1 else ""} for one in people],
        }


class ResolutionForm(forms.Form):
    """What was resolved on one matter. Of a tie its order is; words may be added."""

    key = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("What was resolved"),
        required=False,
        max_length=MOST_RESOLVED,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=MOST_RESOLVED, widget=forms.Textarea(attrs={"rows": 2})
    )
    present = forms.MultipleChoiceField(
        label=gettext_lazy("Present for this matter"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, meeting: Meeting, matter: Matter, data=None) -> None:
        own = data if data is not None and data.get("key") == matter.key else None
        everybody = [str(number) for number in range(len(meeting.present))]
        super().__init__(own, initial={"key": matter.key, "present": everybody}, auto_id=f"{matter.key}-%s")
        self.meeting, self.matter = meeting, matter
        choices = [(number, person["name"]) for number, person in zip(everybody, meeting.present, strict=True)]
        self.fields["present"].choices = choices  # type: ignore[attr-defined]
        if matter.kind == "tie":
            self.fields["text"].label = _("To be added, if anything")
            places = [("", "–"), *((str(place), str(place)) for place in range(1, len(matter.entries) + 1))]
            for entry in matter.entries:
                self.fields[_place(entry)] = forms.ChoiceField(choices=places, label=entry_name(entry), required=False)

    @property
    def places(self):
        """Of a tie its entries' fields."""
        return [self[_place(entry)] for entry in self.matter.entries] if self.matter.kind == "tie" else []

    def clean(self):
        super().clean()
        if self.matter.kind == "tie":
            given = [self.cleaned_data.get(_place(entry)) for entry in self.matter.entries]
            if not all(given) or len(set(given)) < len(given):
                self.add_error(_place(self.matter.entries[-1]), _("Give each office a place of its own."))
        return self.cleaned_data

    def ordered(self) -> list[Entry]:
        """Whom it is about; of a tie best first."""
        if self.matter.kind != "tie":
            return list(self.matter.entries)
        return sorted(self.matter.entries, key=lambda entry: int(self.cleaned_data[_place(entry)]))

    def words(self) -> str:
        """What was resolved; of a tie the order first."""
        text: str = self.cleaned_data.get("text", "").strip()
        if self.matter.kind != "tie":
            return text
        order = " ".join(f"{place}. {entry_name(entry)}" for place, entry in enumerate(self.ordered(), 1))
        return f"{order}\n{text}".strip()

    def people(self) -> list[dict[str, str]]:
        """Who was present for this matter."""
        return [self.meeting.present[int(number)] for number in self.cleaned_data.get("present", ())]


def _place(entry: Entry) -> str:
    return f"place-{entry.pk}"


class OtherForm(ResolutionForm):
    """What was resolved on a matter that stands on no list: what it is about, too."""

    def __init__(self, meeting: Meeting, names: dict[int, str], data=None) -> None:
        super().__init__(meeting, Matter(Resolution.Kind.OTHER, "", ()), data)
        entry = forms.ChoiceField(
            label=_("Entry"), choices=[("", "–"), *((str(pk), name) for pk, name in names.items())]
        )
        title = forms.CharField(label=_("Matter"), max_length=MOST_MATTER)
        self.fields = {"entry": entry, "title": title, **self.fields}
