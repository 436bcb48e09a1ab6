"""What takes two persons: proposed by one, done once when a second confirms it, with exactly what was proposed."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from awards.models import Publication, Publishing
from awards.publishing import publish as publish_module
from awards.publishing.preparation import preparation_of
from awards.publishing.publish import publish
from awards.tasks import make_publication
from submissions import intake
from submissions.intake import Refused
from submissions.log.check import check
from submissions.models import Appeal, Ending, Entry, Event, Notice, Proposal, Round
from submissions.notices.hearing import tell_proposals
from tests import factories as make
from tests.awards.conftest import falling, make_contest

from .hearing import make_heard, refresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
ALONE = "a second person confirms"


@pytest.fixture
def guarded(db):
    return make_heard(announced=False, needs_two_persons=True)


def propose_to_publish(world) -> Proposal:
    seen = preparation_of(world.round, at=world.round.now()).fingerprint
    arguments = {"reason": "", "decisions": [], "seen": seen, "number": 1, "provisional": True}
    return intake.propose(world.round, "publish", arguments, by=world.staff, reason="ครบแล้ว")


def test_publishing_takes_a_second_person(guarded):
    with pytest.raises(Refused, match=ALONE):
        publish(guarded.round, by=guarded.staff)
    before = Event.objects.count()
    proposal = propose_to_publish(guarded)
    assert not Publication.objects.exists(), "it was tried, and nothing of that is kept"
    assert Event.objects.count() == before
    assert tell_proposals() == 1
    assert Notice.objects.get(code="proposal.made").user == guarded.second
    with pytest.raises(Refused, match="proposed already"):
        propose_to_publish(guarded)
    for somebody, why in ((guarded.staff, "You proposed it"), (guarded.judge, "Only those who run")):
        with pytest.raises(Refused, match=why):
            intake.confirm(proposal, by=somebody)
    made = intake.confirm(proposal, by=guarded.second)
    assert (made.published_by, made.confirmed_by) == (guarded.staff, guarded.second)
    assert made.content()["persons"] == 2
    event = guarded.entry.events.get(verb="proposal.confirmed")
    assert (event.actor, event.data["sha256"]) == (guarded.second, proposal.sha256)
    with pytest.raises(Refused, match="decided already"):
        intake.confirm(proposal, by=guarded.second)
    assert tell_proposals() == 1
    assert Notice.objects.get(code="proposal.ended").user == guarded.staff
    assert [str(finding.sentence) for finding in check().findings] == []


def test_nobody_is_held_while_what_is_confirmed_is_drawn_up(guarded, monkeypatch):
    """Until it is written: then entries come before their round."""
    proposal, drawing = propose_to_publish(guarded), publish_module._drawn_up
    before: list[str] = []
    with CaptureQueriesContext(connection) as caught:

        def draw(*args):
            before.extend(held(caught))
            return drawing(*args)

        monkeypatch.setattr(publish_module, "_drawn_up", draw)
        intake.confirm(proposal, by=guarded.second)
    assert not before
    assert held(caught)[:2] == ["submissions_entry", "submissions_round"]


def held(caught: CaptureQueriesContext) -> list[str]:
    """The tables of which rows were held, in their order."""
    found = (re.search(r'FROM "(submissions_(?:entry|round))".*FOR (?:NO KEY )?UPDATE', one["sql"]) for one in caught)
    return [one[1] for one in found if one]


def test_what_has_moved_since_is_not_done(guarded):
    proposal = propose_to_publish(guarded)
    intake.review_evidence(guarded.report, by=guarded.judge, accept=True)
    with pytest.raises(intake.Overtaken):
        intake.confirm(proposal, by=guarded.second)
    assert not Publication.objects.exists()
    assert Ending.objects.get(proposal=proposal).state == "overtaken"
    propose_to_publish(guarded)


def test_a_proposal_ends_after_seven_days_or_by_either_person(guarded):
    proposal = propose_to_publish(guarded)
    with pytest.raises(Refused, match="seven days"):
        intake.confirm(proposal, by=guarded.second, at=proposal.until)
    assert not Proposal.objects.for_second(guarded.second, proposal.until).exists()
    assert list(Proposal.objects.for_second(guarded.second, timezone.now())) == [proposal]
    with pytest.raises(Refused, match="Only who proposed it"):
        intake.withdraw(proposal, by=guarded.second)
    with pytest.raises(Refused, match="Say why"):
        intake.decline(proposal, by=guarded.second, reason=" ")
    intake.decline(proposal, by=guarded.second, reason="รอก่อน")
    with pytest.raises(Refused, match="declined"):
        intake.confirm(proposal, by=guarded.second)
    again = propose_to_publish(guarded)
    intake.withdraw(again, by=guarded.staff)
    assert [one.state for one in Proposal.objects.order_by("pk")] == ["declined", "withdrawn"]


def test_what_was_altered_is_not_done(guarded):
    proposal = propose_to_publish(guarded)
    with pytest.raises(TypeError):
        proposal.save()
    altered = Proposal(**{f.attname: getattr(proposal, f.attname) for f in Proposal._meta.concrete_fields})
    altered.pk, altered.arguments = None, proposal.arguments | {"reason": "อื่น"}
    altered.save()
    with pytest.raises(Refused, match="altered"):
        intake.confirm(altered, by=guarded.second)


def test_judges_leave_and_one_person_is_enough_only_by_two(guarded):
    staff, judge, silent = guarded.staff, guarded.judge, guarded.silent
    for alone in (
        lambda round: round.judges.remove(guarded.other),
        lambda round: round.judges.set([judge]),
        lambda round: round.judges.clear(),
        lambda round: silent.delete(),
        lambda round: [setattr(silent, "is_active", False), silent.save()],
        lambda round: [setattr(silent, "role", "staff"), silent.save(update_fields=["role"])],
        lambda round: intake.unseat_judges(round, [silent.pk], by=staff),
        lambda round: intake.let_one_person(round, by=staff),
        lambda round: [setattr(round, "needs_two_persons", False), round.save()],
    ):
        with pytest.raises(Refused, match=ALONE), transaction.atomic():
            alone(guarded.round)
        refresh(guarded)
        silent.refresh_from_db()
    round = guarded.round
    leaving = {"judges": [guarded.other.pk]}
    intake.confirm(intake.propose(round, "unseat", leaving, by=staff, reason="ย้าย"), by=guarded.second)
    assert set(round.judges.all()) == {judge, silent}
    guarded.other.is_active = False
    guarded.other.save()  # who sits nowhere any more is closed by one person
    round.judges.add(guarded.other)  # who comes takes nothing away
    intake.confirm(intake.propose(round, "alone", {}, by=staff, reason="ทีมเล็ก"), by=guarded.second)
    refresh(guarded)
    assert publish(guarded.round, by=staff).confirmed_by is None
    told = [event.data["after"] for event in guarded.entry.events.filter(verb="terms.changed")]
    assert {"two_persons": False} in told
    assert [str(finding.sentence) for finding in check().findings] == []


def test_criteria_imports_and_sheets_too(guarded):
    round, staff, second = guarded.round, guarded.staff, guarded.second
    text = round.edition.text + "# other\n"
    with pytest.raises(Refused, match=ALONE):
        intake.adopt_edition(round, text, by=staff, reason="แก้", expected=round.edition.digest)
    said = {"text": text, "reason": "แก้", "expected": round.edition.digest}
    intake.confirm(intake.propose(round, "adopt", said, by=staff, reason="แก้"), by=second)
    refresh(guarded)
    assert guarded.round.edition.text == text
    from submissions.questions.undoing import plan

    seen = plan(guarded.done).digest
    with pytest.raises(Refused, match=ALONE):
        intake.undo_import(guarded.done, by=staff, seen=seen)
    undoing = intake.propose(round, "undo", {"import": guarded.done.pk, "seen": seen}, by=staff, reason="ผิดไฟล์")
    intake.confirm(undoing, by=second)
    guarded.done.refresh_from_db()
    assert guarded.done.undone_by == staff
    intake.confirm(propose_to_publish(guarded), by=second)
    refresh(guarded)
    criterion = guarded.round.scheme.criteria_of("item", next(iter(guarded.round.scheme.items)))[0].code
    made = intake.make_appeal(guarded.entry, criterion, by=guarded.officer, text="ค้าน")
    appeal = Appeal.objects.select_related("entry__round__edition").get(pk=made.pk)
    with pytest.raises(Refused, match=ALONE):
        intake.reopen_sheet(guarded.sheet, by=staff, reason="ดูใหม่", appeal=appeal)
    about = {"sheet": guarded.sheet.pk, "appeal": appeal.pk, "reason": "ดูใหม่", "revision": guarded.sheet.revision}
    reopening = intake.propose(guarded.round, "reopen", about, by=staff, reason="ดูใหม่", entry=guarded.entry)
    intake.confirm(reopening, by=second)
    assert list(appeal.sheets.all()) == [guarded.sheet]
    intake.confirm(intake.propose(guarded.round, "unsettle", {}, by=staff, reason="พบข้อผิดพลาด"), by=second)
    refresh(guarded)
    assert guarded.round.announces_provisionally
    assert [str(finding.sentence) for finding in check().findings] == []


def test_the_page_is_where_it_is_confirmed(guarded):
    proposal = propose_to_publish(guarded)
    first, second, outside = Client(), Client(), Client()
    for client, user in ((first, guarded.staff), (second, guarded.second), (outside, guarded.officer)):
        client.force_login(user)
    address = f"/proposals/{proposal.pk}/"
    assert outside.get(address).status_code == 404
    assert first.post(address, {"deed": "confirm"}).status_code == 403
    assert second.post(address, {"deed": "decline", "reason": ""}).status_code == 422
    begun = second.post(address, {"deed": "confirm"})
    assert begun.status_code == 302
    make_publication(Publishing.objects.get().pk)
    assert second.get(begun["Location"]).status_code == 302
    assert Publication.objects.get().confirmed_by == guarded.second
    assert second.post(address, {"deed": "confirm"}).status_code == 422


def test_the_second_person_is_led_to_what_waits_and_lists_ask_as_much_of_many(guarded):
    first, second, counts = Client(), Client(), []
    first.force_login(guarded.staff)
    second.force_login(guarded.second)
    for judge in (guarded.judge, guarded.other, guarded.silent):
        intake.propose(guarded.round, "unseat", {"judges": [judge.pk]}, by=guarded.staff, reason="ย้าย")
        with CaptureQueriesContext(connection) as caught:
            assert second.get("/proposals/").status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[2], counts
    told = 'class="task-count" href="/proposals/">3</a>'
    assert [told in client.get("/admin/").content.decode() for client in (first, second)] == [False, True]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_do_it_once():
    staff, seconds = make.make_user("staff"), [make.make_user("staff") for _ in range(2)]
    round = make_contest(*falling(2), needs_two_persons=True)
    seen = preparation_of(round, at=round.now()).fingerprint
    arguments = {"reason": "", "decisions": [], "seen": seen, "number": 1, "provisional": False}
    proposal = intake.propose(round, "publish", arguments, by=staff, reason="ครบแล้ว")
    answers = []

    def press(user) -> None:
        try:
            answers.append(intake.confirm(Proposal.objects.get(pk=proposal.pk), by=user).number)
        except Refused as refused:
            answers.append(str(refused))
        finally:
            connection.close()

    at_once(*(lambda user=user: press(user) for user in seconds))
    assert sorted(map(str, answers))[0] == "1"
    assert len(answers) == 2
    assert Publication.objects.count() == Ending.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_appeal_at_the_last_moment_is_heard_or_too_late_and_never_lost():
    with translation.override("en"):
        world = make_heard()
    until, answers = world.round.appeals_until, []

    def appeal() -> None:
        try:
            entry = Entry.objects.with_round().get(pk=world.entry.pk)
            answers.append(intake.make_appeal(entry, "1.1", by=world.officer, text="ค้าน", at=until).pk)
        except Refused as refused:
            answers.append(refused)
        finally:
            connection.close()

    def finish() -> None:
        try:
            after = until + timedelta(microseconds=1)
            answers.append(publish(Round.objects.get(pk=world.round.pk), by=world.staff, at=after))
        except Refused as refused:
            answers.append(refused)
        finally:
            connection.close()

    at_once(appeal, finish)
    finals = Publication.objects.filter(appeals_until=None)
    assert not (finals.exists() and Appeal.objects.exists()), "a final result that passed over an appeal"


def at_once(*works) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
