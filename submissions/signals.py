"""Says when facts change. Hangs on the models, so that no door can go round it."""

from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import Signal, receiver

from .models import Entry, Evidence, Extension, Holiday, Office, Round, Sheet, User, Value

# Sent inside the transaction that changed the facts, with entry_ids: list[int].
facts_changed = Signal()
# Asked before a round takes another edition, with round: who knows why it must keep its own answers with the reason.
adoption_asked = Signal()


@receiver([post_save, post_delete], sender=Evidence)
@receiver([post_save, post_delete], sender=Value)
@receiver([post_save, post_delete], sender=Extension)
@receiver([post_save, post_delete], sender=Sheet)
def fact_of_entry_changed(instance, **kwargs) -> None:
    if not kwargs.get("raw"):
        Entry.objects.filter(pk=instance.entry_id).touch()


@receiver(post_save, sender=Round)
def round_changed(instance, created, **kwargs) -> None:
    """Its settings, edition or clock may have moved every score in it."""
    if not created and not kwargs.get("raw"):
        instance.entries.all().touch()


@receiver(m2m_changed, sender=Round.judges.through)
def committee_changed(instance, action, reverse, **kwargs) -> None:
    """How many sheets are expected depends on the committee's size."""
    if reverse:
        # The history of rounds can't follow such a change.
        raise TypeError("a committee is changed from its round: round.judges.add(user)")
    if action in ("post_add", "post_remove", "pre_clear"):
        instance.entries.all().touch()


@receiver(pre_delete, sender=User)
def judge_leaves(instance, **kwargs) -> None:
    """With a person go their places in committees, of which nothing else tells."""
    Entry.objects.filter(round__in=instance.judged_rounds.all()).touch()


@receiver([post_save, post_delete], sender=Holiday)
def holiday_changed(instance, **kwargs) -> None:
    if not kwargs.get("raw"):
        Entry.objects.filter(round__is_closed=False).touch()


@receiver(post_save, sender=Office)
def office_changed(instance, created, **kwargs) -> None:
    """The size group sets an office's targets."""
    if not created and not kwargs.get("raw"):
        Entry.objects.filter(office=instance).touch()
