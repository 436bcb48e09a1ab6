"""Practice entries and meetings of a committee: what comes in, what is refused, and that the log explains it."""

from datetime import date

import pytest

from scoring import recompute
from scoring.models import Scorecard
from submissions import intake
from submissions.intake import Conflict, Refused
from submissions.log.check import check
from submissions.models import Entry, Event, PracticeSheet, Resolution, Sheet
from submissions.questions import practice
from tests import factories as make

pytestmark = pytest.mark.django_db
PRESENT = [{"name": "นางสาวสมหญิง", "role": "ประธาน"}, {"name": "นายสมชาย", "role": "กรรมการ"}]


@pytest.fixture
def contest(judge):
    round = make.make_contest_round("website-2564", judges=[judge])
    return [make.make_entry(round, f"TH-{code}") for code in (81, 82)]


def points_of(entry, number="1") -> dict[str, str]:
    return dict.fromkeys(entry.round.scheme.items, number)


def log_explains(entries) -> bool:
    report = check(Entry.objects.filter(pk__in=[entry.pk for entry in entries]))
    return not [found for found in report.findings if found.kind != "entry"]


def test_all_judge_the_practice_entry_first_and_its_points_count_nowhere(contest, judge, staff):
    first, other = contest
    with pytest.raises(Refused):
        intake.save_practice(first, by=judge, points=points_of(first))
    intake.choose_practice(first.round, first, by=staff)
    with pytest.raises(Refused) as refused:
        intake.save_sheet(other, by=judge, points=points_of(other))
    assert "ซ้อม" in str(refused.value)
    intake.save_practice(first, by=judge, points=points_of(first), revision=0)
    with pytest.raises(Conflict):
        intake.save_practice(first, by=judge, points=points_of(first), revision=0)
    assert practice.why_not_see_practice(judge, first.round)
    intake.save_practice(first, by=judge, points=points_of(first), final=True)
    assert practice.why_not_see_practice(judge, first.round) is None
    with pytest.raises(Refused):
        intake.save_practice(first, by=judge, points=points_of(first, "2"))
    recompute.rescore([first.pk])
    assert Scorecard.objects.get(entry=first, basis="verified").total == 0
    assert not Sheet.objects.exists()
    intake.save_sheet(other, by=judge, points=points_of(other))
    assert log_explains(contest)


def test_a_practice_entry_is_chosen_by_those_who_run_the_round(contest, judge, staff):
    first = contest[0]
    elsewhere = make.make_entry()
    for by, entry in ((judge, first), (staff, elsewhere)):
        with pytest.raises(Refused):
            intake.choose_practice(first.round, entry, by=by)
    intake.choose_practice(first.round, first, by=staff)
    assert practice.why_not_yet(judge, first)
    intake.choose_practice(first.round, None, by=staff)
    assert practice.why_not_yet(judge, first) is None
    assert PracticeSheet.objects.count() == 0


def test_agreement_is_seen_once_all_own_sheets_are_final(contest, judge, staff, officer):
    round = contest[0].round
    assert practice.why_not_see_agreement(staff, round) is None
    assert practice.why_not_see_agreement(officer, round)
    make.make_sheet(contest[0], judge)
    make.make_sheet(contest[1], judge, status="draft")
    assert practice.why_not_see_agreement(judge, round)
    Sheet.objects.update(status="final")
    assert practice.why_not_see_agreement(judge, round) is None


def test_a_meeting_resolves_and_each_log_tells_it(contest, judge, staff):
    round = contest[0].round
    with pytest.raises(Refused) as refused:
        intake.save_meeting(round, by=judge, held_on=None, place=" ", present=[{"name": "", "role": ""}])
    assert refused.value.reasons.keys() == {"", "held_on", "place", "present"}
    meeting = intake.save_meeting(round, by=staff, held_on=date(2023, 8, 9), place="ห้อง 5", present=PRESENT)
    assert intake.save_meeting(round, by=staff, held_on=date(2023, 8, 10), place="ห้อง 5", present=PRESENT).number == 2
    again = {"held_on": meeting.held_on, "place": "ห้อง 6", "present": PRESENT[:1], "meeting": meeting}
    with pytest.raises(Conflict):
        intake.save_meeting(round, by=staff, revision=7, **again)
    made = intake.resolve(
        meeting,
        by=staff,
        kind="tie",
        matter="คะแนนเท่ากัน",
        entries=contest,
        text="ตามลำดับ",
        reason="คะแนนข้อ 1",
        present=PRESENT,
    )
    intake.save_meeting(round, by=staff, revision=1, **again)
    made.refresh_from_db()
    assert (made.offices, len(made.present)) == (["TH-81", "TH-82"], 2), "who was there then"
    assert Event.objects.filter(verb="resolution.made").count() == 2
    assert log_explains(contest)
    with pytest.raises(TypeError):
        made.delete()
    with pytest.raises(Refused) as refused:
        intake.resolve(
            meeting, by=staff, kind="x", matter="", entries=[make.make_entry()], text="", reason="", present=[]
        )
    assert refused.value.reasons.keys() == {"", "text", "reason", "present"}
    assert Resolution.objects.count() == 1


def test_a_committee_meets_once_nothing_more_comes_in(contest, staff):
    round = contest[0].round
    round.is_closed = True
    round.save()
    meeting = intake.save_meeting(round, by=staff, held_on=date(2023, 8, 9), place="ห้อง 5", present=PRESENT)
    matter = {"kind": "line", "matter": "รางวัลที่ 1", "text": "ตามคะแนน", "reason": "ห่างกัน 1 คะแนน"}
    intake.resolve(meeting, by=staff, entries=contest, present=PRESENT, **matter)
    assert log_explains(contest)
