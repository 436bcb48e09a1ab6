"""Where offices name who takes part for them, choose among those named, and tell who withdraws."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from scoring.engine import Nominees
from submissions import intake, thai
from submissions.fields import posted, show_reasons, status_of, whole
from submissions.intake.nominations import register_years
from submissions.models import Entry, Office, Round
from submissions.models.editions import MOST_REASON
from submissions.models.places import within
from submissions.questions import naming
from submissions.questions.forbidden import forbid
from submissions.questions.participants import Participants
from submissions.templatetags.wording import entry_name, nominee_name, office_name

GROUPS = 25  # on a page: a country has 878 districts in 76 provinces


class Subdistricts(forms.Select):
    """A choice in which those that may not be named are seen, with the reason, and not chosen."""

    barred: frozenset[str] = frozenset()

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.barred:
            option["attrs"]["disabled"] = True
        return option


class NomineeForm(forms.Form):
    """Who takes part for an office. What it is worth is said by `intake`; the fields carry the names of its reasons."""

    def __init__(self, entry: Entry, data=None) -> None:
        nominees = entry.round.scheme.nominees
        assert nominees
        initial = {"name": entry.nominee_name, "office": entry.nominee_office_id}
        initial |= {code: bool(entry.nominee) for code in nominees.declare}
        super().__init__(data, initial=initial)
        if nominees.kind == "person":
            self.fields["name"] = forms.CharField(
                label=_("Name and surname"), required=False, help_text=_("With the title, as on the certificate.")
            )
        else:
            self.fields["office"] = self._subdistricts(entry, nominees)
        for code in nominees.declare:
            title = entry.round.scheme.values[code].title.to(thai.language())
            self.fields[code] = forms.BooleanField(label=title, required=False)

    def _subdistricts(self, entry: Entry, nominees: Nominees) -> forms.ChoiceField:
        offices = list(Office.objects.filter(within(entry.office_id, "parent"), kind=Office.Kind.SUBDISTRICT))
        years = register_years(nominees, offices)
        choices = [("", _("Choose a subdistrict"))]
        for office in offices:
            names = {"office": office, "years": ", ".join(str(year + thai.ERA) for year in years.get(office.pk, ()))}
            barred = _("%(office)s – was a model in %(years)s, not eligible") % names
            choices.append((str(office.pk), barred if office.pk in years else str(office)))
        widget = Subdistricts()
        widget.barred = frozenset(map(str, years))
        about = "" if offices else _("No subdistrict of yours is in the portal yet. Ask central staff.")
        return forms.ChoiceField(
            label=_("Subdistrict"), choices=choices, required=False, widget=widget, help_text=about
        )

    def save(self, entry: Entry, by) -> Entry:
        cleaned, nominees = self.cleaned_data, entry.round.scheme.nominees
        pk = whole(cleaned.get("office") or "")
        office = Office.objects.filter(pk=pk).first() if pk else None
        declared = [code for code in nominees.declare if cleaned.get(code)] if nominees else []
        return intake.name_nominee(entry, by=by, name=cleaned.get("name", ""), office=office, declared=declared)


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it withdraws"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MOST_REASON}),
    )


@login_required
@require_GET
def nominees(request, round_id: int) -> HttpResponse:
    """Who takes part, office by office, and who is still missing. `?missing` shows only where somebody is."""
    rounds = Round.objects.visible_to(request.user).select_related("edition", "preceding").defer("edition__text")
    round = get_object_or_404(rounds, pk=round_id)
    participants, missing_only = Participants(round, request.user), "missing" in request.GET
    page = Paginator(participants.shown(missing_only=missing_only), GROUPS).get_page(request.GET.get("page"))
    context = {
        "round": round,
        "board": participants,
        "page": page,
        "missing_only": missing_only,
    }
    return render(request, "submissions/nominees.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def nominee(request, pk: int) -> HttpResponse:
    """The form to name who takes part for an office, or to put the name right."""
    entry = _entry_or_404(request, pk)
    forbid(naming.why_not_name(request.user, entry))
    form = NomineeForm(entry, posted(request))
    if form.is_valid():
        try:
            named = form.save(entry, request.user)
        except intake.Refused as refused:
            show_reasons(form, refused.reasons)
        else:
            messages.success(request, _("%(nominee)s is named for %(office)s.") % _names(named))
            return _to_participants(named)
    return _form_page(request, "submissions/nominee.html", entry, form)


@login_required
@require_POST
def choice(request, pk: int) -> HttpResponse:
    """Choose an entry, or take the choice back."""
    entry = _entry_or_404(request, pk)
    forbid(naming.why_not_choose(request.user, entry))
    is_chosen = request.POST.get("chosen") == "yes"
    try:
        (intake.choose_entry if is_chosen else intake.release_entry)(entry, by=request.user)
    except intake.Refused as refused:
        messages.error(request, str(refused))
    else:
        sentence = _("%(entry)s is chosen.") if is_chosen else _("%(entry)s is no longer chosen.")
        messages.success(request, sentence % {"entry": entry_name(entry)})
    return _to_participants(entry)


@login_required
@require_http_methods(["GET", "POST"])
def withdrawal(request, pk: int) -> HttpResponse:
    """Asks for the reason, and takes the entry out of its round."""
    entry = _entry_or_404(request, pk)
    forbid(naming.why_not_withdraw_entry(request.user, entry))
    form = WithdrawalForm(posted(request))
    if form.is_valid():
        try:
            successor = intake.withdraw_entry(entry, by=request.user, reason=form.cleaned_data["reason"])
        except intake.Refused as refused:
            show_reasons(form, refused.reasons)
        else:
            sentence = _("%(entry)s withdrew. Another may be named now.") if successor else _("%(entry)s withdrew.")
            messages.success(request, sentence % {"entry": entry_name(entry)})
            return _to_participants(successor or entry)
    return _form_page(request, "submissions/withdrawal.html", entry, form)


def _entry_or_404(request, pk: int) -> Entry:
    rows = Entry.objects.visible_to(request.user).with_round().select_related("office__parent__parent__parent")
    return get_object_or_404(rows, pk=pk)


def _form_page(request, template: str, entry: Entry, form: forms.Form) -> HttpResponse:
    context = {"entry": entry, "round": entry.round, "form": form}
    return render(request, template, context, status=status_of(form))


def _names(entry: Entry) -> dict:
    return {"nominee": nominee_name(entry), "office": office_name(entry.office)}


def _to_participants(entry: Entry) -> HttpResponse:
    return redirect(reverse("nominees", args=[entry.round_id]) + f"#entry-{entry.pk}")


urls = [
    path("rounds/<int:round_id>/nominees/", nominees, name="nominees"),
    path("entries/<int:pk>/nominee/", nominee, name="nominee"),
    path("entries/<int:pk>/choice/", choice, name="choice"),
    path("entries/<int:pk>/withdrawal/", withdrawal, name="withdrawal"),
]
