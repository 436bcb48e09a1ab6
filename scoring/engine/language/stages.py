"""Who takes part for an office, and in which stages a contest runs. Nothing here computes a score."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from scoring.engine.facts.asked import Value
from scoring.engine.facts.terms import Text

from .proof import Node

Place = Literal["region", "province", "district", "subdistrict"]
Ranking = Literal["overall", "region", "none"]
PLACES: tuple[Place, ...] = ("region", "province", "district", "subdistrict")
RANKINGS: tuple[Ranking, ...] = ("overall", "region", "none")
_MOST_PLACES = 9999


@dataclass(frozen=True, slots=True)
class Nominees:
    """What an office names to take part for it: a person, or a subdistrict of its own.

    `declare`: the yes/no values that must be yes of whoever is named. `register`: whoever is on this register in the
    years `since` to `until` (Gregorian) is not named again; '' asks no register.
    """

    kind: Literal["person", "subdistrict"]
    declare: tuple[str, ...]
    register: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One round of a contest that runs in several, in their order.

    `entrants`: 'named' by each office itself, 'chosen' by the offices `per` among those published before, or 'all' of
    those. Each office of the kind `per` has `places`, to be filled by the end of `due`. `collects`: the requirements
    that are handed in although the stage only settles who takes part; any other stage takes all there are.
    """

    code: str
    title: Text
    entrants: Literal["named", "chosen", "all"]
    per: Place
    places: int
    due: date
    ranking: Ranking
    collects: tuple[str, ...] = ()


def read_nominees(node: Node, values: Mapping[str, Value]) -> Nominees | None:
    """The word `nominees` of a scheme's outermost mapping; None where offices take part themselves."""
    inner = node.optional_child("nominees")
    if inner is None:
        return None
    declare = tuple(inner.words("declare", optional=True))
    for code in declare:
        if inner.known("declare", code, values) and values[code].kind != "boolean":
            inner.fault("declare", f"'{code}' ไม่ใช่ค่าแบบใช่/ไม่ใช่", f"'{code}' is not a yes/no value")
    kind = inner.one_of("kind", ("person", "subdistrict"))
    register, since, until = _read_register(inner, kind)
    inner.close()
    return Nominees(kind, declare, register, since, until)  # type: ignore[arg-type]


def _read_register(node: Node, kind: str) -> tuple[str, int, int]:
    """The register's code, its first and its last year; '' for no register."""
    inner = node.optional_child("register")
    if inner is None:
        return "", 0, 0
    code, since, until = inner.code(), inner.whole("since"), inner.whole("until")
    if until < since:
        inner.fault("until", "ต้องไม่อยู่ก่อน since", "must not be before since")
    if kind == "person":
        node.fault("register", "ทะเบียนมีได้เฉพาะตำบล", "only subdistricts are kept on a register")
    inner.close()
    return code, since, until


def read_stages(node: Node, close: date, ranking: Ranking, asked: Collection[str]) -> tuple[Stage, ...]:
    """The word `stages` of a scheme's outermost mapping, in order; empty where a contest has one round.

    `asked`: the codes of the scheme's requirements.
    """
    stages, nodes = list[Stage](), node.children("stages", optional=True)
    for number, inner in enumerate(nodes, 1):
        stage = Stage(
            code=inner.code(),
            title=inner.text("title"),
            entrants=inner.one_of("entrants", ("named", "chosen", "all")),
            per=inner.one_of("per", PLACES),
            places=inner.whole("places"),
            due=inner.day("due", close),
            ranking=inner.one_of("ranking", RANKINGS, ranking),
            collects=_read_collects(inner, asked),
        )
        if any(stage.code == other.code for other in stages):
            inner.fault("code", f"มีขั้น '{stage.code}' แล้ว", f"the stage '{stage.code}' is written twice")
        if (stage.entrants == "named") != (not stages):
            inner.fault(
                "entrants",
                "ขั้นแรกเท่านั้นที่เป็น named ขั้นต่อไปเป็น chosen หรือ all",
                "only the first stage is 'named'; the later ones are 'chosen' or 'all'",
            )
        if not 1 <= stage.places <= _MOST_PLACES:
            inner.fault("places", f"ต้องอยู่ระหว่าง 1 ถึง {_MOST_PLACES}", f"must be from 1 to {_MOST_PLACES}")
        if stage.collects and (stage.ranking != "none" or number == len(nodes)):
            inner.fault(
                "collects",
                "ใช้ได้เฉพาะขั้นที่ ranking เป็น none และมีขั้นต่อไป ขั้นอื่นรับทุกรายการอยู่แล้ว",
                "only for a stage of ranking 'none' before another; any other takes everything",
            )
        inner.close()
        stages.append(stage)
    return tuple(stages)


def _read_collects(node: Node, asked: Collection[str]) -> tuple[str, ...]:
    codes = tuple(node.words("collects", optional=True))
    for code in codes:
        node.known("collects", code, asked)
    return codes
