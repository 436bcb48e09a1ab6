"""The scoring sheet as a form, and what a judge should find beside it."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from submissions.fields import NumberField
from submissions.models import Entry, Evidence, PracticeSheet, Sheet
from submissions.models.judging import MOST_ITEM_NOTE, MOST_REMARK

from .roles import in_words

HANDED_IN = ("accepted", "submitted")
NOTE = "note-"  # before an item's code, in the name of the field of what is said beside its points


def judged_criteria(scheme) -> list:
    return [criterion for criterion in scheme.criteria.values() if any(i.kind == "item" for i in criterion.inputs)]


def shown_requirements(scheme) -> list[str]:
    """What judges find beside the items: what the judged criteria read, and what they also ask."""
    return list(
        dict.fromkeys(
            i.code for criterion in judged_criteria(scheme) for i in criterion.inputs if i.kind == "requirement"
        )
    )


def needed_requirements(scheme) -> list[str]:
    """What an entry must have handed in before its judged criteria count."""
    read = (i for criterion in judged_criteria(scheme) for i in criterion.rule.inputs())
    return list(dict.fromkeys(i.code for i in read if i.kind == "requirement"))


def missing_parts(entry: Entry, slots) -> list:
    """The titles of what judges should find, and the entry lacks: nothing handed in, or a part said not to be there.

    It earns nothing by itself; the judges weigh it.
    """
    scheme = entry.round.scheme
    wanted = dict.fromkeys(
        part for criterion in judged_criteria(scheme) for part in criterion.inputs if part.code in criterion.also_asked
    )
    there = {slot.requirement.code for slot in slots if any(e.status in HANDED_IN for e in slot.evidence)}
    there |= _collected_before(entry)
    there |= set(entry.values.exclude(text="false").values_list("code", flat=True))
    declared: dict[str, Mapping[str, Any]]
    declared = {"requirement": scheme.requirements, "value": scheme.values}
    return [declared[part.kind][part.code].title for part in wanted if part.code not in there]


def _collected_before(entry: Entry) -> set[str]:
    """The requirements for which an earlier stage collected evidence. No statement where none collects."""
    if entry.preceding_id is None or not any(stage.collects for stage in entry.round.scheme.stages):
        return set()
    earlier = Q(entry__following=entry) | Q(entry__following__following=entry)
    return set(Evidence.objects.filter(earlier, status__in=HANDED_IN).values_list("requirement", flat=True))


class SheetForm(forms.Form):
    """Points for every item, checked by `intake`. Field names are the items' codes. A practice sheet has no notes."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, entry: Entry, sheet: Sheet | PracticeSheet | None, data=None, *, is_practice: bool = False
    ) -> None:
        points = sheet.points if sheet else {}
        notes = {NOTE + code: text for code, text in sheet.notes.items()} if isinstance(sheet, Sheet) else {}
        initial = {"revision": sheet.revision if sheet else 0, "remark": sheet.remark if sheet else ""}
        initial |= points | notes
        super().__init__(data, initial=initial)
        self.scheme = entry.round.scheme
        for code, item in self.scheme.items.items():
            self.fields[code] = NumberField(required=False, label=in_words(item.title))
            if is_practice:
                continue
            self.fields[NOTE + code] = forms.CharField(
                required=False,
                label=_("Note: %(item)s") % {"item": in_words(item.title)},
                widget=forms.Textarea(attrs={"rows": 2, "maxlength": MOST_ITEM_NOTE}),
            )
        self.fields["remark"] = forms.CharField(
            required=False, label=_("Remark"), widget=forms.Textarea(attrs={"rows": 3, "maxlength": MOST_REMARK})
        )
        self.fields["confirmed"] = forms.BooleanField(required=False, label=_("I have finished; the sheet is final."))

    def keep_all_but(self, items: Collection[str]) -> None:
        """The points of the others are shown, and stay as they are."""
        for code in set(self.scheme.items) - set(items):
            self.fields[code].widget.attrs["readonly"] = True

    def groups(self) -> list[tuple]:
        """Each judged criterion with its items, and for each the field of its points and that of its note, if any."""
        return [
            (criterion, [self._item(i.code) for i in criterion.inputs if i.kind == "item"])
            for criterion in judged_criteria(self.scheme)
        ]

    def _item(self, code: str) -> tuple:
        return self.scheme.items[code], self[code], self[NOTE + code] if NOTE + code in self.fields else None

    def points(self) -> dict[str, str]:
        return {code: self.cleaned_data.get(code, "") for code in self.scheme.items}

    def notes(self) -> dict[str, str]:
        return {code: self.cleaned_data.get(NOTE + code, "") for code in self.scheme.items}
