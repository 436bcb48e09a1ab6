"""What the portal is shipped with, read from its files: the schemes and the days off of Thai officials."""

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from scoring import engine

_SCHEMES = Path(__file__).parent / "schemes"
_HOLIDAYS = Path(__file__).parent.parent / "submissions" / "data" / "holidays.csv"


@cache
def schemes() -> Mapping[str, engine.Scheme]:
    """Every shipped scheme by its code, the main one first."""
    loaded = (engine.load(path.read_text(encoding="utf-8")) for path in sorted(_SCHEMES.glob("*.yaml")))
    return MappingProxyType({scheme.code: scheme for scheme in loaded})


def text(code: str) -> str:
    """The YAML of a shipped scheme, to be adopted as an edition."""
    return (_SCHEMES / f"{schemes()[code].code}.yaml").read_text(encoding="utf-8")


@cache
def holidays() -> frozenset[date]:
    with _HOLIDAYS.open(encoding="utf-8", newline="") as file:
        return frozenset(date.fromisoformat(row["date"]) for row in csv.DictReader(file))
