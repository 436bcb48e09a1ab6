"""What changed in a scheme in the words of its forms, and what no longer fits. No database."""

from datetime import date

import pytest
from django.utils import translation

from scoring import shipped
from scoring.authoring.changed import remarks_on
from scoring.authoring.changes import apply, propose
from scoring.authoring.differing import groups_of
from scoring.authoring.fitting import Kind, misfits
from tests.scoring import small


def told(changes: dict[str, str], text: str = small.TEXT, language="en") -> list[tuple]:
    """(page, address, how, label, before, after) of each change."""
    with translation.override(language):
        return [
            (page.name, page.place, page.how, *((one.label, one.before, one.after) if one else ()))
            for group in groups_of(text, changed(changes, text))
            for page in group.pages
            for one in page.differences or [None]
        ]


def changed(changes: dict[str, str], text: str = small.TEXT) -> str:
    for before, after in changes.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def test_nothing_is_told_of_a_text_that_says_the_same():
    assert told({}) == told({"close: 2023-07-31": "close:   2023-07-31 # the end"}) == []


def test_a_day_is_told_with_the_words_of_its_field_and_the_page_it_stands_on():
    assert told({"due: 2023-06-30  # report": "due: 2023-07-09  # report"}) == [
        ("report Report", "requirements/report", "changed", "Due day", "30 Jun 2566 BE (2023)", "9 Jul 2566 BE (2023)")
    ]
    [(_page, _place, _how, label, before, after)] = told(
        {"due: 2023-06-30  # report": "due: 2023-07-09  # report"}, language="th"
    )
    assert (label, before, after) == ("กำหนดส่ง", "30 มิ.ย. 2566", "9 ก.ค. 2566")


def test_what_came_and_what_went_is_told_once_with_all_that_is_in_it():
    code = "{" + "title: {th: ใหม่}, due: 2023-06-30}"
    came = told({"requirements:\n": f"requirements:\n  extra: {code}\n"})
    assert came == [("extra ใหม่", "requirements/extra", "added")]
    text = changed({"requirements:\n": f"requirements:\n  extra: {code}\n"})
    with translation.override("en"):
        [group] = groups_of(text, small.TEXT)
    assert [(page.place, page.how) for page in group.pages] == [("", "gone")]


@pytest.mark.parametrize("code", shipped.schemes())
def test_a_scheme_moved_by_a_year_is_told_whole_and_fits(code):
    text = shipped.text(code)
    moved = apply(text, [one for one in propose(text, 1, set()) if one.is_proposed])
    groups = groups_of(text, moved)
    assert sum(group.count for group in groups) > 1
    assert all(one.before != one.after for group in groups for page in group.pages for one in page.differences)
    assert {one.kind for one in misfits(moved, text)} <= {Kind.DAY}, "a decision of the cabinet has its own day"


def test_a_text_that_was_left_behind_is_remarked_on_with_its_page():
    text = shipped.text("cdd40-2566")
    moved = apply(text, [one for one in propose(text, 1, set()) if one.kind != "text"])
    with translation.override("th"):
        remarks = {(one.place, one.where, one.text) for one in remarks_on(moved, text)}
    assert ("~", "ชื่อรายการ · ภาษาไทย", "พัฒนาชุมชนดิจิทัล 4.0 ประจำปี 2566") in remarks


def test_a_period_whose_day_is_before_that_of_an_earlier_one_is_remarked_on():
    """Periods are rounds and quarters. Each counts by its own day, so that it is no fault; hardly anybody means it."""
    text = changed({"{q2: 2023-03-15, q3: 2023-06-15}": "{q3: 2023-06-15, q2: 2023-08-15}"}, shipped.text("cdd40-2566"))
    found = [(one.kind, ".".join(one.path), one.day) for one in misfits(text) if one.kind != Kind.LATE]
    assert found == [(Kind.ORDER, "requirements.4.2.activity.periods.q3", date(2023, 8, 15))]
    with translation.override("en"):
        assert "Before 15 August" in " ".join(one.why for one in remarks_on(text))


def test_days_after_the_close_and_words_of_a_day_that_moved_are_remarked_on():
    told_month = {"title: {th: รายงาน, en: Report}": "title: {th: รายงานเดือนมิถุนายน, en: Report}"}
    before = changed(told_month)
    assert misfits(before, before) == []
    later = changed({"due: 2023-06-30  # report": "due: 2023-08-15  # report"}, before)
    found = {(one.kind, ".".join(one.path), one.day) for one in misfits(later, before)}
    assert found == {
        (Kind.LATE, "requirements.report.due", date(2023, 8, 15)),
        (Kind.MONTH, "requirements.report.title.th", date(2023, 6, 1)),
    }
