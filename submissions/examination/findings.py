"""What is worth saying of a file that was examined: data, and the sentences for it. None of it decides anything."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scoring.engine import PAPERS, Extent, Span
from submissions.models import Examination

LEAST_SIDE = 480  # pixels of the shorter side of a picture; with fewer a photographed page can't be read
TOLERANCE = 5  # mm of paper
SLACK = 2  # seconds that a video may be longer or shorter: programs cut at key frames
LISTED = 5  # pages that are named


class Finding(NamedTuple):
    """`code` and what belongs to it; `sentence` tells it in the language of the moment."""

    code: str
    data: dict[str, Any]

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code](self.data)


def findings(examination: Examination | None, extent: Extent) -> list[Finding]:
    """What the machine remarks on a file by itself; nothing while it has not looked."""
    if examination is None:
        return []
    facts = examination.facts
    if examination.is_too_much:
        return [Finding("unscanned", {"limit": examination.threat})]
    if examination.is_infected:
        return [Finding("infected", {"threat": examination.threat})]
    if "fault" in facts:
        return [Finding({"encrypted": "encrypted", "size": "unchecked"}.get(facts["fault"], "damaged"), {})]
    return [*_content(facts), *extent_findings(facts, extent)]


def _content(facts: dict) -> Iterator[Finding]:
    if facts.get("is_blank"):
        yield Finding("blank", {})
    if facts.get("is_scan"):
        yield Finding("scan", {})
    if 0 < min(facts.get("width", 0), facts.get("height", 0)) < LEAST_SIDE:
        yield Finding("small", {"width": facts["width"], "height": facts["height"], "least": LEAST_SIDE})


def extent_findings(facts: dict, extent: Extent) -> Iterator[Finding]:
    """Where it is longer or shorter than a requirement asks for, or on other paper."""
    if extent.pages and "pages" in facts:
        yield from _on_length(facts["pages"], extent.pages)
    if extent.paper:
        yield from _on_paper(facts, extent.paper)
    if extent.minutes and "seconds" in facts:
        yield from _on_duration(facts["seconds"], extent.minutes)


def _on_length(pages: int | None, span: Span) -> Iterator[Finding]:
    if pages is not None and not _within(pages, span):
        yield Finding("pages", {"pages": pages, "least": span.least, "most": span.most})


def _on_paper(facts: dict, paper: str) -> Iterator[Finding]:
    others = [size for size in facts.get("sizes", ()) if not _is_paper(size, paper)]
    if others:
        numbers = sorted(page for size in others for page in size[2])
        count = sum(size[3] for size in others)
        yield Finding("paper", {"paper": paper, "pages": numbers[:LISTED], "count": count, "of": facts.get("pages")})


def _on_duration(seconds: int | None, span: Span) -> Iterator[Finding]:
    if seconds == 0:
        yield Finding("untimed", {"least": span.least, "most": span.most})
    elif seconds is not None and not _lasts(seconds, span):
        yield Finding("minutes", {"seconds": seconds, "least": span.least, "most": span.most})


def _within(number: int, span: Span) -> bool:
    return span.least <= number <= span.most


def _lasts(seconds: int, span: Span) -> bool:
    return span.least * 60 - SLACK <= seconds <= span.most * 60 + SLACK


def _is_paper(size: list, paper: str) -> bool:
    """Whether a page is of this paper, upright or lying."""
    sides = zip(sorted(size[:2]), PAPERS[paper], strict=True)
    return all(abs(side - asked) <= TOLERANCE for side, asked in sides)


def seen(facts: dict) -> str:
    """How long or large a file is, in a few words; "" where nothing was counted."""
    if "pages" in facts:
        return ngettext("%(count)s page", "%(count)s pages", facts["pages"]) % {"count": facts["pages"]}
    if facts.get("seconds"):
        return _("Lasts %(minutes)s minutes") % {"minutes": clock(facts["seconds"])}
    if "width" in facts:
        return _("%(width)s × %(height)s pixels") % {"width": f"{facts['width']:,}", "height": f"{facts['height']:,}"}
    return ""


def clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def _paper(data: dict) -> str:
    sentence = _("%(count)s of %(of)s pages are not %(paper)s.") % data
    if not data["pages"]:
        return sentence
    listed = ", ".join(map(str, data["pages"])) + (" …" if data["count"] > len(data["pages"]) else "")
    return sentence + " " + _("Pages: %(pages)s") % {"pages": listed}


SENTENCES = {
    "infected": lambda data: (
        _("A virus was found in this file (%(threat)s): nobody can open it here. A clean copy must take its place.")
        % data
    ),
    "unscanned": lambda data: (
        _(
            "The virus scanner could not look through all of this file (%(limit)s): nobody can open it here. "
            "Send it shorter or in fewer parts, a document best as a PDF."
        )
        % data
    ),
    "encrypted": lambda data: _("The file has a password: nobody can read it here."),
    "damaged": lambda data: _("The file can't be opened: it may be damaged."),
    "unchecked": lambda data: _("The file could not be checked in time: there is very much in it."),
    "blank": lambda data: _("There is nothing in the file: it is blank."),
    "scan": lambda data: _("The pages are pictures without text (a scan): they can't be searched or read aloud."),
    "small": lambda data: _("The picture is small (%(width)s × %(height)s pixels): it may be hard to read.") % data,
    "pages": lambda data: (
        ngettext(
            "The file has one page; %(least)s to %(most)s are asked for.",
            "The file has %(pages)s pages; %(least)s to %(most)s are asked for.",
            data["pages"],
        )
        % data
    ),
    "paper": _paper,
    "untimed": lambda data: (
        _("The file does not say how long the video lasts; %(least)s to %(most)s minutes are asked for.") % data
    ),
    "minutes": lambda data: (
        _("The video lasts %(clock)s minutes; %(least)s to %(most)s are asked for.")
        % (data | {"clock": clock(data["seconds"])})
    ),
}
