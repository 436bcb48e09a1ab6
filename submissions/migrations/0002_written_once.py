from django.db import migrations

from submissions.frozen import guard


class Migration(migrations.Migration):
    dependencies = [("submissions", "0001_facts")]
    operations = [guard("submissions_event", "submissions_edition")]
