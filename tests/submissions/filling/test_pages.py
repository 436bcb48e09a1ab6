"""What a form begins with, what each kind of field takes, and who may see it."""

import pytest
from django.urls import reverse

from scoring import shipped
from submissions import intake
from submissions.models import Answers, Evidence, FilledForm
from submissions.questions import answers
from tests import factories as make
from tests.extraction import by_poppler
from tests.markup import flat
from tests.submissions.documents.test_filled_forms import CHECKLIST, MONTH, REPORT, words_of

from .asking import JSON, address, hand_in, save, sent, slot

pytestmark = pytest.mark.django_db


def test_a_month_may_begin_with_the_answers_of_the_one_before(client, entry, officer):
    june, july = address(entry, period="2023-06"), address(entry)
    assert "เริ่มจากคำตอบของ" not in client.get(july).content.decode()
    client.post(address(entry, "form-hand-in", period="2023-06"), sent(REPORT))
    assert f"{july}&amp;from=2023-06" in client.get(july).content.decode()
    assert "ซ่อมเครื่อง 12 เครื่อง</textarea>" in client.get(f"{july}&from=2023-06").content.decode()
    assert not Answers.objects.filter(period=MONTH).exists()
    assert "ซ่อมเครื่อง" not in client.get(f"{july}&from=2023-02").content.decode()
    assert june != july


def test_a_form_begins_with_what_the_portal_knows(client, entry, officer):
    page = address(entry, form="innovation-report", period="")
    known = 'value="สำนักงานพัฒนาชุมชนจังหวัดกระบี่"'
    assert known in client.get(page).content.decode()
    client.post(address(entry, "form-draft", "innovation-report", ""), sent({"office": "", "name-th": "ผลงาน"}))
    assert known not in client.get(page).content.decode()


def test_what_the_portal_fills_in_hides_no_earlier_month(client, entry, officer):
    line = "{code: office, title: {th: สำนักงาน, en: Office}, kind: line, begins: office}"
    text = entry.round.edition.text.replace(
        "          - {code: results,", f"          - {line}\n          - {{code: results,"
    )
    entry.round.edition = make.make_edition(text)
    entry.round.save()
    assert "เริ่มจากคำตอบของ" not in client.get(address(entry)).content.decode()
    client.post(address(entry, "form-draft", period="2023-06"), sent({"results": "ซ่อมเครื่อง"}))
    assert "เริ่มจากคำตอบของ" in client.get(address(entry)).content.decode()
    save(client, entry, {"results": "อีกเดือนหนึ่ง"})
    assert "เริ่มจากคำตอบของ" not in client.get(address(entry)).content.decode()


def test_what_is_typed_is_made_clean(client, entry, officer):
    form = entry.round.scheme.forms["innovation-report"]
    typed = {field.code: " คำ  คำ " for field in form.fields}
    typed |= {"phone": " ๐ ๗๕๖๑–๑๒๓๔ ", "email": " a@cdd.go.th ", "1": "\nก \n\nข\n"}
    final = answers.tidy(form, typed)
    assert (final["name-th"], final["phone"], final["email"], final["1"]) == (
        *("คำ คำ", "0 7561-1234", "a@cdd.go.th", "ก\n\nข"),
    )
    checklist = entry.round.scheme.forms["innovation-checklist"]
    assert "kind:other" not in answers.tidy(checklist, CHECKLIST | {"kind": "policy"})


EVERY_KIND = """forms:
  all:
    title: {th: แบบฟอร์มทุกชนิด, en: A form of all kinds}
    requirement: 1.1.report
    sections:
      - title: {th: ส่วน, en: Section}
        help: {th: คำอธิบายของส่วน, en: What the section is for}
        fields:
          - {code: line, title: {th: บรรทัด, en: Line}, kind: line, required: true}
          - {code: text, title: {th: ย่อหน้า, en: Text}, kind: text, most: 50}
          - {code: number, title: {th: จำนวน, en: Number}, kind: number}
          - {code: date, title: {th: วันที่, en: Date}, kind: date}
          - {code: phone, title: {th: โทรศัพท์, en: Telephone}, kind: phone, help: {th: เบอร์กลาง, en: The main one}}
          - {code: email, title: {th: อีเมล, en: Mail}, kind: email}
          - code: one
            title: {th: เลือก, en: Choose}
            kind: choice
            options: [{code: a, th: ก, en: A}, {code: b, th: ข, en: B}]
          - {code: many, title: {th: เลือกได้, en: Choose any}, kind: choices, options: [{code: a, th: ก, en: A}]}
"""
TYPED = {"line": "น้ำใจ", "text": "หนึ่ง\n\nสอง", "number": "๑,๒๐๐.๕", "date": "๒๐ พ.ย. ๒๕๖๖", "phone": "๐ ๗๕๖๑ ๑๒๓๔"}
TYPED |= {"email": "name@cdd.go.th", "one": "b", "many": ["a"]}


def test_every_kind_of_field_is_typed_printed_and_typed_again(client, officer):
    text = shipped.text("cdd40-2566")
    edition = make.make_edition(text[: text.index("forms:\n")] + EVERY_KIND + text[text.index("dimensions:\n") :])
    entry = make.make_entry(make.make_round(edition=edition), officer.office)
    empty = client.get(address(entry, form="all", period="")).content.decode()
    assert "คำอธิบายของส่วน" in empty
    assert 'aria-describedby="answer.phone_help"' in empty
    bad = {"text": "ก" * 51, "number": "สิบ", "date": "31/02/2566", "phone": "1", "email": "ไม่มี"}
    response = hand_in(client, entry, bad, form="all", period="")
    assert response.content.decode().count('aria-invalid="true"') == 6
    hand_in(client, entry, TYPED, revision=1, form="all", period="")
    filled = FilledForm.objects.get()
    assert filled.data == TYPED | {"number": "1200.5", "date": "2023-11-20", "phone": "0 7561 1234"}
    said = " ".join(words_of(filled.paper))
    for printed in ("1,200.5", "20 พฤศจิกายน 2566", "0 7561 1234", "หนึ่ง สอง", "(   ) ก ( / ) ข"):
        assert printed in said
    again = flat(client.get(address(entry, form="all", period="")).content.decode())
    assert 'value="20/11/2566"' in again
    assert 'value="b" checked' in again


def test_a_judge_reads_and_fills_in_nothing(client, entry, officer):
    hand_in(client, entry)
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    client.force_login(judge)
    assert client.get(address(entry)).status_code == 403
    assert save(client, entry, REPORT).status_code == 403
    assert "reasons" in save(client, entry, REPORT, **JSON).json()
    assert client.get(reverse("evidence-word", args=[Evidence.objects.get().pk])).status_code == 200
    with pytest.raises(intake.Refused):
        intake.save_answers(entry, "monthly-report", REPORT, by=judge, period=MONTH)


def test_what_is_not_there_is_not_there(client, entry, officer):
    assert client.get(address(entry, form="no-form", period="")).status_code == 404
    assert client.get(address(entry, period="")).status_code == 404
    assert client.get(address(entry, period="2024-01")).status_code == 404
    client.force_login(make.make_user("officer", office=make.make_office("TH-90")))
    assert client.get(address(entry)).status_code == 404
    assert hand_in(client, entry).status_code == 404


def test_a_closed_round_takes_no_draft(client, entry, officer):
    entry.round.is_closed = True
    entry.round.save()
    assert save(client, entry, REPORT).status_code == 403


def test_rows_cost_no_queries(client, entry, officer, django_assert_max_num_queries):
    page = reverse("criterion", args=[entry.pk, "3.5"])
    months = ("2023-02", "2023-03", "2023-04")
    counted = []
    for number in (1, 3):
        for month in months[:number]:
            if not slot(entry, officer, period=month).evidence:
                make.make_filled_form(make.make_evidence(entry, "3.5.report", month), "monthly-report", **REPORT)
                intake.save_answers(entry, "monthly-report", {"results": "ก"}, by=officer, period=month)
        for address_of in (page, address(entry)):
            client.get(address_of)
            with django_assert_max_num_queries(100) as found:
                assert client.get(address_of).status_code == 200
            counted.append(len(found))
    assert counted[:2] == counted[2:]


def test_a_draft_is_seen_as_the_pdf_that_it_would_become_and_nothing_is_kept(client, entry, officer):
    address_of = address(entry, "form-preview")
    data = sent({"results": "ซ่อมเครื่อง 12 เครื่อง", "obstacles": "ก" * 9000})
    seen = client.post(address_of, data)
    assert (seen.status_code, seen["Content-Type"]) == (200, "application/pdf")
    assert seen["Content-Disposition"].startswith("inline")
    text = "".join(by_poppler(seen.content))
    assert "ซ่อมเครื่อง 12 เครื่อง" in text
    assert "ยังไม่ได้ส่ง" in text
    assert "กกก" not in text, "what is refused is left out"
    assert not Answers.objects.exists()
    assert not Evidence.objects.exists()
