"""What differs between two texts of a scheme, page by page of their forms, in the words that stand there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from itertools import takewhile, zip_longest
from operator import eq

from submissions import thai

from .drawing import Codes, told
from .forming import codes_of, label_of, root_of, shown_piece, title_of
from .pieces import Piece
from .shapes import Kind, Shape
from .spots import Spot, everything, rows_of

AROUND = 30  # characters that are shown before and after what changed in a text
LONG = 40  # characters, from which on a text is shown around what changed in it
LEAST = 4  # characters that a text keeps where only its change is shown


@dataclass(frozen=True, slots=True)
class Difference:
    """One word of a page: how it is called there, what it says in the one text and in the other."""

    label: str
    before: str
    after: str

    @property
    def pieces(self) -> tuple[str, str, str, str]:
        """What stays before it, what was there, what comes, what stays after it."""
        is_long = max(len(self.before), len(self.after)) > LONG
        return _cut(self.before, self.after) if is_long else ("", self.before, self.after, "")


@dataclass(frozen=True, slots=True)
class ChangedPage:
    """A page on which something changed; `place` is its address, '' where it has gone."""

    name: str
    place: str
    how: str  # "changed", "added", "gone", or "order"
    differences: Sequence[Difference] = ()

    @property
    def count(self) -> int:
        return len(self.differences) or 1


@dataclass(slots=True)
class Group:
    """The changed pages below one word of the outermost page."""

    label: str
    pages: list[ChangedPage] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(page.count for page in self.pages)


def groups_of(before: str, after: str) -> list[Group]:
    """Everything that changed, in the order of the forms. Both texts are sound."""
    roots = root_of(before), root_of(after)
    old, new = ({spot.place: spot for spot in everything(root)} for root in roots)
    codes = codes_of(roots[1])
    groups: dict[str, Group] = {}
    for place in _in_order(list(old), list(new)):
        spot = new.get(place) or old[place]
        around = (one.place for one in spot.trail if one.holder)
        if any((one in old) != (one in new) for one in around):
            continue  # it came or went with what it stands in
        if page := _page(old.get(place), new.get(place), codes):
            top = spot.trail[1] if len(spot.trail) > 1 else spot
            groups.setdefault(str(top.steps[:1]), Group(label_of(top))).pages.append(page)
    return list(groups.values())


def _in_order(old: list[str], new: list[str]) -> Iterator[str]:
    """Those of the new text in its order, what has gone where it was."""
    for _tag, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield from (place for place in old[start:end] if place not in new)
        yield from new[first:last]


def _page(old: Spot | None, new: Spot | None, codes: Codes) -> ChangedPage | None:
    if old and new:
        return _changed(old, new, codes)
    if new:
        return ChangedPage(_named(new), new.place, "added")
    return ChangedPage(_named(old), "", "gone") if old else None


def _changed(old: Spot, new: Spot, codes: Codes) -> ChangedPage | None:
    if new.shape.holds_pages:
        was, now = (_names_in(spot) for spot in (old, new))
        is_reordered = [name for name in was if name in now] != [name for name in now if name in was]
        return ChangedPage(_named(new), new.place, "order") if is_reordered else None
    found = list(_between(shown_piece(old), shown_piece(new), "", codes))
    return ChangedPage(_named(new), new.place, "changed", found) if found else None


def _names_in(spot: Spot) -> list[str]:
    return [name for _step, name, _node in rows_of(spot.node)]


def _named(spot: Spot) -> str:
    return f"{label_of(spot)} {title_of(spot)}".strip()


def _between(old: Piece, new: Piece, label: str, codes: Codes) -> Iterator[Difference]:
    if (old.is_kept and new.is_kept) or (old.way == new.way and old.wanted == new.wanted):
        return
    if new.kind in (Kind.LIST, Kind.MAP):
        yield from _between_rows(old, new, label, codes)
    elif old.way == new.way and new.said_shape.kind == Kind.OBJECT:
        yield from _between_words(old, new, label, codes)
    else:
        yield Difference(label, summary(old, codes), summary(new, codes))


def _between_words(old: Piece, new: Piece, label: str, codes: Codes) -> Iterator[Difference]:
    words = [{piece.word: piece for piece in one.pieces} for one in (old, new)]
    for word in dict.fromkeys([*words[1], *words[0]]):
        shape = new.said_shape if word in words[1] else old.said_shape
        name = _joined(label, told(shape.label_of(word)))
        was, becomes = (one.get(word) for one in words)
        if was and becomes:
            yield from _between(was, becomes, name, codes)
        elif (piece := was or becomes) and not piece.is_blank:
            yield _one_sided(name, was, becomes, codes)


def _between_rows(old: Piece, new: Piece, label: str, codes: Codes) -> Iterator[Difference]:
    """Rows of a map by their codes; of a list by what they say, those between two that stayed side by side."""
    if new.shape.holds_pages:
        return  # each has a page to itself
    if new.kind == Kind.MAP:
        keyed = [{row.key: row for row in one.rows} for one in (old, new)]
        pairs = [(key, keyed[0].get(key), keyed[1].get(key)) for key in dict.fromkeys([*keyed[1], *keyed[0]])]
    else:
        pairs = list(_side_by_side(old.rows, new.rows))
    for key, was, becomes in pairs:
        name = f"{label} {key}".strip()
        if was and becomes:
            yield from _between(was, becomes, name, codes)
        else:
            yield _one_sided(name, was, becomes, codes)


def _side_by_side(old: list[Piece], new: list[Piece]) -> Iterator[tuple[str, Piece | None, Piece | None]]:
    was_said, is_said = ([repr(row.as_row) for row in rows] for rows in (old, new))
    for tag, start, end, first, last in SequenceMatcher(None, was_said, is_said, autojunk=False).get_opcodes():
        if tag != "equal":
            for n, (was, becomes) in enumerate(zip_longest(old[start:end], new[first:last]), first + 1):
                yield str(n), was, becomes


def _one_sided(label: str, was: Piece | None, becomes: Piece | None, codes: Codes) -> Difference:
    return Difference(label, summary(was, codes) if was else "", summary(becomes, codes) if becomes else "")


# In words


def summary(piece: Piece, codes: Codes) -> str:
    """All that a piece says, in a line."""
    if piece.is_blank:
        return ""
    if piece.shape.name == "text":
        said = {one.word: one.value for one in piece.pieces}
        return said.get(thai.language()) or said.get("th", "")
    if piece.rows:
        return " / ".join(" ".join(filter(None, (row.key, summary(row, codes)))) for row in piece.rows)
    if piece.pieces:
        shape = piece.said_shape
        inner = [(told(shape.label_of(one.word)), summary(one, codes)) for one in piece.pieces]
        return ", ".join(f"{label} {said}" for label, said in inner if said)
    return _word(piece, piece.way_shape, codes)


def _word(piece: Piece, shape: Shape, codes: Codes) -> str:
    value = piece.value.strip()
    if shape.kind in (Kind.CHOICE, Kind.YES):
        return told(shape.answer_label(value))
    if shape.of:
        titles = (codes.get(word, {}).get(value, "") for word in shape.of)
        return f"{value} {next(filter(None, titles), '')}".strip()
    if shape.kind == Kind.MONTH:
        return thai.format_month(value, thai.language())
    if shape.kind in (Kind.DAY, Kind.ANY) and (day := _day(value)):
        return thai.format_date(day, thai.language(), short=True)
    return value


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if len(value) == len("2567-07-31") else None
    except ValueError:
        return None


def _joined(label: str, inner: str) -> str:
    return f"{label} · {inner}" if label else inner


def _cut(before: str, after: str) -> tuple[str, str, str, str]:
    """Both texts cut where they part; whole where they have next to nothing in common."""
    start = _alike(before, after)
    while any(_within_word(text, start) for text in (before, after)):
        start -= 1
    end = _alike(before[start:][::-1], after[start:][::-1])
    while any(_within_word(text, len(text) - end) for text in (before, after)):
        end -= 1
    if start + end < LEAST:
        return "", before, after, ""
    head, tail = before[:start], before[len(before) - end :]
    head = f"…{head[-AROUND:]}" if len(head) > AROUND else head
    tail = f"{tail[:AROUND]}…" if len(tail) > AROUND else tail
    return head, before[start : len(before) - end], after[start : len(after) - end], tail


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    return sum(1 for _same in takewhile(bool, map(eq, one, other)))


def _within_word(text: str, at: int) -> bool:
    """Whether a cut here would part a number, a word of Latin letters, or a sign from the letter that bears it."""
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    is_borne = unicodedata.category(right).startswith("M")
    both_digits = left.isdecimal() and right.isdecimal()
    return is_borne or both_digits or (left.isascii() and right.isascii() and left.isalpha() and right.isalpha())
