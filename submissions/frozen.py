"""Rows that are written once: Python refuses to change them, and so does the database."""

from django.db import migrations, models


class Frozen(models.Model):
    """A row that is written once: changing or deleting it is a programming error."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} rows are written once")
        super().save(*args, force_insert=True, **{k: v for k, v in kwargs.items() if k == "using"})

    def delete(self, *args, **kwargs):
        raise TypeError(f"{type(self).__name__} rows are never deleted")


class FrozenQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise TypeError(f"{self.model.__name__} rows are written once")

    def delete(self):
        raise TypeError(f"{self.model.__name__} rows are never deleted")


def guard(*tables: str) -> migrations.RunPython:
    """A migration's operation: the database refuses to change these tables' rows, whoever asks.

    PostgreSQL refuses deleting too. SQLite does not: there Django empties tables row by row (`manage.py flush`, tests),
    and a missing row shows anyway, since the next one of its chain carries its digest. Where a column is added SQLite
    makes the table anew, without its guard: the migration that adds it calls this again.
    """
    return migrations.RunPython(
        lambda apps, editor: _run(editor, tables, _ON), lambda apps, editor: _run(editor, tables, _OFF)
    )


_REFUSE = """CREATE OR REPLACE FUNCTION written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is written once', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"""
_ON = {
    "postgresql": (
        _REFUSE,
        "CREATE OR REPLACE TRIGGER written_once BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION written_once()",
    ),
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS {table}_written_once BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{table} is written once'); END",
    ),
}
_OFF = {
    "postgresql": ("DROP TRIGGER written_once ON {table}",),
    "sqlite": ("DROP TRIGGER {table}_written_once",),
}


def _run(editor, tables: tuple[str, ...], statements: dict[str, tuple[str, ...]]) -> None:
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
        ),
        "sqlite": _ON["sqlite"],
    }
    off = {**_OFF, "postgresql": (*_OFF["postgresql"], "DROP TRIGGER kept_for_a_time ON {table}")}
    return migrations.RunPython(
        lambda apps, editor: _run(editor, tables, on), lambda apps, editor: _run(editor, tables, off)
    )
