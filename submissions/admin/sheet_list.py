"""The entries to judge, with the state of each sheet."""

from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.views import ChangeList

from submissions.models import ConflictOfInterest, Entry, Evidence, Sheet
from submissions.questions import veil

from .exporting import ExportedList
from .filters import ChoiceFilter, RoundOfEntryFilter, editions_of, rounds_of
from .roles import COMMITTEE, RoleAdmin, narrowed
from .sheet_form import needed_requirements

NOT_BEGUN = "none"
LAST = "\U0010fffd"  # sorts behind every name
SHEET_STATES = {NOT_BEGUN: _("Not begun"), "draft": _("Draft"), "final": _("Final"), "typed": _("Typed from paper")}


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
    result_list: Any

    def url_for_result(self, result) -> str:
        return address_of(result)

    def get_results(self, request) -> None:
        super().get_results(request)
        if request.user.is_judge:
            self.result_list = [veil.veil(entry, entry.own_state) for entry in self.result_list]


def address_of(entry: Entry) -> str:
    """Where the sheet of an entry is, as its reader may know it."""
    if entry.veil:
        return reverse("admin:submissions_sheet_veiled", args=[entry.veil])
    return reverse("admin:submissions_sheet_of_entry", args=[entry.pk])


def entries_for(user) -> QuerySet[Entry]:
    """Those that somebody judges, blind ones too; or of which they see the sheets."""
    return Entry.objects.judged_by(user) if user.is_judge else Entry.objects.at_desk_of(user)


def _sorted_by(user) -> Case:
    """By the office's name; what is judged blindly by its code, or its place would tell what it is."""
    hidden = Entry.objects.veiled_to(user).values_list("pk", flat=True) if user.is_judge else []
    cases = [When(pk=pk, then=Value(LAST + veil.code_of(pk))) for pk in hidden]
    return Case(*cases, default=F("office__sort_key"), output_field=CharField())


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
    ordering = ["round__is_closed", "-round", "named"]
    list_per_page = 25
    actions = None

    def get_changelist(self, request, **kwargs):
        return SheetList

    def get_list_display(self, request):
        """The round only where there are several, a sheet of one's own only for judges."""
        hidden = {"round"} if request.GET.get("round") or len(rounds_of(request)) == 1 else set()
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
        aside = ConflictOfInterest.objects.standing().filter(entry=OuterRef("pk"), judge=OuterRef("sheets__judge"))
        judged = [round.pk for round in rounds_of(request) if round.is_judged]
        needed = {code for edition in editions_of(request) for code in needed_requirements(edition.scheme)}
        self.found: dict[int, dict[str, set[str]]] = {}
        for entry, code, status in Evidence.objects.filter(
            requirement__in=needed,
            status__in=["accepted", "submitted"],
            entry__in=entries_for(request.user),
        ).values_list("entry", "requirement", "status"):
            self.found.setdefault(entry, {}).setdefault(code, set()).add(status)
        return (
            narrowed(entries_for(request.user), request.user, self.to_round)
            .taking_part()
            .filter(round__in=judged)
            .defer("round__edition__text")
            .annotate(
                own_state=Subquery(own.values("status")[:1]),
                finals=Count("sheets", filter=Q(~Exists(aside), sheets__status="final"), distinct=True),
                named=_sorted_by(request.user),
            )
            .order_by(*self.ordering)
            .with_committee()
        )

    def get_search_results(self, request, queryset, search_term):
        """Names find nothing that is judged blindly."""
        if search_term and request.user.is_judge:
            queryset = queryset.exclude(pk__in=Entry.objects.veiled_to(request.user).values("pk"))
        return super().get_search_results(request, queryset, search_term)

    @display(description=_("office"), ordering="named")
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

    @display(
        description=_("my sheet"), label={"none": "info", "draft": "warning", "final": "success", "typed": "warning"}
    )
    def own_sheet(self, entry: Entry):
        state = entry.own_state or NOT_BEGUN
        return state, SHEET_STATES[state]

    @display(description=_("final sheets"))
    def final_sheets(self, entry: Entry) -> str:
        return f"{entry.finals} / {entry.expected_sheets}"
