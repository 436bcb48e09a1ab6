"""Which notices of returns ask for nothing any more: all that came back was sent again, withdrawn or accepted since.

Worked out from the facts whenever it is shown, and kept nowhere."""

from collections.abc import Iterable

from submissions.models import Evidence, Notice, Value

RETURNS = (Notice.Code.RETURNED, Notice.Code.VALUE_RETURNED)
Place = tuple[int, str, str]  # entry, requirement or value, period


def answered(notices: Iterable[Notice]) -> set[int]:
    """The ids of those of these notices. One statement where there are returns among them."""
    returns = {one.pk: set(map(_place, one.data["items"])) for one in notices if one.code in RETURNS}
    if not returns:
        return set()
    entries = {entry for places in returns.values() for entry, _code, _period in places}
    evidence = Evidence.objects.filter(entry__in=entries, status=Evidence.Status.RETURNED, replaced_by=None)
    values = Value.objects.filter(entry__in=entries, status=Value.Status.RETURNED).order_by()
    rows = evidence.order_by().values_list("entry", "requirement", "period")
    asked = set(rows.union(values.values_list("entry", "code", "period")))
    return {pk for pk, places in returns.items() if not places & asked}


def _place(item: dict) -> Place:
    return item["entry"], item["requirement"], item["period"]
