"""What the portal's own role may do in PostgreSQL: less than the role that owns the tables, and migrates them.

Rows of models that are `Frozen` are read and added, and so nobody who takes over the portal alters an event, a
publication or a result: not by UPDATE, DELETE or TRUNCATE, and not by switching triggers off, which only owners do.
Of rows that are written once but for a few columns (`changed_later`), and of former versions, which say who did what
with a round or a circular, these columns alone are changed, and no row is deleted.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from psycopg2.extensions import encrypt_password
from simple_history.models import HistoricalChanges

from submissions.frozen import Frozen

READ, ADD = "SELECT", "SELECT, INSERT"
ADD_AND_THROW_AWAY = "SELECT, INSERT, DELETE"
ALL = "SELECT, INSERT, UPDATE, DELETE"
CHANGED_OF_VERSIONS = ("history_user",)  # whoever is deleted is taken out of them
OF_MIGRATIONS = "django_migrations"


class Unfit(Exception):
    """The role can't be the portal's own: it could do more than it is granted."""


def rights() -> dict[str, str]:
    """What is granted on each table of the database; whatever is nobody's model is an ordinary table."""
    granted = dict.fromkeys(connection.introspection.table_names(), ALL) | {OF_MIGRATIONS: READ}
    for model in apps.get_models(include_auto_created=True):
        granted[model._meta.db_table] = _right_on(model)
    return granted


def _right_on(model: type[Model]) -> str:
    if issubclass(model, Frozen):
        return ADD_AND_THROW_AWAY if model.is_thrown_away else ADD
    is_version = issubclass(model, HistoricalChanges) and hasattr(model, "history_user")
    names = CHANGED_OF_VERSIONS if is_version else getattr(model, "changed_later", ())
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    return f"{ADD}, UPDATE ({columns})" if columns else ALL


def grant(role: str, password: str = "") -> dict[str, str]:
    """Give the role exactly its rights, in one transaction; it is made where there is none. Returns them by table.

    Whoever calls owns the tables. Without a password the one that the role has stays.
    """
    granted = rights()
    with transaction.atomic(), connection.cursor() as cursor:
        _make(cursor, role, password)
        _refuse_the_unfit(cursor, role)
        for statement in _statements(connection.ops.quote_name(role), granted):
            cursor.execute(statement)
    return granted


def check_fit(role: str) -> None:
    """Raises Unfit where this role can do more than it is granted; one that is yet to be made can't."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone():
            _refuse_the_unfit(cursor, role)


def _make(cursor, role: str, password: str) -> None:
    name = connection.ops.quote_name(role)
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    if not cursor.fetchone():
        cursor.execute(f"CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
    if password:
        # Encrypted here: the server's log may keep statements.
        secret = encrypt_password(password, role, connection.connection, "scram-sha-256")
        cursor.execute(f"ALTER ROLE {name} LOGIN PASSWORD %s", [secret])


def _refuse_the_unfit(cursor, role: str) -> None:
    cursor.execute("SELECT current_user")
    if cursor.fetchone()[0] == role:
        raise Unfit(f"this is {role}'s own connection: connect as the role that owns the tables")
    cursor.execute(
        "SELECT rolsuper OR rolcreaterole OR rolbypassrls OR rolreplication FROM pg_roles WHERE rolname = %s", [role]
    )
    if cursor.fetchone()[0]:
        raise Unfit(f"{role} is a superuser, or may become one")
    cursor.execute(
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = %s", [role]
    )
    if cursor.fetchone()[0]:
        raise Unfit(f"{role} is a member of another role, and has its rights")
    # Tables, functions (written_once is one), schemas, and databases, of which whoever owns them may do anything.
    cursor.execute(
        "SELECT count(*) FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid "
        "WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o' AND r.rolname = %s",
        [role],
    )
    if owned := cursor.fetchone()[0]:
        raise Unfit(
            f"{role} owns {owned} thing(s): a database, schemas, tables or functions. "
            f"REASSIGN OWNED BY {role} to the role that migrates, in each database"
        )


def _statements(role: str, granted: dict[str, str]) -> Iterator[str]:
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    yield f"REVOKE ALL ON DATABASE {database} FROM PUBLIC, {role}"
    yield f"GRANT CONNECT ON DATABASE {database} TO {role}"
    yield f"REVOKE ALL ON SCHEMA public FROM PUBLIC, {role}"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"
    for right in sorted(set(granted.values())):
        tables = ", ".join(connection.ops.quote_name(table) for table in sorted(granted) if granted[table] == right)
        yield f"GRANT {right} ON {tables} TO {role}"
