"""A file of figures comes in as one deed and is undone as one: exactly what stood there before stands there again."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from submissions import intake
from submissions.intake import Conflict, Refused
from submissions.log.check import check
from submissions.models import Event, Import, Round, User, Value
from submissions.questions.undoing import plan
from tests import factories as make

pytestmark = pytest.mark.django_db
UPDATED, NEWS = ("2.2.1.updated", ""), ("3.4.news", "2023-07")


@pytest.fixture
def round(staff):
    round = make.make_round()
    intake.enter_offices(round, [make.make_office(f"TH-8{n}") for n in (1, 2, 3)], by=staff)
    return round


def bring(round, by, *amounts: dict) -> Import:
    """A file with the amounts of the first entries."""
    entries = list(round.entries.select_related("round__edition", "office").order_by("office__code"))
    asked = {entry: one for entry, one in zip(entries, amounts, strict=False) if one}
    done = intake.import_figures(round, asked, by=by, file_name="ก.xlsx", sha256="ab" * 32, ticked={})
    assert done
    return done


def rows(round) -> set[tuple]:
    columns = ("entry__office__code", "code", "period", "text", "source", "entered_by", "entered_at")
    return set(Value.objects.filter(entry__round=round).values_list(*columns))


def undo(done: Import, by) -> Import:
    return intake.undo_import(done, by=by, seen=plan(done).digest)


def test_what_stood_there_before_stands_there_again_whose_it_was(round, staff):
    office = round.entries.get(office__code="TH-81")
    officer = make.make_user(office=office.office)
    intake.enter_values(office, {NEWS: "5"}, by=officer)
    before = rows(round)
    done = bring(round, staff, {UPDATED: "11", NEWS: "6"}, {UPDATED: "12"})
    assert (done.offices, done.amounts) == (2, 3)
    assert Event.objects.filter(data__import=done.pk, data__sha256=done.sha256).count() == 3
    undone = undo(done, staff)
    assert rows(round) == before
    assert (undone.put_back, undone.left, undone.undone_by) == (3, 0, staff)
    assert check(round.entries.all()).findings == []
    assert Value.objects.unchecked().filter(entry=office, code="3.4.news").exists(), "the office's again, unchecked"
    intake.enter_values(office, {NEWS: "7", UPDATED: "9"}, by=staff)
    assert check(round.entries.all()).findings == []


def test_what_somebody_changed_since_is_left_and_told(round, staff):
    done = bring(round, staff, {UPDATED: "11", NEWS: "6"}, {UPDATED: "12"}, {UPDATED: "10"})
    first, _second, third = round.entries.order_by("office__code")
    intake.enter_values(first, {NEWS: "8"}, by=staff)
    intake.withdraw_entry(third, by=staff, reason="ไม่พร้อม")
    planned = plan(done)
    assert {(one.entry.office.code, one.slot, one.now) for one in planned.left} == {
        ("TH-81", NEWS, "8"),
        ("TH-83", UPDATED, "10"),
    }
    undone = undo(done, staff)
    assert (undone.put_back, undone.left) == (2, 2)
    assert {(row[0], row[3]) for row in rows(round)} == {("TH-81", "8"), ("TH-83", "10")}
    assert check(round.entries.all()).findings == []


def test_of_two_imports_the_later_is_undone_first_and_then_the_earlier(round, staff):
    first = bring(round, staff, {UPDATED: "10"})
    second = bring(round, staff, {UPDATED: "11"})
    assert [len(part) for part in (plan(first).back, plan(first).left)] == [0, 1]
    undo(second, staff)
    assert [len(part) for part in (plan(first).back, plan(first).left)] == [1, 0]
    undo(first, staff)
    assert rows(round) == set()
    assert check(round.entries.all()).findings == []


def test_it_is_undone_once_as_it_was_shown_and_by_those_who_run_the_round(round, staff, officer):
    done = bring(round, staff, {UPDATED: "11"})
    shown = plan(done).digest
    with pytest.raises(Refused):
        intake.undo_import(done, by=officer, seen=shown)
    intake.enter_values(round.entries.get(office__code="TH-81"), {UPDATED: "9"}, by=staff)
    with pytest.raises(Conflict) as conflict:
        intake.undo_import(done, by=staff, seen=shown)
    assert len(conflict.value.current.left) == 1
    with pytest.raises(Refused):
        undo(done, staff)
    other = bring(round, staff, {UPDATED: "10"})
    shown = plan(other).digest
    undo(other, staff)
    with pytest.raises(Refused) as twice:
        intake.undo_import(other, by=staff, seen=shown)
    assert str(staff) in str(twice.value)
    Round.objects.update(is_closed=True)
    with pytest.raises(Refused):
        undo(done, staff)


def test_one_bad_amount_keeps_the_whole_file_out(round, staff):
    with pytest.raises(Refused):
        bring(round, staff, {UPDATED: "11"}, {UPDATED: "-1"})
    assert not Value.objects.exists()
    assert not Import.objects.exists()


def test_it_is_undone_in_as_many_statements_for_one_office_as_for_three(round, staff):
    counts = []
    for offices in (1, 3):
        bring(round, staff, *[{UPDATED: "5"}] * offices)
        done = bring(round, staff, *[{UPDATED: "6", NEWS: "7"}] * offices)
        seen = plan(done).digest
        with CaptureQueriesContext(connection) as asked:
            intake.undo_import(done, by=staff, seen=seen)
        counts.append(len(asked))
        Value.objects.all().delete()
    assert counts[0] == counts[1]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_undo_at_once_one_does_and_the_other_is_told(staff):
    round = make.make_round()
    intake.enter_offices(round, [make.make_office("TH-81")], by=staff)
    done = bring(round, staff, {UPDATED: "11"})
    seen, said, ready = plan(done).digest, [], threading.Barrier(2)

    def work() -> None:
        try:
            mine, by = Import.objects.get(pk=done.pk), User.objects.get(pk=staff.pk)
            ready.wait(timeout=30)
            said.append(intake.undo_import(mine, by=by, seen=seen).put_back)
        except Refused:
            said.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(map(str, said)) == ["1", "refused"]
    assert not Value.objects.exists()
    assert Event.objects.filter(data__undoes=done.pk).count() == 1
