"""A release that does not know `latest_at` still writes notices while this one starts."""

from django.db import migrations, models
from django.db.models.functions import Now
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [("submissions", "0019_addresses")]

    operations = [
        migrations.AlterField(
            "notice",
            "latest_at",
            models.DateTimeField(
                db_default=Now(), default=timezone.now, help_text="When something was added to it last."
            ),
        ),
    ]
