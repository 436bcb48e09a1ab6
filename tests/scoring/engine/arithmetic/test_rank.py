"""Standings and awards: 1, 2, 2, 4; a tie across a boundary is shown, never broken."""

from decimal import Decimal

from scoring import shipped
from scoring.engine import CriterionScore, Score, award, load, rank

CDD40 = shipped.schemes()["cdd40-2566"]


def total(points: int, **criteria: int) -> Score:
    kept = {
        code.replace("_", "."): CriterionScore(code, Decimal(given), Decimal(given), Decimal(10))
        for code, given in criteria.items()
    }
    return Score(Decimal(points), Decimal(points), Decimal(100), kept, {})


def places(totals: list[int]) -> dict[str, Score]:
    return {f"TH-{n:02}": total(points) for n, points in enumerate(totals, start=10)}


def test_equal_totals_share_a_rank_and_the_next_is_skipped() -> None:
    standings = rank(CDD40, places([80, 90, 80, 70]))
    assert [(one.rank, one.code) for one in standings] == [(1, "TH-11"), (2, "TH-10"), (2, "TH-12"), (4, "TH-13")]


def test_nothing_is_last_and_everybody_with_nothing_shares_the_place() -> None:
    assert [one.rank for one in rank(CDD40, places([0, 5, 0, 0]))] == [1, 2, 2, 2]
    assert rank(CDD40, {}) == []


def test_a_tie_break_chain_is_compared_in_order() -> None:
    scheme = load(shipped.text("cdd40-2566").replace("ranking: overall", "ranking: overall\ntie_break: ['5.1', '4.2']"))
    scores = {
        "a": total(80, **{"5_1": 3, "4_2": 10}),
        "b": total(80, **{"5_1": 4, "4_2": 0}),
        "c": total(80, **{"5_1": 4, "4_2": 2}),
        "d": total(80, **{"5_1": 4, "4_2": 2}),
    }
    assert [(one.rank, one.code) for one in rank(scheme, scores)] == [(1, "c"), (1, "d"), (3, "b"), (4, "a")]


def test_tiers_are_filled_by_rank() -> None:
    awarded = award(CDD40, rank(CDD40, places(list(range(100, 80, -1)))))
    assert awarded.ties == ()
    filled = {tier.code: codes for tier, codes in awarded.tiers}
    assert filled["winner"] == ("TH-10",)
    assert filled["runner-up-2"] == ("TH-12",)
    assert filled["commendation"] == tuple(f"TH-{n}" for n in range(13, 23))


def test_a_tie_inside_a_tier_needs_no_decision() -> None:
    assert award(CDD40, rank(CDD40, places([100, 90, 80, 70, 70, 60]))).ties == ()


def test_a_tie_across_a_boundary_is_shown_and_leaves_its_places_open() -> None:
    standings = rank(CDD40, places([100, 90, 90, 80]))
    awarded = award(CDD40, standings)
    assert [(tie.rank, tie.codes, tie.places, tie.tier) for tie in awarded.ties] == [
        (2, ("TH-11", "TH-12"), 1, "runner-up-1")
    ]
    filled = {tier.code: codes for tier, codes in awarded.tiers}
    assert filled["winner"] == ("TH-10",)
    assert filled["runner-up-1"] == filled["runner-up-2"] == ()
    assert filled["commendation"] == ("TH-13",)


def test_a_recorded_decision_orders_the_tied() -> None:
    standings = rank(CDD40, places([100, 90, 90, 80]))
    awarded = award(CDD40, standings, {frozenset({"TH-11", "TH-12"}): ("TH-12", "TH-11")})
    assert awarded.ties == ()
    filled = {tier.code: codes for tier, codes in awarded.tiers}
    assert filled["runner-up-1"] == ("TH-12",)
    assert filled["runner-up-2"] == ("TH-11",)


def test_a_decision_about_others_changes_nothing() -> None:
    standings = rank(CDD40, places([100, 90, 90, 80]))
    assert award(CDD40, standings, {frozenset({"TH-11", "TH-13"}): ("TH-13", "TH-11")}).ties != ()


def test_a_tie_that_straddles_two_boundaries_is_shown_at_both() -> None:
    ties = award(CDD40, rank(CDD40, places([100, 90, 90, 90, 80]))).ties
    assert [(tie.tier, tie.places) for tie in ties] == [("runner-up-1", 1), ("runner-up-2", 2)]


def test_a_tie_at_the_last_place_is_shown() -> None:
    totals = [*range(100, 88, -1), 50, 50, 50]
    ties = award(CDD40, rank(CDD40, places(totals))).ties
    assert [(tie.tier, tie.places, len(tie.codes)) for tie in ties] == [("commendation", 1, 3)]


def test_fewer_entrants_than_awards() -> None:
    awarded = award(CDD40, rank(CDD40, places([60, 50])))
    assert [codes for _, codes in awarded.tiers] == [("TH-10",), ("TH-11",), (), ()]


def test_a_certificate_goes_to_everybody_with_the_full_points() -> None:
    person = shipped.schemes()["itperson-2564"]
    awarded = award(person, rank(person, {"a": total(1), "b": total(0), "c": total(1)}))
    assert [codes for _, codes in awarded.tiers] == [("a", "c")]


def tiers(*counts: int | str):
    """The main scheme with awards of its own: so many places, or 'all'."""
    text = shipped.text("cdd40-2566")
    start, end = text.index("\nawards:") + 1, text.index("\nsizes:") + 1
    listed = "".join(f"  - {{code: t{n}, title: {{th: ก, en: A}}, count: {one}}}\n" for n, one in enumerate(counts))
    return load(f"{text[:start]}awards:\n{listed}{text[end:]}")


def test_a_tie_at_the_very_first_place_is_shown() -> None:
    awarded = award(CDD40, rank(CDD40, places([100, 100, 90])))
    assert [(tie.rank, tie.places, tie.tier) for tie in awarded.ties] == [(1, 1, "winner")]


def test_a_tie_that_ends_with_the_list_needs_no_decision() -> None:
    scheme = tiers(1, 2, 5)
    assert award(scheme, rank(scheme, places([100, 90, 90]))).ties == ()
    assert award(scheme, rank(scheme, places([100, 90, 80, 70, 70]))).ties == ()


def test_a_tier_without_places_is_nobodys_and_asks_for_no_decision() -> None:
    scheme = tiers(0, 3)
    awarded = award(scheme, rank(scheme, places([90, 90, 90])))
    assert awarded.ties == ()
    assert [codes for _, codes in awarded.tiers] == [(), ("TH-10", "TH-11", "TH-12")]


def test_tiers_after_a_certificate_are_filled_from_the_first_place() -> None:
    scheme = tiers("all", 1, 1)
    awarded = award(scheme, rank(scheme, places([100, 90, 80])))
    assert [codes for _, codes in awarded.tiers] == [("TH-10",), ("TH-10",), ("TH-11",)]
