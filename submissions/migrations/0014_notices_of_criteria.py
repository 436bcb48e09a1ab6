from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0013_notices_of_changes")]

    operations = [
        migrations.AlterField(
            "notice",
            "code",
            models.CharField(
                choices=[
                    ("evidence.returned", "evidence was returned"),
                    ("evidence.accepted", "evidence was accepted"),
                    ("evidence.infected", "a virus was found"),
                    ("remark.written", "a message was written"),
                    ("extension.granted", "more time was given"),
                    ("deadline.near", "a last day is near"),
                    ("edition.adopted", "the criteria were changed"),
                    ("publication.made", "results were published"),
                    ("confirmation.asked", "a confirmation is asked for"),
                    ("confirmation.changed", "what was confirmed was changed"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
    ]
