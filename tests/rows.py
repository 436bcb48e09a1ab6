"""The rows of a test's database, all at once: thrown away after it, or put back as another test had them."""

import functools
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.db import OperationalError, connection, transaction

# What migrating itself writes.
OF_DJANGO = {"django_content_type", "auth_permission"}
Answer = TypeVar("Answer")


class Made(NamedTuple):
    answer: Any
    rows: dict[str, list[bytes]]  # by their table


_made: dict[str, Made] = {}


@functools.cache
def names_of_tables() -> list[str]:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [connection.ops.quote_name(name) for name in tables if name not in OF_DJANGO]


def delete_rows() -> None:
    """As truncating does, it waits for whoever still writes, and asks no trigger; who only reads need not be done.
    Of two that wait for each other PostgreSQL stops one: whoever it is, the rows go the next time.
    """
    try:
        _delete_rows()
    except OperationalError:
        _delete_rows()


def _delete_rows() -> None:
    tables = ", ".join(names_of_tables())
    with transaction.atomic(), connection.cursor() as cursor, _nobody_asked(cursor):
        cursor.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
        cursor.execute("; ".join(f"DELETE FROM {table}" for table in names_of_tables()))


def once(name: str, make: Callable[[], Answer], *, on: tuple[str, ...] = ()) -> Answer:
    """What `make` answered when it was called, once in this process: keys of the rows that it made, in a database with
    nothing but those that it builds `on`. For every test that asks they are put there, in a fraction of the time.
    """
    if connection.vendor != "postgresql":
        return make()
    if name not in _made:
        with transaction.atomic():
            _delete_rows()
            for other in on:
                _put_back(_made[other].rows)
            _count_from(1_000_000 * (len(_made) + 1))
            before, answer, after = _rows(), make(), _rows()
            new = {table: [row for row in after[table] if row not in before[table]] for table in after}
            _made[name] = Made(answer, {table: rows for table, rows in new.items() if rows})
            transaction.set_rollback(True)
    _put_back(_made[name].rows)
    return _made[name].answer


def _rows() -> dict[str, list[bytes]]:
    rows = {}
    with connection.cursor() as cursor:
        for table in names_of_tables():
            cursor.copy_expert(f"COPY {table} TO STDOUT", told := io.BytesIO())
            rows[table] = told.getvalue().splitlines(keepends=True)
    return rows


def _put_back(rows: dict[str, list[bytes]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor, _nobody_asked(cursor):
        for table, lines in rows.items():
            cursor.copy_expert(f"COPY {table} FROM STDIN", io.BytesIO(b"".join(lines)))
        # Some test emptied its tables and began to count anew.
        kinds = [kind for kind in apps.get_models(include_auto_created=True) if _quoted(kind) in rows]
        for count_on in connection.ops.sequence_reset_sql(no_style(), kinds):
            cursor.execute(count_on)


def _count_from(number: int) -> None:
    """Each that is made counts in a million of its own: no row that a test made before it has the same key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(format('%%I', sequencename), %s) FROM pg_sequences", [number])


def _quoted(kind) -> str:
    return connection.ops.quote_name(kind._meta.db_table)


@contextmanager
def _nobody_asked(cursor) -> Iterator[None]:
    """No trigger runs meanwhile, and no table need be before another."""
    cursor.execute("SET LOCAL session_replication_role = replica")
    yield
    cursor.execute("SET LOCAL session_replication_role = DEFAULT")
