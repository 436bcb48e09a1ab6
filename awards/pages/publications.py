"""Pages of what was announced: a round's publications, one publication with its documents, and publishing."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from awards import bundle, tasks
from awards.columns import Columns
from awards.documents import files, names, spreadsheets
from awards.hearing import scored_as_of
from awards.models import Document, Publication, Result, faults
from awards.publish import Moved, Overtaken, TieUndecided, corrects, preparation_of, publish, why_not_publish
from awards.stages import rounds_opened
from submissions import intake, thai
from submissions.accounts.events import Thing
from submissions.models import Appeal, Proposal, Resolution, Round
from submissions.pages.dear import dear
from submissions.questions import access
from submissions.questions.appeals import last_moment
from submissions.questions.participants import Participants
from submissions.questions.proofread import Refused
from submissions.questions.proposals import why_not_alone

from .agenda import ties_resolved
from .documents import IMPATIENCE, PATIENCE, STAFF_ONLY, hand_out, publication_or_404, times_asked
from .forms import PublishForm
from .matters import open_matters, open_places


@login_required
@require_GET
def publications(request, round_id: int) -> HttpResponse:
    round = _round_or_404(request, round_id)
    rows = round.publications.select_related("published_by").order_by("-number")
    why_not = why_not_publish(request.user, round)
    may_answer = request.user.is_judge or round.is_run_by(request.user)
    context = {"round": round, "publications": rows, "why_not": why_not, "may_answer": may_answer}
    return render(request, "awards/publications.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def publish_round(request, round_id: int) -> HttpResponse:
    """The awards as they would be now, what is still open, and the form to publish."""
    round = _round_or_404(request, round_id)
    if reason := why_not_publish(request.user, round):
        raise PermissionDenied(reason)
    at = scored_as_of(round)
    form, context = _form(request, round, at, request.POST or None)
    if form.is_bound and form.data.get("number") != str(context["number"]) and context["last"]:
        return _look_again(request, round, Overtaken(context["last"]))
    if not form.is_bound or not form.is_valid():
        return render(request, "awards/publish.html", context, status=422 if form.is_bound else 200)
    cleaned = form.cleaned_data
    about = {"reason": cleaned.get("reason", ""), "seen": cleaned["seen"], "number": cleaned["number"]}
    try:
        if why_not_alone(round, None):
            return _propose(request, round, form, about)
        made = publish(round, by=request.user, decisions=form.decisions(), **about)
    except Refused as refused:
        for reasons in refused.reasons.values():
            form.add_error(None, reasons)
        return render(request, "awards/publish.html", context, status=422)
    except (Moved, Overtaken, TieUndecided) as moved:
        return _look_again(request, round, moved)
    messages.success(request, _("Publication %(number)s is made.") % {"number": made.number})
    return redirect("publication", made.pk)


def _propose(request, round: Round, form: PublishForm, about: dict) -> HttpResponse:
    """Where two persons publish, the first proposes exactly what was looked at."""
    decisions = [{"offices": list(one.offices), "reason": one.reason} for one in form.decisions()]
    arguments = about | {"decisions": decisions, "provisional": round.announces_provisionally}
    reason = form.cleaned_data["why"]
    made = intake.propose(round, Proposal.Kind.PUBLISH, arguments, by=request.user, reason=reason)
    messages.success(request, _("It is proposed. A second person confirms it."))
    return redirect("proposal", made.pk)


def _form(request, round: Round, at, data) -> tuple[PublishForm, dict]:
    prepared = preparation_of(round, at=at)
    if round.only_selects:
        matters = open_places(round, Participants(round, request.user), at=at)
    else:
        matters = open_matters(round, prepared, at=at)
    awards = [] if round.only_selects else round.scheme.awards
    last = round.publications.select_related("published_by").order_by("-number").first()
    number = last.number + 1 if last else 1
    decided = _decided(round, last)
    form = PublishForm(
        prepared,
        data,
        number=number,
        has_open_matters=bool(matters),
        decided=decided,
        corrects=corrects(round, last),
        proposes=bool(why_not_alone(round, None)),
    )
    context = {
        "round": round,
        "prepared": prepared,
        "awards": awards,
        "lines": [line for line in prepared.lines if line.tier] if awards else prepared.lines,
        "is_ranked": round.ranked != "none",
        "by_region": round.ranked == "region",
        "has_points": round.scheme.shown_as != "eligibility" and not round.only_selects,
        "matters": matters,
        "last": last,
        "number": number,
        "proposes": bool(why_not_alone(round, None)),
        "until": last_moment(round, at) if round.announces_provisionally else None,
        "form": form,
        "language": thai.language(),
    }
    return form, context


def _decided(round: Round, last: Publication | None) -> list[dict]:
    """The orders that are proposed for ties: as the committee resolved in a meeting, and as was published; the later
    of both."""
    published = [(last.published_at, decision) for decision in last.decisions] if last else []
    resolved = [(one["at"], one) for one in ties_resolved(Resolution.objects.filter(meeting__round=round))]
    return [decision for _at, decision in sorted([*published, *resolved], key=lambda one: one[0])]


def _look_again(request, round: Round, moved: Exception) -> HttpResponse:
    """The results as they are now, with what was typed; whoever publishes looks at them before sending again."""
    data = request.POST.copy()
    at = scored_as_of(round)
    data["seen"] = preparation_of(round, at=at).fingerprint
    data.pop("acknowledged", None)
    if isinstance(moved, Overtaken):
        data["number"] = str(moved.publication.number + 1)
    form, context = _form(request, round, at, data)
    form.is_valid()
    form.add_error(None, str(moved))
    return render(request, "awards/publish.html", context, status=409)


@login_required
@require_GET
def publication(request, pk: int) -> HttpResponse:
    publication = publication_or_404(request, pk)
    newest = publication.round.publications.order_by("-number").values("pk", "number").first()
    assert newest  # this one, at least
    rows = _rows(request, publication)
    is_run = publication.round.is_run_by(request.user)
    names = {row["result"].office_code: row["result"].nominee_name or row["result"].office_name for row in rows}
    context = {
        **_documents(request, publication),
        "round": publication.round,
        "faults": faults(publication),
        "newest": newest if newest["pk"] != publication.pk else None,
        "own": [row for row in rows if row["is_own"]],
        "credentials": _credentials(publication, [row for row in rows if row["is_own"]]),
        "groups": [(name, list(own)) for name, own in groupby(rows, key=lambda row: row["result"].region_name)],
        "is_ranked": publication.ranking != "none",
        "decisions": _decisions(publication, names) if publication.shows_all_to(request.user) else [],
        "is_run": is_run,
        "following": rounds_opened(publication),
        "may_open": is_run and newest["pk"] == publication.pk,
        "has_sizes": bool(publication.frame["sizes"]),
        "may_answer": is_run or request.user.is_judge,
        "hides_ranks": publication.hides_ranks_from(request.user),
        "shows_all": publication.shows_all_to(request.user),
        "corrections": _corrections(publication, names),
        "shown": Columns(publication.frame, thai.language()),
    }
    return render(request, "awards/publication.html", context)


def _credentials(publication: Publication, own: list[dict]) -> set[str]:
    """The offices among these whose certificate for digital wallets is there."""
    offices = [row["result"].office_code for row in own]
    kept = publication.documents.filter(kind=Document.Kind.CREDENTIAL, office__in=offices) if offices else []
    return {document.office for document in kept}


def _decisions(publication: Publication, names: dict[str, str]) -> list[dict]:
    return [one | {"offices": [names[code] for code in one["offices"]]} for one in publication.decisions]


def _corrections(publication: Publication, names: dict[str, str]) -> list[dict]:
    """What appeals changed, each with its office and criterion as they are called."""
    titles = {one["code"]: one for one in publication.frame["criteria"]}
    language = thai.language()
    return [
        row
        | {"name": names.get(row["office"], row["office"])}
        | {"title": titles[row["criterion"]][f"title_{language}"] or titles[row["criterion"]]["title_th"]}
        | {"said": Appeal.Verdict(row["verdict"]).label}
        for row in publication.appeals.get("answers", [])
    ]


@login_required
@require_GET
def documents_made(request, pk: int) -> HttpResponse:
    """The list of documents, for a page that waits until they are made."""
    publication = publication_or_404(request, pk)
    context = _documents(request, publication)
    if context["waits"] and context["asked"] == IMPATIENCE:
        tasks.ask_for_documents(publication)  # the first messages may be lost
    return render(request, "awards/documents.html", context)


def _documents(request, publication: Publication) -> dict:
    kept = {document.kind: document for document in publication.documents.filter(office="").order_by("copy")}
    shared = files.shared(publication)
    kinds = [kind for kind in shared if publication.round.is_run_by(request.user) or kind not in STAFF_ONLY]
    kinds = kinds if publication.shows_all_to(request.user) else []
    times = times_asked(request)
    return {
        "publication": publication,
        "documents": [(kind, kept.get(kind.value)) for kind in kinds],
        "asked": times,
        "waits": len(kept) < len(shared) and times < PATIENCE,
        "is_long": Document.Kind.RESULTS not in shared,
    }


def _rows(request, publication: Publication) -> list[dict]:
    """The results as cells; a scorecard's address where this reader may open it."""
    user, language = request.user, thai.language()
    shown = Columns(publication.frame, language)
    seen = Result.objects.visible_to(user).filter(publication=publication)
    results = list(seen.defer("facts", *([] if shown.by_criteria else ["criteria"])))
    opened = set(publication.results.opened_by(user).values_list("pk", flat=True))
    return [
        {
            **shown.of_whole(result),
            "size": publication.frame["sizes"].get(result.office_size, {}).get(language, ""),
            "cells": shown.cells(result.criteria if shown.by_criteria else result.dimensions),
            "is_open": result.pk in opened,
            "is_own": user.is_officer and not publication.round.is_run_by(user) and result.pk in opened,
        }
        for result in results
    ]


@login_required
@require_GET
@dear("30/min")
def results_sheet(request, pk: int, extension: str) -> HttpResponse:
    publication = publication_or_404(request, pk)
    if extension not in spreadsheets.WRITERS or not publication.shows_all_to(request.user):
        raise Http404
    content = spreadsheets.write(spreadsheets.ResultResource(publication), extension)
    return hand_out(request, Thing.PUBLICATION, pk, content, names.of(publication, "results", extension))


@login_required
@require_GET
@dear("30/min")
def standings_sheet(request, round_id: int, extension: str) -> HttpResponse:
    """The standings as they are now, for those who may see the whole table."""
    round = _round_or_404(request, round_id)
    if extension not in spreadsheets.WRITERS:
        raise Http404
    if reason := access.why_not_see_ranks(request.user, round, whole_table=True):
        raise PermissionDenied(reason)
    content = spreadsheets.write(spreadsheets.StandingResource(round), extension)
    with translation.override("th"):
        title = _("standings")
    return hand_out(request, Thing.STANDINGS, round.pk, content, f"{title} – {round.name_th}.{extension}")


@login_required
@require_GET
@dear("30/min")
def bundle_file(request, pk: int) -> HttpResponse:
    """All that is needed to check a publication elsewhere: every office's facts, hence for those who run the round."""
    publication = publication_or_404(request, pk)
    if reason := access.why_not_run(request.user, publication.round):
        raise PermissionDenied(reason)
    name = names.of(publication, "bundle", "zip")
    return hand_out(request, Thing.PUBLICATION, pk, bundle.write(publication), name)


def _round_or_404(request, round_id: int) -> Round:
    rounds = Round.objects.visible_to(request.user).select_related("edition").defer("edition__text")
    return get_object_or_404(rounds, pk=round_id)
