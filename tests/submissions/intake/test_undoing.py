"""A decision is taken back within ten seconds: the office is told nothing of it, and the log explains both."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from submissions import intake
from submissions.log.check import check
from submissions.models import Event, Evidence, Notice, SecondReading, ToldUpTo
from submissions.notices.from_events import tell_recorded
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def work():
    judge, colleague, staff = make.make_user("judge"), make.make_user("judge"), make.make_user("staff")
    office = make.make_office("TH-81")
    officer = make.make_user("officer", office=office)
    (entry,) = intake.enter_offices(make.make_round(judges=[judge, colleague]), [office], by=staff)
    url = "https://krabi.example/1"
    evidence = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url=url)
    return SimpleNamespace(judge=judge, colleague=colleague, officer=officer, entry=entry, evidence=evidence)


def decide(work, accept=False, *, by=None, within=intake.UNDO, **more) -> Evidence:
    until = timezone.now() + within
    reason = "" if accept else "ขาดหน้า ๒"
    return intake.review_evidence(
        work.evidence, by=by or work.judge, accept=accept, reason=reason, undo_until=until, **more
    )


def undo(work, decided, *, by=None, now=None) -> Evidence:
    return intake.take_back_decision(decided, by=by or work.judge, revision=decided.revision, now=now or timezone.now())


def notices(work) -> list[str]:
    tell_recorded()
    return list(Notice.objects.filter(user=work.officer).order_by("pk").values_list("code", flat=True))


def test_it_stands_as_before_and_nobody_is_told(work):
    decided = decide(work)
    assert notices(work) == []  # it can be taken back yet
    undone = undo(work, decided)
    assert (undone.status, undone.return_reason, undone.reviewed_by, undone.reviewed_at) == (
        "submitted",
        "",
        None,
        None,
    )
    assert notices(work) == []
    assert [e.verb for e in work.entry.events.order_by("sequence")][-2:] == ["evidence.returned", "evidence.taken_back"]
    assert next(event.verb for event in work.entry.events.standing()) == "evidence.attached"
    assert check().findings == []
    decide(work, accept=True, within=timedelta(0))
    assert notices(work) == ["evidence.accepted"]


def test_what_comes_after_a_decision_waits_with_it(work):
    intake.write_remark(work.entry, by=work.judge, requirement="1.1.report", text="ก่อน")
    decided = decide(work)
    intake.write_remark(work.entry, by=work.judge, requirement="1.1.report", text="หลัง")
    assert notices(work) == ["remark.written"]
    assert ToldUpTo.objects.get().sequence < Event.objects.get(verb="evidence.returned").sequence
    undo(work, decided)
    notices(work)
    assert ToldUpTo.objects.get().sequence == work.entry.events.count()
    assert "evidence.returned" not in notices(work)


def test_a_changed_decision_goes_back_to_the_one_before(work):
    first = decide(work, within=timedelta(0))
    changed = decide(work, accept=True, by=work.colleague, because="อ่านผิดหน้า")
    assert Event.objects.get(verb="evidence.accepted").data["because"] == "อ่านผิดหน้า"
    undone = undo(work, changed, by=work.colleague)
    kept = ("status", "return_reason", "reviewed_by", "reviewed_at", "checklist")
    assert [getattr(undone, name) for name in kept] == [getattr(first, name) for name in kept]
    again = decide(work, accept=True, by=work.colleague)
    assert undo(work, again, by=work.colleague).return_reason == "ขาดหน้า ๒"
    assert check().findings == []


@pytest.mark.parametrize("why", ["late", "told", "another's", "replaced", "not to be taken back", "changed"])
def test_it_is_refused(work, why):
    decided = decide(work)
    by, now = work.judge, timezone.now()
    if why == "late":
        now += intake.UNDO
    if why == "told":
        ToldUpTo.objects.update_or_create(entry=work.entry, defaults={"sequence": 99})
    if why == "another's":
        by = work.colleague
    if why == "replaced":
        slot = intake.HandIn("1.1.report", replaces=decided)
        intake.attach_evidence(work.entry, slot, by=work.officer, url="https://krabi.example/2")
    if why == "not to be taken back":
        decided = intake.review_evidence(decided, by=by, accept=True, because="อ่านผิดหน้า")
    if why == "changed":
        decide(work, accept=True, by=work.colleague)
    with pytest.raises((intake.Refused, intake.Conflict)):
        intake.take_back_decision(decided, by=by, revision=decided.revision, now=now)
    assert not Event.objects.filter(verb="evidence.taken_back").exists()


def readings_of(work) -> list[tuple]:
    rows = SecondReading.objects.filter(evidence=work.evidence).order_by("pk")
    return list(rows.values_list("kind", "state", "read_by", "read_at", "accepted", "reason"))


def test_what_it_drew_lapses_and_what_it_settled_waits_again(work):
    doubt = intake.pass_on(work.evidence, by=work.colleague, doubt="ลายเซ็นไม่ชัด", to=work.judge)
    waiting = readings_of(work)
    draw_all(work)
    decided = decide(work)
    assert [row[:2] for row in readings_of(work)] == [("doubt", "done"), ("sample", "open")]
    undo(work, decided)
    assert readings_of(work) == [*waiting, ("sample", "lapsed", None, None, None, "")]
    assert list(SecondReading.objects.to_read_by(work.judge)) == [doubt]
    assert check().findings == []
    decide(work, accept=True)
    assert [row[:2] for row in readings_of(work)] == [("doubt", "done"), ("sample", "lapsed"), ("sample", "open")]
    assert check().findings == []


def test_what_was_drawn_of_the_decision_before_waits_again(work):
    draw_all(work)
    decide(work, within=timedelta(0))
    before = readings_of(work)
    changed = decide(work, accept=True, because="อ่านผิดหน้า")
    assert [row[1] for row in readings_of(work)] == ["lapsed", "open"]
    undo(work, changed)
    assert readings_of(work) == [*before, ("sample", "lapsed", None, None, None, "")]
    assert check().findings == []


def test_what_was_read_a_second_time_is_not_taken_back(work):
    draw_all(work)
    decided = decide(work)
    reading = SecondReading.objects.get()
    assert reading.reader == work.colleague
    intake.read_again(reading, by=work.colleague, accept=True)
    with pytest.raises(intake.Refused):
        undo(work, decided)
    assert check().findings == []


def draw_all(work) -> None:
    round = work.entry.round
    round.second_reading_percent = 100
    round.save()
    work.evidence.entry.refresh_from_db()
