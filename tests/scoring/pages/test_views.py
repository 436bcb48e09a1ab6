"""Pages of scores: what each role sees, how the table sorts, and what a page costs."""

import re

import pytest
from django.urls import reverse
from django.utils.html import escape

from scoring import shipped
from scoring.models import Scorecard
from scoring.recompute import rescore
from submissions.models import Entry, Office
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def entry():
    return make.make_entry(make.make_round(), make.make_office(name_th="กระบี่", name_en="Krabi"))


@pytest.fixture
def officer(client, entry):
    user = make.make_user("officer")
    client.force_login(user)
    return user


@pytest.fixture
def staff(client):
    user = make.make_user("staff")
    client.force_login(user)
    return user


def scored(round, name: str, total: str, **office) -> Entry:
    """An entry with any total, as if it had been computed."""
    code = f"TH-{name}"
    entry = make.make_entry(round, make.make_office(code, **{"name_th": name, "name_en": f"E{total}"} | office))
    facts = {"facts_version": entry.facts_version, "edition_digest": round.edition.digest}
    parts = {"1": {"earned": total, "attainable": total, "max": "100.00"}}
    for basis in Scorecard.Basis.values:
        times = {"as_of": make.NOW, "computed_at": make.NOW}
        points = {"total": total, "attainable": total, "max": 100, "dimensions": parts}
        Scorecard.objects.create(entry=entry, basis=basis, **points, **facts, **times)
    return entry


def text_of(response) -> str:
    return response.content.decode()


# The place of work of each role


def test_an_officer_begins_at_the_offices_scorecard(client, entry, officer):
    assert client.get(reverse("home"))["Location"] == reverse("scorecard", args=[entry.pk])


def test_an_officer_of_two_rounds_chooses(client, entry, officer):
    second = make.make_entry(make.make_round(name_th="รอบสอง"), entry.office)
    page = text_of(client.get(reverse("home")))
    assert reverse("scorecard", args=[entry.pk]) in page
    assert reverse("scorecard", args=[second.pk]) in page


def test_an_officer_of_one_open_round_begins_there_and_finds_the_closed_one(client, entry, officer):
    over = make.make_entry(make.make_round(name_th="รอบก่อน", is_closed=True), entry.office)
    here = client.get(reverse("home"))
    assert here["Location"] == reverse("scorecard", args=[entry.pk])
    assert reverse("home") + "?all" in text_of(client.get(here["Location"]))
    assert reverse("scorecard", args=[over.pk]) in text_of(client.get(reverse("home") + "?all"))


@pytest.mark.parametrize("role", ["staff", "judge"])
def test_staff_and_judges_begin_at_what_waits(client, entry, role):
    client.force_login(make.make_user(role))
    assert client.get(reverse("home"))["Location"] == reverse("admin:index")


def test_a_judge_can_t_tell_from_the_score_what_colleagues_gave(client, entry):
    judge, colleague = make.make_user("judge"), make.make_user("judge")
    entry.round.judges.set([judge, colleague])
    make.make_sheet(entry, colleague)
    client.force_login(judge)
    pages = [reverse(name, args=[entry.pk]) for name in ("scorecard", "progress")]
    pages += [reverse("criterion", args=[entry.pk, "5.1"]), f"/api/v1/entries/{entry.pk}/scorecard/"]
    assert [client.get(page).status_code for page in pages] == [403] * 4
    assert client.get(reverse("standings", args=[entry.round_id])).status_code == 403
    mine = make.make_sheet(entry, judge, status="draft")
    assert [client.get(page).status_code for page in pages] == [403] * 4
    mine.status = "final"
    mine.save()
    assert [client.get(page).status_code for page in pages] == [200] * 4


def test_nobody_in_particular_is_asked_to_log_in(client, entry):
    pages = [reverse("home"), reverse("standings", args=[entry.round_id])]
    pages += [reverse(name, args=[entry.pk]) for name in ("scorecard", "progress")]
    pages += [reverse("criterion", args=[entry.pk, "1.1"])]
    for page in pages:
        assert client.get(page)["Location"].startswith(reverse("account_login"))


def test_another_offices_pages_are_not_there(client, officer):
    foreign = make.make_entry()
    assert client.get(reverse("standings", args=[foreign.round_id])).status_code == 404
    assert client.get(reverse("criterion", args=[foreign.pk, "1.1"])).status_code == 404
    for name in ("scorecard", "progress"):
        assert client.get(reverse(name, args=[foreign.pk])).status_code == 404


# The scorecard


def test_the_scorecard_shows_the_claimed_beside_the_verified(client, entry, officer):
    make.make_evidence(entry, "1.1.report", status="accepted")
    make.make_evidence(entry, "1.3.training", status="submitted")
    rescore([entry.pk])
    page = flat(text_of(client.get(reverse("scorecard", args=[entry.pk]))))
    assert '<dd data-points="total">5<' in page
    assert '<dd data-points="claimed">6</dd>' in page
    assert "จังหวัดกระบี่" in page
    for code in entry.round.scheme.criteria:
        assert reverse("criterion", args=[entry.pk, code]) in page


def test_what_comes_next_names_the_day_in_buddhist_years(client, entry, officer):
    rescore([entry.pk])
    page = text_of(client.get(reverse("scorecard", args=[entry.pk])))
    assert "31 ก.ค. 2566" in page
    assert "2023" not in re.sub(r"<[^>]*>", "", page)


def test_an_entry_without_a_scorecard_is_being_recomputed_and_not_a_fault(client, entry, officer):
    page = text_of(client.get(reverse("scorecard", args=[entry.pk])))
    assert "กำลังคำนวณคะแนนใหม่" in page
    assert '<dd data-points="total">–</dd>' in flat(page)


@pytest.mark.parametrize(
    ("visibility", "own", "table"), [("hidden", False, False), ("own", True, False), ("full", True, True)]
)
def test_ranks_are_shown_as_the_round_allows(client, entry, officer, visibility, own, table):
    entry.round.rank_visibility = visibility
    entry.round.save()
    make.make_evidence(entry, status="accepted")
    scored(entry.round, "ก", "90.00")
    rescore([entry.pk])
    page = text_of(client.get(reverse("scorecard", args=[entry.pk])))
    standings = reverse("standings", args=[entry.round_id])
    assert (f'<dd data-points="rank"><a href="{standings}">2<small>/ 2' in flat(page)) == own
    assert (f'href="{standings}"' in page) == own
    there = client.get(standings)
    assert (there.status_code, "<table" in text_of(there)) == (200 if own else 403, table)


def test_every_doubt_stands_on_the_page_of_what_it_concerns_for_staff_alone(client, entry, officer):
    scheme = entry.round.scheme
    pages = {"": reverse("scorecard", args=[entry.pk])}
    pages |= {code: reverse("criterion", args=[entry.pk, code]) for code in scheme.criteria}
    said = {code: text_of(client.get(address)) for code, address in pages.items()}
    assert not [doubt for doubt in scheme.all_doubts() for html in said.values() if escape(doubt.text.th) in html]
    client.force_login(make.make_user("staff"))
    said = {code: text_of(client.get(address)) for code, address in pages.items()}
    for doubt in scheme.all_doubts():
        kind, _dot, code = doubt.path.partition(".")
        named = scheme.criteria_of(kind.removesuffix("s"), code)
        where = [code] if kind == "criteria" else [one.code for one in named] or [""]
        assert all(escape(doubt.text.th) in said[page] for page in where), doubt


# One criterion


def test_a_criterion_shows_its_rule_and_each_slot_with_its_state(client, entry, officer):
    make.make_evidence(entry, "4.2.committee", status="accepted")
    make.make_evidence(entry, "4.2.publicity", "2023-03", status="returned", return_reason="ภาพไม่ชัด")
    make.make_extension(entry, "4.2.publicity", "2023-07-20", period="2023-06")
    rescore([entry.pk])
    page = text_of(client.get(reverse("criterion", args=[entry.pk, "4.2"])))
    states = {anchor: state for state, anchor in re.findall(r'class="slot slot-(\w+)" id="([\w-]+)"', page)}
    assert states == {
        "slot-4-2-committee": "accepted",
        "slot-4-2-publicity-2023-03": "returned",
        "slot-4-2-publicity-2023-04": "late",
        "slot-4-2-publicity-2023-05": "late",
        "slot-4-2-publicity-2023-06": "missing",
        "slot-4-2-publicity-2023-07": "missing",
        "slot-4-2-activity-q2": "late",
        "slot-4-2-activity-q3": "late",
        "slot-4-2-summary": "missing",
    }
    assert "ภาพไม่ชัด" in page
    assert page.count("status-extended") == 1
    assert "20 ก.ค. 2566" in page
    for level in entry.round.scheme.criteria["4.2"].levels:
        assert level.text.th in page


def test_every_criterion_has_a_page_in_both_languages(client, entry, officer):
    rescore([entry.pk])
    for language in ("th", "en"):
        client.cookies["django_language"] = language
        for code, criterion in entry.round.scheme.criteria.items():
            response = client.get(reverse("criterion", args=[entry.pk, code]))
            assert response.status_code == 200
            assert f'<html lang="{language}">' in text_of(response)
            assert criterion.title.to(language).replace("'", "&#x27;") in text_of(response).replace("&quot;", '"')
    assert client.get(reverse("criterion", args=[entry.pk, "9.9"])).status_code == 404


def test_a_staircase_holds_its_lower_steps(client, entry, officer):
    for requirement in ("1.3.training", "1.3.assessment"):
        make.make_evidence(entry, requirement, status="accepted")
    rescore([entry.pk])
    page = text_of(client.get(reverse("criterion", args=[entry.pk, "1.3"])))
    assert re.findall(r'<li class="level-(\w*)">', page) == ["met", "met", "missed", "missed", "missed"]


def test_a_step_that_is_done_shows_as_done_though_it_earns_nothing(client, entry, officer):
    for requirement in ("1.3.training", "1.3.accounts"):
        make.make_evidence(entry, requirement, status="accepted")
    rescore([entry.pk])
    page = text_of(client.get(reverse("criterion", args=[entry.pk, "1.3"])))
    assert re.findall(r'<li class="level-(\w*)">', page) == ["met", "missed", "done", "missed", "missed"]
    assert "ทำแล้ว แต่ยังขาดขั้นก่อนหน้า" in page


def test_of_days_only_the_one_that_came_holds(client, entry, officer):
    make.make_value(entry, "2.1.2.received_on", "2023-05-31")
    rescore([entry.pk])
    page = text_of(client.get(reverse("criterion", args=[entry.pk, "2.1.2"])))
    assert re.findall(r'<li class="level-(\w*)">', page) == ["missed", "met", "passed", "passed", "passed"]


@pytest.mark.parametrize("code", list(shipped.schemes()))
def test_every_shipped_scheme_has_its_pages(client, staff, code):
    scheme = shipped.schemes()[code]
    entry = make.make_entry(make.make_contest_round(code), make.make_office())
    for name in (value.code for value in scheme.values.values() if value.kind == "map"):
        make.make_value(entry, name, "12", "Shopee")
    rescore([entry.pk])
    pages = [reverse("scorecard", args=[entry.pk]), reverse("standings", args=[entry.round_id])]
    pages += [reverse("criterion", args=[entry.pk, one]) for one in scheme.criteria]
    shown = "".join(text_of(client.get(page)) for page in pages)
    assert all(criterion.title.th in shown for criterion in scheme.criteria.values())
    assert ("Shopee" in shown) == any(value.kind == "map" for value in scheme.values.values())


def test_values_of_central_staff_are_read_with_their_source(client, entry, officer):
    make.make_value(entry, "3.3.total", "12345", source="import")
    page = text_of(client.get(reverse("criterion", args=[entry.pk, "3.3"])))
    assert "12,345" in page
    assert 'name="3.3.total"' not in page


# Following the facts


def test_the_page_asks_until_the_score_has_followed(client, entry, officer):
    rescore([entry.pk])
    address = reverse("progress", args=[entry.pk])
    settled = text_of(client.get(address, {"criterion": "1.1"}, **HTMX))
    assert "load delay" not in settled
    make.make_evidence(entry, status="accepted")
    behind = text_of(client.get(address, {"criterion": "1.1"}, **HTMX))
    assert "load delay:400ms" in behind
    assert "กำลังคำนวณคะแนนใหม่" in behind
    rescore([entry.pk])
    caught_up = text_of(client.get(address, {"criterion": "1.1", "asked": "3"}, **HTMX))
    assert "load delay" not in caught_up
    assert '<dd data-points="total">5</dd>' in flat(caught_up)
    assert 'id="rule" hx-swap-oob="true"' in caught_up


@pytest.mark.parametrize(("asked", "wait"), [("0", "400ms"), ("24", "15s"), ("500", ""), ("²", "400ms")])
def test_the_page_asks_less_often_in_time_and_at_last_not_at_all(client, entry, officer, asked, wait):
    page = text_of(client.get(reverse("progress", args=[entry.pk]), {"asked": asked}, **HTMX))
    assert (f"load delay:{wait}" in page) if wait else ("load delay" not in page)


def test_the_whole_scorecard_is_shown_anew_when_it_has_caught_up(client, entry, officer):
    rescore([entry.pk])
    address = reverse("progress", args=[entry.pk])
    whole = f'hx-get="{reverse("scorecard", args=[entry.pk])}" hx-select="#content"'
    assert whole in flat(client.get(address, {"asked": "2"}, **HTMX).content.decode())
    assert whole not in flat(client.get(address, {"asked": "2", "criterion": "1.1"}, **HTMX).content.decode())


# What a page costs


def fill(entry: Entry) -> None:
    for code, requirement in entry.round.scheme.requirements.items():
        for period in requirement.periods or (None,):
            make.make_evidence(entry, code, period.code if period else "")
    make.make_value(entry, "3.4.news", "11", f"2023-0{2 + entry.values.count()}")
    make.make_sheet(entry, make.make_user("judge"))


@pytest.mark.parametrize("address", ["scorecard", "criterion", "progress"])
def test_an_entrys_pages_cost_the_same_however_much_is_in_it(
    client, entry, officer, address, django_assert_max_num_queries
):
    counts = []
    args = [entry.pk, "4.2"] if address == "criterion" else [entry.pk]
    for times in (0, 1, 2):
        for _ in range(times):
            fill(entry)
        rescore([entry.pk])
        with django_assert_max_num_queries(13 if address == "criterion" else 17) as seen:
            assert client.get(reverse(address, args=args)).status_code == 200
        counts.append(len(seen))
    assert counts[1] == counts[2]  # the first filled what the process and the cache keep


@pytest.mark.parametrize("role", ["officer", "judge", "staff"])
def test_home_and_standings_cost_the_same_however_many_rows(client, role, django_assert_max_num_queries):
    user = make.make_user(role)
    judges = [user] if role == "judge" else []
    round = make.make_round(judges=judges, rank_visibility="full", is_closed=bool(judges))
    client.force_login(user)
    table, home = [], []
    for rows in (1, 2, 3):
        for row in range(rows):
            entry = scored(round, f"{rows}{row}", "10.00", parent=make.make_office("R01", kind="region"))
            make.make_evidence(entry)
            Office.objects.filter(pk=entry.office_id).update(parent=user.office)
        with django_assert_max_num_queries(12) as seen:
            assert client.get(reverse("standings", args=[round.pk])).status_code == 200
        table.append(len(seen))
        with django_assert_max_num_queries(12) as seen:
            client.get(reverse("home"))
        home.append(len(seen))
    assert len(set(table)) == 1
    assert len(set(home[1:])) == 1, "an officer of one entry is sent on to it; of several, all are listed"
