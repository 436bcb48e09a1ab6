"""While a new release starts, the former one still writes: no migration takes away what it knows."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader

from cdd4.settings import INSTALLED_APPS
from submissions.models import Notice
from tests import factories as make

APPS = [name for name in INSTALLED_APPS if name in ("submissions", "scoring", "awards")]
# Up to these, tables were made with no former release to think of.
BEFORE = {"submissions": "0016", "scoring": "0006", "awards": "0003"}
# What may be against the rule: "app.migration: operation", and why no former release stumbles over it.
ALLOWED: dict[str, str] = {}


def faults_of(operation, state) -> str | None:
    """What the former release's code could not live with; None when there is nothing. `state`: of before."""
    match operation:
        case migrations.AddField(field=field):
            needs = not (field.null or field.has_db_default() or field.many_to_many)
            return "a column without a database default: the former release can't insert" if needs else None
        case migrations.AlterField(field=field):
            former = state.models[state_key(operation, state)].get_field(operation.name)
            if former.null and not (field.null or field.has_db_default()):
                return "it must be filled now: the former release leaves it empty"
            if former.has_db_default() and not (field.null or field.has_db_default()):
                return "its database default goes, which the former release needs"
        case migrations.RemoveField() | migrations.DeleteModel():
            return "the former release still reads it: first stop using it, remove it one release later"
        case migrations.RenameField() | migrations.RenameModel() | migrations.AlterModelTable():
            return "the former release knows the old name: add the new one beside it"
    return None


def state_key(operation, state) -> tuple[str, str]:
    return next(key for key in state.models if key[1] == operation.model_name_lower)


def offences() -> dict[str, str]:
    """Every operation after the baseline that the former release could not live with."""
    loader, found = MigrationLoader(None), {}
    for app in APPS:
        for key in sorted(key for key in loader.disk_migrations if key[0] == app and key[1][:4] > BEFORE[app]):
            state = loader.project_state(loader.disk_migrations[key].dependencies)
            for operation in loader.disk_migrations[key].operations:
                if fault := faults_of(operation, state):
                    found[f"{app}.{key[1]}: {operation.describe()}"] = fault
                operation.state_forwards(app, state)
    return found


def test_the_former_release_can_write_beside_the_new_one():
    assert {name: fault for name, fault in offences().items() if name not in ALLOWED} == {}


def test_what_is_allowed_is_there_and_says_why():
    assert set(ALLOWED) <= set(offences())
    assert all(ALLOWED.values())


@pytest.mark.parametrize(
    ("operation", "is_refused"),
    [
        (migrations.AddField("office", "colour", models.TextField()), True),
        (migrations.AddField("office", "colour", models.TextField(default="red")), True),
        (migrations.AddField("office", "colour", models.TextField(db_default="red")), False),
        (migrations.AddField("office", "colour", models.TextField(null=True)), False),
        (migrations.AddField("office", "friends", models.ManyToManyField("submissions.office")), False),
        (migrations.AlterField("letter", "sent_at", models.DateTimeField()), True),
        (migrations.AlterField("letter", "sent_at", models.DateTimeField(null=True)), False),
        (migrations.RemoveField("letter", "fault"), True),
        (migrations.RenameField("letter", "fault", "why"), True),
        (migrations.DeleteModel("letter"), True),
        (migrations.AddIndex("letter", models.Index(fields=["fault"], name="x")), False),
    ],
    ids=lambda value: value.describe() if hasattr(value, "describe") else str(value),
)
def test_the_rule_knows_good_from_bad(operation, is_refused):
    loader = MigrationLoader(None)
    state = loader.project_state(("submissions", loader.graph.leaf_nodes("submissions")[0][1]))
    assert bool(faults_of(operation, state)) == is_refused


@pytest.mark.django_db
def test_a_notice_is_written_by_code_that_has_not_heard_of_its_latest_time():
    user = make.make_user()
    columns = [field for field in Notice._meta.concrete_fields if field.name not in ("latest_at", "id")]
    notice = Notice(user=user, code=Notice.Code.INFECTED, key="as before")
    values = [field.get_db_prep_save(field.pre_save(notice, add=True), connection) for field in columns]
    names = ", ".join(connection.ops.quote_name(field.column) for field in columns)
    marks = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {Notice._meta.db_table} ({names}) VALUES ({marks})", values)
    assert Notice.objects.get().latest_at is not None
