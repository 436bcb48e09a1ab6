"""The report for those who lead: its numbers are those of the page, on paper and on slides, for whoever may see it."""

import io
from decimal import Decimal
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from pptx import Presentation

from scoring.boards import report_paper, slides
from scoring.boards.country import Country
from scoring.boards.report import Report
from submissions import thai
from submissions.models import Entry
from tests import factories as make
from tests.extraction import by_poppler

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    return make.make_round()


@pytest.fixture
def staff():
    return make.make_user("staff")


def enter(round, total: str, code: str, **earned: str):
    """`earned`: of criteria, by c_1_1; the others earn nothing, and may still be reached in full."""
    region = make.make_office("R01", kind="region", size="", name_th="เขตตรวจราชการที่ 1", name_en="")
    entry = make.make_entry(round, make.make_office(code, name_th=f"เมือง{code[-2:]}", name_en="", parent=region))
    criteria = {one.code: {"earned": "0.00", "attainable": f"{one.max}"} for one in round.scheme.criteria.values()}
    for name, points in earned.items():
        criteria[name[2:].replace("_", ".")] = {"earned": points, "attainable": points}
    dimensions = {one.code: {"earned": total} for one in round.scheme.dimensions}
    make.put_card(entry, total, attainable="90.00", dimensions=dimensions, criteria=criteria)
    return entry


def report(round) -> Report:
    return Report(Country(round, Entry.objects.all()))


def test_what_may_still_be_won_and_what_is_lost_is_summed_over_the_offices(round):
    enter(round, "7", "TH-81", c_1_1="5.00", c_2_1_1="2.00")
    enter(round, "4", "TH-82", c_2_1_1="4.00")
    found = {one.code: one for one in report(round).criteria}
    assert (found["2.1.1"].earned, found["2.1.1"].open, found["2.1.1"].lost) == (6, 0, 14)
    assert (found["1.1"].earned, found["1.1"].open, found["1.1"].lost) == (5, 5, 0)
    shown = [one.code for one in report(round).to_be_won()]
    assert shown[0] == "4.2"  # 20 points of two offices
    assert len(shown) == 6


def test_best_practice_is_what_few_have_in_full_with_what_they_handed_in(round):
    best = enter(round, "60", "TH-81", c_1_2="5.00", c_1_1="5.00")
    for number in range(2, 9):
        enter(round, "50", f"TH-8{number}", c_1_1="5.00")
    for period in ("r1", "r2"):
        make.make_evidence(best, "1.2.report", period, status="accepted", url=f"https://a.example/{period}")
    make.make_evidence(best, "1.2.report", "r2", status="returned", url="https://a.example/no")
    (practice,) = report(round).practices()  # all have 1.1: no practice of a few
    assert (practice.criterion.code, practice.criterion.full) == ("1.2", [best.pk])
    assert practice.offices == [("จังหวัดเมือง81", ["https://a.example/r1", "https://a.example/r2"], 0)]


def test_what_came_back_most_is_told_with_its_most_frequent_reasons(round):
    one, other = enter(round, "1", "TH-81"), enter(round, "1", "TH-82")
    for entry, reason in ((one, "ไม่มีลายมือชื่อ"), (other, "ไม่มีลายมือชื่อ"), (other, "เลือน"), (other, "ผิดปี"), (one, "เลือน")):
        make.make_evidence(
            entry, "3.1.plan", status="returned", return_reason=reason, reviewed_at=make.at("2023-03-01")
        )
    make.make_evidence(one, "3.5.report", "2023-03", status="returned", reviewed_at=make.at("2023-03-01"))
    make.make_evidence(one, "3.1.plan", status="accepted")
    first, second = report(round).returned()
    assert (first.pieces, first.offices, set(first.reasons)) == (5, 2, {"ไม่มีลายมือชื่อ", "เลือน"})
    assert (second.pieces, second.reasons) == (1, ["เอกสารไม่ครบ"])


def test_spreads_say_median_best_quarter_and_share(round):
    for number, total in enumerate(("10", "20", "30", "40"), 1):
        enter(round, total, f"TH-8{number}")
    *dimensions, total = report(round).spreads()
    assert len(dimensions) == 5
    assert (total.median, total.best_quarter, total.highest, total.lowest) == (25, Decimal("32.50"), 40, 10)
    assert (total.share, report(round).attainable) == (25, 90)


def take(client, user, round, kind: str):
    client.force_login(user)
    return client.get(reverse(f"country-{kind}", args=[round.pk]))


def numbers_of_the_page(client, round) -> set[str]:
    """What the page says of medians, of the map and of how many have so many points."""
    country = client.get(reverse("country", args=[round.pk])).context
    told = [
        points for groups in ("by_size", "by_region") for group, _bars in country[groups] for points in group.points
    ]
    places = [f"{row.name} {row.said}" for row in country["provinces"].rows]
    return {*(f"{number:.2f}".removesuffix(".00") for number in told), *places}


@pytest.fixture
def filled(round):
    for number, total in enumerate(("12.34", "23.45", "34.56", "45.67", "56.78"), 1):
        entry = enter(round, total, f"TH-8{number}", **({"c_1_1": "5.00"} if number == 1 else {}))
        make.make_evidence(entry, "1.1.report", status="accepted" if number == 1 else "submitted")
    return round


def test_the_paper_says_the_numbers_of_the_page(client, filled, staff):
    answer = take(client, staff, filled, "pdf")
    assert unquote(answer["Content-Disposition"]).endswith("รายงานผู้บริหาร – รอบทดสอบ.pdf")
    pages = by_poppler(answer.content)
    assert 4 <= len(pages) <= 6
    text = " ".join("\n".join(pages).split())
    for said in numbers_of_the_page(client, filled):
        assert thai.digits(said) in text, said
    assert "หน้า ๑ จาก" in text


def test_slides_say_them_too_and_can_be_changed(client, filled, staff):
    answer = take(client, staff, filled, "pptx")
    slides = Presentation(io.BytesIO(answer.content)).slides
    shapes = [shape for slide in slides for shape in slide.shapes]
    assert [slide.shapes.title.text for slide in slides][:2] == ["รายงานผู้บริหาร", "จำนวนสำนักงานตามช่วงคะแนนที่ตรวจรับแล้ว"]
    shown = client.get(reverse("country", args=[filled.pk])).context
    chart = next(shape.chart for shape in shapes if shape.has_chart)
    assert list(zip(chart.plots[0].categories, chart.plots[0].series[0].values, strict=True)) == shown["distribution"]
    provinces = {part.name for shape in shapes if shape.shape_type == 6 for part in shape.shapes}
    assert {f"{row.name} {row.said}" for row in shown["provinces"].rows} <= provinces
    assert all(shape.top + shape.height <= 6858000 for shape in shapes)  # nothing hangs over the edge


def test_a_table_goes_on_upon_another_slide():
    deck = slides.Deck("ท้าย")
    deck.table("ผล", ["ด้าน", "คะแนน"], [(f"ด้านที่ {n}", Decimal(n)) for n in range(30)] + [("รวม", 435)], (3, 1))
    deck.table("ว่าง", ["ด้าน"], [], (1,))
    made = list(Presentation(io.BytesIO(deck.saved())).slides)
    tables = [shape.table for slide in made for shape in slide.shapes if shape.has_table]
    assert [slide.shapes.title.text for slide in made] == ["ผล", "ผล (ต่อ)", "ผล (ต่อ)"]
    told = [[row.cells[0].text for row in table.rows] for table in tables]
    assert {one[0] for one in told} == {"ด้าน"}
    assert [name for one in told for name in one[1:]] == [*(f"ด้านที่ {n}" for n in range(30)), "รวม"]


@pytest.mark.parametrize("kind", ["pdf", "pptx"])
def test_a_round_without_anything_has_a_report(client, round, staff, kind):
    assert take(client, staff, round, kind).status_code == 200


@pytest.mark.parametrize("kind", ["pdf", "pptx"])
def test_judges_take_it_once_points_sway_nobody(client, round, kind):
    judge = make.make_user("judge")
    round.judges.add(judge)
    assert take(client, judge, round, kind).status_code == 403


def test_it_asks_as_much_for_many_offices_as_for_few(client, round, staff):
    def asked() -> int:
        take(client, staff, round, "pdf")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("country-pdf", args=[round.pk])).status_code == 200
        return len(captured)

    for number in range(1, 5):
        make.make_evidence(
            enter(round, "1", f"TH-8{number}", c_1_1="5.00" if number == 1 else "0.00"), status="accepted"
        )
    make.make_evidence(enter(round, "1", "TH-71"), "3.1.plan", status="returned")
    few = asked()
    for number in range(2, 7):
        make.make_evidence(enter(round, "2", f"TH-7{number}"), "3.1.plan", status="returned")
    assert asked() == few <= 20


@pytest.mark.parametrize("scheme", ["itperson-2564", "missions-2565", "website-2564"])
def test_every_kind_of_contest_has_a_map_and_a_report(client, staff, scheme):
    """Of one criterion that is all or nothing; of levels; of judges alone, where nobody owes anything."""
    round = make.make_contest_round(scheme)
    for number, total in enumerate(("0", "1"), 1):
        enter(round, total, f"TH-8{number}")
    client.force_login(staff)
    assert client.get(reverse("country", args=[round.pk]), {"map": "complete"}).status_code == 200
    with translation.override("th"):
        told = report_paper.page(report(round), round.now())
        assert "สิ่งที่ทำให้สำนักงานยังไม่ได้คะแนน" in told
        assert Presentation(io.BytesIO(slides.write(report(round), round.now()))).slides
