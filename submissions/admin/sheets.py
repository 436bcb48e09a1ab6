"""Judging: the entries to judge with the state of each sheet, and the sheet itself with the entry's files beside it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.views import ChangeList

from submissions import intake
from submissions.fields import NumberField, show_reasons, whole
from submissions.models import Entry, Evidence, PracticeSheet, Sheet
from submissions.models.judging import MOST_REMARK
from submissions.questions import access
from submissions.questions.handed_in import states
from submissions.questions.proofread import check_sheet
from submissions.questions.slots import slots_of
from submissions.spreadsheets import tables
from submissions.templatetags.wording import entry_name

from .exporting import ExportedList
from .filters import ChoiceFilter, RoundOfEntryFilter, editions_of, rounds_of
from .roles import COMMITTEE, HistoryAdmin, RoleAdmin, in_words, page_context
from .sheet_table import sheets_beside, table_of

NOT_BEGUN = "none"
HANDED_IN = ("accepted", "submitted")
SHEET_STATES = {NOT_BEGUN: _("Not begun"), "draft": _("Draft"), "final": _("Final")}


def judged_criteria(scheme) -> list:
    return [criterion for criterion in scheme.criteria.values() if any(i.kind == "item" for i in criterion.inputs)]


def shown_requirements(scheme) -> list[str]:
    """What judges find beside the items: what the judged criteria read, and what they also ask."""
    return list(
        dict.fromkeys(
            i.code for criterion in judged_criteria(scheme) for i in criterion.inputs if i.kind == "requirement"
        )
    )


def needed_requirements(scheme) -> list[str]:
    """What an entry must have handed in before its judged criteria count."""
    read = (i for criterion in judged_criteria(scheme) for i in criterion.rule.inputs())
    return list(dict.fromkeys(i.code for i in read if i.kind == "requirement"))


def missing_parts(entry: Entry, slots) -> list:
    """The titles of what judges should find, and the entry lacks: nothing handed in, or a part said not to be there.

    It earns nothing by itself; the judges weigh it.
    """
    scheme = entry.round.scheme
    wanted = dict.fromkeys(
        part for criterion in judged_criteria(scheme) for part in criterion.inputs if part.code in criterion.also_asked
    )
    there = {slot.requirement.code for slot in slots if any(e.status in HANDED_IN for e in slot.evidence)}
    there |= _collected_before(entry)
    there |= set(entry.values.exclude(text="false").values_list("code", flat=True))
    declared: dict[str, Mapping[str, Any]]
    declared = {"requirement": scheme.requirements, "value": scheme.values}
    return [declared[part.kind][part.code].title for part in wanted if part.code not in there]


def _collected_before(entry: Entry) -> set[str]:
    """The requirements for which an earlier stage collected evidence. No statement where none collects."""
    if entry.preceding_id is None or not any(stage.collects for stage in entry.round.scheme.stages):
        return set()
    earlier = Q(entry__following=entry) | Q(entry__following__following=entry)
    return set(Evidence.objects.filter(earlier, status__in=HANDED_IN).values_list("requirement", flat=True))


class SheetForm(forms.Form):
    """Points for every item, checked by `intake`. Field names are the items' codes."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, entry: Entry, sheet: Sheet | PracticeSheet | None, data=None) -> None:
        points = sheet.points if sheet else {}
        initial = {"revision": sheet.revision if sheet else 0, "remark": sheet.remark if sheet else "", **points}
        super().__init__(data, initial=initial)
        self.scheme = entry.round.scheme
        for code, item in self.scheme.items.items():
            self.fields[code] = NumberField(required=False, label=in_words(item.title))
        self.fields["remark"] = forms.CharField(
            required=False, label=_("Remark"), widget=forms.Textarea(attrs={"rows": 3, "maxlength": MOST_REMARK})
        )
        self.fields["confirmed"] = forms.BooleanField(required=False, label=_("I have finished; the sheet is final."))

    def groups(self) -> list[tuple]:
        """Each judged criterion with its items and their fields."""
        return [
            (criterion, [(self.scheme.items[i.code], self[i.code]) for i in criterion.inputs if i.kind == "item"])
            for criterion in judged_criteria(self.scheme)
        ]

    def points(self) -> dict[str, str]:
        return {code: self.cleaned_data.get(code, "") for code in self.scheme.items}


class SheetStateFilter(ChoiceFilter):
    title, parameter_name = _("my sheet"), "sheet"

    def lookups(self, request, model_admin):
        return list(SHEET_STATES.items())

    def narrow(self, request, queryset):
        return queryset.filter(own_state=None if self.value() == NOT_BEGUN else self.value())


class ReadyFilter(ChoiceFilter):
    title, parameter_name = _("evidence for judging"), "ready"

    def lookups(self, request, model_admin):
        return [("yes", _("All accepted")), ("no", _("Not all accepted"))]

    def narrow(self, request, queryset):
        ready = Q(pk__in=[])
        for edition in editions_of(request):
            has_all = Q(round__edition=edition.pk)
            for code in needed_requirements(edition.scheme):
                has_all &= Q(Exists(Evidence.objects.filter(entry=OuterRef("pk"), requirement=code, status="accepted")))
            ready |= has_all
        return queryset.filter(ready) if self.value() == "yes" else queryset.exclude(ready)


class SheetList(ChangeList):
    def url_for_result(self, result) -> str:
        return reverse("admin:submissions_sheet_of_entry", args=[result.pk])


class EntriesToJudge(RoleAdmin):
    """The list of entries as judges need it. Not registered: SheetAdmin shows it as its own list."""

    viewers = COMMITTEE
    to_round = "round"
    change_list_template = ExportedList.change_list_template
    list_display = ["entrant", "round", "conditions", "own_sheet", "final_sheets"]
    list_filter = [RoundOfEntryFilter, SheetStateFilter, ReadyFilter]
    list_select_related = ["round__edition", "office", "nominee_office"]
    search_fields = ["office__name_th", "office__name_en", "office__code", "nominee_name", "nominee_office__name_th"]
    search_help_text = _("Office or code")
    ordering = ["round__is_closed", "-round", "office__sort_key"]
    list_per_page = 25  # chosen from on phones too
    actions = None

    def get_changelist(self, request, **kwargs):
        return SheetList

    def get_list_display(self, request):
        """The round only where there are several, a sheet of one's own only for judges."""
        hidden = {"round"} if len(rounds_of(request)) == 1 else set()
        return [
            name
            for name in self.list_display
            if name not in hidden | (set() if request.user.is_judge else {"own_sheet"})
        ]

    def get_list_filter(self, request):
        return [shown for shown in self.list_filter if shown is not SheetStateFilter or request.user.is_judge]

    def get_queryset(self, request):
        """With the reader's own sheet, the final ones, and the needed evidence: no statement per row."""
        own = Sheet.objects.filter(entry=OuterRef("pk"), judge=request.user)
        judged = [round.pk for round in rounds_of(request) if round.scheme.items and not round.only_selects]
        needed = {code for edition in editions_of(request) for code in needed_requirements(edition.scheme)}
        self.found: dict[int, dict[str, set[str]]] = {}
        for entry, code, status in Evidence.objects.filter(
            requirement__in=needed,
            status__in=["accepted", "submitted"],
            entry__in=Entry.objects.at_desk_of(request.user),
        ).values_list("entry", "requirement", "status"):
            self.found.setdefault(entry, {}).setdefault(code, set()).add(status)
        return (
            super()
            .get_queryset(request)
            .taking_part()
            .filter(round__in=judged)
            .defer("round__edition__text")
            .annotate(
                own_state=Subquery(own.values("status")[:1]),
                finals=Count("sheets", filter=Q(sheets__status="final"), distinct=True),
            )
            .with_committee()
        )

    @display(description=_("office"), ordering="office__sort_key")
    def entrant(self, entry: Entry) -> str:
        return str(entry)

    @display(description=_("evidence for judging"), label={"all": "success", "some": "warning", "none": "danger"})
    def conditions(self, entry: Entry):
        found, needed = self.found.get(entry.pk, {}), needed_requirements(entry.round.scheme)
        accepted = sum("accepted" in found.get(code, ()) for code in needed)
        handed_in = sum(bool(found.get(code)) for code in needed)
        if not needed:
            return "all", _("None needed")
        if accepted == len(needed):
            return "all", _("All accepted")
        if handed_in:
            counts = {"accepted": accepted, "handed": handed_in, "needed": len(needed)}
            return "some", _("%(accepted)s accepted, %(handed)s handed in of %(needed)s") % counts
        return "none", _("Nothing handed in")

    @display(description=_("my sheet"), label={"none": "info", "draft": "warning", "final": "success"})
    def own_sheet(self, entry: Entry):
        state = entry.own_state or NOT_BEGUN
        return state, SHEET_STATES[state]

    @display(description=_("final sheets"))
    def final_sheets(self, entry: Entry) -> str:
        return f"{entry.finals} / {entry.expected_sheets}"


@admin.register(Sheet)
class SheetAdmin(ExportedList, HistoryAdmin):
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
        if (entry := left.values_list("pk", flat=True).first()) is not None:
            return redirect("admin:submissions_sheet_of_entry", entry)
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
        return left.order_by(begun_first, "-round", "office__sort_key", "pk")

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        sheet = self._object_or_404(request, object_id)
        return redirect("admin:submissions_sheet_of_entry", sheet.entry_id)

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
        entry = self._entry_or_404(request, entry_pk)
        why_not = access.why_not_judge(request.user, entry)
        own = Sheet.objects.filter(entry=entry, judge=request.user).first()
        if request.method != "POST":
            return self._page(request, entry, own, None if why_not else SheetForm(entry, own), why_not)
        if why_not:
            raise PermissionDenied(why_not)
        return self._save(request, entry, own)

    def _save(self, request, entry: Entry, own: Sheet | None) -> HttpResponse:
        form, is_final = SheetForm(entry, own, request.POST), "submit" in request.POST
        form.is_valid()  # every field takes any text; what it is worth is said all at once
        refused = intake.Refused()
        if is_final and not form.cleaned_data.get("confirmed"):
            refused.add("confirmed", str(_("Tick this to submit the sheet; it can't be changed afterwards.")))
            check_sheet(entry, form.points(), form.cleaned_data.get("remark", ""), is_final, refused)
        try:
            refused.raise_if_any()
            intake.save_sheet(
                entry,
                by=request.user,
                points=form.points(),
                remark=form.cleaned_data.get("remark", ""),
                final=is_final,
                revision=form.cleaned_data.get("revision") or 0,
            )
        except intake.Refused as refused:
            show_reasons(form, refused.reasons)
            return self._page(request, entry, own, form, status=422)
        except intake.Conflict as conflict:
            data = request.POST.copy()
            data["revision"] = conflict.current.revision if conflict.current else 0
            typed = SheetForm(entry, own, data)
            return self._page(request, entry, conflict.current, typed, conflict=conflict.current, status=409)
        messages.success(request, _("The sheet is submitted.") if is_final else _("The draft is saved."))
        return redirect("admin:submissions_sheet_of_entry", entry.pk)

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
        papers = [evidence for slot in slots for evidence in slot.evidence if evidence.status in HANDED_IN]
        context = page_context(
            self,
            request,
            title=entry_name(entry),
            subtitle=_("Scoring sheet"),
            missing=missing_parts(entry, slots),
            entry=entry,
            own=own,
            form=form,
            why_not=why_not,
            slots=slots,
            papers=papers,
            conflict=conflict,
            refusal=refusal,
            shown=_shown(papers, request.GET.get("show", "")),
            table=table_of(entry.round.scheme, sheets_beside(request.user, entry, own)),
            confirmed=states([entry])[entry.pk] if entry.round.asks_confirmation else "",
            expected=Entry.objects.with_committee().get(pk=entry.pk).expected_sheets,
            is_final=is_final,
            left=self._left(request, entry.round_id).count() if is_final else 0,
            waits=any(slot.state == "submitted" and slot.requirement.code in needed for slot in slots),
        )
        return render(request, "submissions/admin/sheet.html", context, status=status)


def _shown(papers: list[Evidence], chosen: str) -> Evidence | None:
    """The file beside the sheet: the chosen one, or else the first."""
    return next((evidence for evidence in papers if str(evidence.pk) == chosen), papers[0] if papers else None)
