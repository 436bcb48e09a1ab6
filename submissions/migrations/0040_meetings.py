import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from submissions.frozen import guard


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0039_practice"),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalMeeting',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('held_on', models.DateField(verbose_name='held on')),
                ('place', models.CharField(max_length=200, verbose_name='place')),
                ('present', models.JSONField(default=list, verbose_name='present')),
                ('revision', models.PositiveIntegerField(default=1, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='submissions.round', verbose_name='round')),
            ],
            options={
                'verbose_name': 'historical meeting',
                'verbose_name_plural': 'historical meetings',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('held_on', models.DateField(verbose_name='held on')),
                ('place', models.CharField(max_length=200, verbose_name='place')),
                ('present', models.JSONField(default=list, verbose_name='present')),
                ('revision', models.PositiveIntegerField(default=1, editable=False)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='submissions.round', verbose_name='round')),
            ],
            options={
                'verbose_name': 'meeting',
                'verbose_name_plural': 'meetings',
                'ordering': ['round', 'number'],
                'constraints': [models.UniqueConstraint(fields=('round', 'number'), name='one_meeting_of_a_number')],
            },
        ),
        migrations.CreateModel(
            name='Resolution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('tie', 'tie'), ('line', 'award line'), ('apart', 'judges far apart'), ('appeal', 'appeal'), ('other', 'another matter')], max_length=10, verbose_name='kind')),
                ('matter', models.CharField(max_length=200, verbose_name='matter')),
                ('offices', models.JSONField(default=list, verbose_name='offices')),
                ('text', models.TextField(max_length=1000, verbose_name='what was resolved')),
                ('reason', models.TextField(max_length=1000, verbose_name='reason')),
                ('present', models.JSONField(default=list, verbose_name='present')),
                ('resolved_at', models.DateTimeField(verbose_name='resolved at')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='resolutions', to='submissions.entry', verbose_name='entry')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='resolutions', to='submissions.meeting', verbose_name='meeting')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
            ],
            options={
                'verbose_name': 'resolution',
                'verbose_name_plural': 'resolutions',
                'ordering': ['pk'],
            },
        ),
        guard('submissions_resolution'),
    ]
