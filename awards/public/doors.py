"""How a public page is answered: the same to everybody, from memory where it was made before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from awards.models import Publication

from .addresses import LANGUAGES, Addresses, translated, whole
from .shelf import Page, Shelf

# What a page may be asked for beside its address; anything else makes no other page.
QUERY = ("q", "region", "size", "sort", "page", "map")
MOST_TYPED = 100  # letters


@dataclass(frozen=True)
class Asked:
    """What somebody wants to read. Without a publication it is a page about all of them."""

    shelf: Shelf
    path: str
    to: Addresses
    query: Mapping[str, str] = field(default_factory=dict)
    found: Publication | None = None
    is_trial: bool = False  # shown to whoever runs the round, before others may read it

    @property
    def language(self) -> str:
        return self.to.language

    @property
    def publication(self) -> Publication:
        assert self.found  # doors open no page of a publication without it
        return self.found

    def page(self, template: str, **context: Any) -> Page:
        """Drawn without the request: it knows nothing of who asks."""
        common = {
            "asked": self,
            "to": self.to,
            "publication": self.found,
            "canonical": whole(self.path),
            "alternates": [(one, whole(translated(self.path, one))) for one in LANGUAGES],
            "onward": self.to.onward,
            "other": next((one, translated(self.path, one)) for one in LANGUAGES if one != self.language),
        }
        return Page(render_to_string(f"awards/public/{template}", common | context).encode())


Making = Callable[..., Page]


def read(pk: int) -> Publication:
    return Publication.objects.select_related("edition").defer("edition__text", "log").get(pk=pk)


def door(make: Making) -> Callable[..., HttpResponseBase]:
    """The view of a page: one statement where it was made before."""

    @require_safe
    @wraps(make)
    def view(request: HttpRequest, *, language: str, **named: Any) -> HttpResponseBase:
        shelf, pk = Shelf(), named.pop("pk", None)
        query = {name: request.GET[name][:MOST_TYPED] for name in QUERY if request.GET.get(name)}

        def made() -> Page:
            to = Addresses(language, pk or 0)
            asked = Asked(shelf, request.path, to, query, read(pk) if pk else None)
            with translation.override(language):
                return make(asked, **named)

        if pk is not None and pk not in shelf:
            return absent()
        try:
            # What somebody chose is made for them: there is no end of it, and memory would hold nothing else.
            return _answer(request, made() if query else shelf.kept(request.path, made))
        except Http404:
            return absent()

    view.make = make  # type: ignore[attr-defined]  # for whoever tries the page
    return view


def _answer(request: HttpRequest, page: Page) -> HttpResponseBase:
    """Anybody may keep it, and asks whether it still holds: what is withdrawn is gone at once."""
    response = HttpResponse(page.content, content_type=page.kind)
    response["ETag"] = etag = f'"{page.digest[:32]}"'
    response["Cache-Control"] = "public, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    if page.name:
        response["Content-Disposition"] = content_disposition_header(True, page.name) or "attachment"
    return get_conditional_response(request, etag=etag, response=response) or response


def absent() -> HttpResponse:
    """The same whether there is nothing, or nothing that is public."""
    return HttpResponse(render_to_string("404.html"), status=404, headers={"Cache-Control": "no-cache"})
