"""While a new release starts, the former one still writes: no migration takes away what it knows."""

from math import inf

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
ALLOWED = {
    "submissions.0018_account_events: guard_for": "of a table that the former release does not know",
    "submissions.0019_addresses: forget_unconfirmed": "addresses that nobody confirmed are of no use to either release",
    "submissions.0021_tokens_and_times_of_change: let_rows_go_with_their_person": "its rows stay, and go as they went",
    "submissions.0021_tokens_and_times_of_change: take_over": "the tokens given before go on, with whoever knows them",
    "submissions.0024_every_change_moves_its_time: let_the_database_note": "it fills what the former one does not know",
    "submissions.0023_not_emptied: guard_against_emptying": "the former release empties none of these tables",
    "submissions.0033_drafts_of_rounds: Create constraint one_made_scheme_per_code on model schemedraft": (
        "it asks less than the one that it replaces, and the former release makes no draft of a round"
    ),
    "submissions.0035_values_reviewed: Create constraint value_returned_says_why on model value": "it returns none",
    "submissions.0036_official_values_accepted: accept": "it fills what the former one does not know",
    "submissions.0040_meetings: guard": "of a table that the former release does not know",
    "awards.0006_ledger: guard": "of tables that the former release does not know",
    "awards.0007_paper_codes: Create constraint one_document_of_a_copy on model document": (
        "it asks less than the one that it replaces, and the former release makes first copies alone"
    ),
    "awards.0007_paper_codes: guard": "of tables that the former release does not know",
    "awards.0007_paper_codes: guard_again": "as it was guarded before, but by SQLite, which forgot",
    "awards.0007_paper_codes: name_papers_of_before": "it adds rows to a table that the former release does not know",
    "awards.0004_heads_of_the_log: guard_again": "as it was guarded before, but by SQLite, which forgot",
    "awards.0005_provisional: guard_again": "as it was guarded before, but by SQLite, which forgot",
    "awards.0010_head_timestamps: guard": "of a table that the former release does not know",
    "awards.0011_bundles: guard": "of a table that the former release does not know",
    "submissions.0054_webhooks: Create constraint one_webhook_per_name on model webhook": "of a table it does not know",
    "submissions.0054_webhooks: Create constraint told_once on model delivery": "of a table it does not know",
    "submissions.0052_consents: guard": "of a table that the former release does not know",
    "awards.0009_publishings: guard": "of a table that the former release does not know",
    "awards.0008_letterheads: guard_again": "as it was guarded before, but by SQLite, which forgot",
    "awards.0008_letterheads: guard": "of a table that the former release does not know",
    "awards.0008_letterheads: Create constraint one_file_of_a_copy on model signedcopy": (
        "of a table that the former release does not know"
    ),
    "submissions.0049_letterheads: guard": "of a table that the former release does not know",
    "submissions.0045_proposals: guard": "of tables that the former release does not know",
    "awards.0004_heads_of_the_log: guard_against_emptying": "the former release empties none of these tables",
}


def faults_of(operation, state) -> str | None:
    """What the former release's code could not live with; None when there is nothing. `state`: of before."""
    match operation:
        case migrations.AddField(field=field):
            needs = not (field.null or field.has_db_default() or field.many_to_many)
            return "a column without a database default: the former release can't insert" if needs else None
        case migrations.AlterField(field=field):
            return fault_of_change(state.models[state_key(operation, state)].get_field(operation.name), field)
        case migrations.RemoveField() | migrations.DeleteModel():
            return "the former release still reads it: first stop using it, remove it one release later"
        case migrations.RenameField() | migrations.RenameModel() | migrations.AlterModelTable():
            return "the former release knows the old name: add the new one beside it"
        case migrations.AddConstraint() | migrations.AlterUniqueTogether():
            return "the former release may write against it"
        case migrations.RunPython() | migrations.RunSQL():
            return "nobody but a reader can say what it does to rows that the former release has"
        case migrations.SeparateDatabaseAndState(database_operations=operations):
            return next((fault for one in operations if (fault := faults_of(one, state))), None)
    return None


def fault_of_change(former, field) -> str | None:
    is_needed = not (field.null or field.has_db_default())
    if former.null and is_needed:
        return "it must be filled now: the former release leaves it empty"
    if former.has_db_default() and is_needed:
        return "its database default goes, which the former release needs"
    if former.get_internal_type() != field.get_internal_type():
        return "another kind of column: the former release may write what it doesn't take"
    if field.unique and not former.unique:
        return "the former release may write the same twice"
    if (field.max_length or inf) < (former.max_length or inf):
        return "a shorter column: the former release may write more"
    return None


def state_key(operation, state) -> tuple[str, str]:
    return next(key for key in state.models if key[1] == operation.model_name_lower)


def name_of(operation) -> str:
    """Code by the function that it is, or that made it."""
    if isinstance(operation, migrations.RunPython):
        return operation.code.__qualname__.partition(".")[0]
    return operation.describe()


def offences() -> dict[str, str]:
    """Every operation after the baseline that the former release could not live with."""
    loader, found = MigrationLoader(None), {}
    for app in APPS:
        for key in sorted(key for key in loader.disk_migrations if key[0] == app and key[1][:4] > BEFORE[app]):
            state = loader.project_state(loader.disk_migrations[key].dependencies)
            for operation in loader.disk_migrations[key].operations:
                if fault := faults_of(operation, state):
                    found[f"{app}.{key[1]}: {name_of(operation)}"] = fault
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
        (migrations.AlterField("letter", "fault", models.CharField(max_length=299)), True),
        (migrations.AlterField("letter", "fault", models.CharField(max_length=301)), False),
        (migrations.AlterField("letter", "fault", models.CharField(max_length=300, unique=True)), True),
        (migrations.AlterField("letter", "fault", models.IntegerField()), True),
        (migrations.AddConstraint("letter", models.UniqueConstraint(fields=["fault"], name="x")), True),
        (migrations.AlterUniqueTogether("letter", {("fault", "user")}), True),
        (migrations.RunPython(migrations.RunPython.noop), True),
        (migrations.RunSQL("SELECT 1"), True),
        (migrations.SeparateDatabaseAndState([migrations.RunSQL("SELECT 1")]), True),
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
