"""A requirement's checklist as whoever reviewed ticked it: kept with the decision, and told wherever that is."""

from collections.abc import Collection
from typing import TypedDict

from django.utils.translation import gettext as _

from scoring import engine
from submissions import thai

from .proofread import Refused


class Line(TypedDict):
    """One text of a checklist, in its own words: the edition may have others later."""

    th: str
    en: str
    ticked: bool


def ticked_off(requirement: engine.Requirement | None, ticked: Collection[str] | None, refused: Refused) -> list[Line]:
    """The checklist with what was ticked, named by its Thai texts; empty where nothing was asked (None)."""
    if ticked is None:
        return []
    texts = requirement.checklist if requirement else ()
    for th in sorted(set(ticked) - {text.th for text in texts}):
        refused.add("ticked", _("This is not on the checklist (any more): %(text)s") % {"text": th[:200]})
    return [{"th": text.th, "en": text.en, "ticked": text.th in ticked} for text in texts]


def missing(checklist: Collection[Line]) -> str:
    """What was not ticked, in the language of the page."""
    return ", ".join(line["en" if thai.language() == "en" else "th"] for line in checklist if not line["ticked"])


def in_words(checklist: Collection[Line]) -> str:
    """How many were ticked, and which were not; "" where nothing was asked."""
    if not checklist:
        return ""
    told = {"count": len(checklist), "there": sum(line["ticked"] for line in checklist), "missing": missing(checklist)}
    if not told["missing"]:
        return _("Checklist: all %(count)s there") % told
    return _("Checklist: %(there)s of %(count)s there; missing: %(missing)s") % told


def reason_of(checklist: Collection[Line]) -> str:
    """How a reason for returning may begin."""
    lacks = missing(checklist)
    return _("Missing: %(missing)s.") % {"missing": lacks} if lacks else ""
