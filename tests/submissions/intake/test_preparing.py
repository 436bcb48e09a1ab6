"""Rounds are prepared unseen, opened at a time, and undone while nobody has done anything in them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string

from awards.publishing.publish import why_not_publish
from submissions import intake
from submissions.intake import Refused
from submissions.models import Entry, Event, Evidence, Extension, Notice, Round, Value
from submissions.notices.from_events import tell_recorded
from submissions.notices.reminders import remind
from tests import factories as make

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def judge():
    return make.make_user("judge")


@pytest.fixture
def round(entry, judge):
    make.make_holiday("2023-05-01")
    entry.round.judges.add(judge)
    return entry.round


def sees(user, round: Round) -> tuple[bool, bool]:
    """Whether this person sees the round, and any of its entries."""
    entries = Entry.objects.visible_to(user).filter(round=round)
    return Round.objects.visible_to(user).filter(pk=round.pk).exists(), entries.exists()


def test_only_central_staff_see_a_round_that_is_prepared(round, officer, judge, staff):
    for opens_at, is_seen in ((None, False), (timezone.now() + HOUR, False), (timezone.now() - HOUR, True)):
        Round.objects.update(opens_at=opens_at)
        assert sees(officer, round) == sees(judge, round) == (is_seen, is_seen)
        assert sees(staff, round) == (True, True)


def test_a_round_opens_by_itself_at_its_time(round, officer, staff):
    moment = timezone.now() + HOUR
    intake.set_opening(round, moment, by=staff)
    assert sees(officer, round) == (False, False)
    round.refresh_from_db()
    assert round.is_preparing
    assert round.opens_at == moment
    assert round.history.first().history_user == staff
    Round.objects.update(opens_at=timezone.now())
    assert sees(officer, round) == (True, True)


def test_a_round_in_which_a_circular_was_sent_stays(round, staff):
    """Those to whom it went would find it no more."""
    words = intake.Writing(round, "offices", "เรื่อง", "ข้อความ")
    draft = intake.save_circular(None, words, by=staff, at=timezone.now())
    intake.set_opening(round, None, by=staff)  # a draft was seen by nobody
    intake.set_opening(round, timezone.now(), by=staff)
    round.refresh_from_db()
    draft.refresh_from_db()
    circular = intake.send_circular(draft, by=staff, at=timezone.now(), revision=1)
    for deed in (lambda: intake.set_opening(round, None, by=staff), lambda: intake.discard_round(round, by=staff)):
        with pytest.raises(Refused, match="หนังสือเวียน"):
            deed()
    round.refresh_from_db()
    assert (round.is_preparing, round.discarded_at, circular.state) == (False, None, "sent")


def test_an_open_round_goes_back_only_while_nobody_has_done_anything(round, entry, officer, staff):
    intake.set_opening(round, None, by=staff)
    intake.set_opening(round, timezone.now(), by=staff)
    intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://cdd.example.org/1")
    with pytest.raises(Refused, match=r"เริ่มทำงาน"):
        intake.set_opening(round, None, by=staff)
    round.refresh_from_db()
    assert not round.is_preparing


def test_only_central_staff_open_and_undo(round, entry, officer):
    for deed in (
        lambda: intake.set_opening(round, None, by=officer),
        lambda: intake.take_out_entries(round, [entry], by=officer),
        lambda: intake.discard_round(round, by=officer),
    ):
        with pytest.raises(Refused):
            deed()
    round.refresh_from_db()
    assert not round.is_preparing
    assert round.discarded_at is None
    assert not Entry.objects.filter(taken_out=True).exists()


def test_nobody_is_told_or_reminded_of_what_is_prepared(round, entry, officer, staff):
    intake.set_opening(round, None, by=staff)
    due = {"requirement": "1.1.report", "period": "", "until": round.scheme.close + timedelta(days=9)}
    intake.grant_extension(entry, by=staff, reason="น้ำท่วม", **due)
    assert tell_recorded() == 0
    Round.objects.update(clock_offset=make.at("2023-07-30") - timezone.now())
    assert remind() == 0
    assert not Notice.objects.exists()
    Round.objects.update(opens_at=timezone.now())
    assert remind() == 1, "the same day with the round open"


def test_what_is_prepared_is_not_published(round, staff):
    Round.objects.update(opens_at=None)
    assert "เตรียม" in why_not_publish(staff, Round.objects.get())


def test_an_entry_made_by_mistake_is_taken_out_and_its_office_entered_anew(round, entry, officer, staff):
    intake.take_out_entries(round, [entry], by=staff)
    entry.refresh_from_db()
    assert (entry.state, entry.taken_out) == (Entry.State.WITHDRAWN, True)
    assert sees(staff, round) == (True, False)
    assert sees(officer, round) == (False, False)
    assert Event.objects.filter(entry=entry).first().verb == "entry.taken_out"
    assert not Event.objects.faults(entry)
    (anew,) = intake.enter_offices(round, [entry.office], by=staff)
    assert anew.pk != entry.pk
    assert sees(officer, round) == (True, True)


@pytest.mark.parametrize(
    "work",
    [
        lambda entry, officer: make.make_evidence(entry),
        lambda entry, officer: make.make_evidence(entry, status=Evidence.Status.WITHDRAWN),
        lambda entry, officer: make.make_value(entry, "3.4.news", "3", "2023-06"),
        lambda entry, officer: make.make_sheet(entry, status="draft"),
        lambda entry, officer: intake.write_remark(entry, by=officer, requirement="1.1.report", period="", text="ถาม"),
        lambda entry, officer: Event.objects.record(entry, "nominee.named", by=officer, before="", after="ก"),
    ],
    ids=["evidence", "withdrawn evidence", "amount", "sheet", "message", "nominee"],
)
def test_an_entry_with_work_in_it_stays(round, entry, officer, staff, work):
    other = make.make_entry(round)
    work(entry, officer)
    for deed in (
        lambda: intake.take_out_entries(round, [entry, other], by=staff),
        lambda: intake.discard_round(round, by=staff),
    ):
        with pytest.raises(Refused) as refused:
            deed()
        assert str(entry.office) in str(refused.value)
    assert Round.objects.get().discarded_at is None
    assert not Entry.objects.filter(taken_out=True).exists(), "all or nothing"


def test_a_discarded_round_is_nowhere(round, entry, officer, judge, staff):
    make.make_entry(round)
    intake.discard_round(round, by=staff)
    for user in (officer, judge, staff):
        assert sees(user, round) == (False, False)
    assert Round.objects.get().discarded_at
    assert Event.objects.filter(verb="entry.taken_out").count() == 2
    with pytest.raises(Refused):
        intake.enter_offices(Round.objects.get(), [make.make_office("TH-20")], by=staff)


def test_a_round_from_which_another_was_opened_stays(round, entry, staff):
    make.make_round(preceding=round)
    with pytest.raises(Refused):
        intake.discard_round(round, by=staff)


@pytest.mark.parametrize(
    ("step", "deed"),
    [
        (
            "submissions.intake.evidence.take_in",
            lambda entry, by: intake.attach_evidence(
                entry, intake.HandIn("1.1.report"), by=by, upload=make.make_upload(), at=make.NOW
            ),
        ),
        (
            "submissions.intake.values.check_amounts",
            lambda entry, by: intake.enter_values(entry, {("3.4.news", "2023-07"): "3"}, by=by, at=make.NOW),
        ),
    ],
    ids=["evidence", "amount"],
)
@pytest.mark.parametrize("goes", ["taken out", "withdrawn"])
def test_nothing_is_acknowledged_into_an_entry_that_goes_while_it_comes_in(
    round, entry, officer, staff, monkeypatch, step, deed, goes
):
    """A file takes its time between the question whether it may come and the lock under which it is written."""
    asked = import_string(step)

    def meanwhile(*args, **kwargs):
        found = asked(*args, **kwargs)
        other = Entry.objects.get(pk=entry.pk)
        if goes == "taken out":
            intake.take_out_entries(round, [other], by=staff)
        else:
            intake.withdraw_entry(other, by=staff, reason="ไม่พร้อม")
        return found

    monkeypatch.setattr(step, meanwhile)
    with pytest.raises(Refused, match=r"ไม่ได้เข้าประเมิน|ไม่ได้เข้าร่วม"):
        deed(Entry.objects.with_round().get(pk=entry.pk), officer)
    assert not Evidence.objects.exists()
    assert not Value.objects.exists()
    assert not Event.objects.filter(verb__in=("evidence.attached", "value.entered")).exists()


def test_no_time_is_granted_to_an_entry_that_was_taken_out(round, entry, staff):
    other = make.make_entry(round)
    intake.take_out_entries(round, [Entry.objects.get(pk=entry.pk)], by=staff)
    until = date(2023, 8, 15)
    with pytest.raises(Refused):
        intake.grant_extensions([entry, other], by=staff, slots=[("1.1.report", "")], until=until, reason="น้ำท่วม")
    assert not Extension.objects.exists()


def test_central_staff_see_who_took_out_an_entry_and_who_discarded_a_round(round, entry, officer, judge, staff):
    intake.take_out_entries(round, [entry], by=staff)
    other = make.make_entry(round)
    intake.discard_round(round, by=staff)
    told = Event.objects.visible_to(staff).filter(verb="entry.taken_out").values_list("entry", "actor")
    assert set(told) == {(entry.pk, staff.pk), (other.pk, staff.pk)}
    assert not Event.objects.visible_to(officer).exists()
    assert not Event.objects.visible_to(judge).exists()
