"""The scoring sheet with the entry's files beside it: given by its judge, reopened by whoever runs the round."""

from collections.abc import Iterable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Q, QuerySet, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from submissions import intake
from submissions.fields import show_reasons, whole
from submissions.models import Entry, Evidence, Sheet
from submissions.questions import access
from submissions.questions.forbidden import forbid
from submissions.questions.handed_in import states
from submissions.questions.proofread import check_notes, check_sheet
from submissions.questions.reopened import reopened
from submissions.questions.slots import slots_of
from submissions.questions.veil import veil, veiled_entry
from submissions.spreadsheets import tables
from submissions.templatetags.wording import entry_name

from . import by_itself
from .exporting import ExportedList
from .own_sheets import OwnSheets
from .paper_sheets import PaperSheets
from .roles import COMMITTEE, HistoryAdmin, page_context
from .sheet_form import HANDED_IN, SheetForm, missing_parts, needed_requirements, shown_requirements
from .sheet_list import EntriesToJudge, address_of
from .sheet_table import sheets_beside, table_of
from .veiled_papers import VeiledPapers


@admin.register(Sheet)
class SheetAdmin(ExportedList, OwnSheets, PaperSheets, VeiledPapers, HistoryAdmin):
    viewers = COMMITTEE
    to_round = "entry__round"
    columns = staticmethod(tables.sheets)

    def list_of(self, request) -> QuerySet:
        """The sheets of the entries that its list shows."""
        listed = EntriesToJudge(Entry, self.admin_site).get_changelist_instance(request).get_queryset(request)
        entries = Entry.objects.filter(pk__in=listed.order_by().values("pk"))
        of_entry = ("entry__round__edition", "entry__office", "entry__nominee_office", "judge")
        sheets = self.get_queryset(request).filter(entry__in=entries).select_related(*of_entry)
        return sheets.defer("entry__round__edition__text").order_by("entry__round", "entry__office__sort_key", "judge")

    def exported(self, rows: QuerySet) -> Iterable:
        return tables.points_of(rows)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("next/", view(self.next_view), name="submissions_sheet_next"),
            path("entry/<int:entry_pk>/", view(self.sheet_view), name="submissions_sheet_of_entry"),
            path("veiled/<slug:code>/", view(self.veiled_view), name="submissions_sheet_veiled"),
            path("<int:pk>/reopen/", view(self.reopen_view), name="submissions_sheet_reopen"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        context = {"list_title": _("Scoring sheets"), **self.links_shown(request), **(extra_context or {})}
        return EntriesToJudge(Entry, self.admin_site).changelist_view(request, context)

    def next_view(self, request) -> HttpResponse:
        """To a judge's next sheet in the round that the address names, drafts first; to the list, if none is left."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        left = self._left(request, whole(request.GET.get("round", "")))
        if (entry := left.first()) is not None:
            return redirect(address_of(veil(entry, entry.own_state)))
        return redirect("admin:submissions_sheet_changelist")

    def _left(self, request, round: int | None) -> QuerySet[Entry]:
        """The entries of which this judge's sheet is not final, drafts first; of one round, if one is named."""
        if not request.user.is_judge:
            return Entry.objects.none()
        left = EntriesToJudge(Entry, self.admin_site).get_queryset(request).filter(round__is_closed=False)
        if round is not None:
            left = left.filter(round=round)
        begun_first = Case(When(own_state="draft", then=0), default=1)
        # Not `exclude`: of what was not begun the state is NULL, which is different from nothing.
        left = left.filter(Q(own_state=None) | Q(own_state="draft"))
        return left.order_by(begun_first, "-round", "named", "pk")

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        sheet = self._object_or_404(request, object_id)
        is_own = sheet.judge_id == request.user.pk
        return redirect(address_of(veil(sheet.entry, sheet.status) if is_own else sheet.entry))

    def history_view(self, request, object_id, extra_context=None):
        self._only_staff(request)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        self._only_staff(request)
        return super().history_form_view(request, object_id, version_id, extra_context)

    def _only_staff(self, request) -> None:
        """Earlier states show what a judge thought before; that is not for colleagues."""
        if not request.user.runs_rounds:
            raise PermissionDenied

    def sheet_view(self, request, entry_pk: int) -> HttpResponse:
        return self._sheet(request, self._entry_or_404(request, entry_pk))

    def veiled_view(self, request, code: str) -> HttpResponse:
        """A sheet that is given blindly."""
        if not request.user.is_judge or (entry := veiled_entry(code, request.user)) is None:
            raise Http404
        return self._sheet(request, entry)

    def _sheet(self, request, entry: Entry) -> HttpResponse:
        why_not = access.why_not_judge(request.user, entry)
        own = Sheet.objects.filter(entry=entry, judge=request.user).first()
        if request.method != "POST":
            return self._page(request, entry, own, None if why_not else SheetForm(entry, own), why_not)
        forbid(why_not)
        return self._save(request, entry, own)

    def _save(self, request, entry: Entry, own: Sheet | None) -> HttpResponse:
        form, is_final = SheetForm(entry, own, request.POST), "submit" in request.POST
        form.is_valid()  # every field takes any text; what it is worth is said all at once
        refused = intake.Refused()
        points, remark = form.points(), form.cleaned_data.get("remark", "")
        if is_final and not form.cleaned_data.get("confirmed"):
            refused.add("confirmed", str(_("Tick this to submit the sheet; it can't be changed afterwards.")))
            marks = check_sheet(entry, points, remark, is_final, refused)
            check_notes(entry, form.notes(), marks, is_final, refused)
        try:
            refused.raise_if_any()
            revision = form.cleaned_data.get("revision") or 0
            sheet = intake.save_sheet(
                entry,
                by=request.user,
                points=points,
                remark=remark,
                notes=form.notes(),
                final=is_final,
                revision=revision,
            )
        except intake.Refused as refused:
            if by_itself.asked(request):
                return by_itself.not_saved()
            show_reasons(form, refused.reasons)
            return self._page(request, entry, own, form, status=422)
        except intake.Conflict as conflict:
            if by_itself.asked(request):
                return by_itself.saved_elsewhere()
            data = request.POST.copy()
            data["revision"] = conflict.current.revision if conflict.current else 0
            typed = SheetForm(entry, own, data)
            return self._page(request, entry, conflict.current, typed, conflict=conflict.current, status=409)
        if by_itself.asked(request):
            return by_itself.saved(sheet)
        if not is_final:
            messages.success(request, _("The draft is saved."))
            return redirect(address_of(entry))
        return self._after_final(request, entry)

    def _after_final(self, request, entry: Entry) -> HttpResponse:
        """On to the next sheet; where none is left, to this one, beside which colleagues' are shown now."""
        own = reverse("admin:submissions_sheet_of_entry", args=[entry.pk])
        if not self._left(request, entry.round_id).exists():
            messages.success(request, _("The sheet is submitted."))
            return redirect(own)
        link = format_html('<a class="link" href="{}">{}</a>', own, _("Look at it beside your colleagues’"))
        told = _("The sheet of %(entry)s is submitted; this is the next one.") % {"entry": entry}
        messages.success(request, format_html("{} {}", told, link))
        return redirect(f"{reverse('admin:submissions_sheet_next')}?round={entry.round_id}")

    def reopen_view(self, request, pk: int) -> HttpResponse:
        """Staff give a final sheet back to its judge, with a reason."""
        sheet = get_object_or_404(self.get_queryset(request).select_related("judge"), pk=pk)
        if request.method != "POST":
            return redirect("admin:submissions_sheet_of_entry", sheet.entry_id)
        if not sheet.entry.round.is_run_by(request.user):
            raise PermissionDenied(access.why_not_reopen(request.user, sheet))
        revision, reason = whole(request.POST.get("revision", "")), request.POST.get("reason", "")
        try:
            intake.reopen_sheet(sheet, by=request.user, reason=reason, revision=revision or 0)
        except (intake.Refused, intake.Conflict) as why:
            entry = self._entry_or_404(request, sheet.entry_id)
            status = 409 if isinstance(why, intake.Conflict) else 422
            return self._page(request, entry, None, None, refusal=(sheet, str(why), reason), status=status)
        messages.success(request, _("The sheet of %(judge)s is open again.") % {"judge": sheet.judge})
        return redirect("admin:submissions_sheet_of_entry", sheet.entry_id)

    def _entry_or_404(self, request, pk: int) -> Entry:
        if not self.has_view_permission(request):
            raise PermissionDenied
        entry = get_object_or_404(Entry.objects.at_desk_of(request.user).with_round(), pk=pk)
        if not entry.round.scheme.items:
            raise Http404
        return entry

    def _page(
        self, request, entry, own, form, why_not=None, *, conflict=None, refusal=None, status=200
    ) -> HttpResponse:
        nobody = {"office": None, "central": None}
        slots = slots_of(entry, shown_requirements(entry.round.scheme), at=entry.round.now(), why_closed=nobody)
        is_final = own is not None and own.status == Sheet.Status.FINAL
        needed = needed_requirements(entry.round.scheme)
        again = reopened(own)
        if form and again and again.items is not None:
            form.keep_all_but(again.items)
        papers = [evidence for slot in slots for evidence in slot.evidence if evidence.status in HANDED_IN]
        context = page_context(
            self,
            request,
            title=entry_name(entry),
            subtitle=_("Scoring sheet"),
            missing=missing_parts(entry, slots),
            entry=entry,
            own=own,
            again=again,
            form=form,
            why_not=why_not,
            slots=slots,
            papers=papers,
            conflict=conflict,
            refusal=refusal,
            shown=_shown(papers, request.GET.get("show", "")),
            table=table_of(entry.round.scheme, sheets_beside(request.user, entry, own)),
            confirmed=_confirmed(entry),
            expected=Entry.objects.with_committee().get(pk=entry.pk).expected_sheets,
            is_final=is_final,
            left=self._left(request, entry.round_id).count() if is_final else 0,
            waits=any(slot.state == "submitted" and slot.requirement.code in needed for slot in slots),
        )
        return render(request, "submissions/admin/sheet.html", context, status=status)


def _confirmed(entry: Entry) -> str:
    return states([entry])[entry.pk] if entry.round.asks_confirmation and not entry.veil else ""


def _shown(papers: list[Evidence], chosen: str) -> Evidence | None:
    """The file beside the sheet: the chosen one, or else the first."""
    return next((evidence for evidence in papers if str(evidence.pk) == chosen), papers[0] if papers else None)
