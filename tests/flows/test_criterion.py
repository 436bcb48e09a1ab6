"""A criterion of many months: how each stands is seen at a glance; one is unfolded, and what would be is tried out."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from scoring.recompute import rescore
from submissions import intake
from submissions.models import Event, Evidence
from tests import factories as make

from .conftest import ON_A_PHONE, SCREENS
from .waiting import until

pytestmark = pytest.mark.browser
MAY, JULY = "#slot-4-2-publicity-2023-05", "#slot-4-2-publicity-2023-07"


@SCREENS
def test_what_would_be_is_tried_out_and_changes_nothing(open_page, krabi, officer, screen):
    make.make_evidence(krabi, "4.2.committee", status="submitted")
    make.make_evidence(krabi, "4.2.publicity", "2023-05", status="accepted", submitted_at=make.at("2023-05-10"))
    rescore([krabi.pk])
    page = open_page(officer, screen=screen)
    address = reverse("criterion", args=[krabi.pk, "4.2"])
    page.goto(address)
    expect(page.locator(".slot-head")).to_have_count(9)
    may, july = page.locator(f"{MAY} .slot-head"), page.locator(f"{JULY} .slot-head")
    expect(may).to_contain_text("ตรวจรับแล้ว")
    expect(page.locator(f"{JULY} .hand-in")).to_be_visible()
    expect(page.locator(f"{MAY} .papers")).to_be_hidden()
    is_beside = "tile => tile.getBoundingClientRect().width < tile.parentElement.parentElement.clientWidth / 1.5"
    assert page.locator(MAY).evaluate(is_beside)
    may.press("Enter")
    expect(page.locator(f"{MAY} .papers")).to_be_visible()
    assert not page.locator(MAY).evaluate(is_beside), "it opens in place, as wide as all of them"
    expect(page.locator("#next-points")).to_contain_text("รอตรวจรับ")
    assert page.locator(".strip").bounding_box()["height"] <= 48, "one line, whatever waits"

    form = page.locator("#simulation")
    form.locator("summary").press("Enter")
    form.get_by_role("checkbox", name="คำสั่งแต่งตั้ง").check()
    form.locator("form button").press("Enter")
    result = form.locator("#simulation-result")
    expect(result).to_contain_text("ยังไม่ใช่คะแนนจริง")
    expect(result.locator("tbody tr").first.locator("td.gain")).to_have_text("+2")
    expect(result.locator(".notice")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
    page.reload()
    expect(result.locator("td.gain").first).to_have_text("+2")
    expect(page.locator("[data-points=criterion]")).to_contain_text("0 / ")
    assert Evidence.objects.get(requirement="4.2.committee").status == "submitted"
    assert not Event.objects.exists()

    # What is really handed in meanwhile shows at a glance, and can be supposed to be accepted.
    slot = page.locator(JULY)
    slot.locator(".hand-in > summary").click()
    slot.get_by_label("Facebook").check()
    slot.locator("[name=url]").fill("https://krabi.example.org/july")
    slot.locator(".hand-in form button.btn-primary").click()
    expect(july).to_contain_text("รอตรวจรับ")
    expect(form.get_by_role("checkbox", name="krabi.example.org/july")).to_be_visible()
    expect(form.get_by_role("checkbox", name="คำสั่งแต่งตั้ง")).to_be_checked()


def test_a_trial_that_is_open_stays_open_when_its_facts_arrive_late(open_page, krabi, officer):
    committee = make.make_evidence(krabi, "4.2.committee", status="submitted")
    rescore([krabi.pk])
    page, held = open_page(officer), []
    page.goto(reverse("criterion", args=[krabi.pk, "4.2"]))
    page.route("**/criteria/4.2/simulation/**", lambda route: held.append(route))
    slot = page.locator(JULY)
    slot.locator(".hand-in > summary").click()
    slot.get_by_label("Facebook").check()
    slot.locator("[name=url]").fill("https://krabi.example.org/july")
    slot.locator(".hand-in form button.btn-primary").click()
    until(page, lambda: held, "the trial asks for what moved")
    expect(slot.locator(".notice")).to_be_focused()
    trial = page.locator("#simulation")
    trial.locator("summary").press("Enter")
    trial.get_by_role("checkbox", name="คำสั่งแต่งตั้ง").press("Space")
    held.pop().continue_()
    july = trial.get_by_role("checkbox", name="krabi.example.org/july")
    expect(july).to_be_visible()
    expect(trial.get_by_role("checkbox", name="คำสั่งแต่งตั้ง")).to_be_checked()
    expect(trial.locator(f"[value='{committee.pk}']")).to_be_focused()


def test_a_trial_follows_an_amount_that_is_entered_for_the_first_time_and_stays_shut(open_page, krabi, officer):
    page = open_page(officer)
    page.goto(reverse("criterion", args=[krabi.pk, "3.4"]))
    page.locator("#values [name='3.4.news.2023-07']").fill("12")
    with page.expect_response("**/simulation/**"):
        page.locator("#values button.btn-primary").click()
    trial = page.locator("#trial")
    expect(trial.locator("[name='value.3.4.news.2023-07']")).to_have_value("12")
    assert trial.get_attribute("open") is None


def test_one_button_hands_in_and_the_other_shuts_the_form(open_page, krabi, officer):
    page = open_page(officer)
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    toggle = page.locator("#slot-1-1-report .hand-in > summary")
    shut = toggle.evaluate("(one) => getComputedStyle(one).backgroundColor")
    toggle.click()
    expect(toggle).to_have_text("ยกเลิก", use_inner_text=True)
    page.mouse.move(0, 0)
    expect(toggle).not_to_have_css("background-color", shut)
    expect(page.get_by_text("ส่ง", exact=True).and_(page.locator("button, summary"))).to_have_count(1)
    toggle.click()
    expect(page.locator("#slot-1-1-report-upload")).to_be_hidden()
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]) + "#slot-1-1-report")
    expect(page.locator("#slot-1-1-report-upload")).to_be_visible()  # who comes for it need not ask again


def test_a_trial_whose_line_broke_asks_again(open_page, krabi, officer):
    page = open_page(officer, refused=[502])
    page.goto(reverse("criterion", args=[krabi.pk, "4.2"]))
    page.route("**/criteria/4.2/simulation/**", lambda route: route.fulfill(status=502), times=1)
    slot = page.locator(JULY)
    slot.locator(".hand-in > summary").click()
    slot.get_by_label("Facebook").check()
    slot.locator("[name=url]").fill("https://krabi.example.org/july")
    slot.locator(".hand-in form button.btn-primary").click()
    expect(slot.locator(".notice")).to_be_focused()  # from now on the keyboard stays where it is put
    page.locator("#simulation summary").press("Enter")
    july = page.locator("#simulation").get_by_role("checkbox", name="krabi.example.org/july")
    expect(july).to_be_visible(timeout=15_000)  # it asks again after 4 s


STATES = {  # of each month's report: the state, its word, the last day
    "2023-02": ("accepted", "ตรวจรับแล้ว", "28 ก.พ. 2566"),
    "2023-03": ("returned", "ส่งคืนแก้ไข", "31 มี.ค. 2566"),
    "2023-04": ("submitted", "รอตรวจรับ", "30 เม.ย. 2566"),
    "2023-05": ("late", "เลยกำหนด", "31 พ.ค. 2566"),
    "2023-06": ("draft", "ร่าง", "15 ส.ค. 2566"),
    "2023-07": ("missing", "ยังไม่ส่ง", "31 ก.ค. 2566"),
}


@ON_A_PHONE
def test_each_month_says_how_it_stands(open_page, krabi, officer, screen):
    judge = make.make_user("judge")
    krabi.round.judges.add(judge)
    good, bad, slow = (
        make.make_evidence(krabi, "3.5.report", month, submitted_at=make.at(day, "23:59"))
        for month, day in (("2023-02", "2023-02-28"), ("2023-03", "2023-03-31"), ("2023-04", "2023-05-01"))
    )
    intake.review_evidence(good, by=judge, accept=True)
    intake.review_evidence(bad, by=judge, accept=False, reason="ขาดลายมือชื่อ")
    order = {"until": date(2023, 8, 15), "reason": "น้ำท่วม", "by": make.make_user("staff")}
    intake.grant_extension(krabi, requirement="3.5.report", period="2023-06", **order)
    intake.save_answers(krabi, "monthly-report", {"results": "ซ่อมเครื่อง"}, period="2023-06", by=officer)

    page = open_page(officer, screen=screen)
    page.goto(reverse("criterion", args=[krabi.pk, "3.5"]))
    for month, (state, word, day) in STATES.items():
        head = page.locator(f"#slot-3-5-report-{month} .slot-head")
        expect(head.locator(".status").first).to_have_class(f"status status-{state}")
        expect(head.locator(".status").first).to_have_text(word)
        expect(head).to_contain_text(f"ภายใน {day}")
    expect(page.locator(".paper-line .status-late")).to_have_text(["เลยกำหนดส่ง"])
    page.locator("#slot-3-5-report-2023-04 .slot-head").click()
    expect(page.locator(f"#evidence-{slow.pk} .status-late")).to_be_visible()
    expect(page.locator(".slot-head .status-extended")).to_have_text(["ขยายเวลาให้แล้ว"])
    page.locator(".slot-head", has_text="ขยายเวลาให้แล้ว").click()
    expect(page.get_by_text("ได้ขยายเวลาถึง 15 สิงหาคม 2566")).to_be_visible()
    expect(page.locator("#slot-3-5-report-2023-06")).to_contain_text("ร่าง: กรอกแล้ว 1 จาก 4")
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]


APRIL = "#slot-4-2-publicity-2023-04"
DROP = """(slot) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(window.file)], "มีนาคม.pdf"));
    for (const kind of ["dragover", "drop"])
        slot.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: data}));
}"""


@SCREENS
def test_the_forms_of_a_shut_slot_are_fetched_when_they_are_opened(open_page, krabi, officer, screen):
    sent = make.make_evidence(
        krabi, "4.2.publicity", "2023-05", status="submitted", url="https://krabi.example.org/may"
    )
    rescore([krabi.pk])
    page = open_page(officer, screen=screen)
    page.goto(reverse("criterion", args=[krabi.pk, "4.2"]))
    april, may = page.locator(APRIL), page.locator(MAY)
    expect(april.locator("form[data-upload]")).to_have_count(0)
    april.locator(".slot-head").press("Enter")
    april.locator(".hand-in > summary").press("Enter")
    april.get_by_label("Facebook").check()
    expect(april.locator(".hand-in > summary")).to_be_visible()
    april.locator("[name=url]").fill("https://krabi.example.org/april")
    april.locator(".hand-in form button.btn-primary").click()
    expect(april.locator(".paper")).to_contain_text("krabi.example.org/april")

    may.locator(".slot-head").click()
    may.locator(".paper-deeds summary").first.click()
    form = may.locator(f"form[data-replaces='{sent.pk}']")
    form.get_by_label("Facebook").check()
    form.locator("[name=url]").fill("https://krabi.example.org/may-again")
    form.locator("button.btn-primary").click()
    expect(may.locator(".paper").filter(has_text="may-again")).to_have_count(2)  # itself, and what it replaces
    assert Evidence.objects.get(replaces=sent).url == "https://krabi.example.org/may-again"
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]


def test_a_file_dropped_on_a_shut_slot_waits_in_the_form_that_it_fetches(open_page, krabi, officer):
    page = open_page(officer)
    page.goto(reverse("criterion", args=[krabi.pk, "4.2"]))
    page.evaluate("(bytes) => { window.file = bytes; }", list(make.file_bytes("pdf")))
    page.locator(APRIL).evaluate(DROP)
    file = page.locator(f"{APRIL} .hand-in input[type=file]").first
    expect(file).to_be_focused()
    assert file.evaluate("input => input.files[0].name") == "มีนาคม.pdf"


def test_who_comes_to_a_shut_slot_finds_its_form(open_page, krabi, officer):
    make.make_extension(krabi, "4.2.publicity", "2023-07-12", period="2023-06")  # which is the next to do, and open
    page = open_page(officer)
    page.goto(reverse("criterion", args=[krabi.pk, "4.2"]) + JULY)
    expect(page.locator(f"{JULY} .hand-in form [name=url]")).to_be_visible()


@ON_A_PHONE
def test_without_scripts_a_shut_slot_leads_to_the_page_of_its_form(open_page, krabi, officer, screen):
    page = open_page(officer, screen=screen, scripts=False)
    page.goto(reverse("criterion", args=[krabi.pk, "4.2"]))
    page.locator(f"{APRIL} .slot-head").click()
    page.locator(f"{APRIL} .hand-in > summary").click()
    page.locator(f"{APRIL} .hand-in a").click()
    page.locator(".hand-in > summary").click()
    page.get_by_label("Facebook").check()
    page.locator(".hand-in [name=url]").fill("https://krabi.example.org/april")
    page.locator(".hand-in form button").click()
    page.wait_for_url("**/criteria/4.2/#slot-4-2-publicity-2023-04")
    assert Evidence.objects.get(requirement="4.2.publicity").period == "2023-04"
