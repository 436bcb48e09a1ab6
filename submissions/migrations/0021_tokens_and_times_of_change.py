import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import submissions.models.tokens


def take_over(apps, schema_editor):
    """Tokens given before go on, for everything, as they were."""
    rows = apps.get_model("knox", "AuthToken").objects.values("digest", "token_key", "user_id", "created", "expiry")
    Token = apps.get_model("submissions", "Token")
    for row in rows.iterator():
        Token(**row).save()
        Token.objects.filter(pk=row["digest"]).update(created=row["created"])  # which creating it sets to now


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
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
