"""Figures of an earlier round stand beside those of this one, and what is far from them is told."""

import pytest
from django.urls import reverse

from scoring import shipped
from submissions.questions.earlier_amounts import earlier_amounts
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db

THEN, NOW = "cdd40-2565", "cdd40-2566"


def text_of_the_year_before() -> str:
    text = shipped.text(NOW).replace(f"scheme: {NOW}", f"scheme: {THEN}")
    for year in (2022, 2023):  # 2023 becomes 2022, and 2022 becomes 2021
        text = text.replace(f"{year}-", f"{year - 1}-")
    return text


@pytest.fixture
def krabi():
    return make.make_office()


@pytest.fixture
def before(krabi):
    """Last year's entry, in a real round."""
    edition = make.make_edition(text_of_the_year_before(), scheme=THEN)
    return make.make_entry(make.make_round(None, edition=edition), krabi)


@pytest.fixture
def entry(before, krabi):
    return make.make_entry(make.make_round(None), krabi)


def amounts(entry, *codes) -> dict:
    return {slot: (one.value.text, one.year) for slot, one in earlier_amounts(entry, codes).items()}


def test_a_month_stands_beside_the_same_month_of_the_year_before(before, entry, django_assert_num_queries):
    make.make_value(before, "3.4.news", "12", "2022-02")
    make.make_value(before, "3.3.total", "40")
    with django_assert_num_queries(1):
        found = amounts(entry, "3.4.news", "3.3.total")
    assert found == {("3.4.news", "2023-02"): ("12", 2565), ("3.3.total", ""): ("40", 2565)}


def test_the_latest_round_that_has_one_is_told(before, entry, krabi):
    later = make.make_entry(make.make_round(None), krabi)
    make.make_value(before, "3.3.total", "40")
    make.make_value(before, "3.3.protected", "30")
    make.make_value(entry, "3.3.total", "50")
    assert amounts(later, "3.3.total", "3.3.protected") == {
        ("3.3.total", ""): ("50", None),
        ("3.3.protected", ""): ("30", 2565),
    }


def test_nothing_of_others_is_told(before, entry, krabi):
    make.make_value(make.make_entry(before.round, "TH-90"), "3.3.total", "40")
    make.make_value(make.make_entry(make.make_round(), krabi), "3.3.total", "41")  # a practice round, and later
    practice = make.make_entry(make.make_round(edition=before.round.edition), krabi)
    make.make_value(practice, "3.3.total", "42")
    website = make.make_round(None, edition=make.make_edition(scheme="website-2564"))
    make.make_value(make.make_entry(website, krabi), "3.3.total", "43")
    assert amounts(make.make_entry(make.make_round(None), krabi), "3.3.total") == {}


def test_where_the_year_does_not_tell_the_earlier_round_its_name_is_told_once(client, krabi):
    before = make.make_entry(make.make_round(name_th="รอบซ้อม"), krabi)
    entry = make.make_entry(make.make_round(name_th="รอบสอง", edition=before.round.edition), krabi)
    for month in ("2023-02", "2023-03"):
        make.make_value(before, "3.4.news", "10", month)
    client.force_login(make.make_user("officer"))
    page = flat(client.get(reverse("criterion", args=[entry.pk, "3.4"])).content.decode())
    assert page.count("รอบก่อน: 10") == 2
    assert page.count("รอบซ้อม") == 1


def test_the_page_shows_them_and_tells_what_is_far_from_them(before, client, krabi):
    round = make.make_round()
    entry = make.make_entry(round, krabi)
    for month, then, now in (
        ("02", "10", "31"),
        ("03", "10", "30"),
        ("04", "10", "3"),
        ("05", "9", "2"),
        ("06", "0", "9"),
    ):
        make.make_value(before, "3.4.news", then, f"2022-{month}")
        make.make_value(entry, "3.4.news", now, f"2023-{month}")
    client.force_login(make.make_user("officer"))
    page = flat(client.get(reverse("criterion", args=[entry.pk, "3.4"])).content.decode())
    assert page.count("รอบก่อน (ปี 2565): 10") == 3
    assert "รอบก่อน (ปี 2565): 10 รายการ" in page
    assert page.count("มากกว่า 3 เท่าของรอบก่อน (10)") == 1
    assert page.count("น้อยกว่า 1 ใน 3 ของรอบก่อน (10)") == 1
    assert page.count("กรุณาตรวจอีกครั้ง") == 2
