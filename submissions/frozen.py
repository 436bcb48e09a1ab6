"""Rows that are written once: Python refuses to change them, and so does the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

from django.apps import apps
from django.db import connection, migrations, models


class Frozen(models.Model):
    """A row that is written once: changing or deleting it is a programming error.

    In production the portal's own role may only read and add such rows (`manage.py grant_rights`). A model whose old
    rows a task throws away says so with `is_thrown_away`: the role may delete them as well, and never change them.
    """

    is_thrown_away = False

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} rows are written once")
        super().save(*args, force_insert=True, **{k: v for k, v in kwargs.items() if k == "using"})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{type(self).__name__} rows are never deleted")


Row = TypeVar("Row", bound=models.Model)


class FrozenQuerySet(models.QuerySet[Row]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{self.model.__name__} rows are written once")

    def delete(self) -> NoReturn:
        raise TypeError(f"{self.model.__name__} rows are never deleted")


def guard(*tables: str) -> migrations.RunPython:
    """A migration's operation: the database refuses to change these tables' rows, whoever asks.

    PostgreSQL refuses deleting and truncating too. SQLite does not: there Django empties tables row by row (`manage.py
    flush`, tests), and a missing row shows anyway, since the next one of its chain carries its digest. Where a column
    is added SQLite makes the table anew, without its guard: the migration that adds it calls `guard_again`.
    """
    return migrations.RunPython(
        lambda apps, editor: _run(editor, tables, _ON), lambda apps, editor: _run(editor, tables, _OFF)
    )


def guard_again(*tables: str) -> migrations.RunPython:
    """For tables that a migration made anew on SQLite. Undoing it leaves the guard, which an earlier one put there."""
    return migrations.RunPython(lambda apps, editor: _run(editor, tables, _ON), migrations.RunPython.noop)


def guard_against_emptying(*tables: str) -> migrations.RunPython:
    """The same for tables whose guard is older than this refusal. SQLite knows no TRUNCATE."""
    refuse = {"postgresql": (_NOT_EMPTIED,), "sqlite": ()}
    allow = {"postgresql": ("DROP TRIGGER IF EXISTS not_emptied ON {table}",), "sqlite": ()}
    return migrations.RunPython(
        lambda apps, editor: _run(editor, tables, refuse), lambda apps, editor: _run(editor, tables, allow)
    )


@contextmanager
def unguarded() -> Iterator[None]:
    """Let a database of practice rounds be emptied, by whoever owns its tables."""
    if connection.vendor != "postgresql":
        yield
        return
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, Frozen)]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables))


_REFUSE = """CREATE OR REPLACE FUNCTION written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is written once', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"""
_NOT_EMPTIED = (
    "CREATE OR REPLACE TRIGGER not_emptied BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION written_once()"
)
_ON = {
    "postgresql": (
        _REFUSE,
        "CREATE OR REPLACE TRIGGER written_once BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION written_once()",
        _NOT_EMPTIED,
    ),
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS {table}_written_once BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{table} is written once'); END",
    ),
}
_OFF = {
    "postgresql": ("DROP TRIGGER IF EXISTS written_once ON {table}", "DROP TRIGGER IF EXISTS not_emptied ON {table}"),
    "sqlite": ("DROP TRIGGER IF EXISTS {table}_written_once",),
}


def _run(editor: Any, tables: tuple[str, ...], statements: dict[str, tuple[str, ...]]) -> None:
    for table in tables:
        for statement in statements[editor.connection.vendor]:
            editor.execute(statement.replace("{table}", table), params=None)


def guard_for(days: int, *tables: str) -> migrations.RunPython:
    """As `guard`, for rows that are thrown away some day: PostgreSQL refuses deleting what is younger, by its `at`."""
    deleting = "BEFORE DELETE ON {table} FOR EACH ROW"
    young = f"WHEN (OLD.at > now() - interval '{days} days') EXECUTE FUNCTION written_once()"
    on = {
        "postgresql": (
            _ON["postgresql"][0],
            _ON["postgresql"][1].replace("UPDATE OR DELETE", "UPDATE"),
            f"CREATE OR REPLACE TRIGGER kept_for_a_time {deleting} {young}",
            _NOT_EMPTIED,
        ),
        "sqlite": _ON["sqlite"],
    }
    off = {**_OFF, "postgresql": (*_OFF["postgresql"], "DROP TRIGGER IF EXISTS kept_for_a_time ON {table}")}
    return migrations.RunPython(
        lambda apps, editor: _run(editor, tables, on), lambda apps, editor: _run(editor, tables, off)
    )
