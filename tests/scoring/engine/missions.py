"""The missions of 2565, worked out by hand: each mission by its parts, and their level."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from scoring.engine import Facts
from tests.scoring.engine.case import NO, YES, Case, D, Pair, at_least, banded, cents, highest, last_of, months, percent


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
