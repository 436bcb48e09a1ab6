"""Last days that are near: each officer hears of a round once a day at most, with all that is missing in one notice."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from scoring import engine
from submissions.models import Entry, Extension, Notice, Reminded, Round, User
from submissions.questions.deadlines import asked_in, owed
from submissions.questions.handed_in import states

from .making import MOST
from .people import heads_of, officers_of

DAYS = (7, 3, 1)  # before the last day
FROM_HOUR = 7  # by the round's clock: nobody's telephone rings at midnight
BATCH = 500  # entries looked at together


def remind() -> int:
    """Tell the officers of every open round what is missing. Says how many were told now; a second run tells nobody."""
    open_ones = Round.objects.opened().filter(is_closed=False, appeals_until=None)
    rounds = open_ones.select_related("edition", "reminded").defer("edition__text")
    return sum(_remind_in(round) for round in rounds if timezone.localtime(round.now()).hour >= FROM_HOUR)


def _remind_in(round: Round) -> int:
    """All are told at once, or nobody: what is noted of the round says that everybody was."""
    today = engine.day_of(round.now())
    last = round.reminded.day if hasattr(round, "reminded") else None
    if last == today:
        return 0
    near = _near(last, today)
    notices = _notices(round, near, f"reminder/{round.pk}/{today.isoformat()}") if _is_any_near(round, near) else []
    with transaction.atomic():
        Reminded.objects.bulk_create(
            [Reminded(round=round, day=today)], update_conflicts=True, unique_fields=["round"], update_fields=["day"]
        )
        return len(Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=BATCH))


def _near(last: date | None, today: date) -> dict[date, int]:
    """The last days to be told of today, with how many days are left; what was missed since `last` is made up for."""
    silent = (today - last).days if last and last < today else 1
    left = {days - late for late in range(min(silent, max(DAYS) + 1)) for days in DAYS if days >= late}
    return {today + timedelta(days=days): days for days in left}


def _notices(round: Round, near: Mapping[date, int], key: str) -> list[Notice]:
    missing: dict[User, list[dict]] = defaultdict(list)
    for batch in _batches(round):
        officers = officers_of(batch)
        for entry, asked, day in owed(round, batch):
            if day in near:
                item = {"entry": entry.pk, "kind": asked.kind, "requirement": asked.code, "period": asked.slot[1]}
                item |= {"until": day.isoformat(), "days": near[day]}
                for user in officers[entry.pk]:
                    missing[user].append(item)
        if (close := _confirmed_by(round)) and close in near:
            for entry, heads in _unconfirmed(batch):
                item = {"entry": entry.pk, "kind": "confirmation", "requirement": "", "period": ""}
                item |= {"until": close.isoformat(), "days": near[close]}
                for user in heads or officers[entry.pk]:  # who find out there that no head is set
                    missing[user].append(item)
    return [_notice(user, items, key, round) for user, items in missing.items()]


def _confirmed_by(round: Round) -> date | None:
    """The last day on which heads are to confirm, if they are."""
    return round.scheme.close if round.asks_confirmation else None


def _unconfirmed(entries: list[Entry]) -> Iterator[tuple[Entry, list[User]]]:
    """Each entry that is not confirmed as it is now, with its heads."""
    heads, stands = heads_of(entries), states(entries)
    return ((entry, heads[entry.pk]) for entry in entries if stands[entry.pk] != "confirmed")


def _is_any_near(round: Round, days: Collection[date]) -> bool:
    if _confirmed_by(round) in days or any(asked.day in days for asked in asked_in(round)):
        return True
    return Extension.objects.filter(entry__round=round, until__in=days).exists()


def _batches(round: Round) -> Iterator[list[Entry]]:
    entries = round.entries.taking_part().with_round().select_related("office__parent__parent__parent")
    ids = list(entries.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        yield list(entries.filter(pk__in=ids[start : start + BATCH]).order_by("pk"))


def _notice(user: User, items: list[dict], key: str, round: Round) -> Notice:
    items.sort(key=lambda item: item["days"])
    entries = {item["entry"] for item in items}
    entry = entries.pop() if len(entries) == 1 else None
    data = {"items": items[:MOST], "count": len(items)}
    return Notice(user=user, code=Notice.Code.REMINDER, key=key, entry_id=entry, round=round, data=data)
