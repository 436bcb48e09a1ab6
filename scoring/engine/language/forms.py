"""Forms that are filled in on the screen and stand for a requirement's paper. Nothing here computes a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scoring.engine.facts.asked import Requirement
from scoring.engine.facts.terms import Text

from .proof import Node

FieldKind = Literal["line", "text", "number", "date", "phone", "email", "choice", "choices"]

FIELD_KINDS: tuple[FieldKind, ...] = ("line", "text", "number", "date", "phone", "email", "choice", "choices")
MOST = {"line": 300, "text": 20_000}  # characters, where a field does not say
BEGINNINGS = ("office",)  # what a line may begin with: the name of the office that takes part
_CHOSEN = ("choice", "choices")


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to choose from; `words`: whoever chooses it says more in words."""

    code: str
    title: Text
    words: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `most` is the greatest number of characters, 0 where the kind sets its own bounds."""

    code: str
    title: Text
    kind: FieldKind
    required: bool
    most: int
    options: tuple[Option, ...]
    help: Text | None
    begins: str = ""  # one of `BEGINNINGS`, or nothing

    @property
    def is_chosen(self) -> bool:
        return self.kind in _CHOSEN


@dataclass(frozen=True, slots=True)
class Section:
    title: Text
    help: Text | None
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked on the screen instead of a file for one requirement, once in each of its periods."""

    code: str
    title: Text
    requirement: str
    preamble: Text | None
    sections: tuple[Section, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for section in self.sections for field in section.fields)


def read_form(code: str, node: Node, requirements: Mapping[str, Requirement], others: Sequence[Form]) -> Form:
    """One form of the word `forms`; `others` are those before it."""
    codes = set[str]()
    return Form(
        code=code,
        title=node.text("title"),
        requirement=_read_requirement(node, requirements, others),
        preamble=node.optional_text("preamble"),
        sections=tuple(_read_section(inner, codes) for inner in node.children("sections")),
    )


def _read_requirement(node: Node, requirements: Mapping[str, Requirement], others: Sequence[Form]) -> str:
    word = node.word("requirement")
    if not node.known("requirement", word, requirements):
        return word
    if requirements[word].channels:
        node.fault(
            "requirement",
            f"'{word}' ถามช่องทางเผยแพร่ ใช้แบบฟอร์มแทนไม่ได้",
            f"'{word}' asks for channels; a form can't stand for it",
        )
    taken = next((form.code for form in others if form.requirement == word), None)
    if taken:
        node.fault("requirement", f"'{word}' มีแบบฟอร์ม '{taken}' แล้ว", f"'{word}' has the form '{taken}' already")
    return word


def _read_section(node: Node, codes: set[str]) -> Section:
    section = Section(
        title=node.text("title"),
        help=node.optional_text("help"),
        fields=tuple(_read_field(inner, codes) for inner in node.children("fields")),
    )
    node.close()
    return section


def _read_field(node: Node, codes: set[str]) -> Field:
    """`codes` are those of the fields before it in the form; its own is added."""
    code, title = node.code(), node.text("title")
    if code and code in codes:
        node.fault("code", f"มีช่อง '{code}' แล้ว", f"the field '{code}' is written twice")
    codes.add(code)
    word = node.word("kind")
    kind: FieldKind = word if node.known("kind", word, FIELD_KINDS) else "line"  # type: ignore[assignment]
    field = Field(
        code=code,
        title=title,
        kind=kind,
        required=node.yes("required"),
        most=_read_most(node, kind),
        options=_read_options(node, kind),
        help=node.optional_text("help"),
        begins=node.one_of("begins", BEGINNINGS) if kind == "line" and node.has("begins") else "",
    )
    if word in FIELD_KINDS:
        node.close()
    else:
        node.pass_over()  # which words belong to a kind that is not known?
    return field


def _read_most(node: Node, kind: FieldKind) -> int:
    longest = MOST.get(kind, 0)
    if longest == 0:
        return 0  # `close` reports the word if it is there
    most = node.whole("most", longest)
    if not 1 <= most <= longest:
        node.fault("most", f"ต้องเป็น 1 ถึง {longest}", f"must be 1 to {longest}")
    return most


def _read_options(node: Node, kind: FieldKind) -> tuple[Option, ...]:
    if kind not in _CHOSEN:
        return ()
    options = list[Option]()
    for inner in node.children("options"):
        option = Option(inner.code(), inner.inline_text(), inner.yes("words"))
        if any(option.code == other.code for other in options):
            inner.fault("code", f"มีตัวเลือก '{option.code}' แล้ว", f"the option '{option.code}' is written twice")
        inner.close()
        options.append(option)
    if len(options) == 1 and kind == "choice":
        node.fault("options", "ต้องมีให้เลือกตั้งแต่สองข้อ", "there must be two or more to choose from")
    return tuple(options)
