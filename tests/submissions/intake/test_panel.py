"""Who of the committee judges what: conflicts of interest, entries shared out, one judge going on for another."""

import random
from contextlib import suppress
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from scoring import recompute
from submissions import intake
from submissions.intake import Refused, claims, evidence, judging, panel, second_readings, undoing
from submissions.log.check import check
from submissions.models import Claim, Entry, Event, Evidence, Sheet
from submissions.models.entries import EntryQuerySet
from submissions.notices.people import committee_of
from submissions.questions.panel import Panel, judges_of
from tests import factories as make

pytestmark = pytest.mark.django_db
FULL = {"5.1.1": "3", "5.1.2": "2.5", "5.2.1": "1", "5.2.2": "1", "5.2.3": "0.5", "5.2.4": "0"}


class World:
    """Four provinces, two of them in a region; four judges, the last of whom judges in the region alone."""

    def __init__(self) -> None:
        self.region = make.make_office("R-05", kind="region", size="")
        self.judges = [make.make_user("judge", full_name=f"กรรมการ {n}") for n in range(3)]
        self.judges.append(make.make_user("judge", office=self.region, full_name="กรรมการเขต"))
        self.staff = make.make_user("staff")
        self.round = make.make_round(judges=self.judges)
        places = [make.make_office(f"TH-{n}", parent=self.region if n < 12 else None) for n in range(10, 14)]
        self.entries = intake.enter_offices(self.round, places, by=self.staff)

    def again(self) -> "World":
        self.round.refresh_from_db()
        self.entries = list(Entry.objects.with_committee().filter(round=self.round).order_by("pk"))
        return self


@pytest.fixture
def world() -> World:
    return World()


def who_judges(world: World) -> dict[int, set[int]]:
    """By each of the ways in which it is asked, which must agree."""
    world.again()
    seen = {entry.pk: set() for entry in world.entries}
    for judge in world.judges:
        for pk in Entry.objects.visible_to(judge).values_list("pk", flat=True):
            seen[pk].add(judge.pk)
    panel = Panel(world.round)
    assert {entry.pk: {judge.pk for judge in panel.judges(entry)} for entry in panel.entries} == seen
    assert {entry.pk: entry.expected_sheets for entry in world.entries} == {pk: len(who) for pk, who in seen.items()}
    assert {judge.pk for judge in committee_of(world.entries[0])} == seen[world.entries[0].pk]
    assert {judge.pk for judge in judges_of(world.entries[-1])} == seen[world.entries[-1].pk]
    return seen


def test_whoever_asks_hears_the_same_of_who_judges_what_and_the_log_explains_it(world):
    chance = random.Random(5)
    everybody = who_judges(world)
    for _deed in range(12):
        deeds = [
            lambda: intake.say_conflicts(
                chance.sample(world.entries, 2), chance.choice(world.judges), by=world.staff, reason="เคยทำงานที่นั่น"
            ),
            lambda: intake.say_conflicts(
                [world.entries[0]], chance.choice(world.judges), by=world.staff, reason="ไม่เกี่ยวข้อง", stands=False
            ),
            lambda: intake.draw_judges(world.round, by=world.staff, per_entry=chance.choice([1, 2, 3])),
            lambda: intake.assign_judges(
                world.round, {world.entries[0].pk: [world.judges[chance.randrange(3)].pk]}, by=world.staff
            ),
            lambda: intake.hand_over(world.round, *chance.sample(world.judges[:3], 2), by=world.staff, reason="ลาป่วย"),
        ]
        with suppress(Refused):
            chance.choice(deeds)()
        who_judges(world)
    assert check().findings == []
    intake.let_everybody_judge(world.round, by=world.staff)
    for judge in world.judges:
        intake.say_conflicts(world.entries, judge, by=world.staff, reason="ตรวจแล้ว", stands=False)
    assert who_judges(world) == everybody
    assert check().findings == []


def test_the_sheet_of_who_stands_aside_counts_no_more_and_is_waited_for_no_more(world):
    entry, judge, other = world.entries[0], world.judges[0], world.judges[1]
    intake.save_sheet(entry, by=judge, points=FULL, final=True)
    intake.save_sheet(entry, by=other, points=FULL | {"5.1.1": "1"}, final=True)
    before = Entry.objects.get(pk=entry.pk).facts_version
    assert intake.say_conflicts([entry], judge, by=judge, reason="บ้านเกิด") == 1
    assert Entry.objects.get(pk=entry.pk).facts_version > before, "its score is made anew"
    facts = recompute.read_facts(recompute.read_entries([entry.pk]), None)[entry.pk]
    assert ([sheet.judge for sheet in facts.sheets], facts.expected_sheets) == ([str(other.pk)], 3)
    assert not Sheet.objects.visible_to(judge).exists()
    with pytest.raises(Refused):
        intake.save_sheet(entry, by=judge, points=FULL)
    with pytest.raises(Refused):  # who stood aside does not come back alone
        intake.say_conflicts([entry], judge, by=judge, reason="ขอกลับ", stands=False)
    intake.say_conflicts([entry], judge, by=world.staff, reason="ตรวจแล้ว", stands=False)
    facts = recompute.read_facts(recompute.read_entries([entry.pk]), None)[entry.pk]
    assert (len(facts.sheets), facts.expected_sheets) == (2, 4)


def test_only_the_judge_and_who_runs_the_round_say_that_somebody_stands_aside(world):
    entry, judge = world.entries[0], world.judges[0]
    for person in (world.judges[1], make.make_user(office=entry.office)):
        with pytest.raises(Refused):
            intake.say_conflicts([entry], judge, by=person, reason="x")
    with pytest.raises(Refused) as refused:
        intake.say_conflicts([entry], judge, by=judge, reason=" ")
    assert set(refused.value.reasons) == {"reason"}


def test_who_gave_a_final_sheet_keeps_the_entry_whatever_is_drawn(world):
    entry, judge = world.entries[0], world.judges[0]
    intake.save_sheet(entry, by=judge, points=FULL, final=True)
    for seed in ("1", "2", "3"):
        assert intake.draw_judges(world.round, by=world.staff, per_entry=1, seed=seed) == seed
        assert who_judges(world)[entry.pk] == {judge.pk}
    assert (world.round.assignment, world.round.seed) == ("random", "3")
    sealed = Event.objects.filter(verb="judges.assigned").last().data
    assert (sealed["way"], sealed["seed"]) == ("random", "1")


def test_a_reserve_goes_on_where_a_judge_can_t(world):
    reserve, judge = make.make_user("judge", full_name="กรรมการสำรอง"), world.judges[0]
    world.judges.append(reserve)
    done, *left = world.entries
    intake.save_sheet(done, by=judge, points=FULL, final=True)
    with pytest.raises(Refused) as refused:
        intake.hand_over(world.round, judge, reserve, by=world.staff, reason="")
    assert "reason" in refused.value.reasons
    assert intake.hand_over(world.round, judge, reserve, by=world.staff, reason="ป่วย") == 3
    judged = who_judges(world)
    assert judge.pk in judged[done.pk]
    assert reserve.pk not in judged[done.pk]
    assert all(reserve.pk in judged[entry.pk] and judge.pk not in judged[entry.pk] for entry in left)
    assert check().findings == []


def test_nobody_is_assigned_what_they_stand_aside_from(world):
    entry, judge = world.entries[0], world.judges[0]
    intake.say_conflicts([entry], judge, by=world.staff, reason="ญาติ")
    with pytest.raises(Refused) as refused:
        intake.assign_judges(world.round, {entry.pk: [judge.pk, 999_999]}, by=world.staff)
    assert len(refused.value.reasons["judges"]) == 2
    for person in (judge, make.make_user()):
        with pytest.raises(Refused):
            intake.draw_judges(world.round, by=person, per_entry=2)


def meanwhile(monkeypatch, module, name: str, deed) -> None:
    """Somebody else's deed is done just before this one gets hold of its entries."""
    original, left = getattr(module, name), [deed]

    def hold(*args, **more):
        while left:
            left.pop()()
        return original(*args, **more)

    monkeypatch.setattr(module, name, hold)


def test_a_sheet_that_comes_in_as_its_entry_goes_to_another_judge_is_refused(world, monkeypatch):
    entry, judge, other = world.entries[0], world.judges[0], world.judges[1]
    wanted = {one.pk: [other.pk] for one in world.entries}
    meanwhile(monkeypatch, judging, "hold", lambda: intake.assign_judges(world.round, wanted, by=world.staff))
    with pytest.raises(Refused):
        intake.save_sheet(entry, by=judge, points=FULL, final=True)
    assert not Sheet.objects.exists()


def test_a_final_sheet_that_comes_in_as_entries_are_drawn_keeps_its_entry(world, monkeypatch):
    entry, judge = world.entries[0], world.judges[0]
    final = partial(intake.save_sheet, entry, by=judge, points=FULL, final=True)
    meanwhile(monkeypatch, panel, "hold_all", final)
    intake.draw_judges(world.round, by=world.staff, per_entry=1, seed="2")
    assert who_judges(world)[entry.pk] == {judge.pk}


MOVES = {  # what keeps a judge from an entry
    "conflict": lambda w: intake.say_conflicts([w.entries[0]], w.judges[0], by=w.staff, reason="ญาติ"),
    "assignment": lambda w: intake.assign_judges(w.round, {w.entries[0].pk: [w.judges[1].pk]}, by=w.staff),
}


@pytest.mark.parametrize("move", MOVES)
def test_what_a_judge_decides_on_as_the_entry_is_theirs_no_more_is_refused(world, monkeypatch, move):
    entry, judge = world.entries[0], world.judges[0]
    piece, decided = make.make_evidence(entry), make.make_evidence(entry, "5.report")
    amount = make.make_value(entry, "3.4.news", "10", "2023-02")
    decided = intake.review_evidence(decided, by=judge, accept=True, undo_until=timezone.now() + intake.UNDO)
    doubt = {"by": judge, "doubt": "ไม่ชัด"}
    undo = {"by": judge, "revision": decided.revision, "now": timezone.now()}
    deeds = {
        (evidence, "hold"): lambda: intake.review_evidence(piece, by=judge, accept=True),
        (undoing, "hold"): lambda: intake.take_back_decision(decided, **undo),
        (second_readings, "hold"): lambda: intake.pass_on(piece, **doubt),
    }
    for (module, name), deed in deeds.items():
        with monkeypatch.context() as patch, transaction.atomic():
            meanwhile(patch, module, name, lambda: MOVES[move](world))
            with pytest.raises(Refused):
                deed()
            transaction.set_rollback(True)
    with monkeypatch.context() as patch, transaction.atomic():
        meanwhile(patch, EntryQuerySet, "hold", lambda: MOVES[move](world))
        assert intake.review_values(world.round, {amount.pk: 1}, by=judge, accept=True).gone == 1
        transaction.set_rollback(True)
    queue = Evidence.objects.filter(entry__in=Entry.objects.at_desk_of(judge)).waiting()
    meanwhile(monkeypatch, claims, "claim", lambda: MOVES[move](world))
    assert intake.claim_next(queue, by=judge, at=timezone.now()) is None
    assert not Claim.objects.exists(), "nobody is led past what nobody has open"
