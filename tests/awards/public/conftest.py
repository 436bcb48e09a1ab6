"""A contest whose results are public, and a reader without a log-in."""

import pytest
from django.core.cache import caches
from django.test import Client

from awards.models import Publication
from awards.publishing.publish import publish
from submissions.models import Round
from tests.awards.conftest import falling, make_contest
from tests.rows import once


def make_public(publication: Publication, **fields) -> Publication:
    """Switched on, as whoever runs the round does it."""
    round = Round.objects.get(pk=publication.round_id)
    for name, value in {"is_public": True, **fields}.items():
        setattr(round, name, value)
    round.save()
    return publication


@pytest.fixture
def open_contest(db) -> Round:
    """Sixteen entries, in a round that is public and none for practice."""
    made = once("open_contest", lambda: make_contest(*falling(16), now=None, is_public=True).pk)
    return Round.objects.get(pk=made)


@pytest.fixture
def announced(open_contest, staff) -> Publication:
    on = ("open_contest", "staff")
    return Publication.objects.get(pk=once("announced", lambda: publish(open_contest, by=staff).pk, on=on))


@pytest.fixture
def anybody() -> Client:
    return Client()


@pytest.fixture
def read(anybody):
    """read(address): the page as text."""

    def text(address: str) -> str:
        answer = anybody.get(address)
        assert answer.status_code == 200, address
        return answer.content.decode()

    return text


def forget() -> None:
    """As a process that has just started."""
    caches["public"].clear()
