"""Says what may not change any more, because it was announced."""

from django.dispatch import receiver
from django.utils.translation import gettext as _

from submissions.signals import adoption_asked

from .models import Publication


@receiver(adoption_asked)
def keep_what_was_announced_by(round, **kwargs) -> str | None:
    if Publication.objects.filter(round=round).exists():
        return _("The round's results were published: its criteria stay as they are.")
    return None
