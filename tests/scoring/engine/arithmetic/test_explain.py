"""Offers: what is asked, by when, and what is left out. That they keep their promise is a property of its own."""

from decimal import Decimal

from scoring.engine import load, score
from tests.scoring.engine.making import BEFORE, facts, offered, piece, scored, sheet, small


def test_each_further_step_is_offered_with_all_that_it_takes() -> None:
    first = ("evidence", "1.3.training", None, "2023-03-31")
    second = ("evidence", "1.3.assessment", None, "2023-05-31")
    third = ("evidence", "1.3.accounts", None, "2023-05-31")
    offers = offered("1.3", facts("2023-03-01T12:00"))
    assert offers[0] == ("1.00", "2023-03-31", [first])
    assert offers[2] == ("3.00", "2023-03-31", [first, second, third])
    assert len(offers) == 5


def test_a_missed_step_ends_the_offers_of_a_ladder() -> None:
    assert offered("1.3", facts("2023-04-01T12:00")) == []


def test_evidence_that_waits_is_offered_as_a_review_of_it() -> None:
    waiting = piece("1.1.report", "2023-05-01T09:00", status="submitted")
    need = scored("1.1", facts(BEFORE, waiting)).offers[0].as_json()["needs"][0]
    assert need == {"kind": "review", "code": "1.1.report", "period": None, "until": None, "refs": [waiting.ref]}


def test_channels_that_lack_are_asked_for_beside_those_that_are_there() -> None:
    ladder = [piece(f"1.3.{step}", "2023-03-01T09:00") for step in ("training", "assessment", "accounts", "report")]
    shown = piece("1.3.publication", "2023-05-01T09:00", "line")
    need = scored("1.3", facts(BEFORE, *ladder, shown)).offers[0].as_json()["needs"][0]
    assert (need["channels"], need["among"], need["has"]) == (2, "any", ["line"])


def test_a_tally_offers_each_item_and_all_of_them() -> None:
    offers = offered("3.1", facts(BEFORE))
    assert [gain for gain, _, _ in offers] == ["1.00", "1.00", "1.00", "5.00"]


def test_a_tally_offers_what_the_office_can_do_without_central_staff() -> None:
    months = [f"2023-0{month}" for month in range(2, 7)]
    amounts = {"news": 10, "webex": 3, "conference_early": 1, "conference_held": 1}
    values = {f"3.4.{code}": dict.fromkeys(months, amount) for code, amount in amounts.items()}
    offers = offered("3.4", facts("2023-07-10T12:00", values=values))
    assert ("3.00", ["3.4.news", "3.4.webex"]) in [
        (gain, [code for _, code, _, _ in needs]) for gain, _, needs in offers
    ]


def test_a_date_is_offered_for_as_long_as_it_earns_what_today_does() -> None:
    due = {"2.1.2.due": "2023-05-31"}
    need = ("value", "2.1.2.received_on", None)
    for as_of, gain, until in (
        ("2023-05-01T12:00", "5.00", "2023-05-30"),
        ("2023-05-31T12:00", "4.00", "2023-05-31"),
        ("2023-06-01T12:00", "3.00", "2023-06-05"),
        ("2023-06-06T12:00", "2.00", "2023-06-07"),
        ("2023-06-08T12:00", "1.00", "2023-07-31"),
    ):
        assert offered("2.1.2", facts(as_of, settings=due)) == [(gain, until, [(*need, until)])]
    assert offered("2.1.2", facts(BEFORE)) == []


def test_files_are_offered_together() -> None:
    document = ("evidence", "4.1.document", None, "2023-05-30")
    video = ("evidence", "4.1.video", None, "2023-05-30")
    assert offered("4.1.2", facts("2023-05-01T12:00")) == [("5.00", "2023-05-30", [document, video])]


def test_a_plan_kept_is_offered_with_the_plan_that_is_missing() -> None:
    planned = ("value", "2025-05.planned_on", None, "2025-05-31")
    presented = ("value", "2025-05.presented_on", None, "2025-09-30")
    certificate = ("4.00", "2025-05-31", [("evidence", "2025-05.certificate", None, "2025-05-31")])
    given = {"scheme": "milestone-2568"}
    assert offered("2025-05", facts("2025-05-10T12:00", **given)) == [
        certificate,
        ("5.00", "2025-05-31", [planned, presented]),
    ]
    plan = {"2025-05.planned_on": "2025-05-20"}
    assert offered("2025-05", facts("2025-05-10T12:00", values=plan, **given))[1] == (
        "5.00",
        "2025-05-20",
        [(*presented[:3], "2025-05-20")],
    )
    done = {"2025-05.presented_on": "2025-05-09"}
    offer = scored("2025-05", facts("2025-05-10T12:00", values=done, **given)).offers[1].as_json()
    assert offer["needs"] == [
        {
            "kind": "value",
            "code": "2025-05.planned_on",
            "period": None,
            "until": "2025-05-31",
            "compare": "on",
            "date": "2025-05-09",
        }
    ]


def test_nobody_is_advised_to_be_late() -> None:
    plan = {"2025-05.planned_on": "2025-05-20"}
    early = offered("2025-05", facts("2025-05-10T12:00", scheme="milestone-2568", values=plan))
    assert [gain for gain, _, _ in early] == ["4.00", "5.00"]
    late = offered("2025-05", facts("2025-06-10T12:00", scheme="milestone-2568", values=plan))
    assert [(gain, until) for gain, until, _ in late] == [("3.00", "2025-09-30")]


def test_a_promise_that_would_not_last_until_its_day_is_not_made() -> None:
    """The same report earns 5 by the 20th and 4 after it: before the 20th only the 5 are offered."""
    report = ("evidence", "usage.report", "2025-07")
    early = offered("2025-07", facts("2025-07-10T12:00", scheme="milestone-2568"))
    assert early == [("5.00", "2025-07-20", [(*report, "2025-07-20")])]
    late = offered("2025-07", facts("2025-07-21T12:00", scheme="milestone-2568"))
    assert late == [("1.00", "2025-09-30", [(*report, "2025-09-30")])]


def test_a_bands_bound_is_given_as_the_number_that_reaches_it() -> None:
    values = {"3.3.total": 200, "3.3.protected": 170}
    asked = [offer.needs[0].data for offer in scored("3.3", facts(BEFORE, values=values)).offers]
    assert [one["number"] for one in asked] == ["181", "191", "199"]


def test_judges_are_waited_for_with_the_gate_before_them() -> None:
    gate = piece("5.report", "2023-06-01T09:00"), piece("5.checklist", "2023-06-01T09:00", status="submitted")
    offers = scored("5.1", facts(BEFORE, *gate, sheets=(sheet(i511="2"),), expected_sheets=2)).offers
    assert [(offer.gain, [need.kind for need in offer.needs]) for offer in offers] == [
        (Decimal(2), ["review"]),
        (Decimal("5.5"), ["review", "item", "item"]),
    ]


def test_a_crowd_of_judges_is_not_waited_for() -> None:
    gate = piece("5.report", "2023-06-01T09:00"), piece("5.checklist", "2023-06-01T09:00")
    assert scored("5.1", facts(BEFORE, *gate, expected_sheets=10**300)).offers == ()


def test_nothing_is_offered_that_can_no_longer_be_attained() -> None:
    """A target given after its day would raise a share that closed on that day."""
    values = {"m1.1.1.verified": 54, "m1.3.1.done": True}
    given = facts("2022-01-01T00:00", scheme="missions-2565", values=values)
    one = scored("m1", given)
    assert all(one.earned + offer.gain <= one.attainable for offer in one.offers)


TWICE = small(
    """
    requirements:
      photos: {title: {th: ภาพ, en: Photos}, channels: 2}
    """,
    """
    rule: steps
    cumulative: true
    steps:
      - {points: 2, when: {evidence: photos, channels: 3, by: 2023-05-31}, th: สาม, en: Three}
      - {points: 5, when: {evidence: photos, channels: 2, by: 2023-03-31}, th: สอง, en: Two}
    """,
)


def test_needs_for_one_input_become_the_harder_by_the_earlier_day() -> None:
    given = facts("2023-03-01T12:00", scheme="small-2566")
    offers = [offer.as_json() for offer in score(load(TWICE), given).criteria["a"].offers]
    assert [(one["gain"], one["until"], len(one["needs"])) for one in offers] == [("5.00", "2023-03-31", 1)]
    assert offers[0]["needs"][0]["channels"] == 3


def test_a_fixed_whole_may_have_decimals() -> None:
    text = small(
        "values: {visits: {title: {th: ครั้ง, en: Visits}}}",
        """
        rule: bands
        number: {percent: visits, of: 2.5}
        bands:
          - {below: 100, points: 1, th: น้อย, en: Few}
          - {points: 5, th: มาก, en: Many}
        """,
    )
    given = facts("2023-08-01T12:00", scheme="small-2566", values={"visits": "2.5"})
    assert score(load(text), given).criteria["a"].earned == 5


def test_a_number_asked_for_is_the_least_that_will_do() -> None:
    def asked(code: str, **values) -> list:
        given = facts(
            "2022-06-01T12:00", scheme="missions-2565", values={f"{code}.{key}": n for key, n in values.items()}
        )
        return [[need.data["number"] for need in offer.needs] for offer in scored(code, given).offers]

    assert asked("m6", debt_start=1000, debt_now=950) == [["900"], ["850"], ["800"], ["750"], ["700"]]
    assert asked("m7", base=1000, sales=1000) == [["1040"], ["1060"], ["1080"], ["1100"]]
    assert asked("m7", sales=0)[1] == ["100", "104"]
    assert asked("m5", overdue=333, repaid=0) == [["34"], ["50"], ["67"], ["84"], ["100"]]
    assert asked("m5", repaid=0) == [["100", "10"], ["100", "15"], ["100", "20"], ["100", "25"], ["100", "30"]]


def test_new_evidence_is_asked_for_where_a_review_would_not_be_enough() -> None:
    """The video that waits opens the first step; the second needs more channels than it names."""
    text = TWICE.replace("{evidence: photos, channels: 3, by: 2023-05-31}", "{evidence: photos}")
    waiting = piece("photos", "2023-02-01T09:00", "line", status="submitted")
    given = facts("2023-03-01T12:00", waiting, scheme="small-2566")
    offers = score(load(text), given).criteria["a"].offers
    assert [(offer.gain, [need.kind for need in offer.needs]) for offer in offers] == [
        (Decimal(2), ["review"]),
        (Decimal(5), ["evidence"]),
    ]
