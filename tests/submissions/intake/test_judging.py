"""Judges' sheets come in, and are reopened."""

import pytest

from submissions import intake
from submissions.intake import Conflict, Refused
from submissions.models import Sheet
from tests import factories as make

pytestmark = pytest.mark.django_db


FULL = {"5.1.1": "3", "5.1.2": "2.5", "5.2.1": "1", "5.2.2": "1", "5.2.3": "0.5", "5.2.4": "0"}


def test_a_draft_goes_as_far_as_it_goes_and_a_final_sheet_has_every_item(entry, judge):
    sheet = intake.save_sheet(entry, by=judge, points={"5.1.1": "2.50"}, revision=0)
    assert (sheet.status, sheet.points) == ("draft", {"5.1.1": "2.5"})
    with pytest.raises(Refused) as refused:
        intake.save_sheet(entry, by=judge, points={"5.1.1": "2.5"}, final=True)
    assert len(refused.value.reasons) == 5
    intake.save_sheet(entry, by=judge, points=FULL, final=True, revision=sheet.revision)
    assert Sheet.objects.get().status == "final"
    with pytest.raises(Refused):
        intake.save_sheet(entry, by=judge, points=FULL)


@pytest.mark.parametrize("points", ["3.01", "-1", "x", "1e5", "NaN"])
def test_points_are_from_nothing_to_the_item_s_maximum(entry, judge, points):
    with pytest.raises(Refused) as refused:
        intake.save_sheet(entry, by=judge, points={"5.1.1": points, "6.6": "1"})
    assert set(refused.value.reasons) == {"5.1.1", "6.6"}


def test_only_the_committee_gives_points(entry, officer, staff):
    for person in (officer, staff, make.make_user("judge")):
        with pytest.raises(Refused):
            intake.save_sheet(entry, by=person, points=FULL, final=True)


def test_two_windows_of_one_judge_do_not_overwrite_each_other(entry, judge):
    intake.save_sheet(entry, by=judge, points={"5.1.1": "1"}, revision=0)
    with pytest.raises(Conflict):
        intake.save_sheet(entry, by=judge, points={"5.1.1": "2"}, revision=0)
    assert Sheet.objects.get().points == {"5.1.1": "1"}


def test_a_judge_sees_others_sheets_only_after_their_own_is_final(entry, judge, staff, officer):
    other = make.make_user("judge")
    entry.round.judges.add(other)
    theirs = intake.save_sheet(entry, by=other, points=FULL, final=True)
    assert not Sheet.objects.visible_to(judge).exists()
    mine = intake.save_sheet(entry, by=judge, points={"5.1.1": "1"})
    assert set(Sheet.objects.visible_to(judge)) == {mine}
    intake.save_sheet(entry, by=judge, points=FULL, final=True)
    assert set(Sheet.objects.visible_to(judge)) == {mine, theirs}
    assert Sheet.objects.visible_to(staff).count() == 2
    assert not Sheet.objects.visible_to(officer).exists()


def test_staff_reopen_a_final_sheet_and_say_why(entry, judge, staff):
    sheet = intake.save_sheet(entry, by=judge, points=FULL, final=True)
    with pytest.raises(Refused):
        intake.reopen_sheet(sheet, by=judge, reason="ขอแก้")
    with pytest.raises(Refused):
        intake.reopen_sheet(sheet, by=staff, reason="")
    intake.reopen_sheet(sheet, by=staff, reason="กรรมการขอแก้ไข")
    sheet.refresh_from_db()
    assert (sheet.status, sheet.submitted_at) == ("draft", None)
    intake.save_sheet(entry, by=judge, points=FULL | {"5.1.1": "2"}, final=True)


def test_what_a_judge_began_on_a_screen_is_not_overwritten_from_paper(entry, judge, staff):
    begun = intake.save_sheet(entry, by=judge, points={}, remark="ร่าง")
    points = {code: "1" for code in entry.round.scheme.items}
    with pytest.raises(intake.Refused):
        intake.type_sheet(entry, judge, by=staff, points=points)
    begun.refresh_from_db()
    assert begun.remark == "ร่าง"
