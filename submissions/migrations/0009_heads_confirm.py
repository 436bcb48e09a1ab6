import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from submissions.frozen import guard

IS_HEAD = {
    "default": False,
    "help_text": "Of an officer: confirms what the office handed in, in rounds that ask for it.",
    "verbose_name": "head of the office",
}
NEEDS_CONFIRMATION = {
    "default": False,
    "help_text": "The head of each office confirms what it handed in. No points hang on it.",
    "verbose_name": "heads confirm",
}


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0008_examinations"),
    ]

    operations = [
        *(
            migrations.AddField(model, "is_head", models.BooleanField(**IS_HEAD))
            for model in ("historicaluser", "user")
        ),
        *(
            migrations.AddField(model, "needs_confirmation", models.BooleanField(**NEEDS_CONFIRMATION))
            for model in ("historicalround", "round")
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("confirmed_at", models.DateTimeField(verbose_name="confirmed at")),
                ("facts_version", models.PositiveBigIntegerField(verbose_name="version of the facts")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256 of what was handed in")),
                ("confirmed_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="confirmed by")),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="confirmations", to="submissions.entry", verbose_name="entry")),
            ],
            options={
                "verbose_name": "confirmation",
                "verbose_name_plural": "confirmations",
                "ordering": ["pk"],
            },
        ),
        guard("submissions_confirmation"),
    ]
