"""Files beside a sheet that is given blindly: without their names, and PDFs as pictures of their pages alone."""

from base64 import b64decode
from pathlib import Path

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.decorators import method_decorator

from submissions.accounts.events import Thing, record_file
from submissions.files import confined
from submissions.models import Entry, Evidence
from submissions.pages.dear import dear
from submissions.pages.evidence_files import FILE_POLICY, PREVIEWED, in_a_frame, kept_file
from submissions.questions import access
from submissions.questions.slots import slots_of
from submissions.questions.veil import veiled_entry

from .roles import Part
from .sheet_form import HANDED_IN, shown_requirements

PDF = "application/pdf"


def papers_of(entry: Entry) -> list[Evidence]:
    """What an entry handed in for what its judges judge, in the order of what is asked."""
    nobody = {"office": None, "central": None}
    slots = slots_of(entry, shown_requirements(entry.round.scheme), at=entry.round.now(), why_closed=nobody)
    return [evidence for slot in slots for evidence in slot.evidence if evidence.status in HANDED_IN]


class VeiledPapers(Part):
    """Part of an admin of Sheet. A PDF's own title and author may name its office, so that it never goes out whole."""

    def get_urls(self):
        view = self.admin_site.admin_view
        own = "veiled/<slug:code>/<int:number>/"
        return [
            path(own, view(self.paper_view), name="submissions_sheet_paper"),
            path(f"{own}<int:page>/", view(self.page_view), name="submissions_sheet_paper_page"),
            *super().get_urls(),
        ]

    def paper_view(self, request, code: str, number: int) -> HttpResponseBase:
        paper = _paper_or_404(request, code, number)
        if paper.content_type == PDF:
            raise Http404
        record_file(request, Thing.EVIDENCE, paper.pk, f"{code}-{number}", shown=True)
        name = f"{code}-{number}{Path(paper.file.name or '').suffix}"
        is_attached = paper.content_type not in PREVIEWED
        return kept_file(paper.file, paper.content_type, name, is_attached=is_attached)

    @method_decorator(dear("120/min", patience=5))
    def page_view(self, request, code: str, number: int, page: int) -> HttpResponse:
        paper = _paper_or_404(request, code, number)
        try:
            with paper.file.open("rb") as file:
                drawn = confined.read("examination.page", file.file, str(page))
        except (confined.Unreadable, FileNotFoundError):
            raise Http404 from None
        record_file(request, Thing.EVIDENCE, paper.pk, f"{code}-{number}", shown=True, part=True)
        return in_a_frame(HttpResponse(b64decode(drawn), content_type="image/jpeg"), FILE_POLICY)


def _paper_or_404(request, code: str, number: int) -> Evidence:
    entry = veiled_entry(code, request.user) if request.user.is_judge else None
    papers = papers_of(entry) if entry else []
    if not 1 <= number <= len(papers) or not papers[number - 1].file:
        raise Http404
    paper = papers[number - 1]
    if access.why_not_open(paper):
        raise Http404
    return paper
