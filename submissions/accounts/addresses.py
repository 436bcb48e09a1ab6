"""How the address to which mail goes is changed: asked for, confirmed by a link sent there, told to the one before.

It opens the account (a forgotten password is set by mail), so no session alone changes it.
"""

import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from submissions import queue
from submissions.models import AddressChange, Channel, Letter, User
from submissions.questions import ways

from . import invitations
from .events import Kind, record

SALT = "submissions.accounts.addresses"
A_DAY = 5  # letters to addresses that may be anybody's
NOT_ANY_MORE = "it is asked for no more"


def is_shut() -> bool:
    """No link can be sent to an address. In development it is written to the log instead."""
    return settings.PRODUCTION and not ways.has_mail()


def why_not_ask(user: User, email: str) -> str | None:
    """Why a link can't be sent to an address that somebody wants to make their own; None when it can."""
    if is_shut():
        return _("This portal sends no mail, so that no address can be confirmed. Central staff can enter yours.")
    if email == user.email:
        return _("That is your address already.")
    day = timezone.now() - timedelta(days=1)
    sent = Letter.objects.filter(user=user, about=Letter.About.CONFIRM, made_at__gt=day)
    return _("Enough letters were sent for today. Try again tomorrow.") if sent.count() >= A_DAY else None


def ask(user: User, email: str, request: HttpRequest) -> None:
    """Send a link to the new address. Whatever was asked for before is asked for no more."""
    with transaction.atomic():
        fresh = {"email": email, "nonce": secrets.token_hex(), "asked_at": timezone.now()}
        AddressChange.objects.update_or_create(user=user, defaults=fresh)
        _write(user, Letter.About.CONFIRM, email)
    record(Kind.EMAIL_ASKED, user=user, actor=user, request=request, detail=email)


def withdraw(user: User) -> None:
    AddressChange.objects.filter(user=user).delete()


def pending(user: User) -> AddressChange | None:
    return AddressChange.objects.filter(user=user).first()


def find(user: User, key: str) -> AddressChange | None:
    """What a link confirms, if it is this person's, the newest, unused and young enough."""
    try:
        pk, nonce = signing.loads(key, salt=SALT, max_age=AddressChange.LIFE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    change = pending(user) if pk == user.pk else None
    return change if change and change.is_open and secrets.compare_digest(change.nonce, str(nonce)) else None


def confirm(user: User, key: str) -> bool:
    """Make the address the person's own. Says whether the link still held; it holds once."""
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        change = find(user, key)
        if change is None:
            return False
        user.email = change.email
        user.save(update_fields=["email"])
    return True


def was_changed(user: User, before: str, who: User | None) -> None:
    """By whichever door: what was asked for meanwhile is void, and whoever reads the old address hears of it."""
    withdraw(user)
    invitations.end_of(user)  # its link went to the old one
    EmailAddress.objects.filter(user=user).delete()  # allauth sends to these as well
    record(Kind.EMAIL_CHANGED, user=user, actor=who, detail=f"{before or '–'} → {user.email or '–'}")
    if before:
        _write(user, Letter.About.MOVED, before)


def _write(user: User, about: str, address: str) -> None:
    from submissions import tasks

    Letter.objects.create(user=user, channel=Channel.MAIL, about=about, address=address)
    transaction.on_commit(lambda: queue.send(tasks.post), robust=True)


def compose(letter: Letter) -> EmailMessage | None:
    """The letter in the language that is on; None where its time is over."""
    context = {"user": letter.user, "root": settings.PORTAL_URL, "made_at": letter.made_at}
    if letter.about == Letter.About.CONFIRM:
        change = pending(letter.user)
        if change is None or not change.is_open or change.email != letter.address:
            return None
        key = signing.dumps([letter.user_id, change.nonce], salt=SALT)
        context |= {"link": settings.PORTAL_URL + reverse("address-confirm", args=[key]), "until": change.until}
        subject = _("Confirm your e-mail address")
    else:
        context |= {"email": masked(letter.user.email)}
        subject = _("The e-mail address of your account was changed")
    subject += " · " + _("Community Development Digital 4.0")
    body = render_to_string(f"submissions/mail/{letter.about}.txt", context)
    return EmailMessage(subject, body, to=[letter.address], headers={"Auto-Submitted": "auto-generated"})


def masked(email: str) -> str:
    """s•••@cdd.go.th: enough to know one's own by."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}•••@{host}" if email else ""
