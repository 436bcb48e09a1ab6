"""Pages and API of scoring."""

from . import api
from .pages import board, booklet, calendar, country, criterion, home, paper, parcel, scorecard, standings

urlpatterns = [
    *home.urls,
    *calendar.urls,
    *board.urls,
    *country.urls,
    *standings.urls,
    *booklet.urls,
    *scorecard.urls,
    *paper.urls,
    *criterion.urls,
    *parcel.urls,
]
api_urls = api.urls
