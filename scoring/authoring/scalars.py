"""Every scalar of a scheme's text with its place: a few signs may be replaced, and all others stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
Titles = Mapping[str, str]  # by language


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word, number, day or text as it is written: `text[start:end]`, with its quotes if it has any.

    `path`: the words and codes that lead to it, its own last; of a list's item its code, or its number from 1.
    `title`: of the nearest thing around it that has one.
    """

    path: tuple[str, ...]
    title: Titles
    value: str
    start: int
    end: int
    line: int
    is_key: bool

    @property
    def word(self) -> str:
        """Under which word it stands."""
        return self.path[-1] if self.path else ""


class Edit(NamedTuple):
    """`text[start:end]` becomes `becomes`."""

    start: int
    end: int
    becomes: str


def scalars(text: str) -> list[Scalar]:
    """All of them in the order of the text. yaml.YAMLError when it is no YAML, which `engine.load` tells before."""
    root = yaml.compose(text, Loader=_LOADER)
    return sorted(_below(root, (), {}), key=lambda scalar: scalar.start)


def _below(node: yaml.Node | None, path: tuple[str, ...], title: Titles) -> Iterator[Scalar]:
    if isinstance(node, yaml.MappingNode):
        own = _title_of(node) or title
        for key, value in node.value:
            inner = (*path, str(key.value))
            if isinstance(key, yaml.ScalarNode):
                yield _scalar(key, inner, _title_of(value) or own, is_key=True)
            yield from _below(value, inner, own)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value, 1):
            yield from _below(item, (*path, _code_of(item) or str(number)), title)
    elif isinstance(node, yaml.ScalarNode):
        yield _scalar(node, path, title, is_key=False)


def _scalar(node: yaml.ScalarNode, path: tuple[str, ...], title: Titles, *, is_key: bool) -> Scalar:
    start, end = node.start_mark, node.end_mark
    return Scalar(path, title, str(node.value), start.index, end.index, start.line + 1, is_key)


def _title_of(node: Any) -> Titles:
    inner = _under(node, "title")
    said = {language: _under(inner, language) for language in ("th", "en")}
    return {language: str(text.value) for language, text in said.items() if isinstance(text, yaml.ScalarNode)}


def _code_of(node: Any) -> str:
    code = _under(node, "code")
    return str(code.value) if isinstance(code, yaml.ScalarNode) else ""


def _under(node: Any, word: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for key, value in pairs if key.value == word), None)


def replaced(text: str, edits: Iterable[Edit]) -> str:
    """The text with these edits, none of which overlap; everything else is the same, sign by sign."""
    parts, end = list[str](), 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [text[end : edit.start], edit.becomes]
        end = edit.end
    return "".join([*parts, text[end:]])


def comments(text: str, known: Iterable[Scalar]) -> Iterator[tuple[int, int, int]]:
    """Where comments are: (line, start, end) of each, up to the end of its line."""
    inside = [(scalar.start, scalar.end) for scalar in known]
    here = 0
    for number, (start, end) in enumerate(_lines(text), 1):
        while here < len(inside) and inside[here][1] <= start:
            here += 1
        mark = start
        for first, last in inside[here:]:
            if first >= end:
                break
            mark = max(mark, last)  # a sign in what is written there begins no comment
        if (begins := text.find("#", mark, end)) >= 0:
            yield number, begins, end


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _LINE_END.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def code_of(text: str) -> str:
    """The code that a scheme's text gives itself, as far as it can be read; '' when it can't."""
    scalar = code_scalar(text)
    return scalar.value.strip() if scalar else ""


def code_scalar(text: str) -> Scalar | None:
    """Where it stands. The text may have any fault: nothing is made of it that could grow deep."""
    with suppress(yaml.YAMLError, ValueError):
        for word, event in _outermost(text):
            start, end = event.start_mark, event.end_mark
            if word == "scheme" and start and end:
                return Scalar(("scheme",), {}, str(event.value), start.index, end.index, start.line + 1, is_key=False)
    return None


def _outermost(text: str) -> Iterator[tuple[str, yaml.ScalarEvent]]:
    """The words of the outermost mapping under which a scalar stands, each with it."""
    depth, word = 0, ""
    for event in yaml.parse(text, Loader=_LOADER):
        if depth == 1 and isinstance(event, yaml.ScalarEvent) and not word:
            word = str(event.value)
        elif depth == 1 and isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.ScalarEvent):
                yield word, event
            word = ""
        if isinstance(event, yaml.SequenceStartEvent) and depth == 0:
            return
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)


def with_code(text: str, code: str) -> str:
    """The same text under another code. ValueError when it has no readable one."""
    scalar = code_scalar(text)
    if scalar is None:
        raise ValueError("the text has no code")
    return replaced(text, [Edit(scalar.start, scalar.end, code)])
