import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import submissions.models.tokens


def let_rows_go_with_their_person(apps, schema_editor):
    """The library's table is in no code's models any more: the database itself deletes its rows with their person.

    SQLite can't alter what a table refers to; there no former release runs beside this one, and `take_over` empties it.
    """
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    table, quote = "knox_authtoken", connection.ops.quote_name
    people = apps.get_model("submissions", "User")._meta.db_table
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table)
    for name, one in constraints.items():
        if one["foreign_key"] and one["columns"] == ["user_id"]:
            schema_editor.execute(
                f"ALTER TABLE {table} DROP CONSTRAINT {quote(name)}, ADD CONSTRAINT {quote(name)} "
                f"FOREIGN KEY (user_id) REFERENCES {quote(people)} (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"
            )


def take_over(apps, schema_editor):
    """Tokens given before go on, for everything, as they were.

    The former release answers until it is replaced, and again if this one is taken back: it finds its rows where they
    were. They live twelve hours. The release after this one empties the table.
    """
    before = apps.get_model("knox", "AuthToken").objects
    Token = apps.get_model("submissions", "Token")
    for row in list(before.values("digest", "token_key", "user_id", "created", "expiry")):
        Token(**row).save()
        Token.objects.filter(pk=row["digest"]).update(created=row["created"])  # which creating it sets to now
    if schema_editor.connection.vendor != "postgresql":
        before.all().delete()


class Migration(migrations.Migration):
    dependencies = [("submissions", "0020_notices_without_a_time"), ("knox", "0009_extend_authtoken_field")]

    operations = [
        migrations.CreateModel(
            "Token",
            [
                ("digest", models.CharField(max_length=128, primary_key=True, serialize=False)),
                ("token_key", models.CharField(db_index=True, max_length=25)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("expiry", models.DateTimeField(blank=True, null=True)),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                ("scopes", models.JSONField(default=submissions.models.tokens.every_scope, verbose_name="for what")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="last used")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="auth_token_set",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "token", "verbose_name_plural": "tokens", "ordering": ["-created"]},
        ),
        migrations.AddField(
            "evidence",
            "changed_at",
            models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now(), db_index=True),
        ),
        migrations.RunPython(let_rows_go_with_their_person, migrations.RunPython.noop),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
