from django.db import migrations

ON = (
    """CREATE OR REPLACE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.changed_at = clock_timestamp(); RETURN NEW; END $$""",
    "CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON submissions_evidence FOR EACH ROW "
    "WHEN (NEW.changed_at IS NOT DISTINCT FROM OLD.changed_at) EXECUTE FUNCTION note_change()",
)
OFF = ("DROP TRIGGER IF EXISTS note_change ON submissions_evidence", "DROP FUNCTION IF EXISTS note_change()")


def let_the_database_note(statements):
    """What the former release writes beside this one, which knows no `changed_at`, and what is written by SQL. SQLite
    has no former release beside it."""

    def run(apps, schema_editor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("submissions", "0023_not_emptied")]
    operations = [migrations.RunPython(let_the_database_note(ON), let_the_database_note(OFF))]
