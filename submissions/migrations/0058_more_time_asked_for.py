"""A message may ask for more time, or refuse it. Neither column has a default, so that SQLite adds both to the guarded
table without making it anew."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0053_notices_of_copies")]

    operations = [
        migrations.AddField(
            "remark", "wished", models.DateField(blank=True, null=True, verbose_name="more time is asked for, until")
        ),
        migrations.AddField(
            "remark",
            "refuses",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refusals",
                to="submissions.remark",
                verbose_name="the request for more time that it refuses",
            ),
        ),
    ]
