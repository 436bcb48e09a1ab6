"""What programs read to find public pages: robots.txt, the sitemap, and a feed of announcements (Atom)."""

import json
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from awards.models import Publication, Result

from .addresses import LANGUAGES, Addresses, whole
from .announced import Announced
from .open_data import OpenData, licence
from .shelf import Shelf

FEED = 30  # announcements
MOST = 45_000  # addresses of one sitemap: programs read 50,000


def robots() -> str:
    """Nothing but what is public is read by search engines."""
    sitemap = whole(reverse("sitemap"))
    return f"User-agent: *\nAllow: /results/\nAllow: /static/\nDisallow: /\n\nSitemap: {sitemap}\n"


class ResultsSitemap(Sitemap):  # type: ignore[type-arg]  # it takes none when it runs
    """Each page in each language, which names the other."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def items(self) -> list[tuple[str, Any]]:
        """Two statements."""
        pks = [row.pk for row in self.shelf.newest]
        days = dict(Publication.objects.filter(pk__in=pks).values_list("pk", "published_at"))
        offices = Result.objects.filter(publication__in=pks).order_by("publication", "place")
        codes = list(offices.values_list("publication", "office_code").distinct()[: MOST // len(LANGUAGES)])
        return [one for language in LANGUAGES for one in _pages(language, days, codes)][:MOST]

    def location(self, item: tuple[str, Any]) -> str:
        return item[0]

    def lastmod(self, item: tuple[str, Any]) -> Any:
        return item[1]


def _pages(language: str, days: dict[int, Any], codes: Iterable[tuple[int, str]]) -> Iterator[tuple[str, Any]]:
    to = Addresses(language)
    yield to.index, max(days.values(), default=None)
    yield to.practices, None
    yield to.dictionary, None
    for pk, day in days.items():
        own = Addresses(language, pk)
        yield from ((address, day) for address in (own.announcement, own.table, own.scheme, own.calendar))
    for pk, code in codes:
        yield Addresses(language, pk).office(code), days[pk]


def sitemap(shelf: Shelf) -> str:
    portal = urlsplit(settings.PORTAL_URL)
    site: Any = SimpleNamespace(domain=portal.netloc)
    listed = ResultsSitemap(shelf)
    listed.limit = MOST
    return render_to_string("sitemap.xml", {"urlset": listed.get_urls(site=site, protocol=portal.scheme)})


def feed(announcements: Iterable[Announced], to: Addresses) -> str:
    told = list(announcements)[:FEED]
    newest = told[0].publication.published_at if told else timezone.now()
    made = Atom1Feed(
        title=_("Announcements of results"),
        link=whole(to.index),
        feed_url=whole(to.feed),
        description=_("Community Development Digital 4.0"),
        language=to.language,
    )
    made.latest_post_date = lambda: newest  # type: ignore[method-assign]  # of an empty feed it would be now
    for one in told:
        link, at = whole(one.to.announcement), one.publication.published_at
        title = f"{one.title} – " + _("Announcement No. %s") % one.publication.number
        made.add_item(title, link, one.describe(), pubdate=at, updateddate=at, unique_id=link, author_name=one.issuer)
    return made.writeString("utf-8")


def as_dataset(announced: Announced) -> SafeString:
    """A publication as search engines read it: schema.org, JSON-LD. It is data, which the page's policy lets stand."""
    publication, to = announced.publication, announced.to
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": announced.title,
        "description": announced.describe(),
        "url": whole(to.announcement),
        "inLanguage": announced.language,
        "datePublished": publication.published_at.isoformat(),
        "version": str(publication.number),
        "license": licence().url,
        "isAccessibleForFree": True,
        "creator": {"@type": "GovernmentOrganization", "name": announced.issuer},
        "variableMeasured": [column.name for column in OpenData(publication).columns],
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": whole(address)}
            for kind, address in to.files.items()
            if kind != "datapackage"
        ],
    }
    text = json.dumps(described, ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return mark_safe(text)  # noqa: S308  nothing in it ends the script
