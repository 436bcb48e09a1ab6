"""Meets the needs of an offer by changing facts, knowing nothing of the engine but the JSON it gives out."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from math import ceil

from scoring.engine import CHANNELS, SOCIAL_CHANNELS, Evidence, Facts, Sheet, day_of


def closed(facts: Facts, offer: dict, as_of: datetime | None = None) -> Facts:
    """The same facts with everything the offer asks for done at `as_of`, at once if it is not given."""
    said_on = day_of(facts.as_of).isoformat()
    facts = replace(facts, as_of=as_of or facts.as_of)
    for need in offer["needs"]:
        match need["kind"]:
            case "evidence":
                facts = _hand_in(facts, need)
            case "review":
                facts = _accept(facts, need)
            case "value":
                facts = _enter(facts, need, said_on)
            case "item":
                facts = _judge(facts, need)
    return facts


def _hand_in(facts: Facts, need: dict) -> Facts:
    lacking = need.get("channels", 0) - len(need.get("has", []))
    allowed = SOCIAL_CHANNELS if need.get("among") == "social" else CHANNELS
    fresh = [one for one in allowed if one not in need.get("has", [])]
    piece = Evidence(
        need["code"], facts.as_of, "accepted", need["period"], frozenset(fresh[: max(lacking, 0)]), ref="new"
    )
    return replace(facts, evidence=(*facts.evidence, piece))


def _accept(facts: Facts, need: dict) -> Facts:
    wanted = (need["code"], need["period"])
    pieces = [
        replace(one, status="accepted") if (one.requirement, one.period) == wanted and one.ref in need["refs"] else one
        for one in facts.evidence
    ]
    return replace(facts, evidence=tuple(pieces))


def _enter(facts: Facts, need: dict, said_on: str) -> Facts:
    values = dict(facts.values)
    match need["compare"]:
        case "is_true":
            values[need["code"]] = True
        case "on":
            values[need["code"]] = day_of(facts.as_of) if need["date"] == said_on else date.fromisoformat(need["date"])
        case "shares":
            enough = ceil(values[need["whole"]] * Decimal(need["percent"]) / 100)
            added = {f"new {n}": Decimal(enough) for n in range(need["count"])}
            values[need["code"]] = {**values.get(need["code"], {}), **added}
        case _ if need["period"]:
            values[need["code"]] = {**values.get(need["code"], {}), need["period"]: Decimal(need["number"])}
        case _:
            values[need["code"]] = Decimal(need["number"])
    return replace(facts, values=values)


def _judge(facts: Facts, need: dict) -> Facts:
    fresh = tuple(Sheet(f"new {n}", {need["code"]: Decimal(need["points"])}) for n in range(need["sheets"]))
    expected = len(facts.sheets) if facts.expected_sheets is None else facts.expected_sheets
    return replace(facts, sheets=(*facts.sheets, *fresh), expected_sheets=expected)
