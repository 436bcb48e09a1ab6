"""The page of who takes part: what each person sees and may do there, and who is told to be missing."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from submissions import intake
from submissions.models import Entry, Event, RegisterLine
from tests import factories as make
from tests.submissions.conftest import make_tambons, own

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return response.content.decode()


def board(client, entry, query=""):
    return client.get(reverse("nominees", args=[entry.round_id]) + query)


def count(response, name: str) -> str:
    """A figure at the top of the page, as its words."""
    found = re.search(rf'data-count="{name}">(.*?)</dd>', text_of(response), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split())


@pytest.fixture
def as_officer(client):
    def log_in(office):
        client.force_login(make.make_user(office=office))
        return client

    return log_in


def test_a_district_names_a_person_and_reads_every_fault_beside_its_field(person, as_officer):
    client, address = as_officer(person.office), reverse("nominee", args=[person.pk])
    refused = client.post(address, {"name": " "})
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"name", "1.civil_servant"}
    kept = client.post(address, {"name": "นางสาวใจดี มีสุข"})
    assert "นางสาวใจดี มีสุข" in text_of(kept)
    assert list(kept.context["form"].errors) == ["1.civil_servant"]
    done = client.post(address, {"name": "นางสาวใจดี มีสุข", "1.civil_servant": "on"}, follow=True)
    assert done.redirect_chain[-1][0].endswith(f"#entry-{person.pk}")
    assert "นางสาวใจดี มีสุข" in text_of(done)
    assert (count(done, "missing"), count(done, "filled")) == ("0", "1 / 1")


def test_a_former_model_is_shown_with_its_year_and_cannot_be_chosen(chonburi, as_officer):
    [entry] = make_tambons(chonburi)
    RegisterLine.objects.create(office=own(entry.office), year=2020, register="model-tambon")
    client, address = as_officer(entry.office), reverse("nominee", args=[entry.pk])
    shown = text_of(client.get(address))
    assert re.search(rf'<option value="{own(entry.office).pk}" disabled>[^<]*2563', shown)
    refused = client.post(address, {"office": own(entry.office).pk})
    assert refused.status_code == 422
    assert "2563" in refused.context["form"].errors["office"][0]
    assert client.post(address, {"office": own(entry.office, 2).pk}).status_code == 302


def test_a_name_that_is_no_choice_is_refused_and_not_an_error(chonburi, as_officer):
    entry, other = make_tambons(chonburi, 2)
    client = as_officer(entry.office)
    for sent in (own(other.office).pk, "x", "9" * 30, ""):
        assert client.post(reverse("nominee", args=[entry.pk]), {"office": sent}).status_code == 422
    assert Entry.objects.filter(nominee_office=None).count() == 2


def test_who_is_missing_is_counted_and_shown_alone(chonburi, as_officer):
    first, second, third = make_tambons(chonburi, 3)
    client = as_officer(chonburi)
    intake.name_nominee(first, by=make.make_user("staff"), office=own(first.office))
    page = board(client, first)
    assert (count(page, "missing"), count(page, "filled")) == ("2", "1 / 3")
    assert text_of(page).count('class="paper"') == 3
    assert "15 ธ.ค. 2564" in text_of(page)
    lacking = text_of(board(client, first, "?missing"))
    assert [f'id="entry-{entry.pk}"' in lacking for entry in (first, second, third)] == [False, True, True]


def test_a_district_sees_its_own_entry_only(chonburi, as_officer):
    first, second = make_tambons(chonburi, 2)
    client = as_officer(first.office)
    assert f'id="entry-{second.pk}"' not in text_of(board(client, first))
    for name in ("nominee", "withdrawal"):
        assert client.get(reverse(name, args=[second.pk])).status_code == 404
    assert client.post(reverse("choice", args=[second.pk])).status_code == 404


def test_after_the_day_officers_read_why_and_staff_go_on(chonburi, client):
    [entry] = make_tambons(chonburi)
    entry.round.named_by = entry.round.now().date().replace(month=11)
    entry.round.save()
    client.force_login(make.make_user(office=entry.office))
    assert "เลยกำหนดแล้ว" in text_of(board(client, entry))
    assert client.get(reverse("nominee", args=[entry.pk])).status_code == 403
    client.force_login(make.make_user("staff"))
    assert reverse("nominee", args=[entry.pk]) in text_of(board(client, entry))
    assert client.get(reverse("nominee", args=[entry.pk])).status_code == 200


def test_a_province_chooses_up_to_its_places_and_replaces_who_withdraws(chonburi, candidates, as_officer):
    client = as_officer(chonburi)
    first, second, third = candidates
    assert (count(board(client, first), "missing"), count(board(client, first), "filled")) == ("2", "0 / 2")
    for entry in (first, second):
        client.post(reverse("choice", args=[entry.pk]), {"chosen": "yes"})
    refused = client.post(reverse("choice", args=[third.pk]), {"chosen": "yes"}, follow=True)
    assert "2" in str(next(iter(refused.context["messages"])))
    assert 'value="yes"' not in text_of(refused)  # no place is left to choose for
    assert count(refused, "missing") == "0"
    silent = client.post(reverse("withdrawal", args=[first.pk]), {"reason": " "})
    assert (silent.status_code, list(silent.context["form"].errors)) == (422, ["reason"])
    gone = client.post(reverse("withdrawal", args=[first.pk]), {"reason": "ตำบลขอถอนตัว"}, follow=True)
    assert count(gone, "missing") == "1"
    assert "ตำบลขอถอนตัว" in text_of(gone)
    assert count(client.post(reverse("choice", args=[third.pk]), {"chosen": "yes"}, follow=True), "missing") == "0"
    released = client.post(reverse("choice", args=[third.pk]), {"chosen": "no"}, follow=True)
    assert count(released, "missing") == "1"
    deeds = Event.objects.filter(entry=third, actor__role="officer").order_by("sequence")
    assert list(deeds.values_list("verb", flat=True)) == [
        "entry.chosen",
        "entry.released",
    ]


def test_a_district_sees_its_candidate_but_does_not_choose(candidates, as_officer):
    client, entry = as_officer(candidates[0].office), candidates[0]
    shown = text_of(board(client, entry))
    assert reverse("choice", args=[entry.pk]) not in shown
    assert "/ 2" not in shown  # how many of the province's places are filled is for who sees all of it
    assert client.post(reverse("choice", args=[entry.pk]), {"chosen": "yes"}).status_code == 403


def test_a_province_of_which_nobody_was_announced_is_missing_all_its_places(chonburi, candidates, client):
    province = make.make_office("TH-21", name_th="ระยอง")
    district = make.make_office("TH-2101", kind="district", parent=province, size="")
    make.make_entry(candidates[0].round.preceding, district)
    client.force_login(make.make_user("staff"))
    page = board(client, candidates[0], "?missing")
    assert (count(page, "missing"), count(page, "filled")) == ("4", "0 / 4")
    assert "ระยอง" in text_of(page)


def test_whoever_withdrew_is_shown_with_the_reason_and_who_took_the_place(person, as_officer):
    officer, client = make.make_user(office=person.office), as_officer(person.office)
    intake.name_nominee(person, by=officer, name="ก คนแรก", declared=["1.civil_servant"])
    successor = intake.withdraw_entry(person, by=officer, reason="ย้ายไปจังหวัดอื่น")
    assert count(board(client, person), "missing") == "1"
    intake.name_nominee(successor, by=officer, name="ข คนใหม่", declared=["1.civil_servant"])
    shown = text_of(board(client, person))
    assert "ย้ายไปจังหวัดอื่น" in shown
    assert f'<a href="{reverse("scorecard", args=[successor.pk])}">ข คนใหม่' in shown


def test_an_entry_s_pages_say_why_nothing_can_be_handed_in(person, as_officer):
    client, officer = as_officer(person.office), make.make_user(office=person.office)
    addresses = [reverse("scorecard", args=[person.pk]), reverse("criterion", args=[person.pk, "1"])]
    for address in addresses:
        shown = text_of(client.get(address))
        assert "ยังไม่ได้เสนอชื่อ" in shown
        assert reverse("nominees", args=[person.round_id]) in shown
        assert 'type="file"' not in shown
        assert reverse("values-enter", args=[person.pk]) not in shown
    intake.name_nominee(person, by=officer, name="ก", declared=["1.civil_servant"])
    assert 'type="file"' in (shown := text_of(client.get(addresses[1])))
    assert reverse("values-enter", args=[person.pk]) in shown
    intake.withdraw_entry(person, by=officer, reason="ลาออก")
    for address in addresses:
        shown = text_of(client.get(address))
        assert "ถอนตัวจากรอบนี้แล้ว" in shown
        assert "ลาออก" in shown
        assert 'type="file"' not in shown
        assert "is-waiting" not in shown  # nobody scores it any more, and no page waits for it


def test_the_home_page_leads_to_it_where_somebody_is_to_be_named(chonburi, as_officer):
    first, _second = make_tambons(chonburi, 2)
    other = make.make_round()
    make.make_entry(other, chonburi)
    home = text_of(as_officer(chonburi).get("/"))
    assert f'<a href="{reverse("nominees", args=[first.round_id])}">ผู้เข้าประเมิน' in home
    assert reverse("nominees", args=[other.pk]) not in home


def test_judges_read_what_an_entry_lacks(chonburi, client):
    [entry] = make_tambons(chonburi)
    intake.name_nominee(entry, by=make.make_user("staff"), office=own(entry.office))
    entry.round.take_stage(entry.round.scheme.stages[-1])
    entry.round.save()
    judge = make.make_user("judge", office=chonburi)
    entry.round.judges.add(judge)
    make.make_evidence(entry, "document.district")
    make.make_value(entry, "part.1.6", "true")
    make.make_value(entry, "part.1.5", "false")
    client.force_login(judge)
    shown = text_of(client.get(reverse("admin:submissions_sheet_of_entry", args=[entry.pk])))
    lacking = shown[shown.index("ยังขาด:") :].partition("</ul>")[0]
    assert "วีดิทัศน์ระดับจังหวัด" in lacking
    assert "แหล่งท่องเที่ยว" in lacking
    assert "เอกสารถอดบทเรียนระดับอำเภอ" not in lacking
    assert "ส่วนที่ 1: แผนที่" not in lacking
    assert "ตำบลจังหวัด" in shown  # the subdistrict, under the name that the test gives it
    listed = text_of(client.get(reverse("admin:submissions_sheet_changelist")))
    assert str(Entry.objects.get(pk=entry.pk)) in listed


def test_judges_look_and_do_nothing(candidates, client):
    judge = make.make_user("judge")
    candidates[0].round.judges.add(judge)
    client.force_login(judge)
    assert 'name="chosen"' not in text_of(board(client, candidates[0]))
    assert client.post(reverse("choice", args=[candidates[0].pk])).status_code == 403


def test_the_page_costs_the_same_for_one_entry_and_for_three(candidates, chonburi, client):
    client.force_login(make.make_user(office=chonburi))
    round, costs = candidates[0].round, {}
    for number, entry in enumerate(candidates, start=1):
        others = [one.pk for one in candidates[number:]]
        Entry.objects.filter(pk__in=others).update(round=round.preceding)
        Entry.objects.filter(pk=entry.pk).update(round=round)
        with CaptureQueriesContext(connection) as caught:
            shown = text_of(board(client, entry))
        assert shown.count('class="paper"') == number
        costs[number] = len(caught)
    assert costs[1] == costs[3] <= 9
