"""Connections to the database are used again: one that is new learns of every table anew, which took longer than the
rest of a page, and the live server closes its own after each answer.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import psycopg2
import pytest
from django.db.backends.postgresql.base import DatabaseWrapper


@contextmanager
def connections_used_again() -> Iterator[None]:
    waiting = defaultdict(list)
    connect, close = DatabaseWrapper.get_new_connection, DatabaseWrapper._close

    def take(wrapper, parameters):
        lines = waiting[address(wrapper)]
        while lines:
            if is_as_new(line := lines.pop()):
                return line
            line.close()
        return connect(wrapper, parameters)

    def give_back(wrapper) -> None:
        if not wrapper.in_atomic_block and is_as_new(wrapper.connection):
            waiting[address(wrapper)].append(wrapper.connection)
        else:
            close(wrapper)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseWrapper, "get_new_connection", take)
        patch.setattr(DatabaseWrapper, "_close", give_back)
        yield
    for line in chain.from_iterable(waiting.values()):
        line.close()


def address(wrapper) -> str:
    return repr([wrapper.settings_dict[name] for name in ("HOST", "PORT", "NAME", "USER", "OPTIONS")])


def is_as_new(line) -> bool:
    """It is there, and nothing is left of whoever had it: no transaction, no lock, no setting."""
    try:
        line.rollback()
        line.autocommit = True
        with line.cursor() as cursor:
            cursor.execute("DISCARD ALL")
        line.autocommit = False
    except psycopg2.Error:
        return False
    return True
