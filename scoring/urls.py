"""Pages and API of scoring."""

from . import api
from .pages import booklet, calendar, criterion, home, parcel, scorecard, standings

urlpatterns = [
    *home.urls,
    *calendar.urls,
    *standings.urls,
    *booklet.urls,
    *scorecard.urls,
    *criterion.urls,
    *parcel.urls,
]
api_urls = api.urls
