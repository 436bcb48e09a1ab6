"""What is wrong with facts, each fault with its path, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with facts: the path of it (None: the line is no JSON object), and the words for it."""

    field: str | None
    th: str
    en: str


class BadFacts(Exception):
    """Facts that cannot be scored, with every fault in the order of the format; the first is the one to name."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.field}: {fault.en}" for fault in self.faults))
