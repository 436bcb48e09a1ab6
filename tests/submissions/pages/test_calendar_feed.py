"""The calendar file: what it holds, that events move and keep their names, who may read it, and what it costs."""

from datetime import date, timedelta

import icalendar
import pytest
from django.urls import reverse

from submissions import intake
from submissions.models import CalendarFeed
from tests import factories as make

pytestmark = pytest.mark.django_db
ADDRESS, PAGE = reverse("calendar-address"), reverse("calendar")


@pytest.fixture
def krabi():
    return make.make_entry(make.make_round(), make.make_office(name_th="กระบี่"))


@pytest.fixture
def officer(krabi):
    return make.make_user("officer")


def subscribe(user, language: str = "th") -> str:
    """The address of this person's file."""
    feed, _is_new = CalendarFeed.objects.get_or_create(user=user, defaults={"language": language})
    return reverse("calendar-file", args=[feed.key])


@pytest.fixture
def read(client):
    """read(user): the events of the file by their names."""

    def read(user, **how) -> dict[str, icalendar.Event]:
        response = client.get(subscribe(user, **how))
        assert response.status_code == 200
        calendar = icalendar.Calendar.from_ical(response.content)
        assert calendar.errors == []
        events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
        assert len(events) == len(calendar.walk("VEVENT"))
        return events

    return read


def uid(entry, kind: str, *slot: str) -> str:
    return "/".join([kind, *slot, f"e{entry.pk}"]) + "@testserver"


def test_each_deadline_is_a_day_of_the_calendar(read, officer, krabi):
    event = read(officer)[uid(krabi, "requirement", "3.5.report", "2023-07")]
    assert event["dtstart"].dt == date(2023, 7, 31)
    assert event["dtend"].dt == date(2023, 8, 1)
    assert event["summary"] == "รายงานผลการดำเนินงานประจำเดือน · กรกฎาคม 2566"
    assert "กระบี่: ยังไม่ส่ง" in event["description"]
    assert "3.5 " in event["description"]
    assert event["url"] == f"http://testserver/entries/{krabi.pk}/criteria/3.5/#slot-3-5-report-2023-07"
    assert event["transp"] == "TRANSPARENT"
    reminders = [alarm["trigger"].dt for alarm in event.walk("VALARM")]
    assert reminders == [timedelta(hours=9) - timedelta(days=days) for days in (7, 3, 1)]


def test_thai_survives_the_folding_of_lines(client, officer):
    lines = client.get(subscribe(officer)).content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert any(line.startswith(b" ") for line in lines)
    for line in lines:
        line.decode()  # no letter is cut in two


def test_more_time_moves_the_event(read, officer, krabi):
    name = uid(krabi, "requirement", "1.3.report")
    before = read(officer)[name]
    make.make_extension(krabi, "1.3.report", "2023-08-15")
    after = read(officer)[name]
    assert (before["dtstart"].dt, after["dtstart"].dt) == (date(2023, 7, 31), date(2023, 8, 15))
    assert after["sequence"] > before["sequence"]
    assert "ขยายเวลาให้แล้ว" in after["description"]


def test_what_is_done_is_ticked_and_reminds_nobody(read, officer, krabi):
    make.make_evidence(krabi, "1.3.report", status="accepted")
    make.make_value(krabi, "3.4.news", "12", "2023-07")
    events = read(officer)
    for name in (uid(krabi, "requirement", "1.3.report"), uid(krabi, "value", "3.4.news", "2023-07")):
        assert events[name]["summary"].startswith("✓ ")
        assert not events[name].walk("VALARM")
    assert not events[uid(krabi, "requirement", "1.3.training")].walk("VALARM")  # its day is over


def test_offices_that_share_a_day_share_an_event(read, officer, krabi):
    district = make.make_entry(
        krabi.round, make.make_office("8101", kind="district", parent=krabi.office, name_th="เมือง")
    )
    shared = uid(krabi, "requirement", "1.3.report")
    assert "เมือง: ยังไม่ส่ง" in read(officer)[shared]["description"]
    make.make_extension(district, "1.3.report", "2023-08-15")
    events = read(officer)
    assert "เมือง" not in events[shared]["description"]
    apart = events[uid(district, "requirement", "1.3.report")]
    assert apart["dtstart"].dt == date(2023, 8, 15)
    assert apart["summary"].endswith(" · เมือง")


def test_phases_last_their_days(read, officer, krabi):
    event = read(officer)[f"phase/{krabi.round_id}/3@testserver"]
    assert event["summary"].startswith("คณะทำงานพิจารณาผล")
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2023, 8, 1), date(2023, 9, 1))


def test_the_file_speaks_the_language_it_was_asked_in(read, officer, krabi):
    event = read(officer, language="en")[uid(krabi, "requirement", "1.3.report")]
    assert event["summary"] == "Report made from PDOC"
    assert "Not handed in yet" in event["description"]


def test_staff_read_the_days_of_the_rounds(read, krabi):
    staff = make.make_user("staff")
    event = read(staff)[f"requirement/1.4.workshop/r{krabi.round_id}@testserver"]
    assert event["dtstart"].dt == date(2022, 12, 31)
    assert not event.walk("VALARM")


def test_programs_are_told_how_often_to_ask(client, officer):
    lines = client.get(subscribe(officer)).content.decode().split("\r\n")
    assert {"REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H"} <= set(lines)


# The address


def test_an_address_is_made_renewed_and_ended(client, officer):
    client.force_login(officer)
    assert not CalendarFeed.objects.exists()
    client.post(ADDRESS, {"deed": "make"})
    first = CalendarFeed.objects.get(user=officer)
    assert len(first.key) == 43
    assert f"http://testserver/calendar/{first.key}.ics" in client.get(PAGE).content.decode()
    client.post(ADDRESS, {"deed": "make"})  # a second click
    assert CalendarFeed.objects.get().key == first.key
    client.post(ADDRESS, {"deed": "renew"})
    second = CalendarFeed.objects.get()
    assert second.key != first.key
    assert client.get(reverse("calendar-file", args=[first.key])).status_code == 404
    assert client.get(reverse("calendar-file", args=[second.key])).status_code == 200
    client.post(ADDRESS, {"deed": "end"})
    assert client.get(reverse("calendar-file", args=[second.key])).status_code == 404
    assert second.key not in client.get(PAGE).content.decode()


def test_nobody_ends_or_reads_another_s_address(client, officer):
    address = subscribe(make.make_user("officer"))
    client.force_login(officer)
    client.post(ADDRESS, {"deed": "end"})
    assert client.get(address).status_code == 200
    assert address not in client.get(PAGE).content.decode()


def test_who_left_and_who_was_never_there_get_nothing(client, officer):
    address = subscribe(officer)
    officer.is_active = False
    officer.save()
    assert client.get(address).status_code == 404
    assert client.get(reverse("calendar-file", args=["x" * 43])).status_code == 404
    assert client.get("/calendar/%00.ics").status_code == 404
    assert client.post(address).status_code == 405


def test_the_address_stays_out_of_the_history_of_people(client, officer):
    client.force_login(officer)
    client.post(ADDRESS, {"deed": "make"})
    key = CalendarFeed.objects.get().key
    assert officer.history.exists()
    assert key not in str(officer.history.values())


# Reading it again and again


def test_what_did_not_change_is_not_sent_again(client, officer, krabi):
    address = subscribe(officer)
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address).content == first.content
    make.make_evidence(krabi, "1.3.report")
    after = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (after.status_code, after["ETag"] != first["ETag"]) == (200, True)
    krabi.round.name_th = "ชื่อใหม่"
    krabi.round.save()
    assert client.get(address, headers={"If-None-Match": after["ETag"]}).status_code == 200


def test_what_is_being_written_is_a_new_file(client, officer, krabi):
    address = subscribe(officer)
    first = client.get(address)
    intake.save_answers(krabi, "monthly-report", {"results": "ก"}, by=officer, period="2023-07")
    fresh = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert fresh.status_code == 200
    assert "กระบี่: ร่าง" in fresh.content.decode().replace("\r\n ", "")


def test_a_new_day_is_a_new_file(client, officer, krabi):
    address = subscribe(officer)
    first = client.get(address)
    type(krabi.round).objects.update(clock_offset=krabi.round.clock_offset + timedelta(days=1))
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_file_costs_the_same_however_many_offices(client, officer, krabi, django_assert_max_num_queries):
    address, costs = subscribe(officer), []
    for more in (0, 25):
        for number in range(more):
            office = make.make_office(f"81{number:02}", kind="district", parent=krabi.office)
            make.make_evidence(make.make_entry(krabi.round, office))
        with django_assert_max_num_queries(6) as seen:
            etag = client.get(address)["ETag"]
        costs.append(len(seen))
    assert costs[0] == costs[1]
    with django_assert_max_num_queries(3):
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
