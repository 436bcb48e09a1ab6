from django.db import migrations, models

from submissions.frozen import guard_again


class Migration(migrations.Migration):

    dependencies = [
        ('awards', '0005_provisional'),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='paper',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False, verbose_name='what its papers carry'),
        ),
        guard_again("awards_publication"),  # SQLite made the table anew
    ]
