import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0014_notices_of_criteria")]

    operations = [
        migrations.CreateModel(
            "Reminded",
            [
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="reminded",
                        serialize=False,
                        to="submissions.round",
                    ),
                ),
                ("day", models.DateField()),
            ],
        ),
    ]
