"""The functional core: a scheme and facts in, a score out. No Django, no clock, no files, no floats."""

from .arithmetic.rank import Awarded, Standing, Tie, award, rank
from .arithmetic.score import CriterionScore, DimensionScore, Score, score, score_both
from .facts.asked import Bounds, Extent, Item, Requirement, Setting, Span, Value
from .facts.bounds import Beyond, beyond
from .facts.calendar import BANGKOK, business_days_late, day_of, end_of_day, is_working, working_days_beside
from .facts.faults import BadFacts, Fault
from .facts.records import Evidence, Extension, Facts, Given, Sheet
from .facts.terms import BASES, CHANNELS, SOCIAL_CHANNELS, STATUSES, Doubt, Input, InputKind, Level, Period, Text
from .facts.trace import Finding, Json, Need, Offer
from .language.answers import Answer, check_answers, chosen, left_over, progress, words_key
from .language.extent import PAPERS
from .language.forms import FIELD_KINDS, Field, Form, Option, Section
from .language.interchange import parse_json, read_facts
from .language.load import load
from .language.proof import SchemeError, SchemeFault
from .language.scheme import Criterion, Dimension, Issuer, Phase, Scheme, Size, Tier
from .language.stages import Nominees, Stage
from .language.typed import canonical, check_points, check_setting, check_value

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
    "InputKind",
    "Issuer",
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
    "is_working",
    "left_over",
    "load",
    "parse_json",
    "progress",
    "rank",
    "read_facts",
    "score",
    "score_both",
    "words_key",
    "working_days_beside",
]
