"""How quickly one reviewer works just now, and when a queue would be done at this pace."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min

from submissions.models import Evidence, Round, User

LATELY = timedelta(hours=1)
FEW = 5  # decisions: of fewer no pace can be told
SHORT = timedelta(minutes=2)  # nor of less time: a sheet of many at once would be thousands an hour


@dataclass(frozen=True)
class Pace:
    """Of the last hour of the round's clock; `each`: from one decision to the next, None where there are too few, or
    in too short a time."""

    decided: int
    each: timedelta | None
    at: datetime

    @property
    def per_hour(self) -> int | None:
        return round(timedelta(hours=1) / self.each) if self.each else None

    def done_by(self, left: int) -> datetime | None:
        """When this reviewer alone would have decided so many."""
        return self.at + left * self.each if self.each and left else None


def pace_of(user: User, round: Round, at: datetime) -> Pace:
    """One statement."""
    mine = Evidence.objects.filter(reviewed_by=user, reviewed_at__gt=at - LATELY, entry__round=round)
    counted = mine.aggregate(count=Count("pk"), first=Min("reviewed_at"), last=Max("reviewed_at"))
    count = counted["count"]
    took = counted["last"] - counted["first"] if count else timedelta()
    return Pace(count, took / (count - 1) if count >= FEW and took >= SHORT else None, at)
