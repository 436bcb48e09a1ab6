"""Where the practice rounds are not made, and what is thrown away before they are made anew."""

import pytest
from django.core.management import CommandError, call_command

from cdd4.management.commands import demo
from submissions.models import Entry, Round, User
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_it_is_never_made_in_production(settings):
    settings.PRODUCTION = True
    before = User.objects.count(), Round.objects.count()
    for reset in (False, True):
        with pytest.raises(CommandError, match="CDD4_ENV=production"):
            call_command("demo", reset=reset)
    assert (User.objects.count(), Round.objects.count()) == before


def test_it_does_not_throw_away_a_real_round():
    entry = make.make_entry(make.make_round(now=None))
    with pytest.raises(CommandError, match="รอบทดสอบ"):
        call_command("demo", reset=True)
    assert Entry.objects.filter(pk=entry.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_reset_throws_rows_and_files_of_practice_rounds_away_first(monkeypatch):
    paper = make.make_evidence(make.make_entry(make.make_round()), kind="pdf")
    assert paper.file.storage.exists(paper.file.name)
    left = []

    def see(say) -> None:
        left.append((Round.objects.count(), User.objects.count(), paper.file.storage.exists(paper.file.name)))

    monkeypatch.setattr(demo, "make", see)
    call_command("demo", reset=True, verbosity=0)
    assert left == [(0, 0, False)]
