"""By which ways beside its own pages the portal can tell people anything, as it was set up."""

from django.conf import settings


def has_mail() -> bool:
    """Without a mail server letters go to the log, which nobody reads but who develops the portal."""
    return bool(settings.EMAIL_HOST)


def has_line() -> bool:
    return bool(settings.LINE_TOKEN)
