"""Answers to a form are refused with every fault at once; the shipped forms ask what the document asks."""

from dataclasses import replace

import pytest

from scoring import shipped
from scoring.engine import Field, Form, Option, Section, Text, check_answers, left_over, words_key

WORDS = Text("คำ", "Words")
OPTIONS = (Option("a", WORDS, False), Option("other", WORDS, True))
FORM = Form(
    "form",
    WORDS,
    "report",
    None,
    (
        Section(
            WORDS,
            None,
            tuple(
                Field(kind, WORDS, kind, kind == "line", most, OPTIONS if kind.startswith("choice") else (), None)
                for kind, most in (
                    *(("line", 5), ("text", 10), ("number", 0), ("date", 0)),
                    *(("phone", 0), ("email", 0), ("choice", 0), ("choices", 0)),
                )
            ),
        ),
    ),
)
GOOD = {"line": "น้ำใจ"}


def faults(**answers) -> dict[str, str]:
    return {str(fault.field): fault.en for fault in check_answers(FORM, GOOD | answers)}


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("text", "ก\nข"),
        ("number", "1200"),
        ("number", "-12.5"),
        ("date", "2023-07-31"),
        ("phone", "0 7561 1234 ต่อ 12"),
        ("phone", "+66 (0) 75-611-234, 081-234-5678"),
        ("email", "name@cdd.go.th"),
        ("choice", "a"),
        ("choices", ["a"]),
    ],
)
def test_every_kind_takes_what_it_asks_for(kind: str, answer: str | list[str]) -> None:
    assert faults(**{kind: answer}) == {}


@pytest.mark.parametrize(
    ("kind", "answer", "says"),
    [
        ("line", "น้ำใจดี", "longer than 5 characters"),
        ("text", "ก" * 11, "longer than 10 characters"),
        ("number", "๑๒", "give a number"),
        ("number", "1,200", "give a number"),
        ("date", "31/07/2566", "give the day"),
        ("date", "2023-02-30", "give the day"),
        ("phone", "ไม่มี", "give a telephone number"),
        ("phone", "12345678", "give a telephone number"),
        ("phone", "- - - - - -", "give a telephone number"),
        ("email", "name@cdd", "give an e-mail address"),
        ("email", "a@b.c,d@e.f", "give an e-mail address"),
        ("choice", "b", "choose among a, other"),
        ("choice", ["a"], "choose among a, other"),
        ("choices", "a", "choose among a, other"),
        ("choices", ["a", "a"], "choose among a, other"),
        ("choices", ["a", "b"], "choose among a, other"),
    ],
)
def test_every_kind_refuses_anything_else(kind: str, answer: str | list[str], says: str) -> None:
    found = faults(**{kind: answer})
    assert list(found) == [kind]
    assert found[kind].startswith(says)


def test_all_faults_are_told_at_once_in_both_languages() -> None:
    found = list(check_answers(FORM, {"number": "ก", "choices": ["other"]}))
    assert [fault.field for fault in found] == ["line", "number", "choices:other"]
    assert all(fault.th and fault.en and fault.th != fault.en for fault in found)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("ก\n" * 299 + "ก", None),
        ("ก\n" * 300 + "ก", "more than 300 lines"),
        ("ก" * 1000 + " " + "ก" * 1000, None),
        ("ก" * 1001, "more than 1,000 characters without a space"),
    ],
)
def test_what_would_take_minutes_to_lay_out_is_refused(answer: str, says: str | None) -> None:
    form = replace(FORM, sections=(Section(WORDS, None, (Field("a", WORDS, "text", False, 20_000, (), None),)),))
    assert [fault.en for fault in check_answers(form, {"a": answer})] == ([says] if says else [])


def test_an_option_may_ask_for_words() -> None:
    key = words_key("choices", "other")
    assert list(faults(choices=["a", "other"])) == [key]
    assert faults(choices=["a", "other"], **{key: "อย่างอื่น"}) == {}
    assert list(faults(choices=["other"], **{key: "ก" * 301})) == [key]


def test_what_the_form_asks_no_more_is_left_over() -> None:
    fits = GOOD | {"choice": "a", "choices": ["a", "gone"], words_key("choice", "other"): "อย่างอื่น"}
    over = {"gone": "ก", "choice": "gone", "choices": "ข", words_key("choices", "a"): "เคยมีช่อง"}
    assert left_over(FORM, fits) == {}
    assert left_over(FORM, fits | over) == over


def test_the_shipped_forms_ask_what_the_document_asks() -> None:
    forms = shipped.schemes()["cdd40-2566"].forms
    assert {one.requirement: (one.code, len(one.fields)) for one in forms.values()} == {
        "5.report": ("innovation-report", 16),
        "5.checklist": ("innovation-checklist", 10),
        "3.5.report": ("monthly-report", 4),
    }
    optional = {field.code for field in forms["innovation-report"].fields if not field.required}
    assert optional == {"name-en", "office-fax"}
    options = {field.code: len(field.options) for field in forms["innovation-checklist"].fields if field.options}
    assert options == {"kind": 5, "1.1": 4, "1.2": 3, "2.1": 3, "2.2": 4, "2.3": 6, "2.4": 3}
    chosen = [field for field in forms["innovation-checklist"].fields if field.options]
    assert all(field.options[-1].words for field in chosen)
    assert [field.code for field in forms["monthly-report"].fields] == ["results", "obstacles", "remedies", "proposals"]
