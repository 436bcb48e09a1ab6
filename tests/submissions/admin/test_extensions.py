"""More time: for one entry, for a region, for everybody; what is asked first, what is refused, what follows."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from scoring import engine, shipped
from scoring.models import Scorecard
from scoring.recompute import rescore
from submissions import intake
from submissions.admin.filters import slot_choices
from submissions.models import Event, Extension, Round
from submissions.questions.slots import thread_of
from submissions.templatetags.wording import deed
from tests import factories as make

ADD = reverse("admin:submissions_extension_add")


def address(round: Round) -> str:
    return f"{ADD}?round={round.pk}"


def grant(entry=None, **more) -> dict:
    whom = f"entry.{entry.pk}" if entry else "all"
    return {
        "whom": whom,
        "slots": ["1.2.report|r1"],
        "until": "15/08/2566",
        "reason": "น้ำท่วม",
        "beyond_close": "on",
        **more,
    }


def text_of(response) -> str:
    return unescape(response.content.decode())


@pytest.fixture
def region(committee):
    """A region with Krabi and one of its districts in it; Chon Buri lies outside."""
    region = make.make_office("R06", kind="region", size="", name_th="เขต 6", name_en="Region 6")
    krabi = committee.entry.office
    krabi.parent = region
    krabi.save()
    make.make_entry(committee.round, make.make_office("8101", kind="district", parent=krabi, name_en="Mueang Krabi"))
    return region


def test_the_round_is_chosen_first_where_several_are_open(committee, browser):
    staff = browser(committee.staff)
    page = text_of(staff.get(ADD))
    assert f'href="?round={committee.round.pk}"' in page
    assert "Another round" in page
    assert "1.2.report|r1" in text_of(staff.get(address(committee.round)))
    Round.objects.exclude(pk=committee.round.pk).update(is_closed=True)
    assert "1.2.report|r1" in text_of(staff.get(ADD))
    Round.objects.update(is_closed=True)
    assert "No round is open" in text_of(staff.get(ADD))
    assert "No round is open" in text_of(staff.post(address(committee.round), grant(committee.entry)))
    assert not Extension.objects.exists()


def test_a_slot_is_named_in_words_and_by_its_code_only_to_tell_two_apart():
    alike = "รายงานการสร้างความรู้ Big Data และ Click ชุมชน"
    text = shipped.text(make.SCHEME).replace("หลักฐานการอบรม PDOC", alike)
    with override("th"):
        names = dict(slot_choices(engine.load(text)))
    assert names["1.2.report|r1"] == "รายงานการสร้างความตระหนักด้านความมั่นคงปลอดภัย · ครั้งที่ 1"
    assert (names["1.1.report|"], names["1.3.training|"]) == (f"{alike} · 1.1.report", f"{alike} · 1.3.training")


def test_more_time_is_given_through_intake_and_never_altered(committee, browser):
    staff = browser(committee.staff)
    assert staff.post(address(committee.round), grant(committee.entry)).status_code == 302
    extension = Extension.objects.get()
    assert (extension.until, extension.granted_by) == (date(2023, 8, 15), committee.staff)
    assert extension.history.get().history_user == committee.staff
    assert Event.objects.get().verb == "extension.granted"
    assert deed(Event.objects.get()).endswith("1.2.report r1")
    change = reverse("admin:submissions_extension_change", args=[extension.pk])
    assert staff.get(change).status_code == 200
    assert staff.post(change, {"until": "2026-01-01"}).status_code == 403


def test_from_the_thread_of_what_is_over_one_press_leads_to_more_time_for_it(committee, browser):
    make.make_evidence(committee.entry, "1.2.report", "r1", status="returned")
    thread = thread_of(committee.entry, "1.2.report", "r1")
    link = re.search(r'href="([^"]+)"\s*>Give more time', text_of(browser(committee.staff).get(thread)))
    assert link
    page = text_of(browser(committee.staff).get(link[1]))
    for chosen in (f"entry.{committee.entry.pk}", "1.2.report|r1"):
        assert re.search(rf'<option value="{re.escape(chosen)}"\s+selected', page)
    assert "admin/submissions/extension" not in text_of(browser(committee.judge).get(thread))


def test_two_people_giving_more_time_both_stand(committee, browser):
    for user, until in ((committee.staff, "15/08/2566"), (make.make_user("staff"), "20/08/2566")):
        browser(user).post(address(committee.round), grant(committee.entry, until=until))
    assert Extension.objects.count() == 2


@pytest.mark.parametrize(
    "more",
    [{"whom": "entry.999999"}, {"whom": "office.x"}, {"whom": ""}, {"slots": ["1.2.report|r9"]},
     {"slots": ["nothing|"]}, {"slots": []}, {"until": ""}, {"until": "15/08/2023"}, {"reason": "  "},
     {"order_number": "x" * 101}, {"until": "31/03/2566"}, {"until": "1/3/2566"}, {"until": "31/12/2665"}],
)  # fmt: skip
def test_a_wrong_extension_is_refused_and_kept_on_the_page(committee, browser, more):
    response = browser(committee.staff).post(address(committee.round), grant(committee.entry, **more))
    assert response.status_code == 422
    assert not Extension.objects.exists()
    assert more.get("reason", "น้ำท่วม") in text_of(response)


def test_judges_give_no_time(committee, browser):
    judge = browser(committee.judge)
    assert judge.post(address(committee.round), grant(committee.entry)).status_code == 403


# Many at once


def test_a_region_is_shown_before_it_gets_time_all_at_once(committee, region, browser):
    staff = browser(committee.staff)
    whom = grant(whom=f"office.{region.pk}", slots=["1.2.report|r1", "1.3.training|"], order_number="ที่ 1/2566")
    asked = staff.post(address(committee.round), whom)
    assert not Extension.objects.exists()
    page = text_of(asked)
    assert page.count("2 entries get more time") == 2
    assert "Mueang Krabi" in page
    assert "Chon Buri" not in page
    confirmed = {**whom, "confirmed": asked.context["form"].count}
    said = text_of(staff.post(address(committee.round), confirmed, follow=True))
    assert "More time until 15 Aug 2566 BE (2023) was given 4 times." in said
    given = Extension.objects.values_list("entry__office__code", "requirement", "period", "order_number")
    expected = {
        (code, *slot, "ที่ 1/2566") for code in ("TH-81", "8101") for slot in (("1.2.report", "r1"), ("1.3.training", ""))
    }
    assert set(given) == expected
    assert Event.objects.filter(verb="extension.granted").count() == 4
    assert Event.objects.broken_chains() == {}


def test_what_was_confirmed_is_what_is_done(committee, region, browser):
    """Somebody entered the round meanwhile: the list is shown once more."""
    staff, whom = browser(committee.staff), grant()
    seen = staff.post(address(committee.round), whom).context["form"].count
    make.make_entry(committee.round, "TH-50")
    again = staff.post(address(committee.round), {**whom, "confirmed": seen})
    assert again.context["form"].count == seen + 1 == 4
    assert not Extension.objects.exists()


def test_the_choice_may_be_changed_after_it_was_shown(committee, region, browser):
    response = browser(committee.staff).post(address(committee.round), {**grant(), "again": "1", "confirmed": "3"})
    assert response.status_code == 200
    assert 'value="15/08/2566"' in text_of(response)
    assert not Extension.objects.exists()


def test_who_has_as_much_time_already_keeps_it(committee, region, browser):
    make.make_extension(committee.other, "1.2.report", "2023-08-20", "r1")
    staff, whom = browser(committee.staff), grant()
    asked = staff.post(address(committee.round), whom)
    assert "1 entry has as much time already" in text_of(asked)
    staff.post(address(committee.round), {**whom, "confirmed": asked.context["form"].count})
    assert list(committee.other.extensions.values_list("until", flat=True)) == [date(2023, 8, 20)]
    assert Extension.objects.filter(until=date(2023, 8, 15)).count() == 2


def test_a_day_behind_the_close_is_said_to_be_and_wants_a_tick(committee, browser):
    staff = browser(committee.staff)
    first = staff.get(address(committee.round))
    assert 'name="beyond_close"' not in text_of(first)
    asked = staff.post(address(committee.round), grant(committee.entry, beyond_close=""))
    assert (asked.status_code, Extension.objects.exists()) == (422, False)
    assert "The scheme closes on 31 Jul 2566 BE (2023)." in text_of(asked)
    assert 'name="beyond_close"' in text_of(asked)
    staff.post(address(committee.round), grant(committee.entry, beyond_close="", until="31/07/2566"))
    staff.post(address(committee.round), grant(committee.entry))
    assert list(Extension.objects.order_by("pk").values_list("until", flat=True)) == [
        date(2023, 7, 31),
        date(2023, 8, 15),
    ]


def test_a_day_that_has_passed_is_asked_about(committee, region, browser):
    """By the round's own clock. What came late is let in so, but mostly it is a slip of the pen."""
    staff, today = browser(committee.staff), timezone.localdate(committee.round.now())
    yesterday = today - timedelta(days=1)
    for until, is_asked in ((yesterday, True), (today, False)):
        typed = grant(committee.entry, until=f"{until:%d/%m}/{until.year + 543}")
        answer = staff.post(address(committee.round), typed)
        assert ("The day has passed. Tick this, or write a later day." in text_of(answer)) is is_asked
        assert Extension.objects.exists() is not is_asked
    typed = grant(until=f"{yesterday:%d/%m}/{yesterday.year + 543}", in_the_past="on")
    asked = staff.post(address(committee.round), typed)
    assert 'name="in_the_past"' in text_of(asked), "the question who gains carries the tick on"
    staff.post(address(committee.round), {**typed, "confirmed": asked.context["form"].count})
    assert Extension.objects.filter(until=yesterday).count() == 2


def test_what_comes_behind_the_close_earns_its_points_while_more_time_runs(committee):
    """What the page says of it is so."""
    entry = committee.entry
    with_time = make.make_extension(entry, "1.3.training", "2023-08-20")
    make.make_evidence(entry, "1.3.training", status="accepted", submitted_at=make.at("2023-08-19"))
    rescore([entry.pk], at=make.at("2023-08-21"))
    earned = Scorecard.objects.get(entry=entry, basis="verified").total
    with_time.delete()
    rescore([entry.pk], at=make.at("2023-08-21"))
    assert earned > Scorecard.objects.get(entry=entry, basis="verified").total


def test_only_regions_of_the_round_are_offered(committee, region, browser):
    make.make_extension(committee.entry)
    far = make.make_office("R09", kind="region", size="", name_th="เขตที่ไม่เกี่ยว", name_en="Elsewhere")
    page = browser(committee.staff).get(reverse("admin:submissions_extension_changelist"))
    (offered,) = [one for one in page.context["cl"].filter_specs if one.title == "inspection region"]
    assert [pk for pk, _name in offered.lookup_choices] == [str(region.pk)]
    assert str(far.pk) not in dict(offered.lookup_choices)


def test_the_list_is_narrowed_to_a_region(committee, region, browser):
    make.make_extension(committee.entry)
    make.make_extension(committee.other)
    staff, url = browser(committee.staff), reverse("admin:submissions_extension_changelist")
    assert [row.entry for row in staff.get(url, {"region": region.pk}).context["cl"].result_list] == [committee.entry]
    assert len(staff.get(url).context["cl"].result_list) == 2


def test_the_scores_follow_at_once(committee, region):
    for entry in (committee.entry, committee.other):
        make.make_evidence(entry, "1.3.training", status="accepted", submitted_at=make.at("2023-04-05"))
    rescore([committee.entry.pk, committee.other.pk])
    late = {"slots": [("1.3.training", "")], "until": date(2023, 4, 10), "reason": "น้ำท่วม", "by": committee.staff}
    before = dict(Scorecard.objects.filter(basis="verified").values_list("entry", "total"))
    intake.grant_extensions([committee.entry], **late)
    stale = [
        card.entry_id for card in Scorecard.objects.filter(basis="verified").exclude(pk__in=Scorecard.objects.fresh())
    ]
    assert stale == [committee.entry.pk]
    rescore([committee.entry.pk, committee.other.pk])
    after = dict(Scorecard.objects.filter(basis="verified").values_list("entry", "total"))
    assert {pk: after[pk] - before[pk] for pk in after} == {committee.entry.pk: 1, committee.other.pk: 0}


def test_many_entries_cost_no_more_statements_than_few(committee, browser, django_assert_max_num_queries):
    """Nor does choosing among them."""
    Round.objects.exclude(pk=committee.round.pk).update(is_closed=True)
    staff = browser(committee.staff)
    order = {"slots": [("1.3.training", "")], "reason": "น้ำท่วม", "by": committee.staff}
    costs = []
    for day in (10, 11):
        entries = list(committee.round.entries.with_round())
        with django_assert_max_num_queries(20) as granting:
            intake.grant_extensions(entries, until=date(2023, 4, day), **order)
        with django_assert_max_num_queries(20) as choosing:
            assert staff.get(ADD).status_code == 200
        costs.append((len(granting), len(choosing)))
        for number in range(5):
            region = make.make_office(f"R{number}", kind="region", size="")
            make.make_entry(committee.round, make.make_office(f"TH-{day}{number}", parent=region))
    assert costs[0] == costs[1]
    assert Extension.objects.count() == 2 + 7


def test_all_faults_of_an_order_at_once(committee):
    with pytest.raises(intake.Refused) as refused:
        intake.grant_extensions([], by=committee.staff, slots=[], until=date(2023, 4, 10), reason=" ")
    assert set(refused.value.reasons) == {"entries", "slots", "reason"}
    order = {"by": committee.staff, "until": date(2023, 3, 31), "reason": ""}
    with pytest.raises(intake.Refused) as refused:
        intake.grant_extensions([committee.entry], slots=[("1.2.report", "r1")], **order)
    assert set(refused.value.reasons) == {"until", "reason"}
    with pytest.raises(intake.Refused) as refused:
        intake.grant_extensions([committee.entry], slots=[("1.2.report", ""), ("no.such", "")], **order)
    assert set(refused.value.reasons) == {"requirement", "period", "reason"}
    assert not Extension.objects.exists()


def test_a_round_that_was_closed_meanwhile_gives_no_time(committee):
    Round.objects.filter(pk=committee.round.pk).update(is_closed=True)
    order = {"requirement": "1.3.training", "period": "", "until": date(2023, 4, 10), "reason": "x"}
    with pytest.raises(intake.Refused):
        intake.grant_extension(committee.entry, by=committee.staff, **order)
