"""A scheme tried on what was announced: exact on its own facts, whatever the year; what does not fit is told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards import tasks
from awards.afterwards import hindsight
from awards.models import Publication, Result
from awards.publishing.preparation import Decision
from awards.publishing.publish import publish
from scoring import engine, shipped
from scoring.authoring.changes import apply, propose
from scoring.authoring.scalars import with_code
from scoring.hindsight import years_between
from scoring.models import PastTrial, Scorecard
from submissions.models import Edition, Event
from submissions.questions.proofread import Refused
from tests import factories as make
from tests.factories import at
from tests.scoring import small

pytestmark = pytest.mark.django_db


def try_on(publication, text, years=None, by=None) -> dict:
    """The report of a trial, its lines by office."""
    years = years_between(engine.load(text), publication.edition.scheme) if years is None else years
    begun = hindsight.begin(text, publication, years, by=by, edition=publication.edition, draft=None)
    tasks.try_on_past(begun.pk)
    begun.refresh_from_db()
    assert (begun.fault, begun.done) == ("", begun.total)
    return begun.report | {"lines": {line["office"]: line for line in begun.report["lines"]}}


def a_year_later(text: str, years: int = 1) -> str:
    """A copy with all that is proposed, under a code of its own."""
    text = with_code(text, "copy-of-it")
    return apply(text, [change for change in propose(text, years, shipped.holidays()) if change.is_proposed])


def places(side) -> tuple:
    return side["total"], side["rank"], side["tier"]


def moved(report) -> list[str]:
    return [
        code
        for code, line in report["lines"].items()
        if places(line["was"]) != places(line["would"]) or line["was"]["dimensions"] != line["dimensions"]
    ]


@pytest.fixture
def announced(staff) -> Publication:
    """The small scheme: A is first; B and C are tied for the last award, and the committee put C before B."""
    judge = make.make_user("judge")
    round = make.make_round(edition=small.edition(), settings={"due": "2023-05-31"}, judges=[judge])
    a, b, c = (make.make_entry(round, f"TH-{name}") for name in "ABC")
    make.make_evidence(a, "report", submitted_at=at("2023-06-20"), status="accepted")
    make.make_evidence(b, "report", submitted_at=at("2023-06-30"), status="accepted")
    make.make_value(c, "users", "100")
    make.make_value(c, "visits", "10", period="2023-03")
    make.make_sheet(a, judge, points={"idea": "5", "talk": "4"})
    return publish(round, by=staff, decisions=[Decision(("TH-C", "TH-B"), "ตามมติ")])


def test_its_own_edition_moves_nobody_and_comes_to_the_published_totals(publication):
    report = try_on(publication, publication.edition.text)
    assert moved(report) == []
    assert (report["left_out"], report["asked_anew"]) == ([], [])
    results = publication.results.all()
    assert {code: line["would"]["total"] for code, line in report["lines"].items()} == {
        result.office_code: f"{result.total:.2f}" for result in results
    }
    for row in report["dimensions"]:
        assert row["sums"][0] == row["sums"][1]
        assert row["max"][0] == row["max"][1]


@pytest.mark.parametrize("years", [1, 2, -3])
def test_a_copy_of_another_year_moves_nobody(publication, announced, years):
    for one in (publication, announced):
        report = try_on(one, a_year_later(one.edition.text, years))
        assert moved(report) == [], "lateness in business days, too, is that of the facts' own year"
        assert (report["left_out"], report["asked_anew"]) == ([], [])


@pytest.mark.parametrize("code", shipped.schemes())
@pytest.mark.parametrize("years", [1, -2])
def test_a_shipped_scheme_that_was_moved_is_moved_back_to_itself(code, years):
    text = shipped.text(code)
    copied = apply(
        text,
        [one for one in propose(text, years, frozenset()) if one.is_proposed and one.kind not in hindsight.WORDS],
    )
    assert hindsight.moved_back(copied, years) == engine.load(text)


def test_who_crosses_an_award_s_line_and_what_decides_nothing_is_told(announced):
    """Reports are asked for a day too early for B: C is alone in second place, and nobody has photos."""
    text = small.text({"due: 2023-06-30  # report": "due: 2023-06-29  # report"})
    report = try_on(announced, text)
    assert {code: (places(line["was"]), places(line["would"])) for code, line in report["lines"].items()} == {
        "TH-A": (("14.00", 1, "first"), ("14.00", 1, "first")),
        "TH-C": (("5.00", 2, "good"), ("5.00", 2, "good")),
        "TH-B": (("5.00", 2, ""), ("0.00", None, "")),
    }
    criteria = {one["code"]: (one["full"], one["none"], one["most"]) for one in report["criteria"]}
    assert criteria == {
        "report": (1, 2, "5.00"),
        "photos": (0, 3, "0.00"),
        "users": (1, 2, "5.00"),
        "done": (0, 3, "0.00"),
        "judged": (0, 2, "9.00"),
    }
    assert [row["sums"] for row in report["dimensions"]] == [["15.00", "10.00"], ["9.00", "9.00"]]
    assert (report["ties"], report["award_lines"]) == ([], 2)


def test_a_tie_on_an_award_s_line_is_told_though_the_committee_decided_it_then(announced):
    report = try_on(announced, announced.edition.text)
    (tie,) = report["ties"]
    assert (tie["offices"], tie["tier"], tie["places"], tie["is_decided"]) == (["TH-B", "TH-C"], "good", 1, True)
    assert report["lines"]["TH-C"]["would"]["tier"] == "good"


def test_what_the_scheme_does_not_ask_for_is_left_out_and_told(announced):
    text = small.text(
        {
            "  report:\n": "  paper:\n",
            "{evidence: report}": "{evidence: paper}",
            "max: 5  # idea": "max: 4",
            "max: 5  # talk": "max: 6",
            "from: 2023-02, to: 2023-03": "from: 2023-01, to: 2023-02",
            "  due:\n    title: {th: วันกำหนด": "  by:\n    title: {th: วันกำหนด",
            "due: {setting: due}": "due: {setting: by}",
        }
    )
    report = try_on(announced, text)
    left_out = {
        (one["kind"], one["code"], one["period"] and one["period"]["th"]): (one["count"], one["still_asked"])
        for one in report["left_out"]
    }
    assert left_out == {
        ("requirement", "report", ""): (2, False),
        ("item", "idea", ""): (1, True),
        ("setting", "due", ""): (3, False),
        ("value", "visits", "มีนาคม 2566"): (1, True),
    }
    asked_anew = {(one["kind"], one["code"], one["period"] and one["period"]["th"]) for one in report["asked_anew"]}
    assert asked_anew == {("requirement", "paper", ""), ("setting", "by", ""), ("value", "visits", "มกราคม 2566")}
    assert report["lines"]["TH-A"]["would"]["total"] == "4.00", "the judges' other item fits, and counts"


def test_who_is_of_no_size_group_is_not_scored(announced):
    report = try_on(announced, small.text({"max: 30\n": "max: 30\nsizes:\n  huge: {th: ใหญ่มาก, en: Huge}\n"}))
    assert {line["would"] for line in report["lines"].values()} == {None}
    assert {tuple(row["sums"]) for row in report["dimensions"]} == {("0.00", "0.00")}, "both are of those scored"


def test_nothing_but_its_own_row_is_written(announced):
    counted = (Publication, Result, Scorecard, Event, Edition)
    before = [model.objects.count() for model in counted]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        try_on(announced, small.text({"due: 2023-06-30  # report": "due: 2023-06-29  # report"}))
    written = [one["sql"] for one in asked if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert all("scoring_pasttrial" in sql for sql in written)
    assert [model.objects.count() for model in counted] == before


def test_a_trial_that_can_t_be_made_says_why(announced, staff, monkeypatch):
    def begun(**changes) -> PastTrial:
        known = {"publication": announced.digest, "years": 0, "text": announced.edition.text, "made_by": staff}
        made = PastTrial.objects.create(**{**known, **changes})
        tasks.try_on_past(made.pk)
        made.refresh_from_db()
        assert made.is_over
        assert made.report is None
        return made

    assert begun(publication="0" * 64).fault == PastTrial.Fault.MISSING
    assert begun(text="max: 3").fault == PastTrial.Fault.UNREAD
    assert begun(years=2000).fault == PastTrial.Fault.UNREAD
    with monkeypatch.context() as patched:
        patched.setattr(hindsight, "_announced", lambda *_: 1 / 0)
        broken = begun()
    assert broken.fault == PastTrial.Fault.BROKE
    tasks.try_on_past(broken.pk)
    broken.refresh_from_db()
    assert (broken.fault, broken.report is not None) == ("", True), "asked for again, it is made"
    with monkeypatch.context() as patched:
        patched.setattr(hindsight, "facts_of", lambda results: results[0].facts)
        assert begun().fault == PastTrial.Fault.ALTERED
    tasks.try_on_past(0)


def test_nothing_in_common_and_days_beyond_the_calendar_are_refused_at_once(announced, staff):
    def refused(text: str, years: int) -> set[str]:
        with pytest.raises(Refused) as caught:
            hindsight.begin(text, announced, years, by=staff, edition=None, draft=None)
        return set(caught.value.reasons)

    assert refused(small.text(), 51) == {"years"}
    assert refused(small.text({"close: 2023-07-31": "close: 1901-07-31"}), 2) == {"years"}
    assert refused(shipped.text("website-2564"), 0) == {"publication"}
    assert not PastTrial.objects.exists()


def test_publications_are_offered_by_how_much_they_share(announced, publication, staff):
    found = hindsight.offered(a_year_later(announced.edition.text), staff)
    assert [(one.publication.pk, one.years, one.is_like) for one in found] == [
        (announced.pk, 1, True),
        (publication.pk, found[1].years, False),
    ]
    assert found[0].overlap.only_new == found[0].overlap.only_old == []
    assert "photos" in found[1].overlap.only_new


@pytest.mark.parametrize(
    ("new", "old", "years"),
    [
        ("2024-07-31", "2023-07-31", 1),
        ("2024-01-30", "2023-07-31", 1),
        ("2024-01-29", "2023-07-31", 0),
        ("2022-07-31", "2023-07-31", -1),
    ],
)
def test_years_lie_between_two_closes(new, old, years):
    schemes = [small.scheme({"close: 2023-07-31": f"close: {day}"}) for day in (new, old)]
    assert years_between(*schemes) == years
