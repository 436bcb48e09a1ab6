"""What the pages on which a draft is edited without its text show and keep; faults stand where they belong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from scoring import engine
from scoring.engine.language.proof import Proof
from scoring.engine.language.tree import read_root
from submissions import thai

from .drawing import Pages, told
from .pieces import Piece, piece_from, piece_of
from .rewriting import Wanted, compose, pairs, plain
from .scalars import Edit, replaced
from .shapes import Kind, scheme_shape
from .spots import NEW, WHOLE, Spot, everything, find, has_own_page, namings, owner
from .writing import scalar

KEY = ":key"  # the input of the code under which a thing stands in a map


def root_of(text: str) -> Any:
    """The text as a tree; None where it has faults that only the text itself can be rid of."""
    try:
        read_root(text, Proof())
    except engine.SchemeError:
        return None
    return compose(text)


def faults_by_path(text: str) -> dict[str, list[str]]:
    """Everything that is wrong with a text, in the reader's language, by the place that it speaks of."""
    found: dict[str, list[str]] = {}
    try:
        engine.load(text)
    except engine.SchemeError as bad:
        for fault in bad.faults:
            found.setdefault(fault.path, []).append(fault.en if thai.language() == "en" else fault.th)
    return found


def shown_piece(spot: Spot) -> Piece:
    """What the page of a place shows of the text; what has a page of its own is left where it is."""
    piece = _held_back(spot, piece_of(spot.shape, spot.node, is_top=True))
    piece.named("", spot.path)
    return piece


def sent_piece(spot: Spot, sent: Mapping[str, str]) -> Piece:
    """What somebody typed on that page."""
    piece = _held_back(spot, piece_from(spot.shape, sent, ""))
    piece.named("", spot.path)
    return piece


def _held_back(spot: Spot, piece: Piece) -> Piece:
    if not spot.steps:
        for inner in piece.pieces:
            inner.is_elsewhere = has_own_page(inner.shape, spot)
            inner.is_kept = inner.is_kept or inner.is_elsewhere
    return piece


def said_with(spot: Spot, piece: Piece, key: str = "") -> Wanted:
    """What the whole text is to say when the page of a place is kept."""
    return spot.wanted(piece.as_row if spot.holder else piece.wanted, key)


def renamed(text: str, spot: Spot, key: str) -> tuple[str, int]:
    """The text with a changed code wherever it is named, and in how many places that was."""
    if spot.is_new or not spot.is_coded or key == spot.steps[-1]:
        return text, 0
    there = list(namings(scheme_shape(), compose(text), str(spot.steps[0]), str(spot.steps[-1])))
    edits = [Edit(one.start_mark.index, one.end_mark.index, scalar(key, one.style, in_flow=True)) for one in there]
    return replaced(text, edits), len(edits)


def digest_of(spot: Spot) -> str:
    """Tells whether a page shows the same as when somebody began to type on it."""
    piece = shown_piece(spot)
    shown = [piece.wanted, [sorted(one.titles.items()) for one in piece.walk()]]
    return "" if spot.is_new else hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def mark_codes(piece: Piece) -> None:
    """Codes that are missing or there twice, which a text can't say: each is told at its row."""
    for one in piece.walk():
        seen = set[str]()
        for row in one.rows if one.kind == Kind.MAP and not one.is_kept else ():
            if not row.is_passing and (not row.key or row.key in seen):
                row.faults.append(_why_no_code(row.key))
            seen.add(row.key)


def faults_of_code(spot: Spot, key: str) -> list[str]:
    """Why a thing can't have this code in its map."""
    if not spot.is_coded:
        return []
    others = set(pairs(spot.trail[-1].node)) - ({spot.steps[-1]} if not spot.is_new else set())
    return [_why_no_code(key)] if not key or key in others or key == NEW else []


def _why_no_code(key: str) -> str:
    return _("There is “%(code)s” already.") % {"code": key} if key else _("A code is needed here.")


def place_after(root: Any, spot: Spot, piece: Piece, key: str) -> str:
    """The address of the page once it was kept: a code of its own may have changed, or be new."""
    around = spot.trail[-1] if spot.trail else spot
    if not spot.holder:
        return spot.place or WHOLE
    again = find(root, around.place)
    code = key or next((one.value for one in piece.pieces if one.word == "code"), "")
    names = [inner.segments[-1] for inner in again.below()] if again else []
    if code in names:
        return f"{around.place}/{code}"
    numbered = f"{WHOLE}{spot.steps[-1] + 1}" if isinstance(spot.steps[-1], int) else ""
    return f"{around.place}/{numbered}" if numbered in names else around.place


def codes_of(root: Any) -> dict[str, dict[str, str]]:
    """What is declared, for lists to choose from: by word, code and title."""
    found: dict[str, dict[str, str]] = {}
    for word in ("requirements", "values", "settings", "targets"):
        there = pairs(pairs(root).get(word, (None, None))[1])
        found[word] = {code: _title(node) for code, (_key, node) in there.items()}
    spots = (spot for spot in everything(root) if spot.shape.name == "criterion" and spot.node is not None)
    found["criteria"] = {spot.titles.get("code", ""): spot.titles.get(thai.language(), "") for spot in spots}
    return found


def _title(node: Any) -> str:
    said = plain(node)
    title = said.get("title") if isinstance(said, dict) else None
    return str(title.get(thai.language(), "")) if isinstance(title, dict) else ""


def pages_of(spot: Spot, address: Callable[[str], str]) -> dict[str, Pages]:
    """Where the things that stand in lists of this page have theirs."""
    lists = {"": spot} if spot.shape.holds_pages else {one.word: one for one in spot.below() if not one.holder}
    return {
        word: Pages([address(inner.place) for inner in one.below()], address(f"{one.place}/{NEW}"))
        for word, one in lists.items()
    }


# The outline


@dataclass(slots=True)
class Line:
    """One page in the outline, with how many faults stand on it and below it."""

    spot: Spot
    label: str
    title: str
    faults: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def place(self) -> str:
        return self.spot.place or WHOLE

    @property
    def all_faults(self) -> int:
        return self.faults + sum(line.all_faults for line in self.lines)

    @property
    def count(self) -> int:
        return len(self.lines)

    @property
    def is_open(self) -> bool:
        """What is wrong is seen at once, and so is what the contest is about."""
        return bool(self.all_faults) or self.spot.word == "dimensions"

    @property
    def is_empty(self) -> bool:
        return self.spot.node is None


def outline(root: Any, faults: Mapping[str, list[str]]) -> list[Line]:
    """The pages of a scheme: the whole, then each word of the outermost page with what stands below it."""
    spots = homes(root)
    lines = {spot.steps: _line(spot) for spot in spots}
    for path, words in faults.items():
        lines[owner(path, spots).steps].faults += len(words)
    for spot in spots:
        if len(spot.steps) > 1:
            around = next(steps for n in range(1, len(spot.steps)) if (steps := spot.steps[:-n]) in lines)
            lines[around].lines.append(lines[spot.steps])
    return [line for steps, line in lines.items() if len(steps) < 2]


def homes(root: Any) -> list[Spot]:
    """The pages on which faults are told: a list within a thing is told on the page of the thing."""
    return [spot for spot in everything(root) if len(spot.steps) < 2 or spot.holder]


def _line(spot: Spot) -> Line:
    return Line(spot, label_of(spot), title_of(spot))


def label_of(spot: Spot) -> str:
    """What a place is: the word, or for a thing in a list the code that it has."""
    if not spot.steps:
        return _("The scheme as a whole")
    if spot.is_new:
        return _("Add to: %(list)s") % {"list": label_of(spot.trail[-1])}
    if spot.holder:
        return spot.titles.get("code", "") or str(int(spot.steps[-1]) + 1)
    return told(spot.trail[-1].shape.label_of(spot.word))


def title_of(spot: Spot) -> str:
    said = spot.titles
    return (said.get(thai.language()) or said.get("th", "")) if spot.steps else ""


def crumbs(spot: Spot) -> Iterator[tuple[str, str]]:
    """The way to a page: (address, name) of each page around it."""
    for around in (one for one in spot.trail if len(one.steps) == 1 or one.holder):
        title = title_of(around)
        yield around.place, f"{label_of(around)} {title}".strip()


def told_at(spot: Spot, root: Any, piece: Piece, faults: Mapping[str, list[str]]) -> list[str]:
    """Puts the faults of this page at its fields; answers those that concern no field of it."""
    spots = homes(root)
    return piece.told({path: words for path, words in faults.items() if owner(path, spots).steps == spot.steps})
