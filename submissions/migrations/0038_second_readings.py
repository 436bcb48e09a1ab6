import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0037_notices_of_numbers"),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalround',
            name='second_reading_percent',
            field=models.PositiveSmallIntegerField(blank=True, db_default=0, default=0, help_text='So many of a hundred decisions on evidence are drawn for a second reader, who sees none of them.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='read a second time (%)'),
        ),
        migrations.AddField(
            model_name='round',
            name='second_reading_percent',
            field=models.PositiveSmallIntegerField(blank=True, db_default=0, default=0, help_text='So many of a hundred decisions on evidence are drawn for a second reader, who sees none of them.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='read a second time (%)'),
        ),
        migrations.CreateModel(
            name='SecondReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('doubt', 'doubt'), ('sample', 'sample')], max_length=10, verbose_name='kind')),
                ('state', models.CharField(choices=[('open', 'waiting'), ('done', 'read'), ('lapsed', 'lapsed')], default='open', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(verbose_name='passed on at')),
                ('doubt', models.TextField(blank=True, max_length=2000, verbose_name='doubt')),
                ('drawn_by', models.CharField(blank=True, max_length=64, verbose_name='SHA-256 of the event that drew it')),
                ('first_accepted', models.BooleanField(null=True, verbose_name='accepted at first')),
                ('read_at', models.DateTimeField(null=True, verbose_name='read at')),
                ('accepted', models.BooleanField(null=True, verbose_name='accepted')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('settled_accepted', models.BooleanField(null=True, verbose_name='accepted in the end')),
                ('settled_reason', models.TextField(blank=True, max_length=2000, verbose_name='reason of the decision')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='passed on by')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='submissions.entry', verbose_name='entry')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='submissions.evidence', verbose_name='evidence')),
                ('first_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='first reader')),
                ('read_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='read by')),
                ('reader', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='second reader')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
            ],
            options={
                'verbose_name': 'second reading',
                'verbose_name_plural': 'second readings',
                'ordering': ['asked_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('evidence',), name='one_open_reading')],
            },
        ),
    ]
