import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from submissions.frozen import guard


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0005_remarks_and_notices"),
    ]

    operations = [
        migrations.CreateModel(
            name="FilledForm",
            fields=[
                ("evidence", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="filled_form", serialize=False, to="submissions.evidence", verbose_name="evidence")),
                ("form", models.CharField(max_length=40, verbose_name="form")),
                ("data", models.JSONField(verbose_name="answers")),
                ("paper", models.JSONField(verbose_name="what the documents say")),
            ],
            options={
                "verbose_name": "filled-in form",
                "verbose_name_plural": "filled-in forms",
            },
        ),
        migrations.CreateModel(
            name="Answers",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(max_length=40, verbose_name="form")),
                ("period", models.CharField(blank=True, max_length=20, verbose_name="period")),
                ("data", models.JSONField(verbose_name="answers")),
                ("saved_at", models.DateTimeField(verbose_name="saved at")),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="submissions.entry", verbose_name="entry")),
                ("saved_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="saved by")),
            ],
            options={
                "verbose_name": "answers to a form",
                "verbose_name_plural": "answers to forms",
                "constraints": [models.UniqueConstraint(fields=("entry", "form", "period"), name="one_draft_per_form")],
            },
        ),
        guard("submissions_filledform"),
    ]
