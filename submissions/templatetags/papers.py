"""What papers say of themselves: whose they are, and how a form's long answers are set."""

import re

from django import template
from django.utils.html import format_html_join

from submissions.models import Round
from submissions.questions.issuer import issuer_of

register = template.Library()
DEPARTMENT = "กรมการพัฒนาชุมชน กระทรวงมหาดไทย"

PIECE = 40  # letters; a line has room for so many, however wide
_LONG_WORD = re.compile(rf"([^\s\u0e00-\u0e7f]{{{PIECE},}})")  # addresses, most often


@register.filter
def issuer(round: Round) -> str:
    """Who heads the papers of a round, in Thai: the office that runs it, or the Department."""
    found = issuer_of(round)
    return found.title.th if found else DEPARTMENT


@register.filter
def breakable(paragraph: str) -> str:
    """A paragraph in which long words are pieces in boxes of their own, between which a line may end.

    To break a word anywhere, all that follows it in its box is laid out again for each line: in a long paragraph with
    many such words that takes minutes.
    """
    parts = enumerate(_LONG_WORD.split(paragraph))
    return format_html_join("", "{}", ((_boxes(part) if at % 2 else part,) for at, part in parts))


def _boxes(word: str) -> str:
    pieces = ((word[at : at + PIECE],) for at in range(0, len(word), PIECE))
    return format_html_join("", '<span class="word">{}</span>', pieces)
