"""More time: the extensions that staff grant."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2Widget

from submissions import intake, thai
from submissions.forms import BuddhistDateField, show_reasons
from submissions.models import Entry, Extension

from .filters import OfficeFilter, RoundFilter, rounds_of, slot_choices, slot_title
from .roles import STAFF, HistoryAdmin, page_context, short_date, short_time


class ExtensionForm(forms.Form):
    """What `intake.grant_extension` is told. A slot is a requirement and its period, of any scheme on view."""

    entry = forms.ModelChoiceField(Entry.objects.none(), label=_("entry"), widget=UnfoldAdminSelect2Widget)
    slot = forms.ChoiceField(label=_("requirement and period"), widget=UnfoldAdminSelect2Widget)
    until = BuddhistDateField(label=_("until the end of"), help_text=_("Such as 31/12/2566"))
    reason = forms.CharField(label=_("reason"), max_length=500)
    order_number = forms.CharField(label=_("order number"), max_length=100, required=False)

    def __init__(self, request, *args) -> None:
        super().__init__(*args)
        rounds = rounds_of(request)
        entries = (
            Entry.objects.filter(round__in=rounds)
            .select_related("round", "office")
            .order_by("-round_id", "office__sort_key")
        )
        self.fields["entry"].queryset = entries
        self.fields["entry"].label_from_instance = lambda entry: f"{entry.office} · {entry.round}"
        schemes = {round.edition_id: round.scheme for round in rounds}.values()
        self.fields["slot"].choices = [
            ("", ""),
            *{code: title for scheme in schemes for code, title in slot_choices(scheme)}.items(),
        ]

    def grant(self, user) -> Extension:
        requirement, _bar, period = self.cleaned_data["slot"].partition("|")
        return intake.grant_extension(
            self.cleaned_data["entry"],
            by=user,
            requirement=requirement,
            period=period,
            until=thai.date.fromisoformat(self.cleaned_data["until"]),
            reason=self.cleaned_data["reason"],
            order_number=self.cleaned_data["order_number"],
        )


@admin.register(Extension)
class ExtensionAdmin(HistoryAdmin):
    """Granted, never altered: of several for the same slot, the latest counts."""

    adders = (STAFF,)
    list_display = ["entry", "slot_in_words", "until_day", "reason", "order_number", "granted"]
    list_filter = [RoundFilter, OfficeFilter]
    list_select_related = ["entry__round__edition", "entry__office", "granted_by"]
    search_fields = ["entry__office__name_th", "entry__office__name_en", "order_number", "reason"]
    fields = ["entry", "slot_in_words", "until_day", "reason", "order_number", "granted", "granted_by"]
    readonly_fields = fields

    def get_queryset(self, request):
        return super().get_queryset(request).defer("entry__round__edition__text")

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ExtensionForm(request, *([request.POST] if request.method == "POST" else []))
        if form.is_bound and form.is_valid():
            try:
                extension = form.grant(request.user)
            except intake.Refused as refused:
                show_reasons(form, refused.reasons)
            else:
                said = _("%(office)s has time until %(day)s.")
                messages.success(request, said % {"office": extension.entry.office, "day": short_date(extension.until)})
                return redirect("admin:submissions_extension_changelist")
        context = page_context(self, request, title=_("Give more time"), form=form, button=_("Give more time"))
        return render(request, "submissions/admin/form.html", context, status=422 if form.is_bound else 200)

    @display(description=_("requirement and period"))
    def slot_in_words(self, extension: Extension) -> str:
        return " · ".join(
            filter(None, slot_title(extension.entry.round.scheme, extension.requirement, extension.period))
        )

    @display(description=_("until the end of"), ordering="until")
    def until_day(self, extension: Extension) -> str:
        return short_date(extension.until)

    @display(description=_("granted at"), ordering="granted_at")
    def granted(self, extension: Extension) -> str:
        return short_time(extension.granted_at)
