"""A scheme's text with parts of it changed: what nobody touched stays as it is, sign by sign, with its comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import yaml

from . import writing
from .scalars import Edit, replaced

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Kept:
    """Stands for whatever is there."""

    def __repr__(self) -> str:
        return "KEPT"


KEPT: Final = Kept()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list, or one code of a map. `origin`: which of those in the text it was; None for a new one."""

    origin: int | None
    value: Any
    key: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows in the order in which they are to stand; `is_map` where each has a code instead of a dash."""

    rows: tuple[Row, ...] = field(default=())
    is_map: bool = False


# What is to stand somewhere: a word, a mapping (None: this word goes), rows, or what is there.
Wanted = str | Mapping[str, Any] | Rows | Kept | None


class Unwritable(Exception):
    """The text is written in a way in which this can't be changed in its place."""


def rewrite(text: str, wanted: Wanted) -> str:
    """The text with this in its outermost mapping. Unwritable where the result would not say exactly that."""
    root = compose(text)
    result = _Rewriter(text).applied(0, len(text), root, wanted)
    try:
        after = plain(compose(result))
    except yaml.YAMLError as error:
        raise Unwritable(str(error)) from error
    if after != expected(root, wanted):
        raise Unwritable("the text would say something else")
    return result


def compose(text: str) -> Any:
    return yaml.compose(text, Loader=_LOADER)


def pairs(node: Any) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """The words of a mapping with their nodes, the first of each."""
    found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        found.setdefault(str(key.value) if isinstance(key, yaml.ScalarNode) else "", (key, value))
    return found


def plain(node: Any) -> Any:
    """What a node says: words without the space around them, which the language does not read."""
    if isinstance(node, yaml.MappingNode):
        return {word: plain(value) for word, (_key, value) in pairs(node).items()}
    if isinstance(node, yaml.SequenceNode):
        return [plain(value) for value in node.value]
    return str(node.value).strip()


def expected(node: Any, wanted: Wanted) -> Any:
    """What the node says once it is as wanted."""
    if isinstance(wanted, Kept):
        return plain(node)
    if isinstance(wanted, Rows):
        return _expected_rows(node, wanted)
    if isinstance(wanted, Mapping):
        return _expected_words(node, wanted)
    return str(wanted).strip()


def _expected_rows(node: Any, wanted: Rows) -> Any:
    children = _children(node, wanted.is_map)
    said = [(row.key, expected(_origin(children, row), row.value)) for row in _sound(wanted, children)]
    return dict(said) if wanted.is_map else [value for _key, value in said]


def _expected_words(node: Any, wanted: Mapping[str, Any]) -> dict[str, Any]:
    have = {word: value for word, (_key, value) in pairs(node).items()}
    said = {word: plain(value) for word, value in have.items() if word not in wanted}
    for word, value in wanted.items():
        if value is not None and _is_there(have.get(word), value):
            said[word] = expected(have.get(word), value)
    return said


def _is_there(node: Any, wanted: Wanted) -> bool:
    return node is not None or not isinstance(wanted, Kept)


def _children(node: Any, is_map: bool) -> list[Any]:
    if is_map:
        return [value for _key, value in pairs(node).values()]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _origin(children: Sequence[Any], row: Row) -> Any:
    return children[row.origin] if row.origin is not None else None


def _sound(wanted: Rows, children: Sequence[Any]) -> list[Row]:
    """Without rows that were said to be there and are not."""
    there = [Row(r.origin if (r.origin or 0) < len(children) else None, r.value, r.key) for r in wanted.rows]
    return [row for row in there if row.origin is not None or not isinstance(row.value, Kept)]


def _order(have: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """The words of a mapping as they are to stand: those that stay in their order, each new one behind the nearest
    that is wanted before it."""
    order = [word for word in have if wanted.get(word, KEPT) is not None]
    before: list[str] = []
    for word, value in wanted.items():
        if word not in have and value is not None and not isinstance(value, Kept):
            near = next((other for other in reversed(before) if other in order), None)
            order.insert(len(order) if near is None else order.index(near) + 1, word)
        before.append(word)
    return order


@dataclass(slots=True)
class _Rewriter:
    text: str

    def applied(self, start: int, end: int, node: Any, wanted: Wanted, key: Edit | None = None) -> str:
        """`text[start:end]`, which holds the node, as wanted."""
        edits = [*([key] if key else []), *self._edits(node, wanted, in_flow=False, column=-1)]
        inside = (Edit(one.start - start, one.end - start, one.becomes) for one in edits)
        return replaced(self.text[start:end], inside)

    def _edits(self, node: Any, wanted: Wanted, *, in_flow: bool, column: int) -> list[Edit]:
        """`column`: of what holds the node."""
        in_flow = in_flow or bool(getattr(node, "flow_style", False))
        if isinstance(wanted, Kept):
            return []
        if isinstance(wanted, Rows):
            children = _children(node, wanted.is_map)
            rows = _sound(wanted, children)
            if children and any(row.origin is not None for row in rows):
                return self._rows(node, children, rows, wanted.is_map, in_flow)
        elif isinstance(wanted, Mapping):
            have = pairs(node)
            if any(word not in wanted or wanted[word] is not None for word in have):
                return self._mapping(node, have, wanted, in_flow)
        elif isinstance(node, yaml.ScalarNode):
            return self._scalar(node, str(wanted), in_flow)
        return [self._anew(node, wanted, in_flow, column)]

    def _scalar(self, node: yaml.ScalarNode, wanted: str, in_flow: bool) -> list[Edit]:
        if node.value.strip() == wanted.strip():
            return []
        start, gap = node.start_mark.index, "" if self.text[node.start_mark.index - 1].isspace() else " "
        return [Edit(start, end_of(self.text, node), gap + writing.scalar(wanted.strip(), node.style, in_flow=in_flow))]

    def _anew(self, node: Any, wanted: Wanted, in_flow: bool, column: int) -> Edit:
        """Something of another kind in the place of what is there."""
        start, value = node.start_mark.index, expected(None, wanted)
        is_block = isinstance(node, yaml.CollectionNode) and not in_flow
        is_deeper = node.start_mark.column > column
        if is_block and is_deeper and value and isinstance(value, (dict, list)):
            indented = node.start_mark.column
            return Edit(start, end_of(self.text, node), writing.block(value, indented)[indented:].rstrip("\n"))
        gap = "" if self.text[start - 1].isspace() else " "
        written = writing.in_flow(value) if isinstance(value, (dict, list)) else writing.scalar(value, in_flow=in_flow)
        return Edit(start, end_of(self.text, node), gap + written if is_deeper or in_flow else f"  {written}")

    def _mapping(self, node: Any, have: Mapping[str, Any], wanted: Mapping[str, Any], in_flow: bool) -> list[Edit]:
        order = _order(have, wanted)
        if order == list(have):
            return [
                edit
                for word, (_key, value) in have.items()
                for edit in self._edits(value, wanted.get(word, KEPT), in_flow=in_flow, column=_column(node))
            ]
        places = {word: place for place, word in enumerate(have)}
        rows = [Row(places.get(word), wanted.get(word, KEPT), word) for word in order]
        return [self._composed(node, rows, True, in_flow)]

    def _rows(self, node: Any, children: Sequence[Any], rows: Sequence[Row], is_map: bool, flow: bool) -> list[Edit]:
        if [row.origin for row in rows] != list(range(len(children))):
            return [self._composed(node, rows, is_map, flow)]
        keys = [key for key, _value in pairs(node).values()] if is_map else []
        edits = [edit for key, row in zip(keys, rows, strict=False) for edit in self._edits_of_key(key, row)]
        for child, row in zip(children, rows, strict=True):
            edits += self._edits(child, row.value, in_flow=flow, column=_column(node))
        return edits

    @staticmethod
    def _edits_of_key(key: Any, row: Row) -> list[Edit]:
        if row.key == key.value:
            return []
        return [Edit(key.start_mark.index, key.end_mark.index, writing.scalar(row.key, key.style, in_flow=True))]

    # Rows or words that come, go or move

    def _composed(self, node: Any, rows: Sequence[Row], is_map: bool, in_flow: bool) -> Edit:
        spots = self._flow_spots(node) if in_flow else self._block_spots(node)
        nodes = list(pairs(node).values()) if is_map else [(None, child) for child in node.value]
        if is_map and len(nodes) != len(node.value):
            raise Unwritable("a word stands there twice")
        parts = []
        for row in rows:
            if row.origin is None:
                parts.append(self._fresh(node, row, is_map, in_flow))
                continue
            key, child = nodes[row.origin]
            edits = self._edits_of_key(key, row) if key is not None else []
            edits += self._edits(child, row.value, in_flow=in_flow, column=_column(node))
            start, end = spots[row.origin]
            inside = (Edit(edit.start - start, edit.end - start, edit.becomes) for edit in edits)
            parts.append(replaced(self.text[start:end], inside))
        if in_flow:
            return Edit(spots[0][0], spots[-1][1], self._in_a_row(spots, rows, parts))
        return Edit(spots[0][0], spots[-1][1], self._on_lines(node, spots[0][0], rows, parts))

    def _in_a_row(self, spots: Sequence[tuple[int, int]], rows: Sequence[Row], parts: Sequence[str]) -> str:
        """What stood between two neighbours stays between them."""
        joined = parts[0]
        for (before, row), part in zip(pairwise(rows), parts[1:], strict=True):
            are_neighbours = before.origin is not None and row.origin == before.origin + 1
            gap = self.text[spots[before.origin or 0][1] : spots[row.origin or 0][0]] if are_neighbours else ", "
            joined += gap + part
        return joined

    def _on_lines(self, node: Any, start: int, rows: Sequence[Row], parts: list[str]) -> str:
        """Each on lines of its own; where the first stands behind a dash, whatever comes first does."""
        is_behind = self.text[self._line(start) : start].strip() != ""
        for number, (row, part) in enumerate(zip(rows, parts, strict=True)):
            whole = part if part.endswith("\n") else part + "\n"
            if is_behind and row.origin == 0 and number:
                whole = " " * _column(node) + whole
            elif is_behind and row.origin != 0 and not number:
                whole = "\n" + whole if whole.lstrip()[:1] == "#" else whole.lstrip()
            parts[number] = whole
        return "".join(parts)

    def _fresh(self, node: Any, row: Row, is_map: bool, in_flow: bool) -> str:
        value = expected(None, row.value)
        if in_flow:
            written = writing.in_flow({row.key: value}) if is_map else writing.in_flow([value])
            return written[1:-1]
        beside = [child for _key, child in node.value] if is_map else node.value
        as_flow = all(bool(getattr(child, "flow_style", False)) for child in beside)
        written = (writing.pair(row.key, value, _column(node), as_flow=as_flow)) if is_map else ""
        written = written or writing.item(value, _column(node), as_flow=as_flow)
        is_parted = isinstance(value, (dict, list)) and self._has_blank_lines(node)
        return "\n" + written if is_parted else written

    def _has_blank_lines(self, node: Any) -> bool:
        return any(self.text[start:end].startswith("\n") for start, end in self._block_spots(node)[1:])

    # Where things stand

    def _line(self, place: int) -> int:
        return self.text.rfind("\n", 0, place) + 1

    def _next_line(self, place: int) -> int:
        end = self.text.find("\n", place)
        return len(self.text) if end < 0 else end + 1

    def _flow_spots(self, node: Any) -> list[tuple[int, int]]:
        first = [one[0] if isinstance(one, tuple) else one for one in node.value]
        last = [one[1] if isinstance(one, tuple) else one for one in node.value]
        return [(a.start_mark.index, end_of(self.text, b)) for a, b in zip(first, last, strict=True)]

    def _block_spots(self, node: Any) -> list[tuple[int, int]]:
        """Whole lines each, beginning with the comments above; the first from where it stands behind a dash."""
        ends = [self._next_line(end_of(self.text, one[1] if isinstance(one, tuple) else one)) for one in node.value]
        start = node.start_mark.index
        if self.text[self._line(start) : start].strip() == "":
            start = self._with_comments(self._line(start))
        return list(zip([start, *ends[:-1]], ends, strict=True))

    def _with_comments(self, line: int) -> int:
        """From the first of the comments that stand right above this line."""
        while line and (above := self.text[self._line(line - 1) : line].strip()) and above.startswith("#"):
            line = self._line(line - 1)
        return line


def end_of(text: str, node: Any) -> int:
    """Where a node ends: YAML counts the space and comments behind it as its own."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return end_of(text, last[1] if isinstance(last, tuple) else last)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return len(text[: node.end_mark.index].rstrip())
    return int(node.end_mark.index)


def _column(node: Any) -> int:
    return int(node.start_mark.column)
