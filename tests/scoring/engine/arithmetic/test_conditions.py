"""MET, OPEN, MISSED: each sentence of how conditions are read, at its edges."""

import pytest

from scoring import shipped
from scoring.engine import score_both
from tests.scoring.engine.making import AFTER, BEFORE, facts, longer, piece, points

LAST = "2023-07-31T23:59:59.999999"
FULL, OPEN, GONE = ("5.00", "5.00"), ("0.00", "5.00"), ("0.00", "0.00")


@pytest.mark.parametrize(
    ("as_of", "handed_in", "expected"),
    [
        ("2023-07-31T23:59:59.999999", None, OPEN),
        ("2023-08-01T00:00", None, GONE),
        ("2023-07-31T16:59:59.999999+00:00", None, OPEN),
        ("2023-07-31T17:00+00:00", None, GONE),
        ("2023-08-01T06:59:59+14:00", None, OPEN),
        (AFTER, LAST, FULL),
        (AFTER, "2023-08-01T00:00", GONE),
        (AFTER, "2023-07-31T16:59:59.999999+00:00", FULL),
        (AFTER, "2023-07-31T17:00+00:00", GONE),
        (AFTER, "2023-07-31T10:00-07:00", GONE),
    ],
)
def test_a_day_ends_with_its_last_microsecond_in_bangkok(as_of, handed_in, expected) -> None:
    given = facts(as_of, piece("1.1.report", handed_in)) if handed_in else facts(as_of)
    assert points("1.1", given) == expected


@pytest.mark.parametrize(
    ("status", "basis", "before", "after"),
    [
        ("accepted", "verified", FULL, FULL),
        ("accepted", "claimed", FULL, FULL),
        ("submitted", "verified", OPEN, OPEN),
        ("submitted", "claimed", FULL, FULL),
        ("draft", "verified", OPEN, GONE),
        ("draft", "claimed", OPEN, GONE),
        ("returned", "claimed", OPEN, GONE),
        ("withdrawn", "claimed", OPEN, GONE),
    ],
)
def test_which_evidence_counts(status, basis, before, after) -> None:
    one = piece("1.1.report", "2023-06-01T09:00", status=status)
    assert points("1.1", facts(BEFORE, one, basis=basis)) == before
    assert points("1.1", facts(AFTER, one, basis=basis)) == after


def test_both_bases_differ_where_evidence_waits_and_only_there() -> None:
    waiting = piece("1.1.report", "2023-06-01T09:00", status="submitted")
    verified, claimed = score_both(shipped.schemes()["cdd40-2566"], facts(BEFORE, waiting))
    assert (verified.criteria["1.1"].earned, claimed.criteria["1.1"].earned, claimed.total) == (0, 5, 5)
    assert [code for code, one in verified.criteria.items() if one != claimed.criteria[code]] == ["1.1"]


def test_waiting_evidence_that_came_late_keeps_nothing_open() -> None:
    assert points("1.1", facts("2023-08-02T00:00", piece("1.1.report", AFTER, status="submitted"))) == GONE


def test_evidence_after_as_of_does_not_exist_yet() -> None:
    one = piece("1.1.report", "2023-06-15T12:00:00.000001")
    assert points("1.1", facts("2023-06-15T12:00", one)) == OPEN
    assert points("1.1", facts("2023-06-15T12:00:00.000001", one)) == FULL


def test_an_extension_moves_the_deadline_of_exactly_its_requirement_and_period() -> None:
    late = "2023-04-05T09:00"
    both = piece("1.2.report", late, period="r1"), piece("1.2.report", "2023-06-01T09:00", period="r2")
    assert points("1.2", facts(AFTER, *both)) == GONE
    assert points("1.2", facts(AFTER, *both, extensions=(longer("1.2.report", "2023-04-05", "r1"),))) == FULL
    assert points("1.2", facts(AFTER, *both, extensions=(longer("1.2.report", "2023-04-04", "r1"),))) == GONE
    assert points("1.2", facts(AFTER, *both, extensions=(longer("1.2.report", "2023-12-31", "r2"),))) == GONE
    assert points("1.2", facts(AFTER, *both, extensions=(longer("1.1.report", "2023-12-31"),))) == GONE


def test_an_extension_never_shortens_and_the_latest_of_several_holds() -> None:
    one = piece("1.3.training", "2023-03-31T09:00")
    assert points("1.3", facts(AFTER, one, extensions=(longer("1.3.training", "2023-03-01"),)))[0] == "1.00"
    late = piece("1.3.training", "2023-04-20T09:00")
    several = longer("1.3.training", "2023-04-10"), longer("1.3.training", "2023-04-20")
    for order in (several, several[::-1]):
        assert points("1.3", facts(AFTER, late, extensions=order))[0] == "1.00"


def test_a_running_extension_keeps_a_condition_open_after_the_close() -> None:
    extended = (longer("1.1.report", "2023-08-10"),)
    assert points("1.1", facts("2023-08-10T23:59:59.999999", extensions=extended)) == OPEN
    assert points("1.1", facts("2023-08-11T00:00", extensions=extended)) == GONE


def test_channels_are_united_over_the_evidence_that_counts_and_came_in_time() -> None:
    ladder = [
        piece("1.3.training", "2023-03-01T09:00"),
        piece("1.3.assessment", "2023-03-01T09:00"),
        piece("1.3.accounts", "2023-03-01T09:00"),
        piece("1.3.report", "2023-03-01T09:00"),
    ]
    one, other = "2023-05-01T09:00", "2023-05-02T09:00"
    shown = {
        "one channel twice": [piece("1.3.publication", one, "line"), piece("1.3.publication", other, "line")],
        "two over two": [piece("1.3.publication", one, "line"), piece("1.3.publication", other, "website")],
        "the second returned": [
            piece("1.3.publication", one, "line"),
            piece("1.3.publication", other, "website", status="returned"),
        ],
        "the second late": [piece("1.3.publication", one, "line"), piece("1.3.publication", AFTER, "website")],
        "no channel named": [piece("1.3.publication", one)],
    }
    earned = {name: points("1.3", facts(AFTER, *ladder, *more))[0] for name, more in shown.items()}
    assert earned == {
        "one channel twice": "4.00",
        "two over two": "5.00",
        "the second returned": "4.00",
        "the second late": "4.00",
        "no channel named": "4.00",
    }


def test_waiting_channels_hold_a_condition_open_only_when_they_would_be_enough() -> None:
    ladder = [piece(f"1.3.{step}", "2023-03-01T09:00") for step in ("training", "assessment", "accounts", "report")]
    counted = piece("1.3.publication", "2023-05-01T09:00", "line")
    enough = piece("1.3.publication", "2023-05-01T09:00", "website", status="submitted")
    same = piece("1.3.publication", "2023-05-01T09:00", "line", status="submitted")
    assert points("1.3", facts(AFTER, *ladder, counted, enough)) == ("4.00", "5.00")
    assert points("1.3", facts(AFTER, *ladder, counted, same)) == ("4.00", "4.00")


def test_the_model_tambon_video_counts_social_media_only() -> None:
    document = piece("4.1.document", "2023-05-01T09:00")
    told = {"4.1.parts_complete": True, "4.1.extra_content": True}
    website = piece("4.1.video", "2023-05-01T09:00", "youtube", "website", "meeting")
    social = piece("4.1.video", "2023-05-02T09:00", "line")
    assert points("4.1.1", facts(AFTER, document, website, values=told)) == ("1.00", "1.00")
    assert points("4.1.1", facts(AFTER, document, website, social, values=told)) == FULL


@pytest.mark.parametrize(
    ("as_of", "downloads", "size", "expected"),
    [
        (AFTER, 2000, "small", "8.00"),
        (AFTER, 1999, "small", "6.00"),
        (AFTER, 3999.99, "medium", "6.00"),
        (AFTER, 4000, "medium", "8.00"),
        (AFTER, 6000, "large", "8.00"),
    ],
)
def test_a_value_is_compared_with_the_target_of_the_size(as_of, downloads, size, expected) -> None:
    assert points("4.2", facts(as_of, *_publicity(), size=size, values={"4.2.downloads": downloads}))[0] == expected


def test_a_value_that_is_short_can_still_be_raised_until_its_day() -> None:
    short = {"4.2.downloads": 10}
    assert points("4.2", facts(LAST, *_publicity(), values=short)) == ("6.00", "10.00")
    assert points("4.2", facts(AFTER, *_publicity(), values=short)) == ("6.00", "6.00")


def _publicity():
    months = [f"2023-0{month}" for month in range(3, 8)]
    return (
        piece("4.2.committee", "2023-02-28T23:59:59.999999"),
        *(piece("4.2.publicity", f"{month}-15T23:59", "line", "radio", period=month) for month in months),
        piece("4.2.activity", "2023-03-15T09:00", period="q2"),
        piece("4.2.activity", "2023-06-15T09:00", period="q3"),
    )


def test_a_cumulative_step_needs_all_before_it() -> None:
    later = piece("1.3.assessment", "2023-05-01T09:00"), piece("1.3.accounts", "2023-05-01T09:00")
    assert points("1.3", facts("2023-03-01T00:00", *later)) == ("0.00", "5.00")
    assert points("1.3", facts("2023-06-01T00:00", *later)) == ("0.00", "0.00")
    first = piece("1.3.training", "2023-03-01T09:00")
    assert points("1.3", facts("2023-06-01T00:00", first, *later)) == ("3.00", "5.00")


@pytest.mark.parametrize(
    ("done", "earned"),
    [((), "0.00"), (("plan",), "1.00"), (("plan", "review"), "3.00"), (("plan", "review", "assignment"), "5.00")],
)
def test_a_tally_counts_what_is_done(done, earned) -> None:
    handed_in = [piece(f"3.1.{one}", "2023-05-01T09:00") for one in done]
    assert points("3.1", facts(AFTER, *handed_in)) == (earned, earned)
    assert points("3.1", facts(BEFORE, *handed_in)) == (earned, "5.00")


class TestMonths:
    """3.4: each item in each month, a month's value given by its last day."""

    spring = tuple(f"2023-0{month}" for month in range(2, 8))

    def test_a_month_is_open_until_its_last_day(self) -> None:
        assert points("3.4", facts("2023-02-28T23:59:59.999999")) == ("0.00", "5.00")
        assert points("3.4", facts("2023-03-01T00:00")) == ("0.00", "0.00")

    def test_every_month_must_reach_the_number(self) -> None:
        news = dict.fromkeys(self.spring, 10)
        assert points("3.4", facts(AFTER, values={"3.4.news": news}))[0] == "1.00"
        assert points("3.4", facts(AFTER, values={"3.4.news": {**news, "2023-04": 9.99}}))[0] == "0.00"

    @pytest.mark.parametrize(
        ("held", "early", "expected"),
        [
            (0, None, "1.00"),
            (0, 0, "1.00"),
            (2, 2, "1.00"),
            (2, 3, "1.00"),
            (2, 1, "0.00"),
            (2, None, "0.00"),
            (None, 3, "0.00"),
            (None, None, "0.00"),
        ],
    )
    def test_every_conference_joined_before_its_start(self, held, early, expected) -> None:
        values = {
            "3.4.conference_held": dict.fromkeys(self.spring, 1),
            "3.4.conference_early": dict.fromkeys(self.spring, 1),
        }
        for code, given in (("3.4.conference_held", held), ("3.4.conference_early", early)):
            if given is None:
                del values[code]["2023-05"]
            else:
                values[code]["2023-05"] = given
        assert points("3.4", facts(AFTER, values=values)) == (expected, expected)
        open_in_may = points("3.4", facts("2023-05-31T12:00", values=values))[1]
        assert open_in_may == "1.00"  # news and WebEx of the months before are missed, this item is not

    def test_monthly_reports(self) -> None:
        reports = [piece("3.5.report", f"{month}-28T09:00", period=month) for month in self.spring]
        assert points("3.5", facts(AFTER, *reports)) == FULL
        assert points("3.5", facts(AFTER, *reports[1:])) == GONE
        assert points("3.5", facts("2023-06-30T23:59", *reports[:4])) == OPEN
        assert points("3.5", facts("2023-07-01T00:00", *reports[:4])) == GONE
        extended = (longer("3.5.report", "2023-07-02", "2023-06"),)
        assert points("3.5", facts("2023-07-01T00:00", *reports[:4], extensions=extended)) == OPEN


class TestPlanKept:
    """Milestone 2025-05: A presented by the planned day, B the certificate, C presented later than planned."""

    @pytest.mark.parametrize(
        ("as_of", "presented", "planned", "expected"),
        [
            ("2025-05-10T12:00", None, None, ("0.00", "5.00")),
            ("2025-06-01T00:00", None, None, ("0.00", "3.00")),
            ("2025-05-20T23:59", None, "2025-05-20", ("0.00", "5.00")),
            ("2025-05-21T00:00", None, "2025-05-20", ("0.00", "4.00")),
            ("2025-08-10T00:00", None, "2025-12-20", ("0.00", "5.00")),
            ("2025-10-01T00:00", None, "2025-12-20", ("0.00", "0.00")),
            ("2025-06-20T00:00", "2025-05-20", "2025-05-20", ("5.00", "5.00")),
            ("2025-06-20T00:00", "2025-05-21", "2025-05-20", ("3.00", "3.00")),
            ("2025-05-21T00:00", "2025-05-21", "2025-05-20", ("3.00", "4.00")),
            ("2025-05-20T00:00", "2025-05-21", "2025-05-20", ("0.00", "5.00")),
            ("2025-05-31T23:59", "2025-05-21", None, ("0.00", "5.00")),
            ("2025-06-01T00:00", "2025-05-21", None, ("0.00", "0.00")),
            ("2025-10-20T00:00", "2025-10-01", "2025-10-10", ("0.00", "0.00")),
            ("2025-10-20T00:00", "2025-09-30", "2025-09-10", ("3.00", "3.00")),
        ],
    )
    def test_presented_and_planned(self, as_of, presented, planned, expected) -> None:
        days = {"2025-05.presented_on": presented, "2025-05.planned_on": planned}
        values = {code: day for code, day in days.items() if day}
        assert points("2025-05", facts(as_of, scheme="milestone-2568", values=values)) == expected


class TestUsageReport:
    """Milestone 2025-07: A by the 20th, B by the close, C once the 20th has passed, whatever the extension."""

    @pytest.mark.parametrize(
        ("as_of", "handed_in", "until", "expected"),
        [
            ("2025-07-20T23:59", None, None, ("0.00", "5.00")),
            ("2025-07-21T00:00", None, None, ("3.00", "4.00")),
            ("2025-07-21T00:00", None, "2025-07-25", ("3.00", "5.00")),
            ("2025-10-01T00:00", None, None, ("3.00", "3.00")),
            ("2025-10-01T00:00", "2025-07-20T23:59:59", None, ("5.00", "5.00")),
            ("2025-10-01T00:00", "2025-07-21T00:00:00", None, ("4.00", "4.00")),
            ("2025-10-01T00:00", "2025-07-21T00:00:00", "2025-07-21", ("5.00", "5.00")),
            ("2025-10-02T00:00", "2025-10-01T00:00:00", None, ("3.00", "3.00")),
            ("2025-10-02T00:00", "2025-10-01T00:00:00", "2025-10-01", ("5.00", "5.00")),
        ],
    )
    def test_letters(self, as_of, handed_in, until, expected) -> None:
        evidence = [piece("usage.report", handed_in, period="2025-07")] if handed_in else []
        extended = (longer("usage.report", until, "2025-07"),) if until else ()
        given = facts(as_of, *evidence, scheme="milestone-2568", extensions=extended)
        assert points("2025-07", given) == expected


def test_at_least_one_of_several() -> None:
    nominee = {"1.civil_servant": True}
    skill = piece("1.skill", "2021-07-01T09:00")
    media = piece("1.media", "2021-07-20T23:59:59.999999")

    def eligible(as_of: str, *evidence, **values):
        return points("1", facts(as_of, *evidence, scheme="itperson-2564", values=values or nominee))

    assert eligible("2021-08-01T00:00", skill, media) == ("1.00", "1.00")
    assert eligible("2021-08-01T00:00", skill) == ("0.00", "0.00")
    assert eligible("2021-07-20T23:00", skill) == ("0.00", "1.00")
    assert eligible("2021-08-01T00:00", skill, media, **{"1.civil_servant": False}) == ("0.00", "0.00")
    assert eligible("2021-07-10T00:00", **{"1.civil_servant": False}) == ("0.00", "1.00")
