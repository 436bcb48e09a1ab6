import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import submissions.vault


class Migration(migrations.Migration):

    dependencies = [
        ("scoring", "0004_a_trial_may_fail"),
        ("submissions", "0008_examinations"),
    ]

    operations = [
        migrations.CreateModel(
            name="Parcel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made at")),
                ("facts_version", models.PositiveBigIntegerField(default=0, verbose_name="version of the facts")),
                ("stage", models.CharField(choices=[("waiting", "Waits for its turn"), ("files", "Files are being put in"), ("lists", "The index and the scorecard are being made"), ("done", "Ready"), ("failed", "Broke off")], default="waiting", max_length=10, verbose_name="state")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="files put in")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="files")),
                ("file", models.FileField(blank=True, max_length=200, storage=submissions.vault.Vault(), upload_to="", verbose_name="file")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="size in bytes")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, editable=False, null=True)),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="parcels", to="submissions.entry", verbose_name="entry")),
                ("made_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="made by")),
            ],
            options={
                "verbose_name": "parcel",
                "verbose_name_plural": "parcels",
                "ordering": ["-pk"],
                "constraints": [models.UniqueConstraint(condition=models.Q(("due_at__isnull", False)), fields=("entry",), name="one_parcel_under_way")],
            },
        ),
    ]
