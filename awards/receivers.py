"""Says what was announced, and what may not change any more because of it, to rooms that know nothing of it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _

from scoring.signals import result_asked, results_asked
from scoring.wording.points_shown import placed
from submissions import intake, thai
from submissions.log.findings import Finding
from submissions.models import Edition, Entry, Evidence, Happening, Proposal, Round, User
from submissions.queue import send
from submissions.signals import (
    adoption_asked,
    deletion_asked,
    discard_asked,
    heads_asked,
    proof_asked,
    publications_asked,
    tree_asked,
)
from submissions.webhooks.sources import Source, Told, tells

from . import tasks
from .content.columns import Columns
from .documents.revoke import revoke_as_proposed
from .ledger import heads, proofs
from .ledger.check import check
from .models import Publication, Publishing, Result, SignedCopy
from .publishing import press
from .publishing.preparation import Decision
from .publishing.publish import Moved, Overtaken, TieUndecided, publish
from .signals import published, signed


def _publish(proposal: Proposal, **beforehand: Any) -> Publication:
    said = proposal.arguments
    decisions = [Decision(tuple(one["offices"]), one["reason"]) for one in said["decisions"]]
    about = {"reason": said["reason"], "seen": said["seen"], "number": said["number"], "decisions": decisions}
    return publish(proposal.round, by=proposal.proposed_by, proposal=proposal, **about, **beforehand)


def _begin(proposal: Proposal, by: User) -> str:
    """As the second person presses, it is kept, and a worker does it."""
    begun = press.begin(proposal.round, by=by, deed=Publishing.Deed.CONFIRM, said={}, proposal=proposal)
    transaction.on_commit(lambda: send(tasks.make_publication, begun.pk), robust=True)
    return reverse("publishing", args=[begun.pk])


intake.carries_out(Proposal.Kind.PUBLISH, _publish, (Moved, Overtaken, TieUndecided), _begin, holds_late=True)
intake.carries_out(Proposal.Kind.REVOKE, revoke_as_proposed)


def _publications(user: User, happenings: list[str]) -> QuerySet[Publication]:
    return Publication.objects.visible_to(user)


def _tell_publications_made(rows: QuerySet[Publication]) -> Iterator[Told]:
    for row in rows:
        about = {"round": row.round_id, "publication": row.pk, "number": row.number, "digest": row.digest}
        is_provisional = row.appeals_until is not None
        yield Told(row.pk, Happening.PUBLISHED, row.published_at, about | {"is_provisional": is_provisional})


made = Source(Publication, _publications, "round", (Happening.PUBLISHED,), _tell_publications_made)
tells("publication", made)


@receiver(published)
def tell_and_print(publication: Publication, **kwargs: Any) -> None:
    tasks.ask_to_tell(publication)
    tasks.ask_for_documents(publication)
    tasks.ask_to_seal()


@receiver(signed)
def ask_to_scan(copies: list[SignedCopy], **kwargs: Any) -> None:
    tasks.ask_to_scan([copy.pk for copy in copies])


@receiver(adoption_asked)
def keep_what_was_announced_by(round: Round, **kwargs: Any) -> str | None:
    if Publication.objects.filter(round=round).exists():
        return _("The round's results were published: its criteria stay as they are.")
    return None


@receiver(discard_asked)
def keep_who_was_announced(round: Round, **kwargs: Any) -> str | None:
    if Publication.objects.filter(round=round).exists():
        return _("The round's results were published: whoever took part stays in it.")
    return None


@receiver(deletion_asked)
def keep_what_was_quoted(edition: Edition, **kwargs: Any) -> str | None:
    if Publication.objects.filter(edition=edition).exists():
        return _("Results were published by it.")
    return None


@receiver(heads_asked)
def tell_heads(round_ids: list[int], **kwargs: Any) -> list[tuple[int, int, str, Publication]]:
    return list(heads.sealed(round_ids))


@receiver(tree_asked)
def tell_of_the_tree(earlier: list[tuple[int, str]], **kwargs: Any) -> list[Finding]:
    return check(earlier)


@receiver(proof_asked)
def tell_where_it_stands(evidence: Evidence, **kwargs: Any) -> dict[str, Any] | None:
    """Three statements."""
    event = proofs.handing_in(evidence)
    place = proofs.place_of(event) if event else None
    if place is None:
        return None
    position, head = place
    path = reverse("receipt-proof", args=[evidence.pk])
    root = [head.root[at : at + 8] for at in range(0, 64, 8)]
    return {"position": position + 1, "size": head.size, "at": head.at, "root": root, "path": path}


@receiver(result_asked)
def tell_result(entry: Entry, **kwargs: Any) -> dict[str, Any] | None:
    """The entry's line in the publication that holds; None before there is one. Two statements."""
    newest = Publication.objects.final().filter(round=entry.round_id).order_by("-number").values("pk")[:1]
    found = Result.objects.filter(entry=entry, publication__in=newest).select_related("publication")
    result = found.defer("facts", "criteria", "dimensions").first()
    if result is None:
        return None
    told = Columns(result.publication.frame, thai.language()).of_whole(result)
    rivals = result.publication.results.filter(region=result.region).exclude(rank=None)
    return told | {"among": rivals.count()}


@receiver(results_asked)
def tell_results(round: Round, **kwargs: Any) -> dict[str, Any] | None:
    """Those of the publication that holds; None before there is one. One statement."""
    newest = Publication.objects.final().filter(round=round).order_by("-number").values("pk")[:1]
    columns = ("publication", "publication__number", "entry__office", "entry", "rank", "total", "dimensions")
    rows = list(Result.objects.filter(publication__in=newest).order_by("place").values_list(*columns))
    if not rows:
        return None
    results = [
        (office, entry, placed(rank, total), total, {code: Decimal(one["earned"]) for code, one in dimensions.items()})
        for _pk, _number, office, entry, rank, total, dimensions in rows
    ]
    return {"number": rows[0][1], "path": reverse("publication", args=[rows[0][0]]), "results": results}


@receiver(publications_asked)
def tell_publications(round_ids: list[int], **kwargs: Any) -> dict[int, dict[str, Any]]:
    """One statement."""
    rows = Publication.objects.filter(round__in=round_ids).order_by("number").values_list("round", "number", "pk")
    return {round: {"number": number, "path": reverse("publication", args=[pk])} for round, number, pk in rows}
