"""Circulars: sent once with one number, unchanged afterwards, seen by those they were sent to and by nobody else."""

import threading

import pytest
from django.db import connection
from django.utils import timezone, translation

from submissions import intake
from submissions.models import Attachment, Circular, CircularOpening
from submissions.vault import vault
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.at("2026-03-02")


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def written(round, by, audience="offices", **fields) -> Circular:
    words = {"subject_th": "แนวทางการส่งหลักฐาน", "text_th": "โปรดส่งภายในกำหนด"} | fields
    extra = {name: words.pop(name) for name in ("uploads",) if name in words}
    return intake.save_circular(None, intake.Writing(round, audience, **words), by=by, at=NOW, **extra)


def sent(round, by, audience="offices", **fields) -> Circular:
    draft = written(round, by, audience, **fields)
    return intake.send_circular(draft, by=by, at=NOW, revision=draft.revision)


def seen_by(user) -> set[str]:
    return set(Circular.objects.visible_to(user).values_list("subject_th", flat=True))


@pytest.fixture
def country(judge):
    """A round of two regions with a province each, one of which is large."""
    round = make.make_round(judges=[judge])
    for number, size in (("1", "small"), ("2", "large")):
        region = make.make_office(f"R0{number}", kind="region", size="")
        make.make_entry(round, make.make_office(f"TH-7{number}", size, parent=region))
    return round


def office(number: int):
    return make.make_office(f"TH-7{number}")


def test_all_faults_are_named_at_once_and_no_file_is_kept(country, staff, tmp_path, monkeypatch):
    monkeypatch.setattr(vault, "location", str(tmp_path), raising=False)
    monkeypatch.setattr(vault, "base_location", str(tmp_path), raising=False)
    uploads = [make.make_upload("pdf"), make.make_upload("pdf", "bad.pdf", b"%PDF-1.4 nothing")]
    with pytest.raises(intake.Refused) as refused:
        written(None, staff, "places", subject_th=" ", text_th="", subject_en="A subject", uploads=uploads)
    reasons = refused.value.reasons
    assert set(reasons) == {"subject_th", "text_th", "text_en", "round", "audience", "uploads"}
    assert reasons["uploads"][0].startswith("bad.pdf: ")
    assert not Circular.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_six_files_are_one_too_many_those_there_are_counted(country, staff):
    draft = written(country, staff, uploads=[make.make_upload("png") for _ in range(3)])
    writing = intake.Writing(country, "offices", "เรื่อง", "ข้อความ")
    with pytest.raises(intake.Refused, match="5 files at most"):
        intake.save_circular(draft, writing, by=staff, at=NOW, uploads=[make.make_upload("png") for _ in range(3)])
    first = draft.attachments.first()
    kept = intake.save_circular(
        draft, writing, by=staff, at=NOW, uploads=[make.make_upload("png") for _ in range(3)], without=[first.pk]
    )
    assert kept.attachments.count() == 5
    assert not kept.attachments.filter(pk=first.pk).exists()


def test_a_file_that_can_not_be_deleted_is_no_fault_of_whoever_takes_it_out(
    country, staff, monkeypatch, django_capture_on_commit_callbacks, caplog
):
    draft = written(country, staff, uploads=[make.make_upload("pdf")])
    writing = intake.Writing(country, "offices", draft.subject_th, draft.text_th)
    gone = list(draft.attachments.values_list("pk", flat=True))

    def full(name):
        raise OSError("read-only file system")

    monkeypatch.setattr(vault, "delete", full)
    with django_capture_on_commit_callbacks(execute=True):
        intake.save_circular(draft, writing, by=staff, at=NOW, revision=draft.revision, without=gone)
    assert not draft.attachments.exists()
    assert "read-only file system" in caplog.text


def test_nobody_writes_over_another_unseen(country, staff):
    draft = written(country, staff)
    writing = intake.Writing(country, "offices", "เรื่องใหม่", "ข้อความใหม่")
    intake.save_circular(draft, writing, by=staff, at=NOW, revision=1)
    with pytest.raises(intake.Conflict) as conflict:
        intake.save_circular(draft, writing, by=staff, at=NOW, revision=1)
    assert conflict.value.current.subject_th == "เรื่องใหม่"
    with pytest.raises(intake.Conflict):
        intake.send_circular(draft, by=staff, at=NOW, revision=1)


def test_only_those_who_run_the_round_write_send_and_withdraw(country, staff):
    """An organiser in rounds of the own office, as staff everywhere; to everybody only staff."""
    organiser = make.make_user("officer", office=office(1).parent, is_organiser=True)
    own = make.make_round(organiser=organiser.office)
    make.make_entry(own, office(1))
    circular = sent(own, organiser)
    assert intake.withdraw_circular(circular, "ผิด", by=organiser, at=NOW).state == "withdrawn"
    with pytest.raises(intake.Refused):
        written(None, organiser, "everybody")
    draft, circular = written(country, staff), sent(country, staff)
    for person in (make.make_user("officer"), make.make_user("judge"), organiser):
        for deed in (
            lambda person=person: written(country, person),
            lambda person=person: intake.send_circular(draft, by=person, at=NOW, revision=1),
            lambda person=person: intake.delete_draft(draft, by=person),
            lambda person=person: intake.withdraw_circular(circular, "ผิด", by=person, at=NOW),
        ):
            with pytest.raises(intake.Refused):
                deed()


def test_an_organiser_who_forgets_the_round_is_told_that_alone(country):
    organiser = make.make_user("officer", office=office(1).parent, is_organiser=True)
    for audience in ("offices", "committee"):
        with pytest.raises(intake.Refused) as refused:
            written(None, organiser, audience)
        assert set(refused.value.reasons) == {"round"}


def test_numbers_run_in_each_round_and_in_the_portal(country, staff):
    other = make.make_round()
    make.make_entry(other)
    assert [sent(country, staff).number for _ in range(2)] == [1, 2]
    assert sent(other, staff).number == 1
    assert [sent(None, staff, "everybody").number for _ in range(2)] == [1, 2]


def test_what_was_sent_does_not_change(country, staff):
    circular = sent(country, staff, uploads=[make.make_upload("png")])
    writing = intake.Writing(country, "offices", "อื่น", "อื่น")
    with pytest.raises(intake.Refused, match="does not change"):
        intake.save_circular(circular, writing, by=staff, at=NOW, revision=circular.revision)
    with pytest.raises(intake.Refused, match="does not change"):
        intake.delete_draft(circular, by=staff)
    assert Attachment.objects.count() == 1


def test_nothing_is_sent_of_a_round_in_preparation_nor_with_a_virus_nor_to_nobody(country, staff):
    country.opens_at = None
    country.save()
    with pytest.raises(intake.Refused, match="prepared"):
        sent(country, staff)
    country.opens_at = make.at("2020-01-01")
    country.save()
    draft = written(country, staff, uploads=[make.make_upload("png")])
    draft.attachments.update(scan="infected", threat="Eicar")
    with pytest.raises(intake.Refused, match="virus"):
        intake.send_circular(draft, by=staff, at=NOW, revision=1)
    with pytest.raises(intake.Refused, match="No office"):
        sent(country, staff, "places", places=[(None, "medium")])


def test_it_is_withdrawn_with_a_reason_once_and_stays(country, staff):
    officer, circular = make.make_user("officer", office=office(1)), sent(country, staff)
    with pytest.raises(intake.Refused, match="reason"):
        intake.withdraw_circular(circular, "  ", by=staff, at=NOW)
    intake.withdraw_circular(circular, "วันที่ผิด", by=staff, at=NOW)
    with pytest.raises(intake.Refused, match="already"):
        intake.withdraw_circular(circular, "อีกครั้ง", by=staff, at=NOW)
    shown = Circular.objects.visible_to(officer).get()
    assert (shown.state, shown.withdrawn_reason) == ("withdrawn", "วันที่ผิด")
    deeds = shown.history.order_by("history_id").values_list("history_change_reason", "history_user")
    assert list(deeds) == [("begun", staff.pk), ("sent", staff.pk), ("withdrawn", staff.pk)]


def test_a_correction_names_one_that_was_sent_in_the_same_round(country, staff):
    draft, first = written(country, staff), sent(country, staff)
    assert sent(country, staff, corrects=first).corrects == first
    for wrong in (draft, sent(None, staff, "everybody")):
        with pytest.raises(intake.Refused, match="corrects"):
            written(country, staff, corrects=wrong)


def test_each_sees_what_was_sent_to_such_as_they(country, judge, staff):
    """Whoever comes later too, and when the round is closed; a draft is staff's."""
    region = office(1).parent
    for subject, audience, places in (
        ("all", "offices", ()),
        ("region 1", "places", [(region, "")]),
        ("large", "places", [(None, "large")]),
        ("large of region 1", "places", [(region, "large")]),
        ("board", "chosen", [(office(2), "")]),
    ):
        draft = written(country, staff, audience, subject_th=subject, places=places)
        if draft.addressed().exists():
            intake.send_circular(draft, by=staff, at=NOW, revision=1)
    sent(country, staff, "committee", subject_th="committee")
    sent(None, staff, "everybody", subject_th="everybody")
    written(country, staff, subject_th="draft")
    country.is_closed = True
    country.save()

    assert seen_by(make.make_user("officer", office=office(1))) == {"all", "region 1", "everybody"}
    assert seen_by(make.make_user("officer", office=office(2))) == {"all", "large", "board", "everybody"}
    above = make.make_user("officer", office=region)
    assert seen_by(above) == {"all", "region 1", "everybody"}
    assert seen_by(make.make_user("officer", office=make.make_office("TH-99"))) == {"everybody"}
    assert seen_by(judge) == {"committee", "everybody"}
    assert seen_by(make.make_user("judge")) == {"everybody"}
    assert seen_by(make.make_user("officer", office=office(1), is_active=False)) == set()
    assert {"draft", "large of region 1"} < seen_by(staff)

    later = make.make_office("TH-75", "large", parent=region)
    newcomer = make.make_user("officer", office=later)
    assert seen_by(newcomer) == {"everybody"}
    make.make_entry(country, later)
    assert seen_by(newcomer) == {"all", "region 1", "large", "everybody"}


def test_who_opened_it_is_kept_once(country, staff):
    officer, circular = make.make_user("officer", office=office(1)), sent(country, staff)
    for day in ("2026-03-03", "2026-03-04"):
        intake.note_opened(circular, by=officer, at=make.at(day))
    assert CircularOpening.objects.get().at == make.at("2026-03-03")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_sent_by_two_at_once_it_is_sent_once_and_two_drafts_have_two_numbers(country, staff):
    first, second = written(country, staff), written(country, staff)
    faults, ready = [], threading.Barrier(3)

    def send(draft) -> None:
        try:
            with translation.override("en"):
                ready.wait(20)
                intake.send_circular(draft, by=staff, at=timezone.now(), revision=1)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(draft,)) for draft in (first, first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    assert sorted(Circular.objects.values_list("number", flat=True)) == [1, 2]
    assert first.history.filter(history_change_reason="sent").count() == 1
