"""The public pages of a publication as they look, for whoever runs its round: before they are public too."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, resolve, reverse
from django.views.decorators.http import require_GET

from awards.models import Publication
from awards.public.addresses import Addresses
from awards.public.doors import QUERY, Asked, read
from awards.public.pages import OF_PUBLICATION
from awards.public.shelf import Shelf
from submissions import thai
from submissions.questions import access

PAGES: Any = tuple(OF_PUBLICATION)  # addresses below the preview's own


@login_required
@require_GET
def public_preview(request, pk: int, page: str = "") -> HttpResponse:
    publication = get_object_or_404(Publication.objects.visible_to(request.user).with_round(), pk=pk)
    if reason := access.why_not_run(request.user, publication.round):
        raise PermissionDenied(reason)
    found: Any = resolve(f"/{page}", urlconf=PAGES)
    to = Addresses(thai.language(), pk, root=reverse("public-preview", args=[pk]))
    query = {name: request.GET[name] for name in QUERY if request.GET.get(name)}
    asked = Asked(Shelf(), request.path, to, query, read(pk), is_trial=True)
    made = found.func.make(asked, **found.kwargs)
    if made.name:
        raise Http404  # files are taken from the publication's own page
    return HttpResponse(made.content, content_type=made.kind)


urls = [
    path("publications/<int:pk>/public/", public_preview, name="public-preview"),
    path("publications/<int:pk>/public/<path:page>", public_preview, name="public-preview-page"),
]
