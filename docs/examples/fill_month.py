"""Enters values of one month from a spreadsheet: an example of a program that uses the portal's client.

    pip install cdd4_client-1-py3-none-any.whl openpyxl     (the wheel: `make client`)
    CDD4_URL=https://portal.example CDD4_TOKEN=... python fill_month.py 12 2023-07 values.xlsx

12 is the entry's id, as `GET /api/v1/entries/` tells it. The sheet has a value's code in its first column and the
amount in its second; its first row is their names. All amounts are entered, or none: then it says which lines
were refused and why, and ends with status 1.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from cdd4_client import AuthenticatedClient
from cdd4_client.api.values import enter_values, list_values
from cdd4_client.models import AmountRequest, AmountsRequest, Problem
from openpyxl import load_workbook


def read_amounts(path: Path) -> dict[str, str]:
    """{code: amount} of the lines that have both."""
    sheet = load_workbook(path, read_only=True, data_only=True).active
    rows = sheet.iter_rows(min_row=2, max_col=2, values_only=True)
    return {str(code).strip(): str(amount).strip() for code, amount in rows if code and amount is not None}


def fill(portal: AuthenticatedClient, entry: int, period: str, amounts: Mapping[str, str]) -> list[str]:
    """Enter the amounts of a period. What was refused, a line each; [] when all are entered."""
    there = list_values.sync(entry, client=portal)
    if isinstance(there, Problem):
        return [there.detail]
    revisions = {(value.code, value.period): value.revision for value in there.values}
    said = [
        AmountRequest(code=code, period=period, amount=amount, revision=revisions.get((code, period), 0))
        for code, amount in amounts.items()
    ]
    answer = enter_values.sync(entry, client=portal, body=AmountsRequest(values=said))
    return refusals(answer, list(amounts)) if isinstance(answer, Problem) else []


def refusals(problem: Problem, codes: list[str]) -> list[str]:
    """Its reasons, a line each: `values.0.amount` is about the first code."""
    errors = problem.errors.additional_properties if problem.errors else {}
    named = {f"values.{place}.amount": code for place, code in enumerate(codes)}
    lines = [f"{named.get(field, field)}: {reason}" for field, reasons in errors.items() for reason in reasons]
    return lines or [problem.detail]


def main() -> int:
    entry, period, path = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    portal = AuthenticatedClient(os.environ["CDD4_URL"], token=os.environ["CDD4_TOKEN"], prefix="Token")
    lines = fill(portal, entry, period, read_amounts(path))
    print("\n".join(lines) if lines else "Entered.")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
