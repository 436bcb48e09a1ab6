"""Pages and API of awards."""

from django.urls import path

from . import api, opening, views

urlpatterns = [
    path("rounds/<int:round_id>/publications/", views.publications, name="publications"),
    path("rounds/<int:round_id>/publish/", views.publish_round, name="publish"),
    path("rounds/<int:round_id>/standings.<slug:extension>", views.standings_sheet, name="standings-sheet"),
    path("publications/<int:pk>/", views.publication, name="publication"),
    path("publications/<int:pk>/following/", opening.open_round, name="open-round"),
    path("publications/<int:pk>/documents/", views.documents_made, name="publication-documents"),
    path("publications/<int:pk>/documents/<slug:kind>.pdf", views.document, name="document"),
    path("publications/<int:pk>/scorecards/<slug:office>.pdf", views.scorecard, name="published-scorecard"),
    path("publications/<int:pk>/results.<slug:extension>", views.results_sheet, name="results-sheet"),
    path("publications/<int:pk>/bundle.zip", views.bundle_file, name="bundle"),
]
api_urls = api.urls
