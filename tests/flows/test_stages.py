"""Contests with nominees, from their opening to the announcement: people of Chon Buri, and tambons in three stages."""

import subprocess

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from awards.documents import files
from awards.models import Publication
from awards.publishing.publish import publish
from submissions import intake
from submissions.models import Entry, RegisterLine, Round
from tests import factories as make

from .conftest import PHONE

pytestmark = pytest.mark.browser


def make_districts(province, names, tambons=0) -> list:
    districts = []
    for number, name in enumerate(names, start=1):
        code = f"{province.code}{number:02}"
        district = make.make_office(code, kind="district", parent=province, size="", name_th=name)
        for last in range(1, tambons + 1):
            kind = {"kind": "subdistrict", "parent": district, "size": ""}
            make.make_office(f"{code}{last:02}", name_th=f"{name} {last}", **kind)
        districts.append(district)
    return districts


def pdf_text(page, publication, kind: str) -> str:
    files.make(publication, kind)
    with page.expect_download() as arriving:
        page.locator(f"a[href='{reverse('document', args=[publication.pk, kind])}']").click()
    done = subprocess.run(["pdftotext", arriving.value.path(), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


def publish_by_hand(page, round) -> Publication:
    page.goto(reverse("publish", args=[round.pk]))
    if page.locator("[name=acknowledged]").count():
        page.locator("[name=acknowledged]").check()
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/publications/*/")
    return Publication.objects.get(round=round)


def test_a_person_is_named_judged_eligible_and_given_a_certificate(open_page, worker):
    province = make.make_office("TH-20", name_th="ชลบุรี")
    first, _second = make_districts(province, ["เมืองชลบุรี", "ศรีราชา"])
    staff = make.make_user("staff")
    round = make.make_round(make.at("2021-07-10"), edition=make.make_edition(scheme="itperson-2564"), settings={})

    desk = open_page(staff)
    desk.goto(f"/admin/submissions/round/{round.pk}/enter_offices/")
    desk.locator("[name=inside]").select_option(str(province.pk), force=True)
    desk.get_by_role("button", name="ดูรายชื่อ").click()
    desk.get_by_role("button", name="นำสำนักงานเข้ารอบ").click()
    expect(desk.locator("body")).to_contain_text("นำเข้ารอบแล้ว 2 แห่ง")
    entry = Entry.objects.get(round=round, office=first)

    phone = open_page(make.make_user(office=first), screen=PHONE, scripts=False)
    expect(phone.locator(".notice-warning")).to_contain_text("ยังไม่ได้เสนอชื่อ")
    phone.locator(".notice-warning a").click()
    phone.get_by_role("link", name="เสนอชื่อ").first.click()
    phone.locator("[name=name]").fill("นางสาวใจดี มีสุข")
    phone.locator("main form button").click()
    expect(phone.locator(".field-error")).to_have_count(1)  # what must hold of whoever is named
    expect(phone.locator("[name=name]")).to_have_value("นางสาวใจดี มีสุข")
    phone.locator("[name='1.civil_servant']").check()
    phone.locator("main form button").click()
    expect(phone.locator("[data-count=missing]")).to_have_text("0")
    phone.get_by_role("link", name="นางสาวใจดี มีสุข").first.click()
    expect(phone.locator("h1")).to_contain_text("นางสาวใจดี มีสุข")
    phone.goto(reverse("criterion", args=[entry.pk, "1"]))
    for slot in ("#slot-1-skill", "#slot-1-website"):
        phone.locator(f"{slot} .hand-in > summary").click()
        phone.locator(f"{slot} .hand-in [name=url]").fill("https://cdd.example.org/work")
        phone.locator(f"{slot} .hand-in form button").click()
        expect(phone.locator(f"{slot} .paper")).to_have_count(1)

    for evidence in entry.evidence.all():
        desk.goto(reverse("admin:submissions_evidence_change", args=[evidence.pk]))
        expect(desk.locator("main, body").first).to_contain_text("นางสาวใจดี มีสุข")
        desk.locator("button[value=accept]").click()
        expect(desk.locator("button[value=accept]")).to_have_count(0 if evidence.requirement == "1.website" else 1)
    publication = publish_by_hand(desk, round)
    expect(desk.locator("tbody th.name")).to_contain_text(["นางสาวใจดี มีสุข"])
    expect(desk.locator(".rank")).to_have_count(0)
    certificate = pdf_text(desk, publication, "certificates")
    assert "นางสาวใจดี มีสุข" in certificate
    assert "อันดับ" not in certificate + pdf_text(desk, publication, "announcement")


@pytest.fixture
def region(transactional_db):
    return make.make_office("R09", kind="region", size="", name_th="เขตตรวจราชการที่ 9")


def make_and_open(desk, before: Round) -> Round:
    """From who would take part on: the round is made, and opened on the page that follows."""
    desk.get_by_role("button", name="สร้างรอบ").click()
    desk.wait_for_url("**/prepare/")
    desk.locator("[name=when][value=now]").check()
    desk.locator("main form .button-main, form.plain-form .button-main").first.click()
    desk.wait_for_url("**/round/*/change/")
    made = Round.objects.get(preceding=before)
    assert not made.is_preparing
    return made


def test_tambons_are_named_chosen_replaced_and_ranked_inside_their_region(open_page, region, worker):
    provinces = [
        make.make_office(code, parent=region, name_th=name) for code, name in (("TH-20", "ชลบุรี"), ("TH-21", "ระยอง"))
    ]
    districts = make_districts(provinces[0], ["เมืองชลบุรี", "บ้านบึง", "ศรีราชา"], tambons=2)
    others = make_districts(provinces[1], ["เมืองระยอง"], tambons=1)
    RegisterLine.objects.create(office=districts[0].children.get(code="TH-200101"), year=2020, register="model-tambon")
    staff, judge = make.make_user("staff"), make.make_user("judge", office=region, full_name="กรรมการเขต 9")
    first = make.make_round(make.at("2021-12-01"), edition=make.make_edition(scheme="tambon-2565"), settings={})
    for district in [*districts, *others]:
        make.make_entry(first, district)

    officer = open_page(make.make_user(office=districts[0]), scripts=False)
    officer.goto(reverse("nominee", args=[first.entries.get(office=districts[0]).pk]))
    expect(officer.locator("option[disabled]")).to_contain_text("เคยเป็นต้นแบบปี 2563")
    officer.locator("[name=office]").select_option(label="เมืองชลบุรี 2")
    officer.locator("main form button").click()
    expect(officer.locator(".paper")).to_contain_text("ตำบลเมืองชลบุรี 2")
    for entry in first.entries.exclude(office=districts[0]):
        intake.name_nominee(entry, by=staff, office=entry.office.children.first())

    desk = open_page(staff)
    desk.goto(reverse("open-round", args=[publish(first, by=staff).pk]))
    desk.locator("main form button.btn-primary").click()
    expect(desk.locator("main")).to_contain_text("รอการคัดเลือก 4 ราย")
    second = make_and_open(desk, first)
    desk.goto(reverse("nominees", args=[second.pk]))
    expect(desk.locator("[data-count=missing]")).to_have_text("4")

    province = open_page(make.make_user(office=provinces[0]), screen=PHONE, scripts=False)
    province.goto(reverse("nominees", args=[second.pk]))
    for missing in ("1", "0"):
        province.locator("button[value=yes]").first.click()
        expect(province.locator("[data-count=missing]")).to_have_text(missing)
    intake.choose_entry(second.entries.get(office=others[0]), by=staff)
    chosen = second.entries.taking_part().filter(office__parent=provinces[0]).order_by("pk")

    desk.goto(reverse("open-round", args=[publish(second, by=staff).pk]))
    desk.get_by_label("กรรมการเขต 9").check()
    desk.locator("main form button.btn-primary").click()
    third = make_and_open(desk, second)
    gone = third.entries.get(office=chosen[0].office)

    province.goto(reverse("withdrawal", args=[gone.pk]))
    province.locator("main form button").click()
    expect(province.locator(".field-error")).to_have_count(1)
    province.locator("[name=reason]").fill("ตำบลขอถอนตัวเพราะน้ำท่วม")
    province.locator("main form button").click()
    expect(province.locator(".paper-reason")).to_contain_text("น้ำท่วม")
    province.locator("button[value=yes]").first.click()
    expect(province.locator("[data-count=missing]")).to_have_text("0")

    seat = open_page(judge)
    taking = list(third.entries.taking_part().order_by("pk"))
    for points, entry in enumerate(taking, start=1):
        if entry is not taking[0]:
            intake.save_sheet(
                entry, by=judge, points=dict.fromkeys(third.scheme.items, str(points)), final=True, revision=0
            )
            continue
        seat.goto(reverse("admin:submissions_sheet_of_entry", args=[entry.pk]))
        expect(seat.locator("body")).to_contain_text("ยังขาด:")
        for code in third.scheme.items:
            seat.locator(f"[name='{code}']").fill("1")
        seat.locator("[name=confirmed]").check()
        seat.locator("button[name=submit]").click()
        expect(seat.locator("body")).to_contain_text("นี่คือใบถัดไป")

    publication = publish_by_hand(desk, third)
    expect(desk.locator("tr.group")).to_have_count(1)
    expect(desk.locator("tr.group")).to_contain_text("เขตตรวจราชการที่ 9")
    expect(desk.locator("td.rank")).to_have_text(["1", "2", "3"])
    expect(desk.locator("tbody")).not_to_contain_text(gone.nominee)
    assert "เขตตรวจราชการที่ ๙" in pdf_text(desk, publication, "announcement")
