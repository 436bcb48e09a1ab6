"""Pages and API of awards."""

from django.urls import path

from . import api
from .pages import (
    appeals,
    checking,
    copies,
    documents,
    letterheads,
    log,
    meetings,
    opening,
    past_trials,
    provisional,
    public_preview,
    publications,
    publishing,
    revoking,
    verifying,
)
from .public import pages as public

urlpatterns = [
    path("rounds/<int:round_id>/publications/", publications.publications, name="publications"),
    path("rounds/<int:round_id>/standings.<slug:extension>", publications.standings_sheet, name="standings-sheet"),
    path("publications/<int:pk>/", publications.publication, name="publication"),
    path("publications/<int:pk>/following/", opening.open_round, name="open-round"),
    path("publications/<int:pk>/documents/", publications.documents_made, name="publication-documents"),
    path("publications/<int:pk>/documents/<slug:kind>.pdf", documents.document, name="document"),
    path("publications/<int:pk>/scorecards/<slug:office>.pdf", documents.scorecard, name="published-scorecard"),
    path("publications/<int:pk>/certificates/<slug:office>.pdf", documents.certificate, name="certificate"),
    path("publications/<int:pk>/certificates/<slug:office>.jwt", documents.credential, name="credential"),
    path("publications/<int:pk>/results.<slug:extension>", publications.results_sheet, name="results-sheet"),
    *checking.urls,
    *publishing.urls,
    *copies.urls,
    *letterheads.urls,
    *meetings.urls,
    *provisional.urls,
    *appeals.urls,
    *past_trials.urls,
    *revoking.urls,
    *verifying.urls,
    *log.urls,
    *public_preview.urls,
    *public.urls,
]
api_urls = api.urls
