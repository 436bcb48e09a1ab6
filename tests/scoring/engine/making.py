"""Facts written short, for tests."""

from datetime import date, datetime
from decimal import Decimal
from textwrap import dedent, indent
from typing import Any

from scoring import shipped
from scoring.engine import BANGKOK, CriterionScore, Evidence, Extension, Facts, Sheet, score

BEFORE, AFTER = "2023-06-15T12:00", "2023-08-01T00:00"
Pair = tuple[str, str]
SMALL = """\
scheme: small-2566
title: {th: เล็ก, en: Small}
close: 2023-07-31
max: 5
%s
dimensions:
  - code: all
    title: {th: ทั้งหมด, en: Everything}
    max: 5
    criteria:
      - code: a
        title: {th: ก, en: A}
        max: 5
%s
"""


def small(declared: str, rule: str) -> str:
    """The text of a scheme of one criterion, `a`, of 5 points: what is declared for it, and its rule."""
    return SMALL % (dedent(declared).strip(), indent(dedent(rule).strip(), " " * 8))


def at(text: str) -> datetime:
    """A time of Bangkok unless the text says otherwise."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=BANGKOK)


def piece(requirement: str, when: str, *channels: str, period: str | None = None, status: str = "accepted") -> Evidence:
    return Evidence(requirement, at(when), status, period, frozenset(channels), ref=f"{requirement}@{when}")


def longer(requirement: str, until: str, period: str | None = None) -> Extension:
    return Extension(requirement, date.fromisoformat(until), period)


def sheet(**points: str) -> Sheet:
    """A judge's sheet: sheet(i511="2.5") is 2.5 for item 5.1.1."""
    return Sheet("J", {".".join(code[1:]): Decimal(given) for code, given in points.items()})


def facts(as_of: str, *evidence: Evidence, scheme: str = "cdd40-2566", **more: Any) -> Facts:
    values = {code: _value(given) for code, given in more.pop("values", {}).items()}
    settings = {code: date.fromisoformat(day) for code, day in more.pop("settings", {}).items()}
    return Facts(
        scheme=scheme,
        entrant="TH-81",
        as_of=at(as_of),
        size=more.pop("size", "small"),
        evidence=evidence,
        values=values,
        settings=settings,
        **more,
    )


def _value(given: Any) -> Any:
    if isinstance(given, dict):
        return {key: Decimal(str(number)) for key, number in given.items()}
    if isinstance(given, str) and given.count("-") == 2:
        return date.fromisoformat(given)
    return given if isinstance(given, bool) else Decimal(str(given))


def scored(code: str, given: Facts) -> CriterionScore:
    return score(shipped.schemes()[given.scheme], given).criteria[code]


def points(code: str, given: Facts) -> Pair:
    """(earned, attainable) as they are shown."""
    one = scored(code, given)
    return f"{one.earned:.2f}", f"{one.attainable:.2f}"


def offered(code: str, given: Facts) -> list[tuple[str, str | None, list[tuple]]]:
    """(gain, until, [(kind, code, period, until)]) of every offer."""
    return [
        (
            offer["gain"],
            offer["until"],
            [(need["kind"], need["code"], need["period"], need["until"]) for need in offer["needs"]],
        )
        for offer in scored(code, given).as_json()["offers"]
    ]
