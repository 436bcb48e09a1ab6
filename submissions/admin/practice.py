"""A judge's sheet of the practice entry: like any other, and it counts nowhere."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from submissions import intake
from submissions.fields import show_reasons
from submissions.models import Entry, PracticeEntry, PracticeSheet, Round, Sheet
from submissions.questions import access
from submissions.questions.forbidden import forbid
from submissions.questions.proofread import check_sheet
from submissions.questions.slots import slots_of
from submissions.templatetags.wording import entry_name

from . import by_itself
from .roles import COMMITTEE, RoleAdmin, page_context
from .sheet_form import HANDED_IN, SheetForm, shown_requirements


@admin.register(PracticeSheet)
class PracticeSheetAdmin(RoleAdmin):
    """One page for each round; a list there is not: what all gave is compared on the page of calibration."""

    viewers = COMMITTEE
    to_round = "entry__round"

    def has_module_permission(self, request) -> bool:
        return False

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name="submissions_practicesheet_changelist"),
            path("round/<int:round_pk>/", view(self.sheet_view), name="submissions_practicesheet_of_round"),
        ]

    def changelist_view(self, request, extra_context=None) -> HttpResponse:
        return redirect("admin:submissions_sheet_changelist")

    def sheet_view(self, request, round_pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        round = get_object_or_404(Round.objects.at_desk_of(request.user), pk=round_pk)
        practice = PracticeEntry.objects.filter(round=round).first()
        if practice is None:
            raise Http404
        entry = get_object_or_404(Entry.objects.at_desk_of(request.user).with_round(), pk=practice.entry_id)
        own = PracticeSheet.objects.filter(entry=entry, judge=request.user).first()
        why_not = access.why_not_practise(request.user, entry)
        if request.method != "POST":
            return self._page(request, entry, own, None if why_not else SheetForm(entry, own, is_practice=True))
        forbid(why_not)
        return self._save(request, entry, own)

    def _save(self, request, entry: Entry, own: PracticeSheet | None) -> HttpResponse:
        form, is_final = SheetForm(entry, own, request.POST, is_practice=True), "submit" in request.POST
        form.is_valid()  # every field takes any text; what it is worth is said all at once
        points, remark = form.points(), form.cleaned_data.get("remark", "")
        refused = intake.Refused()
        if is_final and not form.cleaned_data.get("confirmed"):
            refused.add("confirmed", str(_("Tick this to submit the sheet; it can't be changed afterwards.")))
            check_sheet(entry, points, remark, is_final, refused)
        try:
            refused.raise_if_any()
            revision = form.cleaned_data.get("revision") or 0
            sheet = intake.save_practice(
                entry, by=request.user, points=points, remark=remark, final=is_final, revision=revision
            )
        except intake.Refused as refused:
            if by_itself.asked(request):
                return by_itself.not_saved()
            show_reasons(form, refused.reasons)
            return self._page(request, entry, own, form, status=422)
        except intake.Conflict as conflict:
            if by_itself.asked(request):
                return by_itself.saved_elsewhere()
            form.add_error(None, str(conflict))
            data = request.POST.copy()
            data["revision"] = conflict.current.revision if conflict.current else 0
            form.data = data
            return self._page(request, entry, conflict.current, form, status=409)
        if by_itself.asked(request):
            return by_itself.saved(sheet)
        if is_final:
            messages.success(request, _("The practice sheet is submitted. See what the others gave."))
            return redirect("calibration", entry.round_id)
        messages.success(request, _("The draft is saved."))
        return redirect("admin:submissions_practicesheet_of_round", entry.round_id)

    def _page(self, request, entry: Entry, own, form, status: int = 200) -> HttpResponse:
        nobody = {"office": None, "central": None}
        slots = slots_of(entry, shown_requirements(entry.round.scheme), at=entry.round.now(), why_closed=nobody)
        papers = [evidence for slot in slots for evidence in slot.evidence if evidence.status in HANDED_IN]
        chosen = request.GET.get("show", "")
        context = page_context(
            self,
            request,
            title=entry_name(entry),
            subtitle=_("Practice sheet"),
            entry=entry,
            own=own,
            form=form,
            is_final=own is not None and own.status == Sheet.Status.FINAL,
            slots=slots,
            papers=papers,
            shown=next((one for one in papers if str(one.pk) == chosen), papers[0] if papers else None),
        )
        return render(request, "submissions/admin/practice.html", context, status=status)
