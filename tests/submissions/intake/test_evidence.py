"""Evidence comes in, is withdrawn, replaced and reviewed: what is taken, what is refused and why."""

import errno
from pathlib import Path

import pytest
from django.utils import translation

from submissions import intake
from submissions.intake import Conflict, Refused
from submissions.models import Event, Round
from submissions.vault import vault
from tests import factories as make

from .conftest import version

pytestmark = pytest.mark.django_db


def kept_files() -> set:
    return {path for path in Path(vault.path("evidence")).rglob("*") if path.is_file()}


def test_a_file_is_kept_as_it_came_and_written_down(entry, officer):
    before = version(entry)
    evidence = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload("pdf"))
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
    publicity = intake.HandIn("4.2.publicity", "2023-07", channels=["website", "facebook", "website"])
    evidence = intake.attach_evidence(entry, publicity, by=officer, url=" https://www.example.org/ข่าว ")
    assert evidence.url == "https://www.example.org/ข่าว"
    assert evidence.channels == ["facebook", "website"]
    assert not evidence.file


def test_the_same_thing_sent_twice_is_one_row_and_one_file(entry, officer):
    first = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload("pdf"))
    files = kept_files()
    again = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload("pdf"))
    assert again == first
    assert entry.evidence.count() == 1
    assert kept_files() == files


def test_the_same_link_on_another_channel_says_more_than_the_first(entry, officer):
    def send(*channels: str):
        publicity = intake.HandIn("4.2.publicity", "2023-07", channels=channels)
        return intake.attach_evidence(entry, publicity, by=officer, url="https://www.example.org/1")

    first, more = send("website"), send("website", "facebook")
    assert more != first
    assert send("facebook", "website") == more


def test_a_round_closed_while_something_was_on_its_way_takes_no_more(entry, officer):
    assert not entry.round.is_closed
    round = Round.objects.get(pk=entry.round_id)
    round.is_closed = True
    round.save()
    files = kept_files()
    with pytest.raises(Refused):
        intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload("pdf"))
    assert not entry.evidence.exists()
    assert kept_files() == files


def test_all_faults_are_named_at_once_and_nothing_is_kept(entry, officer):
    files = kept_files()
    wrong = intake.HandIn("4.2.publicity", "2023-13", channels=["pigeon"], note="x" * 2001)
    upload = make.make_upload("pdf", content=b"MZ not a document")
    with pytest.raises(Refused) as refused:
        intake.attach_evidence(entry, wrong, by=officer, upload=upload)
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
    url = given.get("url", "https://www.example.org/x")
    hand_in = intake.HandIn(given["requirement"], given.get("period", ""))
    with pytest.raises(Refused) as refused:
        intake.attach_evidence(entry, hand_in, by=officer, url=url)
    assert field in refused.value.reasons
    assert not entry.evidence.exists()


def test_reasons_are_given_in_the_reader_s_language(entry, officer):
    said = {}
    for language in ("th", "en"):
        with translation.override(language), pytest.raises(Refused) as refused:
            intake.attach_evidence(entry, intake.HandIn("1.2.report"), by=officer, url="https://www.example.org")
        said[language] = str(refused.value)
    assert "r1" in said["th"]
    assert said["en"].startswith("Choose one of the periods")


def test_what_central_staff_record_is_not_for_the_office(entry, officer, staff):
    with pytest.raises(Refused):
        intake.attach_evidence(entry, intake.HandIn("1.4.workshop"), by=officer, url="https://www.example.org/list")
    evidence = intake.attach_evidence(
        entry, intake.HandIn("1.4.workshop"), by=staff, url="https://www.example.org/list", at=make.at("2022-12-20")
    )
    assert evidence.submitted_at == make.at("2022-12-20")


def test_nobody_hands_in_for_another_office_nor_in_a_closed_round(entry, officer):
    stranger = make.make_user("officer", office=make.make_office("TH-20"))
    with pytest.raises(Refused):
        intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=stranger, url="https://www.example.org")
    entry.round.is_closed = True
    entry.round.save()
    with pytest.raises(Refused):
        intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://www.example.org")
    assert not entry.evidence.exists()


def test_a_full_disk_leaves_no_row_and_no_part_of_a_file(entry, officer, monkeypatch):
    files = kept_files()

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("submissions.vault.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload("pdf"))
    assert kept_files() == files
    assert not entry.evidence.exists()


def test_a_row_that_can_t_be_written_leaves_no_file(entry, officer, monkeypatch):
    files = kept_files()

    def fail(*args, **kwargs):
        raise RuntimeError("the database went away")

    monkeypatch.setattr(Event.objects, "record", fail)
    with pytest.raises(RuntimeError):
        intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload("pdf"))
    assert kept_files() == files
    assert not entry.evidence.exists()


def test_withdrawing_keeps_the_row(entry, officer):
    evidence = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload("pdf"))
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
    better = intake.HandIn("1.1.report", replaces=first, revision=first.revision)
    second = intake.attach_evidence(entry, better, by=officer, url="https://www.example.org/new")
    first.refresh_from_db()
    assert (first.status, first.return_reason, second.replaces) == ("returned", "ไม่มีลายมือชื่อ", first)
    with pytest.raises(Refused):  # once
        intake.attach_evidence(
            entry, intake.HandIn("1.1.report", replaces=first), by=officer, url="https://www.example.org/third"
        )


def test_what_waits_is_withdrawn_when_it_is_replaced(entry, officer):
    first = make.make_evidence(entry)
    intake.attach_evidence(
        entry, intake.HandIn("1.1.report", replaces=first), by=officer, url="https://www.example.org/new"
    )
    first.refresh_from_db()
    assert first.status == "withdrawn"


def test_a_replacement_is_for_the_same_slot(entry, officer):
    first = make.make_evidence(entry, status="returned")
    with pytest.raises(Refused):
        intake.attach_evidence(
            entry, intake.HandIn("1.4.report", replaces=first), by=officer, url="https://www.example.org/new"
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


def test_what_nobody_can_open_is_accepted_by_nobody(entry, judge, settings):
    clean, infected = make.make_evidence(entry, kind="png"), make.make_evidence(entry, kind="pdf")
    infected.examination.scan = "infected"
    infected.examination.save()
    settings.CLAMD = "/nowhere"  # `clean` still waits for it
    for held in (clean, infected):
        with pytest.raises(intake.Refused):
            intake.review_evidence(held, by=judge, accept=True)
        assert intake.review_evidence(held, by=judge, accept=False, reason="เปิดไม่ได้").status == "returned"
    settings.CLAMD = None
    assert intake.review_evidence(clean, by=judge, accept=True).status == "accepted"
    link = make.make_evidence(entry, url="https://cdd.example.org/1")
    assert intake.review_evidence(link, by=judge, accept=True).status == "accepted"
