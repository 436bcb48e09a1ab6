"""One requirement of many offices on one page, small: the bad ones are ticked and returned, the rest is accepted."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from scoring import engine
from submissions import intake
from submissions.accounts.events import Thing, record_file
from submissions.examination.remarks import tell
from submissions.examination.thumbnails import DRAWN_AS, draw_thumbnail, kept_thumbnail
from submissions.fields import whole
from submissions.models import Claim, Entry, Evidence, Extension
from submissions.questions import access
from submissions.questions.pace import pace_of
from submissions.questions.reasons import MISSING, reasons_for

from .dear import dear
from .evidence_files import FILE_POLICY, in_a_frame
from .pieces import BESIDE
from .queues import Queue
from .reviewing import for_reviewers, queue_of

SHOWN = 40  # pieces on one sheet


class Small(NamedTuple):
    """A piece on the sheet."""

    evidence: Evidence
    is_drawn: bool
    is_late: bool
    held: str | None
    is_bad: bool = False
    fault: str = ""


@for_reviewers
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request) -> HttpResponse:
    queue = queue_of(request)
    if not queue.requirement:
        return redirect(f"{reverse('review-queues')}?{queue.query}")
    if request.method != "POST":
        return _show(request, queue, _claimed(request, queue))
    return _decide(request, queue)


def _claimed(request, queue: Queue) -> list[Evidence]:
    """The first of the queue that nobody else has open; they are this reviewer's from now."""
    now = timezone.now()
    rows = intake.free_for(queue.rows(request.user), request.user, now)
    mine = intake.claim(rows.values_list("pk", flat=True)[:SHOWN], by=request.user, at=now)
    return list(queue.rows(request.user).filter(pk__in=mine).select_related(*BESIDE).defer(*TEXT))


TEXT = ("entry__round__edition__text",)


def _decide(request, queue: Queue) -> HttpResponse:
    revisions = dict(_pair(text) for text in request.POST.getlist("evidence")[:SHOWN])
    seen = Evidence.objects.at_desk_of(request.user).filter(entry__round=queue.round)
    rows = list(seen.filter(pk__in=revisions).select_related(*BESIDE).defer(*TEXT))
    bad = revisions.keys() & set(map(whole, request.POST.getlist("bad")))
    reason = request.POST.get("reason", "").replace(MISSING, "").strip()
    if bad and not reason:
        fault = _("Say why the ticked ones are returned; their offices read it.")
        return _show(request, queue, rows, bad=bad, fault=fault, status=422)
    terms = {"by": request.user, "undo_until": timezone.now() + intake.UNDO}
    undone, done = {}, []
    for evidence in rows:
        decision = {"accept": False, "reason": reason} if evidence.pk in bad else {"accept": True}
        try:
            done.append(_decided(evidence, revision=revisions[evidence.pk], **decision, **terms))
        except (intake.Refused, intake.Conflict) as why:
            undone[evidence.pk] = str(why)
    decided = [pk for pk, _revision in done]
    intake.let_go(decided, by=request.user)
    return _go_on(request, queue, done, len(bad.intersection(decided)), undone, reason)


def _decided(evidence: Evidence, *, accept: bool, **decision) -> list[int]:
    """The piece's id and revision once it is decided; what nobody can open is accepted by nobody."""
    if accept and evidence.file and access.why_not_open(evidence):
        raise intake.Refused({"": [_("It can't be accepted unread.")]})
    decided = intake.review_evidence(evidence, accept=accept, **decision)
    return [decided.pk, decided.revision]


def _go_on(request, queue: Queue, done: list, returned: int, undone: dict[int, str], reason: str) -> HttpResponse:
    """To the next sheet; what was not decided stays on this one, with the reason why."""
    accepted = len(done) - returned
    told = [ngettext("%(count)s was accepted.", "%(count)s were accepted.", accepted) % {"count": accepted}]
    if returned:
        told.append(ngettext("%(count)s was returned.", "%(count)s were returned.", returned) % {"count": returned})
    request.session["sheet_done"] = {"pieces": done, "until": (timezone.now() + intake.UNDO).isoformat()}
    if done:
        messages.success(request, " ".join(told))
    if undone:
        rows = Evidence.objects.at_desk_of(request.user).filter(pk__in=undone)
        left = list(rows.select_related(*BESIDE).defer(*TEXT))
        return _show(request, queue, left, undone=undone, reason=reason, status=409)
    return redirect(f"{reverse('review-sheet')}?{queue.query}")


@for_reviewers
@require_POST
def undo_sheet(request) -> HttpResponse:
    """Take back all decisions of the sheet before, as far as that is possible yet."""
    queue, kept = queue_of(request), request.session.pop("sheet_done", {"pieces": []})
    seen = Evidence.objects.at_desk_of(request.user)
    rows = seen.select_related("entry__round").in_bulk([pk for pk, _revision in kept["pieces"]])
    late = 0
    for pk, revision in kept["pieces"]:
        try:
            intake.take_back_decision(rows[pk], by=request.user, revision=revision, now=timezone.now())
        except (intake.Refused, intake.Conflict, KeyError):
            late += 1
    if late:
        messages.warning(request, _("%(count)s could not be taken back any more.") % {"count": late})
    else:
        messages.success(request, _("The decisions were taken back; the offices were told nothing."))
    return redirect(f"{reverse('review-sheet')}?{queue.query}")


def _pair(text: str) -> tuple[int, int]:
    """Evidence and the revision that was on the page, from "id.revision"."""
    pk, _dot, revision = text.partition(".")
    return whole(pk) or 0, whole(revision) or 0


def _show(
    request, queue: Queue, rows: list[Evidence], *, bad=frozenset(), undone=None, reason="", fault="", status=200
) -> HttpResponse:
    tell(rows, request.user)
    extended = _extended(queue, rows)
    requirement = queue.round.scheme.requirements[queue.requirement]
    pieces = [_small(evidence, extended, requirement, queue.period, bad, undone or {}) for evidence in rows]
    left = queue.rows(request.user).count()
    theirs = Claim.objects.held(timezone.now()).exclude(reviewer=request.user)
    context: dict[str, Any] = {
        "queue": queue,
        "round": queue.round,
        "requirement": requirement,
        "pieces": pieces,
        "reasons": [text.replace(MISSING, "…") for text in reasons_for(queue.round.scheme.code)],
        "reason": reason or request.POST.get("reason", ""),
        "fault": fault,
        "left": left,
        "pace": pace_of(request.user, queue.round, queue.round.now()),
        "elsewhere": queue.rows(request.user).filter(claim__in=theirs).count(),
        "undoable": _undoable(request),
    }
    return render(request, "submissions/review/sheet.html", context, status=status)


def _undoable(request) -> bool:
    kept = request.session.get("sheet_done")
    return bool(kept and kept["pieces"] and kept["until"] > timezone.now().isoformat())


def _extended(queue: Queue, rows: list[Evidence]) -> dict[int, Any]:
    """Until when the offices that were given more time may hand this in. One statement."""
    granted = Extension.objects.filter(
        entry__in={evidence.entry_id for evidence in rows}, requirement=queue.requirement, period=queue.period
    )
    return {entry: until for entry, until in granted.order_by("until").values_list("entry", "until")}


def _small(evidence: Evidence, extended, requirement: engine.Requirement, period: str, bad, undone) -> Small:
    due = requirement.due_in(period or None)
    due = max(due, extended.get(evidence.entry_id, due))
    return Small(
        evidence,
        is_drawn=evidence.content_type in DRAWN_AS,
        is_late=evidence.submitted_at > engine.end_of_day(due),
        held=access.why_not_open(evidence) if evidence.file else None,
        is_bad=evidence.pk in bad,
        fault=undone.get(evidence.pk, ""),
    )


@for_reviewers
@require_GET
def thumbnail(request, pk: int) -> HttpResponse:
    """A file drawn small, for those who review it. What was drawn once needs no seat."""
    files = Evidence.objects.filter(entry__in=Entry.objects.at_desk_of(request.user)).exclude(file="")
    evidence = files.select_related("examination").filter(pk=pk).first()
    if evidence is None or access.why_not_open(evidence):
        raise Http404
    if (drawn := kept_thumbnail(evidence)) is None:
        return _draw(request, evidence)
    return _picture(request, evidence, drawn)


@dear("300/min", patience=10)
def _draw(request, evidence: Evidence) -> HttpResponse:
    return _picture(request, evidence, draw_thumbnail(evidence))


def _picture(request, evidence: Evidence, drawn: bytes) -> HttpResponse:
    if not drawn:
        raise Http404
    record_file(request, Thing.EVIDENCE, evidence.pk, evidence.original_name, shown=True, part=True)
    return in_a_frame(HttpResponse(drawn, content_type="image/jpeg"), FILE_POLICY)


urls = [
    path("review/sheet/", sheet, name="review-sheet"),
    path("review/sheet/undo/", undo_sheet, name="review-sheet-undo"),
    path("evidence/<int:pk>/thumbnail/", thumbnail, name="evidence-thumbnail"),
]
