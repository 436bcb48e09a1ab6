"""A round's committee at work: how far each judge is, who judges what, who stands aside."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from submissions import intake
from submissions.fields import posted, show_reasons, whole
from submissions.models import Entry, Round, User
from submissions.models.editions import MOST_REASON
from submissions.questions import seats
from submissions.questions.committee import judges_for, name_of, seat_for
from submissions.questions.interests import questions
from submissions.questions.panel import Panel

from .roles import Part, page_context


def reason_field(**kwargs: Any) -> forms.CharField:
    attrs = {"maxlength": MOST_REASON, "autocomplete": "off"}
    return forms.CharField(label=_("Reason"), required=False, widget=forms.TextInput(attrs=attrs), **kwargs)


class Judges(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, judges: list[User], reader: User, **kwargs: Any) -> None:
        self.reader = reader
        rows = User.objects.filter(pk__in=[judge.pk for judge in judges]).select_related("office")
        super().__init__(rows.order_by("full_name", "username"), required=False, **kwargs)

    def label_from_instance(self, obj: User) -> str:
        return seat_for(self.reader, obj)


class DrawForm(forms.Form):
    """Entries shared out at random."""

    deed = "draw"
    per_entry = forms.IntegerField(label=_("judges for each entry"), initial=3)
    seed = forms.CharField(
        label=_("seed"),
        required=False,
        max_length=40,
        help_text=_("Leave it empty for a new one. The same seed draws the same."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 40}),
    )

    def __init__(self, panel: Panel, reader: User, data=None) -> None:
        super().__init__(data)
        self.panel = panel

    def do(self, by: User) -> str:
        seed = intake.draw_judges(self.panel.round, by=by, **self.cleaned_data)
        return str(_("Shared out at random, with the seed %(seed)s.") % {"seed": seed})


class RegionsForm(forms.Form):
    """Who judges in which inspection region."""

    deed = "regions"
    fields: dict[str, Any]

    def __init__(self, panel: Panel, reader: User, data=None) -> None:
        super().__init__(data)
        self.panel = panel
        self.regions = {entry.office.region: None for entry in panel.entries if entry.office.region}
        for region in sorted(self.regions, key=lambda one: one.code):
            reaching = [one for one in panel.committee if one.office is None or region.lies_in(one.office_id)]
            self.fields[f"region-{region.pk}"] = Judges(reaching, reader, label=region.name)

    def do(self, by: User) -> str:
        chosen = {pk: self.cleaned_data[f"region-{pk}"] for pk in (region.pk for region in self.regions)}
        wanted = {}
        for entry in self.panel.entries:
            judges = chosen[entry.office.region.pk] if entry.office.region else []
            wanted[entry.pk] = [one.pk for one in judges if self.panel.may_judge(entry, one)]
        intake.assign_judges(self.panel.round, wanted, by=by, way=Round.Assignment.REGION)
        return str(_("Shared out by inspection region."))


class EverybodyForm(forms.Form):
    """Nothing is shared out."""

    deed = "everybody"

    def __init__(self, panel: Panel, reader: User, data=None) -> None:
        super().__init__(data)
        self.panel = panel

    def do(self, by: User) -> str:
        intake.let_everybody_judge(self.panel.round, by=by)
        return str(_("Everybody on the committee judges everything."))


class HandOverForm(forms.Form):
    """What one can't finish goes to another."""

    deed = "hand_over"
    giver = forms.ModelChoiceField(User.objects.none(), label=_("who can't finish"))
    taker = forms.ModelChoiceField(
        User.objects.none(),
        label=_("who goes on"),
        help_text=_("Whoever is not on the committee yet joins it as a reserve."),
    )
    reason = reason_field()
    fields: dict[str, Any]

    def __init__(self, panel: Panel, reader: User, data=None) -> None:
        super().__init__(data)
        self.panel = panel
        sitting = User.objects.filter(pk__in=[judge.pk for judge in panel.committee]).select_related("office")
        self.fields["giver"].queryset = sitting.order_by("full_name", "username")
        self.fields["taker"].queryset = judges_for(reader, panel.round).filter(is_active=True)
        for name in ("giver", "taker"):
            self.fields[name].label_from_instance = lambda judge: seat_for(reader, judge)

    def do(self, by: User) -> str:
        moved = intake.hand_over(self.panel.round, by=by, **self.cleaned_data)
        text = ngettext("%(count)s entry was handed over.", "%(count)s entries were handed over.", moved)
        return text % {"count": moved}


FORMS: list[Any] = [DrawForm, RegionsForm, HandOverForm, EverybodyForm]


class EntryForm(forms.Form):
    """Who judges one entry."""

    reason = reason_field()
    fields: dict[str, Any]

    def __init__(self, panel: Panel, entry: Entry, reader: User, data=None) -> None:
        load = Counter(judge.pk for one in panel.entries for judge in panel.judges(one))
        super().__init__(data, initial={"judges": [judge.pk for judge in panel.judges(entry)]})
        able = [judge for judge in panel.committee if panel.may_judge(entry, judge)]
        self.fields["judges"] = Judges(able, reader, label=_("who judges it"))
        self.fields["judges"].label_from_instance = lambda judge: (
            _("%(judge)s – judges %(count)s")
            % {
                "judge": seat_for(reader, judge),
                "count": load[judge.pk],
            }
        )
        self.order_fields(["judges", "reason"])


class SayForm(forms.Form):
    """That a judge stands aside from an entry, or need not."""

    entry = forms.ModelChoiceField(Entry.objects.none(), label=_("entry"))
    judge = forms.ModelChoiceField(User.objects.none(), label=_("committee member"))
    reason = reason_field()
    stands = forms.CharField(required=False, widget=forms.HiddenInput, initial="1")
    fields: dict[str, Any]

    def __init__(self, panel: Panel, reader: User, data=None) -> None:
        super().__init__(data)
        entries = Entry.objects.filter(pk__in=[entry.pk for entry in panel.entries])
        self.fields["entry"].queryset = entries.select_related("office", "nominee_office", "round__edition")
        sitting = User.objects.filter(pk__in=[judge.pk for judge in panel.committee]).select_related("office")
        self.fields["judge"].queryset = sitting.order_by("full_name", "username")
        self.fields["judge"].label_from_instance = lambda judge: seat_for(reader, judge)


def _typed(form: SayForm) -> dict[tuple[int | None, int | None], str]:
    """The reason that was typed beside a question, by its entry and judge."""
    if not form.is_bound:
        return {}
    place = whole(form["entry"].value() or ""), whole(form["judge"].value() or "")
    return {place: form["reason"].value() or ""}


class PanelOfRound(Part):
    """Part of an admin of Round."""

    def get_urls(self):
        view = self.admin_site.admin_view
        pages = [
            path("<int:pk>/panel/share/", view(self.share_view), name="submissions_round_share"),
            path("<int:pk>/panel/aside/", view(self.aside_view), name="submissions_round_aside"),
            path("<int:pk>/panel/<int:entry_pk>/", view(self.entry_view), name="submissions_round_panel_entry"),
        ]
        return [*pages, *super().get_urls()]

    @action(description=_("Committee at work"), icon="groups", permissions=["change"])
    def panel(self, request, object_id) -> HttpResponse:
        """How far each judge is, and who judges each entry."""
        panel = Panel(self._judged_or_404(request, object_id))
        rows = []
        for entry in panel.entries:
            judges = panel.judges(entry)
            final = sum(panel.sheets.get((entry.pk, judge.pk)) == "final" for judge in judges)
            rows.append((entry, [seat_for(request.user, judge) for judge in judges], final, len(judges)))
        progress = [(one, seat_for(request.user, one.judge)) for one in panel.progress()]
        context = {"progress": progress, "rows": rows, "asked": len(questions(panel))}
        context["bare"] = sum(not judges for _entry, judges, _final, _count in rows)
        return self._panel_page(request, panel, "panel", **context)

    def share_view(self, request, pk: int) -> HttpResponse:
        """Say who judges what, or that another goes on."""
        panel = Panel(self._judged_or_404(request, pk))
        deed = request.POST.get("deed", "")
        forms_shown = [Form(panel, request.user, request.POST if Form.deed == deed else None) for Form in FORMS]
        chosen = next((form for form in forms_shown if form.is_bound), None)
        if chosen and chosen.is_valid():
            try:
                messages.success(request, chosen.do(request.user))
                return redirect("admin:submissions_round_panel", pk)
            except intake.Refused as refused:
                show_reasons(chosen, refused.reasons)
        draw, regions, over, everybody = forms_shown
        context = {"draw": draw, "regions": regions, "over": over, "everybody": everybody, "chosen": chosen}
        return self._panel_page(request, panel, "share", **context)

    def entry_view(self, request, pk: int, entry_pk: int) -> HttpResponse:
        """Say by hand who judges one entry."""
        panel = Panel(self._judged_or_404(request, pk))
        entry = next((one for one in panel.entries if one.pk == entry_pk), None)
        if entry is None:
            raise Http404
        form = EntryForm(panel, entry, request.user, posted(request))
        if form.is_valid():
            wanted = {one.pk: [judge.pk for judge in panel.judges(one)] for one in panel.entries}
            wanted |= {entry.pk: [judge.pk for judge in form.cleaned_data["judges"]]}
            try:
                intake.assign_judges(panel.round, wanted, by=request.user, reason=form.cleaned_data["reason"])
            except intake.Refused as refused:
                show_reasons(form, refused.reasons)
            else:
                messages.success(request, _("Saved who judges %(entry)s.") % {"entry": entry})
                return redirect("admin:submissions_round_panel", pk)
        kept = [name_of(judge) for judge in panel.judges(entry) if panel.has_begun(entry, judge)]
        return self._panel_page(request, panel, "panel_entry", entry=entry, form=form, chosen=form, kept=kept)

    def aside_view(self, request, pk: int) -> HttpResponse:
        """Who stands aside from what, and where somebody should be asked."""
        panel = Panel(self._judged_or_404(request, pk))
        form = SayForm(panel, request.user, posted(request))
        if form.is_valid():
            said = form.cleaned_data
            try:
                stands = said["stands"] == "1"
                intake.say_conflicts(
                    [said["entry"]], said["judge"], by=request.user, reason=said["reason"], stands=stands
                )
            except intake.Refused as refused:
                show_reasons(form, refused.reasons)
            else:
                messages.success(request, _("It is written down."))
                return redirect("admin:submissions_round_aside", pk)
        names = {entry.pk: entry for entry in panel.entries}
        said_now = [
            (row, names[row.entry_id], seat_for(request.user, row.judge), name_of(row.said_by))
            for row in panel.said.values()
            if row.entry_id in names
        ]
        typed = _typed(form)
        asked = [
            (one, typed.get((one.entry.pk, one.judge.pk), one.in_words), seat_for(request.user, one.judge))
            for one in questions(panel)
        ]
        context = {"questions": asked, "said": said_now, "form": form, "chosen": form}
        return self._panel_page(request, panel, "aside", **context)

    def _judged_or_404(self, request, pk) -> Round:
        """The round, if there is anything to judge by points in it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        round = self._object_or_404(request, str(pk))
        if not round.is_judged:
            raise Http404
        return round

    def _panel_page(self, request, panel: Panel, page: str, *, chosen=None, **context) -> HttpResponse:
        round = panel.round
        context |= {"round": round, "page": page, "panel": panel, "chosen": chosen, "subtitle": str(round)}
        context["why_not"] = seats.why_not_assign(request.user, round)
        context["title"] = _("Committee at work")
        status = 422 if chosen and chosen.is_bound and chosen.errors else 200
        return render(
            request, f"submissions/admin/panel/{page}.html", page_context(self, request, **context), status=status
        )
