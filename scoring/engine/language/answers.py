"""Answers to a form, proofread before they are handed in: every fault at once, each with the key of its answer.

Answers are a mapping: a field's code -> the text (a day in ISO, a number plain, the code of the option chosen) or the
codes of several options; and `words_key` -> the words beside an option that asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from scoring.engine.facts.faults import Fault
from scoring.engine.language.forms import MOST, Field, FieldKind, Form

Answer = str | list[str]

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_PHONE = re.compile(r"(?:[0-9+() ,/-]|ต่อ|ext\.?){9,60}")
_EMAIL = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\".]+(\.[^\s@,;<>\".]+)+")
_LONGEST_EMAIL = 254
# What no person writes takes minutes to lay out: a page for each letter, or a line to be broken at every one.
_MOST_LINES = 300
_LONGEST_RUN = 1000  # characters without a space; Thai has none between words, but some between sentences


def words_key(field: str, option: str) -> str:
    """Under which the words beside an option are kept; no code holds a colon."""
    return f"{field}:{option}"


def is_answered(field: Field, answers: Mapping[str, Answer]) -> bool:
    """Whether there is anything in a field; whether it may stand is asked of `check_answers`."""
    return bool(answers.get(field.code))


def progress(form: Form, answers: Mapping[str, Answer]) -> tuple[int, int]:
    """How many of the required fields have something in them, and how many there are."""
    required = [field for field in form.fields if field.required]
    return sum(is_answered(field, answers) for field in required), len(required)


def chosen(field: Field, answers: Mapping[str, Answer]) -> list[str]:
    """The codes of the options chosen, of one or of several."""
    answer = answers.get(field.code, [])
    return [answer] if isinstance(answer, str) else answer


def left_over(form: Form, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """What was answered before the form had the fields and options that it has: nowhere on it, or of another kind."""
    fields = {field.code: field for field in form.fields}
    words = {words_key(field.code, option.code) for field in form.fields for option in field.options if option.words}
    return {
        key: answer
        for key, answer in answers.items()
        if not (_fits(fields[key], answer) if key in fields else key in words and isinstance(answer, str))
    }


def _fits(field: Field, answer: Answer) -> bool:
    """Whether the field, as it is now, has room for the answer."""
    if field.kind == "choices":
        return isinstance(answer, list)
    if field.kind == "choice":
        return answer in [option.code for option in field.options]
    return isinstance(answer, str)


def check_answers(form: Form, answers: Mapping[str, Answer]) -> Iterator[Fault]:
    """Why these answers can't be handed in: every fault, with the key of its answer."""
    for field in form.fields:
        if not is_answered(field, answers):
            if field.required:
                yield _missing(field)
        elif field.is_chosen:
            yield from _check_chosen(field, answers)
        else:
            yield from _check_typed(field, str(answers[field.code]))


def _missing(field: Field) -> Fault:
    if field.is_chosen:
        return Fault(field.code, "กรุณาเลือกคำตอบ", "choose an answer")
    return Fault(field.code, "กรุณากรอกช่องนี้", "fill this in")


def _check_chosen(field: Field, answers: Mapping[str, Answer]) -> Iterator[Fault]:
    codes = chosen(field, answers)
    known = {option.code: option for option in field.options}
    unknown = [code for code in codes if code not in known]
    if unknown or (field.kind == "choice") != isinstance(answers[field.code], str) or len(set(codes)) < len(codes):
        listed = ", ".join(known)
        yield Fault(field.code, f"เลือกได้จาก {listed}", f"choose among {listed}")
        return
    for code in codes:
        key = words_key(field.code, code)
        if known[code].words and not answers.get(key):
            yield Fault(key, "กรุณาระบุว่าคืออะไร", "say what it is")
        elif len(answers.get(key, "")) > MOST["line"]:
            yield _too_long(key, MOST["line"])


def _check_typed(field: Field, answer: str) -> Iterator[Fault]:
    if field.most and len(answer) > field.most:
        yield _too_long(field.code, field.most)
    if answer.count("\n") >= _MOST_LINES:
        yield Fault(field.code, f"มีเกิน {_MOST_LINES:,} บรรทัด", f"more than {_MOST_LINES:,} lines")
    if max(map(len, answer.split()), default=0) > _LONGEST_RUN:
        yield Fault(
            field.code,
            f"มีข้อความติดกันเกิน {_LONGEST_RUN:,} ตัวอักษร กรุณาเว้นวรรค",
            f"more than {_LONGEST_RUN:,} characters without a space",
        )
    if field.kind in _IS_WELL_WRITTEN and not _IS_WELL_WRITTEN[field.kind](answer):
        yield Fault(field.code, *_EXAMPLES[field.kind])


def _too_long(key: str, most: int) -> Fault:
    return Fault(key, f"ยาวเกิน {most:,} ตัวอักษร", f"longer than {most:,} characters")


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_phone(text: str) -> bool:
    """Written in any of the usual ways, with or without an extension, or more than one."""
    return _PHONE.fullmatch(text) is not None and sum(letter.isdigit() for letter in text) >= 9


def _is_email(text: str) -> bool:
    return len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


_IS_WELL_WRITTEN: dict[FieldKind, Callable[[str], bool]] = {
    "number": _is_number,
    "date": _is_day,
    "phone": _is_phone,
    "email": _is_email,
}
_EXAMPLES: dict[FieldKind, tuple[str, str]] = {
    "number": ("กรุณากรอกเป็นตัวเลข เช่น 1,200 หรือ 12.5", "give a number, such as 1,200 or 12.5"),
    "date": ("กรุณากรอกวัน เดือน ปี พ.ศ. เช่น 20/11/2566", "give the day, month and Buddhist year, such as 20/11/2566"),
    "phone": (
        "กรุณากรอกหมายเลขโทรศัพท์ เช่น 0 7561 1234 ต่อ 12",
        "give a telephone number, such as 0 7561 1234 ext. 12",
    ),
    "email": ("กรุณากรอกอีเมล เช่น name@cdd.go.th", "give an e-mail address, such as name@cdd.go.th"),
}
