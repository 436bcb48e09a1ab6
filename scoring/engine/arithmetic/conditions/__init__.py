"""Conditions: what is true of the facts, in three values, and what would make it true."""

from scoring.engine.arithmetic.conditions.condition import MET, MISSED, OPEN, Condition, Outcome, finding_of, merged
from scoring.engine.arithmetic.conditions.evidence import HasEvidence
from scoring.engine.arithmetic.conditions.groups import AtLeast, Passed
from scoring.engine.arithmetic.conditions.values import Compares, IsTrue, KeptPlan, Operand, Shares

__all__ = [
    "MET",
    "MISSED",
    "OPEN",
    "AtLeast",
    "Compares",
    "Condition",
    "HasEvidence",
    "IsTrue",
    "KeptPlan",
    "Operand",
    "Outcome",
    "Passed",
    "Shares",
    "finding_of",
    "merged",
]
