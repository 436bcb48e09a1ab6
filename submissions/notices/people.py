"""Who is told what concerns an entry."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet

from submissions.models import Entry, Evidence, Office, Remark, Round, User, Value
from submissions.questions.panel import judges_of


def officers_of(entries: Iterable[Entry]) -> dict[int, list[User]]:
    """Those who do an entry's work, by its id: its office's officers, or else those of the nearest office above it
    below the region. One statement; the offices come with those above them."""
    return _nearest({entry.pk: list(_chain(entry.office, below_region=True)) for entry in entries}, _officers())


def heads_of(entries: Iterable[Entry]) -> dict[int, list[User]]:
    """Who is to confirm an entry, by its id: its office's heads, or else those of the nearest office above it that has
    any. One statement, as above."""
    heads = _officers().filter(is_head=True).order_by("full_name", "pk")
    return _nearest({entry.pk: list(_chain(entry.office)) for entry in entries}, heads)


def _officers() -> QuerySet[User]:
    return User.objects.filter(role=User.Role.OFFICER, is_active=True, is_superuser=False)


def _nearest(chains: dict[int, list[int]], people: QuerySet[User]) -> dict[int, list[User]]:
    offices = {office for chain in chains.values() for office in chain}
    working: dict[int, list[User]] = defaultdict(list)
    for user in people.filter(office__in=offices):
        if user.office_id:
            working[user.office_id].append(user)
    return {pk: next((working[office] for office in chain if office in working), []) for pk, chain in chains.items()}


def _chain(office: Office | None, *, below_region: bool = False) -> Iterator[int]:
    while office is not None:
        yield office.pk
        office = office.parent
        if below_region and office is not None and office.kind == Office.Kind.REGION:
            return


def reviewers_of(entry: Entry, requirement: str, period: str) -> list[User]:
    """Who answers an office: those who decided or wrote here already, or else the committee, or else those who run the
    round."""
    slot = {"entry": entry, "requirement": requirement, "period": period}
    decided = Evidence.objects.filter(**slot).values_list("reviewed_by", flat=True)
    reviewed = Value.objects.filter(entry=entry, code=requirement, period=period).values_list("reviewed_by", flat=True)
    wrote = Remark.objects.filter(**slot, from_office=False).values_list("written_by", flat=True)
    took_part = {*decided, *reviewed, *wrote}
    committee = committee_of(entry)
    staff = runners_of(entry.round)
    return [user for user in [*committee, *staff] if user.pk in took_part] or committee or staff


def runners_of(round: Round) -> list[User]:
    """The organisers of the office whose round it is, or else central staff."""
    own = _officers().filter(is_organiser=True, office=round.organiser_id) if round.organiser_id else ()
    return list(own) or central_staff()


def central_staff() -> list[User]:
    return list(User.objects.filter(Q(role=User.Role.STAFF) | Q(is_superuser=True), is_active=True))


def committee_of(entry: Entry) -> list[User]:
    """The round's judges who judge this entry, and review what it handed in: nobody does blindly."""
    return [] if entry.round.is_blind else [user for user in judges_of(entry) if user.is_judge]
