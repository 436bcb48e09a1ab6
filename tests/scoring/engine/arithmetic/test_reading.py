"""Facts with needs met, as offers are weighed: what is there afterwards, and that nothing else has changed."""

from datetime import date
from decimal import Decimal

from scoring import shipped
from scoring.engine import Need
from scoring.engine.arithmetic.reading import Reading
from tests.scoring.engine.making import facts, longer, piece, sheet

TODAY, LATER = date(2023, 6, 15), date(2023, 7, 1)


def reading(*evidence, **more) -> Reading:
    return Reading(shipped.schemes()["cdd40-2566"].values, facts("2023-06-15T12:00", *evidence, **more))


def value(period: str | None = None, **data) -> Need:
    return Need("value", "v", period, None, data)


def test_a_yes_is_a_yes_afterwards() -> None:
    assert reading().after([value(compare="is_true")]).flag("v") is True


def test_what_was_to_happen_on_the_day_it_was_said_happens_on_the_day_it_is_met() -> None:
    said, fixed = value(compare="on", date="2023-06-15"), value(compare="on", date="2023-06-20")
    assert reading().after([said]).day("v") == TODAY
    assert reading().after([said], LATER).day("v") == LATER
    assert reading().after([fixed], LATER).day("v") == date(2023, 6, 20)


def test_a_number_stands_alone_or_beside_the_other_months() -> None:
    assert reading(values={"v": 3}).after([value(compare="at_least", number="2.5")]).number("v") == Decimal("2.5")
    months = reading(values={"v": {"2023-05": 1, "2023-06": 1}}).after([value("2023-06", compare="given", number="7")])
    assert months.entries("v") == {"2023-05": 1, "2023-06": 7}


def test_shares_are_just_enough_of_the_whole_beside_those_that_are_there() -> None:
    need = value(compare="shares", whole="w", percent="2.5", count=2)
    met = reading(values={"w": 10_010, "v": {"shop": 4}}).after([need])
    assert met.entries("v") == {"shop": 4, "+0": 251, "+1": 251}
    assert list(reading(values={"w": 0}).after([need]).entries("v").values()) == [0, 0]


def test_evidence_counts_from_the_day_it_is_met_with_the_channels_asked_for() -> None:
    old = piece("r", "2023-05-01T09:00", "line", period="p")
    plain = Need("evidence", "r", "p", None, {})
    met = reading(old).after([plain], LATER).pieces("r", "p")
    assert [(one.day, one.counts, one.channels) for one in met] == [
        (date(2023, 5, 1), True, {"line"}),
        (LATER, True, set()),
    ]
    named = Need("evidence", "r", "p", None, {"channels": 3, "among": "social"})
    (new,) = reading().after([named]).pieces("r", "p")
    assert (new.day, new.channels, new.ref) == (TODAY, {"facebook", "line", "youtube"}, "")
    wide = Need("evidence", "r", "p", None, {"channels": 8, "among": "any"})
    assert len(reading().after([wide]).pieces("r", "p")[0].channels) == 8


def test_a_review_makes_those_count_that_it_names_on_their_own_day() -> None:
    one, other = (piece("r", f"2023-05-0{day}T09:00", "line", status="submitted") for day in (1, 2))
    met = reading(one, other).after([Need("review", "r", None, None, {"refs": [other.ref]})], LATER).pieces("r", None)
    assert [(kept.day, kept.counts, kept.channels, kept.ref) for kept in met] == [
        (date(2023, 5, 1), False, {"line"}, one.ref),
        (date(2023, 5, 2), True, {"line"}, other.ref),
    ]


def test_sheets_to_come_bring_the_points_promised() -> None:
    need = Need("item", "5.1.1", None, None, {"points": "3", "sheets": 2})
    assert reading(sheets=(sheet(i511="1"),)).after([need]).points("5.1.1") == [1, 3, 3]


def test_meeting_a_need_leaves_the_facts_as_they_were() -> None:
    before = reading(
        piece("r", "2023-05-01T09:00", status="submitted"),
        values={"v": 1},
        sheets=(sheet(i511="1"),),
        settings={"2.1.2.due": "2023-06-20"},
        extensions=(longer("r", "2023-08-01"),),
        expected_sheets=4,
    )
    needs = [
        value(compare="given", number="9"),
        Need("evidence", "r", None, None, {}),
        Need("item", "5.1.1", None, None, {"points": "3", "sheets": 1}),
    ]
    after = before.after(needs, LATER)
    assert (before.number("v"), len(before.pieces("r", None)), before.points("5.1.1")) == (1, 1, [1])
    assert (before.as_of, after.as_of) == (TODAY, LATER)
    assert (after.number("v"), len(after.pieces("r", None)), after.points("5.1.1")) == (9, 2, [1, 3])
    assert (after.size, after.settings, after.expected) == ("small", before.settings, 4)
    assert after.deadline("r", None, TODAY) == date(2023, 8, 1)


def test_of_pieces_of_one_day_the_order_is_that_of_their_references() -> None:
    status = {"09": "accepted", "10": "submitted", "11": "accepted"}
    pieces = [piece("r", f"2023-05-01T{hour}:00", status=status[hour]) for hour in ("11", "09", "10")]
    assert [one.ref for one in reading(*pieces).pieces("r", None)] == sorted(one.ref for one in pieces)
