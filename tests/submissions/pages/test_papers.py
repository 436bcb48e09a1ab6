"""The receipt, the confirmation and the history as papers: Thai, named as they are filed, for whoever may see them."""

from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import timezone

from submissions import intake, thai
from submissions.models import Entry
from tests import factories as make
from tests.extraction import by_poppler, right_edges

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    round = make.make_round(name_th="รอบปี 2566", needs_confirmation=True)
    return make.make_entry(round, make.make_office(name_th="กระบี่", name_en="Krabi"))


@pytest.fixture
def officer(client, entry):
    user = make.make_user("officer", office=entry.office, full_name="สมศรี มีสุข", is_head=True)
    client.force_login(user)
    return user


@pytest.fixture
def sent(entry, officer):
    return intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://krabi.example/1")


def fetched(client, name: str, pk: int, query: str = "") -> tuple[str, str]:
    """What a paper says, and what its file is called."""
    answer = client.get(reverse(name, args=[pk]) + query)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    edges = right_edges(answer.content)
    assert max(edge for page in edges for edge in page) <= 595 - 40, "nothing is cut"
    said = " ".join("".join(by_poppler(answer.content)).split())
    return said, unquote(answer["Content-Disposition"]).partition("''")[2]


def test_a_receipt_says_number_day_and_who(client, sent):
    said, name = fetched(client, "receipt-pdf", sent.pk)
    assert name == f"ใบรับหลักฐาน {sent.receipt.replace('/', '-')} จังหวัดกระบี่ – รอบปี 2566.pdf"
    assert "กรมการพัฒนาชุมชน กระทรวงมหาดไทย" in said
    assert thai.digits(sent.receipt) in said
    assert said.count("สมศรี มีสุข") == 2, "in the table, and under the line to sign on"
    assert "หน้า ๑ จาก ๑" in said


def test_a_confirmation_lists_what_is_confirmed_and_who_signs(client, entry, officer, sent):
    said, name = fetched(client, "confirmation-pdf", entry.pk)
    assert name == "การยืนยันของหัวหน้า จังหวัดกระบี่ – รอบปี 2566.pdf"
    assert "ยังไม่ยืนยัน" in said
    assert "https://krabi.example/1" in said
    assert said.count("สมศรี มีสุข") == 1, "as the sender"
    digest = said.partition("SHA-256 ")[2][:64]
    intake.confirm_entry(Entry.objects.with_round().get(pk=entry.pk), by=officer, seen=digest)
    said, _name = fetched(client, "confirmation-pdf", entry.pk)
    assert "สมศรี มีสุข ยืนยันว่ารายการต่อไปนี้" in said
    assert "( สมศรี มีสุข )" in said


def test_what_is_signed_says_of_each_file_when_it_came_and_how_it_stands(client, entry, officer, sent):
    entry.round.clock_offset = make.at("2023-07-10") - timezone.now()
    entry.round.save()
    times = {"submitted_at": make.at("2023-06-26"), "submitted_by": officer}
    old = make.make_evidence(entry, "3.1.plan", status="returned", url="https://krabi.example/old", **times)
    times["submitted_at"] = make.at("2023-07-07")
    make.make_evidence(entry, "3.1.plan", url="https://krabi.example/new", replaces=old, **times)
    said, _name = fetched(client, "confirmation-pdf", entry.pk)
    row = said.partition("https://krabi.example/old")[2][:120]
    assert "๒๖ มิ.ย. ๒๕๖๖" in row
    assert "ส่งแทนแล้ว" in row
    assert "๗ ก.ค. ๒๕๖๖" in said.partition("https://krabi.example/new")[2][:120]
    lacking = said.partition("รายการที่ยังไม่ส่งหรือกรอก")[2]
    assert "(ไตรมาสที่ ๒) กำหนดส่ง ๑๕ มี.ค. ๒๕๖๖ เลยกำหนด" in lacking
    assert "ข่าวประชาสัมพันธ์บนเว็บไซต์ (กรกฎาคม ๒๕๖๖) กำหนดส่ง ๓๑ ก.ค. ๒๕๖๖ ยังไม่ส่ง" in lacking
    shown = client.get(reverse("confirmation", args=[entry.pk])).context["confirming"]
    assert len(shown.missing) == lacking.count("กำหนดส่ง")


def test_where_nobody_confirms_there_is_no_such_paper(client, entry, officer):
    entry.round.needs_confirmation = False
    entry.round.save()
    assert client.get(reverse("confirmation-pdf", args=[entry.pk])).status_code == 302
    assert (
        reverse("confirmation-pdf", args=[entry.pk])
        not in client.get(reverse("confirmation", args=[entry.pk])).content.decode()
    )


def test_a_history_is_printed_as_it_was_chosen(client, entry, officer, sent, monkeypatch):
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    intake.review_evidence(sent, by=judge, accept=False, reason="ขาดลายมือชื่อ")
    said, name = fetched(client, "history-pdf", entry.pk)
    assert name == "ประวัติ จังหวัดกระบี่ – รอบปี 2566.pdf"
    assert "ขาดลายมือชื่อ" in said
    assert judge.username not in said
    chosen, _name = fetched(client, "history-pdf", entry.pk, "?verb=evidence.attached&who=")
    assert "https://krabi.example/1" in chosen
    assert "ขาดลายมือชื่อ" not in chosen
    monkeypatch.setattr("submissions.pages.history.PRINTED", 1)
    assert entry.events.count() == 3
    assert "๑ รายการล่าสุด จากทั้งหมด ๓ รายการ" in fetched(client, "history-pdf", entry.pk)[0]


@pytest.mark.parametrize("name", ["receipt", "confirmation", "deeds"])
def test_its_page_leads_to_it_by_one_button(client, entry, sent, name):
    pk = sent.pk if name == "receipt" else entry.pk
    paper = reverse({"deeds": "history-pdf"}.get(name, f"{name}-pdf"), args=[pk])
    assert client.get(reverse(name, args=[pk])).content.decode().count(f'href="{paper}') == 1
