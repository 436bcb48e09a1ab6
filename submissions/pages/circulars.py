"""Circulars as those read them to whom they were sent, and the files that go with them."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from submissions import intake
from submissions.accounts.events import Thing, record_file
from submissions.models import Attachment, Circular
from submissions.models.circulars import NEW_FOR, CircularQuerySet
from submissions.notices.circulars import count_read
from submissions.questions import access

from .evidence_files import kept_file

A_PAGE = 20


def sent_to(user) -> CircularQuerySet:
    """What this person reads, newest first: its round, whether it was opened, what it corrects if they read that."""
    read = Circular.objects.visible_to(user).sent()
    rows = read.with_opened(user).prefetch_related(Prefetch("corrects", queryset=read))
    return rows.select_related("round__edition").defer("round__edition__text")


@login_required
@require_GET
@never_cache
def circulars(request) -> HttpResponse:
    page = Paginator(sent_to(request.user).prefetch_related("attachments"), A_PAGE).get_page(request.GET.get("page"))
    rows = [(one, _is_new(one, timezone.now())) for one in page.object_list]
    return render(request, "submissions/circulars.html", {"page": page, "rows": rows})


def _is_new(circular: Circular, now: datetime) -> bool:
    """Whether its reader, who has not opened it, should."""
    is_young = circular.sent_at is not None and circular.sent_at > now - NEW_FOR
    return is_young and not circular.is_opened and not circular.withdrawn_at


@login_required
@require_GET
@never_cache
def circular(request, pk: int) -> HttpResponse:
    shown = get_object_or_404(sent_to(request.user).select_related("sent_by"), pk=pk)
    intake.note_opened(shown, by=request.user, at=timezone.now())
    count_read(shown, request.user)
    attachments = [(one, access.why_not_open_attachment(one)) for one in shown.attachments.all()]
    context = {
        "circular": shown,
        "round": shown.round,
        "attachments": attachments,
        "corrections": sent_to(request.user).filter(corrects=shown),
    }
    return render(request, "submissions/circular.html", context)


@login_required
@require_GET
def attachment(request, pk: int) -> HttpResponseBase:
    """The file itself, for those who may see its circular; nobody opens it before it was scanned."""
    circulars = Circular.objects.visible_to(request.user)
    file = get_object_or_404(Attachment.objects.filter(circular__in=circulars).select_related("circular__round"), pk=pk)
    if reason := access.why_not_open_attachment(file):
        context = {"attachment": file, "reason": reason, "circular": file.circular}
        response = render(request, "submissions/attachment_shut.html", context, status=423)
        response["Retry-After"] = "30"
        return response
    answer = kept_file(file.file, file.content_type, file.original_name)
    record_file(request, Thing.ATTACHMENT, file.pk, file.original_name)
    return answer


urls = [
    path("circulars/", circulars, name="circulars"),
    path("circulars/<int:pk>/", circular, name="circular"),
    path("circulars/attachments/<int:pk>/", attachment, name="attachment"),
]
