"""A world in which everything was done, and the log explains it all: made once, and undone after each test."""

from copy import deepcopy

import pytest
from django.db import transaction

from submissions.log.check import check

from .world import World


@pytest.fixture(scope="module")
def done(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        world = World(5)
        world.do_each()
        world.do_each()
        for _ in range(3):
            world.deed_enter_values()
        assert check().findings == []
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(done, db):
    return deepcopy(done)
