"""How many of each wait for the reader, shown beside the lines of the menu. Two statements for all of them."""

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from submissions.models import Evidence, Round, SecondReading, User

from .reviewing import seen_values
from .roles import narrowed


def waiting_evidence(request) -> int:
    return _waiting(request)["evidence"]


def waiting_values(request) -> int:
    return _waiting(request)["values"]


def waiting_readings(request) -> int:
    return _waiting(request)["readings"]


def _waiting(request) -> dict[str, int]:
    """Counted once for a page, whichever line asks first."""
    if not hasattr(request, "waiting"):
        rows = {name: _number_of(rows) for name, rows in _rows(request.user).items()}
        request.waiting = User.objects.filter(pk=request.user.pk).values(**rows).get()
    return request.waiting


def _rows(user) -> dict[str, QuerySet]:
    evidence = narrowed(Evidence.objects.visible_to(user), user, "entry__round")
    rounds = Round.objects.at_desk_of(user).filter(is_closed=False).select_related("edition")
    return {
        "evidence": evidence.filter(status=Evidence.Status.SUBMITTED),
        "values": seen_values(user).waiting(rounds.defer("edition__text")),
        "readings": SecondReading.objects.to_read_by(user),
    }


def _number_of(rows: QuerySet) -> Coalesce:
    """As one column of a statement. Every row belongs to the one group that there is: its reader's."""
    group = rows.order_by().annotate(of=OuterRef("pk")).values("of")
    return Coalesce(Subquery(group.annotate(number=Count("pk")).values("number")), 0)
