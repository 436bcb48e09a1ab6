"""Offers: what would earn more. Each is weighed by scoring the facts with its needs met, so none promises too much."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from scoring.engine.arithmetic.rules import Rule
from scoring.engine.facts.trace import Need, Offer

from .reading import Reading


def offers(rule: Rule, reading: Reading, earned: Decimal, attainable: Decimal) -> tuple[Offer, ...]:
    """Every way that earns more than `earned`, the least gain first.

    Left out is a way of which a part already gains as much. So is one that would earn more than is attainable: it
    enters, too late for this rule, a value that is still open because of another rule.
    """
    weighed = list[Offer]()
    idle = dict[date, Decimal]()  # the points on a day up to which no need was met
    for needs in rule.ways(reading):
        if not needs:
            continue
        gain = rule.points(reading.after(needs), False) - earned
        until = min((need.until for need in needs if need.until is not None), default=None)
        if 0 < gain <= attainable - earned and (until is None or _gain_on(until, rule, reading, needs, idle) == gain):
            weighed.append(Offer(gain, until, needs))
    return worthwhile(weighed)


def worthwhile(weighed: Iterable[Offer]) -> tuple[Offer, ...]:
    """The least gain first, without those of which a part already gains as much."""
    kept = list[Offer]()
    for offer in sorted(weighed, key=lambda offer: (offer.gain, len(offer.needs))):
        if not any(_within(other, offer) for other in kept):
            kept.append(offer)
    return tuple(kept)


def _gain_on(day: date, rule: Rule, reading: Reading, needs: tuple[Need, ...], idle: dict[date, Decimal]) -> Decimal:
    """What meeting `needs` as late as `day` gains: an offer must hold until its last day."""
    if day not in idle:
        idle[day] = rule.points(reading.after((), day), False)
    return rule.points(reading.after(needs, day), False) - idle[day]


def _within(other: Offer, offer: Offer) -> bool:
    return other.gain >= offer.gain and all(_is_among(need, offer.needs) for need in other.needs)


def _is_among(need: Need, needs: tuple[Need, ...]) -> bool:
    """Whether the same is asked for, by whatever day."""
    return any(
        (need.kind, need.code, need.period, need.data) == (other.kind, other.code, other.period, other.data)
        for other in needs
    )
