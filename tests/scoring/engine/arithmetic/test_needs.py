"""What a condition asks for, and two needs for one input made one. That offers keep their promise is tested beside."""

from datetime import date

import pytest

from scoring import shipped
from scoring.engine import Need, load, score
from scoring.engine.arithmetic.conditions import AtLeast, HasEvidence, KeptPlan, Passed, merged
from scoring.engine.arithmetic.reading import Reading
from tests.scoring.engine.making import facts, piece, scored, small

MAY, JUNE = date(2023, 5, 31), date(2023, 6, 30)


def value(until: date | None = MAY, period: str | None = "2023-05", **data) -> Need:
    return Need("value", "visits", period, until, data)


@pytest.mark.parametrize(
    ("one", "other", "data"),
    [
        ({"number": "2"}, {"number": "10"}, {"number": "10"}),
        ({"number": "10"}, {"number": "2"}, {"number": "10"}),
        ({"number": "0.5"}, {}, {"number": "0.5"}),
        ({}, {"number": "0.5"}, {"number": "0.5"}),
        ({"channels": 2}, {"channels": 3}, {"channels": 3}),
        ({"count": 2}, {"count": 3}, {"count": 3}),
        ({"compare": "at_most", "number": "10"}, {"compare": "at_most", "number": "2"}, {"number": "2"}),
        ({"compare": "below", "number": "2"}, {"compare": "below", "number": "10"}, {"number": "2"}),
    ],
)
def test_of_two_needs_for_one_input_the_harder_holds_by_the_earlier_day(one, other, data) -> None:
    for days in ((MAY, JUNE), (JUNE, MAY), (None, MAY), (MAY, None)):
        (need,) = merged([(value(days[0], **one),), (value(days[1], **other),)])
        assert (need.kind, need.code, need.period, need.until) == ("value", "visits", "2023-05", MAY)
        assert data.items() <= need.data.items()


def test_two_needs_without_a_day_become_one_without_a_day() -> None:
    waiting = Need("review", "photos", None, None, {"refs": ["a"]})
    assert merged([(waiting,), (waiting,)]) == (waiting,)


def test_new_evidence_is_asked_for_rather_than_a_review_whichever_comes_first() -> None:
    review, new = Need("review", "photos", "r1", None, {"refs": ["a"]}), Need("evidence", "photos", "r1", MAY, {})
    assert merged([(review,), (new,)]) == merged([(new,), (review,)]) == (new,)


def test_needs_for_several_inputs_periods_or_kinds_all_stay() -> None:
    needs = (value(), value(period="2023-06"), value(period=None), Need("evidence", "visits", None, MAY, {}))
    assert merged([needs[:1], needs[1:]]) == needs


CALM = small(
    """
    values:
      complaints: {title: {th: ข้อร้องเรียน, en: Complaints}}
    """,
    """
    rule: steps
    cumulative: true
    steps:
      - {points: 2, when: {value: complaints, at_most: 10}, th: น้อย, en: Few}
      - {points: 5, when: {value: complaints, at_most: 3}, th: แทบไม่มี, en: Hardly any}
    """,
)


def test_every_step_of_a_ladder_that_goes_down_is_offered() -> None:
    offers = score(load(CALM), facts("2023-03-01T12:00", scheme="small-2566")).criteria["a"].offers
    assert [(str(offer.gain), offer.needs[0].data["number"]) for offer in offers] == [("2", "10"), ("5", "3")]


def asked(code: str, given) -> list[list[dict]]:
    return [offer["needs"] for offer in scored(code, given).as_json()["offers"]]


def test_shares_of_a_whole_are_asked_for_with_the_whole_where_it_is_missing() -> None:
    shares = {
        "kind": "value",
        "code": "m3.channels",
        "period": None,
        "until": "2022-09-30",
        "compare": "shares",
        "percent": "1",
        "count": 1,
        "whole": "m3.registered",
    }
    whole = {
        "kind": "value",
        "code": "m3.registered",
        "period": None,
        "until": "2022-09-30",
        "compare": "given",
        "number": "100",
    }
    known = facts("2022-06-01T12:00", scheme="missions-2565", values={"m3.registered": 40})
    assert asked("m3", known)[0] == [shares]
    assert asked("m3", facts("2022-06-01T12:00", scheme="missions-2565"))[0] == [whole, shares]
    reached = facts("2022-06-01T12:00", scheme="missions-2565", values={"m3.registered": 40, "m3.channels": {"a": 40}})
    assert [need["code"] for need in asked("m3", reached)[0]] == ["m3.events"]


def test_what_would_be_late_is_asked_for_only_after_the_planned_day() -> None:
    plan = KeptPlan("2025-05.presented_on", "2025-05.planned_on", date(2025, 5, 31), date(2025, 9, 30), late=True)

    def needs(as_of: str) -> tuple[Need, ...]:
        given = facts(as_of, scheme="milestone-2568", values={"2025-05.planned_on": "2025-05-20"})
        return plan.needs(Reading(shipped.schemes()["milestone-2568"].values, given))

    assert needs("2025-05-20T23:59") == ()
    (need,) = needs("2025-05-21T00:00")
    assert (need.code, need.until, need.data["date"]) == ("2025-05.presented_on", date(2025, 9, 30), "2025-05-21")


def test_nothing_is_asked_for_where_only_time_can_bring_the_rest() -> None:
    evidence = HasEvidence("1.1.report", None, date(2023, 7, 31))
    given = Reading(shipped.schemes()["cdd40-2566"].values, facts("2023-03-01T12:00"))
    assert AtLeast(2, (Passed(MAY), evidence)).needs(given) == ()
    assert AtLeast(1, (Passed(MAY), evidence)).needs(given) == evidence.needs(given) != ()


def test_a_review_that_two_steps_wait_for_is_asked_for_once() -> None:
    text = small(
        "requirements: {photos: {title: {th: ภาพ, en: Photos}, channels: 1}}",
        """
        rule: steps
        cumulative: true
        steps:
          - {points: 2, when: {evidence: photos}, th: มี, en: Some}
          - {points: 5, when: {evidence: photos, channels: 1}, th: เผยแพร่, en: Shown}
        """,
    )
    waiting = piece("photos", "2023-02-01T09:00", "line", status="submitted")
    offers = score(load(text), facts("2023-03-01T12:00", waiting, scheme="small-2566")).criteria["a"].offers
    assert [(str(offer.gain), [need.kind for need in offer.needs]) for offer in offers] == [("5", ["review"])]


COUNTED = small(
    """
    values:
      now: {title: {th: วันนี้, en: Now}}
      base: {title: {th: ฐาน, en: Base}}
    """,
    """
    rule: bands
    also_asked: [base]
    number: NUMBER
    bands:
      - {BOUND, points: 1, th: น้อย, en: Few}
      - {points: 5, th: มาก, en: Many}
    """,
)


@pytest.mark.parametrize(
    ("number", "bound", "base", "needs"),
    [
        ("{value: now}", "below: 20", 1, [("now", "at_least", "20", None)]),
        ("{value: now}", "up_to: 20", 1, [("now", "at_least", "21", None)]),
        ("{value: now}", "up_to: 20.5", 1, [("now", "at_least", "21", None)]),
        ("{percent: now, of: base}", "below: 20", 45, [("now", "at_least", "9", None)]),
        ("{percent: now, of: base}", "up_to: 20", 45, [("now", "at_least", "10", None)]),
        ("{percent: now, of: 45}", "up_to: 20", None, [("now", "at_least", "10", None)]),
        ("{percent: now, of: base}", "up_to: 20", None, [("base", "given", "100", None), ("now", "above", "21", "20")]),
        (
            "{percent: now, of: base}",
            "up_to: 20.5",
            None,
            [("base", "given", "100", None), ("now", "above", "21", "20.5")],
        ),
        ("{growth: now, over: base}", "below: 10", 95, [("now", "at_least", "105", None)]),
        ("{growth: now, over: base}", "up_to: 10", 90, [("now", "at_least", "100", None)]),
        (
            "{growth: now, over: base}",
            "below: 8",
            None,
            [("base", "given", "100", None), ("now", "at_least", "108", "108")],
        ),
        (
            "{growth: now, over: base}",
            "up_to: 8",
            None,
            [("base", "given", "100", None), ("now", "above", "109", "108")],
        ),
        ("{decrease: now, from: base}", "below: 10", 95, [("now", "at_most", "85", None)]),
        ("{decrease: now, from: base}", "up_to: 10", 95, [("now", "at_most", "85", None)]),
        ("{decrease: now, from: base}", "up_to: 10", 90, [("now", "at_most", "80", None)]),
        (
            "{decrease: now, from: base}",
            "below: 8",
            None,
            [("base", "given", "100", None), ("now", "at_most", "92", "92")],
        ),
        (
            "{decrease: now, from: base}",
            "up_to: 8",
            None,
            [("base", "given", "100", None), ("now", "below", "91", "92")],
        ),
        ("{decrease: now, from: base}", "below: 100", 95, [("now", "at_most", "0", None)]),
        ("{decrease: now, from: base}", "up_to: 100", 95, None),
    ],
)
def test_a_number_is_asked_for_so_that_it_reaches_the_next_band(number, bound, base, needs) -> None:
    scheme = load(COUNTED.replace("NUMBER", number).replace("BOUND", bound))
    given = facts("2023-03-01T12:00", scheme="small-2566", values={} if base is None else {"base": base})
    offers = score(scheme, given).criteria["a"].offers
    asked = [
        [(one.code, one.data["compare"], one.data["number"], one.data.get("bound")) for one in offer.needs]
        for offer in offers
        if offer.gain == 5
    ]
    assert asked == ([needs] if needs else [])
    for offer in offers:
        assert {one.until for one in offer.needs} == {date(2023, 7, 31)}
        assert {one.data.get("percent_of") for one in offer.needs} <= {None, "base"}
        assert all(("percent_of" in one.data) is ("bound" in one.data) for one in offer.needs)


def test_only_the_months_that_are_short_of_the_next_band_are_asked_for() -> None:
    series = "now: {title: {th: วันนี้, en: Now}, months: {from: 2023-03, to: 2023-05}}"
    text = COUNTED.replace("NUMBER", "{smallest: now}").replace("now: {title: {th: วันนี้, en: Now}}", series)

    def asked(bound: str, **months: int) -> list[tuple]:
        values = {"now": {f"2023-{month[1:]}": number for month, number in months.items()}}
        given = facts("2023-03-01T12:00", scheme="small-2566", values=values if months else {})
        offers = score(load(text.replace("BOUND", bound)), given).criteria["a"].offers
        needs = [need for offer in offers if offer.gain >= 4 for need in offer.needs]
        return [(need.period, need.data["compare"], need.data["number"]) for need in needs]

    assert asked("below: 6", m03=5, m04=6) == [("2023-03", "at_least", "6"), ("2023-05", "at_least", "6")]
    assert asked("up_to: 6", m03=7, m04=6, m05=9) == [("2023-04", "at_least", "7")]
    assert asked("below: 1", m03=7, m04=7) == [("2023-05", "at_least", "1")]
    assert asked("below: 6") == [(f"2023-0{month}", "at_least", "6") for month in (3, 4, 5)]
