"""The database as one file, and back: by PostgreSQL's own programs, by SQLite's own backup in development."""

import os
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

# Whoever was logged in logs in anew: a copy of these rows would let whoever finds it in.
FORGOTTEN = ("django_session", "usersessions_usersession", "django_cache")
# How libpq's programs are told what stands behind the "?" of the database's address, such as sslmode.
AS_TOLD = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslcrl": "PGSSLCRL",
    "channel_binding": "PGCHANNELBINDING",
    "gssencmode": "PGGSSENCMODE",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "options": "PGOPTIONS",
    "service": "PGSERVICE",
    "passfile": "PGPASSFILE",
}


class Failed(Exception):
    """A program of the database's could not do it; what it said."""


def file_name() -> str:
    return "database.dump" if connection.vendor == "postgresql" else "database.sqlite3"


def dump(target: Path) -> None:
    """Write the database as it is at one moment, while others go on writing to it."""
    if connection.vendor == "postgresql":
        left_out = [f"--exclude-table-data={table}" for table in FORGOTTEN]
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", *left_out, "--file", str(target))
        return
    with closing(_sqlite(connection.settings_dict["NAME"])) as source, closing(_sqlite(target)) as copy:
        source.backup(copy)
        for table in FORGOTTEN:
            if copy.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).fetchone():
                copy.execute(f'DELETE FROM "{table}"')  # noqa: S608
        copy.commit()
        copy.execute("VACUUM")


def most() -> int:
    """How many bytes a dump takes at most: as many as the database takes itself."""
    if connection.vendor != "postgresql":
        return os.stat(connection.settings_dict["NAME"]).st_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def load(source: Path) -> None:
    """Put what was dumped in place of all that the database holds: in full, or not at all."""
    connection.close()
    if connection.vendor != "postgresql":
        with closing(_sqlite(source)) as copy, closing(_sqlite(connection.settings_dict["NAME"])) as target:
            copy.backup(target)
        return
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        # Not through a pipe: a pg_restore that dies would look to psql like the end of all there is.
        script = str(Path(folder) / "script.sql")
        _run("pg_restore", "--no-owner", "--no-privileges", "--file", script, str(source))
        anew = ["--command", "DROP SCHEMA public CASCADE", "--command", "CREATE SCHEMA public"]
        stop = ["--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1"]
        _run("psql", *stop, *anew, "--file", script)


def is_empty() -> bool:
    return not connection.introspection.table_names()


def others() -> set[int]:
    """Who besides this program is connected, by the server's numbers: nobody may be while the rows change."""
    if connection.vendor != "postgresql":
        return set()
    with connection.cursor() as cursor:
        # Whoever is no superuser sees no kind or state of other roles' connections, but whose they are; what the
        # server does by itself is nobody's.
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
        )
        return {number for (number,) in cursor.fetchall()}


def _sqlite(path: str | Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=20)


def _run(program: str, *arguments: str) -> None:
    database = connection.settings_dict
    address = {
        "PGHOST": database["HOST"],
        "PGPORT": str(database["PORT"] or ""),
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": database["NAME"],
        **{name: str(database["OPTIONS"][option]) for option, name in AS_TOLD.items() if option in database["OPTIONS"]},
    }
    known = {name: value for name, value in address.items() if value}
    try:
        done = subprocess.run(  # noqa: S603
            [program, *arguments], env={**os.environ, **known}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise Failed(f"{program} is not installed (Debian package postgresql-client)") from None
    if done.returncode:
        raise Failed(f"{program} failed: {done.stderr.strip()[-2000:]}")
