"""Each kind of rule at its edges."""

from dataclasses import replace

import pytest

from scoring import shipped
from scoring.engine import load, score
from tests.scoring.engine.making import AFTER, BEFORE, at, facts, longer, piece, points, sheet

CLOSE = "2023-07-31T23:59:59.999999"


@pytest.mark.parametrize(
    ("collected", "confidence", "earned"),
    [
        (54.99, 0, "2.00"),
        (55, 90.01, "4.00"),
        (55, 90, "2.00"),
        (97, 91, "4.00"),
        (97.0000001, 91, "6.00"),
        (99, 90, "4.00"),
        (99.01, 95, "6.00"),
        (99.01, 95.01, "8.00"),
        (100, 95.1, "8.00"),
        (100, 10, "6.00"),
        (100.01, 95.1, "10.00"),
        (100.01, 95, "8.00"),
        (100.01, 0, "8.00"),
        (None, 99, "0.00"),
        (100, None, "0.00"),
        (10, None, "0.00"),
    ],
)
def test_households_and_confidence(collected, confidence, earned) -> None:
    given = {"2.1.1.target": 100, "2.1.1.collected": collected, "2.1.1.confidence": confidence}
    values = {code: number for code, number in given.items() if number is not None}
    assert points("2.1.1", facts(AFTER, values=values)) == (earned, earned)
    assert points("2.1.1", facts(CLOSE, values=values)) == (earned, "10.00")


@pytest.mark.parametrize(
    ("updated", "earned"),
    [
        (8.39, "1.00"),
        (8.4, "2.00"),
        (9.6, "2.00"),
        (9.61, "3.00"),
        (10.8, "3.00"),
        (11, "4.00"),
        (11.88, "4.00"),
        (12, "5.00"),
    ],
)
def test_databases_of_twelve(updated, earned) -> None:
    assert points("2.2.1", facts(AFTER, values={"2.2.1.updated": updated})) == (earned, earned)


def test_a_percentage_is_exact() -> None:
    """170.000000000000000000000000000001 of 200 is over 85; a binary float would not see it."""
    third = "170.000000000000000000000000000001"
    values = {"3.3.total": 200, "3.3.protected": third}
    assert points("3.3", facts(AFTER, values=values))[0] == "2.00"
    assert (
        points("3.3", facts(AFTER, values={**values, "3.3.protected": "169.999999999999999999999999999999"}))[0]
        == "1.00"
    )
    assert (
        points("3.3", facts(AFTER, values={**values, "3.3.protected": "180.000000000000000000000000000001"}))[0]
        == "3.00"
    )


class TestCertificate:
    """2.1.2: the Department's receipt against the due date of the round."""

    due = {"2.1.2.due": "2023-05-31"}  # a Wednesday; Monday 5 June is a holiday

    @pytest.mark.parametrize(
        ("received", "earned"),
        [
            ("2023-05-30", "5.00"),
            ("2023-05-31", "4.00"),
            ("2023-06-01", "3.00"),
            ("2023-06-04", "3.00"),
            ("2023-06-05", "3.00"),
            ("2023-06-06", "3.00"),
            ("2023-06-07", "2.00"),
            ("2023-06-08", "2.00"),
            ("2023-06-09", "1.00"),
            ("2023-07-31", "1.00"),
            ("2023-08-01", "0.00"),
        ],
    )
    def test_points_by_business_days(self, received, earned) -> None:
        given = facts("2023-08-20T00:00", settings=self.due, values={"2.1.2.received_on": received})
        given = replace(given, holidays=frozenset({at("2023-06-05").date()}))
        assert points("2.1.2", given) == (earned, earned)

    def test_no_business_day_late_is_still_late(self) -> None:
        friday = {"2.1.2.due": "2023-06-02"}
        given = facts(AFTER, settings=friday, values={"2.1.2.received_on": "2023-06-03"})
        assert points("2.1.2", given)[0] == "3.00"

    @pytest.mark.parametrize(
        ("as_of", "attainable"),
        [
            ("2023-05-30T23:59", "5.00"),
            ("2023-05-31T00:00", "4.00"),
            ("2023-06-01T00:00", "3.00"),
            ("2023-07-31T23:59", "1.00"),
            ("2023-08-01T00:00", "0.00"),
        ],
    )
    def test_without_a_date_today_is_what_can_be_reached(self, as_of, attainable) -> None:
        assert points("2.1.2", facts(as_of, settings=self.due)) == ("0.00", attainable)

    def test_a_due_date_after_the_close_keeps_it_open_until_then(self) -> None:
        late = {"2.1.2.due": "2023-08-15"}
        assert points("2.1.2", facts("2023-08-14T12:00", settings=late)) == ("0.00", "5.00")
        assert points("2.1.2", facts("2023-08-15T12:00", settings=late)) == ("0.00", "4.00")
        assert points("2.1.2", facts("2023-08-16T12:00", settings=late)) == ("0.00", "0.00")
        received = {"2.1.2.received_on": "2023-08-16"}
        assert points("2.1.2", facts("2023-08-20T12:00", settings=late, values=received)) == ("0.00", "0.00")

    def test_a_date_that_has_not_come_is_ignored_and_one_of_today_counts(self) -> None:
        received = {"2.1.2.received_on": "2023-05-30"}
        assert points("2.1.2", facts("2023-05-29T23:59", settings=self.due, values=received)) == ("0.00", "5.00")
        assert points("2.1.2", facts("2023-05-30T00:00", settings=self.due, values=received)) == ("5.00", "5.00")
        assert points("2.1.2", facts("2023-05-29T17:00+00:00", settings=self.due, values=received)) == ("5.00", "5.00")

    def test_without_the_setting_nothing_is_earned_yet(self) -> None:
        received = {"2.1.2.received_on": "2023-05-30"}
        assert points("2.1.2", facts(CLOSE, values=received)) == ("0.00", "5.00")
        assert points("2.1.2", facts(AFTER, values=received)) == ("0.00", "0.00")

    def test_the_data_centre_has_no_early_row(self) -> None:
        due = {"2.2.2.due": "2023-06-30"}
        for day, earned in (("2023-05-01", "5.00"), ("2023-06-30", "5.00"), ("2023-07-01", "3.00")):
            assert points("2.2.2", facts(AFTER, settings=due, values={"2.2.2.recorded_on": day}))[0] == earned


class TestFiles:
    """4.1.2: the later of the first document and the first video against 31 May 2023."""

    @pytest.mark.parametrize(
        ("document", "video", "earned"),
        [
            ("2023-05-30T23:59", "2023-04-01T09:00", "5.00"),
            ("2023-05-30T23:59", "2023-05-31T00:00", "3.00"),
            ("2023-05-31T23:59:59.999999", "2023-05-01T00:00", "3.00"),
            ("2023-06-01T00:00", "2023-05-01T00:00", "1.00"),
            ("2023-07-31T23:59", "2023-05-01T00:00", "1.00"),
            ("2023-08-01T00:00", "2023-05-01T00:00", "0.00"),
        ],
    )
    def test_the_later_of_both(self, document, video, earned) -> None:
        given = facts("2023-09-01T00:00", piece("4.1.document", document), piece("4.1.video", video))
        assert points("4.1.2", given) == (earned, earned)

    def test_the_first_of_several_counts(self) -> None:
        files = [piece("4.1.document", "2023-07-01T09:00"), piece("4.1.document", "2023-05-01T09:00")]
        assert points("4.1.2", facts(AFTER, *files, piece("4.1.video", "2023-05-02T09:00")))[0] == "5.00"

    def test_an_extension_lets_a_file_count_but_not_come_earlier(self) -> None:
        files = piece("4.1.document", "2023-08-05T09:00"), piece("4.1.video", "2023-05-01T09:00")
        extended = (longer("4.1.document", "2023-08-05"),)
        assert points("4.1.2", facts("2023-09-01T00:00", *files, extensions=extended)) == ("1.00", "1.00")

    def test_a_file_not_there_may_come_today(self) -> None:
        document = piece("4.1.document", "2023-05-01T09:00")
        for as_of, attainable in (
            ("2023-05-30T12:00", "5.00"),
            ("2023-05-31T12:00", "3.00"),
            (CLOSE, "1.00"),
            (AFTER, "0.00"),
        ):
            assert points("4.1.2", facts(as_of, document)) == ("0.00", attainable)

    def test_what_waits_for_review_counts_for_what_is_attainable(self) -> None:
        video = piece("4.1.video", "2023-05-01T09:00")
        waiting = piece("4.1.document", "2023-05-02T09:00", status="submitted")
        assert points("4.1.2", facts("2023-09-01T00:00", video, waiting)) == ("0.00", "5.00")
        later = piece("4.1.document", "2023-06-02T09:00")
        assert points("4.1.2", facts("2023-09-01T00:00", video, waiting, later)) == ("1.00", "5.00")
        assert points("4.1.2", facts("2023-09-01T00:00", video, waiting, basis="claimed")) == ("5.00", "5.00")


class TestJudged:
    """5.1: items 5.1.1 and 5.1.2, three points each, only with the report and the checklist in."""

    gate = (piece("5.report", "2023-07-01T09:00"), piece("5.checklist", "2023-07-01T09:00"))

    def judged(self, *sheets, expected=None, gate=gate, as_of=AFTER):
        return points("5.1", facts(as_of, *gate, sheets=sheets, expected_sheets=expected))

    def test_nothing_until_both_are_in(self) -> None:
        full = sheet(i511="3", i512="3")
        assert self.judged(full) == ("6.00", "6.00")
        assert self.judged(full, gate=self.gate[:1]) == ("0.00", "0.00")
        assert self.judged(full, gate=self.gate[:1], as_of=CLOSE) == ("0.00", "6.00")
        assert self.judged(sheet(i511="1", i512="1"), gate=(), as_of=BEFORE) == ("0.00", "2.00")

    def test_an_item_is_the_mean_of_the_sheets_that_have_it_rounded_half_up(self) -> None:
        assert self.judged(sheet(i511="1", i512="0"), sheet(i511="2"), sheet(i511="2")) == ("1.67", "3.67")
        assert self.judged(sheet(i511="0.01", i512="0"), sheet(i511="0", i512="0")) == ("0.01", "0.01")
        assert self.judged(sheet(i511="0.005", i512="2.994")) == ("3.00", "3.00")

    def test_sheets_to_come_may_bring_the_maximum(self) -> None:
        one = sheet(i511="1", i512="2")
        assert self.judged(one, expected=3) == ("3.00", "5.00")
        assert self.judged(one, expected=1) == ("3.00", "3.00")
        assert self.judged(one, expected=0) == ("3.00", "3.00")

    def test_an_item_on_no_sheet_waits_whatever_is_expected(self) -> None:
        assert self.judged() == ("0.00", "6.00")
        assert self.judged(expected=0) == ("0.00", "6.00")
        assert self.judged(sheet(i511="1"), expected=1) == ("1.00", "4.00")

    def test_more_sheets_than_judges_are_no_harm(self) -> None:
        assert self.judged(*[sheet(i511="3", i512="3")] * 4, expected=10**300) == ("6.00", "6.00")


def test_a_size_the_scheme_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a size"):
        score(shipped.schemes()["cdd40-2566"], facts(AFTER, size=None))


def test_facts_of_codes_the_scheme_does_not_know_are_passed_over() -> None:
    """An amended edition may no longer ask for what was handed in."""
    given = facts(AFTER, piece("gone", "2023-05-01T09:00"), values={"gone.value": 3, "gone_on": "2023-05-01"})
    assert score(shipped.schemes()["cdd40-2566"], given).total == 0


ADDED_UP = """
scheme: small-2566
title: {th: เล็ก, en: Small}
close: 2023-07-31
max: 7
requirements:
  report: {title: {th: รายงาน, en: Report}}
  photos: {title: {th: ภาพ, en: Photos}}
values:
  visits: {title: {th: ครั้ง, en: Visits}}
dimensions:
  - code: all
    title: {th: ทั้งหมด, en: Everything}
    max: 7
    criteria:
      - code: a
        title: {th: ก, en: A}
        max: 7
        rule: sum
        cap: 7
        parts:
          - code: a1
            title: {th: หลักฐาน, en: Evidence}
            max: 5
            rule: steps
            steps:
              - {points: 5, when: {any: [{evidence: report}, {evidence: photos}]}, th: มี, en: There}
          - code: a2
            title: {th: ครั้ง, en: Visits}
            max: 3
            rule: bands
            number: {value: visits}
            bands:
              - {below: 2, points: 1, th: น้อย, en: Few}
              - {points: 3, th: มาก, en: Many}
"""


@pytest.mark.parametrize(
    ("evidence", "visits", "expected"),
    [
        ((), None, ("0.00", "0.00")),
        (("photos",), None, ("5.00", "5.00")),
        (("report", "photos"), 1, ("6.00", "6.00")),
        (("report",), 2, ("7.00", "7.00")),
    ],
)
def test_a_sum_adds_its_parts_up_to_its_cap(evidence, visits, expected) -> None:
    pieces = [piece(code, "2023-05-01T09:00") for code in evidence]
    given = facts(AFTER, *pieces, scheme="small-2566", values={} if visits is None else {"visits": visits})
    scheme = load(ADDED_UP)
    result = score(scheme, given).criteria["a"]
    assert (f"{result.earned:.2f}", f"{result.attainable:.2f}") == expected
    early = score(scheme, replace(given, as_of=at(BEFORE))).criteria["a"]
    assert early.attainable == 7
    assert sum(offer.gain for offer in early.offers[-1:]) == 7 - early.earned
