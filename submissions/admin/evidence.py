"""The queue of evidence waiting for review, oldest first, and decisions on several at once."""

from typing import NamedTuple

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from submissions import intake
from submissions.fields import whole
from submissions.files.recognise import size_shown
from submissions.models import Evidence
from submissions.spreadsheets import tables
from submissions.templatetags.wording import STATES

from .beside import BesidePage
from .exporting import ExportedList
from .filters import (
    ChoiceFilter,
    CriterionFilter,
    DimensionFilter,
    NoticedFilter,
    OfficeFilter,
    PeriodFilter,
    RoundFilter,
    slot_title,
)
from .review import ReviewPage
from .roles import COMMITTEE, RoleAdmin, page_context, short_time

GONE = ("withdrawn", "replaced")
AT_ONCE = 200  # decided in one request, each a transaction of its own


class StatusFilter(ChoiceFilter):
    """Waiting, unless something else is asked for."""

    title, parameter_name = _("status"), "status"
    all_option = None

    def lookups(self, request, model_admin):
        return [
            ("", _("Waiting for review")),
            *((s, STATES[s]) for s in ("accepted", "returned", "withdrawn")),
            ("all", _("All")),
        ]

    def queryset(self, request, queryset):
        return super().queryset(request, queryset if self.value() else queryset.waiting())

    def narrow(self, request, queryset):
        return queryset if self.value() == "all" else queryset.filter(status=self.value())


@admin.register(Evidence)
class EvidenceAdmin(BesidePage, ReviewPage, ExportedList, RoleAdmin):
    viewers = changers = COMMITTEE
    to_round = "entry__round"
    columns = staticmethod(tables.evidence)
    list_display = ["office", "criteria", "slot", "title", "handed_in", "waiting_since", "state"]
    list_display_links = ["office", "title"]
    list_filter = [
        StatusFilter,
        RoundFilter,
        OfficeFilter,
        NoticedFilter,
        DimensionFilter,
        CriterionFilter,
        PeriodFilter,
    ]
    list_select_related = """
        entry__round__edition entry__office entry__nominee_office replaced_by submitted_by
        reviewed_by
    """.split()
    search_fields = ["entry__office__name_th", "entry__office__name_en", "original_name", "url", "requirement"]
    search_help_text = _("Office, file name or link")
    ordering = ["submitted_at", "pk"]
    when_empty = _("Nothing waits for review. What offices hand in is listed here.")
    list_per_page = 20  # the queue is worked through on phones
    actions = ["decide_selected"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("entry__round__edition__text")

    def changelist_view(self, request, extra_context=None):
        """The queue is called as the menu calls it; of what else is listed it is evidence."""
        title = {} if request.GET.get("status") else {"list_title": _("Evidence to review")}
        return super().changelist_view(request, title | (extra_context or {}))

    def get_list_display(self, request):
        """What waits says for how long, in one column with its day; what else is listed says how it stands."""
        hidden = {"waiting_since"} if request.GET.get("status") else {"handed_in", "state"}
        return [name for name in self.list_display if name not in hidden]

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("next/", view(self.next_view), name="submissions_evidence_next"),
            path("decide/", view(self.decide_view), name="submissions_evidence_decide"),
            path("<int:pk>/pass-on/", view(self.pass_on_view), name="submissions_evidence_pass_on"),
            *super().get_urls(),
        ]

    @display(description=_("office"), ordering="entry__office__sort_key")
    def office(self, evidence: Evidence) -> str:
        return str(evidence.entry)

    @display(description=_("criterion"))
    def criteria(self, evidence: Evidence) -> str:
        return ", ".join(evidence.criteria) or "–"

    @display(description=_("requirement"), header=True)
    def slot(self, evidence: Evidence):
        return slot_title(evidence.entry.round.scheme, evidence.requirement, evidence.period)

    @display(description=_("file or link"), header=True)
    def title(self, evidence: Evidence):
        return (evidence.title, size_shown(evidence.size) if evidence.file else _("link"))

    @display(description=_("handed in"), ordering="submitted_at")
    def handed_in(self, evidence: Evidence) -> str:
        return short_time(evidence.submitted_at)

    @display(description=_("handed in"), ordering="submitted_at", header=True)
    def waiting_since(self, evidence: Evidence):
        if evidence.status != Evidence.Status.SUBMITTED:
            return (self.handed_in(evidence), "")
        long = timesince(evidence.submitted_at, evidence.entry.round.now(), depth=1)
        return (self.handed_in(evidence), _("waiting for %(long)s") % {"long": long})

    @display(
        description=_("status"),
        label={"submitted": "warning", "accepted": "success", "returned": "danger", **dict.fromkeys(GONE, "info")},
    )
    def state(self, evidence: Evidence):
        return evidence.standing, STATES[evidence.standing]

    # Several at once

    @action(description=_("Accept or return the selected…"))
    def decide_selected(self, request, queryset) -> HttpResponse | None:
        """A page in between lists what was chosen, as it is now, and asks."""
        if queryset.count() > AT_ONCE:
            messages.error(request, _("Choose %(most)s at most.") % {"most": AT_ONCE})
            return None
        return self._decide_page(request, list(queryset), filters=request.GET.urlencode())

    def decide_view(self, request) -> HttpResponse:
        """Decide on each by itself; what is refused, or was changed by somebody else, stays on the page."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        filters = request.POST.get("filters", "")
        chosen = _chosen(request.POST.getlist("evidence")[:AT_ONCE])
        queue = reverse("admin:submissions_evidence_changelist") + (f"?{filters}" if filters else "")
        if request.method != "POST" or not chosen:
            return redirect(queue)
        rows = list(self.get_queryset(request).filter(pk__in=chosen).select_related(*self.list_select_related))
        is_accepted, reason = request.POST.get("decision") == "accept", request.POST.get("reason", "")
        undone = _decide(rows, chosen, by=request.user, accept=is_accepted, reason=reason)
        if count := len(rows) - len(undone):
            if is_accepted:
                sentence = ngettext("%(count)s was accepted.", "%(count)s were accepted.", count)
            else:
                sentence = ngettext("%(count)s was returned.", "%(count)s were returned.", count)
            messages.success(request, sentence % {"count": count})
        if not undone:
            return redirect(queue)
        left = self.get_queryset(request).filter(pk__in=undone).select_related(*self.list_select_related)
        return self._decide_page(request, list(left), filters=filters, reason=reason, undone=undone, status=409)

    def _decide_page(
        self, request, rows, *, filters: str, reason: str = "", undone=None, status: int = 200
    ) -> HttpResponse:
        context = page_context(
            self,
            request,
            title=_("Accept or return several at once"),
            rows=[_to_decide(evidence, (undone or {}).get(evidence.pk)) for evidence in rows],
            filters=filters,
            reason=reason,
            undone=undone,
        )
        return render(request, "submissions/admin/decide.html", context, status=status)


class ToDecide(NamedTuple):
    """One line of the page on which several are decided."""

    evidence: Evidence
    slot: tuple[str, str]
    is_ticked: bool
    why_not: Exception | None  # why it was not decided


def _to_decide(evidence: Evidence, why_not: Exception | None) -> ToDecide:
    slot = slot_title(evidence.entry.round.scheme, evidence.requirement, evidence.period)
    is_changed = isinstance(why_not, intake.Conflict)  # what changed is looked at before it is decided
    return ToDecide(evidence, slot, not is_changed, why_not)


def _chosen(pairs: list[str]) -> dict[int, int]:
    """Evidence and the revision that was on the page, from "id.revision"."""
    split = ([whole(part) for part in pair.partition(".")[::2]] for pair in pairs)
    return {pk: revision for pk, revision in split if pk is not None and revision is not None}


def _decide(rows: list[Evidence], revisions: dict[int, int], *, by, accept: bool, reason: str) -> dict[int, Exception]:
    """Decide on each; what was not done, with the reason why."""
    undone: dict[int, Exception] = {}
    for evidence in rows:
        try:
            intake.review_evidence(evidence, by=by, accept=accept, reason=reason, revision=revisions[evidence.pk])
        except (intake.Refused, intake.Conflict) as why:
            undone[evidence.pk] = why
    return undone
