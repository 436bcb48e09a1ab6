"""Scorecards and their changes, to read; and the overview with which the admin opens."""

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Exists, F, Min, OuterRef, Q, Sum
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from submissions.admin.exporting import ExportedList
from submissions.admin.filters import OfficeFilter, OfRounds, RoundFilter, rounds_of
from submissions.admin.roles import RUNNERS, RoleAdmin, short_time
from submissions.admin.rounds import publications_of
from submissions.files import room
from submissions.files.recognise import size_shown
from submissions.models import Appeal, Entry, Evidence, Proposal, Round, Sheet, Value
from submissions.questions.deadlines import progress

from .authoring import schemes, trials  # noqa: F401  registers the trials and the new schemes
from .models import Scorecard, ScoreChange
from .pages import tables


@admin.register(Scorecard)
class ScorecardAdmin(OfRounds, ExportedList, RoleAdmin):
    """What the facts came to when they were last scored. Nothing here is typed; it all comes back from the facts."""

    viewers = RUNNERS
    to_round = "entry__round"
    columns = staticmethod(tables.cards)
    list_display = ["entry", "basis", "total", "attainable", "max", "is_current", "computed"]
    list_filter = [RoundFilter, OfficeFilter, ("basis", ChoicesDropdownFilter)]
    list_select_related = ["entry__round__edition", "entry__office", "entry__nominee_office"]
    search_fields = ["entry__office__name_th", "entry__office__name_en"]
    ordering = ["entry__office__sort_key", "-basis"]
    fields = [
        "entry",
        "basis",
        "total",
        "attainable",
        "max",
        "state",
        "by_criterion",
        "edition_digest",
        "scored_as_of",
        "computed",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("entry__round__edition__text")

    @display(description=_("state"), label={True: "success", False: "warning"})
    def is_current(self, card: Scorecard):
        """Whether its facts may say something else by now."""
        round, is_scored = card.entry.round, card.entry.state == Entry.State.TAKING_PART
        current = not (is_scored and card.is_stale(round, round.now()))
        return current, _("up to date") if current else _("being recomputed")

    @display(description=_("state"))
    def state(self, card: Scorecard):
        return self.is_current(card)[1]

    @display(description=_("computed at"), ordering="computed_at")
    def computed(self, card: Scorecard) -> str:
        return short_time(card.computed_at)

    @display(description=_("as of"))
    def scored_as_of(self, card: Scorecard) -> str:
        return short_time(card.as_of)

    @display(description=_("criteria"))
    def by_criterion(self, card: Scorecard) -> str:
        titles = {code: criterion.title for code, criterion in card.entry.round.scheme.criteria.items()}
        lines = [(code, titles.get(code), line) for code, line in card.criteria.items()]
        return render_to_string("scoring/admin/criteria.html", {"lines": lines})


@admin.register(ScoreChange)
class ScoreChangeAdmin(OfRounds, ExportedList, RoleAdmin):
    viewers = RUNNERS
    to_round = "entry__round"
    columns = staticmethod(tables.changes)
    list_display = ["when", "entry", "basis", "total", "attainable", "facts_version"]
    list_filter = [RoundFilter, OfficeFilter, ("basis", ChoicesDropdownFilter)]
    list_select_related = ["entry__round", "entry__office", "entry__nominee_office"]
    search_fields = ["entry__office__name_th", "entry__office__name_en"]
    fields = ["when", "entry", "basis", "total", "attainable", "facts_version"]

    @display(description=_("time"), ordering="at")
    def when(self, change: ScoreChange) -> str:
        return short_time(change.at)


def overview(request, context: dict) -> dict:
    """What waits for this reader, round by round: what runs, then what is prepared, then what is over;
    the centre's before those of offices.

    As many statements for one round as for many.
    """
    rounds = sorted(
        rounds_of(request), key=lambda round: (round.is_closed, round.is_preparing, round.organiser_id is not None)
    )
    told = _counted(rounds, request.user)
    running = [one for one in told if one["is_running"]]
    if request.user.runs_rounds:
        _tell_due(running)
    if request.user.is_central:
        context |= {"is_unscanned": settings.PRODUCTION and not settings.CLAMD, "room": _room()}
    context["rounds"] = [one for one in told if not one["round"].is_closed]
    context["closed"] = [one for one in told if one["round"].is_closed]
    context["first"] = next((one["round"] for one in running if _waits(one, request.user)), None)
    return context


def _counted(rounds: list[Round], user) -> list[dict]:
    """Each round with what is counted in it for this reader."""
    ids = [round.pk for round in rounds]
    published = publications_of(ids)
    counts = [
        *(_count_evidence(ids, user), _count_numbers(rounds, user)),
        *(_count_sheets(ids, user), _count_entries(ids, user)),
        *(_count_appeals(ids, user), _count_proposals(ids, user)),
    ]
    return [
        _at_a_glance(round, [count.get(round.pk, {}) for count in counts]) | {"published": published.get(round.pk)}
        for round in rounds
    ]


def _tell_due(running: list[dict]) -> None:
    """What those who run rounds are told: what is due by now."""
    due = progress([one["round"] for one in running], before=2, after=4)
    for one in running:
        one["due"] = due[one["round"].pk]


def _waits(one: dict, user) -> bool:
    """Whether there is a next deed in this round for this reader."""
    return bool(one["waiting"] or (user.is_judge and one["is_judged"] and one["own_left"]))


def _room() -> dict:
    """The disk for files, where it is filling, and the entries that have used most of their share of it."""
    left = room.room_left()
    return {
        "disk": None if left.state == "ok" else left,
        "used": int(left.used * 100),
        "free": size_shown(left.free),
        "entries": [(entry, size_shown(entry.bytes)) for entry in room.entries_nearly_full()],
        "most_pieces": settings.ENTRY_MAX_PIECES,
        "most_bytes": size_shown(settings.ENTRY_MAX_BYTES),
    }


def _count_evidence(rounds: list[int], user) -> dict[int, dict]:
    seen = Evidence.objects.visible_to(user).filter(entry__round__in=rounds)
    rows = seen.order_by().values(round=F("entry__round"))
    to_review = Q(status="submitted", entry__state=Entry.State.TAKING_PART)
    return _by_round(
        rows.annotate(
            waiting=Count("pk", filter=to_review),
            oldest=Min("submitted_at", filter=to_review),
            accepted=Count("pk", filter=Q(status="accepted")),
            returned=Count("pk", filter=Q(status="returned")),
        )
    )


def _count_numbers(rounds: list[Round], user) -> dict[int, dict]:
    """Numbers of offices that wait for review; no row where none does."""
    rows = Value.objects.visible_to(user).waiting(rounds).order_by().values(round=F("entry__round"))
    return _by_round(rows.annotate(numbers=Count("pk")))


def _count_sheets(rounds: list[int], user) -> dict[int, dict]:
    given = Sheet.objects.filter(entry__round__in=rounds, entry__state=Entry.State.TAKING_PART).taking_part()
    rows = given.order_by().values(round=F("entry__round"))
    return _by_round(
        rows.annotate(
            final=Count("pk", filter=Q(status="final")),
            own_final=Count("pk", filter=Q(status="final", judge=user)),
            own_draft=Count("pk", filter=Q(status="draft", judge=user)),
        )
    )


def _count_entries(rounds: list[int], user) -> dict[int, dict]:
    """Entries, their judges, and those whose scorecards have not seen the latest facts."""
    seen = Scorecard.objects.filter(entry=OuterRef("pk"), basis="verified", facts_version=OuterRef("facts_version"))
    shown = Entry.objects.judged_by(user) if user.is_judge else Entry.objects.visible_to(user)
    rows = shown.taking_part().filter(round__in=rounds).with_committee()
    return _by_round(
        rows.annotate(is_behind=~Exists(seen))
        .order_by()
        .values("round")
        .annotate(
            entries=Count("pk"),
            expected=Sum("expected_sheets"),
            stale=Count("pk", filter=Q(is_behind=True)),
        )
    )


def _count_appeals(rounds: list[int], user) -> dict[int, dict]:
    """Appeals that this reader may answer; no row where there are none."""
    mine = Appeal.objects.answerable_by(user).filter(publication=F("entry__round__provisional"))
    rows = mine.filter(entry__round__in=rounds).order_by().values(round=F("entry__round"))
    return _by_round(rows.annotate(appeals=Count("pk")))


def _count_proposals(rounds: list[int], user) -> dict[int, dict]:
    """What waits for this reader as the second person."""
    rows = Proposal.objects.for_second(user, timezone.now()).filter(round__in=rounds).order_by().values("round")
    return _by_round(rows.annotate(proposals=Count("pk")))


def _by_round(rows) -> dict[int, dict]:
    return {row.pop("round"): row for row in rows}


def _at_a_glance(round: Round, counts: list[dict]) -> dict:
    names = "entries expected stale waiting numbers accepted returned final own_final own_draft appeals proposals"
    nothing = dict.fromkeys(names.split(), 0)
    counted = nothing | {name: n for count in counts for name, n in count.items()}
    of_round = f"round={round.pk}"
    return counted | {
        "round": round,
        "is_running": not (round.is_closed or round.is_preparing or round.is_settled),
        "is_judged": bool(round.scheme.items) and not round.only_selects,
        "own_left": max(0, counted["entries"] - counted["own_final"]),
        "sheets_left": max(0, counted["expected"] - counted["final"]),
        "queue": reverse("admin:submissions_evidence_changelist") + f"?{of_round}",
        "numbers_page": reverse("admin:submissions_value_waiting") + f"#round-{round.pk}",
        "next_piece": reverse("review-next") + f"?{of_round}",
        "sheets": reverse("admin:submissions_sheet_changelist") + f"?{of_round}",
        "next_sheet": reverse("admin:submissions_sheet_next") + f"?{of_round}",
    }
