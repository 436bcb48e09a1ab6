"""Pages and API of scoring."""

from . import api
from .pages import (
    board,
    booklet,
    calendar,
    calibration,
    country,
    course,
    criterion,
    home,
    paper,
    parcel,
    scorecard,
    standings,
    years,
)

urlpatterns = [
    *home.urls,
    *calendar.urls,
    *board.urls,
    *country.urls,
    *calibration.urls,
    *years.urls,
    *standings.urls,
    *booklet.urls,
    *scorecard.urls,
    *course.urls,
    *paper.urls,
    *criterion.urls,
    *parcel.urls,
]
api_urls = api.urls
