"""What happened becomes deliveries: each once, as far as its owner sees it, and nothing that may be undone."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from scoring.models import ScoreChange
from submissions import intake
from submissions.models import Delivery, Happening
from submissions.webhooks import gathering, sending
from submissions.webhooks.gathering import gather
from submissions.webhooks.sources import SOURCES
from tests import factories as make
from tests.awards.content.test_columns import publish_round

from .conftest import hand_in, make_webhook

pytestmark = pytest.mark.django_db
NOWHERE = "https://program.example/portal"


def told(webhook) -> list[dict]:
    return [json.loads(body) for body in webhook.deliveries.order_by("pk").values_list("body", flat=True)]


def test_what_is_handed_in_is_told_once_and_names_nobody(work):
    before = hand_in(work, 1)
    webhook = make_webhook(work.staff, NOWHERE)
    evidence = hand_in(work, 2)
    assert (gather(), gather()) == (1, 0)
    (said,) = told(webhook)
    about = {"round": work.entry.round_id, "entry": work.entry.pk, "office": "TH-81", "evidence": evidence.pk}
    assert said["data"] == about | {"deed": "evidence.attached", "requirement": "1.1.report", "period": ""}
    assert (said["type"], before.pk != evidence.pk) == ("evidence.handed_in", True)
    assert work.officer.full_name not in Delivery.objects.get().body


def test_a_decision_is_told_once_it_stands(work, clock):
    webhook, evidence = make_webhook(work.staff, NOWHERE, happenings=[Happening.DECIDED]), hand_in(work)
    until = clock.now + intake.UNDO
    decided = intake.review_evidence(evidence, by=work.judge, accept=True, undo_until=until)
    assert gather() == 0
    undone = intake.take_back_decision(decided, by=work.judge, revision=decided.revision, now=clock.now)
    clock.now += timedelta(minutes=1)
    assert gather() == 0
    intake.review_evidence(undone, by=work.judge, accept=True, undo_until=clock.now + intake.UNDO)
    clock.now += timedelta(minutes=1)
    assert gather() == 1
    (said,) = told(webhook)
    assert (said["type"], said["data"]["deed"]) == ("evidence.decided", "evidence.accepted")
    assert str(work.judge) not in json.dumps(said, ensure_ascii=False)


def move(work, number: int) -> ScoreChange:
    card = {"basis": "verified", "total": number, "attainable": 50, "facts_version": 1, "at": timezone.now()}
    return ScoreChange.objects.create(entry=work.entry, **card)


def test_scores_and_publications_are_told(work):
    webhook = make_webhook(work.staff, NOWHERE, happenings=[Happening.SCORE_MOVED, Happening.PUBLISHED])
    move(work, 12)
    publication = publish_round("itperson-2564", "2021-09-20", {})
    gather()
    moved, published = (next(one for one in told(webhook) if one["type"] == kind) for kind in webhook.happenings)
    assert (moved["data"]["total"], moved["data"]["basis"]) == ("12.00", "verified")
    assert published["data"] == {
        "round": publication.round_id,
        "publication": publication.pk,
        "number": 1,
        "digest": publication.digest,
        "is_provisional": False,
    }


def test_what_is_committed_after_what_came_later_is_told_as_well(work):
    webhook = make_webhook(work.staff, NOWHERE, happenings=[Happening.SCORE_MOVED])
    early, _late = move(work, 1), move(work, 2)
    ScoreChange.objects.filter(pk=early.pk).delete()
    assert gather() == 1
    early.save(force_insert=True)  # its transaction took longer
    assert (gather(), len(told(webhook))) == (1, 2)


def test_a_practice_rounds_clock_says_nothing_of_what_is_committed_yet(work, clock):
    """Its scores are dated years back: that does not make them settled."""
    webhook = make_webhook(work.staff, NOWHERE, happenings=[Happening.SCORE_MOVED])
    early, late = move(work, 1), move(work, 2)
    ScoreChange.objects.filter(pk=early.pk).delete()
    ScoreChange.objects.filter(pk=late.pk).update(at=make.at("2023-07-10"))
    assert (gather(), gather()) == (1, 0)
    early.save(force_insert=True)  # its transaction took longer
    assert (gather(), len(told(webhook))) == (1, 2)
    for _ in range(3):  # and everything is behind in the end
        clock.now += gathering.OVERLAP + timedelta(minutes=1)
        assert gather() == 0
    webhook.refresh_from_db()
    assert webhook.told_up_to["score"]["told"] == late.pk


def test_what_is_chosen_anew_is_told_from_then_on(work):
    webhook = make_webhook(work.staff, NOWHERE, happenings=[Happening.HANDED_IN])
    move(work, 1)
    gathering.begin(webhook, gathering.wanted([Happening.SCORE_MOVED]) - gathering.wanted(webhook.happenings))
    webhook.happenings = [Happening.HANDED_IN, Happening.SCORE_MOVED]
    webhook.save()
    move(work, 2)
    assert (gather(), [one["data"]["total"] for one in told(webhook)]) == (1, ["2.00"])


def test_more_than_a_batch_is_told_to_the_end_each_once(work, clock, monkeypatch):
    monkeypatch.setattr(gathering, "BATCH", 2)
    webhook = make_webhook(work.staff, NOWHERE, happenings=[Happening.SCORE_MOVED])
    for number in range(5):
        move(work, number)
    assert (gather(), gather()) == (5, 0)
    for _ in range(2):
        clock.now += gathering.OVERLAP + timedelta(minutes=2)
        assert gather() == 0
    clock.now += timedelta(days=40)
    webhook.deliveries.update(due_at=None)
    sending.sweep()
    assert (gather(), webhook.deliveries.count()) == (0, 0)  # how far it was told outlives what it was told


def test_only_of_the_round_it_is_for_and_only_of_what_is_wanted(work):
    other = make.make_round()
    webhook = make_webhook(work.staff, NOWHERE, round=other)
    unasked = make_webhook(work.staff, NOWHERE, "other", happenings=[Happening.PUBLISHED])
    hand_in(work)
    assert (gather(), told(webhook), told(unasked)) == (0, [], [])


def test_nobody_is_told_what_its_owner_does_not_see_any_more(work):
    organiser = make.make_user("officer", office=work.entry.office, is_organiser=True)
    webhook = make_webhook(organiser, NOWHERE)
    hand_in(work, 1)
    assert gather() == 1
    organiser.office = make.make_office("TH-20")
    organiser.save()
    hand_in(work, 2)
    assert gather() == 0
    organiser.office = work.entry.office
    organiser.is_organiser = False  # runs no rounds any more
    organiser.save()
    assert gather() == 0
    organiser.is_organiser, organiser.is_active = True, False
    organiser.save()
    assert (gather(), len(told(webhook))) == (0, 1)


def test_what_can_t_be_told_holds_up_nothing_else(work, monkeypatch):
    webhook = make_webhook(work.staff, NOWHERE, happenings=[Happening.SCORE_MOVED, Happening.HANDED_IN])
    hand_in(work)
    move(work, 1)
    broken = replace(SOURCES["event"], tell=lambda rows: 1 / 0)
    monkeypatch.setitem(SOURCES, "event", broken)
    assert (gather(), [one["type"] for one in told(webhook)]) == (1, ["score.moved"])
    monkeypatch.undo()
    assert gather() == 1


def test_a_webhook_that_was_off_is_told_then(work, clock):
    webhook = make_webhook(work.staff, NOWHERE, is_on=False, happenings=[Happening.HANDED_IN])
    hand_in(work)
    clock.now += timedelta(hours=5)
    assert gather() == 0
    webhook.is_on = True
    webhook.save()
    assert gather() == 1


def test_statements_do_not_grow_with_what_happened(work, django_assert_num_queries):
    make_webhook(work.staff, NOWHERE, happenings=[Happening.SCORE_MOVED])
    move(work, 1)
    with django_assert_num_queries(8):
        gather()
    for number in range(2, 5):
        move(work, number)
    with django_assert_num_queries(8):
        gather()
