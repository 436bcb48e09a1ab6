"""How allauth behaves here: accounts are made by central staff, guessing is slow, and mails lead to the portal."""

from types import SimpleNamespace
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import filter_users_by_username
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from submissions.accounts import known, tries
from submissions.notices import accounts as notices
from submissions.signals import login_refused


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    # Log-in: the page, the API and whatever asks for the password again come through here.

    def authenticate(self, request, **credentials):
        """The person, or None. A ValidationError with `seconds` among its params: they have to wait."""
        name, address = credentials.get("username", ""), get_ip(request)
        owner = filter_users_by_username(name).order_by("pk").first()
        counters = tries.counters(owner, name, address, known.key_of(request, owner))
        try:
            attempt = tries.Try(counters, timezone.now())
        except tries.TooSoon as too_soon:
            login_refused.send(type(self), user=owner, name=name, address=address)
            raise wait(too_soon.seconds) from None
        user = super().authenticate(request, **credentials)
        if user:
            attempt.was_right()
        elif owner:
            notices.tell_of_wrong_tries(owner, attempt.wrong, address, at=attempt.at)
        return user

    def pre_authenticate(self, request, **credentials) -> None:
        """Not allauth's own counting, which goes by the host that the visitor names, and shuts."""

    def post_login(self, request, user, **options):
        response = super().post_login(request, user, **options)
        known.remember(request, response, user)
        return response

    # Mails: whatever host the visitor named, they call the portal by its name and lead to its address.

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        portal = SimpleNamespace(name=_("Community Development Digital 4.0"), domain=settings.PORTAL_URL)
        links = {name: at_the_portal(value) for name, value in context.items() if name.endswith("_url")}
        super().send_mail(template_prefix, email, {**context, **links, "current_site": portal})

    def format_email_subject(self, subject: str) -> str:
        return f"[{_('Community Development Digital 4.0')}] {subject}"


def wait(seconds: int) -> ValidationError:
    if seconds < 120:
        text = ngettext(
            "Too many wrong passwords. Try again in %(count)s second.",
            "Too many wrong passwords. Try again in %(count)s seconds.",
            seconds,
        )
        count = seconds
    else:
        count = -(-seconds // 60)
        text = ngettext(
            "Too many wrong passwords. Try again in %(count)s minute.",
            "Too many wrong passwords. Try again in %(count)s minutes.",
            count,
        )
    return ValidationError(text, code="too_many_login_attempts", params={"count": count, "seconds": seconds})


def at_the_portal(url: str) -> str:
    """The same page at the configured address."""
    return settings.PORTAL_URL + urlsplit(url)._replace(scheme="", netloc="").geturl()
