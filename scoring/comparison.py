"""What another text of a scheme would change: whose points, places and awards, and what could no longer be counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from scoring import engine

Key = str  # an entry's id as text, or its office's code
Thing = tuple[str, str, str]  # what is asked: kind, code, and its period or ""
Report = dict[str, Any]  # as JSON keeps it


@dataclass
class Side:
    """Everybody's scores by one text; `ranked` in one table, inside their regions, or not at all.

    `decisions`: how a committee ordered entries that share a rank.
    """

    scheme: engine.Scheme
    ranked: str = "overall"
    decisions: Mapping[frozenset[Key], Sequence[Key]] = field(default_factory=dict)
    scores: dict[Key, engine.Score] = field(default_factory=dict)
    tables: dict[Key, str] = field(default_factory=dict)

    def add(self, key: Key, facts: engine.Facts, region: str) -> None:
        """Nothing is added when the scheme has size groups and none of them is this entry's: it can't be scored."""
        sizes = {size.code for size in self.scheme.sizes}
        if not sizes or facts.size in sizes:
            self.scores[key] = engine.score(self.scheme, facts, explain=False)
            self.tables[key] = region if self.ranked == "region" else ""

    @cached_property
    def standings(self) -> list[list[engine.Standing]]:
        return [
            engine.rank(self.scheme, {key: score for key, score in self.scores.items() if self.tables[key] == table})
            for table in sorted(set(self.tables.values()))
        ]

    @cached_property
    def awarded(self) -> list[engine.Awarded]:
        return [engine.award(self.scheme, standings, self.decisions) for standings in self.standings]

    @cached_property
    def ranks(self) -> dict[Key, int]:
        return (
            {standing.code: standing.rank for table in self.standings for standing in table}
            if self.ranked != "none"
            else {}
        )

    @cached_property
    def tiers(self) -> dict[Key, str]:
        """The award of each, by its code; a tie across an award's boundary gives it to nobody yet."""
        return {key: tier.code for awarded in self.awarded for tier, keys in awarded.tiers for key in keys}

    @cached_property
    def tied(self) -> dict[Key, str]:
        """Who is tied across the boundary of which award."""
        return {key: tie.tier for awarded in self.awarded for tie in awarded.ties for key in tie.codes}

    def place(self, key: Key) -> dict[str, Any] | None:
        score = self.scores.get(key)
        if score is None:
            return None
        return {
            "total": f"{score.total:.2f}",
            "attainable": f"{score.attainable:.2f}",
            "rank": self.ranks.get(key),
            "tier": self.tiers.get(key, ""),
            "tied": self.tied.get(key, ""),
        }


@dataclass
class Comparison:
    """Two texts on the same facts; filled entry by entry."""

    old: Side
    new: Side
    lost: Counter[Thing] = field(default_factory=Counter)  # what counted and would not, and for how many entries

    def add(self, key: Key, facts: engine.Facts, facts_then: engine.Facts, region: str) -> None:
        """One entry, its facts as far as the old text and the new one ask for them."""
        self.old.add(key, facts, region)
        self.new.add(key, facts_then, region)
        self.lost.update(present(facts) - present(facts_then))

    def report(self) -> Report:
        moved = [row for key in self._keys() if (row := self._row(key))]
        return {
            "entries": len(self._keys()),
            "moved": moved,
            "unscored": [key for key in self._keys() if key not in self.new.scores],
            "lost": [self._lost(thing, count) for thing, count in sorted(self.lost.items())],
            "asked": [
                named(self.new.scheme, thing) for thing in sorted(asked(self.new.scheme) - asked(self.old.scheme))
            ],
            "ties": [self._tie(tie) for awarded in self.new.awarded for tie in awarded.ties],
            "tiers": {tier.code: both(tier.title) for side in (self.new, self.old) for tier in side.scheme.awards},
        }

    def _tie(self, tie: engine.Tie) -> dict[str, Any]:
        """Whoever shares a rank has the same points."""
        total = f"{self.new.scores[tie.codes[0]].total:.2f}"
        entries = [int(key) for key in tie.codes]
        return {"rank": tie.rank, "entries": entries, "total": total, "places": tie.places, "tier": tie.tier}

    def _keys(self) -> list[Key]:
        """Best first, as they would be."""
        known = {**self.new.scores, **self.old.scores}
        return sorted(known, key=lambda key: (self.new.tables.get(key, ""), self._rank_then(key), int(key)))

    def _rank_then(self, key: Key) -> int:
        return self.new.ranks.get(key) or len(self.new.scores) + 1

    def _row(self, key: Key) -> dict[str, Any] | None:
        """What changes for one entry; None when nothing does."""
        old, new = self.old.place(key), self.new.place(key)
        parts = self._parts(key) if old and new else []
        return {"entry": int(key), "old": old, "new": new, "parts": parts} if old != new or parts else None

    def _parts(self, key: Key) -> list[list[str]]:
        """The criteria whose points change: [code, points now, points then], – where a text has no such criterion."""
        earned = [
            {code: f"{criterion.earned:.2f}" for code, criterion in side.scores[key].criteria.items()}
            for side in (self.old, self.new)
        ]
        codes = dict.fromkeys((*earned[0], *earned[1]))
        pairs = ((code, earned[0].get(code, "–"), earned[1].get(code, "–")) for code in codes)
        return [[code, now, then] for code, now, then in pairs if now != then]

    def _lost(self, thing: Thing, count: int) -> dict[str, Any]:
        """`still_asked`: the new text asks for it in another way, in which what is there does not fit."""
        return {**named(self.old.scheme, thing), "count": count, "still_asked": thing in asked(self.new.scheme)}


def present(facts: engine.Facts) -> set[Thing]:
    """Which of the things that a scheme asks for are there."""
    handed_in = (evidence for evidence in facts.evidence if evidence.status in ("submitted", "accepted"))
    found = {("requirement", evidence.requirement, evidence.period or "") for evidence in handed_in}
    for code, value in facts.values.items():
        periods: Iterable[str] = value if isinstance(value, dict) else [""]
        found |= {("value", code, period) for period in periods}
    found |= {("item", code, "") for sheet in facts.sheets for code in sheet.points}
    return found | {("setting", code, "") for code in facts.settings}


def asked(scheme: engine.Scheme) -> set[Thing]:
    """Everything that a scheme asks for."""
    found = {("item", code, "") for code in scheme.items} | {("setting", code, "") for code in scheme.settings}
    kinds: tuple[tuple[str, Mapping[str, Any]], ...] = (("requirement", scheme.requirements), ("value", scheme.values))
    for kind, declared in kinds:
        found |= {(kind, c, period) for c, item in declared.items() for period in _periods(item)}
    return found


def _periods(declared: engine.Requirement | engine.Value) -> list[str]:
    return [period.code for period in declared.periods] or [""]


def named(scheme: engine.Scheme, thing: Thing) -> dict[str, Any]:
    """A thing with the scheme's words for it; with its code alone, where the scheme knows none of that code."""
    kind, code, period = thing
    declared: dict[str, Mapping[str, Any]] = {
        "requirement": scheme.requirements,
        "extension": scheme.requirements,
        "value": scheme.values,
        "item": scheme.items,
        "setting": scheme.settings,
    }
    part = declared[kind].get(code)
    title = next((p.title for p in getattr(part, "periods", ()) if p.code == period), None)
    words = both(part.title) if part else {"th": code, "en": code}
    return {"kind": kind, "code": code, "title": words, "period": both(title) if title else period}


def both(text: engine.Text) -> dict[str, str]:
    return {"th": text.th, "en": text.en}


def changed_lines(old: str, new: str, around: int = 2) -> list[list[Any]]:
    """Where two texts differ, each change with the lines around it: [sign, line before, line after, text].

    The sign is "-", "+" or " "; "…" stands for what is left out between two changes.
    """
    before, after = old.splitlines(), new.splitlines()
    lines: list[list[Any]] = []
    for group in SequenceMatcher(None, before, after).get_grouped_opcodes(around):
        if lines:
            lines.append(["…", None, None, ""])
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [[" ", i + 1, i - i1 + j1 + 1, before[i]] for i in range(i1, i2)]
                continue
            lines += [["-", i + 1, None, before[i]] for i in range(i1, i2)]
            lines += [["+", None, j + 1, after[j]] for j in range(j1, j2)]
    return lines
