"""A message may ask for more time, or refuse it. Neither column has a default, so that SQLite adds both to the guarded
table without making it anew. And notices tell of best practices: a choice of their kinds, which no column knows."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0054_webhooks")]

    operations = [
        migrations.AddField(
            "remark", "wished", models.DateField(blank=True, null=True, verbose_name="more time is asked for, until")
        ),
        migrations.AddField(
            "remark",
            "refuses",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refusals",
                to="submissions.remark",
                verbose_name="the request for more time that it refuses",
            ),
        ),
        migrations.AlterField(
            model_name='notice',
            name='code',
            field=models.CharField(choices=[('evidence.returned', 'evidence was returned'), ('evidence.accepted', 'evidence was accepted'), ('value.returned', 'a number was returned'), ('value.accepted', 'a number was accepted'), ('evidence.infected', 'a virus was found'), ('remark.written', 'a message was written'), ('extension.granted', 'more time was given'), ('deadline.near', 'a last day is near'), ('reminder.sent', 'somebody reminds of what is owed'), ('edition.adopted', 'the criteria were changed'), ('publication.made', 'results were published'), ('result.provisional', 'a provisional result was announced'), ('confirmation.asked', 'a confirmation is asked for'), ('confirmation.changed', 'what was confirmed was changed'), ('login.tried', 'wrong passwords were typed'), ('password.set', 'a password was set'), ('codes.tried', 'wrong codes were typed'), ('factor.removed', 'a second step was removed'), ('circular.sent', 'a circular was sent'), ('appeals.end', 'the days for appeals end'), ('appeal.made', 'an appeal waits for an answer'), ('appeal.answered', 'an appeal was answered'), ('sheet.reopened', 'a scoring sheet was reopened for an appeal'), ('proposal.made', 'a proposal waits for a second person'), ('proposal.ended', 'a proposal was decided on'), ('judges.assigned', 'entries were assigned to a judge'), ('circular.infected', 'a virus was found in an attachment'), ('copy.infected', 'a virus was found in a signed copy'), ('consent.given', 'a piece was released as best practice'), ('consent.withdrawn', 'a piece is released as best practice no more')], max_length=20, verbose_name='kind'),
        ),
    ]
