"""What was announced keeps its criteria: a published round takes no other edition, by whatever door."""

import threading

import pytest
from django.db import connection

from awards.publishing.publish import publish
from scoring import shipped
from submissions import intake
from submissions.intake import Conflict, Refused
from submissions.models import Round
from submissions.questions import access
from tests import factories

from .conftest import falling, make_contest

AMENDED = shipped.text(factories.SCHEME).replace("below: 55", "below: 95")


def adopt(round: Round, staff) -> None:
    intake.adopt_edition(round, AMENDED, by=staff, reason="แก้ไข", expected=round.edition.digest)


def test_a_published_round_keeps_its_edition(publication, staff):
    round = publication.round
    assert "ประกาศผล" in access.why_not_adopt(staff, round)
    with pytest.raises(Refused, match="ประกาศผล"):
        adopt(round, staff)
    assert Round.objects.get(pk=round.pk).edition == publication.edition


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_publishing_and_adopting_at_once_the_second_knows_of_the_first():
    staff, contest = factories.make_user("staff"), make_contest(*falling(3))
    first, answers = contest.edition, []

    def run(deed) -> None:
        try:
            deed()
            answers.append("done")
        except (Refused, Conflict):
            answers.append("refused")
        finally:
            connection.close()

    deeds = [
        lambda: publish(Round.objects.get(pk=contest.pk), by=staff),
        lambda: adopt(Round.objects.select_related("edition").get(pk=contest.pk), staff),
    ]
    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    publication, round = contest.publications.get(), Round.objects.get(pk=contest.pk)
    assert publication.edition == round.edition, "nothing was announced by criteria that are no longer the round's"
    assert (round.edition == first) == ("refused" in answers)
