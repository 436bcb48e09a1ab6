"""Letters by mail."""

import contextlib
import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from submissions.accounts import addresses, invitations
from submissions.models import Letter, Telling

from .sending import Away, Impossible, Later
from .words import NoticeInWords


class Sender:
    """One connection to the mail server, opened for the first letter."""

    @staticmethod
    def is_open() -> bool:
        return not addresses.is_shut()

    @staticmethod
    def reachable(path: str = "") -> Q:
        """People with an address."""
        return ~Q(**{f"{path}email": ""})

    def __enter__(self) -> "Sender":
        self.connection = get_connection()
        return self

    def __exit__(self, *exc) -> None:
        with contextlib.suppress(OSError):  # it said good-bye first; whatever was sent is sent
            self.connection.close()

    def send(self, letter: Letter, telling: Telling, notices: list[NoticeInWords]) -> None:
        message = _of_account(letter) if letter.about else compose(letter, notices)
        if message is None:
            raise Impossible(addresses.NOT_ANY_MORE)
        message.connection = self.connection
        try:
            self.connection.open()  # or else each message would open one, and close it
            message.send()
        except smtplib.SMTPRecipientsRefused as refused:
            code, answer = next(iter(refused.recipients.values()))
            raise (Impossible if code >= 500 else Later)(_fault(code, answer)) from refused
        except OSError as fault:  # all of smtplib's are of this kind
            if isinstance(fault, smtplib.SMTPDataError) and fault.smtp_code >= 500:  # what stands in this letter
                raise Later(_fault(fault.smtp_code, fault.smtp_error)) from fault
            self.connection.close()
            raise Away(f"{type(fault).__name__}: {fault}") from fault


def _of_account(letter: Letter) -> EmailMessage | None:
    return (invitations if letter.about == Letter.About.INVITE else addresses).compose(letter)


def _fault(code: int, answer: bytes | str) -> str:
    return f"{code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}"


def compose(letter: Letter, notices: list[NoticeInWords]) -> EmailMultiAlternatives:
    """The letter in the language that is on: text, and the same as simple HTML."""
    root = settings.PORTAL_URL
    context = {
        "said": notices,
        "root": root,
        "user": letter.user,
        "settings_url": root + reverse("notice-settings"),
        "notices_url": root + reverse("notices"),
    }
    message = EmailMultiAlternatives(
        subject=subject(notices),
        body=render_to_string("submissions/mail/letter.txt", context),
        to=[letter.user.email],
        headers={
            "Message-ID": f"<{letter.key}@{urlsplit(root).hostname}>",
            "List-Unsubscribe": f"<{context['settings_url']}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("submissions/mail/letter.html", context), "text/html")
    return message


def subject(notices: list[NoticeInWords]) -> str:
    """What a person reads first: the thing itself, or how many there are. One line, whatever names hold."""
    return " ".join(_subject(notices).split())


def _subject(notices: list[NoticeInWords]) -> str:
    if not notices:
        return _("A letter on trial from Community Development Digital 4.0")
    if len(notices) == 1:
        (notice,) = notices
        text = f"{notice.title} · {notice.where}" if notice.where else notice.title
        return text[:150]
    count = len(notices)
    return (
        ngettext("%(count)s notice", "%(count)s notices", count) % {"count": count}
        + " · "
        + " · ".join(dict.fromkeys(notice.where for notice in notices[:3] if notice.where))[:150]
    )
