"""Says when facts change. Hangs on the models, so that no door can go round it."""

from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import Signal, receiver

from .models import Entry, Evidence, Extension, Holiday, Office, Round, Sheet, Value

# Sent inside the transaction that changed the facts, with entry_ids: list[int].
facts_changed = Signal()


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
def committee_changed(instance, action, reverse, pk_set, **kwargs) -> None:
    """How many sheets are expected depends on the committee's size."""
    if action not in ("post_add", "post_remove", "pre_clear"):
        return
    if not reverse:
        rounds = [instance]
    else:
        rounds = instance.judged_rounds.all() if action == "pre_clear" else Round.objects.filter(pk__in=pk_set)
    Entry.objects.filter(round__in=rounds).touch()


@receiver([post_save, post_delete], sender=Holiday)
def holiday_changed(instance, **kwargs) -> None:
    if not kwargs.get("raw"):
        Entry.objects.filter(round__is_closed=False).touch()


@receiver(post_save, sender=Office)
def office_changed(instance, created, **kwargs) -> None:
    """The size group sets an office's targets."""
    if not created and not kwargs.get("raw"):
        Entry.objects.filter(office=instance).touch()
