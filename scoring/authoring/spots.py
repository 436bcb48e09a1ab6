"""Where a place is in a scheme's text: found by the address of its page, and called as the proofreader calls it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from .pieces import titles_of
from .rewriting import KEPT, Row, Rows, Wanted, pairs, plain
from .shapes import Kind, Shape, scheme_shape

NEW = "+"
WHOLE = "~"  # the page of the words that stand for the scheme as a whole


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with a page to itself. `steps` lead there from the outermost page: words, codes, numbers of rows."""

    shape: Shape
    node: Any  # None: nothing stands there yet
    steps: tuple[str | int, ...] = ()
    segments: tuple[str, ...] = ()
    is_new: bool = False
    holder: Shape | None = None  # of a row or a code: the list or map it stands in
    trail: tuple[Spot, ...] = ()  # those around it

    @property
    def place(self) -> str:
        return "/".join(self.segments)

    @property
    def word(self) -> str:
        return next((str(step) for step in reversed(self.steps) if isinstance(step, str)), "")

    @property
    def is_coded(self) -> bool:
        """Whether it stands under a code in a map."""
        return self.holder is not None and self.holder.kind == Kind.MAP

    @property
    def titles(self) -> dict[str, str]:
        said = titles_of(self.node) if self.node is not None else {}
        return {**said, "code": str(self.steps[-1])} if self.is_coded and self.node is not None else said

    @property
    def path(self) -> str:
        path = ""
        for step in self.steps:
            path = f"{path}[{step}]" if isinstance(step, int) else f"{path}.{step}" if path else step
        return path

    def inner(self, segment: str) -> Spot | None:
        """The page below this one that the next part of an address names."""
        trail = (*self.trail, self)
        if self.shape.kind in (Kind.LIST, Kind.MAP):
            return self._row(segment, trail)
        shape = _chosen(self.shape, self.node).words.get(segment)
        if shape is None or not (has_own_page(shape, self) or shape.holds_pages):
            return None
        node = pairs(self.node).get(segment, (None, None))[1]
        return Spot(shape, node, (*self.steps, segment), (*self.segments, segment), trail=trail)

    def _row(self, segment: str, trail: tuple[Spot, ...]) -> Spot | None:
        if not self.shape.holds_pages:
            return None
        if segment == NEW:
            number: str | int = NEW if self.shape.kind == Kind.MAP else len(rows_of(self.node))
            steps, segments = (*self.steps, number), (*self.segments, NEW)
            return Spot(self.shape.inner, None, steps, segments, True, self.shape, trail)
        for step, name, node in rows_of(self.node):
            if name == segment:
                steps, segments = (*self.steps, step), (*self.segments, name)
                return Spot(self.shape.inner, node, steps, segments, False, self.shape, trail)
        return None

    def below(self) -> Iterator[Spot]:
        """The pages right below this one."""
        if self.shape.kind in (Kind.LIST, Kind.MAP):
            names = [name for _step, name, _node in rows_of(self.node)] if self.shape.holds_pages else []
        else:
            names = list(_chosen(self.shape, self.node).words)
        yield from (spot for name in names if (spot := self.inner(name)))

    def wanted(self, said: Wanted, key: str = "") -> Wanted:
        """What the whole text is to say so that this place says this, and all else what it does."""
        wanted = said
        for spot in reversed((*self.trail, self)):
            if spot is self:
                continue
            step = _step_below(spot, self)
            if spot.shape.kind in (Kind.LIST, Kind.MAP):
                is_last = len(spot.steps) + 1 == len(self.steps)
                wanted = _rows_with(spot, step, wanted, key if is_last else "", is_last and self.is_new)
            else:
                words = spot.shape.all_words
                wanted = {word: wanted if word == step else KEPT for word in words}
        return wanted


def _step_below(around: Spot, spot: Spot) -> str | int:
    return spot.steps[len(around.steps)]


def _rows_with(around: Spot, step: str | int, wanted: Wanted, key: str, is_new: bool) -> Rows:
    is_map = around.shape.kind == Kind.MAP
    rows = [
        Row(number, wanted if there == step else KEPT, (key if there == step and key else str(there)) if is_map else "")
        for number, (there, _name, _node) in enumerate(rows_of(around.node))
    ]
    if is_new:
        rows.append(Row(None, wanted, key))
    return Rows(tuple(rows), is_map=is_map)


def has_own_page(shape: Shape, around: Spot) -> bool:
    """Each word of the outermost page that takes more than one line has a page."""
    return not around.steps and shape.is_compound and shape.name != "text"


def rows_of(node: Any) -> list[tuple[str | int, str, Any]]:
    """Of a list or map: how the proofreader calls each row, how an address does (by its code, if it is its alone)."""
    if isinstance(node, yaml.MappingNode):
        return [(key, key, value) for key, (_key, value) in pairs(node).items()]
    children = node.value if isinstance(node, yaml.SequenceNode) else []
    codes = [titles_of(child).get("code", "") for child in children]
    return [
        (number, code if code and codes.count(code) == 1 and "/" not in code else f"{WHOLE}{number + 1}", child)
        for number, (code, child) in enumerate(zip(codes, children, strict=True))
    ]


def find(root: Any, place: str) -> Spot | None:
    """The page of this address; None where the text has no such place."""
    spot: Spot | None = Spot(scheme_shape(), root)
    for segment in place.strip("/").split("/") if place != WHOLE else ():
        spot = spot.inner(segment) if spot else None
    return spot


def everything(root: Any) -> Iterator[Spot]:
    """Every page, the outermost first."""
    yield from _all_below(Spot(scheme_shape(), root))


def _all_below(spot: Spot) -> Iterator[Spot]:
    yield spot
    for inner in spot.below():
        yield from _all_below(inner)


def _chosen(shape: Shape, node: Any) -> Shape:
    answer = pairs(node).get(shape.chosen_by, (None, None))[1] if shape.chosen_by else None
    return shape.chosen(str(answer.value)) if isinstance(answer, yaml.ScalarNode) else shape


def namings(shape: Shape, node: Any, word: str, code: str) -> Iterator[yaml.ScalarNode]:
    """Every place that names what is declared under this word with this code: it goes along when the code changes."""
    if shape.kind == Kind.WAYS:
        way = shape.way_of(plain(node))
        shape = shape if way is None else shape.ways[way]
    shape = _chosen(shape, node)
    if isinstance(node, yaml.ScalarNode):
        if word in shape.of and node.value == code:
            yield node
    elif shape.kind == Kind.OBJECT:
        for name, (_key, inner) in pairs(node).items():
            if name in shape.words:
                yield from namings(shape.words[name], inner, word, code)
    elif shape.kind in (Kind.LIST, Kind.MAP):
        for _step, _name, inner in rows_of(node):
            yield from namings(shape.inner, inner, word, code)


def owner(path: str, spots: Sequence[Spot]) -> Spot:
    """On which page a fault of this path is told: the one that lies nearest around it."""
    around = [spot for spot in spots if spot.node is not None and _is_within(path, spot.path)]
    return max(around, key=lambda spot: len(spot.path), default=spots[0])


def _is_within(path: str, around: str) -> bool:
    return not around or path == around or (path.startswith(around) and path[len(around)] in ".[")
