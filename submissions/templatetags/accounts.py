"""What was done with an account, in words."""

from allauth.mfa.models import Authenticator
from django import template
from django.utils.translation import gettext as _

from submissions.accounts.browsers import name_of
from submissions.models import AccountEvent

register = template.Library()
Kind = AccountEvent.Kind
FACTORS = (Kind.FACTOR_ADDED, Kind.FACTOR_REMOVED)


@register.filter
def browser_name(browser: str) -> str:
    return name_of(browser)


@register.filter
def account_deed(event: AccountEvent) -> str:
    """A file was opened: evidence: report.pdf"""
    about = [event.get_thing_display(), detail_of(event)]
    return ": ".join([str(event.get_kind_display()), " ".join(filter(None, about))]).removesuffix(": ")


def factor_name(kind: str) -> str:
    return {
        Authenticator.Type.TOTP: _("authenticator app"),
        Authenticator.Type.RECOVERY_CODES: _("recovery codes"),
        Authenticator.Type.WEBAUTHN: _("passkey"),
    }.get(kind, kind)


def detail_of(event: AccountEvent) -> str:
    if event.kind in FACTORS:
        return factor_name(event.detail)
    if event.kind in (Kind.FAILED, Kind.REFUSED) and event.detail:
        return _("unknown name %(mark)s") % {"mark": event.detail}
    return event.detail
