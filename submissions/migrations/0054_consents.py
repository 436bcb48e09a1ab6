import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from submissions.frozen import guard


class Migration(migrations.Migration):

    dependencies = [
        ('submissions', '0051_revoked_papers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('office', 'the office'), ('round', 'those who run the round')], max_length=10, verbose_name='side')),
                ('is_given', models.BooleanField(verbose_name='everybody may read it')),
                ('said_at', models.DateTimeField(verbose_name='said at')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='submissions.entry', verbose_name='entry')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='submissions.evidence', verbose_name='evidence')),
                ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='said by')),
            ],
            options={
                'verbose_name': 'consent',
                'verbose_name_plural': 'consents',
                'ordering': ['pk'],
            },
        ),
        guard('submissions_consent'),
    ]
