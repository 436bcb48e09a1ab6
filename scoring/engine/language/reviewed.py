"""Reads whether what an office enters is looked at before it counts, and what it hands in with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scoring.engine.facts.asked import Value
from scoring.engine.facts.terms import By, Input

from .declared import Declared
from .proof import Node


def read_review(node: Node, by: By) -> bool:
    """The word `review`. What central staff record is looked at by them."""
    review = node.yes("review")
    if review and by == "central":
        node.fault(
            "review",
            "ค่าที่ส่วนกลางบันทึกไม่ต้องตรวจรับ",
            "what central staff record is not reviewed",
        )
    return review


def check_proof(node: Node, value: Value, declared: Declared) -> None:
    """The requirement that `proof` names has no periods, or those of the value."""
    required = declared.requirement(node, "proof") if value.proof else None
    if required and required.periods and [p.code for p in required.periods] != [p.code for p in value.periods]:
        node.fault("proof", "ต้องมีงวดเดียวกัน", f"'{required.code}' has other periods than '{value.code}'")


def with_proofs(inputs: Iterable[Input], values: Mapping[str, Value]) -> tuple[Input, ...]:
    """What a criterion reads, each value with its proof."""
    found = dict[Input, None]()
    for read in inputs:
        found[read] = None
        if read.kind == "value" and read.code in values and (proof := values[read.code].proof):
            found[Input("requirement", proof)] = None
    return tuple(found)
