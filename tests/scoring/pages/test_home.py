"""The home of an officer of several rounds, the way between rounds, and the top bar's links to the only open one."""

import re

import pytest
from django.urls import reverse

from scoring.recompute import rescore
from submissions.models import Entry
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db
ALL = reverse("home") + "?all"


@pytest.fixture
def office():
    return make.make_office(name_th="กระบี่", name_en="Krabi")


@pytest.fixture
def officer(client, office):
    user = make.make_user("officer", office=office)
    client.force_login(user)
    return user


def bar(client, address: str) -> set[str]:
    """Where the top bar leads."""
    menu = re.search(r"<nav aria-label.*?</nav>", client.get(address).content.decode(), re.DOTALL)[0]
    return set(re.findall(r'href="([^"]+)"', menu))


def links_of(round) -> dict[str, str]:
    return {name: reverse(name, args=[round.pk]) for name in ("standings", "nominees", "publications", "scheme")}


@pytest.mark.parametrize("address", [ALL, reverse("calendar")])
def test_the_top_bar_leads_to_the_only_open_round(client, office, officer, address):
    round = make.make_round(rank_visibility="hidden")
    make.make_entry(round, office)
    make.make_entry(make.make_round(is_closed=True), office)
    gone = make.make_entry(make.make_round(), office)
    Entry.objects.filter(pk=gone.pk).update(state="withdrawn")
    links = links_of(round)
    assert bar(client, address) >= {links["publications"], links["scheme"]}
    assert bar(client, address).isdisjoint({links["standings"], links["nominees"]}), "hidden, and nobody is named"
    for shown in ("own", "full"):
        round.rank_visibility = shown
        round.save()
        assert links["standings"] in bar(client, address)


@pytest.mark.parametrize("address", [ALL, reverse("calendar"), reverse("notices"), reverse("own-guide"), "/nowhere/"])
def test_of_several_open_rounds_the_top_bar_leads_to_the_newest(client, office, officer, address):
    older, newest, over = (make.make_round(rank_visibility="full", is_closed=closed) for closed in (False, False, True))
    for round in (older, newest, over):
        make.make_entry(round, office)
    links = bar(client, address)
    assert links >= {url for name, url in links_of(newest).items() if name != "nominees"}
    assert links.isdisjoint({*links_of(older).values(), *links_of(over).values()})
    there = links_of(older)
    assert there["publications"] in bar(client, there["scheme"]), "on a page of a round it leads to that round"


def test_the_round_is_the_title_of_what_an_office_has_in_it(client, office, officer):
    first = make.make_round(name_th="รอบดิจิทัล")  # its 10 July 2023; the community's downloads are due on the 15th
    over = make.make_round(name_th="รอบเก่า", is_closed=True)
    late = make.make_round(make.at("2023-08-01"), name_th="รอบที่เลยกำหนด")
    below = make.make_office("8101", kind="district", parent=office, name_th="เมืองกระบี่")
    entries = [make.make_entry(*one) for one in ((first, office), (first, below), (over, office), (late, office))]
    page = flat(client.get(reverse("home")).content.decode())
    page = page[page.index("<main") : page.index("</main>")]
    assert re.findall(r"<h2 id=[^>]*>([^<]+?) ?<", page) == ["รอบที่เลยกำหนด", "รอบเก่า", "รอบดิจิทัล"]
    assert re.findall(r"กำหนดส่งครั้งถัดไป ([^<]+)<", page) == ["15 ก.ค. 2566"], "neither a closed round nor one all past"
    links = re.findall(r'href="(/entries/\d+/)" aria-describedby="round-(\d+)">([^<]+)<', page)
    expected = [(entry, reverse("scorecard", args=[entry.pk])) for entry in entries]
    assert {(address, int(round)) for address, round, _name in links} == {(url, e.round_id) for e, url in expected}
    assert sorted(name for *_link, name in links) == ["จังหวัดกระบี่"] * 3 + ["อำเภอเมืองกระบี่"]


def test_the_next_day_is_one_on_which_this_office_has_something_to_do(client, office, officer):
    entry = make.make_entry(make.make_round(), office)
    make.make_entry(make.make_round(is_closed=True), office)
    for code, asked in entry.round.scheme.requirements.items():
        for period in asked.periods:
            make.make_evidence(entry, code, period.code)
    for code, asked in entry.round.scheme.values.items():
        for period in asked.periods:
            make.make_value(entry, code, "1", period.code)
    page = flat(client.get(ALL).content.decode())
    assert re.findall(r"กำหนดส่งครั้งถัดไป ([^<]+)<", page) == ["31 ก.ค. 2566"]


def test_other_rounds_are_those_whose_table_this_reader_may_open(client, office, officer):
    here, other, hidden = (make.make_round(rank_visibility=seen, name_th=seen) for seen in ("full", "full", "own"))
    for round in (here, other, hidden):
        make.make_entry(round, office)
    page = client.get(reverse("standings", args=[here.pk])).content.decode()
    listed = re.search(r'<details class="others.*?</details>', page, re.DOTALL)[0]
    assert re.findall(r'href="([^"]+)"', listed) == [reverse("standings", args=[other.pk])]
    assert "รอบอื่น (1)" in listed


def rows(page: str) -> list[str]:
    page = flat(page)
    page = page[page.index("<tbody") : page.index("</tbody>")]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in page.split("</tr>")[:-1]]


def test_an_office_above_others_sees_how_each_stands(client, office, officer):
    round, below = make.make_round(), {}
    for name in ("กอ", "ขอ", "คอ"):
        district = make.make_office(f"81-{name}", kind="district", parent=office, name_th=name)
        below[name] = make.make_entry(round, district)
    make.make_evidence(below["ขอ"], status="returned")
    make.make_evidence(below["คอ"], status="accepted")
    rescore([below["ขอ"].pk, below["คอ"].pk])
    found = rows(client.get(ALL).content.decode())
    assert found[0].startswith("อำเภอขอ 0 / 100 ส่งคืนแก้ไข 1 "), "what came back is first"
    by_name = rows(client.get(ALL + "&sort=name").content.decode())
    assert [row.split()[0] for row in by_name] == ["อำเภอกอ", "อำเภอขอ", "อำเภอคอ"]
    by_points = rows(client.get(ALL + "&sort=points").content.decode())
    assert by_points[0].startswith("อำเภอคอ 5 / 100 ")
    assert by_points[2].startswith("อำเภอกอ ยังไม่มีคะแนน ")
    assert client.get(ALL + "&sort=nonsense").status_code == 200


RUNNING, PREPARED, CLOSED = {}, {"opens_at": None}, {"is_closed": True}


@pytest.mark.parametrize(
    ("rounds", "shown"),
    [
        pytest.param([RUNNING, PREPARED], 0, id="not the next one, in preparation"),
        pytest.param([RUNNING, CLOSED], 0, id="not a practice round that was made later and is over"),
        pytest.param([CLOSED, PREPARED], 1, id="nothing runs: what is prepared, not last year's"),
        pytest.param([CLOSED, CLOSED], 1, id="all is over: the latest"),
    ],
)
def test_staff_come_home_to_what_runs(client, rounds, shown):
    made = [make.make_round(**fields) for fields in rounds]
    assert first_round(client) == made[shown].pk


def test_staff_come_home_to_a_stage_that_runs_though_it_only_selects(client):
    make.make_round(is_closed=True)
    running = make.make_round(edition=make.make_edition(scheme="tambon-2565"), settings={})
    assert running.only_selects
    assert first_round(client) == running.pk


def first_round(client) -> int:
    """The one that stands first on the page with which staff begin."""
    client.force_login(make.make_user("staff"))
    page = client.get(reverse("home"), follow=True).content.decode()
    return int(re.search(r'id="round-(\d+)"', page)[1])
