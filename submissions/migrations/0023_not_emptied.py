from django.db import migrations

from submissions.frozen import guard_against_emptying

WRITTEN_ONCE = ("event", "edition", "confirmation", "remark", "filledform")


class Migration(migrations.Migration):
    dependencies = [("submissions", "0022_doors")]
    operations = [guard_against_emptying(*(f"submissions_{name}" for name in WRITTEN_ONCE))]
