"""How numbers lie: the median, the quartiles, and which lie far from the others."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from statistics import quantiles

FEW = 8  # of fewer numbers none is called far from the others
REACH = Decimal("1.5")  # times the middle half: Tukey's fences


@dataclass(frozen=True)
class Spread:
    count: int
    least: Decimal
    low: Decimal  # a quarter lies below
    middle: Decimal
    high: Decimal  # a quarter lies above
    most: Decimal

    def is_far(self, number: Decimal) -> bool:
        reach = (self.high - self.low) * REACH
        return self.count >= FEW and not self.low - reach <= number <= self.high + reach

    def place(self, number: Decimal) -> int:
        """Where a number lies between the least and the most, in percent."""
        width = self.most - self.least
        return int((number - self.least) * 100 / width) if width else 50


def spread_of(numbers: Collection[Decimal]) -> Spread | None:
    """None where there are too few to speak of quarters."""
    if len(numbers) < 4:
        return None
    low, middle, high = quantiles(numbers, n=4, method="inclusive")
    return Spread(len(numbers), min(numbers), low, middle, high, max(numbers))
