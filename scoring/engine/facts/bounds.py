"""Whether an amount is beyond what is expected of it. Nothing here earns or costs points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from .asked import Amount, Value

Slot = tuple[str, str]  # the code of a value, and its period or the name in a map; "" where there is none
Word = Literal["at_least", "at_most", "not_above"]


@dataclass(frozen=True, slots=True)
class Beyond:
    """An amount beyond a bound: which word of the scheme it passes, and the amount that this word stands for."""

    word: Word
    bound: Amount
    other: str = ""  # of not_above: the code of the other value


def beyond(values: Mapping[str, Value], amounts: Mapping[Slot, Amount]) -> dict[Slot, Beyond]:
    """Which of one entrant's amounts are beyond what their values expect; the first bound that each passes."""
    found = {}
    for slot, amount in amounts.items():
        value = values.get(slot[0])
        if value is not None and (passed := _passed(value, slot[1], amount, amounts)):
            found[slot] = passed
    return found


def _passed(value: Value, period: str, amount: Amount, amounts: Mapping[Slot, Amount]) -> Beyond | None:
    bounds = value.bounds
    other = amounts.get((bounds.not_above, period if value.is_series else ""))
    if bounds.at_least is not None and _is_less(amount, bounds.at_least):
        return Beyond("at_least", bounds.at_least)
    if bounds.at_most is not None and _is_less(bounds.at_most, amount):
        return Beyond("at_most", bounds.at_most)
    if other is not None and _is_less(other, amount):
        return Beyond("not_above", other, bounds.not_above)
    return None


def _is_less(amount: Amount, other: Amount) -> bool:
    """Whether it is less; of two that can't be compared, as after a change of the value's kind, neither is."""
    if isinstance(amount, Decimal):
        return isinstance(other, Decimal) and amount < other
    return not isinstance(other, Decimal) and amount < other
