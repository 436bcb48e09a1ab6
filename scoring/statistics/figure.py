"""A number worked out of few or many observations: itself with its interval, or why it can't be said."""

from dataclasses import dataclass
from typing import Literal

LEVEL = 0.95  # of all intervals here

Lack = Literal["", "few", "same", "apart"]  # too few; all alike; people who never looked at the same


@dataclass(frozen=True)
class Figure:
    """`count`: of how many observations. Where `lack` says why not, there is no value."""

    count: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    lack: Lack = ""


def lacking(count: int, lack: Lack) -> Figure:
    return Figure(count, lack=lack)
