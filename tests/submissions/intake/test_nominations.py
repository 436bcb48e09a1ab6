"""Who takes part for an office: named by it, chosen by the office that has the places, withdrawn and replaced."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from submissions import intake
from submissions.models import Entry, Event, Evidence, RegisterLine
from submissions.models.entries import EntryQuerySet
from submissions.questions.proofread import Refused
from tests import factories as make
from tests.submissions.conftest import make_tambons, own

pytestmark = pytest.mark.django_db


def reasons(refused) -> dict:
    return refused.value.reasons


def test_a_new_round_is_the_first_stage_of_its_scheme(chonburi):
    [entry] = make_tambons(chonburi)
    round = entry.round
    assert (round.stage, round.places_per, round.places, round.ranking) == ("district", "district", 1, "none")
    assert entry.awaits_nominee


def test_a_district_names_a_subdistrict_of_its_own(chonburi):
    [entry] = make_tambons(chonburi)
    officer = make.make_user(office=entry.office)
    named = intake.name_nominee(entry, by=officer, office=own(entry.office))
    assert named.nominee == own(entry.office).name_th
    assert Event.objects.filter(entry=entry).order_by("-sequence").first().verb == "nominee.named"
    corrected = intake.name_nominee(entry, by=officer, office=own(entry.office, 2))
    assert corrected.nominee_office == own(entry.office, 2)
    assert Event.objects.faults(entry) == []


def test_nobody_names_what_is_not_their_own_or_what_another_named(chonburi):
    first, second = make_tambons(chonburi, 2)
    for office in (None, own(second.office), chonburi):
        with pytest.raises(Refused) as refused:
            intake.name_nominee(first, by=make.make_user(office=first.office), office=office)
        assert list(reasons(refused)) == ["office"]
    with pytest.raises(Refused):
        intake.name_nominee(first, by=make.make_user(office=second.office), office=own(first.office))
    intake.name_nominee(second, by=make.make_user(office=second.office), office=own(second.office))
    Entry.objects.filter(pk=second.pk).update(nominee_office=own(first.office))
    with pytest.raises(Refused, match="ถูกเสนอชื่อ"):
        intake.name_nominee(first, by=make.make_user(office=first.office), office=own(first.office))


@pytest.mark.parametrize(("year", "is_refused"), [(2017, False), (2018, True), (2021, True), (2022, False)])
def test_a_former_model_is_refused_with_the_year_it_was_one(chonburi, year, is_refused):
    [entry] = make_tambons(chonburi)
    RegisterLine.objects.create(office=own(entry.office), year=year, register="model-tambon")
    officer = make.make_user(office=entry.office)
    if not is_refused:
        assert intake.name_nominee(entry, by=officer, office=own(entry.office)).nominee
        return
    with pytest.raises(Refused) as refused:
        intake.name_nominee(entry, by=officer, office=own(entry.office))
    assert str(year + 543) in str(refused.value)


def test_another_register_is_not_asked(chonburi):
    [entry] = make_tambons(chonburi)
    RegisterLine.objects.create(office=own(entry.office), year=2020, register="something-else")
    assert intake.name_nominee(entry, by=make.make_user("staff"), office=own(entry.office)).nominee


def test_after_the_day_only_central_staff_name(chonburi):
    [entry] = make_tambons(chonburi)
    entry.round.clock_offset = make.at("2021-12-15", "23:59:59") - timezone.now() - timedelta(seconds=5)
    entry.round.save()
    officer = make.make_user(office=entry.office)
    assert intake.name_nominee(entry, by=officer, office=own(entry.office)).nominee
    entry.round.clock_offset += timedelta(seconds=10)
    entry.round.save()
    with pytest.raises(Refused):
        intake.name_nominee(entry, by=officer, office=own(entry.office, 2))
    assert intake.name_nominee(entry, by=make.make_user("staff"), office=own(entry.office, 2)).nominee


def test_a_person_is_named_with_what_the_scheme_wants_of_them(person):
    officer = make.make_user(office=person.office)
    with pytest.raises(Refused) as refused:
        intake.name_nominee(person, by=officer)
    assert set(reasons(refused)) == {"name", "1.civil_servant"}
    intake.name_nominee(person, by=officer, name="  นาย  ก  ", declared=["1.civil_servant"])
    person.refresh_from_db()
    assert person.nominee == "นาย ก"
    assert person.values.get().text == "true"


def test_nothing_is_handed_in_before_somebody_is_named(person):
    with pytest.raises(Refused):
        intake.attach_evidence(
            person, intake.HandIn("1.skill"), by=make.make_user(office=person.office), url="https://a.th/b"
        )


def test_whoever_has_work_is_not_renamed_but_replaced(person):
    officer = make.make_user(office=person.office)
    person = intake.name_nominee(person, by=officer, name="ก", declared=["1.civil_servant"])
    intake.attach_evidence(person, intake.HandIn("1.skill"), by=officer, url="https://a.th/b")
    with pytest.raises(Refused):
        intake.name_nominee(person, by=officer, name="ข", declared=["1.civil_servant"])
    with pytest.raises(Refused) as refused:
        intake.withdraw_entry(person, by=officer, reason=" ")
    assert list(reasons(refused)) == ["reason"]
    successor = intake.withdraw_entry(person, by=officer, reason="ย้ายไปจังหวัดอื่น")
    assert (successor.office, successor.state, successor.nominee) == (person.office, "taking_part", "")
    person.refresh_from_db()
    assert (person.state, person.withdrawn_reason, person.evidence.count()) == ("withdrawn", "ย้ายไปจังหวัดอื่น", 1)
    assert intake.name_nominee(successor, by=officer, name="ข", declared=["1.civil_servant"]).nominee == "ข"
    with pytest.raises(Refused):
        intake.attach_evidence(person, intake.HandIn("1.skill"), by=officer, url="https://a.th/c")


def test_only_staff_take_an_office_out_of_a_round_of_offices():
    entry = make.make_entry()
    with pytest.raises(Refused):
        intake.withdraw_entry(entry, by=make.make_user(office=entry.office), reason="ไม่ว่าง")
    assert intake.withdraw_entry(entry, by=make.make_user("staff"), reason="ยุบรวม") is None


def test_a_province_chooses_as_many_as_it_has_places(chonburi, candidates):
    officer = make.make_user(office=chonburi)
    first, second, third = candidates
    intake.choose_entry(first, by=officer)
    intake.choose_entry(second, by=officer)
    with pytest.raises(Refused, match="2"):
        intake.choose_entry(third, by=officer)
    intake.release_entry(second, by=officer)
    assert intake.choose_entry(third, by=officer).state == "taking_part"
    assert intake.withdraw_entry(third, by=officer, reason="ตำบลขอถอนตัว") is None
    assert intake.choose_entry(second, by=officer).state == "taking_part"
    with pytest.raises(Refused):
        intake.choose_entry(third, by=officer)


def test_a_place_that_another_leaves_in_that_moment_is_no_reason_to_refuse(chonburi, candidates, monkeypatch):
    first, second, third = candidates
    officer, staff, hold = make.make_user(office=chonburi), make.make_user("staff"), EntryQuerySet.hold
    intake.choose_entry(first, by=officer)

    def meanwhile(entries):
        monkeypatch.setattr(EntryQuerySet, "hold", hold)
        intake.take_out_entries(third.round, [third], by=staff)
        return hold(entries)

    monkeypatch.setattr(EntryQuerySet, "hold", meanwhile)
    assert intake.choose_entry(second, by=officer).state == "taking_part"
    assert Entry.objects.get(pk=third.pk).taken_out


def test_who_was_taken_out_in_that_moment_is_not_chosen(chonburi, candidates, monkeypatch):
    entry, officer, staff = candidates[0], make.make_user(office=chonburi), make.make_user("staff")
    hold = EntryQuerySet.hold

    def meanwhile(entries):
        monkeypatch.setattr(EntryQuerySet, "hold", hold)
        intake.take_out_entries(entry.round, [Entry.objects.get(pk=entry.pk)], by=staff)
        return hold(entries)

    monkeypatch.setattr(EntryQuerySet, "hold", meanwhile)
    with pytest.raises(Refused):
        intake.choose_entry(entry, by=officer)
    assert Entry.objects.get(pk=entry.pk).state == "candidate"


def test_a_district_does_not_choose_for_its_province(candidates):
    with pytest.raises(Refused):
        intake.choose_entry(candidates[0], by=make.make_user(office=candidates[0].office))
    elsewhere = make.make_office("TH-21")
    with pytest.raises(Refused):
        intake.choose_entry(candidates[0], by=make.make_user(office=elsewhere))


def test_what_has_work_is_not_released(chonburi, candidates):
    officer = make.make_user(office=chonburi)
    chosen = intake.choose_entry(candidates[0], by=officer)
    make.make_evidence(chosen, "document.district")
    with pytest.raises(Refused):
        intake.release_entry(chosen, by=officer)


def test_what_was_handed_in_for_who_withdrew_waits_for_nobody(chonburi, candidates):
    officer, judge = make.make_user(office=chonburi), make.make_user("judge")
    chosen = intake.choose_entry(candidates[0], by=officer)
    chosen.round.judges.add(judge)
    evidence = make.make_evidence(chosen, "document.district")
    assert Evidence.objects.waiting().get() == evidence
    intake.withdraw_entry(chosen, by=officer, reason="ขอถอนตัว")
    assert not Evidence.objects.waiting().exists()
    with pytest.raises(Refused):
        intake.review_evidence(evidence, by=judge, accept=True)


def test_a_register_that_no_scheme_asks_is_refused(chonburi):
    """It would keep nobody out, and nobody would notice."""
    [entry] = make_tambons(chonburi)
    with pytest.raises(ValidationError, match="model-tambon"):
        RegisterLine(office=own(entry.office), year=2020, register="ตำบลต้นแบบ").full_clean()
    RegisterLine(office=own(entry.office), year=2020, register="model-tambon").full_clean()
