"""Whatever people do, through whichever door, the log explains every row that it leaves."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards.publishing.publish import publish
from submissions import intake
from submissions.log.check import check
from submissions.log.words import shown
from submissions.models import Entry, Event, Round
from submissions.notices.from_events import tell_recorded
from submissions.templatetags.wording import change_of
from tests import factories as make
from tests.submissions.conftest import make_tambons, own

from .world import World

pytestmark = pytest.mark.django_db


def said(report) -> list[str]:
    return [f"{one.owner} | {one.where} | {one.sentence}" for one in report.findings]


@pytest.mark.parametrize("seed", range(1, 7))
def test_whatever_is_done_the_log_explains_it(seed):
    world = World(seed)
    for _ in range(5):
        world.do(25)
        assert said(check()) == []
    world.do_each()
    tell_recorded()
    report = check()
    assert said(report) == []
    assert report.silent == 0
    assert report.events == Event.objects.count() > 100
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"evidence.attached", "evidence.accepted", "value.entered", "terms.changed", "judges.assigned"} < verbs
    assert verbs & {"sheet.submitted", "sheet.confirmed"}


def test_forms_that_were_filled_in_are_explained(db):
    from cdd4.demo.story import FILLED

    world = World()
    entry = world.entry()
    for code, data in FILLED.items():
        intake.hand_in_answers(entry, code, data, by=world.officers[entry.office_id])
    assert entry.evidence.exists()
    assert said(check()) == []


def test_returned_files_that_a_form_takes_the_place_of_are_explained(db):
    from cdd4.demo.story import FILLED

    world = World()
    entry, (code, data) = world.entry(), next(iter(FILLED.items()))
    officer, judge = world.officers[entry.office_id], make.make_user("judge")
    entry.round.judges.add(judge)
    slot = intake.HandIn(entry.round.scheme.forms[code].requirement)
    files = [intake.attach_evidence(entry, slot, by=officer, url=f"https://krabi.example/{name}") for name in "กข"]
    for file in files:
        intake.review_evidence(file, by=judge, accept=False, reason="ไม่มีลายมือชื่อ")
    intake.hand_in_answers(entry, code, data, by=officer, answering=[file.pk for file in files])
    assert {*entry.evidence.values_list("status", flat=True)} == {"submitted", "returned", "withdrawn"}
    assert said(check()) == []


def test_entries_that_are_named_chosen_released_and_withdrawn_are_explained(chonburi):
    staff = make.make_user("staff")
    offices = [entry.office for entry in make_tambons(chonburi, 3)]
    Entry.objects.all().delete()
    round = Round.objects.get()
    first, second, third = intake.enter_offices(round, offices, by=staff)
    for entry in (first, second, third):
        intake.name_nominee(entry, by=staff, office=own(entry.office))
    assert said(check()) == []
    intake.name_nominee(first, by=staff, office=own(first.office, 2))
    successor = intake.withdraw_entry(second, by=staff, reason="ลาออก")
    intake.name_nominee(successor, by=staff, office=own(second.office, 2))
    assert said(check()) == []
    publication = publish(round, by=staff)
    following = Round(name_th="รอบสอง", edition=round.edition, preceding=round, clock_offset=round.clock_offset)
    following.take_stage(round.scheme.stages[1])
    entries = [
        Entry(office=one.entry.office, preceding=one.entry, nominee_office=one.entry.nominee_office, state="candidate")
        for one in publication.results.select_related("entry")
    ]
    intake.open_round(following, entries, by=staff, judges=[make.make_user("judge")])
    chosen, other = following.entries.order_by("pk")[:2]
    intake.choose_entry(chosen, by=staff)
    intake.release_entry(chosen, by=staff)
    intake.choose_entry(chosen, by=staff)
    intake.withdraw_entry(other, by=staff, reason="ไม่พร้อม")
    report = check()
    assert said(report) == []
    assert report.entries == 4 + 3
    assert report.heads == 4


def test_a_change_of_the_terms_says_who_made_it_and_what_it_was_before():
    world = World()
    world.deed_set_date()
    events = Event.objects.filter(verb="terms.changed")
    assert events.count() == 3
    event = events.first()
    assert event.actor == world.staff
    assert set(event.data) == {"before", "after"}
    assert event.data["before"] == {"settings": make.DUE}
    assert set(event.data["after"]) == {"settings"}
    changed = event.data["after"]["settings"]["2.1.2.due"]
    title = world.round.scheme.settings["2.1.2.due"].title.th
    before, after = (f"{title}: {shown(day)}" for day in (make.DUE["2.1.2.due"], changed))
    assert change_of(event) == f"ค่าที่กำหนด: {before} → {after}"
    Round.objects.get(pk=world.round.pk).save()
    assert events.count() == 3, "saving without a change is no deed"


def test_the_admin_s_form_is_the_person_who_changed_the_terms(client):
    world = World()
    client.force_login(world.staff)
    office = world.entries[0].office
    page = client.get(f"/admin/submissions/office/{office.pk}/change/")
    form = page.context["adminform"].form
    data = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    assert client.post(f"/admin/submissions/office/{office.pk}/change/", {**data, "size": "large"}).status_code == 302
    event = Event.objects.get(verb="terms.changed")
    assert (event.actor, event.entry_id) == (world.staff, world.entries[0].pk)
    assert (event.data["before"], event.data["after"]) == ({"size": "small"}, {"size": "large"})
    assert said(check()) == []


def test_it_takes_as_many_statements_for_one_entry_as_for_three():
    world = World()
    world.do(60)
    costs = []
    for number in (1, 3):
        with CaptureQueriesContext(connection) as caught:
            assert said(check(Entry.objects.filter(pk__in=[one.pk for one in world.entries[:number]]))) == []
        costs.append(len(caught))
    assert costs[0] == costs[1] < 25
    with CaptureQueriesContext(connection) as caught:
        assert said(check()) == []
    assert len(caught) == costs[1] + 9, "and whether any entry is gone, and whether the tree over all logs holds"


def test_a_deed_of_that_very_moment_is_no_finding(monkeypatch):
    """Between reading events and reading rows somebody hands in: the entry is held and read once more."""
    from submissions.log import rows

    world, read, done = World(), rows.read, []

    def read_late(ids):
        if not done:
            done.append(world.deed_hand_in_link())
        return read(ids)

    monkeypatch.setattr(rows, "read", read_late)
    assert said(check()) == []
    assert done


def test_a_judge_who_is_deleted_leaves_the_committee_with_a_deed():
    world = World()
    judge = make.make_user("judge")
    seat = str(judge.pk)
    Round.objects.get(pk=world.round.pk).judges.add(judge)
    assert said(check()) == []
    judge.delete()
    assert said(check()) == []
    left = Event.objects.filter(verb="terms.changed").latest("pk").data
    assert left["before"]["committee"].keys() - left["after"]["committee"].keys() == {seat}


def test_a_clock_turned_by_less_than_a_second_is_told(db):
    world = World()
    round = Round.objects.get(pk=world.round.pk)
    round.clock_offset += timedelta(microseconds=1)
    round.save()
    assert Event.objects.filter(verb="terms.changed").count() == 3
    assert said(check()) == []
