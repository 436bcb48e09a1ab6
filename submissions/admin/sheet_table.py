"""The sheets of an entry side by side: a row for each item, and what each sheet comes to."""

from decimal import Decimal
from typing import Any

from scoring import engine
from scoring.engine.arithmetic.rules.rule import exact_sum, mean
from scoring.engine.language.display import plain_points
from submissions.models import Entry, Sheet, User


def sheets_beside(user: User, entry: Entry, own: Sheet | None) -> list[Sheet]:
    """One's own once it is final, and the others that this person sees."""
    visible = Sheet.objects.visible_to(user).filter(entry=entry).select_related("judge").order_by("judge__full_name")
    others = [sheet for sheet in visible if sheet.judge_id != user.pk]
    return ([own] if own and own.status == Sheet.Status.FINAL else []) + others


def table_of(scheme: engine.Scheme, sheets: list[Sheet]) -> dict[str, Any] | None:
    """`average`: of the final sheets, where there are several; only these count."""
    if not sheets:
        return None
    shown = _format(sheets)
    rows = [
        (item, [(sheet, _given(sheet, code, shown), sheet.notes.get(code, "")) for sheet in sheets])
        for code, item in scheme.items.items()
    ]
    totals = [_total(scheme, sheet) for sheet in sheets]
    final = [total for sheet, total in zip(sheets, totals, strict=True) if sheet.status == Sheet.Status.FINAL]
    average = plain_points(f"{mean(exact_sum(final), len(final)):.2f}") if len(final) > 1 else ""
    told = [(sheet, shown.format(total)) for sheet, total in zip(sheets, totals, strict=True)]
    return {"sheets": sheets, "rows": rows, "totals": told, "average": average}


def _format(sheets: list[Sheet]) -> str:
    """Two decimals where any of them needs them: points stand under each other."""
    given = [Decimal(points) for sheet in sheets for points in sheet.points.values()]
    return "{:.0f}" if all(one == one.to_integral_value() for one in given) else "{:.2f}"


def _given(sheet: Sheet, code: str, shown: str) -> str:
    return shown.format(Decimal(sheet.points[code])) if code in sheet.points else "–"


def _total(scheme: engine.Scheme, sheet: Sheet) -> Decimal:
    return exact_sum(Decimal(sheet.points[code]) for code in scheme.items if code in sheet.points)
