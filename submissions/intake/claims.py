"""Who has which piece of evidence open. A claim is no deed: no point hangs on it, and it is over in two minutes.

Whether somebody may review at all is asked where evidence is listed and decided; here a row is given to one of many.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from submissions.models import Claim, Evidence, User

TRIED = 8  # of a queue at once, before it is asked again: so many others may be claiming at this moment


def claim(pieces: Iterable[int], *, by: User, at: datetime) -> set[int]:
    """Claim these, or renew; says which of them are this reviewer's now."""
    wanted = sorted(set(pieces))
    until = at + Claim.TIME
    with transaction.atomic():
        free = Claim.objects.filter(Q(reviewer=by) | Q(until__lte=at), pk__in=wanted)
        held = set(free.select_for_update().order_by("pk").values_list("pk", flat=True))
        Claim.objects.filter(pk__in=held).update(reviewer=by, until=until)
        if len(held) == len(wanted):  # as most are, on a page that is looked at twice
            return held
        fresh = [Claim(evidence_id=pk, reviewer=by, until=until) for pk in wanted]
        Claim.objects.bulk_create(fresh, ignore_conflicts=True)
    return set(Claim.objects.held(at).filter(pk__in=wanted, reviewer=by).values_list("pk", flat=True))


def claim_next(queue: QuerySet[Evidence], *, by: User, at: datetime, past: Collection[int] = ()) -> int | None:
    """Claim the first of a queue that nobody else has open, without those that the reviewer is `past`."""
    left = queue.exclude(pk__in=past)
    while found := list(free_for(left, by, at).values_list("pk", flat=True)[:TRIED]):
        for pk in found:
            if not claim([pk], by=by, at=at):
                continue
            if left.filter(pk=pk).exists():  # decided, or not this reviewer's any more, since it was found
                return pk
            let_go([pk], by=by)
    return None


def free_for(queue: QuerySet[Evidence], by: User, at: datetime) -> QuerySet[Evidence]:
    """Without what others have open."""
    return queue.exclude(pk__in=Claim.objects.held(at).exclude(reviewer=by).values("pk"))


def let_go(pieces: Collection[int], *, by: User) -> None:
    """Somebody else may have them."""
    Claim.objects.filter(pk__in=pieces, reviewer=by).delete()
