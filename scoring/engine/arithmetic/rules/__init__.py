"""Rules: how a criterion's points are earned. One small frozen class a kind; a scheme names the kind and its words."""

from __future__ import annotations

from scoring.engine.arithmetic.rules.bands import Bands
from scoring.engine.arithmetic.rules.convert import Convert
from scoring.engine.arithmetic.rules.judged import Judged
from scoring.engine.arithmetic.rules.proportion import Proportion
from scoring.engine.arithmetic.rules.read import read_rule
from scoring.engine.arithmetic.rules.rule import Rule
from scoring.engine.arithmetic.rules.steps import Steps
from scoring.engine.arithmetic.rules.sum import Sum
from scoring.engine.arithmetic.rules.tally import Tally
from scoring.engine.arithmetic.rules.timeliness import Timeliness

__all__ = ["Bands", "Convert", "Judged", "Proportion", "Rule", "Steps", "Sum", "Tally", "Timeliness", "read_rule"]
