"""The page on which amounts are entered: as people write them, all that is wrong told at once, nothing lost."""

import re

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from submissions.models import Value
from submissions.pages.forms import ValuesForm
from tests import factories as make

from .test_evidence import enter, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client, entry):
    """Logged in for the entry's office."""
    user = make.make_user("officer")
    client.force_login(user)
    return user


def test_values_are_entered_as_people_write_them(client, entry, officer):
    response = enter(client, entry, "3.4", **{"3.4.news.2023-07": "๑,๒๓๔", "3.4.webex.2023-07": " 12 "})
    kept = {value.code: value.text for value in Value.objects.all()}
    assert response.status_code == 302
    assert kept == {"3.4.news": "1234", "3.4.webex": "12"}


def test_all_wrong_values_are_told_at_once_and_none_is_kept(client, entry, officer):
    amounts = {"3.4.news.2023-07": "96,2", "3.4.webex.2023-07": "สิบ", "3.4.conference_early.2023-07": "1"}
    response = enter(client, entry, "3.4", htmx=True, **amounts)
    page = text_of(response)
    assert response.status_code == 422
    assert page.count("is-invalid") == 2
    assert 'value="96,2"' in page
    assert 'value="สิบ"' in page
    assert not Value.objects.exists()


def test_a_date_is_written_with_its_buddhist_year_and_nothing_else(client, entry):
    client.force_login(make.make_user("staff"))
    assert enter(client, entry, "2.1.2", **{"2.1.2.received_on": "30/05/2023"}).status_code == 422
    assert enter(client, entry, "2.1.2", **{"2.1.2.received_on": "๓๐ พ.ค. ๒๕๖๖"}).status_code == 302
    assert Value.objects.get().text == "2023-05-30"
    assert 'value="30/05/2566"' in text_of(client.get(reverse("criterion", args=[entry.pk, "2.1.2"])))


def test_each_field_says_how_it_is_filled_in(client, entry):
    client.force_login(make.make_user("staff"))
    for criterion, hint in (("2.1.2", "20/11/2566"), ("2.1.1", "หน่วย: ร้อยละ"), ("3.3", "หน่วย: เครื่อง")):
        assert hint in text_of(client.get(reverse("criterion", args=[entry.pk, criterion])))


def test_an_amount_that_may_be_a_slip_is_saved_and_told_beside_it(client, entry):
    client.force_login(make.make_user("staff"))
    amounts = {"2.1.1.collected": "51000", "2.1.1.target": "50000", "2.1.1.confidence": "120"}
    page = text_of(enter(client, entry, "2.1.1", htmx=True, **amounts))
    assert page.count("field-warning") == 1  # more than the target is what the best band asks for
    assert page.index("เกิน 100 %: ตรวจสอบอีกครั้ง") > page.index('value="120"')
    assert "นับเป็นคะแนนทันที" in page
    assert 'class="notice notice-warning"' in page
    assert "notice-success" not in page
    assert Value.objects.count() == 3
    page = text_of(enter(client, entry, "3.3", htmx=True, **{"3.3.protected": "41", "3.3.total": "40"}))
    assert "มากกว่า เครื่องคอมพิวเตอร์ทั้งหมด (40): ตรวจสอบอีกครั้ง" in page


def test_an_office_that_reads_an_amount_reads_the_warning_too(client, entry, officer):
    make.make_value(entry, "2.2.1.updated", "13")
    assert "มากกว่า 12: ตรวจสอบอีกครั้ง" in text_of(client.get(reverse("criterion", args=[entry.pk, "2.2.1"])))


@pytest.fixture
def colleague():
    """Logged in for the same office, in another browser."""
    client = Client()
    client.force_login(make.make_user("officer", full_name="เจ้าหน้าที่อีกคน"))
    return client


NEWS, MEETINGS = "3.4.news.2023-07", "3.4.webex.2023-07"


@pytest.fixture
def shown(entry):
    """What a page sends along that shows 10 news and 10 meetings, as there are."""
    for code in ("3.4.news", "3.4.webex"):
        make.make_value(entry, code, "10", "2023-07")
    return {f"shown.{NEWS}": "1 10", f"shown.{MEETINGS}": "1 10"}


def kept() -> dict[str, str]:
    return dict(Value.objects.values_list("code", "text"))


def sent_again(response) -> dict[str, str]:
    """The fields of news and meetings, as the page of the answer sends them."""
    names = "|".join(re.escape(name) for name in (NEWS, MEETINGS))
    return dict(re.findall(rf'name="((?:shown\.)?(?:{names}))" value="([^"]*)"', text_of(response)))


def test_an_emptied_field_takes_the_value_back(client, entry, officer, shown):
    page = text_of(
        enter(client, entry, "3.4", htmx=True, **{NEWS: "", MEETINGS: "2.5", "3.4.news.2023-06": "9", **shown})
    )
    assert kept() == {"3.4.webex": "2.5"}
    assert "บันทึกแล้ว 1 ค่า ลบแล้ว 1 ค่า รอตรวจรับ: " in page
    assert re.search("รอตรวจรับ: [^.:]*WebEx", page)


def test_a_number_of_any_length_is_kept_and_the_page_shows_it(client, entry, officer, shown):
    for text in ("1" * 40, "1" * 29 + ".5"):
        make.make_value(entry, "3.4.news", text, "2023-06")
        assert client.get(reverse("criterion", args=[entry.pk, "3.4"])).status_code == 200
        Value.objects.filter(period="2023-06").delete()
    page = text_of(enter(client, entry, "3.4", htmx=True, **{NEWS: "2.5", **shown}))
    assert "ไม่ใช่จำนวนเต็ม" not in page, "with nothing beside it"
    make.make_value(entry, "3.4.news", "9", "2023-06")
    page = text_of(enter(client, entry, "3.4", htmx=True, **{NEWS: "3.5", f"shown.{NEWS}": "2 2.5"}))
    assert page.index("มีค่าที่อาจผิดปกติ") < page.index("ไม่ใช่จำนวนเต็ม")
    seen = {f"shown.{NEWS}": "3 3.5"}
    page = text_of(enter(client, entry, "3.4", htmx=True, **{NEWS: "-3", **seen}))
    assert "ไม่ใช่จำนวนเต็ม" not in page, "the field shows another number"
    page = text_of(enter(client, entry, "3.4", htmx=True, **{NEWS: "3.5", MEETINGS: "-3", **shown, **seen}))
    assert "ไม่ใช่จำนวนเต็ม" in page, "and this one what it is said of"


def test_what_is_sent_twice_at_once_is_no_conflict_with_oneself(client, entry, officer, shown, monkeypatch):
    is_valid = ValuesForm.is_valid

    def sent_before(form):
        monkeypatch.setattr(ValuesForm, "is_valid", is_valid)
        enter(client, entry, "3.4", **{NEWS: "12", **shown})
        return is_valid(form)

    monkeypatch.setattr(ValuesForm, "is_valid", sent_before)
    assert enter(client, entry, "3.4", **{NEWS: "12", **shown}).status_code == 302
    assert Value.objects.get(code="3.4.news").revision == 2


def test_the_second_of_two_people_is_told_and_what_they_typed_is_kept(client, entry, officer, colleague, shown):
    assert enter(colleague, entry, "3.4", **{NEWS: "15", **shown}).status_code == 302
    response = enter(client, entry, "3.4", **{NEWS: "12", **shown})
    page = text_of(response)
    assert response.status_code == 409
    assert "เจ้าหน้าที่อีกคน" in page
    assert "10 → 15" in page
    assert "3.4.news 2023-07" not in page, "what it was done to is called as on the page"
    assert "1.1" not in page[page.index("10 → 15") - 300 : page.index("10 → 15")], "nothing that was done elsewhere"
    assert kept()["3.4.news"] == "15"
    # What came back is told the present state: sent again it is a decision.
    again = sent_again(response)
    assert (again[NEWS], again[f"shown.{NEWS}"]) == ("12", "2 15")
    assert enter(client, entry, "3.4", **again).status_code == 302
    assert kept()["3.4.news"] == "12"


@pytest.mark.parametrize("same", ["15", "๑๕", "015", "15.0"])
def test_two_who_write_the_same_have_nothing_to_decide(client, entry, officer, colleague, shown, same):
    enter(colleague, entry, "3.4", **{NEWS: "15", **shown})
    assert enter(client, entry, "3.4", **{NEWS: same, MEETINGS: "11", **shown}).status_code == 302
    assert kept() == {"3.4.news": "15", "3.4.webex": "11"}
    enter(colleague, entry, "3.4", **{MEETINGS: "12", f"shown.{MEETINGS}": "2 11"})
    page = text_of(enter(client, entry, "3.4", **{NEWS: same, MEETINGS: "13", **shown}))
    assert page.count("ปัจจุบัน:") == 1, "and none where something else is to be decided"


def test_what_was_taken_back_and_written_anew_is_not_overwritten_unseen(client, entry, officer, colleague, shown):
    for text, seen in (("", "1 10"), ("15", "")):
        enter(colleague, entry, "3.4", **{NEWS: text, f"shown.{NEWS}": seen})
    assert enter(client, entry, "3.4", **{NEWS: "12", **shown}).status_code == 409
    assert kept()["3.4.news"] == "15"


@pytest.mark.parametrize("text", ["11", ""])
def test_what_one_left_as_it_was_is_the_other_s_to_change(client, entry, officer, colleague, shown, text):
    enter(colleague, entry, "3.4", **{NEWS: text, MEETINGS: "10", **shown})
    # Nobody wrote where the other did.
    assert enter(client, entry, "3.4", **{NEWS: "10", MEETINGS: "5", **shown}).status_code == 302
    assert kept() == {"3.4.webex": "5"} | ({"3.4.news": text} if text else {})


@pytest.mark.parametrize("unheard", ["12", ""])
def test_one_s_own_amount_that_was_saved_unheard_is_taken_back(client, entry, officer, shown, unheard):
    enter(client, entry, "3.4", **{NEWS: unheard, **shown})  # and nobody heard of it
    response = enter(client, entry, "3.4", **{NEWS: "10", **shown})
    assert response.status_code == 409
    assert enter(client, entry, "3.4", **sent_again(response)).status_code == 302
    assert kept()["3.4.news"] == "10"


def test_one_s_own_amount_that_was_saved_unheard_and_undone_by_another_is_asked_about(
    client, entry, officer, colleague, shown
):
    enter(client, entry, "3.4", **{NEWS: "12", **shown})
    enter(colleague, entry, "3.4", **{NEWS: "10", f"shown.{NEWS}": "2 12"})
    assert enter(client, entry, "3.4", **{NEWS: "12", **shown}).status_code == 409


@pytest.mark.parametrize("first", ["5", "ห้า"])
def test_what_was_not_sent_is_not_taken_back(client, entry, officer, shown, first):
    response = enter(client, entry, "3.4", **{MEETINGS: first, **shown})  # the other field was closed then
    if response.status_code == 422:
        assert enter(client, entry, "3.4", **sent_again(response) | {MEETINGS: "5"}).status_code == 302
    assert kept() == {"3.4.news": "10", "3.4.webex": "5"}


def test_only_what_both_changed_is_to_be_decided(client, entry, officer, colleague, shown):
    enter(colleague, entry, "3.4", **{NEWS: "11", MEETINGS: "12", **shown})
    response = enter(client, entry, "3.4", **{NEWS: "10", MEETINGS: "5", **shown})
    page = text_of(response)
    assert response.status_code == 409
    assert "10 → 12" in page
    assert "10 → 11" not in page, "nobody here changed that"
    assert page.count("ปัจจุบัน:") == 1
    again = sent_again(response)
    assert (again[NEWS], again[MEETINGS]) == ("11", "5")
    assert enter(client, entry, "3.4", **again).status_code == 302
    assert kept() == {"3.4.news": "11", "3.4.webex": "5"}


def test_what_nobody_wrote_here_does_not_stop_the_rest(client, entry, officer):
    make.make_value(entry, "3.4.news", "true", "2023-07")  # of an older edition, in which it was a question
    seen = {NEWS: "true", f"shown.{NEWS}": "1 true"}
    assert enter(client, entry, "3.4", **{MEETINGS: "5", **seen}).status_code == 302
    assert kept() == {"3.4.news": "true", "3.4.webex": "5"}


def test_a_number_that_was_entered_where_a_day_is_asked_for_now_may_stay(client, entry):
    client.force_login(make.make_user("staff"))
    make.make_value(entry, "2.1.2.received_on", "12")
    seen = {"2.1.2.received_on": "12", "shown.2.1.2.received_on": "1 12"}
    assert enter(client, entry, "2.1.2", **seen).status_code == 302
    assert enter(client, entry, "2.1.2", **seen | {"2.1.2.received_on": "13"}).status_code == 422


def test_a_day_that_is_closed_is_no_fault_of_the_page():
    round = make.make_round(make.at("2022-07-10"), edition=make.make_edition(scheme="missions-2565"), settings={})
    entry = make.make_entry(round, "TH-81")
    officer = make.make_user("officer", office=entry.office)
    make.make_value(entry, "m2.1.completed_on", "2021-12-30")
    criterion, after = round.scheme.criteria["m2"], make.at("2022-10-05")
    form = ValuesForm(entry, criterion, by=officer, at=after, data=QueryDict("m2.1.completed_on=30/12/2564"))
    assert form.is_valid(), form.errors


def test_who_took_an_amount_back_last_counts(client, entry, officer, colleague, shown):
    enter(client, entry, "3.4", **{NEWS: "", **shown})
    enter(colleague, entry, "3.4", **{NEWS: "10"})
    enter(colleague, entry, "3.4", **{NEWS: "", f"shown.{NEWS}": "2 10"})
    seen = {NEWS: "10", f"shown.{NEWS}": "2 10"}
    assert enter(client, entry, "3.4", **{MEETINGS: "5", **shown, **seen}).status_code == 302
    assert kept() == {"3.4.webex": "5"}


@pytest.mark.parametrize(
    ("criterion", "name", "text", "typed", "becomes"),
    [
        ("2.1.2", "2.1.2.received_on", "2023-05-30", "20/05/2566", "2023-05-20"),
        ("2.2.1", "2.2.1.updated", "12", "11", "11"),
        ("4.1.1", "4.1.parts_complete", "true", "false", "false"),
    ],
)
def test_what_the_page_sends_along_is_enough_for_each_kind(client, entry, criterion, name, text, typed, becomes):
    client.force_login(make.make_user("staff"))
    make.make_value(entry, name, text)
    page = text_of(client.get(reverse("criterion", args=[entry.pk, criterion])))
    fields = re.findall(rf'<input [^>]*name="(?:shown\.)?{re.escape(name)}"[^>]*>', page)
    sent = {
        re.search(r'name="([^"]*)"', one)[1]: re.search(r'value="([^"]*)"', one)[1]
        for one in fields
        if "radio" not in one
    }
    assert enter(client, entry, criterion, **{name: text, **sent}).status_code == 302
    assert Value.objects.get().revision == 1, "as it was shown, nothing was changed"
    assert enter(client, entry, criterion, **{**sent, name: typed}).status_code == 302
    assert Value.objects.get().text == becomes


def test_an_office_does_not_enter_what_central_staff_record(client, entry, officer):
    enter(client, entry, "3.3", **{"3.3.total": "10"})
    assert not Value.objects.exists()


def test_a_month_that_is_over_is_not_entered_any_more(client, entry, officer):
    enter(client, entry, "3.4", **{"3.4.news.2023-03": "10"})
    assert not Value.objects.exists()


def test_a_criterion_that_the_scheme_does_not_have_is_not_found(client, entry, officer):
    assert enter(client, entry, "9.9").status_code == 404
