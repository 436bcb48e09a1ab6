"""The words of a scheme: which kind of value each takes, and what its days mean. Whole faults: schemes_broken/."""

from datetime import date
from decimal import Decimal

import pytest

from scoring import shipped
from scoring.engine import Facts, SchemeError, load, score
from tests.scoring.engine.making import facts, piece, small

SMALL = small(
    """
    requirements:
      r: {title: {th: ก, en: R}}
      rr: {title: {th: ก, en: RR}, months: {from: 2023-02, to: 2023-03}}
    values:
      n: {title: {th: ก, en: N}}
      n2: {title: {th: ก, en: N2}}
      p: {title: {th: ก, en: P}, kind: percent}
      d: {title: {th: ก, en: D}, kind: date}
      d2: {title: {th: ก, en: D2}, kind: date}
      yes: {title: {th: ก, en: Yes}, kind: boolean}
      map: {title: {th: ก, en: Map}, kind: map}
      s: {title: {th: ก, en: S}, months: {from: 2023-02, to: 2023-03}}
      s2: {title: {th: ก, en: S2}, months: {from: 2023-02, to: 2023-03}}
      sp: {title: {th: ก, en: SP}, kind: percent, months: {from: 2023-02, to: 2023-03}}
    """,
    "also_asked: [r, rr, n, n2, p, d, d2, yes, map, s, s2, sp]",
)
STEP = "        rule: steps\n        steps: [{points: 5, th: ก, en: A, when: %s}]\n"
BANDS = "        rule: bands\n        number: %s\n        bands: [{below: 5, points: 1, th: ก, en: A}, %s]\n"
REST = "{points: 5, th: ข, en: B}"
ROWS = "        rule: timeliness\n        date: %s\n        rows: [{by: 2023-03-31, points: 5, th: ก, en: A%s}]\n"
AT = "dimensions[0].criteria[0]."


def faults(rule: str) -> list[str]:
    """The paths of all faults, from the criterion on."""
    try:
        load(SMALL + rule)
    except SchemeError as error:
        return [fault.path.removeprefix(AT) for fault in error.faults]
    return []


def points(rule: str, given: Facts) -> tuple[Decimal, Decimal]:
    one = score(load(SMALL + rule), given).criteria["a"]
    return one.earned, one.attainable


@pytest.mark.parametrize("condition", ["{value: n, at_least: 5}", "{value: p, above: 5}", "{value: s, at_most: 5}"])
def test_numbers_percentages_and_months_are_compared(condition: str) -> None:
    assert faults(STEP % condition) == []


@pytest.mark.parametrize(
    ("condition", "word"),
    [
        ("{value: d, at_least: 5}", "value"),
        ("{value: yes, at_least: 5}", "value"),
        ("{value: map, at_least: 5}", "value"),
        ("{value: n, is: true}", "value"),
        ("{value: n, at_least: {value: d}}", "at_least.value"),
        ("{value: n, at_least: {value: s}}", "at_least.value"),
        ("{value: s, at_least: {value: n}}", "at_least.value"),
        ("{shares: n, whole: n2, percent: 5, count: 1}", "shares"),
        ("{shares: map, whole: p, percent: 5, count: 1}", "whole"),
        ("{shares: map, whole: s, percent: 5, count: 1}", "whole"),
        ("{date: n, kept: d, plan_by: 2023-03-31}", "date"),
        ("{date: d, kept: n, plan_by: 2023-03-31}", "kept"),
        ("{date: d, after: yes, plan_by: 2023-03-31}", "after"),
    ],
)
def test_a_condition_takes_the_kind_of_value_its_words_are_for(condition: str, word: str) -> None:
    assert faults(STEP % condition) == [f"steps[0].when.{word}"]


@pytest.mark.parametrize(
    "condition",
    [
        "{value: n, at_least: {value: n2}}",
        "{value: n, at_least: {value: p}}",
        "{value: s, at_least: {value: s2}}",
        "{shares: map, whole: n, percent: 5, count: 1}",
        "{date: d, kept: d2, plan_by: 2023-03-31}",
        "{date: d, after: d2, plan_by: 2023-03-31}",
        "{value: yes, is: true}",
    ],
)
def test_values_of_the_right_kind_are_taken(condition: str) -> None:
    assert faults(STEP % condition) == []


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("{value: n}", None),
        ("{value: p}", None),
        ("{value: d}", "value"),
        ("{value: s}", "value"),
        ("{percent: n, of: n2}", None),
        ("{percent: n, of: 1}", None),
        ("{percent: n, of: 0.5}", None),
        ("{percent: n, of: 0}", "of"),
        ("{percent: p, of: n}", "percent"),
        ("{percent: n, of: p}", "of"),
        ("{growth: n, over: n2}", None),
        ("{growth: p, over: n}", "growth"),
        ("{growth: n, over: p}", "over"),
        ("{decrease: n, from: n2}", None),
        ("{decrease: p, from: n}", "decrease"),
        ("{decrease: n, from: p}", "from"),
        ("{smallest: s}", None),
        ("{smallest: n}", "smallest"),
        ("{smallest: sp}", "smallest"),
    ],
)
def test_a_number_takes_the_kind_of_value_its_words_are_for(number: str, word: str | None) -> None:
    assert faults(BANDS % (number, REST)) == ([f"number.{word}"] if word else [])


def test_a_guard_is_a_number_and_a_row_is_unlocked_by_a_yes() -> None:
    guarded = "{points: 5, guard_above: 3, th: ข, en: B}"
    for value, at_fault in (("n2", []), ("p", []), ("yes", ["guard"])):
        assert faults(f"        guard: {value}\n" + BANDS % ("{value: n}", guarded)) == at_fault
    for value, at_fault in (("yes", []), ("n", ["rows[0].only_if"])):
        assert faults(ROWS % ("{value: d}", f", only_if: {value}")) == at_fault
    assert faults(ROWS % ("{value: n}", "")) == ["date.value"]


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        ("{value: n, at_least: 5%s}", {"n": 5}),
        ("{value: yes, is: true%s}", {"yes": True}),
        ("{evidence: r%s}", None),
    ],
)
def test_a_condition_is_open_until_its_own_day_or_else_the_close(condition: str, values: dict | None) -> None:
    for by, last, after in ((", by: 2023-03-31", "2023-03-31", "2023-04-01"), ("", "2023-07-31", "2023-08-01")):
        rule = STEP % (condition % by)
        assert points(rule, facts(f"{last}T23:59", scheme="small-2566")) == (0, 5)
        assert points(rule, facts(f"{after}T00:00", scheme="small-2566")) == (0, 0)
        done = () if values else (piece("r", f"{last}T23:58"),)
        assert points(rule, facts(f"{after}T00:00", *done, scheme="small-2566", values=values or {})) == (5, 5)


def test_each_month_is_open_until_its_own_day_or_the_one_that_is_named() -> None:
    for rule in (STEP % "{value: s, at_least: 5%s}", STEP % "{evidence: rr%s}"):
        for by, last, after in ((", by: 2023-05-31", "2023-05-31", "2023-06-01"), ("", "2023-02-28", "2023-03-01")):
            assert points(rule % by, facts(f"{last}T23:59", scheme="small-2566")) == (0, 5)
            assert points(rule % by, facts(f"{after}T00:00", scheme="small-2566")) == (0, 0)


def test_a_row_of_a_tally_must_earn_more_than_the_one_before() -> None:
    def rows(first: int, second: int) -> str:
        items = "[{when: {evidence: r}, th: ก, en: A}, {when: {value: yes, is: true}, th: ข, en: B}]"
        both = f"[{{points: {first}, th: ก, en: A}}, {{points: {second}, th: ข, en: B}}]"
        return f"        rule: tally\n        items: {items}\n        rows: {both}\n"

    assert faults(rows(4, 5)) == []
    assert faults(rows(5, 5)) == ["rows[1].points"]
    assert faults(rows(6, 5)) == ["rows[1].points"]


def test_a_phase_may_be_a_single_day() -> None:
    phase = "calendar: [{title: {th: ก, en: A}, starts: 2023-03-01, ends: 2023-03-01}]\n"
    (only,) = load(SMALL.replace("requirements:", phase + "requirements:", 1) + STEP % "{evidence: r}").calendar
    assert only.starts == only.ends == date(2023, 3, 1)


def test_the_due_day_of_a_period_is_its_own_and_no_other_is_known() -> None:
    requirements = shipped.schemes()["cdd40-2566"].requirements
    assert requirements["1.3.training"].due_in(None) == date(2023, 3, 31)
    for code, period in (("1.3.training", "r1"), ("1.2.report", "r9")):
        with pytest.raises(KeyError, match=period):
            requirements[code].due_in(period)


def test_a_size_that_is_refused_is_named_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"TH-81: .* \(small, medium, large\), not 'tiny'"):
        score(shipped.schemes()["cdd40-2566"], facts("2023-03-01T12:00", size="tiny"))


def test_a_number_that_is_missing_is_what_the_scheme_says_stands_in_for_it() -> None:
    given = facts("2023-03-01T12:00", scheme="small-2566")
    assert points(STEP % "{value: n, at_most: 5, missing: 0}", given) == (5, 5)
    assert points(STEP % "{value: n, at_most: 5, missing: 6}", given) == (0, 5)
    assert points(STEP % "{value: n, at_most: 5}", given) == (0, 5)
    early = facts("2023-03-01T12:00", scheme="small-2566", values={"s": {"2023-02": 5}})
    assert points(STEP % "{value: s, at_most: 5, missing: 0}", early) == (5, 5)
    assert points(STEP % "{value: s, at_most: 5}", early) == (0, 5)


def test_a_month_ends_on_its_last_day_or_on_one_from_the_first_to_the_28th() -> None:
    def ends(months: str) -> list[str]:
        scheme = load(SMALL.replace("{from: 2023-02, to: 2023-03}", f"{{{months}}}", 1) + STEP % "{evidence: rr}")
        return [one.due.isoformat() for one in scheme.requirements["rr"].periods]

    assert ends("from: 2023-02, to: 2023-03") == ["2023-02-28", "2023-03-31"]
    assert ends("from: 2023-12, to: 2024-01, due: 1") == ["2023-12-01", "2024-01-01"]
    assert ends("from: 2023-02, to: 2023-02, due: 28") == ["2023-02-28"]
    for months in ("to: 2023-03, due: 0", "to: 2023-03, due: 29", "to: 2023-03, due: -1", "to: 2023-01"):
        with pytest.raises(SchemeError) as refused:
            ends(f"from: 2023-02, {months}")
        assert len(refused.value.faults) == 1


def test_two_bands_may_earn_the_same_and_only_guarded_bands_have_guards() -> None:
    assert faults(BANDS % ("{value: n}", "{up_to: 5, points: 1, th: ข, en: B}, " + REST)) == []
    assert faults(BANDS % ("{value: n}", "{up_to: 5, points: 0, th: ข, en: B}, " + REST)) == ["bands[1].points"]
    assert faults(BANDS % ("{value: n}", "{points: 5, guard_above: 1, th: ข, en: B}")) == ["bands[1].guard_above"]
    part = (
        "{code: b, title: {th: ก, en: B}, max: 5, rule: steps, steps: [{points: 5, th: ก, en: A, when: {evidence: r}}]}"
    )
    levels = "[{up_to: 3, points: 1, th: ก, en: A}, {points: 5, guard_above: 1, th: ข, en: B}]"
    assert faults(f"        rule: convert\n        parts: [{part}]\n        levels: {levels}\n") == [
        "levels[1].guard_above"
    ]


def said(text: str) -> list[tuple[str, str]]:
    with pytest.raises(SchemeError) as refused:
        load(text)
    return [(fault.path.removeprefix(AT), fault.en) for fault in refused.value.faults]


def test_a_list_that_is_missing_is_named() -> None:
    assert said(SMALL + "        rule: steps\n") == [("steps", "'steps' is missing")]
    rule = ROWS.replace("%s", "{}", 1) % ""
    assert said(SMALL + rule) == [("date.evidence", "'evidence' is missing")]


def test_a_word_that_is_like_no_other_is_not_explained_by_one() -> None:
    assert said(SMALL + STEP % "{evidence: r}" + "        zzzzz: 1\n") == [("zzzzz", "unknown word 'zzzzz'")]
    assert said(SMALL + STEP % "{evidence: r}" + "        rul: 1\n") == [
        ("rul", "unknown word 'rul'; did you mean 'rule'?")
    ]
    (fault,) = said(SMALL + STEP % "{evidence: zzzzz}")
    assert fault == ("steps[0].when.evidence", "unknown 'zzzzz', allowed: r, rr")


def test_at_most_twelve_known_words_are_listed() -> None:
    def listed(count: int) -> str:
        more = "".join(f"  v{n}: {{title: {{th: ก, en: V}}}}\n" for n in range(count - 10))
        text = SMALL.replace("dimensions:", more + "dimensions:", 1)
        return said(text + STEP % "{value: zzzzz, at_least: 1}")[0][1].partition("allowed: ")[2]

    ten = "n, n2, p, d, d2, yes, map, s, s2, sp"
    assert [listed(count) for count in (12, 13)] == [f"{ten}, v0, v1", f"{ten}, v0, v1 ..."]


def test_a_name_is_a_single_word_and_its_line_is_told() -> None:
    with pytest.raises(SchemeError) as refused:
        load(SMALL.replace("max: 5\n", "max: 5\n[a]: 1\n", 1) + STEP % "{evidence: r}")
    assert [str(fault) for fault in refused.value.faults] == ["line 5: a name must be a single word"]


@pytest.mark.parametrize("day", ["20230331", "2023-W13-5", "2023-3-31", "2023-02-29", "31/03/2023"])
def test_a_day_is_written_in_one_way(day: str) -> None:
    assert faults(STEP % f"{{evidence: r, by: {day}}}") == ["steps[0].when.by"]


def test_what_may_be_said_of_an_input_is_kept() -> None:
    text = SMALL.replace("n: {title: {th: ก, en: N}}", "n: {title: {th: ก, en: N}, unit: {th: คน, en: people}}")
    own = "r: {title: {th: ก, en: R}, due: 2023-03-31, help: {th: ช่วย, en: Help}}"
    scheme = load(text.replace("r: {title: {th: ก, en: R}}", own) + STEP % "{evidence: r}")
    assert (scheme.values["n"].unit.en, scheme.values["n2"].unit) == ("people", None)
    assert (scheme.requirements["r"].help.th, scheme.requirements["r"].has_own_due) == ("ช่วย", True)
    assert (scheme.requirements["rr"].help, scheme.requirements["rr"].has_own_due) == (None, False)


@pytest.mark.parametrize("named", [", period: 2023-02", ""])
def test_channels_of_a_period_are_counted_among_those_the_requirement_names(named: str) -> None:
    text = SMALL.replace("rr: {", "rr: {channels: 2, among: social, ").replace(
        "to: 2023-03}}\nvalues", "to: 2023-02}}\nvalues"
    )
    scheme = load(text + STEP % f"{{evidence: rr, channels: 2{named}}}")

    def earned(*channels: str) -> Decimal:
        shown = piece("rr", "2023-02-10T09:00", *channels, period="2023-02")
        return score(scheme, facts("2023-03-01T12:00", shown, scheme="small-2566")).criteria["a"].earned

    assert (earned("line", "x"), earned("line", "radio"), earned("line")) == (5, 0, 0)


def test_nominees_may_be_kept_on_a_register_of_some_years_or_of_one() -> None:
    def read(more: str) -> tuple:
        word = f"nominees: {{kind: subdistrict{more}}}\nrequirements:"
        named = load(SMALL.replace("requirements:", word, 1) + STEP % "{evidence: r}").nominees
        return named.kind, named.declare, named.register, named.since, named.until

    assert read("") == ("subdistrict", (), "", 0, 0)
    assert read(", declare: [yes]") == ("subdistrict", ("yes",), "", 0, 0)
    assert read(", register: {code: won, since: 2020, until: 2020}") == ("subdistrict", (), "won", 2020, 2020)


def test_a_period_that_several_use_is_listed_with_its_latest_day() -> None:
    text = SMALL.replace("en: RR}, months: {from: 2023-02", "en: RR}, months: {due: 10, from: 2023-01")
    text = text.replace(
        "en: S2}, months: {from: 2023-02, to: 2023-03", "en: S2}, months: {due: 20, from: 2023-02, to: 2023-04"
    )
    found = load(text + STEP % "{evidence: rr}").periods
    assert {code: one.due.isoformat() for code, one in found.items()} == {
        "2023-01": "2023-01-10",
        "2023-02": "2023-02-28",
        "2023-03": "2023-03-31",
        "2023-04": "2023-04-20",
    }
