"""Who may dispute what of a provisional result, who answers it, and what an answer may correct."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scoring import engine
from submissions.models import (
    Appeal,
    Entry,
    Event,
    Evidence,
    Holiday,
    Round,
    SecondReading,
    Sheet,
    User,
    Value,
)

from . import access
from .access import Reason
from .panel import Panel
from .proposals import runners

HANDED_IN = (Evidence.Status.SUBMITTED, Evidence.Status.ACCEPTED, Evidence.Status.RETURNED)


def last_moment(round: Round, at: datetime) -> datetime:
    """Until when a result that is announced at this time may be disputed: the end of the last of its business days."""
    holidays = set(Holiday.objects.values_list("date", flat=True))
    day, left = engine.day_of(at), round.appeal_days
    while left:
        day += timedelta(days=1)
        left -= engine.business_days_late(day - timedelta(days=1), day, holidays)
    return engine.end_of_day(day)


def days_left(round: Round, at: datetime) -> int:
    """Business days until the last moment, today among them."""
    assert round.appeals_until
    yesterday = engine.day_of(at) - timedelta(days=1)
    holidays: set[date] = set(Holiday.objects.values_list("date", flat=True))
    return engine.business_days_late(yesterday, engine.day_of(round.appeals_until), holidays)


def why_not_appeal(user: User, entry: Entry, at: datetime) -> Reason:
    """Dispute a criterion of the entry's provisional result: for those who hand in for its office."""
    if not user.is_officer or not Entry.objects.visible_to(user).filter(pk=entry.pk).exists():
        return _("Only the office itself disputes its points.")
    if entry.round.is_run_by(user):
        return _("Whoever runs the round does not dispute its result; somebody else of the office does.")
    if entry.round.appeals_until is None:
        return _("No provisional result was announced.")
    if not entry.round.hears_appeals(at):
        return _("The days for appeals are over; who has not disputed anything has accepted the result.")
    return None


def why_not_answer(user: User, appeal: Appeal) -> Reason:
    """Answer it: for the committee and those who run the round, but none who decided it the first time."""
    round = appeal.entry.round
    seen = Entry.objects.at_desk_of(user).filter(pk=appeal.entry_id)
    if not (user.is_judge or round.is_run_by(user)) or not seen.exists():
        return _("Only the round's committee and those who run the round answer appeals.")
    if not appeal.is_open:
        return _("This appeal was answered already.")
    if appeal.publication != round.provisional:
        return _("This appeal was answered already, or is none of the result that is announced now.")
    if appeal.made_by_id == user.pk:
        return _("You made this appeal: somebody else answers.")
    if appeal.deciders.filter(pk=user.pk).exists():
        return _("You decided this the first time: somebody else answers.")
    return None


def read_by(criterion: engine.Criterion, kind: str) -> set[str]:
    """The codes of the requirements, values or items (`kind`) that a criterion asks for."""
    return {read.code for read in criterion.inputs if read.kind == kind}


def pieces_of(entry: Entry, criterion: engine.Criterion) -> list[Evidence]:
    """What was handed in for the criterion, and may be pointed at or decided anew."""
    asked = entry.evidence.filter(requirement__in=read_by(criterion, "requirement"), status__in=HANDED_IN)
    return list(asked.order_by("requirement", "period", "pk"))


def amounts_of(entry: Entry, criterion: engine.Criterion) -> list[Value]:
    return list(entry.values.filter(code__in=read_by(criterion, "value")).order_by("code", "period"))


def sheets_of(entry: Entry, criterion: engine.Criterion) -> list[Sheet]:
    """The sheets on which the criterion's points rest; none where judges give none for it."""
    if not read_by(criterion, "item"):
        return []
    return list(entry.sheets.select_related("judge", "entry__round__edition").order_by("pk"))


def deciders_of(entry: Entry, criterion: engine.Criterion) -> set[int]:
    """Whoever accepted, returned, read a second time, recorded or judged what the criterion's points rest on."""
    pieces, amounts = pieces_of(entry, criterion), amounts_of(entry, criterion)
    reviewed = {piece.reviewed_by_id for piece in pieces} | {amount.reviewed_by_id for amount in amounts}
    readings = SecondReading.objects.filter(evidence__in=pieces).values_list("first_by", "read_by", "settled_by")
    read = {reader for readers in readings for reader in readers}
    entered = {value.entered_by_id for value in amounts if value.source != Value.Source.OFFICE}
    judged = {sheet.judge_id for sheet in sheets_of(entry, criterion)}
    return {pk for pk in reviewed | read | entered | judged if pk is not None}


def answerers(appeals: Iterable[Appeal]) -> dict[int, list[User]]:
    """Whom each appeal goes to, by its id: judges who see the entry and those who run the round, none who decided it
    the first time, as `answerable_by` says for one person. An empty list: nobody is left. A few statements for a round.
    """
    appeals = list(appeals)
    panels = {round.pk: Panel(round) for round in (appeal.entry.round for appeal in appeals)}
    running = {pk: runners(panel.round) for pk, panel in panels.items()}
    deciders: dict[int, set[int]] = {appeal.pk: set() for appeal in appeals}
    for pk, user in Appeal.deciders.through.objects.filter(appeal__in=deciders).values_list("appeal", "user"):
        deciders[pk].add(user)
    found = {}
    for appeal in appeals:
        panel, entry = panels[appeal.entry.round_id], appeal.entry
        judges = [one for one in panel.judges(entry) if one.is_judge and panel.knows(entry, one)]
        people = [*judges, *running[entry.round_id]]
        found[appeal.pk] = [one for one in people if one.pk not in deciders[appeal.pk]]
    return found


def why_not_correct_decision(user: User, appeal: Appeal, evidence: Evidence) -> Reason:
    """Accept or return a piece anew, by the answer to an appeal."""
    return why_not_answer(user, appeal) or _why_beside(appeal, "requirement", evidence.requirement)


def why_not_correct_value(user: User, appeal: Appeal, code: str) -> Reason:
    return why_not_answer(user, appeal) or _why_beside(appeal, "value", code)


def why_not_correct_sheet(user: User, appeal: Appeal, sheet: Sheet) -> Reason:
    if reason := why_not_answer(user, appeal) or access.why_no_sheet(sheet):
        return reason
    return None if read_by(_criterion(appeal), "item") else _beside()


def judged_before(appeal: Appeal, judge: User) -> Mapping[str, str]:
    """The points on this judge's sheet when it was reopened for the appeal."""
    reopened = Event.objects.filter(entry=appeal.entry_id, verb="sheet.reopened", data__appeal=appeal.pk)
    sheet = appeal.sheets.filter(judge=judge).values_list("pk", flat=True).first()
    points = (e.data["points"] for e in reopened.order_by("sequence") if e.data["sheet"] == sheet)
    return next(points, {})


def disputed_items(appeal: Appeal) -> set[str]:
    """The codes of the items that an answer to the appeal may correct."""
    return read_by(_criterion(appeal), "item")


def why_not_move(appeal: Appeal, before: Mapping[str, str], points: Mapping[str, str]) -> Reason:
    """Give these points on a sheet that was reopened for an appeal: only what it disputes may be another."""
    moved = [code for code in {*before, *points} - disputed_items(appeal) if before.get(code) != points.get(code)]
    titles = appeal.entry.round.scheme.items
    if not moved:
        return None
    named = ", ".join(titles[code].title.th if code in titles else code for code in sorted(moved))
    return _("Only what the appeal disputes is corrected. Leave as it was: %(items)s") % {"items": named}


def _criterion(appeal: Appeal) -> engine.Criterion:
    return appeal.entry.round.scheme.criteria[appeal.criterion]


def _why_beside(appeal: Appeal, kind: str, code: str) -> Reason:
    return None if code in read_by(_criterion(appeal), kind) else _beside()


def _beside() -> str:
    return _("The appeal does not dispute this: only what its criterion asks for is corrected.")


def corrections_of(appeals: Iterable[Appeal]) -> dict[int, list[Event]]:
    """The deeds by which each appeal's answer corrected facts, by its id. One statement."""
    found: dict[int, list[Event]] = {appeal.pk: [] for appeal in appeals}
    entries = {appeal.entry_id for appeal in appeals}
    verbs = ("evidence.accepted", "evidence.returned", "value.entered", "sheet.reopened")
    deeds = Event.objects.filter(entry__in=entries, verb__in=verbs, data__has_key="appeal").order_by("sequence")
    for event in deeds.select_related("actor"):
        if event.data["appeal"] in found:
            found[event.data["appeal"]].append(event)
    return found


def why_not_final(round: Round, at: datetime) -> list[str]:
    """What must be done before a provisional result becomes final: every reason."""
    if round.appeals_until is None:
        return []
    reasons = []
    if round.hears_appeals(at):
        reasons.append(_("The days for appeals are not over yet."))
    waiting = Appeal.objects.of_round(round).open().count()
    if waiting:
        text = ngettext("%(count)s appeal is not answered yet.", "%(count)s appeals are not answered yet.", waiting)
        reasons.append(text % {"count": waiting})
    return reasons
