"""Last days that are near: each officer hears of a round once a day at most, with all that is missing in one notice."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils import timezone

from scoring import engine
from submissions.deadlines import owed
from submissions.models import Entry, Notice, Round, User

from .making import MOST, tell
from .people import officers_of

DAYS = (7, 3, 1)  # before the last day
FROM_HOUR = 7  # by the round's clock: nobody's telephone rings at midnight
BATCH = 500  # entries looked at together


def remind() -> int:
    """Tell the officers of every open round what is missing. Says how many were told now; a second run tells nobody."""
    rounds = Round.objects.filter(is_closed=False).select_related("edition").defer("edition__text")
    return sum(_remind_in(round) for round in rounds if timezone.localtime(round.now()).hour >= FROM_HOUR)


def _remind_in(round: Round) -> int:
    today = engine.day_of(round.now())
    key = f"reminder/{round.pk}/{today.isoformat()}"
    missing: dict[User, list[dict]] = defaultdict(list)
    for batch in _batches(round):
        officers = officers_of(batch)
        for entry, asked, day in owed(round, batch):
            if (day - today).days in DAYS:
                item = {"entry": entry.pk, "kind": asked.kind, "requirement": asked.code, "period": asked.slot[1]}
                item |= {"until": day.isoformat(), "days": (day - today).days}
                for user in officers.get(entry.pk, ()):
                    missing[user].append(item)
    return sum(_tell(user, items, key, round) for user, items in missing.items())


def _batches(round: Round) -> Iterator[list[Entry]]:
    entries = round.entries.taking_part().with_round().select_related("office__parent__parent__parent")
    ids = list(entries.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        yield list(entries.filter(pk__in=ids[start : start + BATCH]).order_by("pk"))


def _tell(user: User, items: list[dict], key: str, round: Round) -> int:
    items.sort(key=lambda item: item["days"])
    entries = {item["entry"] for item in items}
    one = Entry(pk=entries.pop(), round=round) if len(entries) == 1 else None
    return tell([user], Notice.Code.REMINDER, key=key, entry=one, round=round, items=items[:MOST], count=len(items))
