"""Who is told what of files that were examined, and what two of them look like side by side."""

import errno
import os

import pytest
from django.contrib.auth import get_user
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cdd4.demo import samples
from submissions.examination import work
from submissions.files import confined
from submissions.models import Evidence
from tests import factories as make
from tests.markup import flat
from tests.submissions import examined as files

from .test_findings import keep

pytestmark = pytest.mark.django_db
SAME, LOOK, TEXT = "ไฟล์เดียวกันทุกประการ", "ภาพเกือบเหมือนกัน", "ข้อความเกือบเหมือนกัน"
MARKED, UNREAD = "ข้อความที่ระบายสีคือส่วนที่ทั้งสองไฟล์มีเหมือนกัน", "ขณะนี้อ่านไฟล์ไม่ได้"


@pytest.fixture
def judge():
    return make.make_user("judge")


@pytest.fixture
def round(judge):
    return make.make_round(judges=[judge], name_th="รอบปีนี้")


@pytest.fixture
def krabi(round):
    return make.make_entry(round, "TH-81")


def examine(*pieces: Evidence) -> None:
    for one in pieces:
        assert work.examine(one.pk)


def paper(client, user, evidence: Evidence) -> str:
    """What the page of its criterion says below one piece of evidence."""
    client.force_login(user)
    return " ".join(client.get(reverse("evidence-examined", args=[evidence.pk])).content.decode().split())


def review(client, user, evidence: Evidence):
    client.force_login(user)
    return client.get(reverse("admin:submissions_evidence_change", args=[evidence.pk]))


def beside(client, user, one: Evidence, other: Evidence):
    client.force_login(user)
    return client.get(reverse("admin:submissions_evidence_beside", args=[one.pk, other.pk]))


def test_an_office_is_told_what_it_may_mend_and_that_nothing_is_lost_by_it(client, krabi):
    report = keep(files.text_pdf([files.latin(1)] * 3), entry=krabi)
    officer = make.make_user("officer")
    page = paper(client, officer, report)
    assert "ระบบกำลังตรวจไฟล์" in page
    assert "hx-get" in page  # the page waits for it
    examine(report)
    page = paper(client, officer, report)
    assert "ไฟล์มี 3 หน้า กำหนดไว้ 5 - 25 หน้า" in page
    assert "ไม่ตัดคะแนน" in page
    assert "hx-get" not in page
    assert flat(page) in flat(client.get(reverse("criterion", args=[krabi.pk, "5.1"])).content.decode())


def test_an_appendix_beside_a_report_of_the_right_length_is_not_called_too_long(client, krabi, judge):
    officer, short = make.make_user("officer"), "ไฟล์มี 1 หน้า"
    appendix = keep(files.text_pdf([files.latin(2)]), entry=krabi)
    examine(appendix)
    assert short in paper(client, officer, appendix)
    report = keep(files.text_pdf([files.latin(seed) for seed in range(3, 8)]), entry=krabi)
    examine(report)
    assert short not in paper(client, officer, appendix)
    assert short not in review(client, judge, appendix).content.decode()
    assert short not in client.get(reverse("criterion", args=[krabi.pk, "5.1"])).content.decode()
    Evidence.objects.filter(pk=report.pk).update(status=Evidence.Status.WITHDRAWN)
    assert short in paper(client, officer, appendix)


def test_of_a_file_as_it_should_be_is_told_what_was_seen(client, krabi):
    video = keep(samples.mp4(seconds=95), ".mp4", "4.1.video", krabi)
    examine(video)
    assert "ความยาว 1:35 นาที · ตรวจไฟล์แล้ว ไม่พบสิ่งผิดปกติ" in paper(client, make.make_user("officer"), video)


def test_a_reviewer_reads_it_before_deciding_and_may_say_it(client, krabi, judge):
    report, word = keep(files.text_pdf([files.latin(1)] * 3), entry=krabi), keep(samples.docx(), ".docx", entry=krabi)
    plan = keep(files.text_pdf([files.latin(2)] * 3), ".pdf", "3.1.plan", krabi)
    examine(report, word, plan)
    page = review(client, judge, report).content.decode()
    said, decision = "ไฟล์มี 3 หน้า กำหนดไว้ 5 - 25 หน้า", 'id="decision"'
    assert page.index(said) < page.index(decision)
    assert f">{said}</button>" in flat(page)
    page = review(client, judge, word).content.decode()
    assert page.index(decision) < page.index("ตรวจไฟล์แล้ว ไม่พบสิ่งผิดปกติ")
    officer = make.make_user("officer")
    assert "ตรวจไฟล์แล้ว ไม่พบสิ่งผิดปกติ" in paper(client, officer, word)
    assert "3 หน้า · ตรวจไฟล์แล้ว ไม่พบสิ่งผิดปกติ" in paper(client, officer, plan)


def test_an_office_is_told_of_its_own_files_alone(client, krabi, round):
    content = samples.png(1)
    own, twin = keep(content, ".png", entry=krabi), keep(content, ".png", "5.checklist", krabi)
    before = make.make_round(name_th="รอบปีก่อน")
    keep(content, ".png", entry=make.make_entry(before, "TH-81"))
    keep(content, ".png", entry=make.make_entry(round, "TH-82"))
    keep(content, ".png", "1.1.report", krabi, status="withdrawn")
    keep(content, ".png", entry=krabi)  # the same slot: handed in again
    page = paper(client, make.make_user("officer"), own)
    assert page.count(SAME) == 2
    assert f"#slot-{twin.requirement.replace('.', '-')}" in page
    assert "รอบปีก่อน" in page
    assert "TH-82" not in page


def test_reviewers_are_told_of_all_that_they_may_see(client, krabi, round, judge):
    own, neighbour = (
        keep(files.saved(files.photograph(1), quality=quality), ".jpg", "1.1.report", entry)
        for quality, entry in ((90, krabi), (40, make.make_entry(round, "TH-82")))
    )
    elsewhere = keep(files.saved(files.photograph(1), quality=60), ".jpg", entry=make.make_entry(office="TH-90"))
    examine(own, neighbour, elsewhere)
    page = review(client, judge, own).content.decode()
    assert page.count(LOOK) == 1
    assert "TH-82" in page
    assert "TH-90" not in page
    assert "ยังคล้ายกับอีก 1 รายการ" in page
    page = review(client, make.make_user("staff"), own).content.decode()
    assert page.count(LOOK) == 2
    assert "TH-90" in page
    assert "ยังคล้ายกับอีก" not in page
    assert "TH-8" not in paper(client, make.make_user("officer"), own)


def test_two_are_put_side_by_side_for_those_who_see_both(client, krabi, round, judge):
    own = keep(samples.png(1), ".png", "1.1.report", krabi)
    same = keep(samples.png(1), ".png", "1.1.report", make.make_entry(round, "TH-82"))
    other = keep(samples.png(2), ".png", "1.1.report", same.entry)
    hidden = keep(samples.png(1), ".png", entry=make.make_entry(office="TH-90"))
    page = beside(client, judge, own, same)
    assert page.status_code == 200
    for one in (own, same):
        assert reverse("evidence-file", args=[one.pk]) in page.content.decode()
    assert "เป็นของคนละสำนักงาน" in page.content.decode()
    assert beside(client, judge, own, other).status_code == 404  # they are not alike
    assert beside(client, judge, own, hidden).status_code == 404
    assert beside(client, judge, hidden, own).status_code == 404
    assert beside(client, make.make_user("staff"), own, hidden).status_code == 200
    assert beside(client, make.make_user("officer"), own, same).status_code == 302
    assert get_user(client).is_officer


def test_pages_are_drawn_side_by_side(client, krabi, round, judge):
    letters = [files.scanned_letter(seed) for seed in range(3)]
    own = keep(files.scanned_pdf(letters[0], letters[1]), entry=krabi)
    other = keep(
        files.scanned_pdf(letters[2], letters[2], letters[1].resize((500, 707))), entry=make.make_entry(round, "TH-82")
    )
    examine(own, other)
    page = beside(client, judge, own, other).content.decode()
    drawn = [reverse("evidence-page", args=[one.pk, number]) for one, number in ((own, 2), (other, 3))]
    assert all(address in page for address in drawn)
    picture = client.get(drawn[1])
    assert (picture.status_code, picture["Content-Type"], picture.content[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert client.get(reverse("evidence-page", args=[own.pk, 9])).status_code == 404
    assert client.get(reverse("evidence-page", args=[keep(b"%PDF-1.7 no more", entry=krabi).pk, 1])).status_code == 404


def test_what_two_texts_have_in_common_is_marked(client, krabi, round, judge):
    said = files.words(1, 200)
    own = keep(samples.docx(said), ".docx", entry=krabi)
    other = keep(samples.docx([*said[:180], "ถ้อยคำที่เปลี่ยนไป"]), ".docx", entry=make.make_entry(round, "TH-82"))
    examine(own, other)
    page = flat(beside(client, judge, other, own).content.decode())
    assert TEXT in page
    assert "<mark>" in page
    assert "ถ้อยคำที่เปลี่ยนไป" in page.split("</mark>")[1]
    assert MARKED in page
    assert UNREAD not in page


def fail(_reader, _file, *_words):
    raise OSError(errno.EIO, "Input/output error")


def be_late(_reader, _file, *_words):
    raise confined.Late("size")


@pytest.mark.parametrize("cause", [fail, be_late, "removed"])
def test_of_a_text_that_can_t_be_read_now_nothing_is_said_to_be_shared_or_not(
    client, krabi, round, judge, monkeypatch, caplog, cause
):
    said, read = files.words(1, 200), confined.read
    own = keep(samples.docx(said), ".docx", entry=krabi)
    other = keep(samples.docx([*said[:180], "ถ้อยคำที่เปลี่ยนไป"]), ".docx", entry=make.make_entry(round, "TH-82"))
    examine(own, other)
    if cause == "removed":
        os.remove(other.file.path)
    else:
        lost = os.stat(other.file.path).st_ino

        def read_but_one(reader, file, *words):
            is_lost = os.fstat(file.fileno()).st_ino == lost
            return (cause if is_lost else read)(reader, file, *words)

        monkeypatch.setattr(confined, "read", read_but_one)
    page = beside(client, judge, own, other).content.decode()
    mine, others = page.split('<section class="card"')[1:]
    assert TEXT in page
    assert MARKED not in page
    assert page.count(UNREAD) == 1
    assert UNREAD in others
    assert reverse("evidence-preview", args=[own.pk]) in mine, "it is there to be read by people"
    assert said[0] not in page
    assert "<mark" not in page
    assert [one.message for one in caplog.records if one.exc_info] == [f"evidence {other.pk} can't be read"]


def test_pages_ask_no_more_of_the_database_for_more_files(client, krabi, round, judge):
    officer, addresses = make.make_user("officer"), {}

    def statements(user, address: str) -> int:
        client.force_login(user)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    own = keep(samples.png(1), ".png", "5.report", krabi)
    addresses = {
        officer: reverse("criterion", args=[krabi.pk, "5.1"]),
        judge: reverse("admin:submissions_evidence_change", args=[own.pk]),
    }

    def hand_in_everywhere(seed: int) -> None:
        for requirement in ("5.report", "5.checklist", "1.1.report"):
            keep(samples.png(seed), ".png", requirement, krabi)
        keep(samples.png(1), ".png", "5.checklist", make.make_entry(round, f"TH-9{seed}"))

    hand_in_everywhere(1)
    statements(judge, addresses[judge])  # who opens a piece claims it, and later only renews that
    few = {user: statements(user, address) for user, address in addresses.items()}
    for seed in (2, 3, 4):
        hand_in_everywhere(seed)
    assert {user: statements(user, address) for user, address in addresses.items()} == few
