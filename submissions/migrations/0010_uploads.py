import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import submissions.models.uploads


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0009_heads_confirm"),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(default=submissions.models.uploads._key, editable=False, max_length=32, unique=True)),
                ("requirement", models.CharField(max_length=60)),
                ("period", models.CharField(blank=True, max_length=20)),
                ("revision", models.PositiveIntegerField(null=True)),
                ("channels", models.JSONField(default=list)),
                ("note", models.TextField(blank=True)),
                ("name", models.CharField(max_length=255)),
                ("size", models.PositiveBigIntegerField()),
                ("modified", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("touched_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                ("is_repeated", models.BooleanField(default=False)),
                ("refusal", models.JSONField(default=dict)),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="uploads", to="submissions.entry")),
                ("evidence", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="uploads", to="submissions.evidence")),
                ("replaces", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="submissions.evidence")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="uploads", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "upload",
                "verbose_name_plural": "uploads",
                "ordering": ["created_at", "pk"],
            },
        ),
    ]
