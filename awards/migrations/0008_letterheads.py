import django.db.models.deletion
import django.utils.timezone
import submissions.vault
from django.conf import settings
from django.db import migrations, models

from submissions.frozen import guard, guard_again


class Migration(migrations.Migration):

    dependencies = [
        ('awards', '0007_paper_codes'),
        ("submissions", "0049_letterheads"),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='paper',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False, verbose_name='what its papers carry'),
        ),
        migrations.CreateModel(
            name='SignedCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20, verbose_name='document')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('page', models.PositiveSmallIntegerField(verbose_name='file of the version')),
                ('file', models.FileField(max_length=200, storage=submissions.vault.Vault(), upload_to='', verbose_name='file')),
                ('original_name', models.CharField(max_length=255, verbose_name='file name')),
                ('content_type', models.CharField(max_length=100, verbose_name='type of file')),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('put_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='put at')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signed_copies', to='awards.publication', verbose_name='publication')),
                ('put_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='put by')),
            ],
            options={
                'verbose_name': 'signed copy',
                'verbose_name_plural': 'signed copies',
                'ordering': ['publication', 'kind', '-version', 'page'],
            },
        ),
        migrations.CreateModel(
            name='CopyScan',
            fields=[
                ('scan', models.CharField(choices=[('waiting', 'being checked for viruses'), ('clean', 'no virus found'), ('infected', 'a virus was found')], default='waiting', max_length=10, verbose_name='viruses')),
                ('threat', models.CharField(blank=True, max_length=200, verbose_name='name of the virus')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('due_at', models.DateTimeField(blank=True, default=django.utils.timezone.now, editable=False, null=True)),
                ('copy', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='scanned', serialize=False, to='awards.signedcopy')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='copies_to_scan')],
            },
        ),
        migrations.AddConstraint(
            model_name='signedcopy',
            constraint=models.UniqueConstraint(fields=('publication', 'kind', 'version', 'page'), name='one_file_of_a_copy'),
        ),
        guard_again("awards_publication"),  # SQLite made the table anew
        guard("awards_signedcopy"),
    ]
