import django.db.models.deletion
from django.db import migrations, models

from submissions.frozen import guard


class Migration(migrations.Migration):

    dependencies = [
        ('awards', '0009_publishings'),
    ]

    operations = [
        migrations.CreateModel(
            name='HeadTimestamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('token', models.BinaryField()),
                ('head', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='timestamp', to='awards.head', verbose_name='head of the log')),
            ],
            options={
                'verbose_name': 'timestamp of a head',
                'verbose_name_plural': 'timestamps of heads',
                'ordering': ['-at'],
            },
        ),
        guard("awards_headtimestamp"),
    ]
