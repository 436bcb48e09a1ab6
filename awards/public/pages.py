"""The public pages: announcements by year, one with its awards, its table, offices, scheme, calendar and open data."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, include, path
from django.utils import translation
from django.views.decorators.http import require_safe

from awards.bundle import built
from awards.models import Publication, Result
from scoring.boards import charts, thailand
from submissions.pages.dear import dear

from . import checking, lists, pictures, practices
from .addresses import Addresses
from .announced import Announced, by_year
from .doors import Asked, door
from .open_data import DICTIONARY, OpenData, licence
from .scheme import FrozenBooklet, due, settings_of
from .shelf import OnShelf, Page, Shelf
from .strengths import strengths
from .table import OnMap, Table
from .years import contests_of

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json; charset=utf-8",
}
PATIENCE = 5  # seconds for which one waits for what takes long to make: few are made at once


# About all of them


def _announcements(asked: Asked, rows: Iterable[OnShelf]) -> list[Announced]:
    """The newest first. One statement."""
    wanted = Publication.objects.filter(pk__in=[row.pk for row in rows]).defer("log")
    found = sorted(wanted, key=lambda one: (one.announced_at, one.pk), reverse=True)
    return [Announced(one, Addresses(asked.language, one.pk)) for one in found]


def index(asked: Asked) -> Page:
    years = by_year(_announcements(asked, asked.shelf.newest))
    return asked.page("index.html", years=list(years))


def feed(asked: Asked) -> Page:
    said = lists.feed(_announcements(asked, asked.shelf.newest), asked.to)
    return Page(said.encode(), "application/atom+xml; charset=utf-8")


def dictionary(asked: Asked) -> Page:
    """What the columns of open data mean."""
    return asked.page("dictionary.html", columns=DICTIONARY, licence=licence())


def best_practices(asked: Asked) -> Page:
    """What offices let everybody read, under the announcements that hold."""
    found = practices.by_announcement(_announcements(asked, asked.shelf.newest))
    return asked.page("practices.html", announcements=found)


def best_practices_file(asked: Asked) -> Page:
    found = practices.as_data(_announcements(asked, asked.shelf.newest))
    return Page(found, TYPES["json"])


def years(asked: Asked, office: str) -> Page:
    """An office over the years."""
    contests = contests_of(asked.shelf, office, asked.language)
    if not contests:
        raise Http404
    return asked.page("years.html", contests=contests, name=contests[0].years[0].row.result.public_names()[0])


# Of one publication


def _about(asked: Asked) -> dict[str, Any]:
    """What every page of a publication says at its head."""
    newer = asked.shelf.replaced_by(asked.publication.pk)
    return {
        "announced": Announced(asked.publication, asked.to),
        "newer": newer,
        "to_newer": Addresses(asked.language, newer.pk) if newer else None,
        "licence": licence(),
    }


def announcement(asked: Asked) -> Page:
    about = _about(asked)
    others = asked.shelf.others_of(asked.publication.pk)
    earlier = [(one.number, Addresses(asked.language, one.pk).announcement) for one in others]
    bundle = checking.bundle_of(asked)
    dataset = lists.as_dataset(about["announced"])
    about |= {"bundle": bundle, "engine": built.engine() is not None}
    return asked.page("announcement.html", **about, earlier=earlier, dataset=dataset)


def table(asked: Asked) -> Page:
    about = _about(asked)
    on_map = OnMap(about["announced"], asked.query.get("map", ""))
    drawn = thailand.on_page(on_map.rows) if on_map.is_worth_it else ""
    shown = Table(about["announced"], asked.query)
    return asked.page("table.html", **about, table=shown, provinces=on_map, map=drawn)


def office(asked: Asked, office: str) -> Page:
    """Each line of an office: it has several where it takes part with several."""
    about = _about(asked)
    rows = Result.objects.filter(publication=asked.publication, office_code=office).defer("facts", "claimed")
    results = list(rows)
    told = [_told(about["announced"], one) for one in results]
    if not told:
        raise Http404
    shared = practices.of(about["announced"], results) if asked.shelf.may_share(asked.publication.pk) else []
    return asked.page("office.html", **about, results=told, shared=shared, of_years=asked.to.years(office))


def _told(announced: Announced, result: Result) -> dict[str, Any]:
    shown = announced.shown
    parts = [(announced.frame["dimensions"], result.dimensions)] if shown.in_points else []
    dimensions = [_dimension(announced, one, kept[one["code"]]) for frozen, kept in parts for one in frozen]
    has_marks = shown.by_criteria and shown.in_points and len(shown.columns) > 1
    return {
        "row": announced.row(result),
        "dimensions": dimensions,
        "marks": list(zip(shown.columns, shown.cells(result.criteria), strict=True)) if has_marks else [],
        "best": strengths(announced.publication, result, announced.language) if shown.in_points else [],
    }


def _dimension(announced: Announced, frozen: dict[str, Any], kept: dict[str, str]) -> dict[str, Any]:
    title = frozen[f"title_{announced.language}"] or frozen["title_th"]
    bar = charts.bar(Decimal(kept["earned"]), Decimal(kept["max"]))
    return {"code": frozen["code"], "title": title, "earned": kept["earned"], "max": kept["max"], "bar": bar}


def scheme(asked: Asked) -> Page:
    booklet = FrozenBooklet(asked.publication, asked.language)
    return asked.page("scheme.html", **_about(asked), booklet=booklet, round=booklet.round)


def calendar(asked: Asked) -> Page:
    publication = asked.publication
    text = publication.edition.scheme
    months = due(text, settings_of(publication), asked.language)
    return asked.page("calendar.html", **_about(asked), phases=text.calendar, months=months)


def picture(asked: Asked) -> Page:
    return Page(pictures.draw(Announced(asked.publication, asked.to)), "image/png")


def results_file(asked: Asked, extension: str) -> Page:
    data = OpenData(asked.publication)
    write = {"csv": data.csv, "xlsx": data.xlsx, "json": data.json}.get(extension)
    if write is None:
        raise Http404
    return Page(write(), TYPES[extension], f"results-{asked.publication.pk}.{extension}")


def datapackage(asked: Asked) -> Page:
    return Page(OpenData(asked.publication).datapackage(), "application/json; charset=utf-8")


# For programs that look for pages


@require_safe
def robots(request: HttpRequest) -> HttpResponseBase:
    return HttpResponse(lists.robots(), "text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"})


@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:
    shelf = Shelf()
    with translation.override("th"):
        page = shelf.kept("sitemap", lambda: Page(lists.sitemap(shelf).encode(), "application/xml"))
    return HttpResponse(page.content, page.kind, headers={"Cache-Control": "public, no-cache"})


OF_PUBLICATION: list[URLPattern] = [
    path("", door(announcement), name="public-announcement"),
    path("table/", door(table), name="public-table"),
    path("offices/<slug:office>/", door(office), name="public-office"),
    path("scheme/", door(scheme), name="public-scheme"),
    path("calendar/", door(calendar), name="public-calendar"),
    path("picture.png", dear("60/min", patience=PATIENCE)(door(picture)), name="public-picture"),
]
_files: list[URLPattern] = [
    path("results.<slug:extension>", dear("60/min", patience=PATIENCE)(door(results_file)), name="public-results-file"),
    path("datapackage.json", dear("60/min", patience=PATIENCE)(door(datapackage)), name="public-datapackage"),
    path("bundle.zip", checking.bundle, name="public-bundle"),
    path("best-practices/<int:practice>/", practices.practice_file, name="public-practice"),
]
_in_one_language: list[Any] = [
    path("", door(index), name="public-results"),
    path("feed.xml", door(feed), name="public-feed"),
    path("best-practices/", door(best_practices), name="public-practices"),
    path("data/", door(dictionary), name="public-dictionary"),
    path("offices/<slug:office>/", door(years), name="public-years"),
    path("<int:pk>/", include(OF_PUBLICATION)),
]
urls: list[Any] = [
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("results/best-practices.json", door(best_practices_file), {"language": "th"}, name="public-practices-file"),
    path("results/en/", include(_in_one_language), {"language": "en"}),
    path("results/<int:pk>/", include(_files), {"language": "th"}),
    path("results/", include(_in_one_language), {"language": "th"}),
]
