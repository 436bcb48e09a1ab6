"""Which kind of rule a scheme names, and how each is read."""

from __future__ import annotations

from collections.abc import Callable

from scoring.engine.arithmetic.rules.bands import Bands
from scoring.engine.arithmetic.rules.convert import Convert
from scoring.engine.arithmetic.rules.judged import Judged
from scoring.engine.arithmetic.rules.proportion import Proportion
from scoring.engine.arithmetic.rules.rule import Rule, Unreadable
from scoring.engine.arithmetic.rules.steps import Steps
from scoring.engine.arithmetic.rules.sum import Sum
from scoring.engine.arithmetic.rules.tally import Tally
from scoring.engine.arithmetic.rules.timeliness import Timeliness
from scoring.engine.language.declared import Declared
from scoring.engine.language.proof import Node


def read_rule(node: Node, declared: Declared) -> Rule:
    """The rule that a criterion or a part of a sum names under `rule`, proofread; faults go to the node's proof."""
    readers: dict[str, Callable[[Node, Declared], Rule]] = {
        "steps": Steps.read,
        "tally": Tally.read,
        "bands": Bands.read,
        "timeliness": Timeliness.read,
        "proportion": Proportion.read,
        "judged": Judged.read,
        "sum": lambda node, declared: Sum.read(node, declared, read_rule),
        "convert": lambda node, declared: Convert.read(node, declared, read_rule),
    }
    kind = node.one_of("rule", readers)
    if kind in readers:
        return readers[kind](node, declared)
    node.pass_over()
    return Unreadable()
