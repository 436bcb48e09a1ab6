"""Two pieces of evidence that are the same or nearly so, side by side."""

import logging
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from submissions.examination.likeness import Match
from submissions.examination.remarks import tell
from submissions.files import confined, fingerprints, recognise
from submissions.models import Evidence
from submissions.pages.dear import dear
from submissions.questions import access

from .roles import Part, page_context

log = logging.getLogger(__name__)

READ_AS = {recognise.PDF.content_type: "pdf"}  # for its text; all others are Office files


class Side(NamedTuple):
    """What is shown of one of the two: pages, its text in runs that the other has too or has not, or else the file.

    `held` is why there is nothing of it to see.
    """

    evidence: Evidence
    held: str | None
    pages: list[int]
    runs: list[tuple[str, bool]]


class BesidePage(Part):
    """Part of an admin of Evidence, beside the page on which one is reviewed."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.beside_view)
        return [path("<int:pk>/beside/<int:other>/", view, name="submissions_evidence_beside"), *super().get_urls()]

    @method_decorator(dear("60/min", patience=5))
    def beside_view(self, request, pk: int, other: int) -> HttpResponse:
        """Both must be the reader's to see, and alike: this is no way to compare anything with anything."""
        evidence = self._evidence_or_404(request, str(pk))
        tell([evidence], request.user)
        found = evidence.examined.matches if evidence.examined else ()
        match = next((alike for alike in found if alike.evidence.pk == other), None)
        if match is None:
            raise Http404
        sides = _sides(evidence, match)
        context = page_context(
            self,
            request,
            title=_("Side by side"),
            match=match,
            sides=sides,
            is_marked=any(side.runs for side in sides),
            of_one_office=evidence.entry.office_id == match.evidence.entry.office_id,
        )
        return render(request, "submissions/admin/beside.html", context)


def _sides(evidence: Evidence, match: Match) -> list[Side]:
    both = (evidence, match.evidence)
    held: list[Any] = [access.why_not_open(piece) for piece in both]
    runs: list[list[tuple[str, bool]]] = [[], []]
    if match.kind == "text" and not any(held):
        held, runs = _compared(*map(_text, both))
    pages = [[pair[place] for pair in match.pages if pair[place]] for place in (0, 1)]
    return [Side(piece, held[place], pages[place], runs[place]) for place, piece in enumerate(both)]


def _compared(this: str | None, other: str | None) -> tuple[list[Any], list[list[tuple[str, bool]]]]:
    """Why either can't be shown, and the runs of both, each marked where the other has it too."""
    if this is None or other is None:  # of one alone nothing can be said to be shared, or not
        return [recognise.why_unread() if text is None else None for text in (this, other)], [[], []]
    return [None, None], [fingerprints.common(this, other), fingerprints.common(other, this)]


def _text(evidence: Evidence) -> str | None:
    """None where it can't be read just now; it could be read when it was found to be like the other."""
    try:
        with evidence.file.open("rb") as file:
            return confined.read("examination.text", file.file, READ_AS.get(evidence.content_type, "office"))
    except (confined.Unreadable, OSError):  # it is gone, its disk fails, or the machine is too slow
        log.exception("evidence %s can't be read", evidence.pk)
        return None
