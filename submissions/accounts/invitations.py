"""How people come to an account: asked by mail or on paper, they set its password with a secret that works once.

The secret of a mail is worked out of the letter's key by the portal's own; that on paper is drawn, and shown once, on
the paper. Of either a digest is kept: whoever reads the table can't come in with it.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from submissions import queue
from submissions.models import Channel, Invitation, Letter, User
from submissions.questions import ways
from submissions.questions.newcomers import not_come, was_asked_lately, with_invitations

from .events import Kind, record_each

SALT = "submissions.accounts.invitations"
KEPT = timedelta(days=90)
A_MINUTE = 60  # letters: a mail server takes many at once for an attack
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # of which none is taken for another
MOST_SIGNS, GROUP = 16, 4  # 80 bits


def forget(now: datetime) -> int:
    """Throw away what ended long ago, but how somebody was asked who has not come yet. Says how many."""
    ended = Invitation.objects.filter(until__lt=now - KEPT)
    return ended.exclude(used_at=None, ended_at=None, user__last_login=None).delete()[0]


def invite(people: Collection[int], *, by: User) -> list[User]:
    """Write to these people, by id, a few a second; an invitation that they had holds no longer. Returns who is told.

    Passed over is whom `by` does not look after, who came, who has no address, and who was written to a day ago.
    Without a mail server it is everybody: what nobody gets is not called sent.
    """
    from submissions import tasks

    if not ways.has_mail():
        return []
    now = timezone.now()
    with transaction.atomic():
        rows = with_invitations(_held(not_come(by).filter(pk__in=people).exclude(email="")))
        rows = [user for user in rows if not was_asked_lately(user.invitation, user.email, now)]
        letters = Letter.objects.bulk_create(
            Letter(
                user=user,
                channel=Channel.MAIL,
                about=Letter.About.INVITE,
                address=user.email,
                due_at=now + timedelta(minutes=place // A_MINUTE),
            )
            for place, user in enumerate(rows)
        )
        digests = {letter.user_id: digest_of(secret_of(letter)) for letter in letters}
        _write(rows, digests, Invitation.Way.MAIL, by, {letter.user_id: letter for letter in letters})
        transaction.on_commit(lambda: queue.send(tasks.post), robust=True)
    return rows


def _held(people: QuerySet[User]) -> QuerySet[User]:
    return people.order_by("pk").select_for_update(of=("self",), no_key=True)


def _write(
    people: list[User], digests: Mapping[int, str], way: str, by: User, letters: Mapping[int, Letter] | None = None
) -> None:
    now = timezone.now()
    Invitation.objects.open().filter(user__in=people).update(ended_at=now)
    Invitation.objects.bulk_create(
        Invitation(
            user=user,
            way=way,
            invited_by=by,
            made_at=now,
            until=now + Invitation.LIFE,
            digest=digests[user.pk],
            letter=letters[user.pk] if letters else None,
        )
        for user in people
    )
    label = str(Invitation.Way(way).label)
    record_each(Kind.INVITED, people, actor=by, details={user.pk: user.email or label for user in people})


# On paper


def by_paper(people: QuerySet[User]) -> QuerySet[User]:
    """Those among them whom no mail reaches."""
    return people.filter(email="") if ways.has_mail() else people


def to_print(people: Collection[int], *, by: User) -> list[Any]:
    """Those among these people, by id, whom only paper reaches, in the order of their offices."""
    rows = by_paper(not_come(by).filter(pk__in=people)).select_related("office__parent__parent")
    return with_invitations(rows.order_by("office__sort_key", "office", "full_name", "pk"))


def new_code() -> str:
    return "".join(secrets.choice(SIGNS) for _place in range(MOST_SIGNS))


def grouped(code: str) -> str:
    """K7QM-4TXR-9HWC-3BNP"""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def keep_codes(codes: Mapping[int, str], *, by: User) -> bool:
    """Let these codes, by person, take the place of what they had. Only all of them: what is printed is to work."""
    with transaction.atomic():
        rows = list(_held(by_paper(not_come(by).filter(pk__in=codes))))
        if len(rows) < len(codes):
            return False
        _write(rows, {pk: digest_of(code) for pk, code in codes.items()}, Invitation.Way.PAPER, by)
    return True


# Coming


def secret_of(letter: Letter) -> str:
    """The same whenever the letter is tried again, and known to nobody who lacks the portal's own secret."""
    return urlsafe_b64encode(salted_hmac(SALT, str(letter.key), algorithm="sha256").digest()).decode().rstrip("=")


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def find(typed: str) -> Invitation | None:
    """The invitation with this secret, however it was typed from paper, used and old ones among them."""
    code = "".join(filter(str.isalnum, typed)).upper()
    digests = [digest_of(typed.strip()), digest_of(code)]
    return Invitation.objects.filter(digest__in=digests).select_related("user__office").first()


def why_not_come(invitation: Invitation) -> str:
    """ "" while it holds; otherwise what came between: closed, used, ended or over."""
    if not invitation.user.is_active:
        return "closed"
    if invitation.used_at or invitation.user.last_login:
        return "used"
    if invitation.ended_at:
        return "ended"
    return "" if invitation.is_open(timezone.now()) else "over"


def come(invitation: Invitation, password: str) -> User | None:
    """Set the password, once; None where the invitation holds no longer."""
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).get(pk=invitation.user_id)
        row = Invitation.objects.get(pk=invitation.pk)
        row.user = user
        if why_not_come(row):
            return None
        user.is_joining = True  # type: ignore[attr-defined]  # for whoever records it
        get_adapter().set_password(user, password)
        row.used_at = timezone.now()
        row.save(update_fields=["used_at"])
    return user


def end_of(user: User) -> None:
    """The invitation that waits for this person holds no longer."""
    Invitation.objects.open().filter(user=user).update(ended_at=timezone.now())


# The mail


def compose(letter: Letter) -> EmailMessage | None:
    """The letter in the language that is on; None where its invitation holds no longer."""
    invitation = Invitation.objects.filter(letter=letter).select_related("user__office", "invited_by").first()
    if invitation is None or why_not_come(invitation) or letter.address != invitation.user.email:
        return None
    context = {
        "user": invitation.user,
        "by": invitation.invited_by,
        "until": invitation.until,
        "link": link_of(secret_of(letter)),
        "root": settings.PORTAL_URL,
    }
    subject = _("Your account, and a link to set its password") + " · " + _("Community Development Digital 4.0")
    body = render_to_string("submissions/mail/invite.txt", context)
    headers = {
        "Message-ID": f"<{letter.key}@{urlsplit(settings.PORTAL_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(subject, body, to=[letter.address], headers=headers)


def page_address() -> str:
    """Where a code is typed."""
    return settings.PORTAL_URL + reverse("invitation")


def link_of(secret: str) -> str:
    """The secret stands behind the question mark: no log of addresses has it."""
    return f"{page_address()}?{urlencode({'code': secret})}"
