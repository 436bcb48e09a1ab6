"""The schemes worked out once more, by hand and criterion by criterion, to hold the engine against.

Nothing is shared with the engine but the facts: deadlines, thresholds and points are written down again here, each rule
as plain code in the order of its own text. It is slow and says nothing about why.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from scoring.engine import Facts
from tests.scoring.engine.case import (
    MAYBE,
    NO,
    SOCIAL,
    YES,
    Case,
    D,
    Pair,
    banded,
    highest,
    judged,
    ladder,
    last_of,
    months,
    percent,
    tally,
)
from tests.scoring.engine.missions import missions


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
