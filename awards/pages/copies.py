"""The signed copies of a publication's papers: shown to whoever sees the paper, put there by whoever runs the round."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from awards.documents import copies
from awards.models import Document, Publication, SignedCopy
from submissions import intake
from submissions.accounts.events import Thing, record_file
from submissions.fields import FilesField, FilesInput, show_reasons
from submissions.files import recognise
from submissions.pages.evidence_files import kept_file
from submissions.questions import access


class CopyForm(forms.Form):
    """A PDF, or pictures of the pages in their order. Nothing chosen is no fault here: `put_signed_copy` names it."""

    uploads = FilesField(label=gettext_lazy("Scanned paper"), required=False, allow_empty_file=True)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        accepted = ",".join(f"{kind.suffix},{kind.content_type}" for kind in copies.KINDS)
        self.fields["uploads"].widget = FilesInput(attrs={"accept": accepted})
        said = {"most": copies.MOST_FILES, "size": recognise.size_shown(recognise.limit(recognise.PDF))}
        limits = _("A PDF, or pictures of its pages (JPEG, PNG, WebP): %(most)s files at most, %(size)s each.")
        self.fields["uploads"].help_text = limits % said


def _publication_or_404(request, pk: int) -> Publication:
    return get_object_or_404(Publication.objects.visible_to(request.user).with_round(), pk=pk)


def signed_copies(kinds: Iterable[Document.Kind], publication: Publication) -> list[dict[str, Any]]:
    """Of each of these papers the version that holds. One statement, however many."""
    rows = list(publication.signed_copies.with_scan().order_by("-version", "page"))
    found = []
    for kind in kinds:
        of_kind = [one for one in rows if one.kind == kind]
        last = [one for one in of_kind if one.version == of_kind[0].version]
        found.append({"kind": kind, "files": _shown(last), "first": last[0] if last else None})
    return found


def _shown(rows: list[SignedCopy]) -> list[tuple[SignedCopy, str | None]]:
    """Each file with the reason why it can't be opened."""
    return [(one, access.why_not_open_scanned(one.scanned)) for one in rows]


@login_required
@require_http_methods(["GET", "POST"])
def copies_of(request, pk: int, kind: str) -> HttpResponse:
    """All versions of one paper's signed copy, and the form to put another one there."""
    publication = _publication_or_404(request, pk)
    if kind not in copies.kinds_seen(request.user, publication):
        raise Http404
    form, status = CopyForm(), 200
    if request.method == "POST":
        if reason := access.why_not_run(request.user, publication.round):
            raise PermissionDenied(reason)
        form, status = CopyForm(request.POST, request.FILES), 422
        form.is_valid()
        try:
            copies.put_signed_copy(publication, kind, form.cleaned_data.get("uploads", []), by=request.user)
        except intake.Refused as refused:
            show_reasons(form, refused.reasons)
        else:
            messages.success(request, _("The signed copy stands beside the paper."))
            return redirect("signed-copies", pk, kind)
    rows = publication.signed_copies.filter(kind=kind).with_scan().order_by("-version", "page")
    context = {
        "publication": publication,
        "round": publication.round,
        "kind": Document.Kind(kind),
        "versions": [_shown(list(files)) for _version, files in groupby(rows, key=lambda one: one.version)],
        "form": form if publication.round.is_run_by(request.user) else None,
    }
    return render(request, "awards/copies.html", context, status=status)


@login_required
@require_GET
def copy_file(request, pk: int) -> HttpResponseBase:
    """The file itself, for those who see the paper; nobody opens it before it was scanned."""
    rows = SignedCopy.objects.filter(publication__in=Publication.objects.visible_to(request.user))
    copy = get_object_or_404(rows.with_scan().select_related("publication__round"), pk=pk)
    if copy.kind not in copies.kinds_seen(request.user, copy.publication):
        raise Http404
    if reason := access.why_not_open_scanned(copy.scanned):
        context = {"copy": copy, "publication": copy.publication, "reason": reason}
        response = render(request, "awards/copy_shut.html", context, status=423)
        response["Retry-After"] = "30"
        return response
    record_file(request, Thing.PUBLICATION, copy.publication_id, copy.original_name)
    return kept_file(copy.file, copy.content_type, copy.original_name)


urls = [
    path("publications/<int:pk>/copies/<slug:kind>/", copies_of, name="signed-copies"),
    path("copies/<int:pk>/", copy_file, name="signed-copy"),
]
