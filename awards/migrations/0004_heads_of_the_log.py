from django.db import migrations, models

from submissions.frozen import guard_again, guard_against_emptying


class Migration(migrations.Migration):
    dependencies = [
        ("awards", "0003_nominees_and_regions"),
        ("submissions", "0016_notices_that_grow"),
    ]
    operations = [
        migrations.AddField(
            "publication",
            "log",
            models.JSONField(
                db_default=models.Value([], models.JSONField()), default=list, editable=False, verbose_name="heads of the log"
            ),
        ),
        guard_again("awards_publication"),  # SQLite made the table anew
        guard_against_emptying("awards_publication", "awards_result", "awards_document"),
    ]
