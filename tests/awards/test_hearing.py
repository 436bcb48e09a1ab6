"""From a provisional result over its appeals to the one that holds: what changes, by whom, and what nobody changes."""

import pytest
from django.utils import translation

from awards.models import faults
from awards.publish import publish
from submissions import intake
from submissions.intake import Refused
from submissions.log.check import check
from submissions.models import Round
from tests import factories as make

from .conftest import make_contest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def heard(staff):
    """A provisional result of two entries; Krabi's report was returned by a judge."""
    round = make_contest(9, 8, appeal_days=5)
    judge = round.judges.get()
    first = round.entries.get(office__code="TH-A01")
    report = make.make_evidence(
        first, "1.1.report", status="returned", reviewed_by=judge, reviewed_at=make.NOW, kind="pdf"
    )
    make.make_user("officer", "officer", office=first.office)
    make.make_value(first, "3.3.protected", "50")
    intake.hold_edition(round.edition)
    publish(round, by=staff)
    return Round.objects.get(pk=round.pk), report


def test_whole_way(heard, staff):
    round, report = heard
    provisional = round.publications.get()
    assert provisional.is_provisional and not faults(provisional)
    entry = round.entries.get(office__code="TH-A01")
    officer, judge = entry.office.people.get(), round.judges.get()
    appeal = intake.make_appeal(entry, "1.1", by=officer, text="ส่งแล้ว", evidence=[report.pk])
    assert list(appeal.deciders.all()) == [judge]
    with pytest.raises(Refused, match="not over"):
        publish(round, by=staff)
    with pytest.raises(Refused, match="provisional result"):
        intake.review_evidence(report, by=staff, accept=True)
    intake.review_evidence(report, by=staff, accept=True, appeal=appeal)
    intake.answer_appeal(appeal, by=staff, verdict="upheld", answer="ถูกต้อง")
    round.clock_offset += round.appeals_until - round.now()
    round.save()
    final = publish(round, by=staff)
    assert not final.is_provisional and not faults(final)
    assert final.appeals["upheld"] == 1
    assert not check(round.entries.all()).findings, check(round.entries.all()).findings
