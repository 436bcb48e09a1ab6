"""Behind pgbouncer, which lends a connection for a transaction: everything goes on with two connections for all."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings

from submissions import intake
from submissions.api.tokens import TOKEN_LIFE, make_token
from submissions.models import Event, Scope
from tests import factories as make
from tests.databases import Pooler
from tests.servers import ROOT, Web, Worker, wait_until


@pytest.fixture
def pooled(production):
    """The variables of production, whose database is asked through pgbouncer."""
    with Pooler(production["CDD4_DATABASE_URL"]) as pooler:
        yield {**production, "CDD4_DATABASE_URL": pooler.url, "CDD4_DATABASE_POOLED": "1"}


def ask(web: Web, path: str, token: str, body: dict | None = None) -> dict:
    headers = {"Content-Type": "application/json", "Host": "localhost", "X-Forwarded-Proto": "https"}
    headers["Authorization"] = f"Token {token}"
    request = urllib.request.Request(f"http://127.0.0.1:{web.port}/api/v1/{path}", headers=headers)
    request.data = json.dumps(body).encode() if body is not None else None
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        pytest.fail(f"{path}: {refused.code} {refused.read().decode()}")


@pytest.mark.django_db(transaction=True)
def test_eight_offices_hand_in_at_once_and_are_scored(pooled):
    staff, round, offices = make.make_user("staff"), make.make_round(), range(10, 18)
    entries = intake.enter_offices(round, [make.make_office(f"TH-{code}") for code in offices], by=staff)
    scopes = {"life": TOKEN_LIFE, "scopes": [Scope.READ, Scope.HAND_IN]}
    tokens = [make_token(make.make_user("officer", office=entry.office), **scopes)[1] for entry in entries]

    def hand_in(entry, token) -> None:
        for number in range(3):
            link = {"requirement": "1.1.report", "url": f"https://office.example/{entry.pk}/{number}"}
            ask(web, f"entries/{entry.pk}/evidence/", token, link)

    with Web(pooled, workers=2) as web, Worker(pooled, queues="rescore,sweep"):
        with ThreadPoolExecutor(8) as crowd:
            list(crowd.map(hand_in, entries, tokens))
        for entry, token in zip(entries, tokens, strict=True):
            card = f"entries/{entry.pk}/scorecard/"
            wait_until(lambda: ask(web, card, token)["fresh"], 30, card)  # noqa: B023  asked at once
            assert ask(web, card, token)["claimed"]["earned"] == "5.00"
    assert Event.objects.filter(verb="evidence.attached").count() == 24


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("said", "status"), [("1", 0), ("0", 1)])
def test_a_long_list_is_read_to_its_end_where_the_portal_knows_of_the_pooler(pooled, said, status):
    """Not told of it, a cursor is left on one connection and asked for on another: what the setting is for."""
    staff, office = make.make_user("staff"), make.make_office("TH-81")
    (entry,) = intake.enter_offices(make.make_round(), [office], by=staff)
    for number in range(3):
        link = f"https://office.example/{number}"
        intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=staff, url=link)
    reading = """
import django; django.setup()
from concurrent.futures import ThreadPoolExecutor
from submissions.models import Event
def read(_):
    rows = Event.objects.iterator(chunk_size=1)
    first = next(rows)
    return 1 + sum(1 for _ in rows)
with ThreadPoolExecutor(8) as crowd:
    counts = set(crowd.map(read, range(64)))
assert counts == {4}, counts
"""
    variables = {**os.environ, **pooled, "CDD4_DATABASE_POOLED": said, "PYTHONPATH": str(ROOT)}
    variables["DJANGO_SETTINGS_MODULE"] = settings.SETTINGS_MODULE
    done = subprocess.run([sys.executable, "-c", reading], env=variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == status, done.stderr
    assert status == 0 or "cursor" in done.stderr
