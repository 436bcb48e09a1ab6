"""The page on which those who run a round make the next from a publication: the form, who takes part, then the deed."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from awards.afterwards.stages import Plan, open_following, planned, prepare, replaced_by, rounds_opened
from awards.models import Publication
from submissions.fields import BuddhistDateField, show_reasons
from submissions.models import Edition, Entry, Office, Round, User
from submissions.models.places import MOST_NAME
from submissions.questions import access
from submissions.questions.committee import coverage, judges_for, seat_for
from submissions.questions.editions import namer
from submissions.questions.participants import QUOTA
from submissions.questions.proofread import Refused

ENTRANTS = [
    ("all", gettext_lazy("all that were announced")),
    ("best", gettext_lazy("the best of each, by points")),
    ("chosen", gettext_lazy("those whom offices choose among the announced")),
]


class Judges(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple
    reader: User

    def label_from_instance(self, judge) -> str:
        return seat_for(self.reader, judge)


class FollowingForm(forms.Form):
    """What a `stages.Plan` needs, filled in by the scheme's next stage where there is one."""

    name_th = forms.CharField(label=gettext_lazy("Name in Thai"), required=False)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), required=False, max_length=MOST_NAME)
    edition = forms.ModelChoiceField(
        Edition.objects.none(), label=gettext_lazy("Edition of the scheme"), empty_label=None
    )
    entrants = forms.ChoiceField(label=gettext_lazy("Who takes part"), choices=ENTRANTS)
    per = forms.ChoiceField(
        label=gettext_lazy("Places for each"),
        choices=[("", gettext_lazy("the whole round")), *Office.Kind.choices],
        required=False,
        help_text=QUOTA["places_per"],
    )
    places = forms.IntegerField(
        label=gettext_lazy("Places"), required=False, min_value=1, max_value=9999, help_text=QUOTA["places"]
    )
    named_by = BuddhistDateField(
        label=gettext_lazy("To be chosen by the end of"),
        required=False,
        help_text=gettext_lazy("Such as 31/12/2566. Afterwards only those who run the round choose."),
    )
    ranking = forms.ChoiceField(
        label=gettext_lazy("Ranking"),
        choices=[("", gettext_lazy("as the scheme says")), *Round.Ranking.choices],
        required=False,
    )
    judges = Judges(
        User.objects.none(),
        label=gettext_lazy("Committee"),
        required=False,
        help_text=gettext_lazy("Whoever has an office judges only what lies in it."),
    )

    def __init__(self, publication: Publication, user, data=None) -> None:
        self.publication, self.user, self.stage = publication, user, publication.round.next_stage
        super().__init__(data, initial=self._proposed())
        fields: Any = self.fields
        fields["edition"].queryset = editions = Edition.objects.in_order_for(user)
        fields["edition"].label_from_instance = namer(editions)
        fields["judges"].reader, fields["judges"].queryset = user, judges_for(user, Round())

    def _proposed(self) -> dict:
        round, stage = self.publication.round, self.stage
        same = {"edition": round.edition_id, "entrants": "all"}
        if stage is None:
            return same
        scheme = round.scheme
        return same | {
            "name_th": f"{stage.title.th} {scheme.title.th}",
            "name_en": f"{stage.title.en}, {scheme.title.en}" if stage.title.en and scheme.title.en else "",
            "entrants": stage.entrants,
            "per": stage.per,
            "places": stage.places,
            "named_by": stage.due,
            "ranking": stage.ranking,
        }

    def clean(self) -> dict:
        """Ask `prepare` as well, so that all faults are shown at once."""
        super().clean()
        cleaned = self.cleaned_data
        if "edition" not in cleaned or "entrants" not in cleaned:
            return cleaned
        self.plan = self._plan(cleaned)
        try:
            self.entries = prepare(self.publication, self.plan, by=self.user)
        except Refused as refused:
            if "places" in self.errors:
                refused.reasons.pop("places", None)
            show_reasons(self, refused.reasons)
        return cleaned

    def _plan(self, cleaned: dict) -> Plan:
        goes_on = cleaned["edition"].scheme_code == self.publication.round.edition.scheme_code
        day = cleaned.get("named_by")
        return Plan(
            name_th=cleaned.get("name_th", ""),
            name_en=cleaned.get("name_en", ""),
            edition=cleaned["edition"],
            entrants=cleaned["entrants"],
            per=cleaned.get("per", ""),
            places=cleaned.get("places"),
            named_by=date.fromisoformat(day) if day else None,
            ranking=cleaned.get("ranking", ""),
            stage=self.stage.code if self.stage and goes_on else "",
        )

    def preview(self) -> dict:
        """Who takes part, who waits, and in which regions nobody of the committee judges."""
        taking = [entry for entry in self.entries if entry.state == Entry.State.TAKING_PART]
        is_judged = self.plan.edition.scheme.items and not planned(self.publication, self.plan).only_selects
        judged = coverage(self.entries, self.cleaned_data["judges"]) if is_judged else []
        return {
            "taking": taking,
            "waiting": [entry for entry in self.entries if entry.state == Entry.State.CANDIDATE],
            "without_judges": [region for region, judges in judged if not judges],
        }


@login_required
@require_http_methods(["GET", "POST"])
def open_round(request, pk: int) -> HttpResponse:
    """First the form, then who would take part; only the button there makes the round, which is opened next."""
    publication = get_object_or_404(Publication.objects.visible_to(request.user).with_round(), pk=pk)
    if reason := access.why_not_run(request.user, publication.round):
        raise PermissionDenied(reason)
    if request.method == "GET" and (newer := replaced_by(publication)):
        text = _("Publication %(old)s was replaced by publication %(new)s. Open the round from this one.")
        messages.warning(request, text % {"old": publication.number, "new": newer.number})
        return redirect("publication", newer.pk)
    form = FollowingForm(publication, request.user, request.POST if request.method == "POST" else None)
    others = [round for round in rounds_opened(publication) if round.is_of_another]
    context = {"publication": publication, "round": publication.round, "form": form, "others": others}
    if form.is_valid() and "again" not in request.POST:
        if "confirmed" not in request.POST:
            return render(request, "awards/open_preview.html", context | form.preview())
        if made := _make(request, form):
            return redirect("admin:submissions_round_prepare", made.pk)
    return render(request, "awards/open_round.html", context, status=422 if form.errors else 200)


def _make(request, form: FollowingForm) -> Round | None:
    """The round, made as it was planned; None, with the reasons in the form, where that is refused."""
    try:
        made = open_following(form.publication, form.plan, by=request.user, judges=form.cleaned_data["judges"])
    except Refused as refused:
        show_reasons(form, refused.reasons)
        return None
    text = _("The round “%(round)s” was made. Nobody else sees it yet: prepare it, then open it.")
    messages.success(request, text % {"round": made})
    return made
