"""The heads of a round's chains of events, sealed into each publication: a log cut off or written anew shows."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from awards.models import Publication
from submissions.models import Event, Round


def read(round: Round) -> list[dict[str, Any]]:
    """The last event of every chain of a round, whose entries the caller holds, by the entry's id. One statement."""
    later = Event.objects.filter(entry=OuterRef("entry"), sequence__gt=OuterRef("sequence"))
    ends = Event.objects.filter(~Exists(later), entry__round=round).order_by("entry")
    columns = ("entry", "entry__office__code", "sequence", "digest")
    return [dict(zip(("entry", "office", "events", "head"), end, strict=True)) for end in ends.values_list(*columns)]


def sealed(round_ids: Iterable[int]) -> Iterator[tuple[int, int, str, Publication]]:
    """All heads that publications of these rounds hold: (entry id, sequence, digest, which publication)."""
    publications = Publication.objects.filter(round__in=list(round_ids)).order_by("pk")
    for publication in publications.only("number", "frame", "log"):
        for head in publication.log:
            yield head["entry"], head["events"], head["head"], publication


def faults(publication: Publication) -> list[str]:
    """The chains whose head is not what this publication sealed; empty when none was cut off or written anew."""
    wanted = {(head["entry"], head["events"]): head for head in publication.log}
    if not wanted:
        return []
    entries = {entry for entry, _sequence in wanted}
    events = Event.objects.filter(entry__in=entries).order_by().values_list("entry", "sequence", "digest")
    there = {(entry, sequence): digest for entry, sequence, digest in events.iterator()}
    text = _("The log of %(office)s is not the one that was sealed: event %(event)s is gone or altered.")
    return [
        text % {"office": head["office"], "event": head["events"]}
        for place, head in wanted.items()
        if there.get(place) != head["head"]
    ]
