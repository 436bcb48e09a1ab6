"""Results and standings as spreadsheets: numbers are numbers, and no text becomes a formula."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from awards.documents import spreadsheets
from awards.publishing.publish import publish
from scoring import shipped
from scoring.recompute import rescore
from submissions.models import Entry, Round
from tests import factories
from tests.awards.conftest import falling, make_contest

pytestmark = pytest.mark.django_db
RISKY = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\tx"]


@pytest.fixture
def contest(db) -> Round:
    """Offices whose names look like formulas."""
    contest = make_contest(*falling(len(RISKY)))
    for entry, name in zip(contest.entries.order_by("office__code"), RISKY, strict=True):
        entry.office.name_th = name
        entry.office.save()
    rescore(contest.entries.values_list("pk", flat=True))
    return contest


def cells(content: bytes) -> list[list]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows()]


def both(contest, staff):
    return [spreadsheets.ResultResource(publish(contest, by=staff)), spreadsheets.StandingResource(contest)]


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def test_workbooks(contest, staff):
    for resource in both(contest, staff):
        head, *rows = cells(spreadsheets.write(resource, "xlsx"))
        titles = [cell.value for cell in head]
        name, total, rank = titles.index("Name in Thai"), titles.index("Total"), titles.index("Rank")
        assert [row[name].value for row in rows] == RISKY
        assert {row[name].data_type for row in rows} == {"s"}
        assert [Decimal(str(row[total].value)) for row in rows] == falling(len(RISKY))
        assert {row[total].data_type for row in rows} == {row[rank].data_type for row in rows} == {"n"}
        assert sum("Dimension" in title for title in titles) == 5


@pytest.mark.parametrize(
    ("scheme", "values", "shown"),
    [
        ("milestone-2568", {"2025-04.collected": "100"}, {"April 2025 (5)": "D", "July 2025 (5)": "C", "Total": 11}),
        ("missions-2565", {"m5.overdue": "0"}, {"m5 Poverty-fund loans (5)": "level 5", "Total": 5}),
        ("website-2564", {}, {"3 Links complete and right (10)": 0, "Total": 0}),
        ("itperson-2564", {}, {"Outcome": "not eligible"}),
    ],
)
def test_letters_levels_and_verdicts_are_shown_as_on_the_pages(scheme, values, shown, staff):
    round = factories.make_contest_round(scheme, now=factories.at("2025-12-01"))
    entry = factories.make_entry(round, "TH-81")
    Entry.objects.update(nominee_name="ใจดี" if round.scheme.nominees else "")
    for code, text in values.items():
        factories.make_value(entry, code, text, status="accepted")
    rescore([entry.pk])
    for resource in (spreadsheets.StandingResource(round), spreadsheets.ResultResource(publish(round, by=staff))):
        head, row = ([cell.value for cell in line] for line in cells(spreadsheets.write(resource, "xlsx")))
        assert shown.items() <= dict(zip(head, row, strict=True)).items()


def test_the_standings_are_there_before_new_criteria_are_scored(client, staff):
    round = factories.make_contest_round("website-2564")
    rescore([factories.make_entry(round, "TH-81").pk])
    text = shipped.text("website-2564").replace('- code: "5"', '- code: "6"', 1)
    Round.objects.update(edition=factories.make_edition(text, "website-2564"))
    client.force_login(staff)
    for page in (reverse("standings", args=[round.pk]), reverse("standings-sheet", args=[round.pk, "xlsx"])):
        assert client.get(page).status_code == 200


def test_csv(contest, staff):
    for resource in both(contest, staff):
        content = spreadsheets.write(resource, "csv")
        assert content.startswith(b"\xef\xbb\xbf")
        head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        name, total = head.index("Name in Thai"), head.index("Total")
        assert [row[name] for row in rows] == [f"'{text}" for text in RISKY]
        assert [row[total] for row in rows] == [f"{points:.2f}" for points in falling(len(RISKY))]


def test_awards_follow_the_readers_language(contest, staff):
    publication = publish(contest, by=staff)
    for language, award in (("en", "Winner"), ("th", "รางวัลชนะเลิศ")):
        with translation.override(language):
            _, first, *_ = cells(spreadsheets.write(spreadsheets.ResultResource(publication), "xlsx"))
        assert (first[0].value, first[1].value) == (1, award)


def test_the_standings_sheet_is_for_those_who_may_see_the_table(client, contest):
    url = reverse("standings-sheet", args=[contest.pk, "xlsx"])
    officer = factories.make_user("officer", office=contest.entries.first().office)
    client.force_login(officer)
    assert client.get(url).status_code == 403
    contest.rank_visibility = Round.RankVisibility.FULL
    contest.save()
    assert client.get(url).status_code == 200
    assert client.get(reverse("standings-sheet", args=[contest.pk, "exe"])).status_code == 404
    client.force_login(factories.make_user("officer", office=factories.make_office("TH-Z9")))
    assert client.get(url).status_code == 404
