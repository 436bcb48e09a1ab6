"""Circulars in the admin: written as drafts, looked at with all they go to, sent; who opened them; withdrawn."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from submissions import intake
from submissions.fields import number_in, posted, show_reasons
from submissions.files import room
from submissions.models import Circular
from submissions.notices.circulars import addressees_of
from submissions.notices.openings import Openings
from submissions.pages.dear import dear
from submissions.questions import access
from submissions.questions.forbidden import forbid
from submissions.templatetags.wording import office_name

from .circular_form import CircularForm
from .filters import RoundOfEntryFilter
from .roles import RUNNERS, HistoryAdmin, page_context, short_time

STATES = {"sent": _("sent"), "draft": _("draft"), "withdrawn": pgettext_lazy("circular", "withdrawn")}
ADDRESS = "admin:submissions_circular_"


class WithdrawForm(forms.Form):
    """What is wrong with a reason is said by `intake`."""

    reason = forms.CharField(required=False)


@admin.register(Circular)
class CircularAdmin(HistoryAdmin):
    """What was sent is only read here, and withdrawn."""

    viewers = adders = changers = deleters = RUNNERS
    to_round = "round"
    actions = None
    list_display = ["subject_shown", "where", "audience_shown", "state_shown", "sent"]
    list_display_links = ["subject_shown"]
    list_select_related = ["round"]
    list_filter = [RoundOfEntryFilter]
    search_fields = ["subject_th", "subject_en", "text_th"]

    def get_queryset(self, request):
        return super().get_queryset(request).order_by("-edited_at", "-pk")

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:object_id>/preview/", view(self.preview_view), name="submissions_circular_preview"),
            path("<int:object_id>/opened/", view(self.opened_view), name="submissions_circular_opened"),
            path("<int:object_id>/withdraw/", view(self.withdraw_view), name="submissions_circular_withdraw"),
            *super().get_urls(),
        ]

    @display(description=_("subject"), ordering="subject_th")
    def subject_shown(self, circular: Circular) -> str:
        return str(circular)

    @display(description=_("round"))
    def where(self, circular: Circular) -> str:
        return str(circular.round or "–")

    @display(description=_("to"))
    def audience_shown(self, circular: Circular) -> str:
        return circular.get_audience_display()

    @display(description=_("state"), label={"sent": "success", "draft": "warning", "withdrawn": "danger"})
    def state_shown(self, circular: Circular):
        return circular.state, STATES[circular.state]

    @display(description=_("sent at"), ordering="sent_at")
    def sent(self, circular: Circular) -> str:
        return short_time(circular.sent_at)

    # A draft

    def add_view(self, request, form_url="", extra_context=None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._write(request, None)

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        circular = self._own(request, object_id)
        return self._write(request, circular) if circular.state == "draft" else self.opened_view(request, object_id)

    def _write(self, request, draft: Circular | None) -> HttpResponse:
        if request.method != "POST":
            return self._form_page(request, draft, CircularForm(request.user, draft))
        form = CircularForm(request.user, draft, request.POST, request.FILES)
        if not form.is_valid():
            return self._form_page(request, draft, form, status=422)
        try:
            saved = intake.save_circular(
                draft,
                form.writing(),
                by=request.user,
                at=timezone.now(),
                revision=number_in(request.POST, "revision"),
                is_whole="preview" in request.POST,
                uploads=form.new_files(),
                without=form.taken_out(),
            )
        except intake.Conflict as conflict:
            return self._form_page(request, conflict.current, form, conflict=True, status=409)
        except intake.Refused as refused:
            show_reasons(form, refused.reasons)
            return self._form_page(request, draft, form, status=422)
        except OSError as error:
            if not room.is_full(error):
                raise
            form.add_error("uploads", _("The portal's disk is full; nothing was saved. Try again later."))
            return self._form_page(request, draft, form, status=507)
        if "preview" in request.POST:
            return redirect(ADDRESS + "preview", saved.pk)
        messages.success(request, _("The draft is kept. Nobody else sees it before it is sent."))
        return redirect(ADDRESS + "changelist")

    def _form_page(self, request, draft: Circular | None, form: CircularForm, *, conflict=False, status=200):
        context = {"title": _("Circular"), "circular": draft, "form": form, "conflict": conflict}
        context["lost_files"] = bool(form.errors or conflict) and bool(request.FILES)
        return self._page(request, "write.html", status=status, **context)

    # Looked at, and sent

    @method_decorator(dear("60/min", patience=5))
    def preview_view(self, request, object_id: int) -> HttpResponse:
        """First to whom it would go, and how; then exactly that is sent."""
        circular = self._own(request, object_id)
        if request.method != "POST":
            return redirect(ADDRESS + "change", circular.pk) if circular.sent_at else self._look(request, circular)
        try:
            revision = number_in(request.POST, "revision")
            sent = intake.send_circular(circular, by=request.user, at=timezone.now(), revision=revision)
        except intake.Conflict as conflict:
            changed = _("Somebody changed this draft since you looked at it. Look at it again.")
            return self._look(request, conflict.current, [changed], status=409)
        except intake.Refused as refused:
            return self._look(request, circular, refused.texts, status=422)
        messages.success(
            request, _("“%(circular)s” is sent. People are told in the next minutes.") % {"circular": sent}
        )
        return redirect(ADDRESS + "change", sent.pk)

    def _look(self, request, circular: Circular, faults=(), *, status=200) -> HttpResponse:
        found = addressees_of(circular, by=request.user)
        context = {
            "title": _("Look, then send"),
            "circular": circular,
            "found": found,
            "places": _places(circular),
            "why_not": access.why_not_send_circular(request.user, circular),
            "attachments": [(one, access.why_not_open_attachment(one)) for one in circular.attachments.all()],
            "faults": faults,
        }
        return self._page(request, "preview.html", status=status, **context)

    # What became of it

    def opened_view(self, request, object_id) -> HttpResponse:
        circular = self._own(request, object_id)
        if circular.state == "draft":
            return redirect(ADDRESS + "change", circular.pk)
        if request.method == "POST":
            raise PermissionDenied(_("It was sent, and does not change any more. Correct it by another one."))
        context = {"circular": circular, "openings": Openings(circular, request.GET.get("page", ""))}
        return self._page(request, "opened.html", title=str(circular), **context)

    def withdraw_view(self, request, object_id: int) -> HttpResponse:
        circular = self._own(request, object_id)
        form = WithdrawForm(posted(request))
        faults: Any = form.errors
        status = 422 if faults else 200
        if form.is_valid():
            try:
                intake.withdraw_circular(circular, form.cleaned_data["reason"], by=request.user, at=timezone.now())
            except intake.Refused as refused:
                faults, status = refused.reasons, 422
            else:
                messages.success(request, _("The circular is withdrawn. It stays listed, with your reason."))
                return redirect(ADDRESS + "change", circular.pk)
        context = {"circular": circular, "reason": form["reason"].value() or "", "faults": faults}
        context["why_not"] = access.why_not_withdraw_circular(request.user, circular)
        return self._page(request, "withdraw.html", title=_("Withdraw the circular"), status=status, **context)

    def delete_view(self, request, object_id, extra_context=None) -> HttpResponse:
        circular = self._own(request, object_id)
        if request.method == "POST":
            try:
                intake.delete_draft(circular, by=request.user)
            except intake.Refused as refused:
                raise PermissionDenied(str(refused)) from None
            messages.success(request, _("The draft is deleted."))
            return redirect(ADDRESS + "changelist")
        if circular.state != "draft":
            return redirect(ADDRESS + "withdraw", circular.pk)
        return self._page(request, "delete.html", title=_("Delete the draft"), circular=circular)

    def _own(self, request, object_id) -> Circular:
        if not self.has_change_permission(request):
            raise PermissionDenied
        circular = self._object_or_404(request, str(object_id))
        forbid(access.why_not_write_circulars(request.user, circular.round))
        return circular

    def _page(self, request, template: str, *, title: Any, status=200, **context) -> HttpResponse:
        form: Any = context.get("form")
        whole_context = page_context(self, request, title=title, **context)
        if form:
            whole_context["media"] = self.media + form.media
        return render(request, f"submissions/admin/circular/{template}", whole_context, status=status)


def _places(circular: Circular) -> list[str]:
    """The regions, offices and sizes that were chosen, each once; of the offices of a board only how many they are."""
    if circular.audience != Circular.Audience.PLACES:
        return []
    places = list(circular.places.select_related("office__parent").order_by("office__sort_key", "size"))
    offices = dict.fromkeys(office_name(place.office) for place in places if place.office)
    return [*offices, *dict.fromkeys(place.get_size_display() for place in places if place.size)]
