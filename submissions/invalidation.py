"""Says when facts change. Hangs on the models, so that no door can go round it."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.utils.translation import gettext as _

from scoring import engine

from .log import terms
from .log.holidays import closed_rounds_with
from .models import (
    Assignment,
    ConflictOfInterest,
    Entry,
    Evidence,
    Extension,
    Holiday,
    Office,
    Round,
    Sheet,
    User,
    Value,
)
from .models.entries import EntryQuerySet
from .models.places import within
from .questions import access
from .questions.proofread import Refused
from .questions.proposals import why_not_alone


@receiver([post_save, post_delete], sender=Evidence)
@receiver([post_save, post_delete], sender=Value)
@receiver([post_save, post_delete], sender=Extension)
@receiver([post_save, post_delete], sender=Sheet)
@receiver([post_save, post_delete], sender=ConflictOfInterest)
@receiver(post_save, sender=Assignment)  # deleted they are many at once, and `intake` touches their entries
def fact_of_entry_changed(instance: Any, **kwargs: Any) -> None:
    if not kwargs.get("raw"):
        Entry.objects.filter(pk=instance.entry_id).touch()


def moved_by(row: models.Model) -> EntryQuerySet:
    """The entries whose scores may move when this round, office or holiday is saved; none by any other row, nor by an
    office that is new.
    """
    if isinstance(row, Round):  # its settings, edition or clock
        return Entry.objects.filter(round=row.pk)
    # Its size group sets targets; where it lies, who judges it, what lies in it, names it.
    if isinstance(row, Office) and row.pk:
        return Entry.objects.filter(within(row.pk) | Q(nominee_office=row.pk))
    if isinstance(row, Holiday):
        return Entry.objects.filter(
            Q(round__is_closed=False) | Q(round__in=closed_rounds_with(min(row.days, default="")))
        )
    return Entry.objects.none()


# What may change of a round whose provisional result was announced: no points hang on it.
_AFTER_ALL = {"closed", "blind", "notes", "second_readings", "two_persons", "provisional", "appeals_until", "heard_at"}
# A round whose result is final and which is closed: life goes on, and offices and judges move.
_OVER = Q(heard_at__isnull=False, is_closed=True)


def why_not_save(row: models.Model) -> str | None:
    """Why this round, office, holiday or user can't be saved as it is now: points that were announced provisionally,
    or the committee that gave them, would be others. Those that are new move nothing."""
    if isinstance(row, Round):
        return _why_not_save_round(row)
    if isinstance(row, User) and (reason := _why_seated(row)):
        return reason
    found = _settled_moved_by(row).first()
    return access.why_settled(found) if found else None


def _why_not_save_round(round: Round) -> str | None:
    before = Round.objects.filter(pk=round.pk).first()
    if before and before.needs_two_persons and not (round.needs_two_persons or round.is_seconded):
        return why_not_alone(before, None)
    if before is None or not before.is_settled or round.appeals_until is None:
        return None
    allowed = _AFTER_ALL | ({"clock"} if before.is_practice else set())
    return access.why_settled(before) if _changes_of(round, None) - allowed else None


def _settled_moved_by(row: models.Model) -> QuerySet[Round]:
    """The rounds with a provisional result whose points, or committee, would be others with this row."""
    rounds = Round.objects.filter(appeals_until__isnull=False)
    if isinstance(row, Office) and row.pk and {"code", "kind", "size", "above"} & _changes_of(row, None):
        return rounds.exclude(_OVER).filter(entries__in=moved_by(row))
    if isinstance(row, Holiday) and (days := _days_of(row)):
        first = datetime.combine(date.fromisoformat(min(days)), time.min, engine.BANGKOK)
        return rounds.filter(appeals_until__gte=first)
    if isinstance(row, User) and row.pk and _moves(row):
        return rounds.exclude(_OVER).filter(judges=row.pk)
    return rounds.none()


def _stop(reason: str | None) -> None:
    if reason:
        raise Refused({"": [reason]})


@receiver([pre_save, pre_delete], sender=Holiday)
def keep_settled(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """No door goes round it: forms ask the same before, to say it beside what was typed. Likewise below."""
    if not raw:
        _stop(why_not_save(instance))


@receiver(pre_save, sender=Round)
@receiver(pre_save, sender=Office)
@receiver([pre_save, pre_delete], sender=Holiday)
def hold_entries(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """Whoever holds entries may want this row next: entries come first, by id, so that nobody waits in a circle.

    Outside a transaction no two are held at once: the row is let go before its entries are touched.
    """
    if raw:
        return
    if isinstance(instance, Holiday):
        instance.days = _days_of(instance)
    if connection.in_atomic_block:
        moved_by(instance).hold()


@receiver(pre_save, sender=Round)
@receiver(pre_save, sender=Office)
def note_changes(instance: Any, update_fields: Collection[str] | None = None, **kwargs: Any) -> None:
    instance.changes = _changes_of(instance, update_fields)
    if instance.changes:
        _stop(why_not_save(instance))


def _days_of(holiday: Holiday) -> set[str]:
    """The day that a holiday is, and the one that it was, as ISO 8601."""
    before = Holiday.objects.filter(pk=holiday.pk).values_list("date", flat=True)
    return {str(day) for day in (holiday.date, *before) if day}


def _changes_of(row: Round | Office, update_fields: Collection[str] | None) -> set[str]:
    """The terms that saving this row changes: what was altered before by SQL alone is no deed of whoever saves it."""
    fields = terms.OF_ROUND if isinstance(row, Round) else terms.OF_OFFICE
    before = type(row).objects.filter(pk=row.pk).first()
    if before is None:
        return set()
    columns: dict[str, Any] = {term: row._meta.get_field(field) for term, field in fields.items()}
    return {
        term
        for term, column in columns.items()
        if (update_fields is None or not {column.name, column.attname}.isdisjoint(update_fields))
        and getattr(row, column.attname) != getattr(before, column.attname)
    }


@receiver(post_save, sender=Round)
@receiver(post_save, sender=Office)
@receiver([post_save, post_delete], sender=Holiday)
def row_changed(instance: Any, created: bool = False, raw: bool = False, **kwargs: Any) -> None:
    """A new round or office has no entries yet."""
    if raw or (created and not isinstance(instance, Holiday)):
        return
    with transaction.atomic():
        ids, by = moved_by(instance).touch(), terms.who_saves(instance)
        if isinstance(instance, Round):
            terms.record(ids, instance.changes, by=by)
        elif isinstance(instance, Holiday):
            terms.record(ids, instance.days, by=by)
        else:
            own = set(instance.entries.filter(pk__in=ids).values_list("pk", flat=True))
            elsewhere = {"above", terms.NOMINEE} if instance.changes else set()
            terms.record(own, instance.changes | elsewhere - {"above"}, by=by)
            terms.record(set(ids) - own, elsewhere, by=by)


@receiver(m2m_changed, sender=Round.judges.through)
def committee_changed(instance: Any, action: str, reverse: bool, **kwargs: Any) -> None:
    """How many sheets are expected depends on the committee's size."""
    if reverse:
        # The history of rounds can't follow such a change.
        raise TypeError("a committee is changed from its round: round.judges.add(user)")
    _stop(access.why_settled(instance))
    if action in ("pre_remove", "pre_clear") and not instance.is_seconded:
        _stop(why_not_alone(instance, None))
    if action.startswith("pre_"):  # entries come before the committee's seats as well
        instance.entries.all().touch()
    else:
        with transaction.atomic():
            terms.record(instance.entries.all().hold(), [terms.COMMITTEE], by=terms.who_saves(instance))


@receiver(pre_delete, sender=User)
def judge_leaves(instance: Any, **kwargs: Any) -> None:
    """Who is deleted leaves their committees, and no other signal tells of that."""
    settled = instance.judged_rounds.filter(appeals_until__isnull=False).exclude(_OVER).first()
    _stop(access.why_settled(settled) if settled else None)
    guarded = instance.judged_rounds.filter(needs_two_persons=True)
    _stop(next(filter(None, (why_not_alone(round, None) for round in guarded)), None))
    instance.left = Entry.objects.filter(round__in=instance.judged_rounds.all()).touch()


@receiver(post_delete, sender=User)
def judge_left(instance: Any, **kwargs: Any) -> None:
    terms.record(instance.left, [terms.COMMITTEE], by=terms.who_saves(instance))


@receiver(pre_save, sender=User)
def judge_may_move(instance: Any, update_fields: Collection[str] | None = None, raw: bool = False, **kw: Any) -> None:
    instance.moves = _moves(instance)
    if not raw and (instance.moves or update_fields is None or not _OF_JUDGES.isdisjoint(update_fields)):
        _stop(why_not_save(instance))


_OF_JUDGES = {"role", "is_active", "is_superuser"}  # by which an account is a judge's


def _why_seated(user: User) -> str | None:
    """Make an account no judge's any more, or close it, while it sits where two persons decide that a judge leaves."""
    if user.pk is None or user.is_judge:
        return None
    guarded = Round.objects.filter(judges=user.pk, needs_two_persons=True, is_closed=False)
    was_judge = User.objects.filter(pk=user.pk, role=User.Role.JUDGE, is_active=True, is_superuser=False)
    round = next((round for round in guarded if why_not_alone(round, None)), None)
    if round is None or not was_judge.exists():
        return None
    sentence = _(
        "This judge sits on the committee of %(round)s, where a second person confirms that a judge leaves: propose "
        "that first, on the round's page. What is urgent is done by a new password."
    )
    return sentence % {"round": round}


def _moves(user: User) -> bool:
    """Whether saving it moves a member of a committee to another office."""
    seats = User.objects.filter(pk=user.pk, judged_rounds__isnull=False)
    return bool(user.pk) and seats.values_list("office", flat=True).first() != user.office_id


@receiver(post_save, sender=User)
def judge_moved(instance: Any, **kwargs: Any) -> None:
    """Those who judge for one office are expected to judge what lies in it, and nothing else."""
    if instance.moves:
        with transaction.atomic():
            ids = Entry.objects.filter(round__in=instance.judged_rounds.all()).touch()
            terms.record(ids, [terms.COMMITTEE], by=terms.who_saves(instance))
