"""Who judges what: a round's judges by inspection region. A judge with an office judges only what lies in it."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from submissions.models import Entry, Office, Round, User
from submissions.models.places import within


def coverage(entries: Iterable[Entry], judges: Iterable[User]) -> list[tuple[Office, list[User]]]:
    """Each region in which somebody takes part, with those who judge there; an empty list where nobody does.

    The entries' offices must come with the offices above them (office__parent__parent__parent).
    """
    judges = list(judges)
    regions = {region.pk: region for entry in entries if (region := entry.office.region)}
    ordered = sorted(regions.values(), key=lambda region: region.code)
    return [(region, [judge for judge in judges if _judges_in(judge, region)]) for region in ordered]


def _judges_in(judge: User, region: Office) -> bool:
    """All of it, or part of it."""
    return judge.office is None or judge.office.lies_in(region.pk) or region.lies_in(judge.office_id)


def judges_with_offices() -> QuerySet[User]:
    """All judges, each with the office inside which they judge and those above it."""
    found = User.objects.filter(role=User.Role.JUDGE).select_related("office__parent__parent__parent")
    return found.order_by("office__code", "full_name", "username")


def judges_for(user: User, round: Round) -> QuerySet[User]:
    """Whom this person may put on the round's committee: staff anybody; an organiser those with a name who judge
    everywhere, or in a part of the own area or all of it. Who sits there already stays on the list."""
    found = judges_with_offices()
    if user.is_central:
        return found
    assert user.office
    area = [office.pk for office in user.office.and_above()]
    reach = Q(office=None) | Q(office__in=area) | within(user.office)
    fit = Q(reach, is_active=True, is_superuser=False) & ~Q(full_name="")
    return found.filter(fit | Q(pk__in=round.judges.values("pk"))) if round.pk else found.filter(fit)


def seat_for(user: User, judge: User) -> str:
    """To an organiser a judge's name alone, as an announcement would say it: never a login, nor whose seat it is."""
    if user.is_central:
        return seat(judge)
    name = name_of(judge)
    return name if judge.is_active else _("%(judge)s – account closed") % {"judge": name}


def seat(judge: User) -> str:
    """A judge as a list of them says it: the name, the office inside which they judge, and a closed account."""
    name = f"{judge} ({judge.office})" if judge.office else str(judge)
    return name if judge.is_active else _("%(judge)s – account closed") % {"judge": name}


def closed_accounts(round: Round) -> str:
    """The names of those on the committee who can't log in any more; "" where all can.

    Their sheets are waited for all the same: who judges is changed by whoever runs the round, not by an account.
    """
    return ", ".join(name_of(judge) for judge in round.judges.filter(is_active=False).order_by("full_name", "username"))


def name_of(judge: User) -> str:
    """As an announcement would say it: never a login."""
    return judge.full_name or _("(no name)")
