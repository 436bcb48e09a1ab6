"""One year beside another: what was announced stands beside what is, and nobody is shown what they may not see."""

import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pptx import Presentation

from awards.publishing.publish import publish
from scoring.boards.years import Years
from scoring.pages.years import earlier_rounds
from scoring.recompute import rescore
from submissions.models import Entry, Round
from tests import factories as make
from tests.extraction import by_poppler
from tests.factories import at
from tests.markup import flat
from tests.scoring import small

pytestmark = pytest.mark.django_db
NEXT = {
    "scheme: small-2566": "scheme: small-2567",
    "close: 2023-07-31": "close: 2024-07-31",
    "due: 2023-06-30  # report": "due: 2024-06-30",
    "from: 2023-02, to: 2023-03": "from: 2024-02, to: 2024-03",
}


@pytest.fixture
def staff():
    return make.make_user("staff")


def opened(text: str, code: str, offices: dict[str, str], **fields) -> Round:
    """A round in which these offices have so many judged points; the first of them handed in the report too."""
    round = make.make_round(edition=make.make_edition(text, scheme=code), **fields)
    judge = make.make_user("judge")
    round.judges.add(judge)
    for number, (office, points) in enumerate(offices.items()):
        entry = make.make_entry(round, office)
        make.make_sheet(entry, judge, points={"idea": points, "talk": "0"})
        if not number:
            make.make_evidence(entry, "report", submitted_at=at("2023-06-01"), status="accepted")
    rescore(round.entries.values_list("pk", flat=True))
    return round


@pytest.fixture
def earlier():
    """A 10, B 3, C 1."""
    offices = {"TH-A": "5", "TH-B": "3", "TH-C": "1"}
    return opened(small.text(), "small-2566", offices, name_th="รอบปีก่อน")


@pytest.fixture
def round(earlier):
    """C 10, A 4, D 2; B is not in it."""
    offices = {"TH-C": "5", "TH-A": "4", "TH-D": "2"}
    return opened(small.text(NEXT), "small-2567", offices, name_th="รอบปีนี้")


def told(shown: Years) -> dict:
    return {one.code: (one.medians, one.sums, one.change) for one in shown.dimensions}


def points(*amounts: str) -> tuple:
    return tuple(map(Decimal, amounts))


def test_dimensions_of_both_years_stand_side_by_side(round, earlier):
    shown = Years(round, earlier, Entry.objects.all())
    assert told(shown) == {
        "papers": (points("0", "0"), points("5", "5"), "0"),
        "judged": (points("3", "4"), points("9", "11"), "+10.0"),
        "": (points("3", "4"), points("14", "16"), "+3.3"),
    }
    assert (shown.counts, shown.in_both) == ((3, 3), 2)


def test_who_rose_and_who_fell_is_told_of_those_in_both(round, earlier):
    shown = Years(round, earlier, Entry.objects.all())
    assert [(one.office.code, one.places, one.gained) for one in shown.risen] == [("TH-C", 2, "+30.0")]
    assert [(one.office.code, one.places, one.gained) for one in shown.fallen] == [("TH-A", -1, "−20.0")]


def page(client, user, round, query: str = ""):
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client.get(reverse("country-years", args=[round.pk]) + query)


def test_what_was_announced_holds_whatever_came_after(client, staff, round, earlier):
    publish(earlier, by=staff)
    late = earlier.entries.get(office__code="TH-B")
    make.make_evidence(late, "report", submitted_at=at("2023-06-01"), status="accepted")
    rescore([late.pk])
    answer = page(client, staff, round)
    assert answer.context["years"].dimensions[0].sums == points("5", "5")
    assert "as it was announced, publication 1" in flat(answer.content.decode())


def test_only_an_earlier_round_of_a_like_scheme_stands_beside_it(client, staff, round, earlier):
    other = make.make_round()  # of another contest
    assert earlier_rounds(staff, round) == [earlier]
    assert earlier_rounds(staff, earlier) == earlier_rounds(staff, other) == []
    assert "There is no earlier round" in flat(page(client, staff, earlier).content.decode())
    country = client.get(reverse("country", args=[round.pk])).content.decode()
    assert reverse("country-years", args=[round.pk]) in country
    country = client.get(reverse("country", args=[earlier.pk])).content.decode()
    assert reverse("country-years", args=[earlier.pk]) not in country
    for query in (f"?beside={other.pk}", "?beside=x", "?beside=999999"):
        assert page(client, staff, round, query).status_code == 404
    assert page(client, staff, round, f"?beside={earlier.pk}").status_code == 200


def test_a_judge_sees_the_earlier_year_only_where_it_was_theirs(client, round, earlier):
    judge = make.make_user("judge")
    for one in (round, earlier):
        Round.objects.filter(pk=one.pk).update(is_closed=True)
    round.judges.add(judge)
    assert page(client, judge, round).context["earlier"] is None
    earlier.judges.add(judge)
    assert page(client, judge, round).context["earlier"] == earlier
    assert page(client, make.make_user("officer"), round).status_code in (403, 404)


def test_it_asks_as_much_for_many_offices_as_for_one(client, staff, round, earlier):
    publish(earlier, by=staff)

    def asked() -> int:
        page(client, staff, round)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("country-years", args=[round.pk]))
        return len(captured)

    before = asked()
    for name in "EFG":
        make.make_entry(round, f"TH-{name}")
    rescore(round.entries.values_list("pk", flat=True))
    assert asked() == before <= 12


def test_a_contest_that_others_run_is_not_set_beside(round, earlier, staff):
    assert earlier_rounds(staff, round) == [earlier]
    Round.objects.filter(pk=earlier.pk).update(organiser=make.make_office("TH-20"))
    assert earlier_rounds(staff, round) == []


def test_the_report_for_executives_sets_the_year_before_beside(client, staff, round, earlier):
    client.force_login(staff)
    text = flat(" ".join(by_poppler(client.get(reverse("country-pdf", args=[round.pk])).content)))
    assert "๖. เทียบกับปีก่อน ปีก่อนคือ รอบปีก่อน ตามคะแนนที่ตรวจรับแล้ว (๓ แห่ง)" in text
    assert text.index("สำนักงานที่ดีขึ้นมากที่สุด") < text.index("สำนักงานที่ลดลงมากที่สุด")
    shown = Presentation(io.BytesIO(client.get(reverse("country-pptx", args=[round.pk])).content))
    titles = [slide.shapes.title.text for slide in shown.slides]
    assert titles[-3:] == ["เทียบกับ รอบปีก่อน", "สำนักงานที่ดีขึ้นมากที่สุดจากปีก่อน", "สำนักงานที่ลดลงมากที่สุดจากปีก่อน"]
