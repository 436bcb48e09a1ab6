"""Every case of the conformance set, to the last digit."""

import json
from pathlib import Path

import pytest

from scoring import shipped
from scoring.engine import BadFacts, parse_json, read_facts, score

CASES = Path(__file__).parent.parent.parent / "conformance"


def lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (CASES / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("scheme", "count"),
    [
        ("cdd40-2566", 120),
        ("website-2564", 15),
        ("itperson-2564", 15),
        ("tambon-2565", 15),
        ("missions-2565", 100),
        ("milestone-2568", 40),
    ],
)
def test_cases_agree_to_the_last_digit(scheme: str, count: int) -> None:
    cases = [case for case in lines("cases.jsonl") if case["facts"]["scheme"] == scheme]
    assert len(cases) == count
    for case in cases:
        facts = read_facts(shipped.schemes(), parse_json(json.dumps(case["facts"])))
        result = score(shipped.schemes()[scheme], facts, explain=False)
        expected = case["expected"]
        assert f"{result.total:.2f}" == expected["total"]
        assert f"{result.attainable:.2f}" == expected["attainable"]
        assert f"{result.max:.2f}" == expected["max"]
        shown = {
            code: {"earned": f"{one.earned:.2f}", "attainable": f"{one.attainable:.2f}", "max": f"{one.max:.2f}"}
            for code, one in result.criteria.items()
        }
        assert shown == expected["criteria"]


@pytest.mark.parametrize("bad", lines("bad.jsonl"), ids=lambda bad: str(bad["field"]))
def test_bad_lines_name_their_field(bad: dict) -> None:
    with pytest.raises(BadFacts) as refused:
        read_facts(shipped.schemes(), parse_json(bad["line"]))
    assert refused.value.faults[0].field == bad["field"]
