"""A round like an earlier one: all of it or nothing, exactly what was shown, and the log explains it."""

import pytest

from scoring.authoring.scalars import with_code
from submissions import intake
from submissions.intake import Conflict, Refused
from submissions.log.check import check
from submissions.models import Entry, Round
from submissions.questions.copying import moved, proposal
from tests import factories as make
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(staff):
    judges = [make.make_user("judge"), make.make_user("judge", is_active=False)]
    round = make.make_round(judges=judges, rank_visibility="full", needs_confirmation=True, ranking="region")
    offices = [make.make_office(code) for code in ("TH-81", "TH-82", "TH-83", "TH-84")]
    entries = intake.enter_offices(round, offices, by=staff)
    intake.withdraw_entry(entries[2], by=staff, reason="ไม่พร้อม")
    intake.take_out_entries(round, [entries[3]], by=staff)
    return round


@pytest.fixture
def edition(source):
    text = source.edition.text.replace("2023-", "2024-")
    return make.make_edition(with_code(text, "cdd40-2567"), "cdd40-2567")


def copied(source, edition, staff, **more) -> Round:
    proposed = proposal(source, edition)
    asked = {"name_th": "รอบปี 2567", "settings": proposed.settings, "shown": proposed.digest} | more
    return intake.copy_round(source, edition, by=staff, **asked)


def test_it_has_its_people_and_its_ways_and_days_a_year_later(source, edition, staff):
    made = copied(source, edition, staff)
    assert made.is_preparing
    assert [entry.office.code for entry in made.entries.order_by("office__code")] == ["TH-81", "TH-82"]
    assert list(made.judges.all()) == [judge for judge in source.judges.all() if judge.is_active]
    assert (made.rank_visibility, made.ranking, made.needs_confirmation) == ("full", "region", True)
    assert made.settings == {code: day.replace("2023", "2024") for code, day in source.settings.items()}
    assert made.clock_offset.days == 0
    assert check(made.entries.all()).findings == []
    assert {event.verb for entry in made.entries.all() for event in entry.events.all()} == {"entry.made"}
    assert source.name_th in str(made.history.last().history_change_reason)


def test_pressed_twice_it_is_made_once(source, edition, staff):
    first = copied(source, edition, staff)
    assert copied(source, edition, staff) == first
    other = copied(source, edition, staff, name_th="รอบอื่น")
    assert other != first
    assert copied(source, edition, make.make_user("staff")) not in (first, other)


def test_it_is_judged_as_its_source_whatever_its_scheme_says(source, staff):
    text = source.edition.text.replace("\ntitle:", "\nblind: true\ntitle:", 1)
    blind = make.make_edition(with_code(text, "cdd40-2567"), "cdd40-2567")
    assert blind.scheme.is_blind
    assert not copied(source, blind, staff).is_blind
    assert make.make_round(edition=blind).is_blind


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_it_is_made_once():
    staff, source = make.make_user("staff"), make.make_round()
    edition = make.make_edition(with_code(source.edition.text, "cdd40-2567"), "cdd40-2567")
    one, other = at_once(*[lambda: copied(source, edition, staff)] * 2)
    assert one == other
    assert Round.objects.exclude(pk=source.pk).get() == one


def test_what_was_changed_since_it_was_shown_is_not_copied_unseen(source, edition, staff):
    shown = proposal(source, edition).digest
    intake.enter_offices(source, [make.make_office("TH-90")], by=staff)
    with pytest.raises(Conflict) as conflict:
        copied(source, edition, staff, shown=shown)
    assert len(conflict.value.current.offices) == 3
    assert Round.objects.count() == 1


def test_all_faults_at_once_and_nothing_is_made(source, edition, staff):
    code = next(iter(edition.scheme.settings))
    with pytest.raises(Refused) as refused:
        copied(source, edition, staff, name_th=" ", settings={code: "tomorrow"})
    assert set(refused.value.reasons) == {"name_th", code}
    source.entries.first().office.__class__.objects.update(size="")
    with pytest.raises(Refused):
        copied(source, edition, staff)
    assert Round.objects.count() == 1, "the round goes with its offices"
    assert Entry.objects.exclude(round=source).count() == 0


def test_only_those_who_run_it_copy_and_no_stage_that_was_opened_from_another(source, edition, staff):
    with pytest.raises(Refused):
        copied(source, edition, make.make_user())
    later = make.make_round(preceding=source)
    with pytest.raises(Refused):
        copied(later, edition, staff)


@pytest.mark.parametrize(
    ("day", "years", "then"),
    [
        ("2023-05-31", 1, "2024-05-31"),
        ("2024-02-29", 1, "2025-02-28"),
        ("2024-02-29", 4, "2028-02-29"),
        ("", 1, ""),
        ("x", 1, ""),
        ("2023-05-31", 9000, ""),
    ],
)
def test_days_move_by_whole_years(day, years, then):
    assert moved(day, years) == then
