"""The schemes worked out once more, by hand and criterion by criterion, to hold the engine against.

Nothing is shared with the engine but the facts: deadlines, thresholds and points are written down again here, each rule
as plain code in the order of its own text. It is slow and says nothing about why.
"""

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


def cdd40(facts: Facts) -> dict[str, Pair]:
    c = Case(facts, "2023-07-31")
    out: dict[str, Pair] = {}
    out["1.1"] = highest([(5, c.ev("1.1.report", "2023-07-31"))])
    out["1.2"] = highest([(5, min(c.ev("1.2.report", "2023-03-31", "r1"), c.ev("1.2.report", "2023-06-30", "r2")))])
    out["1.3"] = ladder(
        [
            (1, c.ev("1.3.training", "2023-03-31")),
            (2, c.ev("1.3.assessment", "2023-05-31")),
            (3, c.ev("1.3.accounts", "2023-05-31")),
            (4, c.ev("1.3.report", "2023-07-31")),
            (5, c.ev("1.3.publication", "2023-07-31", n=2)),
        ]
    )
    out["1.4"] = highest([(5, min(c.ev("1.4.workshop", "2022-12-31"), c.ev("1.4.report", "2023-07-31")))])
    out["2.1.1"] = banded(c, _households(c), 10)
    out["2.1.2"] = _on_time(c, "2.1.2.received_on", "2.1.2.due", _certificate(facts.holidays), 5)
    share = percent(c.v("2.2.1.updated"), Decimal(12))
    out["2.2.1"] = banded(c, _over(share, [(99, 5), (90, 4), (80, 3)], (70, 2), 1), 5)
    out["2.2.2"] = _on_time(c, "2.2.2.recorded_on", "2.2.2.due", lambda day, due: 5 if day <= due else 3, 5)
    out["3.1"] = tally(*(c.ev(f"3.1.{x}", c.close) for x in ("assignment", "plan", "review")))
    out["3.2"] = tally(*(c.ev(f"3.2.{x}", c.close) for x in ("inventory", "accounts", "website")))
    share = percent(c.v("3.3.protected"), c.v("3.3.total"))
    out["3.3"] = banded(c, _over(share, [(99, 5), (95, 4), (90, 3)], (85, 2), 1), 5)
    spring = months("2023-02", 6)
    out["3.4"] = tally(
        min(c.val((c.v("3.4.news", m) or 0) >= 10, last_of(m)) for m in spring),
        min(c.val(_joined(c, m), last_of(m)) for m in spring),
        min(c.val((c.v("3.4.webex", m) or 0) >= 3, last_of(m)) for m in spring),
    )
    out["3.5"] = highest([(5, min(c.ev("3.5.report", last_of(m), m) for m in spring))])
    document, video = c.ev("4.1.document", c.close), c.ev("4.1.video", c.close, n=2, among=SOCIAL)
    complete, extra = c.val(c.v("4.1.parts_complete") is True), c.val(c.v("4.1.extra_content") is True)
    middle = min(document, complete, video)
    out["4.1.1"] = highest([(1, document), (3, middle), (5, min(middle, extra))])
    out["4.1.2"] = _files(c)
    target = {"small": 2000, "medium": 4000, "large": 6000}[facts.size]
    out["4.2"] = ladder(
        [
            (2, c.ev("4.2.committee", "2023-02-28")),
            (4, min(c.ev("4.2.publicity", f"{m}-15", m, n=2) for m in months("2023-03", 5))),
            (6, min(c.ev("4.2.activity", "2023-03-15", "q2"), c.ev("4.2.activity", "2023-06-15", "q3"))),
            (8, c.val((c.v("4.2.downloads") or 0) >= target, D("2023-07-31"))),
            (10, c.ev("4.2.summary", "2023-07-31")),
        ]
    )
    gate = min(c.ev("5.report", "2023-07-31"), c.ev("5.checklist", "2023-07-31"))
    out["5.1"] = judged(c, {"5.1.1": 3, "5.1.2": 3}, gate)
    out["5.2"] = judged(c, {"5.2.1": 1, "5.2.2": 1, "5.2.3": 1, "5.2.4": 1}, gate)
    return out


def _over(share, rows: list[tuple[int, int]], closed: tuple[int, int], rest: int) -> int:
    """Bands that start over a bound, but for one that starts at it."""
    if share is None:
        return 0
    for bound, points in rows:
        if share > bound:
            return points
    return closed[1] if share >= closed[0] else rest


def _households(c: Case) -> int:
    p, sure = percent(c.v("2.1.1.collected"), c.v("2.1.1.target")), c.v("2.1.1.confidence")
    if p is None or sure is None:
        return 0
    if p < 55:
        return 2
    if p <= 97:
        return 4 if sure > 90 else 2
    if p <= 99:
        return 6 if sure > 90 else 4
    if p <= 100:
        return 8 if sure > 95 else 6
    return 10 if sure > 95 else 8


def _on_time(c: Case, code: str, setting: str, points: Callable[[date, date], int], top: int) -> Pair:
    due = c.facts.settings.get(setting)
    if due is None:
        return banded(c, 0, top)
    day, limit = c.v(code), max(c.close, c.facts.settings[setting])
    if day is not None:
        earned = points(day, due) if day <= limit else 0
        return Decimal(earned), Decimal(earned)
    return Decimal(0), Decimal(points(c.now, due) if c.now <= limit else 0)


def _certificate(holidays: frozenset[date]) -> Callable[[date, date], int]:
    def points(day: date, due: date) -> int:
        if day <= due:
            return 5 if day < due else 4
        late, one = 0, due
        while one < day:
            one += timedelta(days=1)
            late += one.weekday() not in (5, 6) and one not in holidays
            if late > 5:
                break
        return 3 if late <= 3 else 2 if late <= 5 else 1

    return points


def _joined(c: Case, month: str) -> bool:
    held, early = c.v("3.4.conference_held", month), c.v("3.4.conference_early", month)
    if held is None:
        return False
    return held == 0 or (early is not None and early >= held)


def _files(c: Case) -> Pair:
    def day(code: str, statuses: tuple[str, ...], hopeful: bool) -> date | None:
        pieces = c.came(code, None, c.close, statuses)
        if pieces:
            return min(c.day(e.submitted_at) for e in pieces)
        return c.now if hopeful and c.now <= c.limit(code, None, c.close) else None

    def points(statuses: tuple[str, ...], hopeful: bool) -> int:
        days = [day(code, statuses, hopeful) for code in ("4.1.document", "4.1.video")]
        if None in days:
            return 0
        later = max(days)
        return 5 if later < D("2023-05-31") else 3 if later == D("2023-05-31") else 1

    return Decimal(points(c.counting, False)), Decimal(points(("accepted", "submitted"), True))


def website(facts: Facts) -> dict[str, Pair]:
    c = Case(facts, "2021-08-31")
    return {code: judged(c, {code: top}) for code, top in {"1": 20, "2": 25, "3": 10, "4": 30, "5": 15}.items()}


def itperson(facts: Facts) -> dict[str, Pair]:
    c = Case(facts, "2021-07-20")
    kinds = [c.ev(f"1.{x}", c.close) for x in ("website", "media", "social", "application")]
    truth = min(c.val(c.v("1.civil_servant") is True), c.ev("1.skill", c.close), max(kinds))
    return {"1": highest([(1, truth)])}


def tambon(facts: Facts) -> dict[str, Pair]:
    c = Case(facts, "2022-09-30")
    items = {"1": "1.1 1.2 1.3", "2": "2.1 2.2 2.3", "3": "3.1 3.2 3.3", "4": "4.1 4.2", "5": "5.1.1 5.1.2 5.2 5.3"}
    return {code: judged(c, dict.fromkeys(listed.split(), 5)) for code, listed in items.items()}


def milestone(facts: Facts) -> dict[str, Pair]:
    c = Case(facts, "2025-09-30")
    april = D("2025-04-30")
    full = [c.val((c.v(f"2025-04.{x}") or 0) >= 100, april) for x in ("collected", "checked", "certified")]
    out = {"2025-04": ladder([*zip((2, 3, 4), full, strict=True), (5, c.ev("2025-04.plan", april))])}
    done, plan, end = c.v("2025-05.presented_on"), c.v("2025-05.planned_on"), D("2025-05-31")
    if done is None:
        kept = MAYBE if c.before_close and c.now <= (end if plan is None else plan) else NO
        late = MAYBE if c.before_close else NO
    elif done > c.close:
        kept = late = NO
    elif plan is None:
        kept = late = MAYBE if c.now <= end else NO
    else:
        kept, late = (YES, NO) if done <= plan else (NO, YES)
    out["2025-05"] = highest([(5, kept), (4, c.ev("2025-05.certificate", end)), (3, late)])
    june = [c.ev(f"2025-06.{x}", "2025-06-30") for x in ("data_and_partners", "district_agencies", "partners")]
    out["2025-06"] = highest(zip((5, 4, 3), june, strict=True))
    for month in ("2025-07", "2025-08", "2025-09"):
        day = D(f"{month}-20")
        passed = YES if c.now > day else MAYBE
        out[month] = highest(
            [(5, c.ev("usage.report", day, month)), (4, c.ev("usage.report", c.close, month)), (3, passed)]
        )
    return out


def missions(facts: Facts) -> dict[str, Pair]:
    c = Case(facts, "2022-09-30")
    return {
        "m1": _level(c, "m1", _m1(c), (22, 44, 66, 88)),
        "m2": _level(c, "m2", _m2(c), (20, 40, 60, 80)),
        "m3": banded(c, _m3(c), 5),
        "m4": _level(c, "m4", _m4(c), (20, 40, 60, 80), cap=100),
        "m5": banded(c, at_least(percent(c.v("m5.repaid"), c.v("m5.overdue")), _FIVES), 5),
        "m6": banded(c, at_least(_change(c.v("m6.debt_now"), c.v("m6.debt_start"), -1), _FIVES), 5),
        "m7": banded(c, at_least(_change(c.v("m7.sales"), c.v("m7.base"), 1), [(10, 5), (8, 4), (6, 3), (4, 2)], 1), 5),
        "m8": _level(c, "m8", _m8(c), (20, 40, 60, 80)),
    }


_FIVES = [(30, 5), (25, 4), (20, 3), (15, 2), (10, 1)]


def _change(now, base, sign: int):
    if base is None:
        return None
    if base == 0:
        return "full"
    return None if now is None else sign * (Fraction(now) - Fraction(base)) * 100 / Fraction(base)


def _share(c: Case, points: int, part, whole, until: date | None = None) -> Pair:
    share = percent(part, whole)
    if share is None:
        return banded(c, 0, points, until)
    earned = Decimal(points) if share == "full" else cents(min(Fraction(points), points * share / 100))
    return banded(c, earned, points, until)


def _counted(points: int, truths: list[int]) -> Pair:
    earned = cents(Fraction(points * truths.count(YES), len(truths)))
    return earned, cents(Fraction(points * (len(truths) - truths.count(NO)), len(truths)))


def _m1(c: Case) -> list[Pair]:
    year_end, year = D("2021-12-31"), months("2022-01", 9)
    target, verified, planned = c.v("m1.1.1.target"), c.v("m1.1.1.verified"), c.v("m1.1.2.planned")
    all_planned = planned is not None and verified is not None and planned >= verified
    visits = min(c.val((c.v("m1.2.1.visits", m) or 0) >= 2, last_of(m)) for m in year)
    return [
        _share(c, 30, verified, target, year_end),
        highest([(10, min(c.val(all_planned), c.val(bool(verified and verified > 0))))]),
        highest([(10, visits)]),
        _share(c, 15, c.v("m1.2.2.1.helped"), c.v("m1.2.2.1.failing")),
        _share(c, 10, c.v("m1.2.2.2.helped"), c.v("m1.2.2.2.failing")),
        banded(c, at_least(percent(c.v("m1.2.3.sustained"), target), [(25, 5), (20, 4), (15, 3), (10, 2), (5, 1)]), 5),
        highest([(10, c.val(c.v("m1.3.1.done") is True))]),
        highest([(10, min(c.ev("m1.3.2.report", last_of(m), m) for m in year))]),
        banded(c, at_least(percent(c.v("m1.4.found"), target), [(5, 10), (3, 5), (1, 3)]), 10, year_end),
    ]


def _disbursed(day: date, extended: bool) -> int:
    if day <= D("2021-12-30"):
        return 50
    for last, points in (("2022-01-31", 40), ("2022-02-28", 30), ("2022-03-31", 20)):
        if extended and day <= D(last):
            return points
    return 0


def _m2(c: Case) -> list[Pair]:
    day, extended = c.v("m2.1.completed_on"), c.v("m2.1.extended")
    if day is not None:
        first = (Decimal(_disbursed(day, extended is True)),) * 2
    else:
        first = Decimal(0), Decimal(_disbursed(c.now, extended is not False))
    series = c.v("m2.3.publicity")
    smallest = min(series.get(m, 0) for m in months("2021-10", 12)) if series else None
    return [
        first,
        banded(c, _complaints(c), 10),
        banded(c, at_least(smallest, [(10, 20), (8, 15), (6, 10)], 5), 20),
        banded(
            c, at_least(percent(c.v("m2.4.successful"), c.v("m2.4.plots")), [(80, 20), (70, 15), (60, 10), (50, 5)]), 20
        ),
    ]


def _complaints(c: Case) -> int:
    complaints, slowest, unresolved = c.v("m2.2.complaints"), c.v("m2.2.slowest_days"), c.v("m2.2.unresolved")
    if complaints is None:
        return 0
    if complaints == 0:
        return 10
    if (unresolved or 0) == 0 and slowest is not None:
        for days, points in ((7, 8), (15, 6), (30, 4)):
            if slowest <= days:
                return points
    return 2


def _m3(c: Case) -> int:
    events, registered, channels = c.v("m3.events") or 0, c.v("m3.registered"), c.v("m3.channels")
    if registered is None or channels is None:
        return 0
    shares = [100 if registered == 0 else Fraction(n) * 100 / Fraction(registered) for n in channels.values()]
    for level, least, count, share in ((5, 16, 3, 5), (4, 12, 2, 4), (3, 8, 1, 3), (2, 4, 1, 2), (1, 0, 1, 1)):
        if events >= least and sum(s >= share for s in shares) >= count:
            return level
    return 0


def _m4(c: Case) -> list[Pair]:
    done = at_least(c.v("m4.2.percent"), [(30, 60), (20, 40), (10, 20)])
    return [highest([(50, c.ev("m4.1.plan", "2022-01-31"))]), banded(c, done, 60, D("2022-06-30"))]


def _m8(c: Case) -> list[Pair]:
    target = Decimal({"small": 2000, "medium": 4000, "large": 6000}[c.facts.size])
    quarters = (("q2", "2022-03-15"), ("q3", "2022-06-15"), ("q4", "2022-08-15"))
    return [
        highest([(5, c.ev("m8.1.1.order", "2022-03-31"))]),
        highest([(5, c.ev("m8.1.2.meeting", "2022-03-31"))]),
        _counted(10, [c.ev("m8.1.3.update", f"{m}-15", m) for m in months("2021-10", 12)]),
        _counted(20, [c.ev("m8.2.publicity", f"{m}-15", m, n=2) for m in months("2022-01", 9)]),
        _counted(30, [c.ev("m8.3.activity", day, q) for q, day in quarters]),
        _share(c, 30, c.v("m8.4.downloads"), target),
    ]


def _level(c: Case, mission: str, parts: list[Pair], bounds: tuple[int, ...], cap: int | None = None) -> Pair:
    def level(total: Decimal) -> int:
        whole = (total if cap is None else min(total, Decimal(cap))).quantize(Decimal(1), ROUND_HALF_UP)
        return 1 + sum(whole > bound for bound in bounds)

    given = any(c.v(code) not in (None, {}) for code in c.facts.values if code.startswith(f"{mission}."))
    own = [e for e in c.facts.evidence if e.requirement.startswith(f"{mission}.")]
    there = [e for e in own if e in c.came(e.requirement, e.period, c.close, ("accepted", "submitted"))]
    counted = any(e.status in c.counting for e in there)
    runs = any(x.requirement.startswith(f"{mission}.") and c.now <= x.until for x in c.facts.extensions)
    hope = c.before_close or runs or given or bool(there)
    earned = level(sum(part[0] for part in parts)) if given or counted else 0
    return Decimal(earned), Decimal(level(sum(part[1] for part in parts)) if hope else 0)


def work_out(facts: Facts) -> dict[str, Pair]:
    """(earned, attainable) of every criterion of the facts' scheme."""
    schemes = {
        "cdd40-2566": cdd40,
        "website-2564": website,
        "itperson-2564": itperson,
        "tambon-2565": tambon,
        "missions-2565": missions,
        "milestone-2568": milestone,
    }
    return schemes[facts.scheme](facts)
