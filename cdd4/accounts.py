"""How allauth behaves here: accounts are made by central staff, guessing is slow, and mails lead to the portal."""

import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.forms import ChangePasswordForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.utils import filter_users_by_username
from allauth.core import context
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import ValidationError
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from submissions.accounts import known, tries
from submissions.accounts.receivers import ENROLLED_AT
from submissions.accounts.steps import FACTORS
from submissions.notices import accounts as notices
from submissions.signals import login_refused

CODES = {"mfa_view_recovery_codes", "mfa_download_recovery_codes"}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    # Log-in: the page, the API and whatever asks for the password again come through here.

    def authenticate(self, request, **credentials):
        """The person, or None. A ValidationError with `seconds` among its params: they have to wait."""
        name, address = credentials.get("username", ""), get_ip(request)
        owner = filter_users_by_username(name).order_by("pk").first()
        attempt = begin(tries.counters(owner, name, address, known.key_of(request, owner)), owner, name, address)
        user = super().authenticate(request, **credentials)
        if user:
            attempt.was_right()
        elif owner:
            notices.tell_of_wrong_passwords(owner, at=attempt.at)
        return user

    def pre_authenticate(self, request, **credentials) -> None:
        """Not allauth's own counting, which goes by the host that the visitor names, and shuts."""

    def post_login(self, request, user, **options):
        response = super().post_login(request, user, **options)
        known.remember(request, response, user)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """The first second factor is set up right after the log-in, and its recovery codes are shown right after that:
        nobody types the password twice in five minutes for it. Whoever has one is asked before anything is changed.
        """
        is_waived = app == "allauth.mfa" and self._is_setting_up()
        return not is_waived and super().is_reauthentication_required(app=app, **kwargs)

    def _is_setting_up(self) -> bool:
        if is_mfa_enabled(self.request.user, FACTORS):
            begun = self.request.session.get(ENROLLED_AT, 0) if self.request.resolver_match.view_name in CODES else 0
        else:
            records = get_authentication_records(self.request, self.request.user)
            begun = records[-1]["at"] if records else 0
        return time.time() - begun < app_settings.REAUTHENTICATION_TIMEOUT

    # Passwords.

    def clean_password(self, password: str, user=None) -> str:
        if user and user.must_change_password and user.check_password(password):
            raise ValidationError(_("This is the password that was set for you. Choose one that only you know."))
        return super().clean_password(password, user)

    def set_password(self, user, password: str) -> None:
        """By the owner: with the old one, or by the link of a mail."""
        user.must_change_password = False
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    # Mails: whatever host the visitor named, they call the portal by its name and lead to its address.

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        portal = SimpleNamespace(name=_("Community Development Digital 4.0"), domain=settings.PORTAL_URL)
        links = {name: at_the_portal(value) for name, value in context.items() if name.endswith("_url")}
        super().send_mail(template_prefix, email, {**context, **links, "current_site": portal})

    def format_email_subject(self, subject: str) -> str:
        return "[" + _("CDD Digital 4.0") + f"] {subject}"


class PasswordChange(ChangePasswordForm):
    def clean_oldpassword(self) -> str:
        """Whoever sits at an open session guesses no faster than at the door, and no less seen."""
        old = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, old):
            raise ValidationError(_("The current password is wrong."), code="wrong_password")
        return old


Part: Any = object  # of a form of allauth's, which has no types


class Coded(Part):
    """A code of the second step, counted like a password: whoever tries codes has the password already."""

    def clean_code(self) -> str:
        request, address = context.request, get_ip(context.request)
        counters = tries.counters_of_codes(self.user, known.key_of(request, self.user))
        attempt = begin(counters, self.user, self.user.username, address)
        try:
            code = super().clean_code()
        except ValidationError:
            notices.tell_of_wrong_codes(self.user, at=attempt.at)
            raise
        attempt.was_right()
        return code

    @property
    def kinds(self) -> set[str]:
        """What this person has set up."""
        return set(Authenticator.objects.filter(user=self.user).values_list("type", flat=True))


class SecondStep(Coded, AuthenticateForm):
    pass


class CodeAgain(Coded, ReauthenticateForm):
    pass


class FactorAdapter(DefaultMFAAdapter):
    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}

    def generate_authenticator_name(self, user, type) -> str:
        """By its number: people give the first one a name of theirs, or none."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)s") % {"number": count + 1}


def begin(counters: tries.Counters, owner, name: str, address: str) -> tries.Try:
    """A try at the door. A ValidationError where it comes too soon."""
    try:
        return tries.Try(counters, timezone.now())
    except tries.TooSoon as too_soon:
        login_refused.send(AccountAdapter, user=owner, name=name, address=address)
        raise wait(too_soon.seconds) from None


def wait(seconds: int) -> ValidationError:
    if seconds < 120:
        text = ngettext(
            "Too many wrong tries. Try again in %(count)s second.",
            "Too many wrong tries. Try again in %(count)s seconds.",
            seconds,
        )
        count = seconds
    else:
        count = -(-seconds // 60)
        text = ngettext(
            "Too many wrong tries. Try again in %(count)s minute.",
            "Too many wrong tries. Try again in %(count)s minutes.",
            count,
        )
    return ValidationError(text, code="too_many_login_attempts", params={"count": count, "seconds": seconds})


def at_the_portal(url: str) -> str:
    """The same page at the configured address."""
    return settings.PORTAL_URL + urlsplit(url)._replace(scheme="", netloc="").geturl()
