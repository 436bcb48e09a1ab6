"""The calendar as a page: what each reader finds there, what a choice leaves, and what it costs."""

import re
from html import unescape

import pytest
from django.urls import reverse

from scoring.recompute import rescore
from submissions import intake
from submissions.models import Round
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db
PAGE = reverse("calendar")


def text_of(response) -> str:
    return unescape(flat(response.content.decode()))


def days(agenda, part: str) -> list[tuple[str, str, str]]:
    """(day, code, period) of everything upcoming or past."""
    return [
        (day.isoformat(), *item.deadline.asked.slot)
        for _month, found in getattr(agenda, part)
        for day, items in found
        for item in items
    ]


def states(agenda) -> dict[tuple[str, str], list[str]]:
    return {
        item.deadline.asked.slot: [line.state for line in item.lines]
        for part in (agenda.upcoming, agenda.past)
        for _month, found in part
        for _day, items in found
        for item in items
    }


@pytest.fixture
def krabi():
    return make.make_entry(make.make_round(), make.make_office(name_th="กระบี่"))


@pytest.fixture
def see(client):
    """see(user, **choice): the page's agenda and its text."""

    def see(user, **choice):
        client.force_login(user)
        response = client.get(PAGE, choice)
        assert response.status_code == 200
        return response.context["agenda"], text_of(response)

    return see


def test_an_officer_sees_what_the_office_owes_by_day(krabi, see):
    """It is 10 July 2566 in the round. Attendance at a workshop is central staff's to record, and nobody's debt."""
    agenda, page = see(make.make_user("officer"))
    upcoming, past = days(agenda, "upcoming"), days(agenda, "past")
    assert upcoming[0] == ("2023-07-15", "4.2.publicity", "2023-07")
    assert ("2023-07-31", "1.1.report", "") in upcoming
    assert ("2023-07-31", "3.4.news", "2023-07") in upcoming
    assert past[0] == ("2023-02-28", "3.5.report", "2023-02")
    assert ("2023-05-31", "2.1.2.due", "") in past
    assert "1.4.workshop" not in {code for _day, code, _period in upcoming + past}
    assert upcoming == sorted(upcoming, key=lambda one: one[0])
    assert page.index("กรกฎาคม 2566") < page.index("กุมภาพันธ์ 2566")
    assert "2023" not in re.sub(r"<[^>]+>", "", page)


def test_each_thing_says_how_it_stands(krabi, see):
    make.make_evidence(krabi, "1.1.report", status="accepted")
    make.make_evidence(krabi, "1.3.report", status="submitted")
    make.make_evidence(krabi, "5.report", status="returned")
    make.make_evidence(krabi, "5.checklist", status="withdrawn")
    make.make_value(krabi, "3.4.news", "12", "2023-02")
    back = {"status": "returned", "reviewed_by": make.make_user("judge"), "reviewed_at": make.at("2023-07-02")}
    for month in ("2023-02", "2023-07"):
        make.make_value(krabi, "3.4.webex", "12", month, return_reason="มากกว่าที่พบ", **back)
    found = states(see(make.make_user("officer"))[0])
    assert found["1.1.report", ""] == ["accepted"]
    assert found["1.3.report", ""] == ["submitted"]
    assert found["5.report", ""] == ["returned"]
    assert found["5.checklist", ""] == ["missing"]
    assert found["1.3.training", ""] == ["late"]
    assert found["3.4.news", "2023-02"] == ["submitted"]
    assert found["3.4.news", "2023-03"] == ["late"]
    assert found["3.4.news", "2023-07"] == ["missing"]
    for month in ("2023-02", "2023-07"):  # it is entered again, its day over or not
        assert found["3.4.webex", month] == ["returned"]


def test_more_time_moves_the_day(krabi, see):
    make.make_extension(krabi, "1.3.training", "2023-07-20")
    make.make_extension(krabi, "1.1.report", "2023-07-25")  # before the scheme's own day: no time gained
    agenda, page = see(make.make_user("officer"))
    upcoming = days(agenda, "upcoming")
    assert ("2023-07-20", "1.3.training", "") in upcoming
    assert ("2023-07-31", "1.1.report", "") in upcoming
    assert page.count("ขยายเวลาให้แล้ว</span>") == 1


def test_points_at_stake_are_those_that_may_still_be_earned(krabi, see):
    make.make_evidence(krabi, "3.1.plan", status="submitted")  # claims a part of criterion 3.1
    rescore([krabi.pk])
    agenda, page = see(make.make_user("officer"))
    lines = {
        item.deadline.asked.code: item.only
        for _month, found in agenda.upcoming
        for _day, items in found
        for item in items
    }
    assert str(lines["1.1.report"].stake) == "5.00"
    assert 0 < lines["3.1.review"].stake < 5
    assert not lines["3.1.plan"].stake
    assert re.search(r"ได้อีกถึง 5\b", page)


def test_points_that_several_things_earn_together_are_not_promised_for_each(krabi, see):
    for month in ("2023-02", "2023-03", "2023-04", "2023-05", "2023-06"):
        for code in ("3.4.news", "3.4.conference_early", "3.4.conference_held", "3.4.webex"):
            make.make_value(krabi, code, "20", month)
    rescore([krabi.pk])
    _agenda, page = see(make.make_user("officer"))
    assert page.count("รวมกันได้อีกถึง 5") >= 3
    for title in ("ข่าวประชาสัมพันธ์บนเว็บไซต์", "การเข้าร่วมประชุมทางไกลก่อนเวลาเริ่ม", "การจัดประชุมผ่าน Cisco WebEx"):
        row = re.sub(r"<[^>]+>", " ", page.partition(title)[2].partition("</li>")[0])
        assert " ".join(row.split()).endswith("ยังไม่ส่ง รวมกันได้อีกถึง 5")
    report = re.sub(r"<[^>]+>", " ", page.partition("รายงานการสร้างความรู้ Big Data")[2].partition("</li>")[0])
    assert " ".join(report.split()).endswith("ยังไม่ส่ง ได้อีกถึง 5")


def test_one_status_says_how_a_thing_stands_and_no_name_is_cut(krabi, see):
    make.make_evidence(krabi, "5.report", status="returned")
    officer = make.make_user("officer")
    intake.save_answers(krabi, "innovation-report", {"name-th": "ผลงาน"}, by=officer)
    _agenda, page = see(officer)
    row = page.partition("รายงานผลการพัฒนานวัตกรรม")[2].partition("</li>")[0]
    assert ("ส่งคืนแก้ไข" in row, "ร่าง" in row) == (True, False)
    assert "…" not in page.partition("<main")[2].partition("</main>")[0]
    assert "54 กำหนดส่ง" not in page
    assert re.search(r"แสดง \d+ จาก \d+ กำหนดส่ง", see(officer, state="late")[1])


def test_what_came_back_and_is_late_is_found_under_both(krabi, see):
    make.make_evidence(krabi, "1.3.training", status="returned")
    officer = make.make_user("officer")
    for state in ("todo", "late"):
        assert "1.3.training" in {item.deadline.asked.code for item in every(see(officer, state=state)[0])}, state


def every(agenda) -> list:
    months = [*agenda.upcoming, *agenda.past]
    return [item for _month, days in months for _day, items in days for item in items]


@pytest.mark.parametrize("scheme", ["tambon-2565", "itperson-2564"])
def test_what_earns_nothing_by_itself_or_shows_no_points_promises_none(see, scheme):
    round = make.make_contest_round(scheme, now=make.at("2021-01-05"))
    entry = make.make_entry(round, make.make_office())
    rescore([entry.pk])
    agenda, page = see(make.make_user("officer"))
    items = [item for _month, found in agenda.upcoming for _day, items in found for item in items]
    silent = [
        item
        for item in items
        if round.scheme.shown_as == "eligibility"
        or (
            item.deadline.asked.criteria
            and all(item.deadline.asked.code in c.also_asked for c in item.deadline.asked.criteria)
        )
    ]
    assert silent
    assert not any(line.stake for item in silent for line in item.lines)
    if round.scheme.shown_as == "eligibility":
        assert "ได้อีกถึง" not in page
        assert "(1)" not in page


def test_the_links_lead_to_the_slot(krabi, see, client):
    _agenda, page = see(make.make_user("officer"))
    links = set(re.findall(r'href="(/entries/[^"]+)"', page))
    assert f"/entries/{krabi.pk}/criteria/4.2/#slot-4-2-publicity-2023-07" in links
    for link in list(links)[:6]:
        address, anchor = link.split("#")
        assert f'id="{anchor}"' in client.get(address).content.decode()


def test_several_offices_share_a_line_and_may_be_looked_at_one_by_one(krabi, see):
    district = make.make_office("8101", kind="district", parent=krabi.office, name_th="เมืองกระบี่")
    mueang = make.make_entry(krabi.round, district)
    make.make_evidence(mueang, "1.1.report", status="accepted")
    make.make_extension(mueang, "1.3.report", "2023-08-15")
    officer = make.make_user("officer")
    agenda, page = see(officer)
    assert states(agenda)["1.1.report", ""] == ["missing", "accepted"]
    upcoming = days(agenda, "upcoming")
    assert ("2023-07-31", "1.3.report", "") in upcoming  # the province's
    assert ("2023-08-15", "1.3.report", "") in upcoming  # the district's
    assert "1 ตรวจรับแล้ว" in page
    assert states(see(officer, office=district.pk)[0])["1.1.report", ""] == ["accepted"]
    assert set(states(see(officer, state="extended")[0])) == {("1.3.report", "")}
    done = states(see(officer, state="done", office=krabi.office_id)[0])
    assert done == {}
    assert states(see(make.make_user("officer", office=district))[0])["1.1.report", ""] == ["accepted"]


@pytest.mark.parametrize(
    "choice", [{"round": "x"}, {"office": "-1"}, {"state": "nonsense"}, {"round": "", "state": ""}]
)
def test_a_choice_that_is_none_changes_nothing(krabi, see, choice):
    agenda, _page = see(make.make_user("officer"), **choice)
    assert agenda.shown == agenda.total > 50


def test_a_round_that_is_not_the_reader_s_shows_nothing(krabi, see):
    other = make.make_entry(make.make_round(name_th="รอบอื่น"))
    agenda, page = see(make.make_user("officer"), round=other.round_id)
    assert agenda.shown == 0
    assert "รอบอื่น" not in page


def test_closed_rounds_and_those_who_withdrew_owe_nothing(krabi, see):
    krabi.state = "withdrawn"
    krabi.save()
    over = make.make_entry(make.make_round(is_closed=True, name_th="รอบก่อน"), krabi.office)
    agenda, page = see(make.make_user("officer"))
    assert agenda.total == 0
    assert "ท่านไม่ได้อยู่ในรอบที่เปิดอยู่" in page
    assert str(over.round) not in page


@pytest.mark.parametrize("role", ["judge", "staff"])
def test_judges_and_staff_see_the_days_and_how_many_stand_how(krabi, see, role):
    user = make.make_user(role)
    make.make_round(name_th="รอบที่ไม่ได้ตัดสิน")
    make.make_evidence(krabi, "1.1.report", status="submitted")
    make.make_entry(krabi.round)
    if role == "judge":
        krabi.round.judges.add(user)
    agenda, page = see(user)
    assert ("2022-12-31", "1.4.workshop", "") in days(agenda, "past")
    assert set(map(tuple, states(agenda).values())) == {()}
    items = [item for _month, found in agenda.upcoming for _day, items in found for item in items]
    address = reverse("board", args=[krabi.round_id])
    [shown] = [item for item in items if item.board == f"{address}?slot=requirement%7C1.1.report%7C"]
    assert sorted(shown.tally) == [("missing", 1), ("submitted", 1)]
    assert "1 รอตรวจรับ</span>" in page
    assert str(krabi.office) not in page  # who they are says the board
    assert ("รอบที่ไม่ได้ตัดสิน" in page) == (role == "staff")


def test_the_phases_of_the_scheme_are_there(krabi, see):
    _agenda, page = see(make.make_user("officer"))
    now = page.index("ขณะนี้")
    assert page.index("จังหวัดดำเนินการขับเคลื่อนกิจกรรม") < now < page.index("คณะทำงานพิจารณาผล")
    assert "31 ก.ค. 2566" in page


def test_monthly_reports_by_the_20th(see):
    round = make.make_round(make.at("2025-08-01"), edition=make.make_edition(scheme="milestone-2568"), settings={})
    make.make_entry(round, make.make_office())
    agenda, _page = see(make.make_user("officer"))
    reports = [
        (day, period) for day, code, period in days(agenda, "past") + days(agenda, "upcoming") if code == "usage.report"
    ]
    assert reports == [("2025-07-20", "2025-07"), ("2025-08-20", "2025-08"), ("2025-09-20", "2025-09")]


def test_the_page_costs_the_same_however_many_offices(krabi, client, django_assert_max_num_queries):
    client.force_login(make.make_user("officer"))
    costs = []
    for more in (0, 25):
        for number in range(more):
            office = make.make_office(f"81{number:02}", kind="district", parent=krabi.office)
            entry = make.make_entry(krabi.round, office)
            make.make_evidence(entry)
            make.make_extension(entry)
        rescore(krabi.round.entries.values_list("pk", flat=True))
        with django_assert_max_num_queries(11) as seen:
            assert client.get(PAGE).status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_the_page_of_many_rounds_costs_the_same(client, django_assert_max_num_queries):
    client.force_login(make.make_user("staff"))
    costs = []
    for _ in range(3):
        make.make_round()
        with django_assert_max_num_queries(7) as seen:
            assert client.get(PAGE).status_code == 200
        costs.append(len(seen))
    assert Round.objects.count() == 3
    assert len(set(costs)) == 1
