from django.db import migrations

from submissions.frozen import guard


class Migration(migrations.Migration):
    dependencies = [("awards", "0001_publications"), ("submissions", "0002_written_once")]
    operations = [guard("awards_publication", "awards_result", "awards_document")]
