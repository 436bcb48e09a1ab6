"""Rounds in the admin: opening one, for real or for practice, and setting a practice round's clock."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from awards.publishing.publish import publish
from scoring import shipped
from scoring.authoring.scalars import with_code
from submissions import thai
from submissions.models import Round
from tests import factories as make

from .conftest import fields_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(browser):
    return browser(make.make_user("staff"))


def open_round(staff, day: str, edition=None):
    address = reverse("admin:submissions_round_add")
    asked = {"name_th": "รอบใหม่", "edition": (edition or make.make_edition()).pk, "rank_visibility": "own", "day": day}
    return staff.post(address, asked)


def set_day(staff, round: Round, day: str):
    address = reverse("admin:submissions_round_change", args=[round.pk])
    return staff.post(address, {**fields_of(staff.get(address)), "day": day})


def day_in(round: Round) -> str:
    return timezone.localtime(Round.objects.get(pk=round.pk).now()).strftime("%Y-%m-%d")


def test_a_round_without_a_day_is_a_real_one(staff):
    assert open_round(staff, "").status_code == 302
    assert Round.objects.get().clock_offset == timedelta(0)


def test_a_button_that_is_pressed_twice_opens_one_round(staff):
    edition = make.make_edition()
    first, again = (open_round(staff, "", edition) for _time in range(2))
    assert (again.status_code, again.url) == (302, first.url)
    assert Round.objects.count() == 1
    open_round(staff, "10/05/2568", edition)  # another one: for practice
    assert Round.objects.count() == 2


def test_a_practice_round_stands_in_the_day_that_staff_wrote(staff):
    assert open_round(staff, "๑๐ พ.ค. ๒๕๖๘").status_code == 302
    round = Round.objects.get()
    assert round.is_practice
    assert day_in(round) == "2025-05-10"
    assert not round.clock_offset % timedelta(days=1), "the time of day is that of the world"


def test_a_day_that_is_none_is_told_and_opens_nothing(staff):
    assert open_round(staff, "31/02/2568").status_code == 200
    assert not Round.objects.exists()


def test_the_clock_of_a_practice_round_is_set_to_another_day(staff):
    entry = make.make_entry(make.make_round())
    version = entry.facts_version
    assert set_day(staff, entry.round, "1/8/2566").status_code == 302
    assert day_in(entry.round) == "2023-08-01"
    entry.refresh_from_db()
    assert entry.facts_version > version, "points depend on the day"


def test_saving_a_practice_round_leaves_its_clock_alone(staff):
    round = make.make_round()
    address = reverse("admin:submissions_round_change", args=[round.pk])
    assert staff.post(address, fields_of(staff.get(address))).status_code == 302
    assert Round.objects.get().clock_offset == round.clock_offset


def test_a_practice_round_never_becomes_a_real_one(staff):
    round = make.make_round()
    today = timezone.localdate()
    for day in ("", f"{today.day}/{today.month}/{today.year + thai.ERA}"):
        assert set_day(staff, round, day).status_code == 200
    assert Round.objects.get().is_practice


def test_a_real_round_has_no_clock_to_set(staff):
    round = make.make_round(now=None)
    assert set_day(staff, round, "1/8/2566").status_code == 302
    assert Round.objects.get().clock_offset == timedelta(0)


def page(name: str, round: Round) -> str:
    return reverse(f"admin:submissions_round_{name}", args=[round.pk])


def test_a_new_round_is_prepared_until_staff_open_it(staff):
    open_round(staff, "")
    round = Round.objects.get()
    assert round.is_preparing
    text = staff.get(page("prepare", round)).content.decode()
    assert "Nobody takes part yet." in text
    assert "not set" in text
    refused = staff.post(page("prepare", round), {"when": "now"})
    assert refused.status_code == 422
    assert "no holiday is on the list of 2566" in refused.content.decode()
    make.make_holiday("2023-05-01")
    assert staff.post(page("prepare", round), {"when": "now"}).status_code == 302
    assert not Round.objects.get().is_preparing


def test_a_round_opens_on_the_day_that_staff_wrote(staff):
    make.make_holiday("2023-05-01")
    round = make.make_round(opens_at=None)
    assert staff.post(page("prepare", round), {"when": "later", "day": "๑ ต.ค. ๒๖๐๐"}).status_code == 302
    assert timezone.localtime(Round.objects.get().opens_at).isoformat() == "2057-10-01T08:30:00+07:00"
    shown = staff.get(page("prepare", round)).content.decode()
    assert 'value="01/10/2600"' in shown
    assert 'value="08:30"' in shown
    for typed in ("09.15", "๐๙.๑๕", "9:15"):
        staff.post(page("prepare", round), {"when": "later", "day": "1/10/2600", "time": typed})
        assert f"{timezone.localtime(Round.objects.get().opens_at):%H:%M}" == "09:15"
    refused = staff.post(page("prepare", round), {"when": "later", "time": "25:00"})
    assert refused.status_code == 422
    assert {"day", "time"} == set(refused.context["form"].errors)


def test_a_list_says_which_rounds_are_prepared(staff):
    make.make_round(name_en="Later", opens_at=timezone.now() + timedelta(days=1))
    make.make_round(name_en="Sometime", opens_at=None)
    text = staff.get(reverse("admin:submissions_round_changelist")).content.decode()
    assert "being prepared" in text
    assert "opens " in text


@pytest.mark.parametrize("count", [1, 3])
def test_only_those_for_whom_nothing_was_done_can_be_taken_out(staff, django_assert_num_queries, count):
    round = make.make_round()
    free = [make.make_entry(round) for _one in range(count)]
    make.make_evidence(busy := make.make_entry(round))
    staff.get(page("take_out", round))
    with django_assert_num_queries(10):
        shown = staff.get(page("take_out", round))
    assert {entry.pk for entry in shown.context["form"].fields["entries"].queryset} == {entry.pk for entry in free}
    assert "1 entry is not listed" in shown.content.decode()
    assert staff.post(page("take_out", round), {"entries": [busy.pk]}).status_code == 422
    assert staff.post(page("take_out", round), {"entries": []}).status_code == 422
    assert staff.post(page("take_out", round), {"entries": [entry.pk for entry in free]}).status_code == 302
    assert list(round.entries.filter(taken_out=False)) == [busy]


def test_a_round_made_by_mistake_is_discarded(staff):
    round = make.make_entry().round
    assert "with 1 entry" in staff.get(page("discard", round)).content.decode()
    assert staff.post(page("discard", round)).status_code == 302
    assert staff.get(page("change", round)).status_code == 404
    busy = make.make_evidence(make.make_entry()).entry
    refused = staff.post(page("discard", busy.round))
    assert refused.status_code == 422
    assert str(busy.office) in refused.content.decode()


def test_offices_to_be_entered_stand_under_their_province_once(staff):
    provinces = [make.make_office("TH-20", name_th="ชลบุรี"), make.make_office("TH-34", name_th="อุบลราชธานี")]
    for number, parent in enumerate(provinces * 2, 1):
        fields = {"kind": "district", "parent": parent, "name_th": f"อำเภอ{number}", "size": ""}
        make.make_office(f"{parent.code}{number:02}", **fields)
    shown = staff.post(
        page("enter_offices", make.make_round()), {"kind": "district"}, headers={"accept-language": "th"}
    )
    assert shown.content.decode().count("<h3>") == 2


def round_page(name: str, *rounds) -> str:
    return reverse(f"admin:submissions_round_{name}", args=[round.pk for round in rounds])


def test_a_committee_that_judges_everywhere_is_named_once(committee, browser):
    for number, entry in enumerate((committee.entry, committee.other)):
        region = make.make_office(f"R0{number}", kind="region", name_en=f"Region {number}")
        entry.office.parent = region
        entry.office.save()
    content = browser(committee.staff).get(round_page("change", committee.round)).content.decode()
    assert content.count("All inspection regions: ") == 1
    assert 'name="_addanother"' not in content
    assert 'name="_continue"' not in content


def test_a_round_that_is_published_says_so(committee, browser):
    client = browser(committee.staff)
    assert "Published (1)" not in client.get(round_page("changelist")).content.decode()
    committee.other.delete()  # a tie would have to be decided
    publish(committee.round, by=committee.staff)
    assert "Published (1)" in client.get(round_page("changelist")).content.decode()
    assert "Published (number 1)" in client.get("/admin/").content.decode()


def test_a_history_names_several_without_brackets(committee, browser):
    committee.round.judges.add(committee.stranger)
    content = browser(committee.staff).get(round_page("history", committee.round)).content.decode()
    assert str(committee.stranger) in content
    assert "[" not in content.partition('id="change-history"')[2].partition("</table>")[0]


def test_a_history_says_choices_days_and_settings_in_words(staff):
    round = make.make_round(settings={})
    round.settings, round.rank_visibility, round.opens_at = {"2.1.2.due": "2023-05-31"}, "full", None
    round.save()
    content = staff.get(page("history", round)).content.decode().partition('id="change-history"')[2]
    assert "Day the BMN quality certificate is due: 31 May 2566 BE (2023)" in content
    assert "offices see the whole table" in content
    assert "2.1.2.due" not in content
    assert "{" not in content.partition("</table>")[0]


def test_whoever_makes_or_fills_a_round_comes_to_what_it_still_needs(staff):
    answer = open_round(staff, "")
    round = Round.objects.get()
    assert answer["Location"] == page("prepare", round)
    saved = staff.post(page("change", round), fields_of(staff.get(page("change", round))))
    assert saved["Location"] == page("prepare", round)
    assert "Set the days" in staff.get(page("prepare", round)).content.decode()
    website = make.make_contest_round("website-2564", opens_at=None)
    assert "Set the days" not in staff.get(page("prepare", website)).content.decode()  # it leaves none to be set
    make.make_office("TH-81")
    entered = staff.post(page("enter_offices", round), {"kind": "province", "confirmed": "1"})
    assert entered["Location"] == page("prepare", round)
    assert page("prepare", round) in staff.get(round_page("preparing")).content.decode()
    assert page("prepare", round) in staff.get(round_page("changelist")).content.decode()


def proposed(response) -> dict[str, str]:
    """What the page of a copy would send back untouched."""
    form = response.context["form"]
    return {field.name: field.value() or "" for field in form} | {"shown": response.context["proposed"].digest}


@pytest.fixture
def copying(staff):
    """The page that shows what a copy would be, and the round that it copies."""
    source = make.make_entry(make.make_round(name_th="รอบปี 2566", name_en="Round of 2566")).round
    text = with_code(source.edition.text.replace("2023-", "2024-"), "cdd40-2567")
    edition = make.make_edition(text, "cdd40-2567")
    chosen = staff.get(f"{round_page('copying')}?source={source.pk}").context["form"]
    assert chosen.initial == {"source": source.pk, "edition": edition.pk}, "the newest scheme like its own"
    return f"{round_page('copying')}?source={source.pk}&edition={edition.pk}", source


def test_a_copy_is_shown_before_it_is_made_with_its_year_moved(staff, copying):
    address, source = copying
    shown = staff.get(address)
    assert shown.context["form"].initial["name_th"] == "รอบปี 2567"
    assert "31/05/2567" in shown.content.decode()
    assert Round.objects.count() == 1
    made = staff.post(address, proposed(shown))
    assert made.status_code == 302
    copied = Round.objects.exclude(pk=source.pk).get()
    assert (copied.name_en, copied.is_preparing, copied.entries.count()) == ("Round of 2567", True, 1)


def test_what_was_typed_stays_when_a_copy_is_refused_or_its_source_changed(staff, copying):
    address, source = copying
    typed = proposed(staff.get(address)) | {"name_th": "รอบใหม่", "setting-2.1.2.due": "31/02/2567"}
    refused = staff.post(address, typed)
    assert refused.status_code == 422
    assert "There is no such day." in refused.content.decode()
    make.make_entry(source, "TH-99")
    again = staff.post(address, typed | {"setting-2.1.2.due": "29/02/2567"})
    assert again.status_code == 409
    assert again.context["form"]["name_th"].value() == "รอบใหม่"
    assert Round.objects.count() == 1
    assert staff.post(address, proposed(again)).status_code == 302


@pytest.mark.parametrize(
    "query", ["source=x&edition=1", "source=0&edition=99999999999999999999", "edition=", "source=²"]
)
def test_an_address_that_names_no_round_asks_again(staff, query):
    assert staff.get(f"{round_page('copying')}?{query}").status_code in (200, 422)


def test_a_new_round_takes_two_persons_where_there_are_two(staff):
    assert staff.get(round_page("add")).context["adminform"].form.initial["needs_two_persons"] is False
    make.make_user("staff")
    assert staff.get(round_page("add")).context["adminform"].form.initial["needs_two_persons"] is True


def test_unveiling_a_running_round_is_told_by_every_log():
    entry = make.make_entry(make.make_round(is_blind=True))
    entry.round.is_blind = False
    entry.round.save()
    assert entry.events.get(verb="terms.changed").data["after"]["blind"] is False


def test_a_new_round_is_judged_as_its_scheme_says(staff):
    text = shipped.text("website-2564").replace("\nclose:", "\nblind: true\nnotes: true\nclose:", 1)
    open_round(staff, "", make.make_edition(text, "website-2564"))
    round = Round.objects.get()
    assert (round.is_blind, round.asks_notes) == (True, True)
    round.is_blind = False  # those who run it decide
    round.save()
    assert Round.objects.get().is_blind is False


def test_a_stage_that_only_selects_is_not_blind(staff):
    text = shipped.text("tambon-2565").replace("\nclose:", "\nblind: true\nclose:", 1)
    open_round(staff, "", make.make_edition(text, "tambon-2565"))
    round = Round.objects.get()
    assert (round.only_selects, round.is_blind) == (True, False)
