import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0038_second_readings"),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalPracticeEntry',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('chosen_at', models.DateTimeField(verbose_name='chosen at')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('chosen_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='chosen by')),
                ('entry', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='submissions.entry', verbose_name='entry')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='submissions.round', verbose_name='round')),
            ],
            options={
                'verbose_name': 'historical practice entry',
                'verbose_name_plural': 'historical practice entries',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalPracticeSheet',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('points', models.JSONField(blank=True, default=dict, verbose_name='points')),
                ('remark', models.TextField(blank=True, max_length=4000, verbose_name='remark')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('final', 'final')], default='draft', max_length=10, verbose_name='status')),
                ('saved_at', models.DateTimeField(verbose_name='saved at')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='submitted at')),
                ('revision', models.PositiveIntegerField(default=1, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('entry', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='submissions.entry', verbose_name='entry')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('judge', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='committee member')),
            ],
            options={
                'verbose_name': 'historical practice sheet',
                'verbose_name_plural': 'historical practice sheets',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='PracticeEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chosen_at', models.DateTimeField(verbose_name='chosen at')),
                ('chosen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='chosen by')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='submissions.entry', verbose_name='entry')),
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='practice', to='submissions.round', verbose_name='round')),
            ],
            options={
                'verbose_name': 'practice entry',
                'verbose_name_plural': 'practice entries',
            },
        ),
        migrations.CreateModel(
            name='PracticeSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.JSONField(blank=True, default=dict, verbose_name='points')),
                ('remark', models.TextField(blank=True, max_length=4000, verbose_name='remark')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('final', 'final')], default='draft', max_length=10, verbose_name='status')),
                ('saved_at', models.DateTimeField(verbose_name='saved at')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='submitted at')),
                ('revision', models.PositiveIntegerField(default=1, editable=False)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='practice_sheets', to='submissions.entry', verbose_name='entry')),
                ('judge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='practice_sheets', to=settings.AUTH_USER_MODEL, verbose_name='committee member')),
            ],
            options={
                'verbose_name': 'practice sheet',
                'verbose_name_plural': 'practice sheets',
                'ordering': ['entry', 'judge'],
                'constraints': [models.UniqueConstraint(fields=('entry', 'judge'), name='one_practice_sheet_per_judge')],
            },
        ),
    ]
