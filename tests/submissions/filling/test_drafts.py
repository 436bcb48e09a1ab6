"""Drafts save themselves: as they were typed, and over nobody else's."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from scoring import engine
from submissions import intake
from submissions.models import Answers, Event, Evidence
from submissions.pages.form_page import ShownField
from tests import factories as make
from tests.markup import flat
from tests.submissions.documents.test_filled_forms import MONTH, REPORT

from .asking import JSON, address, save, sent, slot

pytestmark = pytest.mark.django_db


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
    page = flat(client.get(address(entry)).content.decode())
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
    assert "เพราะหมดเวลาเข้าสู่ระบบ" in client.get(address(entry)).content.decode()


def test_a_draft_has_bounds_and_holds_nothing_unprintable(client, entry, officer):
    save(client, entry, {"results": "ก\x00\x0bข\r\nค"})
    assert Answers.objects.get().data == {"results": "กข\nค"}
    response = save(client, entry, {"results": "ก" * 500_001}, 1, **JSON)
    assert response.status_code == 422
    assert "500,000" in str(response.json())


def test_who_saves_second_takes_over_what_was_not_touched_here(client, entry, officer):
    save(client, entry, {"results": "หนึ่ง"})
    colleague = make.make_user("officer", full_name="เพื่อนร่วมงาน")
    theirs = {"results": "ของเพื่อน", "remedies": "ของเพื่อน"}
    intake.save_answers(entry, "monthly-report", theirs, by=colleague, period=MONTH, revision=1)
    mine = sent({"results": "หนึ่ง", "obstacles": "ของฉัน"}, 1) | {"untouched": "answer.results answer.remedies"}
    page = client.post(address(entry, "form-draft"), mine).content.decode()
    assert page.count("ของเพื่อน</textarea>") == 2
    assert "ของฉัน</textarea>" in page
    assert "หนึ่ง</textarea>" not in page


def test_a_colleague_s_words_beside_an_option_are_shown_as_written(client, entry, officer):
    form = entry.round.scheme.forms["innovation-checklist"]
    field = next(one for one in form.fields if one.kind == "choice" and one.options[-1].words)
    key, code = engine.words_key(field.code, field.options[-1].code), field.options[0].code
    line = ShownField(field, {key: "ของฉัน"}, {}, {key: code}, {key}, ())
    assert [choice.words.other for choice in line.choices if choice.words] == [code]


def test_a_colleague_s_choice_is_told_with_its_words(client, entry, officer):
    colleague = make.make_user("officer", full_name="เพื่อนร่วมงาน")
    theirs = {"kind": "other", engine.words_key("kind", "other"): "คำของเพื่อน"}
    intake.save_answers(entry, "innovation-checklist", theirs, by=colleague)
    place = reverse("form-draft", args=[entry.pk, "innovation-checklist"])
    page = client.post(place, {"answer.kind": "service", "revision": 0}).content.decode()
    assert "อื่น ๆ: คำของเพื่อน" in page


def test_what_only_one_of_two_wrote_asks_for_no_decision(client, entry, officer):
    save(client, entry, {"results": "หนึ่ง", "remedies": "หนึ่ง"})
    colleague = make.make_user("officer", full_name="เพื่อนร่วมงาน")
    theirs = {"results": "หนึ่ง", "remedies": "ของเพื่อน"}
    intake.save_answers(entry, "monthly-report", theirs, by=colleague, period=MONTH, revision=1)
    before = {"before": urlencode({"answer.results": "หนึ่ง", "answer.remedies": "หนึ่ง", "answer.obstacles": ""})}
    mine = sent({"results": "ของฉัน", "remedies": "ของฉัน", "obstacles": "ของฉัน"}, 1)
    for known, notes in ((before, 1), ({"before": "%ff&&=;x"}, 2), ({}, 3)):
        page = client.post(address(entry, "form-draft"), mine | known).content.decode()
        assert page.count("ของฉัน</textarea>") == 3
        assert page.count('class="fill-other"') == notes
        assert f'data-touched="{" ".join(f"answer.{one}" for one in ("results", "obstacles", "remedies"))}"' in page


def test_words_that_a_colleague_changed_are_told_where_another_option_hides_them(client, entry, officer):
    words, place = engine.words_key("kind", "other"), reverse("form-draft", args=[entry.pk, "innovation-checklist"])
    intake.save_answers(entry, "innovation-checklist", {"kind": "other", words: "ก"}, by=officer)
    theirs = {"kind": "other", words: "คำใหม่ของเพื่อน"}
    colleague = make.make_user("officer", full_name="เพื่อนร่วมงาน")
    intake.save_answers(entry, "innovation-checklist", theirs, by=colleague, revision=1)
    before = urlencode({"answer.kind": "other", f"answer.{words}": "ก"})
    mine = {"answer.kind": "service", f"answer.{words}": "ก", "revision": 1, "before": before}
    assert "อื่น ๆ: คำใหม่ของเพื่อน" in client.post(place, mine).content.decode()


def test_a_draft_that_was_emptied_is_not_said_to_be_handed_in(client, entry, officer):
    intake.hand_in_answers(entry, "monthly-report", REPORT, by=officer, period=MONTH, at=make.at("2023-07-01"))
    colleague = make.make_user("officer", full_name="เพื่อนร่วมงาน")
    for number, data in enumerate(({"results": "ของเพื่อน"}, {}), 1):
        intake.save_answers(entry, "monthly-report", data, by=colleague, period=MONTH, revision=number)
    page = client.post(address(entry, "form-draft"), sent({"results": "ของฉัน"}, 2)).content.decode()
    assert "บันทึกโดย เพื่อนร่วมงาน" in page
    assert "ส่งแล้วโดย" not in page


def test_a_conflict_with_what_was_handed_in_says_so(client, entry, officer):
    colleague = make.make_user("officer", full_name="เพื่อนร่วมงาน")
    evidence = intake.hand_in_answers(entry, "monthly-report", REPORT, by=colleague, period=MONTH)
    page = client.post(address(entry, "form-draft"), sent({"results": "ของฉัน"})).content.decode()
    assert f"ส่งแล้วโดย เพื่อนร่วมงาน เมื่อ 10 ก.ค. 2566 10:00 น. (ใบรับเลขที่ {evidence.receipt})" in page


def test_the_form_says_why_it_came_back(client, entry, officer):
    evidence = intake.hand_in_answers(entry, "monthly-report", REPORT, by=officer, period=MONTH)
    intake.review_evidence(evidence, by=make.make_user("staff"), accept=False, reason="ขาดผลเชิงตัวเลข")
    assert "ขาดผลเชิงตัวเลข" in client.get(address(entry, "form")).content.decode()
    intake.hand_in_answers(entry, "monthly-report", REPORT | {"results": "ครบ"}, by=officer, period=MONTH)
    assert "ขาดผลเชิงตัวเลข" not in client.get(address(entry, "form")).content.decode()


def test_offices_are_not_told_who_of_central_staff_saved_it(client, entry, officer):
    staff = make.make_user("staff", full_name="ชื่อ ส่วนกลาง")
    intake.save_answers(entry, "monthly-report", REPORT, by=staff, period=MONTH)
    page = client.post(address(entry, "form-draft"), sent({"results": "ของฉัน"})).content.decode()
    assert "บันทึกโดย ส่วนกลาง" in page
    assert "ชื่อ ส่วนกลาง" not in page


def test_words_beside_no_choice_are_no_less_kept_after_an_unheard_form(entry, officer):
    form = entry.round.scheme.forms["innovation-checklist"]
    typed = {"line": "ก", "text": "ก", "number": "1", "date": "2023-06-01", "phone": "075611234", "email": "a@b.go.th"}
    plain = {
        one.code: next(option.code for option in one.options if not option.words) for one in form.fields if one.options
    }
    answers = {
        one.code: [plain[one.code]] if one.kind == "choices" else plain.get(one.code) or typed[one.kind]
        for one in form.fields
    }
    sent_by = {"by": officer, "page": "a" * 32}
    intake.hand_in_answers(entry, form.code, answers, revision=0, turn=2, **sent_by)
    assert intake.save_answers(entry, form.code, answers, revision=0, turn=3, **sent_by).data == {}
    key = engine.words_key("kind", "other")
    kept = intake.save_answers(entry, form.code, answers | {key: "เขียนทีหลัง"}, revision=1, turn=4, **sent_by)
    assert kept.data[key] == "เขียนทีหลัง"
