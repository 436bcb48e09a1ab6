"""Values as they stand, and their correction by those who run the round."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from submissions import intake
from submissions.fields import NumberField, field_for, posted
from submissions.models import Value
from submissions.questions.proofread import slot_field
from submissions.spreadsheets import tables
from submissions.templatetags.wording import STATES, amount

from .exporting import ExportedList
from .filters import OfficeFilter, OfRounds, PeriodOfValueFilter, RoundFilter, ValueFilter, period_title
from .reviewing import ReviewValues
from .roles import RUNNERS, HistoryAdmin, in_words, page_context, short_time
from .spreadsheets import FiguresSpreadsheets


class ValueForm(forms.Form):
    """One amount, as it was at `revision`."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, value: Value, data=None) -> None:
        super().__init__(data, initial={"revision": value.revision, "amount": value.text})
        known = value.entry.round.scheme.values.get(value.code)
        self.fields["amount"] = field = field_for(known) if known else NumberField(required=False)
        field.label = " · ".join(
            filter(
                None,
                (
                    in_words(known and known.title) or value.code,
                    period_title(known.periods if known else (), value.period),
                ),
            )
        )
        help_text = " ".join(filter(None, (in_words(known and known.help), str(_("Empty takes it back.")))))
        field.help_text = escape(help_text)  # the admin prints it as it is


@admin.register(Value)
class ValueAdmin(ReviewValues, OfRounds, ExportedList, FiguresSpreadsheets, HistoryAdmin):
    import_export_change_list_template = "submissions/admin/exported_figures.html"
    columns = staticmethod(tables.values)
    viewers = changers = RUNNERS
    to_round = "entry__round"
    list_display = ["entry", "title", "period_in_words", "amount_in_words", "entered", "state"]
    list_display_links = ["entry", "title"]
    list_filter = [
        *(RoundFilter, OfficeFilter, ValueFilter, PeriodOfValueFilter),
        *(("source", ChoicesDropdownFilter), ("status", ChoicesDropdownFilter)),
    ]
    list_select_related = ["entry__round__edition", "entry__office", "entry__nominee_office", "entered_by"]
    search_fields = ["entry__office__name_th", "entry__office__name_en", "code"]
    search_help_text = _("Office or code")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("entry__round__edition__text")

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        value = self._object_or_404(request, object_id)
        form = ValueForm(value, posted(request))
        if not form.is_valid():
            return self._page(request, value, form, status=422 if form.is_bound else 200)
        slot = (value.code, value.period)
        try:
            changed = intake.enter_values(
                value.entry,
                {slot: form.cleaned_data["amount"]},
                by=request.user,
                revisions={slot: form.cleaned_data["revision"]},
            )
        except intake.Refused as refused:
            for where, reasons in refused.reasons.items():
                for reason in reasons:
                    form.add_error("amount" if where == slot_field(slot) else None, reason)
            return self._page(request, value, form, status=422)
        except intake.Conflict as conflict:
            return self._conflict(request, value, form, conflict.current)
        messages.success(request, _("The value was corrected.") if changed else _("Nothing was changed."))
        return redirect(self._list(request))

    def _conflict(self, request, value: Value, form: ValueForm, current: Value | None) -> HttpResponse:
        """The page again with what was typed, and what is there now; saving again is a decision."""
        data = request.POST.copy()
        data["revision"] = current.revision if current else 0
        return self._page(request, value, ValueForm(value, data), status=409, conflict=True, current=current)

    def _page(self, request, value: Value, form: ValueForm, *, status: int, **more) -> HttpResponse:
        deeds = value.entry.events.filter(verb="value.entered", data__code=value.code, data__period=value.period)
        context = page_context(
            self,
            request,
            title=_("Correct a value"),
            subtitle=str(value.entry),
            form=form,
            original=value,
            button=_("Save"),
            deeds=deeds.select_related("actor")[:5],
            kind=self._kind(value),
            back=self._list(request),
            **more,
        )
        return render(request, "submissions/admin/value.html", context, status=status)

    @staticmethod
    def _list(request) -> str:
        """The list with the filters that somebody came from."""
        filters = request.GET.get("_changelist_filters", "")
        return reverse("admin:submissions_value_changelist") + (f"?{filters}" if filters else "")

    @staticmethod
    def _kind(value: Value) -> str:
        known = value.entry.round.scheme.values.get(value.code)
        return known.kind if known else "number"

    @display(description=_("value"), ordering="code")
    def title(self, value: Value) -> str:
        known = value.entry.round.scheme.values.get(value.code)
        return f"{value.code} {in_words(known and known.title)}"

    @display(description=_("period"))
    def period_in_words(self, value: Value) -> str:
        known = value.entry.round.scheme.values.get(value.code)
        return period_title(known.periods if known else (), value.period)

    @display(description=_("amount"), header=True)
    def amount_in_words(self, value: Value):
        return amount(value, self._kind(value)), value.get_source_display()

    @display(description=_("status"), label={"submitted": "warning", "accepted": "success", "returned": "danger"})
    def state(self, value: Value):
        return value.standing, STATES[value.standing]

    @display(description=_("entered at"), ordering="entered_at", header=True)
    def entered(self, value: Value):
        return short_time(value.entered_at), value.entered_by
