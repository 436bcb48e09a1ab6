"""Scoring sheets to be filled in by hand: a page for each entry, with what is looked for and what points stand for."""

from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from scoring import engine
from submissions.models import Entry, Round, User

from .typesetting import make_pdf


def write(round: Round, judge: User, entries: Iterable[Entry]) -> bytes:
    """In Thai, whatever the reader's language: as it is signed."""
    context: dict[str, Any] = {"round": round, "judge": judge, "entries": list(entries)}
    context["groups"] = list(_groups(round.scheme))
    context["max"] = sum(item.max for item in round.scheme.items.values())
    with translation.override("th"):
        return make_pdf(render_to_string("submissions/pdf/blank_sheets.html", context))


def name_of(round: Round, judge: User) -> str:
    with translation.override("th"):
        what = _("Scoring sheet")
        return f"{what} {judge.full_name} – {round.name_th}.pdf"


def _groups(scheme: engine.Scheme) -> Iterable[tuple[engine.Criterion, list[engine.Item]]]:
    for criterion in scheme.criteria.values():
        if items := [scheme.items[one.code] for one in criterion.inputs if one.kind == "item"]:
            yield criterion, items
