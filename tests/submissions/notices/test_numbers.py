"""What an office is told of its numbers, and whoever publishes of those that nobody looked at."""

import pytest
from django.urls import reverse

from awards.pages.matters import open_matters
from awards.publishing.preparation import preparation_of
from awards.publishing.publish import publish
from submissions import intake
from submissions.models import Notice
from submissions.notices.from_events import tell_recorded
from submissions.notices.words import say
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def judge():
    return make.make_user("judge", "preecha")


def numbers(judge, **fields):
    entry = make.make_entry(make.make_round(judges=[judge], **fields), "TH-81")
    return entry, [make.make_value(entry, "3.4.news", "10", f"2023-0{month}") for month in (2, 3)]


def test_an_office_is_told_what_came_back_and_answers_in_its_thread(judge):
    entry, rows = numbers(judge)
    officer = make.make_user(office=entry.office)
    seen = {row.pk: row.revision for row in rows}
    intake.review_values(entry.round, seen, by=judge, accept=False, reason="ขอลิงก์ข่าว")
    tell_recorded([entry.pk])
    notice = Notice.objects.select_related("round__edition").get(user=officer)
    assert notice.code == "value.returned"
    (told,) = say([notice], officer)
    assert told.count == 2
    assert {line.path for line in told.lines} == {reverse("criterion", args=[entry.pk, "3.4"]) + "#values"}
    assert all("ขอลิงก์ข่าว" in line.text and "ข่าวประชาสัมพันธ์" in line.title for line in told.lines)
    assert "preecha" not in repr(told.lines)
    intake.write_remark(entry, by=officer, requirement="3.4.news", period="2023-02", text="อยู่ในรายงานแล้ว")
    tell_recorded([entry.pk])
    (answer,) = say(Notice.objects.filter(user=judge).select_related("round__edition"), judge)
    assert "ข่าวประชาสัมพันธ์" in answer.title
    assert answer.path.startswith(reverse("thread", args=[entry.pk, "3.4.news"]))


def test_whoever_publishes_is_warned_and_the_bundle_says_how_each_number_stands(judge, staff):
    entry, (first, _second) = numbers(judge)
    intake.review_values(entry.round, {first.pk: first.revision}, by=judge, accept=True)
    at = entry.round.now()
    told = {matter.path: matter.text for matter in open_matters(entry.round, preparation_of(entry.round, at=at), at=at)}
    assert "1" in told[reverse("admin:submissions_value_waiting")]
    facts = publish(entry.round, by=staff).results.get().facts
    assert '"states":{"3.4.news":{"2023-03":"submitted"}}' in facts


def test_whoever_publishes_is_warned_of_numbers_that_count_unseen(judge):
    entry, _rows = numbers(judge, edition=make.make_unreviewed_edition())
    at = entry.round.now()
    told = [matter for matter in open_matters(entry.round, preparation_of(entry.round, at=at), at=at) if matter.path]
    (unseen,) = [matter for matter in told if "source__exact=office" in matter.path]
    assert "2" in unseen.text
