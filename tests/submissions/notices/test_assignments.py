"""Judges are told of what was assigned to them: one notice for a deed, and none to whom nothing changed."""

import pytest
from django.urls import reverse

from submissions import intake
from submissions.models import Event, Notice
from submissions.notices import from_events
from submissions.notices.from_events import tell_recorded
from submissions.notices.words import say
from tests import factories as make

pytestmark = pytest.mark.django_db
FULL = {"5.1.1": "3", "5.1.2": "2.5", "5.2.1": "1", "5.2.2": "1", "5.2.3": "0.5", "5.2.4": "0"}


@pytest.fixture
def judges():
    return [make.make_user("judge") for _ in range(3)]


@pytest.fixture
def round(judges):
    return make.make_round(judges=judges)


@pytest.fixture
def entries(round, staff):
    places = [make.make_office(f"TH-{number}", name_en=f"Place {number}") for number in range(20, 26)]
    return intake.enter_offices(round, places, by=staff)


def told() -> dict[int, list[int]]:
    """How many entries each notice tells each judge of; what was told before is forgotten."""
    tell_recorded()
    found: dict[int, list[int]] = {}
    for notice in Notice.objects.order_by("pk"):
        found.setdefault(notice.user_id, []).append(notice.data["count"])
    Notice.objects.all().delete()
    return {user: sorted(counts) for user, counts in found.items()}


def to(entries, *judges) -> dict[int, list[int]]:
    return {entry.pk: [judge.pk for judge in judges] for entry in entries}


def test_a_deed_is_one_notice_however_many_entries(round, entries, judges, staff, monkeypatch):
    monkeypatch.setattr(from_events, "BATCH", 2)
    intake.draw_judges(round, by=staff, per_entry=1)
    assert told() == {judge.pk: [2] for judge in judges}
    first, second, third = judges
    intake.assign_judges(round, to(entries, first, second), by=staff)
    assert told() == {first.pk: [4], second.pk: [4]}, "what they had already is not told again"
    intake.assign_judges(round, to(entries[:1], third), by=staff)
    intake.assign_judges(round, to(entries[1:3], third), by=staff)
    assert told() == {third.pk: [1, 2]}


def test_who_judges_more_once_nothing_is_shared_out_is_told_so(round, entries, judges, staff):
    first, second, third = judges
    intake.assign_judges(round, to(entries[:4], first, second) | to(entries[4:]), by=staff)
    intake.save_sheet(entries[0], by=first, points=FULL, final=True)
    intake.say_conflicts(entries[4:5], third, by=staff, reason="ญาติ")
    told()
    intake.let_everybody_judge(round, by=staff)
    assert told() == {first.pk: [2], second.pk: [2], third.pk: [5]}, "of two entries that nobody judged, too"
    intake.let_everybody_judge(round, by=staff)
    assert told() == {}


def test_whoever_judges_what_they_judged_before_is_told_nothing(round, entries, judges, staff):
    reserve, giver = make.make_user("judge"), judges[0]
    intake.draw_judges(round, by=staff, per_entry=3)
    assert told() == {}, "each judged everything"
    intake.let_everybody_judge(round, by=staff)
    intake.save_sheet(entries[0], by=giver, points=FULL, final=True)
    intake.hand_over(round, giver, reserve, by=staff, reason="ป่วย")
    assert Event.objects.filter(verb="judges.assigned").count() == 18
    assert told() == {reserve.pk: [5]}


def test_what_went_to_another_meanwhile_is_not_told(round, entries, judges, staff):
    first, second, _third = judges
    intake.assign_judges(round, to(entries, first), by=staff)
    intake.assign_judges(round, to(entries[1:], second), by=staff)
    intake.save_sheet(entries[0], by=first, points=FULL, final=True)
    assert told() == {second.pk: [5]}


def test_it_leads_a_judge_to_their_entries_and_names_none(client, round, entries, judges, staff):
    """Judged blindly, the codes of entries say nothing; nor does the notice."""
    round.is_blind = True
    round.save()
    intake.draw_judges(round, by=staff, per_entry=1)
    tell_recorded()
    notice = Notice.objects.get(user=judges[0])
    assert (notice.entry, notice.data["items"]) == (None, [])
    (said,) = say(Notice.objects.visible_to(judges[0]).select_related("round__edition"), judges[0])
    assert "2" in said.title
    client.force_login(judges[0])
    listed = client.get(reverse("notice", args=[notice.pk]), follow=True)
    assert listed.status_code == 200
    assert listed.redirect_chain[-1][0] == reverse("admin:submissions_sheet_changelist") + f"?round={round.pk}"
    assert listed.content.decode().count(reverse("admin:submissions_sheet_veiled", args=["x"])[:-2]) >= 2
    page = client.get(reverse("notices")).content.decode()
    assert not [entry for entry in entries if str(entry.office) in page]
    round.judges.remove(judges[0])
    assert not Notice.objects.visible_to(judges[0]).exists()
