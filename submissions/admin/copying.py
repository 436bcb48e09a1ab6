"""A round made like an earlier one: which and of what scheme, then all that it would be, and only then it is made."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from submissions import intake, thai
from submissions.fields import BuddhistDateField, number_in, posted, show_reasons
from submissions.intake.once import hold_person, made_just_now
from submissions.models import Edition, Round
from submissions.models.places import MOST_NAME
from submissions.questions.committee import seat_for
from submissions.questions.copying import Proposal, proposal, why_not_copy
from submissions.questions.editions import namer, round_like, stem, with_year
from submissions.questions.resting import why_resting

from .preparing import SETTING, back_to
from .roles import Part, in_words, page_context

DAY = {"placeholder": "31/12/2566", "autocomplete": "off"}


class SourceForm(forms.Form):
    """Like which round, and of which edition."""

    source = forms.ModelChoiceField(Round.objects.none(), label=_("Like which round"), widget=UnfoldAdminSelectWidget)
    edition = forms.ModelChoiceField(Edition.objects.none(), label=_("Scheme"), widget=UnfoldAdminSelectWidget)
    fields: dict[str, Any]

    def __init__(self, user, data=None, *, initial=None) -> None:
        super().__init__(data, initial=initial)
        rounds = Round.objects.run_by(user).filter(preceding=None).select_related("edition", "organiser")
        self.fields["source"].queryset = rounds.defer("edition__text")
        self.fields["edition"].queryset = editions = Edition.objects.in_order_for(user)
        self.fields["edition"].label_from_instance = namer(editions)


class CopyForm(forms.Form):
    """The names and days of the new round, proposed from the earlier one's."""

    name_th = forms.CharField(label=_("name in Thai"), max_length=MOST_NAME, widget=UnfoldAdminTextInputWidget)
    name_en = forms.CharField(
        label=_("name in English"), max_length=MOST_NAME, required=False, widget=UnfoldAdminTextInputWidget
    )
    day = BuddhistDateField(
        label=_("day in this round"),
        required=False,
        help_text=_("Only of a round for practice. Leave it empty for a real one."),
        widget=UnfoldAdminTextInputWidget(attrs=DAY),
    )
    fields: dict[str, Any]

    def __init__(self, proposed: Proposal, data=None) -> None:
        source, years = proposed.source, proposed.years
        names = {"name_th": with_year(source.name_th, years), "name_en": with_year(source.name_en, years)}
        super().__init__(data, initial=names)
        self.settings = list(proposed.edition.scheme.settings)
        for code, setting in proposed.edition.scheme.settings.items():
            self.fields[SETTING + code] = BuddhistDateField(
                label=in_words(setting.title),
                required=False,
                initial=proposed.settings[code],
                help_text=escape(" ".join(in_words(doubt.text) for doubt in setting.doubts)),
                widget=UnfoldAdminTextInputWidget(attrs=DAY),
            )

    def make(self, proposed: Proposal, *, by, shown: str) -> Round:
        cleaned = self.cleaned_data
        day = cleaned["day"]
        return intake.copy_round(
            proposed.source,
            proposed.edition,
            by=by,
            name_th=cleaned["name_th"],
            name_en=cleaned["name_en"],
            settings={code: cleaned[SETTING + code] for code in self.settings},
            ahead=date.fromisoformat(day) - timezone.localdate() if day else timedelta(0),
            shown=shown,
        )

    def tell_rest(self, named_by: date | None) -> list[str]:
        """Has each day say why nobody works on it; answers the same of the day by which somebody is named."""
        days = {code: day for code in self.settings if (day := _typed_day(self[SETTING + code].value()))}
        resting = why_resting([*days.values(), *([named_by] if named_by else [])])
        for code, day in days.items():
            self.fields[SETTING + code].concerns = resting.get(day, [])
        return resting.get(named_by, []) if named_by else []


def _typed_day(value: str | None) -> date | None:
    try:
        return thai.parse_date(value or "")
    except ValueError:
        return None


class CopyRound(Part):
    """Part of an admin of Round."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.copy_view)
        return [path("copy/", view, name="submissions_round_copying"), *super().get_urls()]

    def add_view(self, request, form_url="", extra_context=None) -> HttpResponse:
        """Sent twice at once, it makes one round: the second goes on with what the first made."""
        edition = Edition.objects.filter(pk=number_in(request.POST, "edition")).first()
        if request.method != "POST" or edition is None:
            return super().add_view(request, form_url, extra_context)
        like = {name: request.POST.get(name, "") for name in ("name_th", "name_en")}
        is_practice = bool(request.POST.get("day", "").strip())
        organiser = request.user.office if request.user.organises else None
        with transaction.atomic():
            hold_person(request.user)
            if made := made_just_now(request.user, edition, organiser, is_practice=is_practice, **like):
                return self.response_add(request, made)
            return super().add_view(request, form_url, extra_context)

    @action(description=_("Make another like it"), icon="content_copy", permissions=["change"])
    def copy(self, request, object_id) -> HttpResponse:
        source = self._object_or_404(request, object_id)
        return redirect(f"{reverse('admin:submissions_round_copying')}?source={source.pk}")

    def copy_view(self, request) -> HttpResponse:
        """By GET which round and which edition; what they would make is shown, and made by POST of exactly that.

        An address that names only one of them has the other proposed.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        is_chosen = {"source", "edition"} <= request.GET.keys()
        form = SourceForm(request.user, request.GET if is_chosen else None, initial=_begun(request))
        if not form.is_valid():
            return self._copy_page(request, "copy_from.html", form)
        source, edition = form.cleaned_data["source"], form.cleaned_data["edition"]
        if reason := why_not_copy(request.user, source):
            form.add_error("source", reason)
            return self._copy_page(request, "copy_from.html", form)
        proposed = proposal(source, edition)
        copy = CopyForm(proposed, posted(request))
        changed = False
        if copy.is_valid():
            try:
                made = copy.make(proposed, by=request.user, shown=request.POST.get("shown", ""))
            except intake.Refused as refused:
                reasons = refused.reasons.items()
                show_reasons(
                    copy, {SETTING + where if where in copy.settings else where: why for where, why in reasons}
                )
            except intake.Conflict as conflict:
                proposed, changed = conflict.current, True
            else:
                messages.success(request, _("The round “%(name)s” was made.") % {"name": made})
                return back_to(made)
        status = 409 if changed else 200
        return self._copy_page(request, "copy.html", copy, proposed=proposed, changed=changed, status=status)

    def _copy_page(self, request, template: str, form, *, status: int = 200, **more) -> HttpResponse:
        context = page_context(self, request, title=_("A round like an earlier one"), form=form, **more)
        if proposed := more.get("proposed"):
            context["named_by_rests"] = form.tell_rest(proposed.named_by)
            context["scheme"] = namer([proposed.edition])(proposed.edition)
            for name in ("judges", "gone"):
                context[name] = [seat_for(request.user, judge) for judge in getattr(proposed, name)]
        status = 422 if form.is_bound and form.errors else status
        return render(request, f"submissions/admin/{template}", context, status=status)


def _begun(request) -> dict[str, Any]:
    """What is chosen to begin with: for a round the newest scheme like its own, for a scheme the newest round."""

    def asked(name: str) -> int:
        return number_in(request.GET, name)

    offered = Edition.objects.in_order_for(request.user)
    source = Round.objects.run_by(request.user).filter(preceding=None, pk=asked("source")).first()
    edition = offered.filter(pk=asked("edition")).first()
    if source:
        alike = [one for one in offered if stem(one.scheme_code) == stem(source.edition.scheme_code)]
        edition = max(alike, key=lambda one: (one.scheme_code, one.pk), default=source.edition)
    elif edition:
        source = round_like(request.user, edition)
    return {name: row.pk for name, row in {"source": source, "edition": edition}.items() if row}
