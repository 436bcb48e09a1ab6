"""An entry's scorecard as it stands, to print: the page's points, states and reasons as a PDF."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from scoring import paper
from scoring.scorecard import ScorecardView
from submissions.pages.dear import dear
from submissions.pages.printed import pdf_of

from .scorecard import scored_or_404


@login_required
@require_GET
@dear("30/min")
def scorecard_pdf(request, pk: int) -> HttpResponse:
    """For whoever may open the page. While the score is behind the facts there is nothing true to print."""
    entry = scored_or_404(request, pk)
    card = ScorecardView(entry, "th")
    if card.is_stale:
        messages.info(request, _("The score is being recomputed. Ask for the PDF again in a moment."))
        return redirect("scorecard", entry.pk)
    html = paper.page(card, entry.round.now(), card.place(request.user))
    return pdf_of(html, entry, gettext_lazy("Scorecard"))


urls = [path("entries/<int:pk>/scorecard.pdf", scorecard_pdf, name="scorecard-pdf")]
