"""The reviewer's desk: one piece of evidence after the other, looked at and decided on.

Everything here works as plain forms. A page with its scripts asks for parts of it (`X-Desk`): the next piece, which is
there before a decision is sent, and what became of that.
"""

from collections.abc import Collection
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from submissions import intake
from submissions.fields import number_in, whole
from submissions.models import Claim, Evidence
from submissions.questions import access, checklist
from submissions.questions.forbidden import forbid
from submissions.questions.pace import pace_of
from submissions.questions.reasons import MISSING

from .passing_on import pass_on
from .pieces import BESIDE, Piece, checklist_of, requirement_of, to_tick
from .queues import Queue

MOST_PAST = 20  # pieces that a page names as those it has


def for_reviewers(view):
    """A view for the committee and those who run rounds alone."""

    @login_required
    @never_cache
    @wraps(view)
    def answer(request, *args, **kwargs) -> HttpResponse:
        forbid(access.why_not_enter_admin(request.user))
        return view(request, *args, **kwargs)

    return answer


def queue_of(request) -> Queue:
    """The queue that an address asks for."""
    if (queue := Queue.read(request.GET, request.user)) is None:
        raise Http404
    return queue


def piece_or_404(request, pk: int) -> Evidence:
    rows = Evidence.objects.at_desk_of(request.user).filter(pk=pk).select_related(*BESIDE)
    if (evidence := rows.defer("entry__round__edition__text").first()) is None:
        raise Http404
    return evidence


@for_reviewers
@require_GET
def following(request) -> HttpResponse:
    """The next piece of a queue, which is this reviewer's from then: its page, or as a part of one."""
    queue = queue_of(request)
    after = whole(request.GET.get("after", ""))
    before = _place(request, after) if after else None
    pk = queue.claim_next(request.user, timezone.now(), after=before, past=_past(request))
    if _is_part(request):
        return HttpResponse(_part(request, queue, pk))
    if pk is None:
        messages.info(request, _("Nothing waits here that nobody else has open."))
        return redirect(f"{reverse('review-queues')}?{queue.query}")
    return redirect(_address(queue, pk))


@for_reviewers
@require_http_methods(["GET", "HEAD", "POST"])
def piece(request, pk: int) -> HttpResponse:
    queue, evidence = queue_of(request), piece_or_404(request, pk)
    if request.method != "POST":
        intake.claim([pk], by=request.user, at=timezone.now())
        return _show(request, queue, evidence)
    return _decide(request, queue, evidence)


def _decide(request, queue: Queue, evidence: Evidence) -> HttpResponse:
    said = request.POST
    accept, ticked = said.get("decision") == "accept", said.getlist("ticked")
    reason = _with_missing(said.get("reason", ""), evidence, ticked)
    again: dict[str, Any] = {"reason": reason, "because": said.get("because", ""), "ticked": ticked}
    if not accept and said.get("decision") != "return":
        return _show(request, queue, evidence, **again, faults=[_("Accept it, or return it.")], status=422)
    if accept and evidence.status == Evidence.Status.RETURNED and not again["because"].strip():
        fault = _("Say why the decision is changed. The office does not read it; the log keeps it.")
        return _show(request, queue, evidence, **again, faults=[fault], status=422)
    try:
        decided = intake.review_evidence(
            evidence,
            by=request.user,
            accept=accept,
            reason=reason,
            because=again["because"],
            ticked=ticked if checklist_of(evidence) else None,
            revision=whole(said.get("revision", "")) or 0,
            undo_until=timezone.now() + intake.UNDO,
        )
    except intake.Refused as refused:
        return _show(request, queue, evidence, **again, faults=refused.texts, status=422)
    except intake.Conflict:
        return _show(request, queue, piece_or_404(request, evidence.pk), **again, is_conflict=True, status=409)
    intake.let_go([evidence.pk], by=request.user)
    return _go_on(request, queue, decided)


def _with_missing(reason: str, evidence: Evidence, ticked: Collection[str]) -> str:
    """What of the checklist is missing, where a reason says so."""
    if MISSING not in reason:
        return reason
    lines = checklist.ticked_off(requirement_of(evidence), ticked, intake.Refused())
    return reason.replace(MISSING, checklist.missing(lines))


def _go_on(request, queue: Queue, decided: Evidence) -> HttpResponse:
    """To the next piece; a page that has it already is told what became of the decision, and sent the one after it."""
    now = timezone.now()
    if not _is_part(request):
        pk = queue.claim_next(request.user, now, after=decided)
        address = _address(queue, pk) if pk else f"{reverse('review-queues')}?{queue.query}"
        joint = "&" if "?" in address else "?"
        return redirect(f"{address}{joint}done={decided.pk}")
    shown = whole(request.GET.get("after", ""))
    after = _place(request, shown) if shown else decided
    pk = queue.claim_next(request.user, now, after=after, past=[decided.pk, *_past(request)])
    context = {"undo": decided, "queue": queue, "is_mine": decided.reviewed_by_id == request.user.pk}
    return JsonResponse(
        {
            "told": render_to_string("submissions/review/undo.html", context, request),
            "progress": _counted(request, queue),
            "next": _part(request, queue, pk),
        }
    )


@for_reviewers
@require_POST
def undo(request, pk: int) -> HttpResponse:
    """Take the own decision back, and be at the piece again."""
    queue, evidence = queue_of(request), piece_or_404(request, pk)
    revision = number_in(request.POST, "revision")
    try:
        intake.take_back_decision(evidence, by=request.user, revision=revision, now=timezone.now())
    except (intake.Refused, intake.Conflict) as why:
        if _is_part(request):
            return _show(request, queue, piece_or_404(request, pk), faults=[str(why)], status=409)
        messages.error(request, str(why))
        return redirect(_address(queue, pk))
    intake.claim([pk], by=request.user, at=timezone.now())
    if _is_part(request):
        told = render_to_string("submissions/review/taken_back.html", {}, request)
        return JsonResponse({"told": told, "progress": _counted(request, queue), "piece": _part(request, queue, pk)})
    messages.success(request, _("The decision was taken back; the office was told nothing."))
    return redirect(_address(queue, pk))


@for_reviewers
@require_POST
def pass_to_another(request, pk: int) -> HttpResponse:
    """Let a second reader decide, and on to the next; or take that back."""
    queue, evidence = queue_of(request), piece_or_404(request, pk)
    try:
        pass_on(request, evidence)
    except intake.Refused as why:
        doubted = request.POST.get("doubt", "")
        return _show(request, queue, evidence, faults=why.texts, doubted=doubted, status=422)
    except intake.Conflict:
        doubted, fresh = request.POST.get("doubt", ""), piece_or_404(request, pk)
        return _show(request, queue, fresh, doubted=doubted, is_conflict=True, status=409)
    if "take_back" in request.POST:
        return redirect(_address(queue, pk))
    intake.let_go([pk], by=request.user)
    return redirect(f"{reverse('review-next')}?{queue.query}&after={pk}")


@for_reviewers
@require_POST
def renew(request) -> HttpResponse:
    """What a page has open stays its reader's; which of it is, and which is let go."""
    seen = Evidence.objects.at_desk_of(request.user)
    named = [pk for pk in map(whole, request.POST.getlist("piece")[:MOST_PAST]) if pk]
    pieces = list(seen.filter(pk__in=named).values_list("pk", flat=True))
    if request.POST.get("let_go"):
        intake.let_go(pieces, by=request.user)
        return JsonResponse({"mine": []})
    return JsonResponse({"mine": sorted(intake.claim(pieces, by=request.user, at=timezone.now()))})


# What is shown


def _show(request, queue: Queue, evidence: Evidence, *, status: int = 200, **typed: Any) -> HttpResponse:
    context = _context(request, queue, evidence, **typed)
    if _is_part(request):
        return render(request, "submissions/review/piece.html", context, status=status)
    if done := whole(request.GET.get("done", "")):
        seen = Evidence.objects.at_desk_of(request.user).filter(pk=done, reviewed_by=request.user)
        undoable = seen.select_related("entry__round").first()
        context["undo"] = undoable if undoable and _is_fresh(undoable, timezone.now()) else None
    context |= progress(request, queue) | {"is_mine": True}
    return render(request, "submissions/review/desk.html", context, status=status)


def _is_fresh(decided: Evidence, now: datetime) -> bool:
    at = decided.reviewed_at
    return at is not None and now + decided.entry.round.clock_offset <= at + intake.UNDO


def _part(request, queue: Queue, pk: int | None) -> str:
    if pk is None:
        return ""
    context = _context(request, queue, piece_or_404(request, pk))
    return render_to_string("submissions/review/piece.html", context, request)


def _context(request, queue: Queue, evidence: Evidence, *, ticked=None, **typed: Any) -> dict[str, Any]:
    """`ticked`: what was ticked on the page that comes back; None: as it was decided."""
    theirs = Claim.objects.held(timezone.now()).exclude(reviewer=request.user).filter(pk=evidence.pk)
    decided = evidence.entry.events.standing().filter(data__evidence=evidence.pk).select_related("actor")
    return {
        "piece": Piece(evidence, request.user, theirs.select_related("reviewer").first()),
        "evidence": evidence,
        "round": evidence.entry.round,
        "queue": queue,
        "checklist": to_tick(evidence, ticked),
        "deeds": decided.order_by("-sequence")[:1] if typed.get("is_conflict") else (),
        **{"reason": evidence.return_reason, "because": "", "doubted": "", "faults": (), **typed},
    }


def progress(request, queue: Queue) -> dict[str, Any]:
    """How many are left, and how quickly this reviewer works. Two statements."""
    left, pace = queue.rows(request.user).count(), pace_of(request.user, queue.round, queue.round.now())
    return {"left": left, "pace": pace, "done_by": pace.done_by(left)}


def _counted(request, queue: Queue) -> str:
    return render_to_string("submissions/review/progress.html", progress(request, queue), request)


def _place(request, pk: int) -> Evidence | None:
    """After which the next one comes."""
    return Evidence.objects.at_desk_of(request.user).select_related("entry__office").filter(pk=pk).first()


def _address(queue: Queue, pk: int) -> str:
    return f"{reverse('review-piece', args=[pk])}?{queue.query}"


def _past(request) -> list[int]:
    named = request.GET.get("past", "").split(",")[:MOST_PAST]
    return [pk for pk in map(whole, named) if pk is not None]


def _is_part(request) -> bool:
    return "X-Desk" in request.headers


urls = [
    path("review/next/", following, name="review-next"),
    path("review/renew/", renew, name="review-renew"),
    path("review/<int:pk>/", piece, name="review-piece"),
    path("review/<int:pk>/pass-on/", pass_to_another, name="review-pass-on"),
    path("review/<int:pk>/undo/", undo, name="review-undo"),
]
