"""Second readings in the admin: passed on from the page of a piece, read blind, and settled by who runs the round."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from submissions import intake
from submissions.models import Evidence, PracticeSheet, SecondReading
from tests import factories as make
from tests.markup import flat

LIST = "/admin/submissions/secondreading/"
pytestmark = pytest.mark.django_db


def page_of(evidence) -> str:
    return f"/admin/submissions/evidence/{evidence.pk}/change/"


def reading_page(reading) -> str:
    return f"{LIST}{reading.pk}/change/"


@pytest.fixture
def evidence(committee):
    return make.make_evidence(committee.entry, kind="pdf")


def test_a_doubt_is_passed_on_shown_and_taken_back(committee, browser, evidence):
    judge, colleague = browser(committee.judge), browser(committee.colleague)
    address = f"/admin/submissions/evidence/{evidence.pk}/pass-on/"
    assert "Pass it to a second reader" in judge.get(page_of(evidence)).content.decode()
    judge.post(address, {"doubt": " ", "revision": evidence.revision})
    assert not SecondReading.objects.exists()
    judge.post(address, {"doubt": "Is it signed?", "to": committee.colleague.pk, "revision": evidence.revision})
    mine, theirs = (flat(one.get(page_of(evidence)).content.decode()) for one in (judge, colleague))
    assert "You passed it to a second reader, who decides." in mine
    assert "Is it signed?" in theirs
    assert 'value="accept"' in theirs
    assert 'value="accept"' not in mine
    assert evidence.title in flat(colleague.get(LIST).content.decode())
    assert evidence.title not in flat(judge.get(LIST).content.decode())
    refused = judge.post(page_of(evidence), {"decision": "accept", "revision": evidence.revision})
    assert refused.status_code == 422
    judge.post(address, {"take_back": "1"})
    assert SecondReading.objects.get().state == "lapsed"
    assert judge.post(page_of(evidence), {"decision": "accept", "revision": evidence.revision}).status_code == 302


def test_a_stranger_is_no_second_reader(committee, browser, evidence):
    address = f"/admin/submissions/evidence/{evidence.pk}/pass-on/"
    browser(committee.judge).post(address, {"doubt": "?", "to": committee.stranger.pk, "revision": evidence.revision})
    assert not SecondReading.objects.exists()
    reading = make.make_reading(evidence, committee.colleague)
    for person in (committee.stranger, committee.judge):
        assert browser(person).get(reading_page(reading)).status_code == 404


@pytest.fixture
def drawn(committee, evidence):
    evidence.status, evidence.reviewed_by = Evidence.Status.ACCEPTED, committee.judge
    evidence.save()
    return make.make_reading(evidence, committee.colleague, first_by=committee.judge)


def test_the_second_reader_finds_the_first_decision_at_no_door(committee, browser, evidence, drawn):
    """The piece is not there for them, but on its own page and as a file."""
    client = browser(committee.colleague)
    doors = [
        page_of(evidence),
        f"/admin/submissions/evidence/{evidence.pk}/history/",
        f"/api/v1/evidence/{evidence.pk}/",
    ]
    assert [client.get(door).status_code for door in doors] == [404, 404, 404]
    assert evidence.title not in flat(client.get("/admin/submissions/evidence/?status=all").content.decode())
    shown = flat(client.get(reading_page(drawn)).content.decode())
    assert str(committee.judge) not in shown
    assert "Both readings" not in shown
    assert client.get(f"/evidence/{evidence.pk}/file/").status_code == 200
    assert client.post(reading_page(drawn), {"decision": "return", "reason": ""}).status_code == 422
    assert client.post(reading_page(drawn), {"decision": "return", "reason": "Wrong month"}).status_code == 302
    assert "Wrong month" in client.get(reading_page(drawn)).content.decode()
    assert client.get(page_of(evidence)).status_code == 200


def test_staff_see_both_readings_and_decide(committee, browser, evidence, drawn):
    staff = browser(committee.staff)
    assert "Both readings" not in staff.get(reading_page(drawn)).content.decode()
    intake.read_again(drawn, by=committee.colleague, accept=False, reason="Wrong month")
    assert evidence.title in flat(staff.get(f"{LIST}?state=differing").content.decode())
    shown = flat(staff.get(reading_page(drawn)).content.decode())
    assert "Both readings" in shown
    assert "Wrong month" in shown
    assert staff.post(reading_page(drawn), {"decision": "accept", "reason": ""}).status_code == 422
    assert staff.post(reading_page(drawn), {"decision": "accept", "reason": "It is the right one"}).status_code == 302
    evidence.refresh_from_db()
    assert evidence.status == "accepted"
    assert not SecondReading.objects.differing().exists()


@pytest.mark.parametrize("state", ["", "done", "differing", "open", "all", "x"])
def test_the_list_asks_as_much_of_one_as_of_three(committee, browser, state):
    client, counts = browser(committee.staff), []
    for _number in range(3):
        piece = make.make_evidence(committee.entry, status="accepted")
        make.make_reading(piece, committee.colleague, first_by=committee.judge, state="done", accepted=False)
        make.make_reading(make.make_evidence(committee.entry, status="accepted"), None)
        with CaptureQueriesContext(connection) as caught:
            client.get(f"{LIST}?state={state}")
        counts.append(len(caught))
    assert counts[0] == counts[2], counts


def test_a_practice_sheet_is_handed_in_before_any_other(committee, browser):
    entry, judge = committee.entry, browser(committee.judge)
    address = f"/admin/submissions/practicesheet/round/{committee.round.pk}/"
    assert judge.get(address).status_code == 404
    intake.choose_practice(committee.round, entry, by=committee.staff)
    sheet = judge.get(f"/admin/submissions/sheet/entry/{committee.other.pk}/").content.decode()
    assert address in sheet
    assert "First judge the practice entry" in sheet
    points = {code: "0.5" for code in committee.round.scheme.items}
    by_itself = {"headers": {"Accept": "application/json"}}
    saved = [judge.post(address, {"5.1.1": number, "revision": "0", "save": "1"}, **by_itself) for number in "921"]
    assert [one.status_code for one in saved] == [422, 200, 409], "while it is typed, until it is saved elsewhere"
    assert judge.post(address, {**points, "revision": "1", "submit": "1"}).status_code == 422
    assert judge.post(address, {**points, "revision": "7", "save": "1"}).status_code == 409
    sent = judge.post(address, {**points, "revision": "1", "submit": "1", "confirmed": "on"})
    assert sent["Location"] == f"/rounds/{committee.round.pk}/calibration/"
    assert PracticeSheet.objects.get().status == "final"
    assert judge.get(address).status_code == 200
    assert browser(committee.staff).post(address, points).status_code == 403
    assert browser(committee.stranger).get(address).status_code == 404


def test_what_waits_for_who_has_left_is_shown_and_given_to_another(committee, browser, evidence, drawn):
    staff, third = browser(committee.staff), make.make_user("judge", full_name="Third")
    committee.round.judges.add(third)
    assert evidence.title not in flat(staff.get(LIST).content.decode())
    assert 'name="to"' not in staff.get(reading_page(drawn)).content.decode()
    committee.colleague.is_active = False
    committee.colleague.save()
    assert "can't read it any more" in flat(staff.get(LIST).content.decode()).replace("&#x27;", "'")
    page = flat(staff.get(reading_page(drawn)).content.decode())
    assert "whose account is closed" in page
    assert 'value="accept"' in page
    for to in ("", str(committee.judge.pk), "x"):
        assert staff.post(reading_page(drawn), {"to": to}).status_code == 422
    assert staff.post(reading_page(drawn), {"to": third.pk}).status_code == 302
    assert "can't read it" not in flat(staff.get(f"{LIST}?state=open").content.decode())
    assert evidence.title in flat(browser(third).get(LIST).content.decode())
