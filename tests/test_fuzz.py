"""Bad input is never an error of ours: odd requests to every address, as everybody. `make fuzz` sends 20,000."""

import os
import time

import pytest
from allauth.core import ratelimit
from django.core.cache import cache
from django.db import connection, transaction
from rest_framework.views import APIView

from .fuzz import requests
from .test_urls import ROLES, address, browser, logged_in, make_world, routes

pytestmark = pytest.mark.django_db
COUNT = int(os.environ.get("FUZZ_REQUESTS", "1000"))
SEED = int(os.environ.get("FUZZ_SEED", "2566"))
MOST_SECONDS = 600


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(APIView, "throttle_classes", [])
    monkeypatch.setattr(ratelimit, "consume", lambda *args, **kwargs: True)
    monkeypatch.setattr("awards.documents.pdf.render", lambda *args, **kwargs: b"%PDF")
    world = make_world()
    world.cookies = {role: logged_in(person) for role, person in world.people.items()}
    return world


def answer(world, request) -> int:
    """The status; whatever it did is undone."""
    with transaction.atomic():
        client = browser(world, request.role)
        response = client.generic(
            request.method, request.path, request.body, content_type=request.content_type, headers=request.headers
        )
        if response.streaming:
            for _piece in response.streaming_content:
                pass
        transaction.set_rollback(True)
    return response.status_code


def test_no_request_is_an_error_of_ours(world):
    addresses = sorted({address(route, world) for route in routes()})
    assert len(addresses) > 200
    failed, answered, end = [], 0, time.monotonic() + MOST_SECONDS
    for request in requests(SEED, COUNT, addresses, ROLES):
        status = answer(world, request)
        answered += 1
        if status >= 500 or not connection.is_usable():
            failed.append(f"{status} {request}")
        if time.monotonic() > end:
            break
    cache.clear()
    assert not failed, "\n".join(failed)
    assert answered == COUNT, f"only {answered} of {COUNT} in {MOST_SECONDS} s"
