from django.db import migrations, models
from django.utils import timezone


def begin(apps, schema_editor):
    apps.get_model("submissions", "Notice").objects.update(latest_at=models.F("at"))


class Migration(migrations.Migration):
    dependencies = [("submissions", "0015_reminded")]

    operations = [
        migrations.AddField(
            "notice",
            "latest_at",
            models.DateTimeField(default=timezone.now, help_text="When something was added to it last."),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
        migrations.AlterModelOptions(
            "notice",
            {"ordering": ["-latest_at", "-pk"], "verbose_name": "notice", "verbose_name_plural": "notices"},
        ),
        migrations.RemoveIndex("notice", "notices_of_person"),
        migrations.AddIndex("notice", models.Index(fields=["user", "-latest_at"], name="notices_of_person")),
    ]
