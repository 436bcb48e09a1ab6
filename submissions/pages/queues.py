"""Queues of evidence that waits for review: which pieces, in which order, and which comes next. An address says one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from submissions import intake, thai
from submissions.examination import sieve
from submissions.fields import whole
from submissions.models import Entry, Evidence, Round, SecondReading, User
from submissions.models.places import within
from submissions.questions.slots import title_of

LONG = timedelta(days=7)
KINDS = {
    "": _("All that waits"),
    "mine": _("Mine"),
    "doubts": _("Doubts of colleagues"),
    "again": _("Returned and sent again"),
    "noticed": _("Noticed by the machine"),
    "long": _("Waiting for more than 7 days"),
}
ORDERS = {
    "": (_("longest waiting first"), "submitted_at"),
    "size": (_("smallest file first"), "size"),
    "name": (_("by office"), "entry__office__sort_key"),
}


@dataclass(frozen=True)
class Queue:
    """What of one round is reviewed, and in which order. Nonsense in an address asks for nothing."""

    round: Round
    kind: str = ""
    region: int | None = None
    requirement: str = ""
    period: str = ""
    order: str = ""

    @classmethod
    def read(cls, query: Mapping[str, Any], user: User) -> "Queue | None":
        """The queue of an address; without a round, of the newest in which something waits. None where there is no
        such round."""
        rounds = Round.objects.at_desk_of(user).select_related("edition").defer("edition__text")
        chosen = query.get("round", "")
        found = (
            rounds.filter(pk=whole(chosen) or 0) if chosen else rounds.order_by("is_closed", ~_has_waiting(user), "-pk")
        )
        if (round := found.first()) is None:
            return None
        requirement, _bar, period = query.get("slot", "").partition("|")
        return cls(
            round,
            kind=query.get("kind", "") if query.get("kind", "") in KINDS else "",
            region=whole(query.get("region", "")),
            requirement=requirement if requirement in round.scheme.requirements else "",
            period=period if requirement in round.scheme.requirements else "",
            order=query.get("order", "") if query.get("order", "") in ORDERS else "",
        )

    @property
    def slot(self) -> str:
        return f"{self.requirement}|{self.period}" if self.requirement else ""

    @property
    def query(self) -> str:
        """Its address."""
        asked = {"kind": self.kind, "region": self.region, "slot": self.slot, "order": self.order}
        return urlencode({"round": self.round.pk} | {name: value for name, value in asked.items() if value})

    def but(self, **changes: Any) -> "Queue":
        return replace(self, **changes)

    @property
    def title(self) -> str:
        """What it is called: its kind, and what it is narrowed to."""
        parts = [str(KINDS[self.kind])]
        if self.requirement:
            parts.append(title_of(self.round.scheme, self.requirement, self.period, thai.language()))
        return " · ".join(parts)

    def rows(self, user: User) -> QuerySet[Evidence]:
        """Those of its pieces that this person reviews, in its order."""
        seen = Entry.objects.at_desk_of(user).filter(round=self.round, round__is_closed=False)
        rows = Evidence.objects.filter(entry__in=seen).waiting().to_be_decided_by(user)
        if self.region:
            rows = rows.filter(within(self.region, "entry__office"))
        if self.requirement:
            rows = rows.filter(requirement=self.requirement, period=self.period)
        return self._of_kind(rows, user).order_by(ORDERS[self.order][1], "pk")

    def _of_kind(self, rows: QuerySet[Evidence], user: User) -> QuerySet[Evidence]:
        if self.kind == "mine" and self.round.assignment != Round.Assignment.EVERYBODY:
            return rows.filter(entry__assignments__judge=user)
        if self.kind == "doubts":
            doubts = SecondReading.objects.to_read_by(user).filter(kind=SecondReading.Kind.DOUBT)
            return rows.filter(pk__in=doubts.values("evidence"))
        if self.kind == "mine":
            return rows.filter(Q(claim__reviewer=user) | Q(replaces__reviewed_by=user))
        if self.kind == "again":
            return rows.filter(replaces__status=Evidence.Status.RETURNED)
        if self.kind == "long":
            return rows.filter(submitted_at__lt=self.round.now() - LONG)
        return sieve.remarked(rows, [self.round.edition]) if self.kind == "noticed" else rows

    def claim_next(
        self, user: User, at: datetime, *, after: Evidence | None = None, past: Collection[int] = ()
    ) -> int | None:
        """The next that nobody else has open, after this one or else from the top; it is this reviewer's from then."""
        rows = self.rows(user)
        found = intake.claim_next(rows.filter(self._later(after)), by=user, at=at, past=past) if after else None
        return found or intake.claim_next(rows, by=user, at=at, past=past)

    def _later(self, piece: Evidence) -> Q:
        column: Any = piece
        path = ORDERS[self.order][1]
        for name in path.split("__"):
            column = getattr(column, name)
        return Q(**{f"{path}__gt": column}) | Q(**{path: column, "pk__gt": piece.pk})


def _has_waiting(user: User) -> Exists:
    entries = Entry.objects.at_desk_of(user).filter(round=OuterRef(OuterRef("pk")))
    return Exists(Evidence.objects.filter(entry__in=entries).waiting().to_be_decided_by(user))


def waiting_by_slot(queue: Queue, user: User) -> list[tuple[Queue, str, int]]:
    """Of each requirement and period of the round how many wait, in the scheme's order: its queue, title and number."""
    scheme, wide = queue.round.scheme, queue.but(requirement="", period="")
    counted = wide.rows(user).order_by().values_list("requirement", "period").annotate(count=Count("pk"))
    counts = {(requirement, period): count for requirement, period, count in counted}
    known = [
        (code, period.code if period else "")
        for code, requirement in scheme.requirements.items()
        for period in requirement.periods or (None,)
    ]
    return [
        (
            wide.but(requirement=code, period=period),
            title_of(scheme, code, period, thai.language()),
            counts[code, period],
        )
        for code, period in known
        if (code, period) in counts
    ]
