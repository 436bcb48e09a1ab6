"""Entries and the record of every deed on them: both to read."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.views import ChangeList

from submissions.fields import whole
from submissions.log.check import check
from submissions.models import Entry, Event, Evidence, Round
from submissions.pages.dear import dear
from submissions.questions.access import unseen_points
from submissions.questions.handed_in import states
from submissions.spreadsheets import tables
from submissions.templatetags.wording import DEEDS, change_of, deed_in_words, state_name

from . import event_details
from .exporting import AT_ONCE, ExportedList
from .filters import ChoiceFilter, OfficeFilter, RoundFilter, RoundOfEntryFilter
from .roles import COMMITTEE, RUNNERS, RoleAdmin, narrowed, page_context, short_time

MOST_SHOWN = 500  # findings on one page; the command names all


def _pieces(status: str) -> Coalesce:
    """How many pieces of evidence of an entry have a status, counted for the entries that are shown alone."""
    counted = Evidence.objects.filter(entry=OuterRef("pk"), status=status).order_by().values("entry")
    return Coalesce(Subquery(counted.annotate(count=Count("pk")).values("count")), 0)


class EntryList(ChangeList):
    result_list: Any

    def get_results(self, request) -> None:
        super().get_results(request)
        self.result_list = list(with_confirmation(self.result_list))
        unseen = unseen_points(request.user, self.result_list)
        for entry in self.result_list:
            entry.unseen_points = unseen.get(entry.pk, "")


def with_confirmation(entries: Iterable[Entry]) -> Iterator[Entry]:
    """With .confirmed, how each stands with its head's confirmation: read for many together."""
    entries = iter(entries)
    while some := list(islice(entries, AT_ONCE)):
        found = states(entry for entry in some if entry.round.asks_confirmation)
        for entry in some:
            entry.confirmed = found.get(entry.pk, "")
            yield entry


@admin.register(Entry)
class EntryAdmin(ExportedList, RoleAdmin):
    viewers = COMMITTEE
    to_round = "round"
    columns = staticmethod(tables.entries)
    list_display = ["entrant", "state", "round", "size", "waiting", "accepted", "confirmation", "open_scorecard"]
    list_filter = [RoundOfEntryFilter, "state"]
    list_select_related = ["round__edition", "office", "nominee_office"]
    search_fields = ["office__name_th", "office__name_en", "office__code", "nominee_name", "nominee_office__name_th"]
    search_help_text = _("Office or code")
    fields = """
        office_name named state withdrawn_reason round_name size confirmation_state open_scorecard
        to_review to_judge
    """.split()
    readonly_fields = fields

    def get_queryset(self, request):
        status = Evidence.Status
        counts = {"waiting": _pieces(status.SUBMITTED), "accepted": _pieces(status.ACCEPTED)}
        return super().get_queryset(request).defer("round__edition__text").annotate(**counts)

    def get_object(self, request, *args, **kwargs):
        """One entry, with .unseen_points as the rows of the list have it."""
        if entry := super().get_object(request, *args, **kwargs):
            entry.unseen_points = unseen_points(request.user, [entry]).get(entry.pk, "")
        return entry

    def get_changelist(self, request, **kwargs):
        return EntryList

    def exported(self, rows):
        return with_confirmation(super().exported(rows))

    @display(description=_("office"), ordering="office__sort_key")
    def entrant(self, entry: Entry) -> str:
        return str(entry)

    # In words: Django would link to pages that a committee member may not open.
    @display(description=_("office"))
    def office_name(self, entry: Entry) -> str:
        return entry.office.name

    @display(description=_("nominee"))
    def named(self, entry: Entry) -> str:
        return entry.nominee or "–"

    @display(description=_("round"))
    def round_name(self, entry: Entry) -> str:
        return entry.round.name

    @display(description=_("size group"))
    def size(self, entry: Entry) -> str:
        return entry.office.get_size_display()

    @display(description=_("waiting for review"), ordering="waiting")
    def waiting(self, entry: Entry) -> int:
        return entry.waiting

    @display(description=_("accepted"), ordering="accepted")
    def accepted(self, entry: Entry) -> int:
        return entry.accepted

    @display(
        description=_("confirmed by the head"), label={"asked": "warning", "changed": "danger", "confirmed": "success"}
    )
    def confirmation(self, entry: Entry):
        return (entry.confirmed, state_name(entry.confirmed)) if entry.confirmed else ("", "–")

    @display(description=_("confirmed by the head"))
    def confirmation_state(self, entry: Entry):
        return state_name(states([entry])[entry.pk]) if entry.round.asks_confirmation else "–"

    @display(description=_("scorecard"))
    def open_scorecard(self, entry: Entry) -> str:
        if entry.unseen_points and not entry.round.only_selects:  # a judge's, before the own sheet is final
            sheet = reverse("admin:submissions_sheet_of_entry", args=[entry.pk])
            return _link(sheet, _("Shown once your scoring sheet is final"))
        return _link(reverse("scorecard", args=[entry.pk]), _("Open the scorecard"))

    @display(description=_("review"))
    def to_review(self, entry: Entry) -> str:
        url = reverse("admin:submissions_evidence_changelist")
        return _link(f"{url}?round={entry.round_id}&office={entry.office_id}", _("Evidence of this entry"))

    @display(description=_("judging"))
    def to_judge(self, entry: Entry) -> str:
        return _link(reverse("admin:submissions_sheet_of_entry", args=[entry.pk]), _("Scoring sheet"))


def _link(url: str, text) -> str:
    return format_html('<a class="link" href="{}">{}</a>', url, text)


class DeedFilter(ChoiceFilter):
    title, parameter_name = _("deed"), "verb"

    def lookups(self, request, model_admin):
        return list(DEEDS.items())

    def narrow(self, request, queryset):
        return queryset.filter(verb=self.value())


@admin.register(Event)
class EventAdmin(ExportedList, RoleAdmin):
    """Who did what to which facts. Each entry's events form a chain that shows whether one was altered or removed."""

    viewers = RUNNERS
    to_round = "entry__round"
    columns = staticmethod(tables.events)
    list_display = ["when", "entry", "actor", "what", "place"]
    list_filter = [RoundFilter, OfficeFilter, DeedFilter]
    list_select_related = ["entry__round__edition", "entry__office", "entry__nominee_office", "actor"]
    search_fields = ["entry__office__name_th", "entry__office__name_en", "actor__full_name", "actor__username"]
    fields = ["when", "entry", "actor", "what", "details", "sequence", "previous", "digest"]
    readonly_fields = fields
    actions_list = ["check_chains"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("entry__round__edition__text")

    @action(description=_("Check the log"), icon="verified_user", permissions=["view"])
    @method_decorator(dear("30/min"))
    def check_chains(self, request):
        """As `manage.py check_log`: each row that the log does not explain, by round."""
        rounds = narrowed(Round.objects.order_by("-pk"), request.user, "pk")
        round = get_object_or_404(rounds, pk=pk) if (pk := whole(request.GET.get("round", ""))) is not None else None
        everything = None if request.user.is_central else Entry.objects.filter(round__in=rounds)
        report = check(round.entries.all() if round else everything)
        context = {"title": _("Check the log"), "report": report, "rounds": rounds, "chosen": round, "most": MOST_SHOWN}
        return render(request, "submissions/admin/check_log.html", page_context(self, request, **context))

    @display(description=_("time"), ordering="at")
    def when(self, event: Event) -> str:
        return short_time(event.at)

    @display(description=_("deed"), ordering="verb")
    def what(self, event: Event) -> str:
        return deed_in_words(event, event.data.get("title") or event_details.about(event), change_of(event))

    @display(description=_("details"))
    def details(self, event: Event) -> str:
        return event_details.details(event)

    @display(description=_("place in the chain"))
    def place(self, event: Event) -> str:
        return f"#{event.sequence} · {event.digest[:8]}"
