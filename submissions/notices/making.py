"""Notices come into being: one for each person and kind of thing within some minutes, and none twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from submissions.models import Entry, Notice, Round, User

TOGETHER = timedelta(minutes=10)  # what happens within is one notice, until it was read or sent
MOST = 100  # things that one notice names; the others are counted
BATCH = 500


def tell(
    users: Iterable[User],
    code: str,
    *,
    key: str,
    entry: Entry | None = None,
    round: Round | None = None,
    own: Mapping[int, list[dict]] | None = None,
    **data,
) -> int:
    """Tell these people something, each once for a `key`, however often this is called. Says how many were told now.

    `data`: `items`, one for each thing that happened; `path`, where in the portal it is dealt with. `own`: items that
    one person alone is told, by their id. Without an entry or a round it concerns neither. Who may see it is the
    caller's to know; whose account is closed is told nothing.
    """
    if entry is not None:
        round = entry.round
    data.setdefault("items", [])
    data.setdefault("count", len(data["items"]))
    people = [user for user in users if user.is_active]
    there = set(Notice.objects.filter(key=key, user__in=people).values_list("user", flat=True))
    rows = [
        Notice(user=user, code=code, key=key, entry=entry, round=round, data=_with(data, (own or {}).get(user.pk, [])))
        for user in people
        if user.pk not in there
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    return len(rows)


def _with(data: dict, own: list[dict]) -> dict:
    return data | {"items": [*data["items"], *own][:MOST], "count": data["count"] + len(own)}


@dataclass(frozen=True)
class Happening:
    """One thing that one person is told; what is `about` the same is gathered."""

    user: User
    code: str
    entry: Entry
    item: dict
    key: str

    @property
    def about(self) -> tuple:
        """Messages are gathered by their thread, anything else by its round."""
        thread = (self.item["requirement"], self.item["period"]) if self.code == Notice.Code.REMARK else ()
        return (self.user.pk, self.code, self.entry.round_id, *thread)


def gather(happenings: Iterable[Happening]) -> int:
    """Make notices of what happened, or add to those that are neither read nor sent. In one transaction with the
    mark of what was told; a few statements, and one for each notice that grows. Says how many are new."""
    with transaction.atomic():
        happenings = list(happenings)
        growing = {about_of(notice): notice for notice in _open_notices(happenings)}
        fresh: dict[tuple, Notice] = {}
        grown: dict[int, Notice] = {}
        for happening in happenings:
            notice = growing.get(happening.about) or fresh.get(happening.about)
            if notice is None:
                notice = fresh[happening.about] = _begin(happening)
            elif notice.pk:
                grown[notice.pk] = notice
            _add(notice, happening)
        Notice.objects.bulk_create(fresh.values(), ignore_conflicts=True, batch_size=BATCH)
        Notice.objects.bulk_update(grown.values(), ["data", "entry", "latest_at"], batch_size=BATCH)
        return len(fresh)


def about_of(notice: Notice) -> tuple:
    first = notice.data["items"][0]
    thread = (first["requirement"], first["period"]) if notice.code == Notice.Code.REMARK else ()
    return (notice.user_id, notice.code, notice.round_id, *thread)


def _open_notices(happenings: list[Happening]):
    """Those that may grow, oldest first and held: nobody sends or reads them meanwhile."""
    return (
        Notice.objects.filter(
            user__in={happening.user.pk for happening in happenings},
            code__in={happening.code for happening in happenings},
            round__in={happening.entry.round_id for happening in happenings},
            at__gte=timezone.now() - TOGETHER,
            read_at=None,
            mail=None,
            line=None,
        )
        .order_by("pk")
        .select_for_update(of=("self",))
    )


def _begin(happening: Happening) -> Notice:
    return Notice(
        user=happening.user,
        code=happening.code,
        key=happening.key,
        entry=happening.entry,
        round=happening.entry.round,
        data={"items": [], "count": 0},
    )


def _add(notice: Notice, happening: Happening) -> None:
    notice.data["count"] += 1
    notice.latest_at = timezone.now()
    if len(notice.data["items"]) < MOST:
        notice.data["items"].append(happening.item)
    if notice.entry_id != happening.entry.pk:
        notice.entry = None  # of several entries; the round is theirs all
