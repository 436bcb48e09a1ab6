"""Pages of publishing: what would be announced, as a draft; the press of the button; how far a worker is with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from awards import tasks
from awards.documents import drafts, files
from awards.models import Document, Publication, Publishing
from awards.publishing import press
from awards.publishing.differing import differences
from awards.publishing.hearing import scored_as_of
from awards.publishing.preparation import Decision, Preparation, decided, preparation_of
from awards.publishing.publish import corrects, draft_of, why_not_publish
from submissions import thai
from submissions.fields import whole
from submissions.models import Resolution, Round
from submissions.pages.dear import dear
from submissions.questions.appeals import last_moment
from submissions.questions.participants import Participants
from submissions.questions.proposals import why_not_alone
from submissions.queue import send

from .agenda import ties_resolved
from .forms import PublishForm, Tied, carried_over
from .matters import Matter, open_matters, open_places

PATIENCE, IMPATIENCE = 900, 10  # how often a page asks for progress, and after how often the worker is asked again
MOST_ROWS = 100  # of those that differ without a change of award
MOST_TYPED = 200  # fields that are kept of what was typed


@login_required
@require_http_methods(["GET", "POST"])
def publish_round(request, round_id: int) -> HttpResponse:
    """The awards as they would be now, what differs, what is still open, and the form to publish."""
    round = _round_or_403(request, round_id)
    if request.method == "POST":
        return _press(request, round)
    return _page(request, round, again=_again(request, round))


def _press(request, round: Round) -> HttpResponse:
    """Keep what was pressed for, and answer: scoring thousands takes longer than anybody waits."""
    last = _last(round)
    proposes = bool(why_not_alone(round, None))
    asks = {"is_open": request.POST.get("is_open") == "True", "corrects": corrects(round, last), "proposes": proposes}
    form = PublishForm(Tied.typed(request.POST), request.POST, **asks)
    if not form.is_valid():
        return _page(request, round, typed=request.POST, status=422)
    said = {
        "reason": form.cleaned_data.get("reason", ""),
        "seen": form.cleaned_data["seen"],
        "number": form.cleaned_data["number"],
        "decisions": [{"offices": list(one.offices), "reason": one.reason} for one in form.decisions()],
    }
    if proposes:
        said |= {"provisional": round.announces_provisionally, "why": form.cleaned_data["why"]}
    deed = Publishing.Deed.PROPOSE if proposes else Publishing.Deed.PUBLISH
    typed = {name: form.data[name] for name in list(form.fields)[:MOST_TYPED] if name in form.data}
    try:
        begun = press.begin(round, by=request.user, deed=deed, said=said, typed=typed)
    except press.Busy as busy:
        return _page(request, round, typed=request.POST, faults=[str(busy)], status=409)
    transaction.on_commit(lambda: send(tasks.make_publication, begun.pk), robust=True)
    return redirect("publishing", begun.pk)


def _again(request, round: Round) -> Publishing | None:
    """What this person pressed for and did not get: it is typed in again."""
    pk = whole(request.GET.get("again", "")) or 0
    return round.publishings.filter(pk=pk, made_by=request.user, due_at=None, publication=None, proposal=None).first()


def _last(round: Round) -> Publication | None:
    return round.publications.with_round().select_related("published_by").order_by("-number").first()


def _page(
    request,
    round: Round,
    *,
    again: Publishing | None = None,
    typed: Any = None,
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    at, last = scored_as_of(round), _last(round)
    prepared = preparation_of(round, at=at)
    matters = _matters(request, round, prepared, at)
    earlier = _decided(round, last)
    proposes = bool(why_not_alone(round, None))
    asks = {"is_open": bool(matters), "corrects": corrects(round, last), "proposes": proposes}
    number = last.number + 1 if last else 1
    data = _data(again.typed if again else typed, prepared, number, is_sent=typed is not None and faults is None)
    first = {"seen": prepared.fingerprint, "number": number}
    form = PublishForm(Tied.of(prepared), data, first=first, decided=earlier, **asks)
    _tell_faults(form, _ended(again) if faults is None else faults)
    drafted = decided(round, prepared, _as_decisions(earlier))
    awards = [] if round.only_selects else round.scheme.awards
    context = {
        "round": round,
        "prepared": prepared,
        "awards": awards,
        "lines": [line for line in drafted.lines if line.tier] if awards else drafted.lines,
        "differences": differences(last, drafted) if last else None,
        "most_rows": MOST_ROWS,
        "drafts": _drafts(round, drafted),
        "is_ranked": round.ranked != "none",
        "by_region": round.ranked == "region",
        "has_points": round.scheme.shown_as != "eligibility" and not round.only_selects,
        "matters": matters,
        "last": last,
        "number": number,
        "proposes": proposes,
        "until": last_moment(round, at) if round.announces_provisionally else None,
        "form": form,
        "again": again,
        "language": thai.language(),
        "under_way": round.publishings.under_way().select_related("made_by").first(),
    }
    return render(request, "awards/publish.html", context, status=status)


def _matters(request, round: Round, prepared: Preparation, at: datetime) -> list[Matter]:
    if round.only_selects:
        return open_places(round, prepared, Participants(round, request.user), at=at)
    return open_matters(round, prepared, at=at)


def _tell_faults(form: PublishForm, faults: list[str]) -> None:
    """Beside those of its fields."""
    if form.is_bound:
        form.full_clean()
        for fault in faults:
            form.add_error(None, fault)


def _ended(again: Publishing | None) -> list[str]:
    """Why nothing was published."""
    if again is None:
        return []
    if again.stage == Publishing.Stage.CANCELLED:
        return [_("It was cancelled. Nothing was published.")]
    if again.stage == Publishing.Stage.FAILED:
        return [_("It broke off, and nothing was published. Try again; if it breaks off again, tell whoever operates.")]
    return list(again.faults)


def _data(typed: Any, prepared: Preparation, number: int, *, is_sent: bool) -> Mapping[str, Any] | None:
    """What was typed, for results as they are now; whoever publishes looks at them before sending again. What was just
    sent and has faults of its own stays as it was sent."""
    if not typed:
        return None
    if is_sent:
        return typed
    now = {"seen": prepared.fingerprint, "number": str(number), "acknowledged": ""}
    return carried_over(typed, Tied.of(prepared)) | now


def _decided(round: Round, last: Publication | None) -> list[dict[str, Any]]:
    """The orders that are proposed for ties: as the committee resolved in a meeting, and as was published; the later
    of both."""
    published = [(last.published_at, decision) for decision in last.decisions] if last else []
    resolved = [(one["at"], one) for one in ties_resolved(Resolution.objects.filter(meeting__round=round))]
    return [decision for _at, decision in sorted([*published, *resolved], key=lambda one: one[0])]


def _as_decisions(earlier: list[dict[str, Any]]) -> list[Decision]:
    return [Decision(tuple(one["offices"]), one["reason"]) for one in earlier]


def _drafts(round: Round, prepared: Preparation) -> tuple[Document.Kind, ...]:
    """The papers that there would be."""
    awarded = sum(line.tier is not None for line in prepared.lines)
    if not prepared.lines:
        return ()
    return files.shared_by(len(prepared.lines), awarded, round.announces_provisionally)


@login_required
@require_GET
@dear("30/min")
def draft(request, round_id: int, kind: str) -> HttpResponse:
    """One paper as it would be, marked as a draft on every page. It is made for this reader, and kept nowhere."""
    round = _round_or_403(request, round_id)
    at = scored_as_of(round)
    prepared = decided(round, preparation_of(round, at=at), _as_decisions(_decided(round, _last(round))))
    if kind not in _drafts(round, prepared):
        raise Http404
    made = drafts.drawn(round, kind, draft_of(round, prepared, at=at))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="draft-{kind}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _round_or_403(request, round_id: int) -> Round:
    rounds = Round.objects.visible_to(request.user).select_related("edition").defer("edition__text")
    round = get_object_or_404(rounds, pk=round_id)
    if reason := why_not_publish(request.user, round):
        raise PermissionDenied(reason)
    return round


@login_required
@require_http_methods(["GET", "POST"])
def publishing(request, pk: int) -> HttpResponse:
    """How far it is, for those who run the round; sent, the form cancels it, as long as nothing is being frozen."""
    related = ("round", "made_by", "publication", "proposal")
    seen = Publishing.objects.visible_to(request.user).select_related(*related)
    shown = get_object_or_404(seen, pk=pk)
    if request.method == "POST":
        if not shown.cancel():
            messages.error(request, _("It can't be cancelled any more."))
        return redirect("publishing", pk)
    target = _target(request, shown)
    if target and request.htmx and request.htmx.target != "content":
        response = HttpResponse(status=204)
        response["HX-Redirect"] = request.path  # where it goes on from, with the page that says so
        return response
    if target:
        _tell(request, shown)
        return redirect(target)
    context = {"publishing": shown, "round": shown.round, **_times_asked(request)}
    if request.htmx and request.htmx.target != "content":
        if not shown.is_over and context["asked"] == IMPATIENCE:
            send(tasks.make_publication, shown.pk)  # the first message may be lost
        return render(request, "awards/publishing_progress.html", context)
    return render(request, "awards/publishing.html", context)


def _target(request, shown: Publishing) -> str:
    """Where it goes on, once it is over; "" where the page itself says how it ended."""
    if shown.publication_id:
        return reverse("publication", args=[shown.publication_id])
    if shown.stage == Publishing.Stage.DONE:
        return reverse("proposal", args=[shown.proposal_id])
    may_again = shown.deed != Publishing.Deed.CONFIRM and shown.made_by_id == request.user.pk
    if shown.is_over and may_again and why_not_publish(request.user, shown.round) is None:
        return f"{reverse('publish', args=[shown.round_id])}?again={shown.pk}"
    return ""


def _tell(request, shown: Publishing) -> None:
    if shown.publication:
        messages.success(request, _("Publication %(number)s is made.") % {"number": shown.publication.number})
    elif shown.stage == Publishing.Stage.DONE:
        messages.success(request, _("It is proposed. A second person confirms it."))


def _times_asked(request) -> dict[str, Any]:
    """How often the page has asked, and whether it goes on asking."""
    times = (whole(request.GET.get("asked", "")) or 0) + 1
    return {"asked": times, "goes_on": times < PATIENCE}


urls = [
    path("rounds/<int:round_id>/publish/", publish_round, name="publish"),
    path("rounds/<int:round_id>/publish/<slug:kind>.pdf", draft, name="draft"),
    path("publishings/<int:pk>/", publishing, name="publishing"),
]
