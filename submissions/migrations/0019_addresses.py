import django.db.models.deletion
import django.utils.timezone
import secrets
from django.conf import settings
from django.db import migrations, models


def forget_unconfirmed(apps, schema_editor):
    """allauth's own page kept addresses that nobody had to confirm, and a password could be set through each."""
    apps.get_model("account", "EmailAddress").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0018_account_events"),
        ("account", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(forget_unconfirmed, migrations.RunPython.noop),
        migrations.CreateModel(
            name="AddressChange",
            fields=[
                ("user", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="address_change", serialize=False, to=settings.AUTH_USER_MODEL)),
                ("email", models.EmailField(max_length=254)),
                ("nonce", models.CharField(default=secrets.token_hex, max_length=64)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name="letter",
            name="about",
            field=models.CharField(blank=True, choices=[("confirm", "a new address to confirm"), ("moved", "another address, told to the one before")], db_default="", editable=False, max_length=10, verbose_name="about"),
        ),
        migrations.AddField(
            model_name="letter",
            name="address",
            field=models.EmailField(blank=True, db_default="", editable=False, max_length=254, verbose_name="address"),
        ),
    ]
