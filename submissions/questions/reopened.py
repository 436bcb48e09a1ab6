"""Why a judge is to give a sheet again, and what of it may be another."""

from typing import NamedTuple

from submissions.models import Appeal, Sheet

from .appeals import disputed_items


class Reopened(NamedTuple):
    reason: str
    items: frozenset[str] | None  # the codes of those that may be corrected; None: all


def reopened(sheet: Sheet | None) -> Reopened | None:
    """Of a draft that was final. One statement, and another where an appeal reopened it."""
    if sheet is None or sheet.status != Sheet.Status.DRAFT:
        return None
    deeds = sheet.entry.events.filter(verb__in=("sheet.reopened", "sheet.submitted"), data__sheet=sheet.pk)
    last = deeds.order_by("-sequence").first()
    if last is None or last.verb != "sheet.reopened":
        return None
    appeal = Appeal.objects.select_related("entry__round__edition").filter(pk=last.data.get("appeal")).first()
    return Reopened(last.data["reason"], frozenset(disputed_items(appeal)) if appeal else None)
