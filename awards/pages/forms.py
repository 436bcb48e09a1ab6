"""What whoever publishes has to say: why, that they know what is open, and the committee's decisions on ties."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.models import MOST_REASON
from awards.preparation import Decision, Preparation


class PublishForm(forms.Form):
    """Asks for what a preparation needs. `reason` for a correction; an order and its reason for every tie."""

    seen = forms.CharField(widget=forms.HiddenInput)
    number = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("What this publication corrects, and why"),
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It is printed in the announcement."),
    )
    why = forms.CharField(
        label=gettext_lazy("Why now"),
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The second person, who confirms it, reads it."),
    )
    acknowledged = forms.BooleanField(label=gettext_lazy("I know what is still open, and publish nevertheless."))

    def __init__(
        self,
        prepared: Preparation,
        data=None,
        *,
        number: int,
        has_open_matters: bool,
        decided: Iterable[Mapping[str, Any]] = (),
        corrects: bool = False,
        proposes: bool = False,
    ) -> None:
        """`decided`: what the publication before says of ties. Where a tie is the same, its order is proposed again.
        `proposes`: a second person confirms it, and reads why."""
        super().__init__(data, initial={"seen": prepared.fingerprint, "number": number})
        before = {frozenset(decision["offices"]): decision for decision in decided}
        self.ties = [(tie, prepared.tied(tie)) for tie in prepared.ties]
        if not corrects:
            del self.fields["reason"]
        if not proposes:
            del self.fields["why"]
        if not has_open_matters:
            del self.fields["acknowledged"]
        for nth, (_tie, lines) in enumerate(self.ties):
            same = before.get(frozenset(line.code for line in lines), {"offices": (), "reason": ""})
            order = {code: str(place) for place, code in enumerate(same["offices"], 1)}
            places = [("", "–"), *((str(place), str(place)) for place in range(1, len(lines) + 1))]
            for line in lines:
                name = f"place-{nth}-{line.code}"
                first = order.get(line.code, "")
                self.fields[name] = forms.ChoiceField(choices=places, label=str(line.entry), initial=first)
            self.fields[f"reason-{nth}"] = forms.CharField(
                label=_("The committee's reason for this order"),
                initial=same["reason"],
                max_length=MOST_REASON,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("It is printed in the announcement."),
            )

    def fieldsets(self):
        """Each tie with its fields: the places, and the reason."""
        for number, (tie, lines) in enumerate(self.ties):
            places = [self[f"place-{number}-{line.code}"] for line in lines]
            yield {"tie": tie, "total": lines[0].score.total, "places": places, "reason": self[f"reason-{number}"]}

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        for number, (_tie, lines) in enumerate(self.ties):
            names = [f"place-{number}-{line.code}" for line in lines]
            places = [cleaned.get(name) for name in names]
            if all(places) and len(set(places)) < len(places):
                self.add_error(names[-1], _("Give each office a place of its own."))
        return cleaned

    def decisions(self) -> list[Decision]:
        decisions = []
        for number, (_tie, lines) in enumerate(self.ties):
            ordered = sorted(lines, key=lambda line: int(self.cleaned_data[f"place-{number}-{line.code}"]))
            reason = self.cleaned_data[f"reason-{number}"]
            decisions.append(Decision(tuple(line.code for line in ordered), reason))
        return decisions
