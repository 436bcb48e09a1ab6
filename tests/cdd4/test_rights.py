"""In production the portal works with a role that owns nothing: what is written once it can't alter."""

import contextlib
import os
from collections.abc import Iterator
from io import StringIO

import psycopg2
import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from psycopg2 import errors

from awards.ledger import heads
from awards.management import dumps
from awards.models import (
    Bundle,
    CredentialKey,
    Document,
    Head,
    HeadKey,
    HeadTimestamp,
    Leaf,
    Node,
    Paper,
    Publication,
    Result,
    Revocation,
    SignedCopy,
    Sureness,
)
from awards.models import faults as faults_of
from awards.publishing.publish import publish
from submissions import intake
from submissions.frozen import Frozen
from submissions.log.check import check
from submissions.management.rights import rights
from submissions.models import (
    AccountEvent,
    Circular,
    Confirmation,
    Consent,
    Edition,
    Ending,
    Event,
    Evidence,
    FilledForm,
    Import,
    Picture,
    Proposal,
    Remark,
    Resolution,
    Round,
    Value,
)
from submissions.questions.undoing import plan
from tests import factories as make

# Roles and databases are the server's, which workers of one run share.
OWN = os.environ.get("PYTEST_XDIST_WORKER", "gw")
OWNER, WEB, NAME = f"cdd4_owner_{OWN}", f"cdd4_web_{OWN}", f"cdd4_roles_{OWN}"
FROZEN = [model for model in apps.get_models() if issubclass(model, Frozen)]
# All that is written once, by its name: a model that stops being Frozen, or a table that is granted more, fails here.
SHUT = [Event, Edition, Remark, Resolution, Confirmation, FilledForm, Proposal, Ending]
SHUT += [Publication, Result, Document, Sureness, Picture, SignedCopy, Paper, Revocation, CredentialKey]
SHUT += [Leaf, Node, Head, HeadKey, HeadTimestamp, Bundle, Consent]
THROWN_AWAY = [AccountEvent]


@contextlib.contextmanager
def connected_as(user: str) -> Iterator[None]:
    """This process's connection goes to the database of these tests, as this role."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(NAME=NAME, USER=user)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, tmp_path_factory):
    """A database that OWNER migrated, and whose rights it granted to WEB."""
    if connection.vendor != "postgresql":
        pytest.fail("only PostgreSQL has roles")
    password = tmp_path_factory.mktemp("secrets") / "database_password"
    password.write_text("only-in-tests\n")
    server = psycopg2.connect(os.environ["CDD4_DATABASE_URL"].rpartition("/")[0] + "/postgres")
    server.autocommit = True
    with contextlib.closing(server), server.cursor() as cursor, django_db_blocker.unblock():
        cursor.execute(f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER CREATEROLE")
        cursor.execute(f"CREATE DATABASE {NAME} OWNER {OWNER}")
        try:
            with connected_as(OWNER):
                call_command("migrate", interactive=False, verbosity=0)
                call_command("createcachetable")
                for _again in range(2):
                    call_command("grant_rights", WEB, password_file=password, stdout=StringIO())
            yield
        finally:
            cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
            for role in (WEB, OWNER):
                cursor.execute(f"DROP ROLE IF EXISTS {role}")


@pytest.fixture
def published(database, django_db_blocker):
    """What people do, done as the web's role: handed in, reviewed, entered, judged, published."""
    with django_db_blocker.unblock(), connected_as(WEB):
        if Publication.objects.exists():
            yield Publication.objects.first()
            return
        officer, judge, staff = make.make_user(), make.make_user("judge"), make.make_user("staff")
        round = make.make_round(judges=[judge])
        entry = intake.enter_offices(round, [officer.office], by=staff)[0]
        first = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload())
        intake.review_evidence(first, by=judge, accept=True)
        intake.withdraw_evidence(
            intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://www.example.org/x"),
            by=officer,
        )
        intake.enter_values(entry, {("3.3.protected", ""): "7"}, by=staff)
        intake.enter_values(entry, {("3.3.protected", ""): ""}, by=staff)
        intake.write_remark(entry, by=officer, requirement="1.1.report", text="เรียนกรรมการ")
        make.make_holiday("2023-05-05")
        round.settings = {**round.settings, "2.1.2.due": "2023-06-01"}
        round.save()
        once = {"file_name": "figures.xlsx", "sha256": "0" * 64, "ticked": {}}
        done = intake.import_figures(round, {entry: {("3.3.protected", ""): "7"}}, by=staff, **once)
        intake.undo_import(done, by=staff, seen=plan(done).digest)
        yield publish(round, by=staff)


def test_the_portal_works_as_its_own_role(published):
    assert check().findings == []
    assert faults_of(published) == heads.faults(published) == []
    assert Evidence.objects.count() == 2
    assert not Value.objects.exists()
    cache.set("kept", "here")
    assert cache.get("kept") == "here"
    cache.delete("kept")
    client = Client()
    assert client.login(username=Event.objects.exclude(actor=None).first().actor.username, password=make.PASSWORD)
    assert client.get("/", follow=True).status_code == 200
    client.logout()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (WEB, 0)


@pytest.mark.parametrize("model", SHUT, ids=lambda model: model.__name__)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {pk} = {pk}",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "ALTER TABLE {table} DISABLE TRIGGER written_once",
        "DROP TRIGGER written_once ON {table}",
        "DROP TABLE {table} CASCADE",
        "ALTER TABLE {table} OWNER TO {role}",
        "SELECT * FROM {table} FOR UPDATE",
    ],
)
def test_what_is_written_once_is_out_of_its_reach(published, model, statement):
    assert_refused(statement.format(table=model._meta.db_table, pk=model._meta.pk.column, role=WEB))


@pytest.mark.parametrize("model", SHUT, ids=lambda model: model.__name__)
def test_it_grants_itself_nothing(published, model):
    """PostgreSQL answers with a warning alone; and nothing is granted."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE, DELETE, TRUNCATE ON {table} TO {WEB}")
        for right, granted in (("INSERT", True), ("UPDATE", False), ("DELETE", False), ("TRUNCATE", False)):
            cursor.execute("SELECT has_table_privilege(%s, %s)", [table, right])
            assert cursor.fetchone() == (granted,), right


@pytest.mark.parametrize("model", [Import, Round.history.model, Circular.history.model], ids=lambda m: m.__name__)
def test_what_imports_and_former_versions_say_is_out_of_its_reach(published, model):
    table, key = model._meta.db_table, model._meta.pk.column
    later = {"submissions_import": "put_back"}.get(table, "history_user_id")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {later} = {later}")
    told = "sha256" if model is Import else "history_type"
    for statement in (
        f"UPDATE {table} SET {told} = {told}",
        f"UPDATE {table} SET {key} = {key}",
        f"DELETE FROM {table}",
    ):
        assert_refused(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SET ROLE {owner}",
        "CREATE TABLE mine ()",
        "CREATE SCHEMA mine",
        "CREATE TEMPORARY TABLE mine ()",
        "CREATE OR REPLACE FUNCTION written_once() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
        "ALTER FUNCTION written_once() RENAME TO never",
        "ALTER ROLE {role} SUPERUSER",
        "TRUNCATE submissions_evidence CASCADE",
        "DELETE FROM django_migrations",
        "COPY submissions_event TO PROGRAM 'true'",
    ],
)
def test_it_can_not_get_round_that(published, statement):
    assert_refused(statement.format(role=WEB, owner=OWNER))


def assert_refused(statement: str) -> None:
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, errors.InsufficientPrivilege), refused.value


@pytest.mark.django_db
def test_every_model_that_is_written_once_is_in_the_list():
    granted = rights()
    assert set(FROZEN) == {*SHUT, *THROWN_AWAY}
    assert {granted[model._meta.db_table] for model in SHUT} == {"SELECT, INSERT"}
    assert {granted[model._meta.db_table] for model in THROWN_AWAY} == {"SELECT, INSERT, DELETE"}


def test_a_role_that_could_do_more_is_refused(database, django_db_blocker):
    with django_db_blocker.unblock(), connected_as(OWNER):
        with pytest.raises(CommandError, match="own connection"):
            call_command("grant_rights", OWNER)
        with pytest.raises(CommandError, match="superuser"):
            call_command("grant_rights", "portal")


@pytest.mark.parametrize(
    "owned",
    [
        "ALTER DATABASE {name} OWNER TO {role}",
        "ALTER SCHEMA public OWNER TO {role}",
        "ALTER FUNCTION written_once() OWNER TO {role}",
        "ALTER TABLE submissions_event OWNER TO {role}",
    ],
)
@pytest.mark.parametrize("options", [{}, {"dry_run": True}], ids=["granting", "dry"])
def test_a_role_that_owns_anything_is_refused(database, django_db_blocker, owned, options):
    with django_db_blocker.unblock(), as_superuser(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {WEB}_other LOGIN")
        cursor.execute(owned.format(name=NAME, role=f"{WEB}_other"))
        with pytest.raises(CommandError, match=r"owns \d thing"):
            call_command("grant_rights", f"{WEB}_other", stdout=StringIO(), **options)
        transaction.set_rollback(True)


def as_superuser():
    return connected_as(connection.settings_dict["USER"])


def test_an_owner_who_is_no_superuser_knows_who_else_is_connected(database, django_db_blocker):
    with (
        contextlib.closing(psycopg2.connect(address_as(WEB))) as other,
        django_db_blocker.unblock(),
        connected_as(OWNER),
    ):
        assert other.info.backend_pid in dumps.others()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            assert cursor.fetchone()[0] not in dumps.others()


def address_as(role: str) -> str:
    told = connection.settings_dict
    return f"host={told['HOST']} port={told['PORT'] or 5432} dbname={NAME} user={role} password=only-in-tests"


def test_the_password_is_kept_as_no_more_than_a_verifier(database):
    with contextlib.closing(psycopg2.connect(os.environ["CDD4_DATABASE_URL"])) as server, server.cursor() as cursor:
        cursor.execute("SELECT rolpassword, rolsuper, rolcanlogin FROM pg_authid WHERE rolname = %s", [WEB])
        kept, is_super, can_log_in = cursor.fetchone()
    assert kept.startswith("SCRAM-SHA-256$")
    assert (is_super, can_log_in) == (False, True)
