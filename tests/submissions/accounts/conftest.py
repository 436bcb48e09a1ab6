"""Somebody with an account, and browsers that log in through the door, as people do."""

import pytest
from django.core.cache import cache
from django.test import Client

from submissions.models import AccountEvent
from tests import factories as make

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML) Chrome/140.0.0.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"


@pytest.fixture(autouse=True)
def _no_tries_yet(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def person(db):
    return make.make_user("officer", "krabi", email="old@example.org")


def log_in(user, password=make.PASSWORD, browser=CHROME, address="192.0.2.7") -> Client:
    client = Client(headers={"user-agent": browser, "accept-language": "en"}, REMOTE_ADDR=address)
    client.cookies["django_language"] = "en"
    client.post("/accounts/login/", {"login": getattr(user, "username", user), "password": password})
    return client


def kinds(user=None) -> list[str]:
    """What was recorded, in the order in which it was done."""
    rows = AccountEvent.objects.order_by("pk")
    return [event.kind for event in (rows.filter(user=user) if user else rows)]
