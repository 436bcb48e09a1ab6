"""Hears what is done with accounts, through whichever door, and has it recorded."""

import time

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.utils import timezone
from knox.models import get_token_model

from submissions.models import Office, User
from submissions.notices.accounts import tell_of_factor
from submissions.signals import login_refused

from . import addresses, events, sessions
from .events import Kind, record
from .steps import FACTORS

REFUSED_ONCE = events.AT_ONCE
WATCHED = ("email", "is_active", "office_id")
ENROLLED_AT = "enrolled_at"  # in the session: the second in which its person set up a second step


@receiver(user_logged_in)
def logged_in(request, user, **kwargs) -> None:
    if not _is_by_token_or_session(request):
        record(Kind.LOGGED_IN, user=user, actor=user, request=request)


@receiver(user_logged_out)
def logged_out(request, user, **kwargs) -> None:
    if user is not None and not _is_by_token_or_session(request):
        is_idle = getattr(request, "is_idle", False)
        record(Kind.IDLE if is_idle else Kind.LOGGED_OUT, user=user, actor=None if is_idle else user, request=request)


def _is_by_token_or_session(request) -> bool:
    """Somebody who is logged in already asked for a token: the API calls that a log-in, and the token is recorded."""
    return getattr(request, "successful_authenticator", None) is not None


@receiver(user_login_failed)
def login_failed(credentials, request=None, **kwargs) -> None:
    events.record_failure(credentials.get("username") or "", request)


@receiver(login_refused)
def held_up(user=None, name="", address=None, **kwargs) -> None:
    """Recorded once in a while only: whoever has to wait may try again every second."""
    detail = "" if user else events.mark_of(name)
    record(Kind.REFUSED, user=user, address=address, within=REFUSED_ONCE, detail=detail)


@receiver(post_save, sender=get_token_model())
def token_made(instance, created, **kwargs) -> None:
    if created:
        record(Kind.TOKEN_MADE, user=instance.user, actor=_who(), detail=getattr(instance, "name", ""))


@receiver(post_delete, sender=get_token_model())
def token_ended(instance, **kwargs) -> None:
    record(Kind.TOKEN_ENDED, user=instance.user, actor=_who(), detail=getattr(instance, "name", ""))


@receiver(post_save, sender=Authenticator)
def factor_added(instance, created, **kwargs) -> None:
    if not created:
        return
    who = _who()
    record(Kind.FACTOR_ADDED, user=instance.user, actor=who, detail=instance.type)
    if who == instance.user:
        context.request.session[ENROLLED_AT] = int(time.time())


@receiver(post_delete, sender=Authenticator)
def factor_removed(instance, origin=None, **kwargs) -> None:
    """Its owner is told, whoever took it away; but not where the whole account was deleted."""
    record(Kind.FACTOR_REMOVED, user=instance.user, actor=_who(), detail=instance.type)
    is_alone = getattr(origin, "model", type(origin)) is Authenticator
    if is_alone and instance.type in FACTORS:
        tell_of_factor(instance.user, instance.type, at=timezone.now())


@receiver(authentication_failed)
def factor_failed(request, user, **kwargs) -> None:
    record(Kind.FACTOR_FAILED, user=user, request=request)


@receiver(pre_save, sender=User)
def password_may_change(instance, **kwargs) -> None:
    """Noted before the row is saved, which forgets it. The same password, only hashed anew, is not a new one."""
    instance.has_new_password = bool(instance.pk) and instance._password is not None


@receiver(post_save, sender=User)
def password_changed(instance, created, **kwargs) -> None:
    if created or not instance.has_new_password:
        return
    request, who = context.request, _who()
    is_by_link = request is not None and who is None
    kind = Kind.PASSWORD_RESET if is_by_link else Kind.PASSWORD
    record(Kind.JOINED if getattr(instance, "is_joining", False) else kind, user=instance, actor=who)
    own = request.session.session_key if who == instance else None
    sessions.end_others(instance, own=own or "", by=who)  # they hold no longer: the list is to say so


@receiver(pre_save, sender=User)
def account_may_change(instance, update_fields=None, **kwargs) -> None:
    """What is told of an account when it changes, as it was before."""
    saved = [name for name in WATCHED if update_fields is None or name.removesuffix("_id") in update_fields]
    before = User.objects.filter(pk=instance.pk).values(*saved).first() if instance.pk and saved else None
    instance.former = {name: was for name, was in (before or {}).items() if was != getattr(instance, name)}


@receiver(post_save, sender=User)
def account_changed(instance, **kwargs) -> None:
    """By its owner, or by a head, or by staff in the admin or by a spreadsheet."""
    former, who = instance.former, _who()
    if "email" in former:
        addresses.was_changed(instance, former["email"], who)
    if "is_active" in former:
        record(Kind.REOPENED if instance.is_active else Kind.CLOSED, user=instance, actor=who)
    if "office_id" in former:
        names = dict(Office.objects.in_bulk([pk for pk in (former["office_id"], instance.office_id) if pk]))
        way = [str(names.get(pk, "–")) for pk in (former["office_id"], instance.office_id)]
        record(Kind.MOVED, user=instance, actor=who, detail=" → ".join(way))


def _who() -> User | None:
    """Whoever's request is being answered; nobody in a command."""
    user = getattr(context.request, "user", None)
    return user if user is not None and user.is_authenticated else None
