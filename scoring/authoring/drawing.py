"""A piece of a scheme ready to be drawn: what each field is called, what may be chosen, how a day is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from submissions import thai
from submissions.fields import BuddhistDateField, NumberField

from .pieces import Piece
from .shapes import Kind, Label, Shape

Codes = Mapping[str, Mapping[str, str]]  # by the word under which they are declared: code -> its title
_NUMBERS = (Kind.NUMBER, Kind.POINTS, Kind.WHOLE)
_MAY_BE_DAYS = (Kind.DAY, Kind.ANY, Kind.WAYS)
_MAY_BE_NUMBERS = (*_NUMBERS, Kind.ANY, Kind.MONTH, Kind.WAYS)
_BUDDHIST = 2200  # the years of the Common Era that the language knows end here
_CHOSEN = (Kind.CHOICE, Kind.YES)
_LONG = 42  # signs, from which on a text has more lines
NOTHING = ("", "–")


@dataclass(frozen=True, slots=True)
class Pages:
    """Where the things in a list have their pages: of each row in the text, and of a new one."""

    rows: Sequence[str]
    new: str


def drawn(piece: Piece, label: str, codes: Codes, pages: Mapping[str, Pages]) -> dict[str, Any]:
    """For the template of one page: the fields in use first, those that may be left out and are behind a fold.

    `pages`: by the word of the list; '' where the page is that list.
    """
    whole = _drawn(piece, piece.shape, codes, label)
    for one in (whole, *whole.get("inner", ())):
        if one.get("has_pages"):
            _lead_on(one, pages[one["name"]])
    if "inner" not in whole or whole["as"] != "group":
        return whole
    has_days = any(one.kind in _MAY_BE_DAYS for one in piece.walk())
    return {**_folded(whole), "has_days": has_days}


def _folded(group: dict[str, Any]) -> dict[str, Any]:
    """With what may be left out, and is, behind a fold."""
    inner = group["inner"]
    extra = [one for one in inner if one["is_extra"]]
    return {**group, "inner": [one for one in inner if not one["is_extra"]], "extra": extra}


def _lead_on(rows: dict[str, Any], pages: Pages) -> None:
    rows["new"] = pages.new
    for row in rows["rows"]:
        is_there = row["origin"] != "" and row["origin"] < len(pages.rows)
        row["address"] = pages.rows[row["origin"]] if is_there else ""
        titles = row["titles"]
        title = titles.get(thai.language()) or titles.get("th", "")
        row["said"] = f"{row['key'] or titles.get('code', '')} {title}".strip() or row["label"]


def _drawn(piece: Piece, holder: Shape, codes: Codes, label: str = "") -> dict[str, Any]:
    said = _said(piece, label or told(holder.label_of(piece.word)))
    if piece.is_kept:
        return said
    if piece.kind in (Kind.LIST, Kind.MAP):
        return said | _rows(piece, said["label"], codes)
    if piece.kind == Kind.WAYS:
        return _folded(said | _ways(piece, said, codes))
    if piece.kind == Kind.OBJECT:
        said["inner"] = _inner(piece, codes)
    return said | _field(piece, piece.shape, codes)


def _said(piece: Piece, label: str) -> dict[str, Any]:
    """What is said of every piece, whatever its kind."""
    return {
        "as": _template_of(piece),
        "name": piece.name,
        "label": label,
        "value": shown_value(piece),
        "faults": _faults(piece),
        "is_needed": piece.is_needed,
        "is_chooser": piece.is_chooser,
        "is_extra": piece.is_blank and not (piece.is_needed or any(one.faults for one in piece.walk())),
        "is_fresh": piece.is_fresh,
        "is_unsettled": piece.is_unsettled,
        "origin": "" if piece.origin is None else piece.origin,
        "key": piece.key,
        "titles": piece.titles,
    }


def _rows(piece: Piece, label: str, codes: Codes) -> dict[str, Any]:
    return {
        "rows": [_drawn(row, piece.shape, codes, f"{label} {n}") for n, row in enumerate(piece.rows, 1)],
        "has_keys": piece.kind == Kind.MAP,
        "has_pages": piece.shape.holds_pages,
        "add_label": _("Add to: %(list)s") % {"list": label},
    }


def _inner(piece: Piece, codes: Codes) -> list[dict[str, Any]]:
    return [_drawn(one, piece.said_shape, codes) for one in piece.pieces if not one.is_elsewhere]


def _ways(piece: Piece, said: dict[str, Any], codes: Codes) -> dict[str, Any]:
    chosen = {
        "inner": _inner(piece, codes),
        "ways": [(str(n), told(way.label)) for n, way in enumerate(piece.shape.ways)],
        "way": "" if piece.way is None else str(piece.way),
    }
    return chosen | {"field": _way_field(piece, said | chosen, codes)}


def _way_field(piece: Piece, said: dict[str, Any], codes: Codes) -> dict[str, Any] | None:
    """Of a way that is a single word: its field."""
    way = piece.way_shape
    if way.is_compound:
        return None
    single = Piece(way, piece.word, piece.name, value=piece.value)
    return {**said, **_field(single, way, codes), "as": "field", "label": told(way.label), "faults": ()}


def _template_of(piece: Piece) -> str:
    if piece.is_kept:
        return "link" if piece.titles or piece.shape.has_page else "kept"
    return {Kind.LIST: "rows", Kind.MAP: "rows", Kind.OBJECT: "group", Kind.WAYS: "ways"}.get(piece.kind, "field")


def _field(piece: Piece, shape: Shape, codes: Codes) -> dict[str, Any]:
    if shape.kind in _CHOSEN:
        answers = [(answer, told(shape.answer_label(answer))) for answer in _answers(shape)]
        return {"input": "select", "options": _with_own(piece.value, [NOTHING, *answers])}
    if shape.of:
        known = {code: title for word in shape.of for code, title in codes.get(word, {}).items()}
        options = [(code, f"{code} {title}".strip()) for code, title in known.items()]
        return {"input": "select", "options": _with_own(piece.value, [NOTHING, *options])}
    if shape.kind == Kind.WORDS:
        return {"input": "text", "lines": min(8, 1 + len(piece.value) // _LONG + piece.value.count("\n"))}
    return {"input": "line", "mode": "decimal" if shape.kind in _NUMBERS else ""}


def _answers(shape: Shape) -> tuple[str, ...]:
    return ("true", "false") if shape.kind == Kind.YES else shape.answers


def _with_own(value: str, options: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is there can be chosen too, whatever it is: the proofreader says what is wrong with it."""
    return options if any(code == value for code, _label in options) else [*options, (value, value)]


def told(label: Label) -> str:
    return label[thai.language()]


def _faults(piece: Piece) -> list[str]:
    """What is missing, and a day that can't be read, are told in the words of a form."""
    if piece.faults and piece.is_needed and piece.is_blank and not piece.shape.is_compound:
        return [_("Fill this in.")]
    is_odd_day = piece.kind == Kind.DAY and piece.faults and piece.value.strip() and _day(piece.value) is None
    return [str(BuddhistDateField.how)] if is_odd_day else piece.faults


def shown_value(piece: Piece) -> str:
    """As people write it: a day with its Buddhist year."""
    day = _day(piece.value) if piece.kind in _MAY_BE_DAYS else None
    return str(BuddhistDateField().prepare_value(day)) if day and day.year < _BUDDHIST else piece.value


def tidied(piece: Piece) -> Piece:
    """What was typed as the language writes it; what can't be read so stays, for the proofreader to tell."""
    for one in piece.walk():
        if one.kind in _MAY_BE_DAYS and (day := _typed_day(one.value)):
            one.value = day.isoformat()
        elif one.kind in _MAY_BE_NUMBERS:
            one.value = NumberField(required=False).clean(one.value)
    return piece


def _typed_day(value: str) -> date | None:
    with suppress(ValueError):
        return thai.parse_date(value)
    with suppress(ValueError):  # the Common Era may have no such day
        day = _day(value)
        return day.replace(year=day.year - thai.ERA) if day and day.year > _BUDDHIST else None
    return None


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None
