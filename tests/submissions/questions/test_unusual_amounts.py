"""Amounts that may be slips: told from what the scheme says of them, and from nothing else."""

from decimal import Decimal

import pytest

from scoring import shipped
from submissions.questions.unusual_amounts import far_from, slips


def told(scheme: str, criterion: str, **amounts: str) -> set[str]:
    """The codes of what is told, of amounts named by the last part of their codes."""
    read = shipped.schemes()[scheme]
    codes = {one.code.rpartition(".")[2]: one.code for one in read.criteria[criterion].inputs if one.kind == "value"}
    found = slips(read, read.criteria[criterion], {(codes[name], ""): text for name, text in amounts.items()})
    assert all(found.values())
    return {code for code, _period in found}


@pytest.mark.parametrize(("percent", "codes"), [("100", set()), ("100.01", {"2.1.1.confidence"})])
def test_a_percentage_over_100(percent, codes):
    assert told("cdd40-2566", "2.1.1", confidence=percent) == codes


@pytest.mark.parametrize(("protected", "codes"), [("40", set()), ("41", {"3.3.protected"})])
def test_a_part_over_its_whole(protected, codes):
    assert told("cdd40-2566", "3.3", protected=protected, total="40") == codes
    assert told("cdd40-2566", "3.3", protected=protected) == set()


def test_a_part_over_a_whole_that_the_scheme_fixes():
    assert told("cdd40-2566", "2.2.1", updated="13") == {"2.2.1.updated"}
    assert told("cdd40-2566", "2.2.1", updated="12") == set()


def test_more_than_all_where_the_best_band_asks_for_it():
    assert told("cdd40-2566", "2.1.1", collected="60000", target="50000") == set()


def test_more_than_a_target_by_size():
    assert told("missions-2565", "m8", downloads="2000") == set()


def test_far_over_a_target():
    assert told("missions-2565", "m8", downloads="999999") == {"m8.4.downloads"}
    assert told("cdd40-2566", "2.1.1", collected="99999999", target="120000") == {"2.1.1.collected"}


COLLECTED = ("2.1.1.collected", "")


@pytest.mark.parametrize(
    ("text", "before", "others", "is_told"),
    [
        ("99999999", "115912", (), True),
        ("1159", "115912", (), True),
        ("115900", "115912", (), False),
        ("99999999", "", (100, 2000, 115912), True),
        ("99999999", "", (100, 2000), False),  # two say nothing of a third
        ("999999", "", (100, 2000, 115912), False),
        ("9", "1", (0, 0, 0), False),
    ],
)
def test_far_from_what_was_there_or_from_all_others(text, before, others, is_told):
    read = shipped.schemes()["cdd40-2566"]
    found = far_from(read, {COLLECTED: text}, {COLLECTED: before}, {COLLECTED: [Decimal(one) for one in others]})
    assert set(found) == ({COLLECTED} if is_told else set())


def test_a_part_within_a_sum_that_is_converted():
    assert told("missions-2565", "m2", successful="12", plots="10") == {"m2.4.successful"}


@pytest.mark.parametrize(("others", "codes"), [(["3", "4"], {"2023-07"}), (["2.5", "4"], set()), ([], set())])
def test_no_whole_number_beside_whole_ones(others, codes):
    read = shipped.schemes()["cdd40-2566"]
    amounts = {("3.4.webex", f"2023-0{month}"): text for month, text in enumerate(others, 2)}
    found = slips(read, read.criteria["3.4"], amounts | {("3.4.webex", "2023-07"): "2.5"})
    assert {period for _code, period in found} == codes
