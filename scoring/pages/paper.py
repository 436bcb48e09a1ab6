"""An entry's scorecard as it stands, to print: the page's points, states and reasons as a PDF."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from scoring import paper
from scoring.scorecard import ScorecardView
from submissions.documents.typesetting import make_pdf
from submissions.pages.dear import dear
from submissions.templatetags.wording import entry_name

from .scorecard import scored_or_404

KEPT = 10 * 60  # seconds for which a scorecard's PDF is kept: pressed twice, it is laid out once


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
    key = f"scorecard-pdf:{hashlib.sha256(html.encode()).hexdigest()}"
    response = HttpResponse(cache.get_or_set(key, lambda: make_pdf(html), KEPT), content_type="application/pdf")
    with translation.override("th"):
        title = _("Scorecard")
        name = f"{title} {entry_name(entry)} – {entry.round.name_th}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


urls = [path("entries/<int:pk>/scorecard.pdf", scorecard_pdf, name="scorecard-pdf")]
