"""How allauth behaves here: accounts are made by central staff, never by a visitor."""

from types import SimpleNamespace
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils.translation import gettext as _


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """A letter names the portal, and not the host by which its visitor happened to come."""
        portal = SimpleNamespace(
            name=_("Community Development Digital 4.0"), domain=urlsplit(settings.PORTAL_URL).netloc
        )
        super().send_mail(template_prefix, email, {**context, "current_site": portal})

    def format_email_subject(self, subject: str) -> str:
        return "[" + _("CDD Digital 4.0") + f"] {subject}"
