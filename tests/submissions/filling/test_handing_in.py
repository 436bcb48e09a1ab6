"""Forms that were filled in on the screen become evidence."""

import re
from hashlib import sha256
from pathlib import Path

import pytest
from django.urls import reverse

from scoring.models import Scorecard
from scoring.recompute import rescore
from submissions import intake
from submissions.documents import filled_forms
from submissions.models import Answers, Event, Evidence, FilledForm
from tests import factories as make
from tests.submissions.documents.test_filled_forms import MONTH, REPORT

from .asking import address, hand_in, save, sent, slot

pytestmark = pytest.mark.django_db


def test_what_is_handed_in_counts_and_the_score_follows(client, entry, officer):
    for month in ("2023-02", "2023-03", "2023-04", "2023-05", "2023-06"):
        make.make_evidence(entry, "3.5.report", month, submitted_at=make.at(f"{month}-20"))
    save(client, entry, REPORT)
    response = hand_in(client, entry, revision=1)
    assert response["Location"] == reverse("criterion", args=[entry.pk, "3.5"]) + f"#slot-3-5-report-{MONTH}"
    evidence = Evidence.objects.get(period=MONTH)
    assert (evidence.status, evidence.content_type, evidence.submitted_by) == ("submitted", "application/pdf", officer)
    assert evidence.original_name.endswith("กรกฎาคม ๒๕๖๖ สำนักงานพัฒนาชุมชนจังหวัดกระบี่.pdf")
    assert evidence.filled_form.data == REPORT
    assert Answers.objects.get().data == {}
    assert Event.objects.get().verb == "evidence.attached"
    rescore([entry.pk])
    assert Scorecard.objects.get(entry=entry, basis="claimed").criteria["3.5"]["earned"] == "5.00"
    page = client.get(response["Location"]).content.decode()
    assert reverse("evidence-word", args=[evidence.pk]) in page
    assert "กรอกใหม่จากคำตอบเดิม" in page


def test_handed_in_twice_unchanged_is_one_row(client, entry, officer):
    hand_in(client, entry)
    response = client.post(address(entry, "form-hand-in"), sent(REPORT), follow=True)
    assert "ระบบไม่เก็บซ้ำ" in response.content.decode()
    assert Evidence.objects.count() == FilledForm.objects.count() == 1


def test_handing_in_again_leaves_what_a_colleague_writes_meanwhile(client, entry, officer):
    hand_in(client, entry)
    colleague = make.make_user("officer", full_name="เพื่อนร่วมงาน")
    typed = REPORT | {"results": "ของเพื่อน"}
    intake.save_answers(entry, "monthly-report", typed, by=colleague, period=MONTH, revision=1)
    hand_in(client, entry)  # the same answers, from a page that is open since
    assert Answers.objects.get().data == typed


def test_what_a_colleague_filled_in_meanwhile_is_not_told_as_missing(client, entry, officer):
    theirs = {"results": "ของเพื่อน", "remedies": "ของเพื่อน"}
    colleague = make.make_user("officer", full_name="เพื่อนร่วมงาน")
    intake.save_answers(entry, "monthly-report", theirs, by=colleague, period=MONTH, revision=0)
    mine = sent({"obstacles": "ของฉัน"}) | {"untouched": "answer.results answer.remedies answer.proposals"}
    response = client.post(address(entry, "form-hand-in"), mine | {"page": "a" * 32, "turn": "3"})
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count('class="field-error"') == page.count("กรุณากรอกช่องนี้") / 2 == 1  # the one that nobody filled in
    assert page.count("ข้อความของอีกฝ่าย") == page.count("ของเพื่อน</textarea>") == 2
    assert f'data-came="{"a" * 32}:3"' in page
    assert 'data-touched="answer.obstacles"' in page


def test_who_hands_in_after_another_sees_what_was_handed_in(client, entry, officer):
    intake.hand_in_answers(entry, "monthly-report", REPORT, by=make.make_user("officer"), period=MONTH)
    response = hand_in(client, entry, REPORT | {"results": "ของเรา"})
    page = response.content.decode()
    assert (response.status_code, page.count("อีกฝ่ายกรอกว่า:")) == (409, 1)
    assert REPORT["results"] in page
    assert Evidence.objects.count() == 1


def test_what_cannot_be_frozen_leaves_neither_a_row_nor_a_file(entry, officer, settings, tmp_path, monkeypatch):
    def broken(**columns):
        raise OSError("the database is away")

    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(FilledForm.objects, "create", broken)
    with pytest.raises(OSError, match="away"):
        intake.hand_in_answers(entry, "monthly-report", REPORT, by=officer, period=MONTH)
    assert not Evidence.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_all_that_is_missing_is_told_at_once_and_what_was_typed_is_kept(client, entry, officer):
    response = hand_in(client, entry, {"results": "ก " * 10_001, "remedies": "ไม่มี"})
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count('class="field-error"') == 3
    assert "ยาวเกิน 20,000 ตัวอักษร" in page
    assert 'href="#answer.obstacles"' in page
    assert not Evidence.objects.exists()
    assert Answers.objects.get().data["remedies"] == "ไม่มี"
    assert 'name="revision" value="1"' in page


def test_corrected_answers_take_the_place_of_what_was_returned(client, entry, officer):
    hand_in(client, entry)
    first = Evidence.objects.get()
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    intake.review_evidence(first, by=judge, accept=False, reason="ขาดจำนวนเครื่อง")
    page = client.get(address(entry)).content.decode()
    assert "ซ่อมเครื่อง 12 เครื่อง</textarea>" in page
    assert "นี่คือคำตอบที่ส่งไว้ครั้งล่าสุด" in page
    hand_in(client, entry, REPORT | {"results": "ซ่อมเครื่อง 15 เครื่อง"}, revision=1)
    second = Evidence.objects.exclude(pk=first.pk).get()
    first.refresh_from_db()
    assert (second.replaces, first.status) == (first, "returned")
    assert first.filled_form.data == REPORT


@pytest.fixture
def returned(entry):
    """Files of the form's slot that came back, the newest first."""
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    when = make.at("2023-07-01"), make.at("2023-06-30")
    files = [make.make_evidence(entry, "3.5.report", MONTH, submitted_at=at) for at in when]
    return [intake.review_evidence(file, by=judge, accept=False, reason="ไม่มีลายมือชื่อ") for file in files]


def test_answers_take_the_place_of_the_files_that_were_returned(client, entry, officer, returned):
    page = client.get(address(entry)).content.decode()
    names = re.findall(r'type="checkbox"\s+name="answering"\s+value="(\d+)"\s+checked', page)
    assert names == [str(file.pk) for file in returned]
    client.post(address(entry, "form-hand-in"), sent(REPORT) | {"answering": names})
    evidence = Evidence.objects.get(status="submitted")
    newest, older = (Evidence.objects.get(pk=file.pk) for file in returned)
    assert (evidence.replaces, newest.status, older.status) == (newest, "returned", "withdrawn")
    assert (newest.return_reason, older.return_reason) == ("ไม่มีลายมือชื่อ",) * 2
    now = slot(entry, officer)
    assert (now.state, now.has_returned) == ("submitted", False)
    deeds = entry.events.order_by("-sequence").values_list("verb", "data__evidence", "data__replaces")
    assert list(deeds[:2]) == [
        ("evidence.withdrawn", older.pk, None),
        ("evidence.attached", evidence.pk, newest.pk),
    ]
    entry.evidence.filter(pk=newest.pk).update(original_name="ฉบับแรก.pdf")
    history = " ".join(client.get(reverse("deeds", args=[entry.pk])).content.decode().split())
    assert "ส่งแบบฟอร์มแทนหลักฐาน" in history, "what a form stands in for was not withdrawn by somebody's wish"
    assert "(แทน ฉบับแรก.pdf)" in history, "and what took the place of what"
    paged = client.get(reverse("criterion", args=[entry.pk, "3.5"])).content.decode()
    assert "ใช้แบบฟอร์มแทนแล้ว" in paged


def test_what_is_not_answered_stays_returned(client, entry, officer, returned):
    newest, older = returned
    client.post(address(entry, "form-hand-in"), sent(REPORT) | {"answering": [older.pk, 10**9, "x"]})
    assert Evidence.objects.get(status="submitted").replaces == older
    assert slot(entry, officer).returned == [newest]


def test_one_file_that_was_returned_is_no_question(client, entry, officer, returned):
    intake.withdraw_evidence(returned[1], by=officer)
    page = client.get(address(entry)).content.decode()
    assert f'type="hidden" name="answering" value="{returned[0].pk}"' in page
    assert "จะแทนที่ฉบับนี้" in page


def test_what_was_chosen_is_kept_while_something_is_missing(client, entry, officer, returned):
    kept = {"answering": [returned[1].pk]}
    page = client.post(address(entry, "form-hand-in"), sent({"results": "ซ่อม"}) | kept).content.decode()
    assert re.findall(r'name="answering"\s+value="(\d+)"\s+checked', page) == [str(returned[1].pk)]
    assert page.count('name="answering"') == 2


def test_the_same_answers_again_take_back_what_they_answer(client, entry, officer, returned):
    hand_in(client, entry)
    client.post(address(entry, "form-hand-in"), sent(REPORT, 1) | {"answering": [file.pk for file in returned]})
    assert Evidence.objects.filter(status="withdrawn").count() == 2
    assert slot(entry, officer).state == "submitted"


def test_what_waits_is_withdrawn_by_what_replaces_it_and_what_was_accepted_stays(client, entry, officer):
    hand_in(client, entry)
    hand_in(client, entry, REPORT | {"results": "แก้ไข"}, revision=1)
    first, second = Evidence.objects.order_by("pk")
    assert (first.status, second.status) == ("withdrawn", "submitted")
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    intake.review_evidence(second, by=judge, accept=True)
    hand_in(client, entry, REPORT | {"results": "อีกครั้ง"}, revision=2)
    assert Evidence.objects.order_by("pk").last().replaces is None
    assert Evidence.objects.get(pk=second.pk).status == "accepted"


def test_a_file_may_be_handed_in_all_the_same(client, entry, officer):
    upload = {"requirement": "3.5.report", "period": MONTH, "upload": make.make_upload("pdf")}
    assert client.post(reverse("evidence-add", args=[entry.pk]), upload).status_code == 302
    hand_in(client, entry)
    assert sorted(one.status for one in slot(entry, officer).evidence) == ["submitted", "submitted"]


def test_who_hands_in_an_old_draft_sees_both(client, entry, officer):
    save(client, entry, {"results": "ใหม่กว่า"})
    response = hand_in(client, entry, revision=0)
    assert response.status_code == 409
    assert "ใหม่กว่า" in response.content.decode()
    assert not Evidence.objects.exists()


def test_the_same_answers_again_bring_back_a_file_that_was_lost(client, entry, officer):
    hand_in(client, entry)
    evidence = Evidence.objects.get()
    path = Path(evidence.file.path)
    for harm in (path.unlink, lambda: path.write_bytes(b"%PDF")):
        harm()
        assert hand_in(client, entry, revision=1).status_code == 302
        assert Evidence.objects.get() == evidence
        assert sha256(path.read_bytes()).hexdigest() == evidence.sha256
    assert not [one for one in path.parent.iterdir() if one != path and "incoming" in one.name]


def test_one_that_can_not_be_made_again_as_it_was_is_replaced(client, entry, officer, monkeypatch):
    hand_in(client, entry)
    first = Evidence.objects.get()
    Path(first.file.path).unlink()
    laid_out = filled_forms.pdf
    monkeypatch.setattr(filled_forms, "pdf", lambda paper: laid_out(paper) + b"%")
    assert hand_in(client, entry, revision=1).status_code == 302
    second = Evidence.objects.exclude(pk=first.pk).get()
    first.refresh_from_db()
    assert (first.status, second.status, second.replaces) == ("withdrawn", "submitted", first)
    assert Path(second.file.path).exists()
    assert not Path(first.file.path).exists()
