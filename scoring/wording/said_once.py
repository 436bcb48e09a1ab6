"""A rule told once: under a level's own words stands only what tells a number or a day more than they do."""

import re
from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import replace

from submissions import thai

from .conditions_in_words import Clause
from .rules_in_words import RuleInWords, RuleRow

_NAMES = (*thai.MONTHS, *thai.ENGLISH_MONTHS)
_FIGURE = re.compile(rf"(?:\d{{1,2}} )?(?:{'|'.join(_NAMES)}) \d{{4}}|\d[\d,]*(?:\.\d+)?")
_MONTH = re.compile(rf"({'|'.join(_NAMES)}) (\d{{4}})")
_BOTH_ERAS = re.compile(r"\d{4} BE \((\d{4})\)")
_TITLE = re.compile("“[^”]*”")


def tells_more(sentence: str, said: str) -> bool:
    """Whether a sentence has a number or a day that was not said. The titles in it are those of what is asked for.

    Nought is no number here: a level says in words that there is nothing, or something.
    """
    said = _plain(said)
    known = {"0", *_figures(said), *_month_ends(said)}
    return not known.issuperset(_figures(_plain(_TITLE.sub("", sentence))))


def once(told: RuleInWords, beside: Collection[str] = ()) -> RuleInWords:
    """The same rule, without what its levels say themselves. `beside`: days that are told beside the rule."""
    heard: set[str] = set()
    all_said = " ".join(row.text for row in told.rows)
    return replace(
        told,
        items=tuple(_row(row, row.text, beside, heard) for row in told.items),
        rows=tuple(_row(row, all_said, beside, heard) for row in told.rows),
        parts=tuple(replace(part, rule=once(part.rule, beside)) for part in told.parts),
    )


def _row(row: RuleRow, all_said: str, beside: Collection[str], heard: set[str]) -> RuleRow:
    """`heard`: the sentences that rows before it told; those of this one are added."""
    if row.is_own:
        return row
    asks = []
    for clause in row.asks:
        if _adds(clause, all_said if clause.is_range else row.text, beside, heard):
            asks.append(_told(clause, row.text))
            heard.update(_sentences(asks[-1]))
    return replace(row, asks=tuple(asks))


def _adds(clause: Clause, said: str, beside: Collection[str], heard: set[str]) -> bool:
    if clause.parts:
        return any(_adds(part, said, beside, heard) for part in clause.parts)
    if clause.text in heard:
        return False
    sentence = clause.text.removesuffix(clause.when) if clause.when in beside else clause.text
    return tells_more(sentence, said)


def _told(clause: Clause, said: str) -> Clause:
    """Where only its days are new, these alone."""
    is_only_when = clause.when and not tells_more(clause.text.removesuffix(clause.when), said)
    return Clause(clause.when) if is_only_when else clause


def _sentences(clause: Clause) -> Iterator[str]:
    yield clause.text
    for part in clause.parts:
        yield from _sentences(part)


def _plain(text: str) -> str:
    """Arabic digits, and years of one era."""
    return _BOTH_ERAS.sub(r"\1", text.translate(thai.ARABIC))


def _figures(text: str) -> Iterator[str]:
    return (found.replace(",", "") for found in _FIGURE.findall(text))


def _month_ends(text: str) -> Iterator[str]:
    """Who says a month says its last day."""
    for name, year in _MONTH.findall(text):
        common = int(year) - (thai.ERA if name in thai.MONTHS else 0)
        yield f"{monthrange(common, _NAMES.index(name) % 12 + 1)[1]} {name} {year}"
