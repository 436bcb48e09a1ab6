"""Random facts of a scheme, near its edges: hypothesis strategies built from nothing but the scheme's declarations.

Hypothesis examines each strategy before it first draws from it, which takes longer than drawing: strategies are kept.
"""

import functools
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from scoring.engine import BANGKOK, CHANNELS, Evidence, Extension, Facts, Scheme, Sheet

MOMENTS = (time(0), time(12), time(23, 59, 59), time(23, 59, 59, 999999))
SOMETIMES, OFTEN, MOSTLY = st.booleans(), st.integers(0, 3), st.integers(0, 4)  # a number but 0 is true


def kept_for_each_scheme(make: Callable[..., st.SearchStrategy]) -> Callable[..., st.SearchStrategy]:
    """A scheme has no hash; it lives as long as its strategies, and its id with it."""
    kept: dict[tuple, st.SearchStrategy] = {}

    @functools.wraps(make)
    def strategy(scheme: Scheme, *more, **options) -> st.SearchStrategy:
        key = (id(scheme), more, *options.items())
        if key not in kept:
            kept[key] = make(scheme, *more, **options)
        return kept[key]

    return strategy


@functools.cache
def one_of(*codes: str) -> st.SearchStrategy[str]:
    return st.sampled_from(codes)


@functools.cache
def days_near(*days: date) -> st.SearchStrategy[date]:
    return st.builds(
        lambda day, away: day + timedelta(away),
        st.sampled_from(days),
        st.sampled_from((-40, -3, -1, 0, 0, 1, 2, 6, 40)),
    )


@functools.cache
def moments_near(*days: date) -> st.SearchStrategy[datetime]:
    return st.builds(
        lambda day, moment: datetime.combine(day, moment, BANGKOK), days_near(*days), st.sampled_from(MOMENTS)
    )


def _dues(scheme: Scheme) -> list[date]:
    dues = {scheme.close, *(one.due for one in scheme.requirements.values())}
    dues |= {period.due for period in scheme.periods.values()}
    dues |= {value.until for value in scheme.values.values()}
    return sorted(dues)


SOME_CHANNELS = st.lists(one_of(*CHANNELS), max_size=3)


@kept_for_each_scheme
@st.composite
def evidence_of(draw: st.DrawFn, scheme: Scheme, ref: str) -> Evidence:
    required = scheme.requirements[draw(one_of(*scheme.requirements))]
    period = draw(one_of(*(one.code for one in required.periods))) if required.periods else None
    return Evidence(
        requirement=required.code,
        period=period,
        submitted_at=draw(moments_near(required.due_in(period), scheme.close)),
        status=draw(one_of("accepted", "accepted", "submitted", "returned", "draft")),
        channels=frozenset(draw(SOME_CHANNELS)),
        ref=ref,
    )


@kept_for_each_scheme
@st.composite
def extension_of(draw: st.DrawFn, scheme: Scheme) -> Extension:
    required = scheme.requirements[draw(one_of(*scheme.requirements))]
    period = draw(one_of(*(one.code for one in required.periods))) if required.periods else None
    return Extension(required.code, draw(days_near(required.due_in(period), scheme.close)), period)


NUMBERS = st.one_of(
    st.sampled_from([Decimal(n) for n in (0, 1, 2, 3, 6, 9, 10, 12, 54, 55, 85, 90, 95, 97, 99, 100, 101, 1999, 2000)]),
    st.decimals(0, 200, places=2, allow_nan=False),
)
MAPS = st.dictionaries(one_of("shop", "live", "web", "ร้าน"), NUMBERS)


@kept_for_each_scheme
@st.composite
def value_of(draw: st.DrawFn, scheme: Scheme, code: str) -> object:
    value = scheme.values[code]
    if value.is_series:
        months = [one.code for one in value.periods]
        return {month: draw(NUMBERS) for month in months if draw(MOSTLY)}
    if value.kind == "map":
        return draw(MAPS)
    if value.kind == "date":
        return draw(days_near(scheme.close, *_dues(scheme)))
    if value.kind == "boolean":
        return draw(SOMETIMES)
    number = draw(NUMBERS)
    return number if value.above is None else max(number, value.above + 1)


PLACES = st.integers(0, 3)
points_to = functools.cache(lambda most, places: st.decimals(0, most, places=places))


@kept_for_each_scheme
@st.composite
def sheet_of(draw: st.DrawFn, scheme: Scheme) -> Sheet:
    items = [item for item in scheme.items.values() if draw(OFTEN)]
    points = {item.code: draw(points_to(item.max, draw(PLACES))) for item in items}
    return Sheet(draw(one_of("J1", "J2", "J3")), points)


@kept_for_each_scheme
@st.composite
def facts_of(draw: st.DrawFn, scheme: Scheme, past_only: bool = False) -> Facts:
    """Facts of an entrant. With `past_only` nothing is dated after `as_of`."""
    as_of = draw(moments_near(*_dues(scheme)))
    count = draw(st.integers(0, 12)) if scheme.requirements else 0
    evidence = [draw(evidence_of(scheme, f"e{n}")) for n in range(count)]
    if scheme.requirements and draw(SOMETIMES):  # nearly everything in, so that the upper steps are reached too
        evidence += _complete(scheme, draw)
    values = {code: draw(value_of(scheme, code)) for code in scheme.values if draw(MOSTLY)}
    settings = {code: draw(days_near(*_dues(scheme))) for code in scheme.settings if draw(MOSTLY)}
    if past_only:
        evidence = [one for one in evidence if one.submitted_at <= as_of]
        values = {
            code: given
            for code, given in values.items()
            if type(given) is not date or scheme.values[code].may_be_ahead or given <= as_of.date()
        }
    return Facts(
        scheme=scheme.code,
        entrant="TH-81",
        as_of=as_of,
        basis=draw(one_of("verified", "claimed")),
        size=draw(one_of(*(size.code for size in scheme.sizes))) if scheme.sizes else None,
        settings=settings,
        holidays=frozenset(draw(st.lists(days_near(*_dues(scheme)), max_size=3))),
        values=values,
        evidence=tuple(evidence),
        extensions=tuple(draw(st.lists(extension_of(scheme), max_size=2))) if scheme.requirements else (),
        expected_sheets=draw(st.sampled_from((None, 0, 1, 3))),
        sheets=tuple(draw(st.lists(sheet_of(scheme), max_size=3))) if scheme.items else (),
    )


def _complete(scheme: Scheme, draw: st.DrawFn) -> list[Evidence]:
    left_out = draw(st.integers(0, 8))
    slots = [(one, period.code) for one in scheme.requirements.values() for period in one.periods]
    slots += [(one, None) for one in scheme.requirements.values() if not one.periods]
    return [
        Evidence(
            requirement=required.code,
            period=period,
            submitted_at=datetime.combine(required.due_in(period) - timedelta(n % 3), time(12), BANGKOK),
            status="submitted" if n % 11 == left_out else "accepted",
            channels=frozenset(required.allowed_channels[:2]),
            ref=f"c{n}",
        )
        for n, (required, period) in enumerate(slots)
        if n % 13 != left_out
    ]
