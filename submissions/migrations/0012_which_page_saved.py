from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0011_notices_of_viruses")]

    operations = [
        migrations.AddField("answers", "page", models.CharField(blank=True, editable=False, max_length=32)),
        migrations.AddField("answers", "turn", models.PositiveIntegerField(default=0, editable=False)),
    ]
