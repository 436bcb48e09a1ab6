"""Pages where offices hand in: what is taken, what is refused and how it is told, and who may."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from submissions import intake
from submissions.models import Evidence
from submissions.pages.evidence_files import PREVIEWED
from tests import factories as make

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def entry():
    return make.make_entry(make.make_round(), make.make_office())


@pytest.fixture
def officer(client, entry):
    """Logged in for the entry's office."""
    user = make.make_user("officer")
    client.force_login(user)
    return user


def add(client, entry, requirement="1.1.report", *, htmx=False, **fields):
    fields = {"requirement": requirement, "period": "", **fields}
    return client.post(reverse("evidence-add", args=[entry.pk]), fields, **(HTMX if htmx else {}))


def enter(client, entry, criterion, *, htmx=False, **amounts):
    address = reverse("values-enter", args=[entry.pk])
    return client.post(address, {"criterion": criterion, **amounts}, **(HTMX if htmx else {}))


def text_of(response) -> str:
    return response.content.decode()


# Handing in


def test_a_file_is_taken_and_people_return_to_its_slot(client, entry, officer):
    response = add(client, entry, upload=make.make_upload("pdf", name="รายงาน น้ำใจ.pdf"), note="ฉบับลงนาม")
    evidence = Evidence.objects.get()
    assert response.status_code == 302
    assert response["Location"] == reverse("criterion", args=[entry.pk, "1.1"]) + "#slot-1-1-report"
    assert (evidence.original_name, evidence.note, evidence.status) == ("รายงาน น้ำใจ.pdf", "ฉบับลงนาม", "submitted")
    assert evidence.submitted_by == officer
    assert "รายงาน น้ำใจ.pdf" in text_of(client.get(response["Location"]))


def test_by_htmx_the_slot_comes_back_alone_and_the_score_is_asked_to_follow(client, entry, officer):
    response = add(client, entry, upload=make.make_upload(), htmx=True)
    assert response.status_code == 200
    assert response["HX-Trigger"] == "facts-changed"
    assert text_of(response).lstrip().startswith('<section class="slot slot-submitted" id="slot-1-1-report"')


def test_channels_of_what_came_back_are_said_not_to_count(client, entry, officer):
    address = reverse("criterion", args=[entry.pk, "4.2"])
    make.make_evidence(entry, "4.2.publicity", "2023-07", channels=["facebook", "line"])
    page = client.get(address).content.decode()
    assert "ช่องทางที่ระบุ 2 ช่องทาง" in page
    assert "หลักฐานที่ถูกส่งคืนไม่นับ" not in page
    entry.evidence.update(status="returned", return_reason="ภาพไม่ชัด")
    page = client.get(address).content.decode()
    assert "ช่องทางที่ระบุ 0 ช่องทาง" in page
    assert page.count("หลักฐานที่ถูกส่งคืนไม่นับ") == 1


def test_a_link_with_its_channels_is_taken(client, entry, officer):
    fields = {"url": "https://www.facebook.com/krabi/1", "channels": ["facebook", "line"], "period": "2023-07"}
    assert add(client, entry, "4.2.publicity", **fields).status_code == 302
    evidence = Evidence.objects.get()
    assert (evidence.period, evidence.channels) == ("2023-07", ["facebook", "line"])


@pytest.mark.parametrize("htmx", [False, True])
def test_all_faults_are_told_at_once_and_nothing_typed_is_lost(client, entry, officer, htmx):
    fields = {"period": "2023-07", "note": "หมายเหตุที่พิมพ์ไว้", "upload": make.make_upload(content=b"no pdf at all")}
    response = add(client, entry, "4.2.publicity", htmx=htmx, **fields)
    page = text_of(response)
    assert response.status_code == 422
    assert "ระบบไม่รับไฟล์ชนิดนี้" in page
    assert "ระบุช่องทางที่เผยแพร่" in page
    assert "กรุณาเลือกไฟล์อีกครั้ง" in page
    assert "หมายเหตุที่พิมพ์ไว้" in page
    assert page.count("<html") == (0 if htmx else 1)
    assert not Evidence.objects.exists()


def test_of_a_file_and_a_link_one_is_to_be_left_and_the_link_says_so(client, entry, officer):
    response = add(client, entry, upload=make.make_upload(), url="https://www.example.org/1")
    page = text_of(response)
    assert response.status_code == 422
    assert "กรอกทั้งไฟล์และลิงก์ กรุณาเหลือเพียงอย่างเดียว" in page
    assert "เลือกไฟล์ หรือกรอกลิงก์" not in page


def test_faults_are_told_in_english_too(client, entry, officer):
    client.cookies["django_language"] = "en"
    page = text_of(add(client, entry))
    assert "Choose a file or give a link: one of the two." in page
    assert "Not saved yet" in page


def test_limits_are_round_and_the_list_of_faults_names_fields_by_themselves(client, entry, officer):
    page = text_of(add(client, entry, url="nowhere"))
    assert "50\xa0MB" in page
    assert "1\xa0GB" in page
    assert re.search(r'<li>\s*<a href="#[^"]+">ลิงก์</a>\s*</li>', page)
    assert re.search(r"<label [^>]+>หรือลิงก์</label>", page)


def test_an_empty_file_is_refused_with_its_reason(client, entry, officer):
    response = add(client, entry, upload=make.make_upload(content=b""))
    assert response.status_code == 422
    assert not Evidence.objects.exists()


def test_the_same_file_sent_twice_is_kept_once_and_said_so(client, entry, officer):
    add(client, entry, upload=make.make_upload())
    response = add(client, entry, upload=make.make_upload(), htmx=True)
    assert Evidence.objects.count() == 1
    assert "ระบบไม่เก็บซ้ำ" in text_of(response)


@pytest.mark.parametrize("is_refused", [False, True])
def test_of_several_files_each_is_told_by_what_became_of_it(client, entry, officer, is_refused):
    add(client, entry, upload=make.make_upload())
    known = Evidence.objects.get()
    again, twice = make.make_upload(name="<b>อีกครั้ง.pdf"), make.make_upload("png", "สองหน.png")
    sent = [again, make.make_upload("png"), twice, *[make.make_upload("docx", content=b"")] * is_refused]
    response = add(client, entry, upload=sent)
    page = text_of(response if is_refused else client.get(response["Location"]))
    new = Evidence.objects.exclude(pk=known.pk).get()
    receipts = [f'<a href="{reverse("receipt", args=[one.pk])}">ใบรับเลขที่ {one.receipt}</a>' for one in (known, new)]
    assert "ส่งแล้ว 1 ไฟล์ รอตรวจ: " in page
    assert f"“&lt;b&gt;อีกครั้ง.pdf” ส่งไว้แล้ว ระบบไม่เก็บซ้ำ {receipts[0]}" in page
    assert f"“สองหน.png” ส่งไว้แล้ว ระบบไม่เก็บซ้ำ {receipts[1]}" in page


def test_of_several_files_that_were_all_handed_in_before_none_is_told_as_new(client, entry, officer):
    both = [make.make_upload(), make.make_upload("png")]
    for said in ("ส่งแล้ว 2 ไฟล์", "ระบบไม่เก็บซ้ำ <a "):
        page = text_of(add(client, entry, upload=both, htmx=True))
        assert said in page
        for one in both:
            one.seek(0)
    assert "ส่งแล้ว" not in page


def test_returning_to_the_criterion_people_came_from_where_two_read_one_requirement(client, entry, officer):
    response = add(client, entry, "4.1.document", upload=make.make_upload(), criterion="4.1.2")
    assert response["Location"].startswith(reverse("criterion", args=[entry.pk, "4.1.2"]))
    response = add(client, entry, "4.1.document", upload=make.make_upload("docx"), criterion="1.1")
    assert response["Location"].startswith(reverse("criterion", args=[entry.pk, "4.1.1"]))


@pytest.mark.parametrize(("requirement", "period"), [("9.9", ""), ("4.2.publicity", "2023-13"), ("1.1.report", "q2")])
def test_a_slot_that_the_scheme_does_not_have_is_not_found(client, entry, officer, requirement, period):
    assert add(client, entry, requirement, period=period, url="https://a.example.org/").status_code == 404


def test_what_central_staff_record_an_office_does_not_hand_in(client, entry, officer):
    response = add(client, entry, "1.4.workshop", url="https://a.example.org/")
    assert response.status_code == 403
    assert "ส่วนกลาง" in text_of(response)


def test_a_closed_round_takes_nothing(client, entry, officer):
    entry.round.is_closed = True
    entry.round.save()
    assert add(client, entry, url="https://a.example.org/").status_code == 403
    assert enter(client, entry, "2.2.1", **{"2.2.1.updated": "9"}).status_code == 403
    assert not Evidence.objects.exists()


# Replacing and withdrawing


def test_what_was_returned_is_replaced(client, entry, officer):
    returned = make.make_evidence(entry, status="returned")
    fields = {"url": "https://new.example.org/", "revision": returned.revision}
    response = client.post(reverse("evidence-replace", args=[returned.pk]), fields)
    assert response.status_code == 302
    assert Evidence.objects.get(replaces=returned).url == "https://new.example.org/"


def test_what_was_replaced_says_by_what_and_is_not_withdrawn(client, entry, officer):
    returned = make.make_evidence(entry, status="returned")
    new = make.make_evidence(entry, replaces=returned, submitted_at=make.at("2023-02-25"))
    page = text_of(client.get(reverse("criterion", args=[entry.pk, "1.1"])))
    card = page[page.index(f'id="evidence-{returned.pk}"') :].partition("</li>")[0]
    assert "ส่งแทนแล้ว" in card
    assert f'ส่งแทนด้วย: <a href="#evidence-{new.pk}">{new.title}</a>' in " ".join(card.split())
    assert "status-returned" not in card
    assert returned.return_reason in card
    assert "<form" not in card
    assert reverse("evidence-withdraw", args=[new.pk]) in page
    response = client.post(reverse("evidence-withdraw", args=[returned.pk]), {"revision": returned.revision})
    assert response.status_code == 403
    assert "มีการส่งแทนแล้ว" in text_of(response)
    returned.refresh_from_db()
    assert returned.status == Evidence.Status.RETURNED


def test_what_was_replaced_and_accepted_after_all_is_shown_as_accepted(client, entry, officer):
    first = make.make_evidence(entry, status="accepted")
    make.make_evidence(entry, replaces=first, submitted_at=make.at("2023-02-25"))
    page = text_of(client.get(reverse("criterion", args=[entry.pk, "1.1"])))
    card = page[page.index(f'id="evidence-{first.pk}"') :].partition("</li>")[0]
    assert "status-accepted" in card
    assert "ส่งแทนด้วย" in card


def test_replacing_what_somebody_changed_meanwhile_says_who_and_keeps_what_was_typed(client, entry, officer):
    judge = make.make_user("judge", full_name="กรรมการสมใจ")
    entry.round.judges.add(judge)
    evidence = make.make_evidence(entry)
    from submissions import intake

    intake.review_evidence(evidence, by=judge, accept=False, reason="ไม่มีลายมือชื่อ")
    fields = {"url": "https://new.example.org/", "note": "แก้แล้ว", "revision": evidence.revision}
    response = client.post(reverse("evidence-replace", args=[evidence.pk]), fields)
    page = text_of(response)
    assert response.status_code == 409
    assert "กรรมการสมใจ" not in page, "to an office the committee is one"
    assert "คณะกรรมการ" in page
    assert "ไม่มีลายมือชื่อ" in page
    assert "https://new.example.org/" in page
    assert "แก้แล้ว" in page
    assert not Evidence.objects.filter(replaces=evidence).exists()


def test_evidence_is_withdrawn_and_stays_on_record(client, entry, officer):
    evidence = make.make_evidence(entry)
    response = client.post(reverse("evidence-withdraw", args=[evidence.pk]), {"revision": evidence.revision})
    evidence.refresh_from_db()
    assert response.status_code == 302
    assert evidence.status == Evidence.Status.WITHDRAWN


def test_withdrawing_what_somebody_changed_meanwhile_is_a_conflict(client, entry, officer):
    evidence = make.make_evidence(entry)
    Evidence.objects.filter(pk=evidence.pk).update(revision=7)
    response = client.post(reverse("evidence-withdraw", args=[evidence.pk]), {"revision": "1"})
    assert response.status_code == 409
    assert Evidence.objects.get().status == "submitted"


def test_accepted_evidence_is_not_withdrawn_by_the_office(client, entry, officer):
    evidence = make.make_evidence(entry, status="accepted")
    assert client.post(reverse("evidence-withdraw", args=[evidence.pk])).status_code == 403


# Who may


def addresses(entry, evidence):
    return [
        reverse("evidence-add", args=[entry.pk]),
        reverse("values-enter", args=[entry.pk]),
        reverse("evidence-replace", args=[evidence.pk]),
        reverse("evidence-withdraw", args=[evidence.pk]),
    ]


def test_nothing_is_changed_by_a_link(client, entry, officer):
    for address in addresses(entry, make.make_evidence(entry)):
        answer = client.get(address)
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
        assert "กรุณากดย้อนกลับ" in answer.content.decode()  # whoever had to log in after sending is led here


def test_a_form_from_elsewhere_is_not_taken(entry):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.make_user("officer"))
    for address in addresses(entry, make.make_evidence(entry)):
        assert client.post(address, {"requirement": "1.1.report"}).status_code == 403


def test_another_offices_entry_is_not_there(client, officer):
    foreign = make.make_entry()
    evidence = make.make_evidence(foreign, kind="pdf")
    data = {"requirement": "1.1.report", "criterion": "3.4", "url": "https://a.example.org/"}
    for address in addresses(foreign, evidence):
        assert client.post(address, data).status_code == 404
    assert client.get(reverse("evidence-file", args=[evidence.pk])).status_code == 404


def test_nobody_is_let_in_without_a_login(client, entry):
    evidence = make.make_evidence(entry, kind="pdf")
    for address in [*addresses(entry, evidence), reverse("evidence-file", args=[evidence.pk])]:
        assert client.get(address).status_code in (302, 405)
        assert client.post(address).status_code in (302, 405)


def test_a_judge_reads_and_hands_in_nothing(client, entry):
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    client.force_login(judge)
    response = add(client, entry, url="https://a.example.org/")
    assert response.status_code == 403
    assert client.get(reverse("evidence-file", args=[make.make_evidence(entry, kind="pdf").pk])).status_code == 200


# Its forms, which a page of many slots fetches when they are opened


def form_of(client, entry, form, requirement="1.1.report"):
    address = reverse("slot", args=[entry.pk])
    return client.get(address, {"requirement": requirement, "period": "", "form": form}, **HTMX)


def test_a_form_is_fetched_alone_and_no_fact_is_said_to_have_changed(client, entry, officer):
    evidence = make.make_evidence(entry)
    for form, place in (("new", "evidence-add"), (str(evidence.pk), "evidence-replace")):
        response = form_of(client, entry, form)
        page = text_of(response)
        assert page.count("<form") == 1
        action = reverse(place, args=[entry.pk if form == "new" else evidence.pk])
        assert f'action="{action}"' in page
        assert "HX-Trigger" not in response


@pytest.mark.parametrize("form", ["", "nonsense", "0", "999999999999999999999"])
def test_there_is_no_form_for_what_does_not_lie_there(client, entry, officer, form):
    assert form_of(client, entry, form).status_code == 404
    elsewhere = make.make_evidence(entry, "1.4.report")
    assert form_of(client, entry, str(elsewhere.pk)).status_code == 404


def test_who_may_not_hand_in_fetches_no_form(client, entry, officer):
    foreign = make.make_entry()
    assert form_of(client, foreign, "new").status_code == 404
    entry.round.is_closed = True
    entry.round.save()
    assert form_of(client, entry, "new").status_code == 403


# Files


def test_a_file_is_downloaded_under_its_own_name_and_can_do_nothing(client, entry, officer):
    evidence = make.make_evidence(entry, kind="pdf")
    response = client.get(reverse("evidence-file", args=[evidence.pk]))
    assert b"".join(response.streaming_content) == make.file_bytes("pdf")
    assert response["Content-Type"] == "application/pdf"
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert unquote(disposition).endswith(evidence.original_name)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("kind", list(make.FILES))
def test_only_what_is_safe_in_a_page_is_shown_in_one(client, entry, officer, kind):
    evidence = make.make_evidence(entry, kind=kind)
    response = client.get(reverse("evidence-file", args=[evidence.pk]), {"inline": "1"})
    shown = response["Content-Disposition"].startswith("inline")
    assert shown == (evidence.content_type in PREVIEWED)
    assert "sandbox" in response["Content-Security-Policy"]
    response.close()


@override_settings(X_ACCEL=True)
def test_behind_the_proxy_the_proxy_sends_the_file(client, entry, officer):
    evidence = make.make_evidence(entry, kind="pdf")
    response = client.get(reverse("evidence-file", args=[evidence.pk]))
    assert response["X-Accel-Redirect"] == f"/protected/{evidence.file.name}"
    assert response.content == b""


def test_a_link_has_no_file(client, entry, officer):
    assert client.get(reverse("evidence-file", args=[make.make_evidence(entry).pk])).status_code == 404


# Cost


@pytest.mark.parametrize("htmx", [False, True])
def test_handing_in_costs_the_same_however_much_is_there(client, entry, officer, htmx, django_assert_max_num_queries):
    counts = []
    for number in (1, 3):
        for each in range(number):
            make.make_evidence(entry, submitted_at=make.NOW - timedelta(days=each))
        with django_assert_max_num_queries(40) as seen:
            add(client, entry, url=f"https://a.example.org/{number}", htmx=htmx)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_office_reads_the_checklist_before_and_what_was_ticked_after(client, entry, officer):
    slot = make.make_evidence(entry, "3.1.plan")
    client.force_login(officer)
    page = reverse("criterion", args=[entry.pk, "3.1"])
    assert "ผู้ตรวจจะดูว่ามีครบ:" in client.get(page).content.decode()
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    intake.review_evidence(slot, by=judge, accept=True, ticked=["อินเทอร์เน็ต"])
    told = "ตรวจตามรายการ: มี 1 จาก 3 ข้อ ยังขาด: การป้องกันไวรัส, การให้บริการ"
    for address in (page, reverse("deeds", args=[entry.pk]), reverse("thread", args=[entry.pk, "3.1.plan"])):
        assert told in client.get(address).content.decode(), address
