import django.db.models.deletion
import django.utils.timezone
import submissions.vault
from django.db import migrations, models

from submissions.frozen import guard


class Migration(migrations.Migration):

    dependencies = [
        ('awards', '0010_head_timestamps'),
    ]

    operations = [
        migrations.CreateModel(
            name='Bundle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('copy', models.PositiveSmallIntegerField(verbose_name='copy')),
                ('file', models.FileField(max_length=200, storage=submissions.vault.Vault(), upload_to='', verbose_name='file')),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made at')),
                ('head', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awards.head', verbose_name='head')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bundles', to='awards.publication', verbose_name='publication')),
            ],
            options={
                'verbose_name': 'bundle',
                'verbose_name_plural': 'bundles',
                'ordering': ['publication', 'copy'],
                'constraints': [models.UniqueConstraint(fields=('publication', 'copy'), name='one_bundle_of_a_copy')],
            },
        ),
        guard('awards_bundle'),
    ]
