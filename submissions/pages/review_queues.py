"""Where reviewers begin: the queues that there are, how many wait in each, and those that somebody kept."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from submissions.fields import whole
from submissions.models import Office, Round, SavedQueue
from submissions.models.places import region_of
from submissions.models.reviewing import MOST_QUEUE_NAME

from .queues import KINDS, ORDERS, Queue, waiting_by_slot
from .reviewing import for_reviewers, progress, queue_of

MOST_SAVED = 30  # queues of one reviewer


@for_reviewers
@require_GET
def queues(request) -> HttpResponse:
    """About twenty statements, however much waits."""
    queue = Queue.read(request.GET, request.user)
    if queue is None:
        return render(request, "submissions/review/queues.html", {"queue": None})
    of_kinds = [(queue.but(kind=kind), title) for kind, title in KINDS.items()]
    kinds = [(one, title, one.rows(request.user).count()) for one, title in of_kinds]
    context = {
        "queue": queue,
        "all": queue.but(requirement="", period=""),
        "round": queue.round,
        "rounds": Round.objects.at_desk_of(request.user).filter(is_closed=False).order_by("-pk"),
        "regions": _regions(queue.round),
        "kinds": kinds,
        "orders": [(order, title) for order, (title, _column) in ORDERS.items()],
        "slots": waiting_by_slot(queue, request.user),
        "saved": request.user.saved_queues.all(),
        "undo": None,
    }
    return render(request, "submissions/review/queues.html", context | progress(request, queue))


def _regions(round: Round | None) -> list[Office]:
    """Those that the round reaches into; none where there is no other to choose."""
    regions = Office.objects.filter(kind=Office.Kind.REGION)
    if round and round.organiser_id:
        entries = round.entries.annotate(region=region_of())
        regions = regions.filter(pk__in=entries.order_by().values("region"))
    found = list(regions.order_by("code"))
    return found if len(found) > 1 else []


@for_reviewers
@require_POST
def keep(request) -> HttpResponse:
    """Keep a queue by a name, or forget one."""
    if (pk := whole(request.POST.get("forget", ""))) is not None:
        SavedQueue.objects.filter(user=request.user, pk=pk).delete()
        return redirect(f"{reverse('review-queues')}?{queue_of(request).query}")
    queue, name = queue_of(request), " ".join(request.POST.get("name", "").split())
    if not name or len(name) > MOST_QUEUE_NAME:
        messages.error(request, _("Give the queue a name of at most %(most)s characters.") % {"most": MOST_QUEUE_NAME})
    elif request.user.saved_queues.exclude(name=name).count() >= MOST_SAVED:
        messages.error(request, _("You keep %(most)s queues already. Forget one first.") % {"most": MOST_SAVED})
    else:
        SavedQueue.objects.update_or_create({"query": queue.query}, user=request.user, name=name)
        messages.success(request, _("“%(name)s” is kept among your queues.") % {"name": name})
    return redirect(f"{reverse('review-queues')}?{queue.query}")


urls = [
    path("review/", queues, name="review-queues"),
    path("review/keep/", keep, name="review-keep"),
]
