from django.db import migrations, models

from submissions.frozen import guard_again


class Migration(migrations.Migration):
    dependencies = [
        ("awards", "0002_written_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="result",
            name="nominee",
            field=models.JSONField(default=dict, verbose_name="nominee"),
        ),
        migrations.AddField(
            model_name="result",
            name="region",
            field=models.JSONField(default=dict, verbose_name="inspection region"),
        ),
        migrations.AlterField(
            model_name="result",
            name="rank",
            field=models.PositiveIntegerField(help_text="None where nobody is ranked.", null=True, verbose_name="rank"),
        ),
        guard_again("awards_result"),
    ]
