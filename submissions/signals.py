"""Says when facts change. Hangs on the models, so that no door can go round it."""

from django.db import connection, models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import Signal, receiver

from .log import terms
from .models import Entry, Evidence, Extension, Holiday, Office, Round, Sheet, User, Value
from .models.places import within

# Sent inside the transaction that changed the facts, with entry_ids: list[int].
facts_changed = Signal()
# Sent inside the transaction that recorded them, with entry_ids: list[int] and verb: str.
events_recorded = Signal()
# Asked when the log is checked, with round_ids: list[int]: who keeps heads of its chains outside it answers with
# [(entry id, sequence, digest, where it is kept)].
heads_asked = Signal()
# Asked before a round takes another edition, with round: who knows why it must keep its own answers with the reason.
adoption_asked = Signal()
# Asked before entries are taken out of a round, or the round is discarded, with round: likewise.
discard_asked = Signal()
# Sent when a try to log in came too soon, with user (None: no such account), name: str and address: str.
login_refused = Signal()


@receiver([post_save, post_delete], sender=Evidence)
@receiver([post_save, post_delete], sender=Value)
@receiver([post_save, post_delete], sender=Extension)
@receiver([post_save, post_delete], sender=Sheet)
def fact_of_entry_changed(instance, **kwargs) -> None:
    if not kwargs.get("raw"):
        Entry.objects.filter(pk=instance.entry_id).touch()


def moved_by(row) -> models.QuerySet:
    """The entries whose scores may move when this round, office or holiday is saved; none by any other row."""
    if isinstance(row, Round):  # its settings, edition or clock
        return Entry.objects.filter(round=row.pk)
    if isinstance(row, Office):  # its size group sets targets; where it lies, who judges it and what lies in it
        return Entry.objects.filter(within(row.pk))
    if isinstance(row, Holiday):
        return Entry.objects.filter(round__is_closed=False)
    return Entry.objects.none()


_TERMS_OF = {Round: terms.OF_ROUND, Office: terms.OF_OFFICE, Holiday: [terms.HOLIDAYS]}


@receiver(pre_save, sender=Round)
@receiver(pre_save, sender=Office)
@receiver([pre_save, pre_delete], sender=Holiday)
def hold_entries(instance, raw=False, **kwargs) -> None:
    """Whoever holds entries may want this row next: entries come first, by id, so that nobody waits in a circle.

    Outside a transaction no two are held at once: the row is let go before its entries are touched.
    """
    if connection.in_atomic_block and not raw:
        moved_by(instance).hold()


@receiver(post_save, sender=Round)
@receiver(post_save, sender=Office)
@receiver([post_save, post_delete], sender=Holiday)
def row_changed(instance, created=False, raw=False, **kwargs) -> None:
    """A new round or office has no entries yet."""
    if not raw and (not created or isinstance(instance, Holiday)):
        with transaction.atomic():
            terms.record(moved_by(instance).touch(), _TERMS_OF[type(instance)], by=terms.who_saves(instance))


@receiver(m2m_changed, sender=Round.judges.through)
def committee_changed(instance, action, reverse, **kwargs) -> None:
    """How many sheets are expected depends on the committee's size."""
    if reverse:
        # The history of rounds can't follow such a change.
        raise TypeError("a committee is changed from its round: round.judges.add(user)")
    if action.startswith("pre_"):  # entries come before the committee's seats as well
        instance.entries.all().touch()
    else:
        with transaction.atomic():
            terms.record(instance.entries.all().hold(), [terms.COMMITTEE], by=terms.who_saves(instance))


@receiver(pre_delete, sender=User)
def judge_leaves(instance, **kwargs) -> None:
    """With a person go their places in committees, of which nothing else tells."""
    instance.left = Entry.objects.filter(round__in=instance.judged_rounds.all()).touch()


@receiver(post_delete, sender=User)
def judge_left(instance, **kwargs) -> None:
    terms.record(instance.left, [terms.COMMITTEE], by=terms.who_saves(instance))


@receiver(pre_save, sender=User)
def judge_may_move(instance, **kwargs) -> None:
    before = User.objects.filter(pk=instance.pk, judged_rounds__isnull=False).values_list("office", flat=True).first()
    instance.moves = bool(instance.pk) and before != instance.office_id


@receiver(post_save, sender=User)
def judge_moved(instance, **kwargs) -> None:
    """Those who judge for one office are expected to judge what lies in it, and nothing else."""
    if instance.moves:
        with transaction.atomic():
            ids = Entry.objects.filter(round__in=instance.judged_rounds.all()).touch()
            terms.record(ids, [terms.COMMITTEE], by=terms.who_saves(instance))
