"""A model's new name in Python; its table keeps its own, which the former release goes on using meanwhile."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("submissions", "0024_every_change_moves_its_time")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterModelTable("told", "submissions_told"),
                migrations.RenameModel("Told", "ToldUpTo"),
            ]
        )
    ]
