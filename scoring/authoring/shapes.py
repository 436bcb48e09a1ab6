"""What may stand at each place of a scheme, read from the one description of the language, scheme.schema.json."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

DESCRIPTION = Path(__file__).parents[1] / "schemes" / "scheme.schema.json"
_SCALARS = ("words", "code", "number", "points", "whole", "day", "month", "yes")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
Label = Mapping[str, str]  # by language


class Kind(StrEnum):
    """What is drawn for a place, and how it is read back."""

    WORDS = "words"
    CODE = "code"
    NUMBER = "number"
    POINTS = "points"
    WHOLE = "whole"
    DAY = "day"
    MONTH = "month"
    YES = "yes"
    CHOICE = "choice"  # one of a few words
    ANY = "any"  # one of several kinds of a single word: a number or a day
    OBJECT = "object"  # words, each with a shape of its own
    LIST = "list"
    MAP = "map"  # codes, each with the same shape
    WAYS = "ways"  # one of several shapes, most of them objects


class Shape:
    """One place of the language. It is worked out when it is asked for: conditions hold conditions."""

    def __init__(self, raw: Mapping[str, Any], name: str) -> None:
        self.raw, self.name = raw, name

    @cached_property
    def kind(self) -> Kind:
        if self.name in _SCALARS:
            return Kind(self.name)
        if "enum" in self.raw:
            return Kind.CHOICE
        if self._ways:
            return Kind.WAYS if any(way.is_compound for way in self.ways) else Kind.ANY
        if self.raw.get("type") == "array":
            return Kind.LIST
        if isinstance(self.raw.get("additionalProperties"), dict):
            return Kind.MAP
        return Kind.OBJECT if self.raw.get("type") == "object" else Kind.WORDS

    @cached_property
    def is_compound(self) -> bool:
        return self.kind in (Kind.OBJECT, Kind.LIST, Kind.MAP, Kind.WAYS)

    @cached_property
    def words(self) -> Mapping[str, Shape]:
        """Of an object: what each of its words takes."""
        return {word: _shape(raw, word) for word, raw in self.raw.get("properties", {}).items()}

    @cached_property
    def needed(self) -> frozenset[str]:
        """The words that it can't do without. Of one that is chosen by a word, those of every choice too."""
        return frozenset(self.raw.get("required", ()))

    @cached_property
    def inner(self) -> Shape:
        """What a list's rows are, or what the codes of a map stand for."""
        return _shape(self.raw["items" if self.kind == Kind.LIST else "additionalProperties"], self.name)

    @cached_property
    def answers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(one).lower() if isinstance(one, bool) else one for one in self.raw["enum"]))

    @cached_property
    def of(self) -> tuple[str, ...]:
        """Of a code: under which words of the outermost page it is declared. Nothing for a code of its own."""
        return tuple(self.raw.get("x-of", ()))

    @property
    def _ways(self) -> list[Any]:
        return list(self.raw.get("oneOf") or self.raw.get("anyOf") or ())

    @cached_property
    def ways(self) -> tuple[Shape, ...]:
        return tuple(_shape(raw, self.name) for raw in self._ways)

    @cached_property
    def chosen_by(self) -> str:
        """The word whose answer says which words there are: the rule of a criterion. '' for most."""
        return next(iter(self._then), ("", ""))[0]

    @cached_property
    def _then(self) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        found = {}
        for case in self.raw.get("allOf", ()):
            for word, answer in case["if"].get("properties", {}).items():
                if "const" in answer and "$ref" in case["then"]:
                    found[word, str(answer["const"])] = case["then"]
        return found

    def chosen(self, answer: str) -> Shape:
        """The shape that this answer leads to, or itself where it leads to none."""
        raw = self._then.get((self.chosen_by, answer))
        return _shape(raw, self.name) if raw else self

    @cached_property
    def all_words(self) -> tuple[str, ...]:
        """The words of all its ways and choices, in their order: what is none of these is left as it is."""
        shapes = [self, *self.ways, *(_shape(raw, self.name) for raw in self._then.values())]
        return tuple(dict.fromkeys(word for shape in shapes for word in shape.words))

    @cached_property
    def has_page(self) -> bool:
        """Whether it has a page to itself: a thing with a title and a code, or with such things in it."""
        if self.kind != Kind.OBJECT or "title" not in self.all_words:
            return False
        return "code" in self.all_words or any(shape.holds_pages for shape in self.words.values())

    @cached_property
    def holds_pages(self) -> bool:
        """Of a list or a map: whether each thing in it has a page to itself."""
        if self.kind == Kind.MAP:
            return self.inner.kind == Kind.OBJECT and "title" in self.inner.all_words
        return self.kind == Kind.LIST and self.inner.has_page

    def way_of(self, said: object) -> int | None:
        """In which of its ways this is written, as near as can be told. None where it is in none of them."""
        if isinstance(said, str):
            fitting = [n for n, way in enumerate(self.ways) if not way.is_compound]
            numbers = [n for n in fitting if self.ways[n].kind == Kind.NUMBER and _NUMBER.match(said)]
            return next(iter(numbers or fitting), None)
        have = set(said) if isinstance(said, dict) else set[str]()
        fitting = [n for n, way in enumerate(self.ways) if way.is_compound and way.needed <= have]
        return max(fitting, key=lambda n: len(have & set(self.ways[n].words)) - _strange(self, n, have), default=None)

    def label_of(self, word: str) -> Label:
        """What a word is called where it stands here."""
        labels = _labels()["words"]
        return labels.get(f"{self.name}.{word}") or labels.get(word) or {"th": word, "en": word}

    def answer_label(self, answer: str) -> Label:
        labels = _labels()["answers"]
        return labels.get(f"{self.name}.{answer}") or labels.get(answer) or {"th": answer, "en": answer}

    @cached_property
    def label(self) -> Label:
        """What one of several ways is called."""
        told: Label | None = self.raw.get("x-label")
        return told or self.label_of(next(iter(self.words), self.name))


def _strange(shape: Shape, number: int, have: set[str]) -> int:
    return len(have - set(shape.ways[number].words))


def _shape(raw: Mapping[str, Any], name: str) -> Shape:
    """What is described here; what is said beside a reference comes on top of what it leads to."""
    if "$ref" not in raw:
        return Shape(raw, name)
    defined = _defined(str(raw["$ref"]).rsplit("/", 1)[1])
    beside = {word: said for word, said in raw.items() if word != "$ref"}
    return Shape({**defined.raw, **beside}, defined.name) if beside else defined


@cache
def _defined(name: str) -> Shape:
    return _shape(_description()["$defs"][name], name)


@lru_cache(maxsize=1)
def _description() -> Mapping[str, Any]:
    described: Mapping[str, Any] = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return described


def _labels() -> Mapping[str, Mapping[str, Label]]:
    labels: Mapping[str, Mapping[str, Label]] = _description()["x-labels"]
    return labels


@lru_cache(maxsize=1)
def scheme_shape() -> Shape:
    """The whole of a scheme."""
    return Shape(_description(), "scheme")
