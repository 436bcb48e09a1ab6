"""What a scheme makes of facts that were announced under another one: read as far as they fit, then compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from statistics import median
from typing import Any

from scoring import engine

from .comparison import Key, Report, Side, Thing, asked, both, named
from .models import CENT
from .wording.points_shown import placed

COUNTS = ("submitted", "accepted")  # evidence in any other state earns nothing anyway


@dataclass
class Hindsight:
    """Filled line by line. `side` is the scheme that is tried, its days those of the facts; `old` announced them."""

    old: engine.Scheme
    side: Side
    lines: dict[Key, dict[str, Any]] = field(default_factory=dict)
    left_out: Counter[Thing] = field(default_factory=Counter)  # and for how many entries

    def add(self, key: Key, announced: dict[str, Any], document: Any, region: str) -> None:
        """One entry: how it was announced, and its facts as a line of the interchange format."""
        self.lines[key] = announced
        facts, left_out = as_far_as_they_fit(self.side.scheme, document)
        self.left_out.update(left_out)
        if facts is not None:
            self.side.add(key, facts, region)

    def report(self) -> Report:
        scheme, scored = self.side.scheme, list(self.side.scores.values())
        return {
            "lines": [self._line(key, announced) for key, announced in self.lines.items()],
            "criteria": [
                _spread(criterion, [score.criteria[code].earned for score in scored])
                for code, criterion in scheme.criteria.items()
            ],
            "dimensions": self._dimensions(scored),
            "ties": [self._tie(tie) for table in self.side.standings for tie in engine.award(scheme, table).ties],
            "award_lines": sum(_lines_of(scheme, len(table)) for table in self.side.standings),
            "left_out": [self._left(thing, count) for thing, count in sorted(self.left_out.items())],
            "asked_anew": [named(scheme, thing) for thing in sorted(asked(scheme) - asked(self.old))],
            "tiers": {tier.code: both(tier.title) for side in (self.old, scheme) for tier in side.awards},
        }

    def _line(self, key: Key, announced: dict[str, Any]) -> dict[str, Any]:
        score = self.side.scores.get(key)
        dimensions = {code: f"{one.earned:.2f}" for code, one in score.dimensions.items()} if score else {}
        return {"office": key, "was": announced, "would": self._place(key), "dimensions": dimensions}

    def _place(self, key: Key) -> dict[str, Any] | None:
        """With the rank as it is shown, like the one that was announced."""
        place, score = self.side.place(key), self.side.scores.get(key)
        return {**place, "rank": placed(place["rank"], score.total)} if place and score else None

    def _dimensions(self, scored: Sequence[engine.Score]) -> list[dict[str, Any]]:
        """Those that either scheme has, by code: their maxima, and the sums of whoever this scheme scores; first as
        announced, then by this scheme."""
        was, would = ({one.code: one for one in scheme.dimensions} for scheme in (self.old, self.side.scheme))
        return [
            {
                "code": code,
                "title": both((would.get(code) or was[code]).title),
                "max": [_points(side[code].max) if code in side else None for side in (was, would)],
                "sums": [
                    _sum(self.lines[key]["dimensions"][code] for key in self.side.scores) if code in was else None,
                    _sum(score.dimensions[code].earned for score in scored) if code in would else None,
                ],
            }
            for code in dict.fromkeys([*would, *was])
        ]

    def _tie(self, tie: engine.Tie) -> dict[str, Any]:
        """Whoever shares a rank has the same points. `is_decided`: the committee put the same offices in order then."""
        return {
            "rank": tie.rank,
            "offices": list(tie.codes),
            "total": f"{self.side.scores[tie.codes[0]].total:.2f}",
            "places": tie.places,
            "tier": tie.tier,
            "is_decided": frozenset(tie.codes) in self.side.decisions,
        }

    def _left(self, thing: Thing, count: int) -> dict[str, Any]:
        """`still_asked`: the scheme asks for it in another way, in which what is there does not fit."""
        kind = "requirement" if thing[0] == "extension" else thing[0]
        known = {one[:2] for one in asked(self.side.scheme)}
        return {**named(self.old, thing), "count": count, "still_asked": (kind, thing[1]) in known}


@dataclass(frozen=True)
class Overlap:
    """The codes of what two schemes ask for: how many both know, and which only one of them."""

    shared: int
    only_new: list[str]
    only_old: list[str]


def overlap(scheme: engine.Scheme, old: engine.Scheme) -> Overlap:
    """Of evidence, values, judges' items and settings; periods are not told apart."""
    new, former = ({thing[:2] for thing in asked(one)} for one in (scheme, old))
    only = [sorted(code for _kind, code in codes) for codes in (new - former, former - new)]
    return Overlap(len(new & former), *only)


def years_between(scheme: engine.Scheme, old: engine.Scheme) -> int:
    """Whole years from the close of the old scheme to that of the new one: half a year counts as one."""
    return ((scheme.close - old.close).days * 4 + 730) // 1461


def are_alike(scheme: engine.Scheme, old: engine.Scheme) -> bool:
    """Whether two schemes are one contest's: their codes differ by the year alone, or most of what is asked is alike.

    A year in the codes of what is asked makes no difference.
    """
    if _without_years(scheme.code) == _without_years(old.code):
        return True
    new, former = ({(kind, _without_years(code)) for kind, code, _ in asked(one)} for one in (scheme, old))
    return len(new & former) > len(new - former)


def _without_years(code: str) -> str:
    return re.sub("[0-9]{4}", "", code)


# Facts as far as they fit


def as_far_as_they_fit(scheme: engine.Scheme, document: Any) -> tuple[engine.Facts | None, set[Thing]]:
    """One entrant's facts as this scheme reads them, and what is left out: it asks for no such thing, or not like that.

    Whatever the proofreader of facts finds at fault is left out. None where that leaves nothing that can be scored:
    the entrant's size is none of the scheme's.
    """
    left_out = set[Thing]()
    while True:
        try:
            return engine.read_facts({document["scheme"]: scheme}, document), left_out
        except engine.BadFacts as bad:
            trimmed, gone = _without(document, {fault.field or "" for fault in bad.faults})
        if trimmed == document:
            return None, left_out
        document, left_out = trimmed, left_out | gone


def _without(document: dict[str, Any], fields: set[str]) -> tuple[dict[str, Any], set[Thing]]:
    """The document without the parts at these paths, and what they were."""
    gone = set[Thing]()
    trimmed = dict(document)
    trimmed["settings"] = _kept("setting", document["settings"], "settings", fields, gone)
    values = _kept("value", document["values"], "values", fields, gone)
    trimmed["values"] = {code: _series(code, value, fields, gone) for code, value in values.items()}
    states = _kept("value", document.get("states", {}), "states", fields, set())
    trimmed["states"] = {code: _series(code, stands, fields, set(), "states") for code, stands in states.items()}
    for kind, name in (("requirement", "evidence"), ("extension", "extensions")):
        trimmed[name] = _listed(kind, document[name], name, fields, gone)
    trimmed["judging"] = _judging(document["judging"], fields, gone)
    return trimmed, gone


def _listed(
    kind: str, rows: Sequence[dict[str, Any]], path: str, fields: set[str], gone: set[Thing]
) -> list[dict[str, Any]]:
    """Evidence or extensions. What earned nothing anyway is not missed."""
    faulty = {field.partition(".")[0] for field in fields}
    kept = []
    for number, row in enumerate(rows):
        if f"{path}[{number}]" not in faulty:
            kept.append(row)
        elif row.get("status", COUNTS[0]) in COUNTS:
            gone.add((kind, row["requirement"], row["period"] or ""))
    return kept


def _judging(judging: dict[str, Any], fields: set[str], gone: set[Thing]) -> dict[str, Any]:
    kept = {key: part for key, part in judging.items() if f"judging.{key}" not in fields}
    kept["sheets"] = [
        {**sheet, "points": _kept("item", sheet["points"], f"judging.sheets[{number}].points", fields, gone)}
        for number, sheet in enumerate(kept["sheets"])
    ]
    return kept


def _kept(kind: str, parts: dict[str, Any], path: str, fields: set[str], gone: set[Thing]) -> dict[str, Any]:
    gone |= {(kind, code, "") for code in parts if f"{path}.{code}" in fields}
    return {code: part for code, part in parts.items() if f"{path}.{code}" not in fields}


def _series(code: str, value: Any, fields: set[str], gone: set[Thing], path: str = "values") -> Any:
    """A series without its periods at fault; any other value as it is."""
    if not isinstance(value, dict):
        return value
    gone |= {("value", code, period) for period in value if f"{path}.{code}.{period}" in fields}
    return {period: part for period, part in value.items() if f"{path}.{code}.{period}" not in fields}


# What is said of it


def _spread(criterion: engine.Criterion, earned: Sequence[Decimal]) -> dict[str, Any]:
    """How many have all of a criterion, how many nothing, and what lies between."""
    between = (min(earned), median(earned), max(earned)) if earned else (None, None, None)
    return {
        "code": criterion.code,
        "title": both(criterion.title),
        "dimension": criterion.dimension,
        "max": _points(criterion.max),
        "full": sum(points == criterion.max for points in earned),
        "none": sum(not points for points in earned),
        "different": len(set(earned)),
        **{name: _points(points) for name, points in zip(("least", "median", "most"), between, strict=True)},
    }


def _sum(points: Iterable[Decimal | str]) -> str:
    return f"{sum(map(Decimal, points), Decimal(0)):.2f}"


def _points(points: Decimal | None) -> str | None:
    return None if points is None else f"{points.quantize(CENT, ROUND_HALF_UP):.2f}"


def _lines_of(scheme: engine.Scheme, entries: int) -> int:
    """How many awards end among so many entries: on each such line a tie would have to be decided."""
    ends = accumulate(tier.count for tier in scheme.awards if tier.count is not None)
    return sum(0 < end < entries for end in ends)
