"""Offices are reminded from a board: first who would be, then exactly those, each once however much it owes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from scoring.boards.board import Board
from scoring.boards.choice import Choice
from scoring.boards.reminding import Reminder
from submissions import intake
from submissions.intake import Reminded
from submissions.log.check import check
from submissions.models import Entry, Event, Notice, Round
from submissions.notices.from_events import tell_recorded
from submissions.notices.words import say
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db
LATE = {"about": "r|1.2.report", "state": "late"}


@pytest.fixture
def staff():
    return make.make_user("staff")


@pytest.fixture
def round():
    return make.make_round()


@pytest.fixture
def krabi(round):
    return make.make_entry(round, make.make_office("TH-81", name_th="กระบี่"))


@pytest.fixture
def chiangmai(round):
    entry = make.make_entry(round, make.make_office("TH-50", name_th="เชียงใหม่"))
    make.make_evidence(entry, "1.2.report", "r1", status="accepted")
    return entry


@pytest.fixture
def officers(krabi, chiangmai):
    return [make.make_user("officer", office=entry.office) for entry in (krabi, chiangmai)]


def reminder(round, only=None, **query) -> Reminder:
    return Reminder(Board(round, Entry.objects.all(), Choice.of(query)), only)


def owed(reminder: Reminder) -> dict[str, list[str]]:
    return {one.row.office.name_th: [f"{t.code} {t.period}" for t in one.things] for one in reminder.addressees}


@pytest.fixture
def send(client, staff, round):
    def send(entries, **query):
        client.force_login(staff)
        address = reverse("board-remind", args=[round.pk])
        query = "&".join(f"{name}={text}" for name, text in query.items())
        return client.post(f"{address}?{query}", {"entries": ",".join(str(entry.pk) for entry in entries)})

    return send


# Who would be written to, and about what


def test_each_office_is_reminded_of_what_is_shown_and_owed(round, krabi, chiangmai, officers):
    assert owed(reminder(round, **LATE)) == {"กระบี่": ["1.2.report r1", "1.2.report r2"], "เชียงใหม่": ["1.2.report r2"]}
    make.make_evidence(krabi, "1.2.report", "r1", status="returned")
    assert owed(reminder(round, about="r|1.2.report", state="returned")) == {"กระบี่": ["1.2.report r1"]}
    assert owed(reminder(round, about="r|1.2.report", state="done")) == {}
    everything = owed(reminder(round))
    assert "1.1.report " in everything["กระบี่"]  # due within 30 days
    march = round
    march.clock_offset -= timedelta(days=120)
    assert "1.1.report " not in owed(reminder(march))["กระบี่"]


def test_the_preview_names_people_and_things_and_writes_nothing(client, round, krabi, chiangmai, officers, staff):
    client.force_login(staff)
    text = flat(client.get(reverse("board-remind", args=[round.pk]), LATE).content.decode())
    assert "เตือน 2 สำนักงาน รวม 3 รายการ" in text
    assert str(officers[0]) in text
    assert "เลยกำหนด · 101 วัน" in text
    assert not Event.objects.exists()
    assert not Notice.objects.exists()


def test_that_nothing_was_chosen_is_told_before_all_are_written_to(client, round, krabi, chiangmai, officers, staff):
    client.force_login(staff)
    address = reverse("board-remind", args=[round.pk])
    whole = flat(client.get(address).content.decode())
    assert "notice-warning" in whole
    narrowed = flat(client.get(address, LATE).content.decode())
    assert "notice-warning" not in narrowed
    assert "<strong>เลยกำหนด</strong>" in narrowed


def test_who_has_no_account_is_told_of_beside(client, round, krabi, staff):
    client.force_login(staff)
    text = flat(client.get(reverse("board-remind", args=[round.pk]), LATE).content.decode())
    assert "ไม่ส่งถึง: ยังไม่มีบัญชีผู้ใช้" in text
    assert "ส่งการเตือน" not in text


# Then they are


def test_exactly_those_shown_are_written_to_once_each(round, krabi, chiangmai, officers, send, staff):
    other = make.make_entry(round)  # came to be after the preview
    make.make_user("officer", office=other.office)
    before = len(check().findings)  # of rows that no deed made
    answer = send([krabi, chiangmai], **LATE)
    assert answer["Location"].startswith(reverse("board", args=[round.pk]) + "?")
    events = Event.objects.filter(verb="reminder.sent").order_by("entry__office__sort_key")
    assert [event.entry_id for event in events] == [krabi.pk, chiangmai.pk]
    first = events[0]
    assert (first.actor, first.data["filters"], first.data["offices"]) == (staff, "about=r%7C1.2.report&state=late", 2)
    assert first.data["asked"][0] == ["requirement", "1.2.report", "r1", "late", "2023-03-31"]
    tell_recorded()
    tell_recorded()
    notices = Notice.objects.filter(code="reminder.sent").select_related("round__edition")
    assert {notice.user: notice.data["count"] for notice in notices} == {officers[0]: 2, officers[1]: 1}
    assert len(check().findings) == before


def test_whoever_handed_in_since_the_preview_is_not_written_to(krabi, chiangmai, officers, send):
    make.make_evidence(chiangmai, "1.2.report", "r2")
    send([krabi, chiangmai], **LATE)
    assert [event.entry for event in Event.objects.filter(verb="reminder.sent")] == [krabi]


def test_an_office_above_others_gets_one_notice_for_all_of_them(round, send):
    province = make.make_office("TH-20")
    above = make.make_user("officer", office=province)
    entries = [
        make.make_entry(round, make.make_office(f"TH-200{number}", kind="district", parent=province))
        for number in range(3)
    ]
    send(entries, **LATE)
    tell_recorded()
    [notice] = Notice.objects.filter(user=above)
    assert notice.data["count"] == 6


def test_nobody_is_reminded_twice_within_a_day(round, krabi, chiangmai, officers, send):
    send([krabi], **LATE)
    answer = send([krabi, chiangmai], about="c|3.5")
    assert answer.status_code == 302
    assert Event.objects.filter(verb="reminder.sent", entry=krabi).count() == 1
    again = send([krabi, chiangmai], **LATE)
    assert again.status_code == 422
    assert "24 ชั่วโมง" in again.content.decode()
    assert [one.row.pk for one in reminder(round, **LATE).lately] == [krabi.pk, chiangmai.pk]


def test_the_day_after_it_may_be_done_again(round, krabi, officers, send, monkeypatch):
    send([krabi], **LATE)
    later = timezone.now() + timedelta(hours=24, minutes=1)
    monkeypatch.setattr("submissions.questions.reminded.timezone.now", lambda: later)
    assert owed(reminder(round, **LATE))
    assert send([krabi], **LATE).status_code == 302


def test_what_the_office_reads(round, krabi, officers, send):
    make.make_evidence(krabi, "1.2.report", "r1", status="returned")
    send([krabi], about="r|1.2.report")
    tell_recorded()
    with translation.override("en"):
        [told] = say(Notice.objects.filter(user=officers[0]).select_related("round__edition"), officers[0])
        assert told.title == "2 items are still to be done"
        assert [line.text.split(",")[0] for line in told.lines] == ["it came back · 101 days late", "10 days late"]
        assert told.lines[0].path.endswith("#slot-1-2-report-r1")


def test_names_and_amounts_are_reminded_of_too(round, krabi, officers, send):
    send([krabi], about="v|3.4.news", period="2023-05")
    tell_recorded()
    [told] = say(Notice.objects.filter(user=officers[0]).select_related("round__edition"), officers[0])
    assert told.path.endswith("#values")


@pytest.mark.parametrize("closed", [True, False])
def test_a_round_that_is_closed_or_prepared_reminds_nobody(client, round, krabi, officers, staff, closed):
    Round.objects.filter(pk=round.pk).update(**({"is_closed": True} if closed else {"opens_at": None}))
    client.force_login(staff)
    assert client.get(reverse("board-remind", args=[round.pk])).status_code == 403
    round.refresh_from_db()
    with pytest.raises(intake.Refused):
        intake.remind(round, {krabi.pk: [Reminded("requirement", "1.1.report", "", "late", make.NOW.date())]}, by=staff)


def test_only_central_staff_remind(client, round, krabi, officers, send):
    judge = make.make_user("judge")
    round.judges.add(judge)
    client.force_login(judge)
    assert client.post(reverse("board-remind", args=[round.pk]), {"entries": str(krabi.pk)}).status_code == 403
    with pytest.raises(intake.Refused):
        intake.remind(round, {krabi.pk: [Reminded("requirement", "1.1.report", "", "late", make.NOW.date())]}, by=judge)


def test_more_than_can_be_reminded_at_once_are_refused(
    krabi, chiangmai, officers, client, round, send, staff, monkeypatch
):
    monkeypatch.setattr("scoring.boards.reminding.MOST", 1)
    client.force_login(staff)
    text = client.get(reverse("board-remind", args=[round.pk]), LATE).content.decode()
    assert "มากกว่าที่เตือนได้ในครั้งเดียว" in text
    assert "ส่งการเตือน" not in text
    assert send([krabi, chiangmai], **LATE).status_code == 422
    assert not Event.objects.filter(verb="reminder.sent").exists()


def test_nonsense_is_nobody(krabi, officers, client, round, staff):
    client.force_login(staff)
    for entries in ("", "x", "-1", "9" * 30, "\x00", f"{krabi.pk + 999}"):
        answer = client.post(reverse("board-remind", args=[round.pk]), {"entries": entries})
        assert answer.status_code == 422
    assert not Event.objects.filter(verb="reminder.sent").exists()


def test_a_few_statements_for_many_offices(round, staff, django_assert_max_num_queries):
    entries = [make.make_entry(round) for _ in range(30)]
    things = [Reminded("requirement", "1.1.report", "", "late", make.NOW.date())]
    with django_assert_max_num_queries(9):
        intake.remind(round, {entry.pk: things for entry in entries}, by=staff)
    assert Event.objects.filter(verb="reminder.sent").count() == 30
