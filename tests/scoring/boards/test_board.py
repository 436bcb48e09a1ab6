"""Who owes what, as a page: who sees whom, what an address leaves of it, and how much it asks of the database."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.boards.board import Board
from scoring.boards.choice import STATE_TITLES, Choice
from submissions.models import Entry, Office, User
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db
R2, JUNE = "requirement|1.2.report|r2", "requirement|3.5.report|2023-06"


@pytest.fixture
def staff():
    return make.make_user("staff")


@pytest.fixture
def round():
    return make.make_round()


@pytest.fixture
def regions():
    return [make.make_office(code, kind="region", size="", name_th=f"เขต {code}") for code in ("R06", "R15")]


@pytest.fixture
def krabi(round, regions):
    entry = make.make_entry(round, make.make_office("TH-81", parent=regions[0], name_th="กระบี่", size="small"))
    make.make_evidence(entry, "1.2.report", "r2", status="accepted", submitted_at=make.at("2023-06-30"))
    make.make_evidence(entry, "3.5.report", "2023-06", status="returned", submitted_at=make.at("2023-06-30"))
    make.make_value(entry, "3.4.news", "3", "2023-05", entered_at=make.at("2023-06-03"))
    return entry


@pytest.fixture
def chiangmai(round, regions):
    entry = make.make_entry(round, make.make_office("TH-50", parent=regions[1], name_th="เชียงใหม่", size="large"))
    make.make_evidence(entry, "1.2.report", "r2", submitted_at=make.at("2023-07-05"))
    make.make_extension(entry, "3.5.report", "2023-07-31", "2023-06")
    return entry


def board(round, **query) -> Board:
    return Board(round, Entry.objects.all(), Choice.of(query))


def names(shown: Board) -> list[str]:
    return [row.office.name_th for row in shown.rows]


def states(shown: Board) -> dict[str, list[str]]:
    """Of each office on the page the states of its cells, those left out as nothing."""
    return {row.office.name_th: [cell.state if cell else "" for cell in row.cells] for row in shown.page.object_list}


# What an address leaves of it


def test_each_office_stands_with_each_thing_in_its_period(round, krabi, chiangmai):
    shown = board(round, about="r|1.2.report")
    assert [column.key for column in shown.columns] == ["requirement|1.2.report|r1", R2]
    assert states(shown) == {"กระบี่": ["late", "done"], "เชียงใหม่": ["late", "submitted"]}
    assert [row.tally.completeness for row in shown.rows] == [50, 50]
    assert [row.tally.punctuality for row in shown.rows] == [50, 0]


@pytest.mark.parametrize(
    ("query", "whom"),
    [
        ({}, ["เชียงใหม่", "กระบี่"]),
        ({"sort": "name"}, ["กระบี่", "เชียงใหม่"]),
        ({"region": "R06"}, ["กระบี่"]),
        ({"size": "large"}, ["เชียงใหม่"]),
        ({"q": "เชียง"}, ["เชียงใหม่"]),
        ({"q": "TH-81"}, ["กระบี่"]),
        ({"office": "TH-81"}, ["กระบี่"]),
        ({"slot": JUNE, "state": "returned"}, ["กระบี่"]),
        ({"slot": JUNE, "state": "extended"}, ["เชียงใหม่"]),
        ({"slot": JUNE, "state": "owed"}, ["กระบี่", "เชียงใหม่"]),
        ({"slot": R2, "state": "came-late"}, ["เชียงใหม่"]),
        ({"slot": R2, "state": "done"}, ["กระบี่"]),
        ({"slot": R2, "state": "submitted"}, ["เชียงใหม่"]),
        ({"about": "v|3.4.news", "period": "2023-05", "state": "late"}, ["เชียงใหม่"]),
        ({"about": "c|3.4", "until": "2023-02-28", "state": "done"}, []),
        ({"state": "ahead"}, []),
        ({"region": "nowhere"}, []),
        ({"state": "no-such-state", "view": "none", "sort": "?", "until": "tomorrow"}, ["เชียงใหม่", "กระบี่"]),
    ],
)
def test_an_address_chooses_offices_things_and_states(round, krabi, chiangmai, query, whom):
    shown = board(round, **query)
    assert names(shown) == whom
    if "state" in query and query["state"] in STATE_TITLES:
        assert all(any(row) for row in states(shown).values())


def test_cells_of_other_states_than_the_one_chosen_are_left_out(round, krabi):
    assert states(board(round, about="r|1.2.report", state="late")) == {"กระบี่": ["late", ""]}


def test_things_asked_are_chosen_by_what_they_serve_their_period_and_their_day(round, krabi):
    def keys(**query) -> set[str]:
        return {column.key for column in board(round, **query).columns}

    assert keys(about="c|1.2") == {"requirement|1.2.report|r1", R2}
    assert {key.split("|")[1].split(".")[0] for key in keys(about="d|4")} == {"4"}
    assert keys(period="2023-06", about="c|3.5") == {JUNE}
    assert keys(until="2023-02-28", about="c|3.5") == {"requirement|3.5.report|2023-02"}
    assert all(not key.startswith("value|2.") for key in keys())  # which central staff record


def test_rows_are_sorted_by_what_is_owed(round, krabi, chiangmai):
    for number in range(3):
        make.make_evidence(chiangmai, "3.5.report", f"2023-0{number + 2}", status="accepted")
    assert names(board(round)) == ["กระบี่", "เชียงใหม่"]
    for code in ("3.1.plan", "3.1.review", "3.2.inventory", "3.2.accounts", "3.2.website", "1.1.report", "1.4.report"):
        make.make_evidence(krabi, code)
    late = [row.tally.counts["late"] for row in board(round).rows]
    assert late == sorted(late, reverse=True)
    assert names(board(round, sort="name")) == ["กระบี่", "เชียงใหม่"]
    shown = board(round, sort="owed")
    assert [row.tally.owed for row in shown.rows] == sorted((row.tally.owed for row in shown.rows), reverse=True)
    shown = board(round, sort="complete")
    assert names(shown) == ["กระบี่", "เชียงใหม่"]


def test_regions_and_dimensions_are_the_sums_of_their_cells(round, krabi, chiangmai):
    shown = board(round, about="r|1.2.report")
    assert [(part.code, part.tally.due, part.tally.complete) for part in shown.by_region] == [
        ("R06", 2, 1),
        ("R15", 2, 1),
    ]
    assert [(part.code, part.tally.due, part.tally.complete) for part in shown.by_dimension] == [("1", 4, 2)]
    assert [(column.key, tally.complete, tally.punctual) for column, tally in shown.by_requirement] == [
        ("requirement|1.2.report|r1", 0, 0),
        (R2, 2, 1),
    ]


def test_who_withdrew_or_was_taken_out_is_no_row(round, krabi, chiangmai):
    chiangmai.state = Entry.State.WITHDRAWN
    chiangmai.save()
    shown = board(round)
    assert names(shown) == ["กระบี่"]
    assert sum(tally.counts.total() for _column, tally in shown.by_requirement) == len(shown.columns)


# Who sees whom


def page(client, user, round, path="board", **query):
    client.force_login(user)
    return client.get(reverse(path, args=[round.pk]), query)


def test_each_reader_sees_the_offices_that_they_see_anyway(client, round, krabi, chiangmai, staff, regions):
    above = make.make_user("officer", office=regions[0])
    judge, of_region = make.make_user("judge"), make.make_user("judge", office=regions[1])
    round.judges.add(judge, of_region)
    seen = {
        staff: ["กระบี่", "เชียงใหม่"],
        judge: ["กระบี่", "เชียงใหม่"],
        of_region: ["เชียงใหม่"],
        above: ["กระบี่"],
    }
    for user, whom in seen.items():
        text = flat(page(client, user, round).content.decode())
        assert [name for name in ("กระบี่", "เชียงใหม่") if f"จังหวัด{name}" in text] == whom, user
        assert ("เตือนสำนักงานเหล่านี้" in text) == user.is_central


@pytest.mark.parametrize("path", ["board", "board-sheet", "board-remind"])
def test_others_see_nothing(client, round, krabi, chiangmai, path):
    own = make.make_user("officer", office=krabi.office)
    elsewhere = make.make_user("officer", office=make.make_office("TH-90"))
    stranger = make.make_user("judge")
    assert page(client, own, round, path).status_code == 403
    assert page(client, elsewhere, round, path).status_code == 404
    assert page(client, stranger, round, path).status_code == 404
    client.logout()
    assert client.get(reverse(path, args=[round.pk])).status_code == 302


def test_an_office_that_a_reader_does_not_see_is_not_found_by_its_code(client, round, krabi, chiangmai, regions):
    above = make.make_user("officer", office=regions[0])
    text = page(client, above, round, office="TH-50").content.decode()
    assert "เชียงใหม่" not in text
    assert "ไม่มีรายการตรงกับที่เลือก" in text


# What the page says


def test_a_cell_says_in_words_what_its_sign_says(client, round, krabi, staff):
    text = flat(page(client, staff, round, about="r|1.2.report").content.decode())
    assert re.search(r'<td class="cell is-late">\s*<span role="img" aria-label="เลยกำหนด · 101 วัน">!101</span>', text)
    assert '<span role="img" aria-label="ตรวจรับหรือกรอกแล้ว">✓</span>' in text


def test_one_office_and_one_thing_are_lists_that_lead_to_the_place(client, round, krabi, chiangmai, staff):
    text = flat(page(client, staff, round, office="TH-81").content.decode())
    assert f'href="{reverse("criterion", args=[krabi.pk, "1.2"])}#slot-1-2-report-r2"' in text
    assert f'href="{reverse("criterion", args=[krabi.pk, "3.4"])}#values"' in text
    text = flat(page(client, staff, round, slot=R2).content.decode())
    assert f'href="{reverse("criterion", args=[chiangmai.pk, "1.2"])}#slot-1-2-report-r2"' in text
    assert "รอตรวจรับ · ส่งช้า 5 วัน" in text


def test_what_an_office_owes_leads_to_more_time_for_exactly_that(client, round, krabi, staff):
    """For those who may give it. The form has office and slot chosen already."""
    shown = unescape(page(client, staff, round, office="TH-81").content.decode())
    links = re.findall(r'class="more-time no-print"\s+href="([^"]+)"', shown)
    (address,) = [link for link in links if "1.2.report%7Cr1" in link]
    form = client.get(address).context["form"]
    assert (form["whom"].value(), form["slots"].value()) == (f"entry.{krabi.pk}", ["1.2.report|r1"])
    judge = make.make_user("judge")
    round.judges.add(judge)
    assert "more-time" not in page(client, judge, round, office="TH-81").content.decode()
    type(round).objects.update(is_closed=True)
    assert "more-time" not in page(client, staff, round, office="TH-81").content.decode()


def test_what_comes_in_an_address_is_shown_as_text(client, round, krabi, staff):
    bad = "<script>alert(1)</script>"
    for name in ("region", "size", "about", "period", "until", "state", "q", "office", "slot", "sort", "view", "page"):
        answer = page(client, staff, round, **{name: bad})
        assert answer.status_code == 200
        assert bad not in answer.content.decode()
        assert page(client, staff, round, **{name: "\x00|9999999999999999999" * 20}).status_code == 200


def test_a_stage_in_which_nothing_is_owed_says_so(client, round, staff):
    assert "ไม่มีรายการตรงกับที่เลือก" in page(client, staff, round).content.decode()


# What it asks of the database


def fill(round, numbers) -> None:
    region = make.make_office("R01", kind="region", size="")
    for number in numbers:
        entry = make.make_entry(round, make.make_office(f"TH-{number}", parent=region))
        for period in ("2023-02", "2023-03", "2023-04")[: number + 1]:
            make.make_evidence(entry, "3.5.report", period)
            make.make_extension(entry, "3.5.report", period=period)
            make.make_value(entry, "3.4.news", "1", period)


@pytest.fixture
def statements(client, round, staff):
    """How many statements a page takes, that of the log-in among them."""

    def count(**query) -> int:
        address = reverse("board", args=[round.pk])
        client.force_login(staff)
        client.get(address, query)  # a process reads the edition once
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address, query).status_code == 200
        return len(captured)

    return count


LAID_OUT = [{}, {"view": "requirements"}, {"view": "regions"}, {"office": "TH-0"}, {"slot": JUNE}]


@pytest.mark.parametrize("query", LAID_OUT)
def test_a_page_asks_as_much_for_many_offices_as_for_one(round, statements, query):
    fill(round, [0])
    one = statements(**query)
    fill(round, [1, 2])
    assert statements(**query) == one <= 10


def test_few_things_asked_cost_as_much_as_many(round, statements):
    fill(round, [0, 1])
    one, six, all_of_them = statements(about="r|1.1.report"), statements(about="c|3.5"), statements()
    assert one == six == all_of_them <= 10


def test_a_page_has_a_hundred_offices(client, round, staff):
    make_many(round, 103)
    text = page(client, staff, round).content.decode()
    assert text.count('scope="row"') == 100
    assert "page=2" in text
    assert page(client, staff, round, page="2").content.decode().count('scope="row"') == 3


def make_many(round, number: int) -> None:
    offices = Office.objects.bulk_create(
        Office(code=f"X{n:04}", kind="province", name_th=f"ที่ {n:04}", sort_key=f"{n:04}") for n in range(number)
    )
    Entry.objects.bulk_create(Entry(round=round, office=office) for office in offices)


# Doors to it


def test_the_first_page_of_staff_and_the_calendar_lead_to_it(client, round, krabi, staff):
    client.force_login(staff)
    address = reverse("board", args=[round.pk])
    assert f'href="{address}"' in client.get(reverse("admin:index")).content.decode()
    assert f"{address}?slot=requirement%7C1.2.report%7Cr2" in client.get(reverse("admin:index")).content.decode()
    text = flat(client.get(reverse("calendar")).content.decode())
    assert re.search(
        rf'href="{address}\?slot=requirement%7C1\.2\.report%7Cr2">\s*<span class="status status-done">1', text
    )
    assert client.get(reverse("admin:submissions_round_board", args=[round.pk]))["Location"] == address


def test_the_calendar_of_staff_asks_as_much_for_many_rounds_as_for_one(client, krabi, staff):
    def asked() -> int:
        client.get(reverse("calendar"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("calendar"))
        return len(captured)

    client.force_login(staff)
    one = asked()
    for _ in range(2):
        make.make_entry(make.make_round())
    assert asked() == one
    assert User.objects.filter(pk=staff.pk).exists()
