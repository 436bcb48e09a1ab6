"""Pages on which an office has everything packed that it handed in, and takes it away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from scoring import parcels, tasks
from scoring.models import Parcel
from submissions.accounts.events import Thing, record_file
from submissions.fields import whole
from submissions.files import room
from submissions.models import Entry
from submissions.pages.evidence_files import kept_file
from submissions.questions import access
from submissions.queue import send
from submissions.templatetags.wording import entry_name

PATIENCE, IMPATIENCE = 900, 10  # how often a page asks for progress, and after how often the worker is asked again


@login_required
@require_http_methods(["GET", "POST"])
def parcel(request, pk: int) -> HttpResponse:
    """The newest parcel and how far it is; sent, the form begins another."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    if reason := access.why_not_take_away(request.user):
        raise PermissionDenied(reason)
    if request.method == "POST":
        _begin(request, entry)
        return redirect("parcel", entry.pk)
    newest = _newest(entry)
    context = {"entry": entry, "round": entry.round, "parcel": newest, **_times_asked(request)}
    if not request.htmx or request.htmx.target == "content":
        return render(request, "scoring/parcel.html", context)
    if newest and newest.due_at and context["asked"] == IMPATIENCE:
        send(tasks.make_parcel, newest.pk)  # the first message may be lost
    return render(request, "scoring/parcel_progress.html", context)


def _begin(request, entry: Entry) -> None:
    try:
        begun = parcels.begin(entry, by=request.user)
    except OSError as error:
        if not room.is_full(error):
            raise
        text = _("The portal has no room left to pack this. Nothing that was handed in is lost. Tell central staff.")
        messages.error(request, text)
    else:
        transaction.on_commit(lambda: send(tasks.make_parcel, begun.pk), robust=True)


def _newest(entry: Entry) -> Parcel | None:
    expired = Parcel.objects.expired().values("pk")
    newest = entry.parcels.exclude(pk__in=expired).select_related("made_by").first()
    if newest:
        newest.entry = entry
    return newest


def _times_asked(request) -> dict:
    """How often the page has asked, and whether it goes on asking."""
    times = (whole(request.GET.get("asked", "")) or 0) + 1
    return {"asked": times, "goes_on": times < PATIENCE}


@login_required
@require_GET
def parcel_file(request, pk: int) -> HttpResponseBase:
    beside = ("entry__round", "entry__office", "entry__nominee_office")
    parcel = get_object_or_404(Parcel.objects.visible_to(request.user).select_related(*beside), pk=pk)
    if reason := access.why_not_take_away(request.user):
        raise PermissionDenied(reason)
    if not parcel.is_done or Parcel.objects.expired().filter(pk=parcel.pk).exists():
        raise Http404
    name = f"{entry_name(parcel.entry)} – {parcel.entry.round.name}.zip"
    response = kept_file(parcel.file, "application/zip", name)
    record_file(request, Thing.PARCEL, parcel.pk, name)
    return response


urls = [
    path("entries/<int:pk>/parcel/", parcel, name="parcel"),
    path("parcels/<int:pk>/file/", parcel_file, name="parcel-file"),
]
