import django.db.models.deletion
import simple_history.models
import submissions.vault
from django.conf import settings
from django.db import migrations, models

from submissions.frozen import guard


class Migration(migrations.Migration):

    dependencies = [
        ('submissions', '0048_public_rounds'),
    ]

    operations = [
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='SHA-256')),
                ('file', models.FileField(max_length=200, storage=submissions.vault.Vault(), upload_to='', verbose_name='file')),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
            ],
            options={
                'verbose_name': 'picture',
                'verbose_name_plural': 'pictures',
            },
        ),
        migrations.CreateModel(
            name='Letterhead',
            fields=[
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='letterhead', serialize=False, to='submissions.round', verbose_name='round')),
                ('project_th', models.CharField(blank=True, max_length=300, verbose_name='name of the project')),
                ('number_th', models.CharField(blank=True, max_length=60, verbose_name='document number')),
                ('dated', models.DateField(blank=True, null=True, verbose_name='date of the document')),
                ('signers', models.JSONField(blank=True, default=list, verbose_name='signers')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('edited_at', models.DateTimeField(verbose_name='last changed')),
                ('edited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by')),
                ('background', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='submissions.picture', verbose_name='background of certificates')),
                ('emblem', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='submissions.picture', verbose_name='emblem')),
            ],
            options={
                'verbose_name': 'template of papers',
                'verbose_name_plural': 'templates of papers',
            },
        ),
        migrations.CreateModel(
            name='HistoricalLetterhead',
            fields=[
                ('project_th', models.CharField(blank=True, max_length=300, verbose_name='name of the project')),
                ('number_th', models.CharField(blank=True, max_length=60, verbose_name='document number')),
                ('dated', models.DateField(blank=True, null=True, verbose_name='date of the document')),
                ('signers', models.JSONField(blank=True, default=list, verbose_name='signers')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('edited_at', models.DateTimeField(verbose_name='last changed')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('edited_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='submissions.round', verbose_name='round')),
                ('background', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='submissions.picture', verbose_name='background of certificates')),
                ('emblem', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='submissions.picture', verbose_name='emblem')),
            ],
            options={
                'verbose_name': 'historical template of papers',
                'verbose_name_plural': 'historical templates of papers',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        guard("submissions_picture"),
    ]
