"""The office's own history: who did what on its entry, in words."""

from datetime import date

import pytest
from django.urls import reverse

from submissions import intake
from submissions.models import Event
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def judge():
    return make.make_user("judge", full_name="กรรมการ ทดสอบ")


@pytest.fixture
def entry(judge):
    return make.make_entry(make.make_round(judges=[judge]), make.make_office(name_th="กระบี่", name_en="Krabi"))


@pytest.fixture
def officer(entry):
    return make.make_user("officer", full_name="สมศรี ใจดี")


@pytest.fixture
def deeds(entry, officer, judge):
    """One of each kind."""
    paper = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://krabi.example.org/1")
    intake.review_evidence(paper, by=judge, accept=False, reason="ขาดลายมือชื่อ")
    intake.enter_values(entry, {("3.4.news", "2023-07"): "1200"}, by=officer)
    intake.enter_values(entry, {("3.4.news", "2023-07"): "1300"}, by=officer)
    staff = make.make_user("staff", full_name="นางสาวอำนวย พร")
    intake.grant_extension(
        entry, by=staff, requirement="1.1.report", period="", until=date(2023, 8, 15), reason="น้ำท่วม"
    )
    points = {code: str(item.max) for code, item in entry.round.scheme.items.items()}
    intake.save_sheet(entry, by=judge, points=points, remark="ลับเฉพาะกรรมการ", final=False)
    intake.write_remark(entry, by=officer, requirement="1.1.report", text="ขอสอบถาม")


def read(client, user, entry, **asked) -> str:
    client.force_login(user)
    response = client.get(reverse("deeds", args=[entry.pk]), asked)
    assert response.status_code == 200
    return response.content.decode()


def test_deeds_are_told_in_words_without_codes_names_of_judges_or_points(client, entry, officer, deeds, judge):
    page = read(client, officer, entry)
    body = page[page.index('class="turns"') :]
    for said in ("1,200 → 1,300", "ขาดลายมือชื่อ", "สมศรี ใจดี", "15 สิงหาคม 2566", "น้ำท่วม", "https://krabi.example.org/1"):
        assert said in body
    assert "10 ก.ค. 2566" in body  # the round's time, not the world's
    assert "คณะกรรมการ" in body
    assert "ส่วนกลาง" in body
    for hidden in ("กรรมการ ทดสอบ", "นางสาวอำนวย พร", "ลับเฉพาะกรรมการ", "3.4.news", "1.1.report", "{"):
        assert hidden not in body.replace("#slot-1-1-report", "")
    for criterion, place in (("1.1", "#slot-1-1-report"), ("3.4", "#values")):
        assert f'href="{reverse("criterion", args=[entry.pk, criterion])}{place}"' in body
    judge.is_active = False
    judge.save()
    assert "กรรมการ ทดสอบ" not in read(client, officer, entry)


def test_a_day_is_shown_with_its_buddhist_year(client, entry, officer):
    code = next(code for code, one in entry.round.scheme.values.items() if one.kind == "date")
    intake.enter_values(entry, {(code, ""): "2023-05-30"}, by=make.make_user("staff"))
    assert ">30 พฤษภาคม 2566<" in read(client, officer, entry)


def test_the_newest_come_first_and_are_paged(client, entry, officer):
    for number in range(26):
        intake.enter_values(entry, {("3.4.news", "2023-07"): str(number)}, by=officer)
    first, second = read(client, officer, entry), read(client, officer, entry, page="2", verb="value.entered")
    assert ("24 → 25" in first, ">0<" in first) == (True, False)
    assert ("24 → 25" in second, ">0<" in second) == (False, True)


@pytest.mark.parametrize(
    ("asked", "seen", "hidden"),
    [
        ({"verb": "evidence.returned"}, "ขาดลายมือชื่อ", "1,300"),
        ({"who": "committee"}, "ขาดลายมือชื่อ", "1,300"),
        ({"who": "central"}, "น้ำท่วม", "1,300"),
        ({"verb": "nonsense", "who": "nonsense", "page": "x"}, "1,300", "nonsense"),
    ],
)
def test_deeds_are_chosen_by_kind_and_person(client, entry, officer, deeds, asked, seen, hidden):
    page = read(client, officer, entry, **asked)
    page = page[page.index('class="turns"') :]
    assert seen in page
    assert hidden not in page
    own = read(client, officer, entry, who=str(officer.pk))
    assert "1,300" in own
    assert "น้ำท่วม" not in own


def test_who_comes_second_hears_of_the_committee_without_names(client, entry, officer, judge):
    paper = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://krabi.example.org/1")
    intake.review_evidence(paper, by=judge, accept=False, reason="ขาดลายมือชื่อ")
    client.force_login(officer)
    second = {"url": "https://krabi.example.org/2", "revision": paper.revision}
    page = client.post(reverse("evidence-replace", args=[paper.pk]), second)
    assert page.status_code == 409
    assert "คณะกรรมการ: ส่งคืน" in page.content.decode()
    assert "กรรมการ ทดสอบ" not in page.content.decode()


def test_a_judge_s_number_chooses_no_judge(client, entry, officer, deeds, judge):
    assert "ขาดลายมือชื่อ" not in read(client, officer, entry, who=str(judge.pk))


def test_staff_read_names(client, entry, deeds):
    page = read(client, make.make_user("staff"), entry)
    assert page.count("นางสาวอำนวย พร") == 2, "in the choice of people, and of the deed"
    assert "กรรมการ ทดสอบ" in page


def test_it_is_the_office_s_and_staff_s_alone(client, entry, judge, deeds):
    address = reverse("deeds", args=[entry.pk])
    for user, status in (
        (make.make_user("staff"), 200),
        (judge, 403),
        (make.make_user("officer", office=make.make_office("TH-82")), 404),
    ):
        client.force_login(user)
        assert client.get(address).status_code == status


def test_fifty_deeds_take_as_many_statements_as_five(client, entry, officer, deeds, django_assert_max_num_queries):
    address = reverse("deeds", args=[entry.pk])
    client.force_login(officer)
    client.get(address)
    with django_assert_max_num_queries(20) as few:
        client.get(address)
    for number in range(20):
        intake.attach_evidence(
            entry, intake.HandIn("1.1.report"), by=officer, url=f"https://krabi.example.org/n{number}"
        )
    with django_assert_max_num_queries(len(few)):
        client.get(address)


def test_a_proposals_reason_is_between_those_who_run_the_round(client, entry, officer):
    """Why a judge's sheet is to be reopened may name the judge."""
    data = {"proposal": 1, "deed": "reopen", "sha256": "ab" * 32, "reason": "กรรมการ ทดสอบ ให้ผิดข้อ", "proposed_by": 1}
    data["proposed_at"] = "2023-07-10T09:00:00+07:00"
    Event.objects.record(entry, "proposal.confirmed", by=make.make_user("staff"), **data)
    assert "ให้ผิดข้อ" not in read(client, officer, entry)
