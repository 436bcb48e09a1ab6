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
from scoring.engine.language.book import Book
from scoring.engine.language.proof import Page


def read_rule(page: Page, book: Book) -> Rule:
    """The rule that a criterion or a part of a sum names under `rule`, proofread; faults go to the page's proof."""
    readers: dict[str, Callable[[Page, Book], Rule]] = {
        "steps": Steps.read,
        "tally": Tally.read,
        "bands": Bands.read,
        "timeliness": Timeliness.read,
        "proportion": Proportion.read,
        "judged": Judged.read,
        "sum": lambda page, book: Sum.read(page, book, read_rule),
        "convert": lambda page, book: Convert.read(page, book, read_rule),
    }
    kind = page.one_of("rule", readers)
    if kind in readers:
        return readers[kind](page, book)
    page.pass_over()
    return Unreadable()
