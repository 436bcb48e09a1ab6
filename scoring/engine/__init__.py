"""The functional core: a scheme and facts in, a score out. No Django, no clock, no files, no floats."""

from scoring.engine.answers import Answer, check_answers, chosen, left_over, progress, words_key
from scoring.engine.asked import Bounds, Extent, Item, Requirement, Setting, Span, Value
from scoring.engine.bounds import Beyond, beyond
from scoring.engine.calendar import BANGKOK, business_days_late, day_of, end_of_day
from scoring.engine.extent import PAPERS
from scoring.engine.facts import Evidence, Extension, Facts, Given, Sheet
from scoring.engine.forms import FIELD_KINDS, Field, Form, Option, Section
from scoring.engine.interchange import (
    BadFacts,
    Fault,
    canonical,
    check_points,
    check_setting,
    check_value,
    parse_json,
    read_facts,
)
from scoring.engine.load import load
from scoring.engine.proof import SchemeError, SchemeFault
from scoring.engine.rank import Awarded, Standing, Tie, award, rank
from scoring.engine.scheme import Criterion, Dimension, Phase, Scheme, Size, Tier
from scoring.engine.score import CriterionScore, DimensionScore, Score, score, score_both
from scoring.engine.stages import Nominees, Stage
from scoring.engine.terms import BASES, CHANNELS, SOCIAL_CHANNELS, STATUSES, Doubt, Input, Level, Period, Text
from scoring.engine.trace import Finding, Json, Need, Offer

__all__ = [
    "BANGKOK",
    "BASES",
    "CHANNELS",
    "FIELD_KINDS",
    "PAPERS",
    "SOCIAL_CHANNELS",
    "STATUSES",
    "Answer",
    "Awarded",
    "BadFacts",
    "Beyond",
    "Bounds",
    "Criterion",
    "CriterionScore",
    "Dimension",
    "DimensionScore",
    "Doubt",
    "Evidence",
    "Extension",
    "Extent",
    "Facts",
    "Fault",
    "Field",
    "Finding",
    "Form",
    "Given",
    "Input",
    "Item",
    "Json",
    "Level",
    "Need",
    "Nominees",
    "Offer",
    "Option",
    "Period",
    "Phase",
    "Requirement",
    "Scheme",
    "SchemeError",
    "SchemeFault",
    "Score",
    "Section",
    "Setting",
    "Sheet",
    "Size",
    "Span",
    "Stage",
    "Standing",
    "Text",
    "Tie",
    "Tier",
    "Value",
    "award",
    "beyond",
    "business_days_late",
    "canonical",
    "check_answers",
    "check_points",
    "check_setting",
    "check_value",
    "chosen",
    "day_of",
    "end_of_day",
    "left_over",
    "load",
    "parse_json",
    "progress",
    "rank",
    "read_facts",
    "score",
    "score_both",
    "words_key",
]
