"""A part of a scheme as a form shows it: made from the text or from what was typed, changed by a deed, said again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from .rewriting import KEPT, Row, Rows, Wanted, pairs, plain
from .shapes import Kind, Shape

DEEPEST = 24  # conditions within conditions; what lies deeper is kept as it is
MOST_ROWS = 300


@dataclass(slots=True)
class Piece:
    """One place: a word with its field, a group of them, rows, or one of several ways.

    `name` is that of its inputs; `path` is how the proofreader calls the place.
    """

    shape: Shape
    word: str = ""
    name: str = ""
    path: str = ""
    value: str = ""  # of a single word, as it stands in the text
    pieces: list[Piece] = field(default_factory=list)  # of an object, or of the way that is chosen
    rows: list[Piece] = field(default_factory=list)  # of a list or map
    way: int | None = None
    origin: int | None = None  # of a row: which of those in the text it is
    key: str = ""  # of a map's row
    titles: Mapping[str, str] = field(default_factory=dict)  # of a row that has a page to itself
    is_needed: bool = False
    is_chooser: bool = False  # its answer says which other words there are
    is_kept: bool = False  # it stands for what is in the text, which is not shown here
    is_elsewhere: bool = False  # it is kept since it has a page of its own
    is_unsettled: bool = False  # another way was chosen, whose fields nobody has seen yet
    is_fresh: bool = False  # a row just added
    faults: list[str] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        return self.shape.kind

    @property
    def is_blank(self) -> bool:
        """Whether nothing is said: a word that may be left out is, then."""
        if self.is_kept:
            return False
        return not (self.value.strip() or self.rows or any(not piece.is_blank for piece in self.pieces))

    @property
    def wanted(self) -> Wanted:
        """What is to stand in the text."""
        if self.is_kept:
            return KEPT
        if not self.way_shape.is_compound:
            return self.value.strip() or None
        if self.kind in (Kind.LIST, Kind.MAP):
            rows = tuple(Row(row.origin, row.as_row, row.key) for row in self.rows if not row.is_passing)
            return Rows(rows, is_map=self.kind == Kind.MAP) if rows else None
        said = {piece.word: None if piece.is_blank else piece.wanted for piece in self.pieces}
        return self.pruned(said) if any(value is not None for value in said.values()) else None

    @property
    def as_row(self) -> Wanted:
        """The same of a row: it stays where it is, though nothing is said in it any more."""
        wanted = self.wanted
        if wanted is None:
            return self.pruned({}) if self.shape.is_compound else ""
        return wanted

    def pruned(self, said: Mapping[str, Wanted]) -> dict[str, Wanted]:
        """With the words of the other ways, which go."""
        return {**dict.fromkeys(word for word in self.shape.all_words if word not in said), **said}

    @property
    def is_passing(self) -> bool:
        """A row that was added and never filled in."""
        return self.origin is None and not self.key and self.is_blank

    def walk(self) -> Iterator[Piece]:
        yield self
        for inner in (*self.pieces, *self.rows):
            yield from inner.walk()

    @property
    def inputs(self) -> int:
        """About how many a form sends of it: at least as many as it does."""
        count = 2 if self.kind == Kind.WAYS else 1 + self.is_chooser
        of_rows = sum(2 if not row.is_kept else 5 for row in self.rows)
        return count + of_rows + sum(one.inputs for one in (*self.pieces, *self.rows))

    def named(self, name: str, path: str) -> None:
        """Names all inputs anew, after rows came, went or moved."""
        self.name, self.path = name, path
        for piece in self.pieces:
            piece.named(f"{name}.{piece.word}" if name else piece.word, f"{path}.{piece.word}" if path else piece.word)
        for number, row in enumerate(self.rows):
            row.named(f"{name}.{number}", f"{path}.{row.key}" if self.kind == Kind.MAP else f"{path}[{number}]")

    def do(self, deed: str) -> bool:
        """A deed on rows, such as `add:steps` or `up:steps.2`. Whether there was such a place."""
        verb, _, name = deed.partition(":")
        for piece in list(self.walk()):
            if verb == "add" and piece.name == name and piece.kind in (Kind.LIST, Kind.MAP):
                piece.add()
                return True
            for number, row in enumerate(piece.rows):
                if row.name == name and verb in ("remove", "up", "down"):
                    piece.move(number, verb)
                    return True
        return False

    def add(self) -> None:
        if len(self.rows) < MOST_ROWS:
            row = piece_of(self.shape.inner, None)
            row.is_fresh = True
            self.rows.append(row)

    def move(self, number: int, verb: str) -> None:
        row = self.rows.pop(number)
        if verb != "remove":
            self.rows.insert(max(0, number + (1 if verb == "down" else -1)), row)

    @property
    def way_shape(self) -> Shape:
        """Its shape; of one of several ways the one that is chosen."""
        return self.shape.ways[self.way] if self.kind == Kind.WAYS and self.way is not None else self.shape

    @property
    def said_shape(self) -> Shape:
        """Its shape, or the one that an answer in it leads to."""
        if self.way_shape is not self.shape:
            return self.way_shape
        chooser = self.shape.chosen_by
        return self.shape.chosen(next((one.value for one in self.pieces if one.word == chooser), ""))

    def told(self, faults: Mapping[str, list[str]]) -> list[str]:
        """Puts each fault at the place it speaks of, or at the nearest around it; answers those of no place here."""
        places = {piece.path: piece for piece in self.walk() if not piece.is_elsewhere}
        rest = []
        for path, words in faults.items():
            there = _nearest(path, places)
            if there is None:
                rest += words
            else:
                there.faults += words
        return rest


def _nearest(path: str, places: Mapping[str, Piece]) -> Piece | None:
    while path and path not in places:
        path = re.sub(r"(\.[^.\[\]]*|\[[0-9]+\])\Z", "", path) if re.search(r"[.\[]", path) else ""
    return places.get(path)


# From the text


def piece_of(shape: Shape, node: Any, word: str = "", *, is_top: bool = False, depth: int = 0) -> Piece:
    """The piece of a node; None: nothing stands there yet. What has another shape is kept, and not shown."""
    piece = Piece(shape, word)
    if node is None:
        piece.pieces = _pieces(shape, {}, depth)
    elif not is_top and shape.has_page:
        piece.is_kept, piece.titles = True, titles_of(node)
    elif not _fits(shape, node) or depth > DEEPEST or _is_long(node):
        piece.is_kept = True
    else:
        _fill(piece, node, depth)
    return piece


def _fill(piece: Piece, node: Any, depth: int) -> None:
    """With what stands there, as a form shows it."""
    shape = piece.shape
    if isinstance(node, yaml.ScalarNode):
        piece.value = str(node.value).replace("\r\n", "\n").strip()
        piece.way = shape.way_of(piece.value)
    elif shape.kind == Kind.WAYS:
        piece.way = shape.way_of(plain(node))
        piece.pieces = _pieces(shape.ways[piece.way or 0], pairs(node), depth + 1)
    elif shape.kind == Kind.OBJECT:
        piece.pieces = _pieces(shape, pairs(node), depth)
    else:
        piece.rows = [_row(shape, child, key, number, depth) for number, (key, child) in enumerate(_rows_of(node))]


def _rows_of(node: Any) -> list[tuple[str, Any]]:
    if isinstance(node, yaml.MappingNode):
        return [(key, value) for key, (_node, value) in pairs(node).items()]
    return [("", child) for child in node.value]


def _row(shape: Shape, child: Any, key: str, number: int, depth: int) -> Piece:
    row = piece_of(shape.inner, child, depth=depth + 1)
    if shape.holds_pages and not row.is_kept:
        row = Piece(shape.inner, is_kept=True, titles=titles_of(child))
    row.origin, row.key = number, key
    return row


def _pieces(shape: Shape, have: Mapping[str, Any], depth: int) -> list[Piece]:
    """The words of an object; where one of them chooses the others, those of its answer."""
    if shape.kind != Kind.OBJECT:
        return []
    chooser, needed = shape.chosen_by, shape.needed
    shape = _chosen(shape, have.get(chooser, (None, None))[1])
    inner = [(word, it, have.get(word, (None, None))[1]) for word, it in shape.words.items()]
    pieces = [piece_of(it, node, word, depth=depth + 1) for word, it, node in inner]
    _mark(pieces, shape.needed | needed, chooser)
    return pieces


def _mark(pieces: list[Piece], needed: frozenset[str], chooser: str) -> None:
    for piece in pieces:
        piece.is_needed, piece.is_chooser = piece.word in needed, piece.word == chooser


def _chosen(shape: Shape, node: Any) -> Shape:
    return shape.chosen(str(node.value)) if isinstance(node, yaml.ScalarNode) else shape


def _fits(shape: Shape, node: Any) -> bool:
    """Whether a form can show what stands there."""
    if isinstance(node, yaml.ScalarNode):
        return not shape.is_compound or (shape.kind == Kind.WAYS and shape.way_of(str(node.value)) is not None)
    if isinstance(node, yaml.SequenceNode):
        return shape.kind == Kind.LIST
    if shape.kind == Kind.WAYS:
        return shape.way_of(plain(node)) is not None
    return shape.kind in (Kind.OBJECT, Kind.MAP)


def _is_long(node: Any) -> bool:
    """A list of more rows than come back from a form."""
    return isinstance(node, yaml.CollectionNode) and len(node.value) > MOST_ROWS


def titles_of(node: Any) -> dict[str, str]:
    """The code and the titles of a thing, as far as it has them."""
    said = plain(node)
    title = said.get("title", {}) if isinstance(said, dict) else {}
    found = {language: title[language] for language in ("th", "en") if isinstance(title, dict) and language in title}
    code = said.get("code") if isinstance(said, dict) else None
    return {name: text for name, text in {**found, "code": code}.items() if isinstance(text, str)}


# From what was typed


def piece_from(shape: Shape, sent: Mapping[str, str], name: str, word: str = "", *, depth: int = 0) -> Piece:
    """The piece whose inputs begin with this name."""
    piece = Piece(shape, word, is_kept=f"{name}:kept" in sent or (bool(depth) and shape.has_page))
    if piece.is_kept or depth > 2 * DEEPEST:
        return piece
    if shape.kind == Kind.OBJECT:
        piece.pieces, piece.is_unsettled = _sent_pieces(shape, sent, name, depth)
    elif shape.kind == Kind.WAYS:
        _choose(piece, sent, name, depth)
    elif shape.kind in (Kind.LIST, Kind.MAP):
        piece.rows = [_sent_row(shape, sent, f"{name}.{number}", depth) for number in range(_count(sent, name))]
    else:
        piece.value = sent.get(name, "").replace("\r\n", "\n")
    return piece


def _sent_pieces(shape: Shape, sent: Mapping[str, str], name: str, depth: int) -> tuple[list[Piece], bool]:
    dot = f"{name}." if name else ""
    chooser, needed = shape.chosen_by, shape.needed
    answer = sent.get(dot + chooser, "") if chooser else ""
    was_seen = sent.get(f"{dot}{chooser}:shown", "") == answer
    shape = shape.chosen(answer)
    pieces = [piece_from(inner, sent, dot + word, word, depth=depth + 1) for word, inner in shape.words.items()]
    _mark(pieces, shape.needed | needed, chooser)
    return pieces, not was_seen


def _choose(piece: Piece, sent: Mapping[str, str], name: str, depth: int) -> None:
    way, shown = sent.get(f"{name}:way", ""), sent.get(f"{name}:shown", "")
    if not way.isdecimal() or len(way) > 3 or int(way) >= len(piece.shape.ways):
        return
    piece.way, piece.is_unsettled = int(way), way != shown
    chosen = piece.shape.ways[piece.way]
    if chosen.is_compound:
        piece.pieces, _ = _sent_pieces(chosen, sent, name, depth)
    else:
        piece.value = sent.get(name, "")


def _sent_row(shape: Shape, sent: Mapping[str, str], name: str, depth: int) -> Piece:
    row = piece_from(shape.inner, sent, name, depth=depth + 1)
    was = sent.get(f"{name}:was", "")
    row.origin = int(was) if was.isdecimal() and len(was) < 5 else None
    row.key = sent.get(f"{name}:key", "").strip()
    row.is_kept = row.is_kept or shape.holds_pages
    if row.is_kept:
        row.titles = {name_: sent.get(f"{name}:{name_}", "") for name_ in ("th", "en", "code")}
    return row


def _count(sent: Mapping[str, str], name: str) -> int:
    count = sent.get(f"{name}:rows", "")
    return min(int(count), MOST_ROWS) if count.isdecimal() and len(count) < 6 else 0
