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


def missions(as_of: str, *evidence, **more):
    return facts(as_of, *evidence, scheme="missions-2565", **more)


OVER = "2022-10-01T00:00"


class TestMissions:
    def test_a_proportion_is_capped_and_rounded_half_up(self) -> None:
        rule = shipped.schemes()["missions-2565"].criteria["m1"].rule.total.parts[3].rule
        from scoring.engine.reading import Reading

        for helped, failing, expected in (
            (1, 3, "5.00"),
            (1, 7, "2.14"),
            (99, 3, "15.00"),
            (1, 3000, "0.01"),
            (1, 0, "15.00"),
        ):
            given = missions(OVER, values={"m1.2.2.1.helped": helped, "m1.2.2.1.failing": failing})
            reading = Reading(shipped.schemes()["missions-2565"], given)
            assert f"{rule.points(reading, False):.2f}" == expected

    def test_a_share_of_nobody_is_full_even_without_a_numerator(self) -> None:
        assert points("m5", missions(OVER, values={"m5.overdue": 0})) == ("5.00", "5.00")
        assert points("m6", missions(OVER, values={"m6.debt_start": 0})) == ("5.00", "5.00")
        assert points("m5", missions(OVER, values={"m5.repaid": 10})) == ("0.00", "0.00")

    @pytest.mark.parametrize(
        ("now", "level"),
        [(90.01, "0.00"), (90, "1.00"), (85, "2.00"), (80, "3.00"), (75, "4.00"), (70, "5.00"), (200, "0.00")],
    )
    def test_debt_that_falls(self, now, level) -> None:
        assert points("m6", missions(OVER, values={"m6.debt_start": 100, "m6.debt_now": now})) == (level, level)

    @pytest.mark.parametrize(
        ("sales", "level"), [(50, "1.00"), (104, "2.00"), (106, "3.00"), (108, "4.00"), (110, "5.00")]
    )
    def test_sales_that_grow(self, sales, level) -> None:
        assert points("m7", missions(OVER, values={"m7.base": 100, "m7.sales": sales})) == (level, level)
        assert points("m7", missions("2022-09-30T23:59", values={"m7.base": 100, "m7.sales": sales})) == (level, "5.00")

    @pytest.mark.parametrize(
        ("day", "extended", "level"),
        [
            ("2021-12-30", None, "3.00"),
            ("2021-12-30", True, "3.00"),
            ("2021-12-31", True, "2.00"),
            ("2021-12-31", False, "1.00"),
            ("2021-12-31", None, "1.00"),
            ("2022-02-28", True, "2.00"),
            ("2022-03-31", True, "1.00"),
        ],
    )
    def test_money_disbursed(self, day, extended, level) -> None:
        values = {"m2.1.completed_on": day, **({} if extended is None else {"m2.1.extended": extended})}
        assert points("m2", missions(OVER, values=values)) == (level, level)

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({}, ("0.00", "5.00")),
            ({"m2.1.extended": False}, ("1.00", "3.00")),  # what is left after 30 December without more time is 50
            ({"m2.1.extended": True}, ("1.00", "5.00")),
        ],
    )
    def test_completing_today_is_what_can_be_reached(self, values, expected) -> None:
        assert points("m2", missions("2022-01-15T12:00", values=values)) == expected

    @pytest.mark.parametrize(
        ("values", "level"),
        [
            ({"events": 16, "registered": 100, "channels": {"a": 5, "b": 5, "c": 5}}, "5.00"),
            ({"events": 16, "registered": 100, "channels": {"a": 5, "b": 5, "c": 4.99}}, "4.00"),
            ({"events": 15, "registered": 100, "channels": {"a": 5, "b": 5, "c": 5}}, "4.00"),
            ({"events": 8, "registered": 100, "channels": {"a": 3}}, "3.00"),
            ({"events": 4, "registered": 100, "channels": {"a": 2}}, "2.00"),
            ({"registered": 100, "channels": {"a": 99}}, "1.00"),
            ({"events": 16, "registered": 0, "channels": {"a": 0, "b": 0, "c": 0}}, "5.00"),
            ({"events": 16, "registered": 0}, "0.00"),
            ({"events": 16, "channels": {"a": 5}}, "0.00"),
            ({"events": 16, "registered": 100, "channels": {}}, "0.00"),
        ],
    )
    def test_market_channels(self, values, level) -> None:
        given = missions(OVER, values={f"m3.{code}": number for code, number in values.items()})
        assert points("m3", given) == (level, level)

    def test_a_level_is_0_until_any_input_is_there(self) -> None:
        assert points("m8", missions("2022-09-30T12:00"))[0] == "0.00"
        assert points("m8", missions(OVER)) == ("0.00", "0.00")
        assert points("m8", missions(OVER, values={"m8.4.downloads": 0})) == ("1.00", "1.00")
        assert points("m2", missions(OVER, values={"m2.3.publicity": {}})) == ("0.00", "0.00")
        assert points("m2", missions("2022-01-01T00:00", values={"m2.1.completed_on": "2022-01-02"}))[0] == "0.00"

    def test_evidence_is_an_input_when_it_came_by_the_close_or_its_extension(self) -> None:
        late_for_points = piece("m8.1.1.order", "2022-09-30T23:59:59.999999")
        assert points("m8", missions(OVER, late_for_points)) == ("1.00", "1.00")
        after = piece("m8.1.1.order", "2022-10-05T00:00")
        assert points("m8", missions("2022-11-01T00:00", after)) == ("0.00", "0.00")
        extended = (longer("m8.1.1.order", "2022-10-05"),)
        assert points("m8", missions("2022-11-01T00:00", after, extensions=extended)) == ("1.00", "1.00")

    def test_after_the_close_what_waits_or_an_extension_keeps_a_level_attainable(self) -> None:
        waiting = piece("m8.1.1.order", "2022-09-30T12:00", status="submitted")
        assert points("m8", missions(OVER, waiting)) == ("0.00", "1.00")
        assert points("m8", missions(OVER, extensions=(longer("m8.1.1.order", "2022-10-01"),))) == ("0.00", "1.00")
        assert points("m8", missions(OVER, extensions=(longer("m4.1.plan", "2022-10-01"),))) == ("0.00", "0.00")

    def test_a_total_is_rounded_half_up_before_it_is_looked_up(self) -> None:
        """m4 at 20 is level 1; m8 with 20.5 rounds to 21, level 2."""
        assert points("m4", missions(OVER, values={"m4.2.percent": 10})) == ("1.00", "1.00")
        assert points("m8", missions(OVER, values={"m8.4.downloads": 1366}))[0] == "1.00"  # 20.49
        assert points("m8", missions(OVER, values={"m8.4.downloads": 1367}))[0] == "2.00"  # 20.505 -> 20.51

    def test_a_sum_is_capped(self) -> None:
        both = missions(OVER, piece("m4.1.plan", "2022-01-31T09:00"), values={"m4.2.percent": 30})
        assert points("m4", both) == ("5.00", "5.00")
        part = score(shipped.schemes()["missions-2565"], both).criteria["m4"].trace[0]
        assert part.data["total"] == "100"

    def test_a_part_with_a_day_of_its_own_is_open_until_then(self) -> None:
        plan = piece("m4.1.plan", "2022-01-31T09:00")
        assert points("m4", missions("2022-06-30T23:59", plan)) == ("3.00", "5.00")
        assert points("m4", missions("2022-07-01T00:00", plan)) == ("3.00", "3.00")


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
