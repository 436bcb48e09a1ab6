"""One entrant's facts with what rules ask of them, and the ways in which points are worked out by hand."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from scoring.engine import Facts

SOCIAL = {"facebook", "line", "youtube", "tiktok", "instagram", "x"}
NO, MAYBE, YES = 0, 1, 2
Pair = tuple[Decimal, Decimal]


def D(text: str) -> date:
    return date.fromisoformat(text)


def months(first: str, count: int) -> list[str]:
    year, month = map(int, first.split("-"))
    return [f"{year + (month - 1 + n) // 12}-{(month - 1 + n) % 12 + 1:02}" for n in range(count)]


def last_of(month: str) -> date:
    following = D(f"{months(month, 2)[1]}-01")
    return following - timedelta(days=1)


def cents(number: Fraction) -> Decimal:
    exact = Decimal(number.numerator * 10**30 // number.denominator).scaleb(-30)
    remainder = number - Fraction(exact)
    exact += Decimal("1e-30") if remainder else 0
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


class Case:
    """One entrant's facts with the few questions that the rules put to them."""

    def __init__(self, facts: Facts, close: str) -> None:
        self.facts, self.close = facts, D(close)
        self.now = self.day(facts.as_of)
        self.before_close = self.now <= self.close

    @staticmethod
    def day(moment) -> date:
        return moment.astimezone(ZoneInfo("Asia/Bangkok")).date()

    def v(self, code: str, month: str | None = None):
        given = self.facts.values.get(code)
        if given is not None and month is not None:
            return given.get(month)
        if type(given) is date and not code.endswith("planned_on") and given > self.now:
            return None
        return given

    def limit(self, code: str, period: str | None, due: date) -> date:
        longer = [x.until for x in self.facts.extensions if x.requirement == code and x.period == period]
        return max([due, *longer])

    def came(self, code: str, period: str | None, due: date, statuses: tuple[str, ...]) -> list:
        limit = self.limit(code, period, due)
        return [
            e
            for e in self.facts.evidence
            if e.requirement == code
            and e.period == period
            and e.submitted_at <= self.facts.as_of
            and self.day(e.submitted_at) <= limit
            and e.status in statuses
        ]

    @property
    def counting(self) -> tuple[str, ...]:
        return ("accepted",) if self.facts.basis == "verified" else ("accepted", "submitted")

    def ev(self, code: str, due: str | date, period: str | None = None, n: int = 0, among: set | None = None) -> int:
        due = D(due) if isinstance(due, str) else due

        def enough(pieces: list) -> bool:
            named = {c for e in pieces for c in e.channels}
            return bool(pieces) and (len(named & among if among else named) >= n)

        if enough(self.came(code, period, due, self.counting)):
            return YES
        if self.now <= self.limit(code, period, due) or enough(self.came(code, period, due, ("accepted", "submitted"))):
            return MAYBE
        return NO

    def val(self, holds: bool, by: date | None = None) -> int:
        return YES if holds else MAYBE if self.now <= (by or self.close) else NO


def both(points: Callable[[int], Decimal | int]) -> Pair:
    """Points with a truth at least YES, and at least MAYBE."""
    return Decimal(points(YES)), Decimal(points(MAYBE))


def ladder(steps: Iterable[tuple[int, int]]) -> Pair:
    steps = list(steps)

    def reach(bar: int) -> int:
        best = 0
        for points, truth in steps:
            if truth < bar:
                break
            best = points
        return best

    return both(reach)


def highest(steps: Iterable[tuple[int, int]]) -> Pair:
    steps = list(steps)
    return both(lambda bar: max((points for points, truth in steps if truth >= bar), default=0))


def tally(*truths: int) -> Pair:
    return both(lambda bar: {0: 0, 1: 1, 2: 3, 3: 5}[sum(truth >= bar for truth in truths)])


def banded(case: Case, earned: int | Decimal, top: int, until: date | None = None) -> Pair:
    return Decimal(earned), Decimal(top) if case.now <= (until or case.close) else Decimal(earned)


def percent(part, whole) -> Fraction | str | None:
    if whole is None:
        return None
    if whole == 0:
        return "full"
    return None if part is None else Fraction(part) * 100 / Fraction(whole)


def at_least(share, rows: list[tuple[int, int]], rest: int = 0) -> int:
    if share is None:
        return 0
    if share == "full":
        return rows[0][1]
    return next((points for bound, points in rows if share >= bound), rest)


def judged(case: Case, items: dict[str, int], gate: int = YES) -> Pair:
    earned = attainable = Decimal(0)
    expected = len(case.facts.sheets) if case.facts.expected_sheets is None else case.facts.expected_sheets
    for item, top in items.items():
        given = [Fraction(s.points[item]) for s in case.facts.sheets if item in s.points]
        if not given:
            attainable += top
            continue
        earned += cents(sum(given) / len(given))
        missing = max(0, expected - len(given))
        attainable += cents((sum(given) + missing * top) / (len(given) + missing))
    return (earned if gate == YES else Decimal(0)), (attainable if gate >= MAYBE else Decimal(0))
