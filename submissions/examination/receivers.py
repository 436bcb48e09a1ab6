"""Hears that a file was handed in, notes that it is to be examined, and asks a worker to do it."""

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from submissions import tasks
from submissions.models import Attachment, Evidence, Examination
from submissions.queue import send


@receiver(post_save, sender=Evidence)
def ask_to_examine(instance: Evidence, created: bool, raw: bool = False, **kwargs) -> None:
    if created and instance.file and not raw:
        Examination.objects.create(evidence=instance)
        transaction.on_commit(lambda: send(tasks.examine, instance.pk), robust=True)


@receiver(post_save, sender=Attachment)
def ask_to_scan(instance: Attachment, created: bool, raw: bool = False, **kwargs) -> None:
    if created and not raw:
        transaction.on_commit(lambda: send(tasks.scan_attachment, instance.pk), robust=True)
