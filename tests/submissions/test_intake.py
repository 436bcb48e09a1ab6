"""Every way a fact comes in: what is taken, what is refused and why, what is written down about it."""

import errno
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import translation

from submissions import frozen, intake
from submissions.intake import Conflict, Refused
from submissions.models import Event, Evidence, Extension, Round, Sheet, Value
from submissions.vault import vault
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return make.make_entry(office="TH-81")


@pytest.fixture
def officer(entry):
    return make.make_user("officer", office=entry.office)


@pytest.fixture
def judge(entry):
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    return judge


@pytest.fixture
def staff():
    return make.make_user("staff")


def version(entry) -> int:
    entry.refresh_from_db()
    return entry.facts_version


def kept_files() -> set:
    folder = vault.path("evidence")
    import pathlib

    return {p for p in pathlib.Path(folder).rglob("*") if p.is_file()}


# Evidence


def test_a_file_is_kept_as_it_came_and_written_down(entry, officer):
    before = version(entry)
    evidence = intake.attach_evidence(entry, by=officer, requirement="1.1.report", upload=make.make_upload("pdf"))
    content = make.file_bytes("pdf")
    assert evidence.file.read() == content
    assert evidence.size == len(content)
    assert evidence.original_name == "รายงาน.pdf"
    assert evidence.content_type == "application/pdf"
    assert evidence.status == "submitted"
    assert abs((evidence.submitted_at - entry.round.now()).total_seconds()) < 5
    assert version(entry) > before
    event = Event.objects.get(entry=entry, verb="evidence.attached")
    assert (event.actor, event.data["sha256"], event.data["evidence"]) == (officer, evidence.sha256, evidence.pk)


def test_a_link_is_kept_with_its_channels(entry, officer):
    evidence = intake.attach_evidence(
        entry, by=officer, requirement="4.2.publicity", period="2023-07", url=" https://www.example.org/ข่าว ",
        channels=["website", "facebook", "website"],
    )  # fmt: skip
    assert evidence.url == "https://www.example.org/ข่าว"
    assert evidence.channels == ["facebook", "website"]
    assert not evidence.file


def test_the_same_thing_sent_twice_is_one_row_and_one_file(entry, officer):
    first = intake.attach_evidence(entry, by=officer, requirement="1.1.report", upload=make.make_upload("pdf"))
    files = kept_files()
    again = intake.attach_evidence(entry, by=officer, requirement="1.1.report", upload=make.make_upload("pdf"))
    assert again == first
    assert entry.evidence.count() == 1
    assert kept_files() == files


def test_the_same_link_on_another_channel_says_more_than_the_first(entry, officer):
    slot = {"requirement": "4.2.publicity", "period": "2023-07", "url": "https://www.example.org/1"}
    first = intake.attach_evidence(entry, by=officer, channels=["website"], **slot)
    more = intake.attach_evidence(entry, by=officer, channels=["website", "facebook"], **slot)
    assert more != first
    assert intake.attach_evidence(entry, by=officer, channels=["facebook", "website"], **slot) == more


def test_a_round_closed_while_something_was_on_its_way_takes_no_more(entry, officer):
    assert not entry.round.is_closed
    round = Round.objects.get(pk=entry.round_id)
    round.is_closed = True
    round.save()
    files = kept_files()
    with pytest.raises(Refused):
        intake.attach_evidence(entry, by=officer, requirement="1.1.report", upload=make.make_upload("pdf"))
    assert not entry.evidence.exists()
    assert kept_files() == files


def test_all_faults_are_named_at_once_and_nothing_is_kept(entry, officer):
    files = kept_files()
    with pytest.raises(Refused) as refused:
        intake.attach_evidence(
            entry, by=officer, requirement="4.2.publicity", period="2023-13", channels=["pigeon"], note="x" * 2001,
            upload=make.make_upload("pdf", content=b"MZ not a document"),
        )  # fmt: skip
    assert set(refused.value.reasons) == {"period", "channels", "note", "upload"}
    assert not entry.evidence.exists()
    assert kept_files() == files


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"requirement": "9.9.nothing"}, "requirement"),
        ({"requirement": "1.1.report", "period": "2023-03"}, "period"),
        ({"requirement": "1.2.report"}, "period"),
        ({"requirement": "4.2.publicity", "period": "2023-07"}, "channels"),
        ({"requirement": "1.1.report", "url": ""}, "upload"),
        ({"requirement": "1.1.report", "url": "javascript:alert(1)"}, "url"),
        ({"requirement": "1.1.report", "url": "https://localhost/x"}, "url"),
        ({"requirement": "1.1.report", "url": "http://[bad"}, "url"),
    ],
)
def test_what_the_scheme_does_not_ask_for_is_refused(entry, officer, given, field):
    with pytest.raises(Refused) as refused:
        intake.attach_evidence(entry, by=officer, **({"url": "https://www.example.org/x"} | given))
    assert field in refused.value.reasons
    assert not entry.evidence.exists()


def test_reasons_are_given_in_the_reader_s_language(entry, officer):
    said = {}
    for language in ("th", "en"):
        with translation.override(language), pytest.raises(Refused) as refused:
            intake.attach_evidence(entry, by=officer, requirement="1.2.report", url="https://www.example.org")
        said[language] = str(refused.value)
    assert "r1" in said["th"]
    assert said["en"].startswith("Choose one of the periods")


def test_what_central_staff_record_is_not_for_the_office(entry, officer, staff):
    with pytest.raises(Refused):
        intake.attach_evidence(entry, by=officer, requirement="1.4.workshop", url="https://www.example.org/list")
    evidence = intake.attach_evidence(
        entry, by=staff, requirement="1.4.workshop", url="https://www.example.org/list", at=make.at("2022-12-20")
    )
    assert evidence.submitted_at == make.at("2022-12-20")


def test_nobody_hands_in_for_another_office_nor_in_a_closed_round(entry, officer):
    stranger = make.make_user("officer", office=make.make_office("TH-20"))
    with pytest.raises(Refused):
        intake.attach_evidence(entry, by=stranger, requirement="1.1.report", url="https://www.example.org")
    entry.round.is_closed = True
    entry.round.save()
    with pytest.raises(Refused):
        intake.attach_evidence(entry, by=officer, requirement="1.1.report", url="https://www.example.org")
    assert not entry.evidence.exists()


def test_a_full_disk_leaves_no_row_and_no_part_of_a_file(entry, officer, monkeypatch):
    files = kept_files()

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("submissions.vault.os.fsync", full)
    with pytest.raises(Refused) as refused:
        intake.attach_evidence(entry, by=officer, requirement="1.1.report", upload=make.make_upload("pdf"))
    assert list(refused.value.reasons) == ["upload"]
    assert kept_files() == files
    assert not entry.evidence.exists()


def test_a_row_that_can_t_be_written_leaves_no_file(entry, officer, monkeypatch):
    files = kept_files()

    def fail(*args, **kwargs):
        raise RuntimeError("the database went away")

    monkeypatch.setattr(Event.objects, "record", fail)
    with pytest.raises(RuntimeError):
        intake.attach_evidence(entry, by=officer, requirement="1.1.report", upload=make.make_upload("pdf"))
    assert kept_files() == files
    assert not entry.evidence.exists()


def test_withdrawing_keeps_the_row(entry, officer):
    evidence = intake.attach_evidence(entry, by=officer, requirement="1.1.report", upload=make.make_upload("pdf"))
    intake.withdraw_evidence(evidence, by=officer, revision=evidence.revision)
    evidence.refresh_from_db()
    assert evidence.status == "withdrawn"
    assert evidence.file.size == evidence.size
    with pytest.raises(Refused):
        intake.withdraw_evidence(evidence, by=officer)


def test_what_was_accepted_is_not_withdrawn_by_the_office(entry, officer, judge):
    evidence = make.make_evidence(entry)
    intake.review_evidence(evidence, by=judge, accept=True)
    with pytest.raises(Refused):
        intake.withdraw_evidence(evidence, by=officer)


def test_what_was_returned_is_replaced_and_stays_to_be_seen(entry, officer, judge):
    first = make.make_evidence(entry)
    intake.review_evidence(first, by=judge, accept=False, reason="ไม่มีลายมือชื่อ")
    first.refresh_from_db()
    second = intake.attach_evidence(
        entry, by=officer, requirement="1.1.report", url="https://www.example.org/new", replaces=first,
        revision=first.revision,
    )  # fmt: skip
    first.refresh_from_db()
    assert (first.status, first.return_reason, second.replaces) == ("returned", "ไม่มีลายมือชื่อ", first)
    with pytest.raises(Refused):  # once
        intake.attach_evidence(
            entry, by=officer, requirement="1.1.report", url="https://www.example.org/third", replaces=first
        )


def test_what_waits_is_withdrawn_when_it_is_replaced(entry, officer):
    first = make.make_evidence(entry)
    intake.attach_evidence(
        entry, by=officer, requirement="1.1.report", url="https://www.example.org/new", replaces=first
    )
    first.refresh_from_db()
    assert first.status == "withdrawn"


def test_a_replacement_is_for_the_same_slot(entry, officer):
    first = make.make_evidence(entry, status="returned")
    with pytest.raises(Refused):
        intake.attach_evidence(
            entry, by=officer, requirement="1.4.report", url="https://www.example.org/new", replaces=first
        )


# Review


def test_a_return_says_why(entry, judge):
    evidence = make.make_evidence(entry)
    with pytest.raises(Refused) as refused:
        intake.review_evidence(evidence, by=judge, accept=False, reason="  ")
    assert list(refused.value.reasons) == ["reason"]
    intake.review_evidence(evidence, by=judge, accept=False, reason="ไม่ชัด")
    evidence.refresh_from_db()
    assert (evidence.status, evidence.return_reason, evidence.reviewed_by) == ("returned", "ไม่ชัด", judge)


def test_the_second_of_two_reviewers_is_told(entry, judge, staff):
    evidence = make.make_evidence(entry)
    read = evidence.revision
    intake.review_evidence(evidence, by=judge, accept=True, revision=read)
    with pytest.raises(Conflict) as conflict:
        intake.review_evidence(evidence, by=staff, accept=False, reason="ไม่ชัด", revision=read)
    assert conflict.value.current.reviewed_by == judge
    evidence.refresh_from_db()
    assert evidence.status == "accepted"


def test_only_the_round_s_committee_and_staff_review(entry, officer, staff):
    evidence = make.make_evidence(entry)
    for person in (officer, make.make_user("judge")):
        with pytest.raises(Refused):
            intake.review_evidence(evidence, by=person, accept=True)
    intake.review_evidence(evidence, by=staff, accept=True)


def test_what_was_withdrawn_is_not_reviewed(entry, judge):
    with pytest.raises(Refused):
        intake.review_evidence(make.make_evidence(entry, status="withdrawn"), by=judge, accept=True)


# Values


def test_values_are_kept_in_canonical_text_and_every_change_is_written_down(entry, staff):
    slots = {("2.1.1.collected", ""): " 50210 ", ("2.1.1.confidence", ""): "96.20", ("4.1.extra_content", ""): "true"}
    intake.enter_values(entry, slots, by=staff)
    kept = {v.code: v.text for v in entry.values.all()}
    assert kept == {"2.1.1.collected": "50210", "2.1.1.confidence": "96.2", "4.1.extra_content": "true"}
    changed = intake.enter_values(entry, {**slots, ("2.1.1.collected", ""): "50211"}, by=staff)
    assert [v.code for v in changed] == ["2.1.1.collected"]
    event = Event.objects.filter(entry=entry, verb="value.entered").first()
    assert (event.data["before"], event.data["after"]) == ("50210", "50211")


def test_an_empty_text_takes_a_value_back(entry, staff):
    intake.enter_values(entry, {("2.2.1.updated", ""): "12"}, by=staff)
    intake.enter_values(entry, {("2.2.1.updated", ""): ""}, by=staff)
    assert not entry.values.exists()
    assert Event.objects.filter(entry=entry, verb="value.entered").count() == 2


def test_one_bad_value_keeps_all_out(entry, staff):
    with pytest.raises(Refused) as refused:
        intake.enter_values(
            entry,
            {
                ("2.1.1.collected", ""): "100",
                ("3.3.total", ""): "0",
                ("3.3.protected", ""): "-1",
                ("2.1.2.received_on", ""): "31/05/2566",
                ("3.4.news", "2023-13"): "5",
                ("no.such", ""): "1",
                ("4.1.extra_content", ""): "perhaps",
                ("2.1.1.confidence", ""): "NaN",
            },
            by=staff,
        )
    assert set(refused.value.reasons) == {
        "3.3.total", "3.3.protected", "2.1.2.received_on", "3.4.news.2023-13", "no.such", "4.1.extra_content",
        "2.1.1.confidence",
    }  # fmt: skip
    assert not entry.values.exists()


def test_a_month_s_value_is_given_by_the_office_until_the_month_is_over(entry, officer, staff):
    entry.round.clock_offset *= 0
    last = make.at("2023-03-31", "23:59:59.999999")
    after = make.at("2023-04-01", "00:00:00")
    slot = ("3.4.news", "2023-03")
    intake.enter_values(entry, {slot: "12"}, by=officer, at=last)
    with pytest.raises(Refused):
        intake.enter_values(entry, {slot: "13"}, by=officer, at=after)
    assert intake.enter_values(entry, {slot: "12"}, by=officer, at=after) == []  # sent back as it was
    intake.enter_values(entry, {slot: "13"}, by=staff, at=after)
    assert entry.values.get().text == "13"


def test_official_figures_are_not_for_the_office(entry, officer):
    with pytest.raises(Refused) as refused:
        intake.enter_values(entry, {("2.1.1.collected", ""): "100"}, by=officer)
    assert list(refused.value.reasons) == ["2.1.1.collected"]


def test_the_second_of_two_who_enter_the_same_value_is_told(entry, staff):
    slot = ("2.2.1.updated", "")
    intake.enter_values(entry, {slot: "10"}, by=staff, revisions={slot: 0})
    with pytest.raises(Conflict) as conflict:
        intake.enter_values(entry, {slot: "11"}, by=staff, revisions={slot: 0})
    assert conflict.value.current.text == "10"
    assert Value.objects.get().text == "10"


# Judging

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


# More time


def test_more_time_is_given_by_staff_with_a_reason(entry, officer, staff):
    given = {"requirement": "1.3.training", "period": "", "until": date(2023, 4, 10)}
    with pytest.raises(Refused):
        intake.grant_extension(entry, by=officer, reason="น้ำท่วม", **given)
    with pytest.raises(Refused) as refused:
        intake.grant_extension(entry, by=staff, reason=" ", **(given | {"requirement": "no.such"}))
    assert set(refused.value.reasons) == {"reason", "requirement"}
    before = version(entry)
    intake.grant_extension(entry, by=staff, reason="น้ำท่วม", order_number="ที่ ๑/๒๕๖๖", **given)
    assert Extension.objects.get().granted_by == staff
    assert version(entry) > before


# The record


def test_the_chain_shows_what_was_altered(entry, officer):
    for number in range(3):
        intake.attach_evidence(entry, by=officer, requirement="1.1.report", url=f"https://www.example.org/{number}")
    assert Event.objects.faults(entry) == []
    second = Event.objects.get(entry=entry, sequence=2)
    with pytest.raises(TypeError):
        second.save()
    with pytest.raises(TypeError):
        Event.objects.filter(pk=second.pk).update(verb="x")
    with pytest.raises(TypeError):
        Event.objects.all().delete()


def test_the_database_refuses_to_alter_an_event_too(entry, officer):
    event = Event.objects.record(entry, "test", by=officer)
    with pytest.raises(DatabaseError), transaction.atomic():
        QuerySet(Event).filter(pk=event.pk).update(verb="x")


def test_an_altered_event_and_a_missing_one_show(entry, officer, without_guard):
    for number in range(3):
        Event.objects.record(entry, "test", by=officer, number=number)
    assert Event.objects.faults(entry) == []
    QuerySet(Event).filter(entry=entry, sequence=2).update(data={"number": 9})
    assert Event.objects.faults(entry) == [2]
    QuerySet(Event).filter(entry=entry, sequence=2)._raw_delete("default")
    assert Event.objects.faults(entry) == [3]


@pytest.fixture
def without_guard():
    """As somebody with the database's own rights could work."""
    with connection.cursor() as cursor:
        for statement in frozen._OFF[connection.vendor]:
            cursor.execute(statement.replace("{table}", "submissions_event"))


def test_rows_changed_outside_intake_raise_the_version_too(entry):
    evidence = make.make_evidence(entry)
    seen = version(entry)
    evidence.note = "x"
    evidence.save()
    assert version(entry) > seen
    seen = version(entry)
    evidence.delete()
    assert version(entry) > seen
    seen = version(entry)
    entry.office.size = "large"
    entry.office.save()
    assert version(entry) > seen
    seen = version(entry)
    make.make_holiday("2023-05-05")
    assert version(entry) > seen
    seen = version(entry)
    entry.round.judges.add(make.make_user("judge"))
    assert version(entry) > seen
    seen = version(entry)
    entry.round.judges.clear()
    assert version(entry) > seen
    assert Evidence.objects.count() == 0
