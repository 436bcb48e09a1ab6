import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from submissions.frozen import guard_for


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0017_rounds_are_prepared"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, verbose_name="time")),
                ("username", models.CharField(blank=True, max_length=150, verbose_name="user name")),
                ("kind", models.CharField(choices=[("login.done", "logged in"), ("login.failed", "a log-in failed"), ("login.refused", "log-ins were held up after failed tries"), ("logout.done", "logged out"), ("logout.idle", "logged out after a time without work"), ("session.ended", "a log-in was ended"), ("password.changed", "the password was changed"), ("password.reset", "the password was set by a link sent by mail"), ("token.made", "a token was made"), ("token.ended", "a token ended"), ("factor.added", "a second step was set up"), ("factor.removed", "a second step was removed"), ("factor.failed", "the second step failed"), ("email.asked", "another e-mail address was asked for"), ("email.changed", "the e-mail address was changed"), ("file.opened", "a file was opened"), ("file.taken", "a file was taken away")], max_length=20, verbose_name="deed")),
                ("thing", models.CharField(blank=True, choices=[("evidence", "evidence"), ("parcel", "parcel"), ("publication", "publication"), ("standings", "standings"), ("list", "list")], max_length=20, verbose_name="on what")),
                ("thing_id", models.CharField(blank=True, max_length=20)),
                ("detail", models.CharField(blank=True, max_length=300, verbose_name="details")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="address")),
                ("browser", models.CharField(blank=True, max_length=200, verbose_name="browser")),
                ("actor", models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="who")),
                ("user", models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="account_events", to=settings.AUTH_USER_MODEL, verbose_name="account")),
            ],
            options={
                "verbose_name": "account event",
                "verbose_name_plural": "account events",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["user", "-at"], name="account_events_of_person")],
            },
        ),
        guard_for(90, "submissions_accountevent"),
    ]
