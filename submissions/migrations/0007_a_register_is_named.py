from django.db import migrations, models


class Migration(migrations.Migration):
    """A register's name is a scheme's word; a line without one is a mistake, not a model tambon."""

    dependencies = [
        ("submissions", "0006_answers"),
    ]

    operations = [
        migrations.AlterField(
            model_name=model,
            name="register",
            field=models.CharField(max_length=40, verbose_name="register"),
        )
        for model in ("registerline", "historicalregisterline")
    ]
