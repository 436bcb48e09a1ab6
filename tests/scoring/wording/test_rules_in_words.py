"""Rules, conditions and numbers in words: every kind has them, and they say what the engine does."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

import pytest

from scoring import shipped
from scoring.engine import Scheme, load
from scoring.engine.arithmetic import conditions
from scoring.engine.arithmetic import rules as engine_rules
from scoring.engine.arithmetic.rules import numbers
from scoring.wording.rules_in_words import Clause, Prose, RuleInWords

SCHEMES = shipped.schemes()


def parts_of(thing) -> Iterator[object]:
    """A rule with every rule, condition and number within it."""
    if is_dataclass(thing) and not isinstance(thing, type):
        yield thing
        for field in fields(thing):
            yield from parts_of(getattr(thing, field.name))
    elif isinstance(thing, tuple | list):
        for one in thing:
            yield from parts_of(one)


def kinds(module) -> set[type]:
    """The classes of the engine that read facts: what a scheme's file can name."""
    found = [one for _, one in inspect.getmembers(module, inspect.isclass) if hasattr(one, "inputs")]
    return {one for one in found if is_dataclass(one)}


def told(code: str, criterion: str, language: str = "th", **settings: str) -> RuleInWords:
    return Prose(SCHEMES[code], language, settings).rule(SCHEMES[code].criteria[criterion].rule)


def flat(clauses: tuple[Clause, ...]) -> list[str]:
    return [text for one in clauses for text in (one.text, *flat(one.parts))]


def rows(told: RuleInWords) -> list[tuple[str, ...]]:
    return [(row.earns, *flat(row.asks)) for row in told.rows]


def test_the_shipped_schemes_hold_every_kind_there_is() -> None:
    """What follows walks all of them; a new kind must be in a scheme to have its words looked at."""
    seen = {
        type(part) for scheme in SCHEMES.values() for one in scheme.criteria.values() for part in parts_of(one.rule)
    }
    assert kinds(engine_rules) | kinds(conditions) | kinds(numbers) <= seen


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("code", SCHEMES)
def test_every_kind_has_its_words(code, language) -> None:
    prose, tellers = Prose(SCHEMES[code], language), {engine_rules: "rule", conditions: "clause", numbers: "figure"}
    for criterion in SCHEMES[code].criteria.values():
        for part in parts_of(criterion.rule):
            for module, teller in tellers.items():
                if type(part) in kinds(module):
                    said = getattr(prose, teller)(part)
                    text = said if isinstance(said, str) else getattr(said, "how", None) or said.text
                    assert text.strip()
                    assert "{" not in text
                    assert "None" not in text


@pytest.mark.parametrize("teller", ["rule", "clause", "figure"])
def test_a_kind_without_words_is_never_left_out(teller) -> None:
    @dataclass
    class Weather:
        code: str

    with pytest.raises(TypeError, match=r"no words for the \w+ .*Weather"):
        getattr(Prose(SCHEMES["cdd40-2566"], "th"), teller)(Weather("x"))


def test_steps_say_whether_they_are_cumulative() -> None:
    assert told("cdd40-2566", "1.3").how.startswith("สะสมทีละขั้น")
    assert told("cdd40-2566", "4.1.1").how.startswith("ไม่สะสม")
    assert told("cdd40-2566", "1.1").how == "ได้เมื่อเป็นไปตามนี้"


def test_months_that_end_alike_are_said_in_one() -> None:
    asked = told("cdd40-2566", "3.5", "en").rows[0].asks
    months = "every month from February 2023 to July 2023"
    assert flat(asked) == [f"Evidence “Monthly report of results” {months}, by the month's last day"]
    assert told("cdd40-2566", "4.2").rows[1].asks[0].text == (
        "มีหลักฐาน “การประชาสัมพันธ์ Big Data และ Click ชุมชน รายเดือน” ผ่านอย่างน้อย 2 ช่องทาง"
        " ทุกเดือน ตั้งแต่ มีนาคม 2566 ถึง กรกฎาคม 2566 ภายในวันที่ 15 ของเดือน"
    )
    rounds = "ทุกงวด: ครั้งที่ 1 ภายใน 31 มีนาคม 2566, ครั้งที่ 2 ภายใน 30 มิถุนายน 2566"
    assert told("cdd40-2566", "1.2").rows[0].asks[0].text.endswith(rounds)


def test_bands_say_from_where_to_where_and_what_guards_them() -> None:
    guarded = told("cdd40-2566", "2.1.1", "en")
    guard = "“Average confidence in the quality of data” more than"
    assert rows(guarded) == [
        ("2 points", "less than 55 %"),
        ("4 points", "from 55 % up to 97 %", f"{guard} 90 %"),
        ("6 points", "more than 97 % up to 99 %", f"{guard} 90 %"),
        ("8 points", "more than 99 % up to 100 %", f"{guard} 95 %"),
        ("10 points", "more than 100 %", f"{guard} 95 %"),
    ]
    assert "one row down" in guarded.notes[1]
    assert told("missions-2565", "m5", "en").rows[-1].asks[0].text == "30 % or more"


def test_a_whole_of_nothing_is_full_only_where_it_may_be_nothing() -> None:
    assert told("missions-2565", "m5", "en").notes[-1] == "Where “Loans overdue” is 0, full points."
    cut = "Percentages are shown cut at two decimals, not rounded up."  # 94.999 never reads as 95
    assert told("missions-2565", "m7", "en").notes == ("Without a figure, 0 points.", cut)


def test_a_due_day_is_the_round_s_own() -> None:
    assert told("cdd40-2566", "2.1.2").how.endswith(": ยังไม่ได้กำหนด")
    late = told("cdd40-2566", "2.1.2", "en", **{"2.1.2.due": "2023-05-31"})
    assert late.how.endswith("“Day the BMN quality certificate is due”: 31 May 2566 BE (2023)")
    assert [flat(row.asks) for row in late.rows] == [
        ["before the due day"],
        ["on the due day"],
        ["up to 3 business days late"],
        ["more than 3 and up to 5 business days late"],
        ["more than 5 business days late"],
    ]
    assert "Saturdays" in late.notes[-1]
    either = told("cdd40-2566", "2.2.2", "en")
    assert flat(either.rows[0].asks) == ["on the due day or before"]


def test_a_level_is_told_with_the_parts_and_the_sum_behind_it() -> None:
    mission = told("missions-2565", "m4", "en")
    assert mission.how == (
        "The parts are added up, at most 100 points (of 100 points), rounded half up to a whole number, "
        "and looked up in the levels."
    )
    assert [(part.code, part.earns) for part in mission.parts] == [("m4.1", "50 points"), ("m4.2", "60 points")]
    assert rows(mission)[:2] == [("level 1", "at most 20 points"), ("level 2", "more than 20 points up to 40 points")]
    assert mission.parts[1].rule.rows[-1].earns == "60 points", "points within a sum stay points"


def test_letters_and_verdicts_stand_where_points_would() -> None:
    assert [row.earns for row in told("milestone-2568", "2025-04", "en").rows] == [
        "D (2 points)",
        "C (3 points)",
        "B (4 points)",
        "A (5 points)",
    ]
    assert told("itperson-2564", "1").rows[0].earns == "ผ่านคุณสมบัติ"


def test_conditions_within_conditions() -> None:
    assert flat(told("itperson-2564", "1", "en").rows[0].asks)[:4] == [
        "All of these:",
        "“Civil servant of the Department” is “yes”",
        "Evidence “Skill in using IT at work” by 20 July 2564 BE (2021)",
        "At least 1 of these:",
    ]


def test_targets_are_named_for_each_size() -> None:
    prose = Prose(SCHEMES["cdd40-2566"], "en")
    asked = prose.rule(SCHEMES["cdd40-2566"].criteria["4.2"].rule).rows[3].asks[0].text
    assert asked.endswith(
        "(Small province 2,000 downloads, Medium province 4,000 downloads, Large province 6,000 downloads)"
    )
    assert list(prose.aims.values()) == ["4.2.downloads"]


def test_plans_shares_and_days_gone_by() -> None:
    plan = told("milestone-2568", "2025-05", "en")
    assert (
        "is not later than “Day planned by the district”, and 30 September 2568 BE (2025) at the latest"
        in flat(plan.rows[0].asks)[0]
    )
    assert "is later than" in flat(plan.rows[2].asks)[0]
    assert flat(told("milestone-2568", "2025-07", "en").rows[2].asks) == ["once 20 July 2568 BE (2025) has gone by"]
    assert flat(told("missions-2565", "m3", "en").rows[4].asks) == [
        "“Operators on each online channel”: at least 1 of them with 1 % or more of "
        "“Operators never online by September 2021”"
    ]


def test_judges_points_and_what_they_wait_for() -> None:
    judged = told("cdd40-2566", "5.1", "en")
    assert judged.items[0].text == "Judged when this holds; 0 points otherwise."
    assert [row.earns for row in judged.rows] == ["0 to 3 points", "0 to 3 points"]
    assert told("website-2564", "1", "en").items == ()


SMALL = """
scheme: small
title: {{th: เล็ก, en: Small}}
close: 2023-07-31
max: {max}
values:
  n: {{title: {{th: จำนวน, en: Number}}, unit: {{th: ครั้ง, en: times}}}}
dimensions:
  - code: all
    title: {{th: ทั้งหมด, en: All}}
    max: {max}
    criteria:
      - code: a
        title: {{th: ก, en: A}}
        max: {max}
{rule}
"""


def small(rule: str, most: int) -> Scheme:
    return load(SMALL.format(rule=rule, max=most))


def test_a_sum_and_a_single_band() -> None:
    scheme = small(
        """
        rule: sum
        cap: 5
        parts:
          - code: p
            title: {th: ข, en: B}
            max: 4
            rule: bands
            number: {value: n}
            bands: [{points: 4, th: ทุกค่า, en: Any}]
          - code: q
            title: {th: ค, en: C}
            max: 2
            rule: bands
            number: {value: n}
            bands: [{up_to: 2.5, points: 1, th: น้อย, en: Few}, {points: 2, th: มาก, en: Many}]
        """,
        5,
    )
    said = Prose(scheme, "en").rule(scheme.criteria["a"].rule)
    assert said.how == "The parts are added up, at most 5 points"
    assert [rows(part.rule) for part in said.parts] == [
        [("4 points", "any")],
        [("1 point", "at most 2.5 times"), ("2 points", "more than 2.5 times")],
    ]
