"""Two reviewers on one queue never have the same piece; a claim ends by itself; the same decision is no conflict."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from submissions import intake
from submissions.models import Claim, Event, Evidence, User
from tests import factories as make


def make_queue(count: int, *judges: User) -> list[Evidence]:
    entry = make.make_entry(make.make_round(judges=judges), "TH-81")
    return [make.make_evidence(entry, submitted_at=make.at("2023-03-01") + timedelta(hours=n)) for n in range(count)]


@pytest.mark.django_db
def test_the_next_is_the_next_that_nobody_else_has_open():
    one, other = make.make_user("judge"), make.make_user("judge")
    first, second, third = make_queue(3, one, other)
    now, queue = timezone.now(), Evidence.objects.waiting()
    assert intake.claim_next(queue, by=one, at=now) == first.pk
    assert intake.claim_next(queue, by=other, at=now) == second.pk
    assert intake.claim_next(queue, by=one, at=now) == first.pk  # one's own is no obstacle
    assert intake.claim_next(queue, by=one, at=now, past=[first.pk]) == third.pk
    assert intake.claim_next(queue, by=make.make_user("judge"), at=now) is None
    later = now + Claim.TIME
    assert intake.claim([second.pk], by=other, at=now + Claim.TIME / 2) == {second.pk}  # renewed
    assert intake.claim_next(queue, by=other, at=later, past=[second.pk]) == first.pk
    intake.let_go([first.pk, second.pk], by=one)  # the second is not one's own to let go
    assert set(Claim.objects.values_list("evidence", "reviewer")) == {
        (first.pk, other.pk),
        (second.pk, other.pk),
        (third.pk, one.pk),
    }


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_at_once_on_one_queue_collide_never():
    """As two judges did in a trial, four times of four: each takes the oldest, and both are led to the same next."""
    judges = [make.make_user("judge"), make.make_user("judge")]
    pieces = make_queue(16, *judges)
    together, faults, done = threading.Barrier(2), [], {judge.pk: [] for judge in judges}

    def work(judge: User) -> None:
        try:
            together.wait(20)
            while pk := intake.claim_next(Evidence.objects.waiting(), by=judge, at=timezone.now()):
                evidence = Evidence.objects.select_related("entry__round").get(pk=pk)
                intake.review_evidence(evidence, by=judge, accept=True, revision=evidence.revision)
                done[judge.pk].append(pk)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(judge,)) for judge in judges]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    one, other = done.values()
    assert sorted(one + other) == [piece.pk for piece in pieces]
    assert Event.objects.filter(verb="evidence.accepted").count() == len(pieces)


@pytest.mark.django_db
def test_the_same_decision_by_two_is_no_conflict():
    one, other = make.make_user("judge"), make.make_user("judge")
    accepted, returned, third = make_queue(3, one, other)
    for evidence, decision in ((accepted, {"accept": True}), (returned, {"accept": False, "reason": "ไม่ชัด"})):
        intake.review_evidence(evidence, by=one, revision=1, **decision)
        assert intake.review_evidence(evidence, by=other, revision=1, **decision).reviewed_by == one
    assert Event.objects.count() == 2
    with pytest.raises(intake.Conflict):  # what the other wrote would be lost
        intake.review_evidence(returned, by=other, accept=False, reason="ขาดหน้า ๒", revision=1)
    with pytest.raises(intake.Conflict):
        intake.review_evidence(accepted, by=make.make_user("judge"), accept=True, revision=1)  # not of this committee
    intake.withdraw_evidence(third, by=make.make_user("officer", office=third.entry.office))
    with pytest.raises(intake.Conflict):
        intake.review_evidence(third, by=one, accept=True, revision=1)
