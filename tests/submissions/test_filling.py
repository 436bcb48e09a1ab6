"""Forms that are filled in on the screen: drafts that save themselves, and become evidence."""

import pytest
from django.urls import reverse

from scoring import shipped
from scoring.models import Scorecard
from scoring.recompute import rescore
from submissions import access, answers, intake
from submissions.models import Answers, Event, Evidence, FilledForm
from submissions.slots import slots_of
from tests import factories as make
from tests.extraction import by_poppler
from tests.submissions.test_papers import CHECKLIST, MONTH, REPORT, words_of

pytestmark = pytest.mark.django_db

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def entry():
    return make.make_entry(make.make_round(), make.make_office(name_th="กระบี่"))


@pytest.fixture
def officer(client, entry):
    user = make.make_user("officer", full_name="เจ้าหน้าที่ ทดสอบ")
    client.force_login(user)
    return user


def address(entry, name="form", form="monthly-report", period=MONTH) -> str:
    return reverse(name, args=[entry.pk, form]) + (f"?period={period}" if period else "")


def sent(data, revision=0) -> dict:
    return {"revision": revision, **{answers.name_of(key): answer for key, answer in data.items()}}


def save(client, entry, data, revision=0, **headers):
    return client.post(address(entry, "form-draft"), sent(data, revision), **headers)


def hand_in(client, entry, data=REPORT, revision=0, **where):
    return client.post(address(entry, "form-hand-in", **where), sent(data, revision))


def slot(entry, reader, requirement="3.5.report", period=MONTH):
    closed = {by: access.why_not_hand_in(reader, entry, central=by == "central") for by in ("office", "central")}
    found = slots_of(entry, [requirement], at=entry.round.now(), why_closed=closed)
    return next(one for one in found if one.period_code == period)


# Drafts


def test_a_draft_is_kept_as_it_was_typed(client, entry, officer):
    typed = {"results": "  ยังไม่เสร็จ\nบรรทัดสอง ", "proposals": "ก" * 30_000}
    response = save(client, entry, typed, **JSON)
    assert response.json()["revision"] == 1
    assert response.json()["progress"] == [2, 4]
    assert response.json()["said"] == "บันทึกร่างแล้ว 10:00"
    draft = Answers.objects.get()
    assert (draft.data, draft.period, draft.saved_by) == (typed, MONTH, officer)
    page = client.get(address(entry)).content.decode()
    assert "  ยังไม่เสร็จ\nบรรทัดสอง </textarea>" in page
    assert "กรอกแล้ว 2 จาก 4 ช่องที่ต้องกรอก" in page
    assert "บันทึกร่างแล้ว 10:00" in page


def test_a_draft_is_no_fact(client, entry, officer):
    save(client, entry, REPORT)
    entry.refresh_from_db()
    assert entry.facts_version == 1
    assert not Event.objects.exists()
    assert not Evidence.objects.exists()
    assert slot(entry, officer).state == "draft"
    assert slot(entry, officer).progress == (4, 4)
    page = client.get(reverse("criterion", args=[entry.pk, "3.5"])).content.decode()
    assert "กรอกแบบฟอร์มต่อ" in page
    assert page.count("กรอกแบบฟอร์มบนหน้าจอ") == 5


def test_without_a_script_the_button_saves_and_says_so(client, entry, officer):
    response = client.post(address(entry, "form-draft"), sent({"results": "ก"}), follow=True)
    assert response.redirect_chain == [(address(entry), 302)]
    assert "บันทึกร่างแล้ว" in response.content.decode()


def test_an_emptied_draft_is_none_and_its_revisions_go_on(client, entry, officer):
    save(client, entry, {"results": "ก"})
    assert save(client, entry, {"results": " "}, 1, **JSON).json()["revision"] == 2
    assert slot(entry, officer).draft is None
    assert slot(entry, officer).state == "missing"
    assert save(client, entry, {"results": "ข"}, 1, **JSON).status_code == 409


def test_the_same_text_again_is_no_change(client, entry, officer):
    save(client, entry, {"results": "ก"})
    assert save(client, entry, {"results": "ก"}, 1, **JSON).json()["revision"] == 1


def test_who_saves_second_sees_both(client, entry, officer):
    colleague = make.make_user("officer", full_name="เพื่อนร่วมงาน")
    intake.save_answers(entry, "monthly-report", {"results": "ของเพื่อน", "obstacles": "ฝน"}, by=colleague, period=MONTH)
    assert save(client, entry, {"results": "ของเรา"}, **JSON).status_code == 409
    response = save(client, entry, {"results": "ของเรา"})
    page = response.content.decode()
    assert response.status_code == 409
    assert Answers.objects.get().data["results"] == "ของเพื่อน"
    assert "เพื่อนร่วมงาน" in page
    assert "\nของเรา</textarea>" in page
    assert page.count("อีกฝ่ายกรอกว่า:") == 2
    assert "ของเพื่อน" in page
    assert 'name="revision" value="1"' in page
    assert save(client, entry, {"results": "ของเรา"}, 1).status_code == 302


def test_a_save_whose_answer_was_lost_is_no_conflict_when_it_is_tried_again(client, entry, officer):
    page = {"page": "a" * 32}
    first = sent({"results": "ก"}) | page | {"turn": 1}

    def post(data):
        return client.post(address(entry, "form-draft"), data, **JSON)

    assert post(first).json()["revision"] == 1
    assert post(first).json()["revision"] == 1, "the same again"
    assert post(sent({"results": "กข"}) | page | {"turn": 2}).json()["revision"] == 2
    assert post(first).status_code == 409, "late, and overtaken by what came after it"
    undone = sent({"results": "กข"}, 2) | page | {"turn": 4}
    assert post(undone).json()["revision"] == 2
    assert post(sent({"results": "กขค"}, 2) | page | {"turn": 3}).status_code == 409, "late, and undone since"
    intake.save_answers(entry, "monthly-report", {"results": "ค"}, by=officer, period=MONTH, revision=2)  # another tab
    assert post(sent({"results": "กขค"}) | page | {"turn": 5}).status_code == 409
    for unreadable in ("", "undefined", "-1"):
        assert post({"revision": unreadable, "answer.results": "ง"}).status_code == 409
    assert Answers.objects.get().data == {"results": "ค"}


def test_what_was_written_in_fields_that_the_criteria_dropped_is_not_lost(client, entry, officer):
    save(client, entry, REPORT)
    text = entry.round.edition.text.replace("{code: results, title", "{code: outcome, title")
    entry.round.edition = make.make_edition(text)
    entry.round.save()
    page = client.get(address(entry)).content.decode()
    assert page.count("ซ่อมเครื่อง 12 เครื่อง") == 1
    assert 'name="answer.outcome" id="answer.outcome"' in page
    save(client, entry, {"outcome": "ใหม่"}, 1)
    assert Answers.objects.get().data == {"outcome": "ใหม่", "results": REPORT["results"]}


def test_whoever_has_to_log_in_first_is_led_back_to_the_form(client, entry):
    door = client.post(address(entry, "form-hand-in"), sent(REPORT))
    assert "/accounts/login/" in door.url
    client.force_login(make.make_user("officer"))
    for name in ("form-hand-in", "form-draft"):
        assert client.get(address(entry, name)).url == address(entry)


def test_a_draft_has_bounds_and_holds_nothing_unprintable(client, entry, officer):
    save(client, entry, {"results": "ก\x00\x0bข\r\nค"})
    assert Answers.objects.get().data == {"results": "กข\nค"}
    response = save(client, entry, {"results": "ก" * 500_001}, 1, **JSON)
    assert response.status_code == 422
    assert "500,000" in str(response.json())


# Handing in


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
    line = "{code: office, title: {th: หน่วยงาน, en: Office}, kind: line, begins: office}"
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
    again = client.get(address(entry, form="all", period="")).content.decode()
    assert 'value="20/11/2566"' in again
    assert 'value="b" checked' in again


# Who may


def test_a_judge_reads_and_fills_in_nothing(client, entry, officer):
    hand_in(client, entry)
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    client.force_login(judge)
    assert client.get(address(entry)).status_code == 403
    assert save(client, entry, REPORT).status_code == 403
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
