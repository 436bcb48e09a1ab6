"""Pages and API of scoring."""

from django.urls import path

from . import api
from .pages import parcel, views

urlpatterns = [
    *parcel.urls,
    path("", views.home, name="home"),
    path("calendar/", views.calendar, name="calendar"),
    path("rounds/<int:round_id>/standings/", views.standings, name="standings"),
    path("rounds/<int:round_id>/scheme/", views.scheme, name="scheme"),
    path("rounds/<int:round_id>/scheme.pdf", views.scheme_pdf, name="scheme-pdf"),
    path("entries/<int:pk>/", views.scorecard, name="scorecard"),
    path("entries/<int:pk>/progress/", views.progress, name="progress"),
    path("entries/<int:pk>/criteria/<str:code>/", views.criterion, name="criterion"),
    path("entries/<int:pk>/criteria/<str:code>/simulation/", views.simulation, name="simulation"),
]
api_urls = api.urls
