"""What whoever publishes has to say: why, that they know what is open, and the committee's decisions on ties."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.models import MOST_REASON
from awards.publishing.preparation import Decision, Preparation

OF_TIES = re.compile(r"(place-\d+-.*|reason-\d+)")
PLACE = re.compile(r"place-(\d{1,4})-([A-Za-z0-9-]{1,20})")


@dataclass(frozen=True)
class Tied:
    """Offices that share a rank across an award's boundary, by their codes: what each is called."""

    names: Mapping[str, str]
    rank: int | None = None
    total: Decimal | None = None

    @classmethod
    def of(cls, prepared: Preparation) -> list[Self]:
        found = []
        for tie in prepared.ties:
            lines = prepared.tied(tie)
            found.append(cls({line.code: str(line.entry) for line in lines}, tie.rank, lines[0].score.total))
        return found

    @classmethod
    def typed(cls, data: Mapping[str, Any]) -> list[Self]:
        """Those that were on the page that was sent: whether they still are, whoever publishes sees."""
        groups: dict[int, dict[str, str]] = {}
        for name in data:
            if match := PLACE.fullmatch(name):
                groups.setdefault(int(match[1]), {})[match[2]] = match[2]
        return [cls(groups[nth]) for nth in sorted(groups)]


def carried_over(typed: Mapping[str, Any], ties: Iterable[Tied]) -> dict[str, Any]:
    """What was typed, for the ties that there are now: of those that are the same."""
    before = {frozenset(tie.names): nth for nth, tie in enumerate(Tied.typed(typed))}
    kept = {name: typed[name] for name in typed if not OF_TIES.fullmatch(name)}
    for nth, tie in enumerate(ties):
        if (was := before.get(frozenset(tie.names))) is not None:
            names = {f"place-{was}-{code}": f"place-{nth}-{code}" for code in tie.names}
            names[f"reason-{was}"] = f"reason-{nth}"
            kept |= {now: typed[then] for then, now in names.items() if then in typed}
    return kept


class PublishForm(forms.Form):
    """Asks for what is to be said: `reason` for a correction, `why` for whoever confirms; an order and its reason for
    every tie. `acknowledged` where something is open."""

    seen = forms.CharField(widget=forms.HiddenInput)
    number = forms.IntegerField(widget=forms.HiddenInput)
    is_open = forms.BooleanField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=gettext_lazy("What this publication corrects, and why"),
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It is printed in the announcement, and everybody can read it: name no person."),
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
        ties: Iterable[Tied],
        data: Mapping[str, Any] | None = None,
        *,
        first: Mapping[str, Any] | None = None,
        decided: Iterable[Mapping[str, Any]] = (),
        is_open: bool = False,
        corrects: bool = False,
        proposes: bool = False,
    ) -> None:
        """`first`: what stands in it at first. `decided`: what was decided of ties before; where a tie is the same, its
        order is proposed again. `proposes`: a second person confirms it, and reads why."""
        super().__init__(data, initial={**(first or {}), "is_open": is_open})
        self.ties = list(ties)
        unasked = {"reason": not corrects, "why": not proposes, "acknowledged": not is_open}
        for name in (name for name, is_unasked in unasked.items() if is_unasked):
            del self.fields[name]
        before = {frozenset(decision["offices"]): decision for decision in decided}
        for nth, tie in enumerate(self.ties):
            self._ask(nth, tie, before.get(frozenset(tie.names), {"offices": (), "reason": ""}))

    def _ask(self, nth: int, tie: Tied, same: Mapping[str, Any]) -> None:
        order = {code: str(place) for place, code in enumerate(same["offices"], 1)}
        places = [("", "–"), *((str(place), str(place)) for place in range(1, len(tie.names) + 1))]
        for code, name in tie.names.items():
            first = order.get(code, "")
            self.fields[f"place-{nth}-{code}"] = forms.ChoiceField(choices=places, label=name, initial=first)
        self.fields[f"reason-{nth}"] = forms.CharField(
            label=_("The committee's reason for this order"),
            initial=same["reason"],
            max_length=MOST_REASON,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_("It is printed in the announcement, and everybody can read it: name no person."),
        )

    def fieldsets(self) -> Iterator[dict[str, Any]]:
        """Each tie with its fields: the places, and the reason."""
        for nth, tie in enumerate(self.ties):
            places = [self[f"place-{nth}-{code}"] for code in tie.names]
            yield {"tie": tie, "total": tie.total, "places": places, "reason": self[f"reason-{nth}"]}

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        for nth, tie in enumerate(self.ties):
            names = [f"place-{nth}-{code}" for code in tie.names]
            places = [cleaned.get(name) for name in names]
            if all(places) and len(set(places)) < len(places):
                self.add_error(names[-1], _("Give each office a place of its own."))
        return cleaned

    def decisions(self) -> list[Decision]:
        said = self.cleaned_data
        return [
            Decision(tuple(sorted(tie.names, key=lambda code: int(said[f"place-{nth}-{code}"]))), said[f"reason-{nth}"])
            for nth, tie in enumerate(self.ties)
        ]
