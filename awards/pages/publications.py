"""Pages of what was announced: a round's publications, one publication with its documents, and publishing."""

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from awards import tasks
from awards.afterwards.stages import replaced_by, rounds_opened
from awards.bundle import built
from awards.bundle import files as bundle
from awards.content.columns import Columns
from awards.documents import files, names, spreadsheets
from awards.models import Document, Publication, Result, Revocation, faults
from awards.publishing.publish import why_not_publish
from submissions import thai
from submissions.accounts.events import Thing
from submissions.models import Appeal, Round
from submissions.pages.dear import dear
from submissions.questions import access

from .copies import signed_copies
from .documents import IMPATIENCE, PATIENCE, STAFF_ONLY, hand_out, publication_or_404, times_asked
from .places import beside, places_of

OTHERS = 20  # rounds of which one page names the announcements


@login_required
@require_GET
def publications(request, round_id: int) -> HttpResponse:
    round = _round_or_404(request, round_id)
    rows = round.publications.select_related("published_by").order_by("-number")
    why_not = why_not_publish(request.user, round)
    may_answer = request.user.is_judge or round.is_run_by(request.user)
    context = {"round": round, "publications": rows, "why_not": why_not, "may_answer": may_answer}
    context["is_run"] = round.is_run_by(request.user)
    announced = Round.objects.visible_to(request.user).filter(pk__in=Publication.objects.values("round"))
    context["others"] = announced.exclude(pk=round.pk).only("name_th", "name_en").order_by("-pk")[:OTHERS]
    return render(request, "awards/publications.html", context)


@login_required
@require_GET
def publication(request, pk: int) -> HttpResponse:
    publication = publication_or_404(request, pk)
    rows = _rows(request, publication)
    places = places_of(request.user, publication, [row["result"] for row in rows])
    beside(rows, places)
    own = [row for row in rows if row["is_own"]]
    _tell_revoked(publication, own)
    newer, names = replaced_by(publication), _names(rows)
    rights = _rights(request.user, publication)
    context = {
        **_documents(request, publication),
        **rights,
        "round": publication.round,
        "faults": faults(publication),
        "newest": newer,
        "own": own,
        "credentials": _credentials(publication, own),
        "groups": [(name, list(own)) for name, own in groupby(rows, key=lambda row: row["result"].region_name)],
        "count": len(rows),
        "is_ranked": publication.ranking != "none",
        "places": places,
        "decisions": _decisions(publication, names) if rights["shows_all"] else [],
        "following": rounds_opened(publication),
        "may_open": rights["is_run"] and newer is None,
        "has_sizes": bool(publication.frame["sizes"]),
        "engine": built.engine() is not None,
        "corrections": _corrections(publication, names),
        "shown": Columns(publication.frame, thai.language()),
    }
    copies = signed_copies([kind for kind, _kept in context["documents"]], publication)
    context["copies"] = [one for one in copies if one["first"] or rights["is_run"]]
    return render(request, "awards/publication.html", context)


def _rights(user, publication: Publication) -> dict[str, bool]:
    """What this reader sees of it, and may do with it."""
    is_run = publication.round.is_run_by(user)
    return {
        "is_run": is_run,
        "may_answer": is_run or user.is_judge,
        "may_release": is_run or (user.is_officer and user.is_head),
        "may_take_bundle": bundle.may_be_taken_by(user, publication),
        "hides_ranks": publication.hides_ranks_from(user),
        "shows_all": publication.shows_all_to(user),
    }


def _tell_revoked(publication: Publication, own: list[dict]) -> None:
    """Beside each of these offices' rows, why its certificate holds no more, if so."""
    if not own:
        return
    of_certificates = Revocation.objects.filter(paper__publication=publication, paper__kind=Document.Kind.CERTIFICATES)
    reasons = dict(of_certificates.values_list("paper__office", "reason"))
    for row in own:
        row["revoked"] = reasons.get(row["result"].office_code)


def _credentials(publication: Publication, own: list[dict]) -> set[str]:
    """The offices among these whose certificate for digital wallets is there."""
    offices = [row["result"].office_code for row in own]
    kept = publication.documents.filter(kind=Document.Kind.CREDENTIAL, office__in=offices) if offices else []
    return {document.office for document in kept}


def _names(rows: list[dict]) -> dict[str, str]:
    """Of those who took part, by the office's code."""
    return {row["result"].office_code: row["result"].nominee_name or row["result"].office_name for row in rows}


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


def _round_or_404(request, round_id: int) -> Round:
    rounds = Round.objects.visible_to(request.user).select_related("edition").defer("edition__text")
    return get_object_or_404(rounds, pk=round_id)
