"""How entries stand with what they owe: whatever was handed in, the database counts what each cell says by itself."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from scoring.engine import day_of
from submissions.models import Entry, Extension
from submissions.questions.owing import NEAR, OWED, Owing, Tally, owed_in, tallies
from tests import factories as make

pytestmark = pytest.mark.django_db
DAYS = [date(2023, 2, 1) + timedelta(days=number) for number in range(200)]
STATUSES = ("accepted", "submitted", "returned", "withdrawn")


def near(day: date) -> list[date]:
    return [day + timedelta(days=number) for number in (-1, 0, 0, 1)]


def fill(entries, demands, today: date, chance: random.Random) -> None:
    """Any facts there may be, on days where something turns; more than once in one place, some that nobody asks for."""
    for entry in entries:
        for demand in demands:
            code, period = demand.slot
            days = [*near(demand.day), *near(today), *near(today + NEAR), chance.choice(DAYS)]
            if demand.kind == "requirement":
                for _ in range(chance.choice((0, 1, 1, 2, 3))):
                    moment = make.at(chance.choice(days).isoformat(), chance.choice(("00:00", "23:59:59.999999")))
                    make.make_evidence(entry, code, period, status=chance.choice(STATUSES), submitted_at=moment)
                for _ in range(chance.choice((0, 0, 1, 1, 2))):
                    make.make_extension(entry, code, chance.choice(days).isoformat(), period)
            elif demand.kind == "value" and chance.random() < 0.5:
                source = chance.choice(("office", "central", "import"))
                moment = make.at(chance.choice(days).isoformat(), "23:59:59.999999")
                make.make_value(entry, code, "1", period, source=source, entered_at=moment)
        make.make_evidence(entry, "asked.no.more", submitted_at=make.at("2023-02-02"))
        make.make_evidence(entry, "1.1.report", "no-such-period", submitted_at=make.at("2023-02-02"))


def by_hand(entry: Entry, demand, today: date) -> tuple[str, date, int, bool]:
    """The state of a cell, its last day, the days it is late, and whether it has more time: as its words say it."""
    code, period = demand.slot
    until, pieces = demand.day, []
    if demand.kind == "requirement":
        more = [one.until for one in entry.extensions.all() if (one.requirement, one.period) == (code, period)]
        until = max([demand.day, *more])
        pieces = [one for one in entry.evidence.all() if (one.requirement, one.period) == (code, period)]
    else:
        [*amounts] = [one for one in entry.values.all() if (one.code, one.period) == (code, period)]
        if amounts:
            return "done", until, max(0, (day_of(amounts[0].entered_at) - until).days), False
    for status, state in (("accepted", "done"), ("submitted", "submitted")):
        if times := [one.submitted_at for one in pieces if one.status == status]:
            return state, until, max(0, (day_of(min(times)) - until).days), until > demand.day
    if any(one.status == "returned" for one in pieces):
        return "returned", until, 0, until > demand.day
    if until < today:
        return "late", until, (today - until).days, until > demand.day
    return "missing" if until <= today + NEAR else "ahead", until, 0, until > demand.day


def counted(cells, today: date) -> Tally:
    cells = list(cells)
    due = [(state, days) for state, until, days, _more in cells if until < today]
    complete = [days for state, days in due if state in ("done", "submitted")]
    return Tally(
        counts=Counter(state for state, *_rest in cells),
        due=len(due),
        complete=len(complete),
        punctual=sum(days == 0 for days in complete),
        extended=sum(more for *_rest, more in cells),
    )


@pytest.mark.parametrize("seed", range(8))
def test_whatever_was_handed_in_each_cell_and_every_count_say_the_same(seed):
    chance = random.Random(seed)
    today = chance.choice(DAYS)
    round = make.make_round(make.at(today.isoformat(), "12:00"))
    entries = [make.make_entry(round) for _ in range(3)]
    make.make_evidence(make.make_entry(make.make_round()), submitted_at=make.at("2023-02-02"))  # another round's
    demands = chance.sample(owed_in(round), 14)
    fill(entries, demands, today, chance)
    owing = Owing(round, Entry.objects.filter(round=round), demands)
    hand = {(entry.pk, demand.key): by_hand(entry, demand, today) for entry in entries for demand in demands}
    assert {place: tuple(cell) for place, cell in owing.cells(entry.pk for entry in entries).items()} == hand
    for by in ("entry", "demand"):
        [found] = tallies([owing], by)
        keys = [str(entry.pk) for entry in entries] if by == "entry" else [demand.key for demand in demands]
        place = 0 if by == "entry" else 1
        expected = {key: counted((cell for at, cell in hand.items() if str(at[place]) == key), today) for key in keys}
        assert found == expected


def test_a_last_day_lasts_until_midnight_in_bangkok():
    round = make.make_round(make.at("2023-07-31", "23:59"))
    entry = make.make_entry(round)
    demand = next(one for one in owed_in(round) if one.code == "1.1.report")
    owing = Owing(round, Entry.objects.filter(round=round), [demand])
    assert owing.cells([entry.pk])[entry.pk, demand.key].state == "missing"
    round.clock_offset += timedelta(minutes=1)
    owing = Owing(round, Entry.objects.filter(round=round), [demand])
    assert owing.cells([entry.pk])[entry.pk, demand.key] == ("late", date(2023, 7, 31), 1, False)


@pytest.mark.parametrize(("until", "punctual"), [("2023-08-02", 0), ("2023-08-03", 1)])
def test_more_time_ends_with_its_last_day(until, punctual):
    round = make.make_round(make.at("2023-08-10"))
    entry = make.make_entry(round)
    make.make_evidence(entry, "1.1.report", status="accepted", submitted_at=make.at("2023-08-03", "23:59"))
    make.make_extension(entry, "1.1.report", until)
    demand = next(one for one in owed_in(round) if one.code == "1.1.report")
    [found] = tallies([Owing(round, Entry.objects.filter(round=round), [demand])], "entry")
    assert (found[str(entry.pk)].complete, found[str(entry.pk)].punctual) == (1, punctual)


def test_of_a_map_any_amount_will_do():
    round = make.make_contest_round("missions-2565", now=make.at("2022-06-01"))
    demand = next(
        one
        for one in owed_in(round)
        if round.scheme.values.get(one.code, None) and round.scheme.values[one.code].kind == "map"
    )
    entry, other = make.make_entry(round), make.make_entry(round)
    for name, day in (("ที่หนึ่ง", "2022-01-10"), ("ที่สอง", "2022-01-12")):
        make.make_value(entry, demand.code, "3", name, entered_at=make.at(day))
    owing = Owing(round, Entry.objects.filter(round=round), [demand])
    cells = owing.cells([entry.pk, other.pk])
    assert cells[entry.pk, demand.key].state == "done"
    assert cells[other.pk, demand.key].state != "done"
    [found] = tallies([owing], "entry")
    assert found[str(entry.pk)].counts["done"] == 1
    assert found[str(other.pk)].counts["done"] == 0


def test_naming_is_owed_and_counted(chonburi):
    from tests.submissions.conftest import make_tambons, own

    first, second = make_tambons(chonburi, 2)
    first.nominee_office = own(first.office)
    first.save()
    owing = Owing(first.round, Entry.objects.filter(round=first.round), owed_in(first.round))
    key = next(key for key, demand in owing.demands.items() if demand.kind == "naming")
    cells = owing.cells([first.pk, second.pk])
    assert [cells[one.pk, key].state for one in (first, second)] == ["done", "missing"]
    [found] = tallies([owing], "demand")
    assert (found[key].counts["done"], found[key].counts["missing"]) == (1, 1)


def test_several_rounds_are_counted_in_one_statement(django_assert_num_queries):
    rounds = [make.make_round(), make.make_round(make.at("2023-03-01"))]
    for round in rounds:
        make.make_entry(round)
        owed_in(round)  # which reads the edition
    owings = [Owing(round, Entry.objects.filter(round=round), owed_in(round)) for round in rounds]
    with django_assert_num_queries(1):
        july, march = tallies(owings, "demand")
    key = "requirement|3.5.report|2023-02"
    assert (july[key].counts["late"], march[key].counts["late"]) == (1, 1)
    key = "requirement|3.5.report|2023-06"
    assert (july[key].counts["late"], march[key].counts["ahead"]) == (1, 1)
    assert tallies([], "demand") == []


def test_per_cents_are_rounded_down_and_none_where_nothing_was_due():
    assert (Tally().completeness, Tally().punctuality) == (None, None)
    tally = Tally(Counter(late=1, done=998, submitted=1), due=1000, complete=999, punctual=991)
    assert (tally.completeness, tally.punctuality, tally.came_late) == (99, 99, 8)
    assert tally.owed == sum(tally.counts[state] for state in OWED) == 1


def test_what_is_only_begun_is_nothing_and_a_withdrawal_uncovers_what_came_before():
    round = make.make_round()
    entry = make.make_entry(round)
    entry.answers.create(form="innovation-report", data={"a": "b"}, saved_at=make.NOW)
    make.make_evidence(entry, "3.1.plan", status="returned")
    make.make_evidence(entry, "3.1.plan", status="withdrawn")
    owing = Owing(round, Entry.objects.filter(round=round), owed_in(round))
    cells = owing.cells([entry.pk])
    assert cells[entry.pk, "requirement|5.report|"].state == "missing"
    assert cells[entry.pk, "requirement|3.1.plan|"].state == "returned"
    assert not Extension.objects.exists()
