import django.db.models.deletion
from django.db import migrations, models

from submissions.frozen import guard


class Migration(migrations.Migration):

    dependencies = [
        ('awards', '0005_provisional'),
        ('submissions', '0047_notices_of_assignments'),
    ]

    operations = [
        migrations.CreateModel(
            name='HeadKey',
            fields=[
                ('key', models.CharField(max_length=16, primary_key=True, serialize=False, verbose_name='name of the key')),
                ('public', models.CharField(max_length=64, verbose_name='public key')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('endorsed_by', models.CharField(blank=True, max_length=16, verbose_name='endorsed by')),
                ('endorsement', models.CharField(blank=True, max_length=128, verbose_name='endorsement')),
            ],
            options={
                'verbose_name': "key of the log's heads",
                'verbose_name_plural': "keys of the log's heads",
                'ordering': ['since', 'key'],
            },
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.PositiveBigIntegerField(verbose_name='leaves')),
                ('root', models.CharField(max_length=64, verbose_name='root')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('signatures', models.JSONField(verbose_name='signatures')),
                ('last_event', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'head of the log',
                'verbose_name_plural': 'heads of the log',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['size'], name='heads_by_size')],
            },
        ),
        migrations.CreateModel(
            name='Node',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('index', models.PositiveBigIntegerField()),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'verbose_name': "inner hash of the log's tree",
                'verbose_name_plural': "inner hashes of the log's tree",
                'ordering': ['level', 'index'],
                'constraints': [models.UniqueConstraint(fields=('level', 'index'), name='one_node_per_place')],
            },
        ),
        migrations.CreateModel(
            name='Leaf',
            fields=[
                ('position', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('salt', models.BinaryField(max_length=32)),
                ('hash', models.BinaryField(max_length=32)),
                ('event', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leaf', to='submissions.event')),
                ('publication', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leaf', to='awards.publication')),
            ],
            options={
                'verbose_name': "leaf of the log's tree",
                'verbose_name_plural': "leaves of the log's tree",
                'ordering': ['position'],
                'constraints': [models.CheckConstraint(condition=models.Q(('event', None), ('publication', None), _connector='XOR'), name='leaf_of_one_event_or_publication')],
            },
        ),
        guard("awards_leaf", "awards_node", "awards_head", "awards_headkey"),
    ]
