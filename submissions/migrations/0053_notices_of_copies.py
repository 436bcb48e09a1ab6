from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('submissions', '0052_consents'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='code',
            field=models.CharField(choices=[('evidence.returned', 'evidence was returned'), ('evidence.accepted', 'evidence was accepted'), ('value.returned', 'a number was returned'), ('value.accepted', 'a number was accepted'), ('evidence.infected', 'a virus was found'), ('remark.written', 'a message was written'), ('extension.granted', 'more time was given'), ('deadline.near', 'a last day is near'), ('reminder.sent', 'somebody reminds of what is owed'), ('edition.adopted', 'the criteria were changed'), ('publication.made', 'results were published'), ('result.provisional', 'a provisional result was announced'), ('confirmation.asked', 'a confirmation is asked for'), ('confirmation.changed', 'what was confirmed was changed'), ('login.tried', 'wrong passwords were typed'), ('password.set', 'a password was set'), ('codes.tried', 'wrong codes were typed'), ('factor.removed', 'a second step was removed'), ('circular.sent', 'a circular was sent'), ('appeals.end', 'the days for appeals end'), ('appeal.made', 'an appeal waits for an answer'), ('appeal.answered', 'an appeal was answered'), ('sheet.reopened', 'a scoring sheet was reopened for an appeal'), ('proposal.made', 'a proposal waits for a second person'), ('proposal.ended', 'a proposal was decided on'), ('judges.assigned', 'entries were assigned to a judge'), ('circular.infected', 'a virus was found in an attachment'), ('copy.infected', 'a virus was found in a signed copy')], max_length=20, verbose_name='kind'),
        ),
    ]
