"""Rows that are made once and put back meet no row of the test that asks for them."""

import pytest
from django.core.management.color import no_style
from django.db import connection

from submissions.models import User
from tests.factories import make_user
from tests.rows import delete_rows, once

pytestmark = pytest.mark.django_db


def count_anew() -> None:
    """As after a test that emptied its tables."""
    delete_rows()
    with connection.cursor() as cursor:
        for count_on in connection.ops.sequence_reset_sql(no_style(), [User]):
            cursor.execute(count_on)


def test_rows_put_back_have_keys_of_their_own():
    count_anew()
    once("an account for this test", lambda: make_user("kept").pk)
    count_anew()
    own = [make_user(f"own-{number}") for number in range(3)]
    assert once("an account for this test", lambda: 0) not in {user.pk for user in own}
    assert User.objects.count() == 4
