"""The record of every deed: nobody alters it unnoticed, and no change of a fact goes round it."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from submissions import frozen, intake
from submissions.models import Event, Evidence
from tests import factories as make

pytestmark = pytest.mark.django_db


def version(entry) -> int:
    entry.refresh_from_db()
    return entry.facts_version


def test_the_chain_shows_what_was_altered(entry, officer):
    for number in range(3):
        intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url=f"https://www.example.org/{number}")
    assert Event.objects.faults(entry) == []
    second = Event.objects.get(entry=entry, sequence=2)
    with pytest.raises(TypeError):
        second.save()
    with pytest.raises(TypeError):
        Event.objects.filter(pk=second.pk).update(verb="x")
    with pytest.raises(TypeError):
        Event.objects.all().delete()


def test_the_database_refuses_to_alter_an_event_too(entry, officer):
    event = Event.objects.record(entry, "test", by=officer)
    with pytest.raises(DatabaseError), transaction.atomic():
        QuerySet(Event).filter(pk=event.pk).update(verb="x")


@pytest.mark.postgresql
@pytest.mark.parametrize("model", [one for one in apps.get_models() if issubclass(one, frozen.Frozen)])
def test_no_table_that_is_written_once_is_emptied(model):
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
    with connection.cursor() as cursor:
        guards = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'"
        cursor.execute(guards, [model._meta.db_table])
        assert {name for (name,) in cursor.fetchall()} >= {"written_once", "not_emptied"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_a_demo_is_thrown_away_all_the_same_and_the_guard_stays():
    """By whoever owns the tables; only where every round is for practice."""
    Event.objects.record(make.make_entry(), "test", by=None)
    with frozen.unguarded():
        call_command("flush", interactive=False, verbosity=0, allow_cascade=True)
    assert not Event.objects.exists()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE submissions_event CASCADE")


def test_an_altered_event_and_a_missing_one_show(entry, officer, without_guard):
    for number in range(3):
        Event.objects.record(entry, "test", by=officer, number=number)
    assert Event.objects.faults(entry) == []
    QuerySet(Event).filter(entry=entry, sequence=2).update(data={"number": 9})
    assert Event.objects.faults(entry) == [2]
    QuerySet(Event).filter(entry=entry, sequence=2)._raw_delete("default")
    assert Event.objects.faults(entry) == [3]


@pytest.fixture
def without_guard():
    """As somebody with the database's own rights could work."""
    with connection.cursor() as cursor:
        for statement in frozen._OFF[connection.vendor]:
            cursor.execute(statement.replace("{table}", "submissions_event"))


def test_rows_changed_outside_intake_raise_the_version_too(entry):
    evidence = make.make_evidence(entry)
    seen = version(entry)
    evidence.note = "x"
    evidence.save()
    assert version(entry) > seen
    seen = version(entry)
    evidence.delete()
    assert version(entry) > seen
    seen = version(entry)
    entry.office.size = "large"
    entry.office.save()
    assert version(entry) > seen
    seen = version(entry)
    make.make_holiday("2023-05-05")
    assert version(entry) > seen
    seen = version(entry)
    entry.round.judges.add(make.make_user("judge"))
    assert version(entry) > seen
    seen = version(entry)
    entry.round.judges.clear()
    assert version(entry) > seen
    assert Evidence.objects.count() == 0
