"""What an office enters waits until a reviewer accepts it; what is returned counts nowhere until it is."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring import engine
from scoring.models import Scorecard
from scoring.recompute import read_entries, read_facts, rescore
from submissions import intake
from submissions.intake import Refused
from submissions.log.check import check
from submissions.models import Entry, Event, User, Value
from submissions.questions.undoing import plan
from tests import factories as make

pytestmark = pytest.mark.django_db
NEWS = [("3.4.news", f"2023-0{month}") for month in range(2, 8)]


@pytest.fixture
def judge():
    return make.make_user("judge")


@pytest.fixture
def entry(judge, staff):
    """Six months of news that the office counted itself, for a point."""
    return with_news(make.make_round(judges=[judge]), staff)


def with_news(round, staff):
    intake.enter_offices(round, [make.make_office()], by=staff)
    entry = Entry.objects.with_round().get(round=round)
    intake.enter_values(entry, dict.fromkeys(NEWS, "10"), by=officer_of(entry), at=make.at("2023-02-20"))
    return entry


def officer_of(entry):
    return User.objects.filter(office=entry.office).first() or make.make_user(office=entry.office)


def seen(entry, **filters) -> dict[int, int]:
    return dict(entry.values.filter(**filters).values_list("pk", "revision"))


def points(entry) -> tuple[str, str, str]:
    """Of news and the like: verified, still attainable, claimed."""
    rescore([entry.pk])
    cards = {card.basis: card.criteria["3.4"] for card in Scorecard.objects.filter(entry=entry)}
    return cards["verified"]["earned"], cards["verified"]["attainable"], cards["claimed"]["earned"]


def test_what_waits_counts_as_claimed_only_until_it_is_accepted(entry, judge):
    assert points(entry) == ("0.00", "1.00", "1.00")
    found = intake.review_values(entry.round, seen(entry), by=judge, accept=True)
    assert (len(found.done), found.same, found.moved, found.gone) == (6, [], [], 0)
    assert points(entry)[0] == "1.00"
    assert set(entry.values.values_list("status", "reviewed_by")) == {("accepted", judge.pk)}
    assert entry.events.filter(verb="value.accepted", actor=judge).count() == 6
    assert check(entry.round.entries.all()).findings == []


def test_what_is_returned_counts_nowhere_and_waits_again_once_it_is_entered_again(entry, judge):
    intake.review_values(entry.round, seen(entry), by=judge, accept=True)
    one = seen(entry, period="2023-03")
    intake.review_values(entry.round, one, by=judge, accept=False, reason=" ไม่มีลิงก์ข่าว ")
    row = entry.values.get(pk=next(iter(one)))
    assert (row.status, row.return_reason) == ("returned", "ไม่มีลิงก์ข่าว")
    assert (points(entry)[0], points(entry)[2]) == ("0.00", "0.00")
    late = make.at("2023-07-20")
    changed = intake.enter_values(entry, {("3.4.news", "2023-03"): "12"}, by=officer_of(entry), at=late)
    assert [(one.text, one.status, one.reviewed_by, one.return_reason) for one in changed] == [
        ("12", "submitted", None, "")
    ], "its own day is over, but it came back"
    with pytest.raises(Refused):
        intake.enter_values(entry, {("3.4.news", "2023-04"): "8"}, by=officer_of(entry), at=late)
    assert points(entry)[::2] == ("0.00", "1.00")
    assert check(entry.round.entries.all()).findings == []


def test_a_returned_amount_needs_a_reason_and_its_reviewer_a_seat(entry, judge):
    with pytest.raises(Refused) as refused:
        intake.review_values(entry.round, seen(entry), by=judge, accept=False, reason="  ")
    assert set(refused.value.reasons) == {"reason"}
    for person in (officer_of(entry), make.make_user("judge")):
        with pytest.raises(Refused):
            intake.review_values(entry.round, seen(entry), by=person, accept=True)
    assert set(entry.values.values_list("status", flat=True)) == {"submitted"}


def test_the_same_decision_twice_is_no_conflict_and_another_one_is_told(entry, judge):
    before, other = seen(entry), make.make_user("judge")
    entry.round.judges.add(other)
    one = next(iter(before))
    intake.review_values(entry.round, before, by=judge, accept=True)
    again = intake.review_values(entry.round, before, by=other, accept=True)
    assert (len(again.same), again.done) == (6, [])
    against = intake.review_values(entry.round, {one: before[one]}, by=other, accept=False, reason="ไม่ครบ")
    assert [row.pk for row in against.moved] == [one]
    assert entry.values.get(pk=one).status == "accepted"
    assert not Event.objects.filter(actor=other).exists()


def test_what_the_office_changed_meanwhile_is_left_for_another_look(entry, judge):
    before = seen(entry)
    intake.enter_values(entry, {("3.4.news", "2023-07"): "99"}, by=officer_of(entry))
    found = intake.review_values(entry.round, before, by=judge, accept=True)
    assert ([row.text for row in found.moved], len(found.done)) == (["99"], 5)
    assert entry.values.get(period="2023-07").status == "submitted"


def test_an_undone_import_puts_back_what_had_been_decided(entry, judge, staff):
    one = seen(entry, period="2023-02")
    intake.review_values(entry.round, one, by=judge, accept=False, reason="ไม่ครบ")
    texts = {entry: {("3.4.news", "2023-02"): "4"}}
    done = intake.import_figures(entry.round, texts, by=staff, file_name="ก.xlsx", sha256="ab" * 32, ticked={})
    row = Value.objects.get(pk=next(iter(one)))
    assert (row.status, row.return_reason) == ("accepted", ""), "official figures were looked at"
    intake.undo_import(done, by=staff, seen=plan(done).digest)
    row.refresh_from_db()
    assert (row.text, row.status, row.return_reason, row.reviewed_by) == ("10", "returned", "ไม่ครบ", judge)
    assert check(entry.round.entries.all()).findings == []


def test_a_round_may_ask_for_it_where_its_scheme_does_not(judge, staff):
    entry = with_news(make.make_round(judges=[judge], edition=make.make_unreviewed_edition()), staff)
    assert points(entry)[0] == "1.00"
    assert intake.review_values(entry.round, seen(entry), by=judge, accept=True).gone == 6, "nobody is asked"
    entry.round.reviews_values = True
    entry.round.save()
    entry = read_entries([entry.pk])[0]
    assert points(entry)[0] == "0.00"
    assert set(read_facts([entry], None)[entry.pk].states.values()) == {"submitted"}
    assert check(entry.round.entries.all()).findings == []


def test_many_amounts_take_no_more_statements_than_one(judge):
    round = make.make_round(judges=[judge])

    def statements(count: int) -> int:
        entries = [make.make_entry(round) for _ in range(count)]
        values = [make.make_value(entry, *slot[:1], "10", slot[1]) for entry in entries for slot in NEWS[:count]]
        with CaptureQueriesContext(connection) as taken:
            intake.review_values(round, {row.pk: row.revision for row in values}, by=judge, accept=True)
        return len(taken)

    assert statements(1) == statements(3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_two_reviewers_at_once_decide_each_amount_once(entry, judge):
    other = make.make_user("judge")
    entry.round.judges.add(other)
    before, ready, found = seen(entry), threading.Barrier(2), {}

    def decide(by, accept: bool) -> None:
        try:
            ready.wait(10)
            found[by] = intake.review_values(entry.round, before, by=by, accept=accept, reason="ไม่ครบ")
        finally:
            connection.close()

    both = [threading.Thread(target=decide, args=args) for args in ((judge, True), (other, False))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(30)
    assert sorted((len(one.done), len(one.moved)) for one in found.values()) == [(0, 6), (6, 0)]
    assert len(set(entry.values.values_list("status", "reviewed_by"))) == 1
    assert entry.events.filter(verb__startswith="value.").exclude(verb="value.entered").count() == 6
    assert check(entry.round.entries.all()).findings == []


def test_the_engine_reads_the_state_as_it_was_decided(entry, judge):
    intake.review_values(entry.round, seen(entry, period="2023-03"), by=judge, accept=False, reason="ไม่ครบ")
    facts = read_facts(read_entries([entry.pk]), None)[entry.pk]
    assert facts.states["3.4.news", "2023-03"] == "returned"
    assert engine.score(entry.round.scheme, facts).criteria["3.4"].earned == 0
