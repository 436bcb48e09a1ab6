"""What a person does before anything else opens to them: choose a password of their own, set up a second factor."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from submissions.models import Round, User

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]  # recovery codes alone are none


@dataclass(frozen=True)
class FirstStep:
    """`page`: the name of the address where it is done; `meanwhile`: others that open besides."""

    page: str
    reason: Promise
    meanwhile: frozenset[str] = frozenset()


PASSWORD = FirstStep(
    "account_change_password",
    _("Somebody else set your password. Choose one of your own first: on the pages, under Change password."),
)
FACTOR = FirstStep(
    "mfa_index",
    _("Your account needs a second step of logging in. Set it up first: on the pages, under Two-step login."),
    frozenset(
        {
            "mfa_activate_totp",
            "mfa_add_webauthn",
            "mfa_view_recovery_codes",
            "mfa_download_recovery_codes",
            "account_reauthenticate",
            "mfa_reauthenticate",
            "account_change_password",
        }
    ),
)


def first_step(user: User) -> FirstStep | None:
    """The step that this person owes; None when there is none."""
    if user.must_change_password:
        return PASSWORD
    if (
        settings.SECOND_FACTOR
        and (user.runs_rounds or user.is_judge)
        and not is_mfa_enabled(user, FACTORS)
        and _is_asked(user)
    ):
        return FACTOR
    return None


def _is_asked(user: User) -> bool:
    asking = Round.objects.opened().filter(judges_need_second_factor=True)
    return user.runs_rounds or asking.filter(judges=user).exists()
