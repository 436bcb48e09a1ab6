"""What moving a scheme by whole years proposes, with all that ships; what is not touched stays, sign by sign."""

from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scoring import engine, shipped
from scoring.authoring.changes import Change, Kind, apply, propose
from scoring.authoring.scalars import Edit, code_of, comments, replaced, scalars, with_code
from scoring.authoring.shifting import Concern
from tests.scoring import small

CODES = sorted(shipped.schemes())
every_scheme = pytest.mark.parametrize("code", CODES)
HOLIDAYS = shipped.holidays()


def ticked(text: str, years: int = 1) -> str:
    return apply(text, [change for change in propose(text, years, HOLIDAYS) if change.is_proposed])


def found(changes: list[Change], path: str) -> Change:
    return next(change for change in changes if ".".join(change.path) == path)


# The round trip


@every_scheme
def test_a_copy_that_changes_nothing_differs_in_the_line_of_its_code_alone(code):
    text = shipped.text(code)
    copy = with_code(text, "another-2570")
    before, after = text.encode().split(b"\n"), copy.encode().split(b"\n")
    differing = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert differing == [(f"scheme: {code}".encode(), b"scheme: another-2570")]
    assert with_code(copy, code) == text
    assert code_of(copy) == engine.load(copy).code == "another-2570"


@every_scheme
def test_a_text_with_nothing_ticked_is_the_same(code):
    text = shipped.text(code)
    assert propose(text, 0, HOLIDAYS) == []
    assert apply(text, []) == text


@every_scheme
@pytest.mark.parametrize("years", [1, 2, 4, -1])
def test_every_scheme_that_ships_is_sound_when_it_was_moved(code, years):
    text = shipped.text(code)
    moved = engine.load(ticked(text, years))
    assert moved.close.year == shipped.schemes()[code].close.year + years
    assert moved.max == shipped.schemes()[code].max


@every_scheme
def test_every_change_has_a_key_of_its_own_that_other_lines_do_not_move(code):
    text = shipped.text(code)
    keys = [change.key for change in propose(text, 1, HOLIDAYS)]
    assert len(set(keys)) == len(keys)
    later = [change.key for change in propose("# x\n" + text, 1, HOLIDAYS)]
    assert [key for key in keys if "comment" not in key] == [key for key in later if "comment" not in key]


@every_scheme
def test_only_digits_change_and_lines_stay_where_they_are(code):
    text = shipped.text(code)
    changes = propose(text, 1, HOLIDAYS)
    for edit in (edit for change in changes for edit in change.edits):
        was = text[edit.start : edit.end]
        assert len(was) == len(edit.becomes)
        assert all(a == b or (a.isdecimal() and b.isdecimal()) for a, b in zip(was, edit.becomes, strict=True))
    lines = text.split("\n"), apply(text, changes).split("\n")
    told = {line for change in changes for line in change.lines} | {
        text.count("\n", 0, edit.start) + 1 for change in changes for edit in change.edits
    }
    differing = {n for n, (a, b) in enumerate(zip(*lines, strict=True), 1) if a != b}
    assert differing <= told


@every_scheme
def test_moved_on_and_back_again_it_is_the_same_text(code):
    text = shipped.text(code)
    there = apply(text, propose(text, 4, HOLIDAYS))  # four years: every February has as many days
    assert there != text
    assert apply(there, propose(there, -4, HOLIDAYS)) == text


@every_scheme
def test_no_day_of_the_scheme_is_left_behind(code):
    """What the engine reads of days and months is all moved."""
    text = shipped.text(code)
    before, after = shipped.schemes()[code], engine.load(ticked(text, 4))
    days = [
        [thing.due for thing in scheme.requirements.values()]
        + [thing.until for thing in scheme.values.values()]
        + [phase.ends for phase in scheme.calendar]
        + [period.due for period in scheme.periods.values()]
        + [stage.due for stage in scheme.stages]
        for scheme in (before, after)
    ]
    assert [day.replace(year=day.year + 4) for day in days[0]] == days[1]
    assert [stage.code for stage in before.stages] == [stage.code for stage in after.stages]


# What is proposed, and what of it has to be decided


@pytest.fixture(scope="module")
def main():
    return propose(shipped.text("cdd40-2566"), 1, HOLIDAYS)


def test_the_end_of_february(main):
    change = found(main, "requirements.4.2.committee.due")
    assert (change.before, change.after, change.needs_decision) == ("2023-02-28", "2024-02-29", True)
    assert Concern.LEAP in change.concerns


def test_weekends_and_holidays_matter_where_something_is_due(main):
    assert found(main, "requirements.1.2.report.periods.r1").concerns == (Concern.SUNDAY,)  # 31 March 2024
    assert found(main, "requirements.1.4.workshop.due").concerns == (Concern.HOLIDAY,)  # the year's last day
    assert date(2024, 9, 1).weekday() == 6
    assert found(main, "calendar.6.starts").concerns == ()


def test_days_outside_the_fiscal_year_of_the_new_scheme():
    text = small.TEXT.replace("due: 2023-06-30", "due: 2022-09-30")
    assert Concern.BEFORE in found(propose(text, 1, set()), "requirements.report.due").concerns
    text = small.TEXT.replace("close: 2023-07-31", "close: 2022-09-30")
    assert Concern.AFTER in found(propose(text, 1, set()), "requirements.report.due").concerns


def test_months_and_the_periods_that_name_them():
    changes = propose(shipped.text("milestone-2568"), 1, HOLIDAYS)
    assert found(changes, "requirements.usage.report.months.from").after == "2026-07"
    named = [change for change in changes if change.path[-1:] == ("period",)]
    assert {change.kind for change in named} == {Kind.MONTH}
    assert len(named) == 6


def test_a_code_that_carries_a_year_goes_with_everything_that_names_it():
    changes = propose(shipped.text("milestone-2568"), 1, HOLIDAYS)
    planned = next(change for change in changes if change.before == "2025-05.planned_on")
    assert (planned.kind, planned.after, len(planned.edits)) == (Kind.CODE, "2026-05.planned_on", 3)
    scheme = engine.load(ticked(shipped.text("milestone-2568")))
    assert list(scheme.criteria)[:2] == ["2026-04", "2026-05"]
    assert "2026-04.plan" in scheme.requirements


def test_years_in_titles_are_proposed_and_those_of_doubts_and_laws_are_not(main):
    assert found(main, "title.th").after.endswith("ประจำปี 2567")
    assert found(main, "values.4.2.downloads.help.en").is_proposed
    assert not found(main, "doubts.1.th").is_proposed
    of_missions = propose(shipped.text("missions-2565"), 1, HOLIDAYS)
    law = found(of_missions, "dimensions.missions.criteria.m7.title.th")  # a resolution of the cabinet
    assert (law.is_proposed, law.concerns) == (False, (Concern.NAMES_A_DAY,))
    row = found(of_missions, "dimensions.missions.criteria.m2.parts.m2.1.rows.1.th")
    assert (row.is_proposed, row.after) == (True, "ภายใน 30 ธันวาคม 2565")


def test_a_register_grows_at_its_end():
    changes = propose(shipped.text("tambon-2565"), 1, HOLIDAYS)
    first, last = (found(changes, f"nominees.register.{word}") for word in ("since", "until"))
    assert (first.is_proposed, last.is_proposed, last.after) == (False, True, "2022")
    assert first.needs_decision


def test_another_day_than_the_one_proposed(main):
    change = found(main, "requirements.4.2.committee.due").with_day(date(2024, 3, 1))
    assert engine.load(apply(shipped.text("cdd40-2566"), [change])).requirements["4.2.committee"].due == date(
        2024, 3, 1
    )


def test_a_year_in_a_comment_is_one_of_its_own_kind(main):
    first = main[0]
    assert (first.kind, first.line) == (Kind.COMMENT, 1)
    assert "2567" in first.after
    assert [(was, becomes) for _same, was, becomes in first.pieces if was] == [("2566", "2567")]


# Places in a text


def test_quotes_and_signs_of_comments_within_texts():
    text = "a: 'it''s # no comment 2023'  # one of 2023\nb: \"2023-01-01\" # two\nc: |\n  x # y\nd: 2023-01-01\n"
    known = scalars(text)
    assert [text[start:end] for _line, start, end in comments(text, known)] == ["# one of 2023", "# two"]
    assert [scalar.value for scalar in known if not scalar.is_key] == [
        "it's # no comment 2023",
        "2023-01-01",
        "x # y\n",
        "2023-01-01",
    ]
    assert all(text[s.start : s.end].strip() for s in known)


@every_scheme
def test_places_are_those_of_the_text(code):
    text = shipped.text(code)
    for scalar in scalars(text):
        assert yaml.safe_load(f"[{text[scalar.start : scalar.end]}]") is not None
        assert text.count("\n", 0, scalar.start) + 1 == scalar.line


@pytest.mark.parametrize("text", ["", "title: x", "scheme: [a]", "scheme: {", "- scheme", "scheme: a\0", "[" * 3000])
def test_a_text_without_a_readable_code(text):
    assert code_of(text) == ""
    with pytest.raises(ValueError, match="no code"):
        with_code(text, "x")


@given(st.text(max_size=40), st.data())
def test_replacing_touches_nothing_else(text, data):
    places = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = zip(places[::2], places[1::2], strict=False)
    edits = [Edit(first, last, data.draw(st.text(max_size=3))) for first, last in spans]
    result, kept, end = replaced(text, edits), "", 0
    for start, stop, becomes in edits:
        kept += text[end:start] + becomes
        end = stop
    assert result == kept + text[end:]
