"""A publication is of one moment: what happens between its reading and its freezing is in it whole, or not at all."""

from datetime import date

import pytest

from awards.ledger import heads
from awards.models import Publication
from awards.publishing import preparation
from awards.publishing import publish as publish_module
from awards.publishing.preparation import preparation_of
from awards.publishing.publish import Moved, publish
from scoring.engine.arithmetic import score as score_module
from scoring.models import Scorecard, stale_entries
from scoring.recompute import rescore
from submissions import intake
from submissions.intake.letterheads import Printed, save_letterhead
from submissions.models import Event, Letterhead, Round
from tests import factories as make
from tests.awards.conftest import falling, make_contest

from .hearing import end_of_days

pytestmark = pytest.mark.django_db
PRESENT = [{"name": "คนหนึ่ง", "post": "", "role": "chair"}]


@pytest.fixture
def meanwhile(monkeypatch):
    """Have something happen as soon as this was done for the first time."""

    def happens(module, name, deed):
        kept, done = getattr(module, name), []

        def then(*args, **kwargs):
            found = kept(*args, **kwargs)
            if not done:
                done.append(True)
                deed()
            return found

        monkeypatch.setattr(module, name, then)

    return happens


def test_whoever_lets_a_round_hear_appeals_meanwhile_is_not_passed_over(staff, meanwhile):
    contest = make_contest(*falling(3))
    meanwhile(publish_module, "_drawn_up", lambda: Round.objects.update(appeal_days=3))
    with pytest.raises(Moved):
        publish(contest, by=staff)


def test_what_was_scored_for_a_provisional_result_is_no_other_day_s(heard, meanwhile):
    end_of_days(heard)
    meanwhile(publish_module, "_drawn_up", lambda: intake.unsettle(heard.round, by=heard.staff, reason="แก้ไขคะแนนที่ผิด"))
    with pytest.raises(Moved):
        publish(heard.round, by=heard.staff, reason="แก้ไข")
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("looked", [True, False])
def test_papers_carry_what_was_looked_at(looked, staff, meanwhile):
    contest = make_contest(*falling(3))
    seen = preparation_of(contest, at=contest.now()).fingerprint if looked else None
    printed = Printed(project_th="โครงการใหม่", number_th="", dated=None, signers=())
    meanwhile(publish_module, "preparation_of", lambda: save_letterhead(contest, printed, by=staff, revision=0))
    if looked:
        with pytest.raises(Moved):
            publish(contest, by=staff, seen=seen)
    else:
        assert publish(contest, by=staff).paper["project_th"] == Letterhead.objects.get().project_th


def test_papers_that_never_stand_still_hold_nobody_for_ever(staff, monkeypatch):
    contest, drawn = make_contest(*falling(3)), []

    def then(*args, **kwargs):
        prepared = preparation_of(contest, *args[1:], **kwargs)
        drawn.append(prepared)
        if len(drawn) < 3 * preparation.MOST_LOOKS:
            printed = Printed(project_th=f"โครงการ {len(drawn)}", number_th="", dated=None, signers=())
            save_letterhead(contest, printed, by=staff, revision=len(drawn) - 1)
        return prepared

    monkeypatch.setattr(publish_module, "preparation_of", then)
    with pytest.raises(Moved):
        publish(contest, by=staff)
    assert not Publication.objects.exists()


def ends(publication: Publication) -> dict[int, int]:
    return {head["entry"]: head["events"] for head in publication.log}


def test_a_resolution_is_in_it_with_its_deed(staff, meanwhile):
    contest = make_contest(*falling(3))
    meeting = intake.save_meeting(contest, by=staff, held_on=date(2023, 8, 9), place="ห้อง 5", present=PRESENT)
    entry = contest.entries.order_by("pk")[0]
    matter = {"kind": "line", "matter": "รางวัลที่ 1", "text": "ตามคะแนน", "reason": "ห่างกัน 1 คะแนน"}
    meanwhile(
        publish_module,
        "preparation_of",
        lambda: intake.resolve(meeting, by=staff, entries=[entry], present=PRESENT, **matter),
    )
    publication = publish(contest, by=staff)
    assert len(publication.frame.get("resolutions", [])) == ends(publication).get(entry.pk, 0) == 1


def test_whoever_leaves_has_left_in_its_log_too(staff, meanwhile):
    contest = make_contest(*falling(3))
    entry = contest.entries.order_by("pk")[0]
    meanwhile(heads, "read", lambda: intake.withdraw_entry(entry, by=staff, reason="ถอน"))
    publication = publish(contest, by=staff)
    assert publication.results.count() == 2
    assert ends(publication) == {entry.pk: Event.objects.filter(entry=entry).count()}


def test_only_whoever_moved_is_scored_again_while_all_are_held(staff, meanwhile, monkeypatch):
    contest = make_contest(*falling(3), appeal_days=3)
    kept, scored = preparation._score, []
    monkeypatch.setattr(preparation, "_score", lambda *args: (scored.append(args[0].pk), kept(*args))[1])
    entry = contest.entries.order_by("pk")[0]
    meanwhile(publish_module, "_drawn_up", lambda: make.make_evidence(entry, "1.1.report", status="accepted"))
    publish(contest, by=staff)
    assert sorted(scored) == sorted([*contest.entries.values_list("pk", flat=True), entry.pk])


def test_nobody_weighs_what_would_earn_more_for_what_is_frozen(staff, monkeypatch):
    contest, weighed = make_contest(*falling(3)), []
    monkeypatch.setattr(score_module, "offers", lambda *args: weighed.append(args) or ())
    at = contest.now()
    publication = publish(contest, by=staff, at=at, scores=preparation.scores_of(contest, at=at))
    assert weighed == []
    assert all(one["why_th"] for one in publication.results.first().criteria.values())


def test_a_scorecard_that_says_something_else_is_found_after_the_worker_was_killed(staff):
    """What is done after the commit is not done here."""
    contest = make_contest(*falling(3))
    rescore(contest.entries.values_list("pk", flat=True))
    entry = contest.entries.order_by("pk")[0]
    Scorecard.objects.filter(entry=entry).update(total=1)
    publish(contest, by=staff)
    assert list(stale_entries(contest, contest.now())) == [entry]
