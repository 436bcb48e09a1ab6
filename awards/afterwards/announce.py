"""Who takes part is told that results were published; and whoever put a signed copy there that it holds a virus."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from awards.models import CopyScan, Publication
from scoring import engine
from submissions.models import Notice, User
from submissions.notices import tell
from submissions.notices.from_events import EXCERPT
from submissions.notices.people import officers_of

FRESH = timedelta(days=2)  # what was published before is no news, whoever was not told


def tell_published(publication_id: int | None = None) -> int:
    """Tell of one publication, or of all fresh ones that nobody was told of. Says how many people were told now."""
    publications = Publication.objects.with_round().filter(published_at__gt=timezone.now() - FRESH)
    if publication_id is not None:
        publications = publications.filter(pk=publication_id)
    return sum(
        _tell(publication) for publication in publications if not Notice.objects.filter(key=_key(publication)).exists()
    )


def _key(publication: Publication) -> str:
    return f"publication/{publication.pk}"


def _tell(publication: Publication) -> int:
    round = publication.round
    officers = officers_of(round.entries.select_related("office__parent__parent__parent"))
    concerned = {user for working in officers.values() for user in working}
    concerned |= set(round.judges.filter(role=User.Role.JUDGE))
    people = sorted(concerned - {publication.published_by}, key=lambda user: user.pk)
    path = reverse("publication", args=[publication.pk])
    if publication.is_provisional:
        return _tell_provisional(publication, people)
    own = _own_results(publication, officers)
    return tell(people, Notice.Code.PUBLISHED, key=_key(publication), round=round, own=own, path=path)


def _tell_provisional(publication: Publication, people: Iterable[User]) -> int:
    """Nothing of ranks and awards: what an office sees of them its page says."""
    assert publication.appeals_until
    day = engine.day_of(publication.appeals_until).isoformat()
    path = reverse("publication", args=[publication.pk])
    key, round = _key(publication), publication.round
    return tell(people, Notice.Code.PROVISIONAL, key=key, round=round, until=day, path=path)


def _own_results(publication: Publication, officers: Mapping[int, list[User]]) -> dict[int, list[dict[str, Any]]]:
    """The rank and the award of each officer's entries, as the publication shows them, by the officer. One statement.

    Where nobody is ranked and an entry has no award there is nothing to be said of it.
    """
    awards = {tier["code"]: {"th": tier["title_th"], "en": tier["title_en"]} for tier in publication.frame["tiers"]}
    own: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry, rank, tier in publication.results.values_list("entry", "rank", "tier"):
        if rank or tier:
            for user in officers.get(entry, ()):
                own[user.pk].append({"entry": entry, "rank": rank, "award": awards.get(tier)})
    return own


def raise_alarm(scan: CopyScan) -> None:
    """A signed copy holds a virus: whoever put it there puts another."""
    copy = scan.copy
    said: dict[str, Any] = {"title": copy.original_name[:EXCERPT], "text": scan.threat, "count": 1}
    said["path"] = reverse("signed-copies", args=[copy.publication_id, copy.kind])
    tell([copy.put_by], Notice.Code.COPY, key=f"copy/{copy.pk}", round=copy.publication.round, **said)
