"""Who stands where: ranks are read from what the scorecards say, ties are shared, nothing is last."""

from decimal import Decimal
from random import Random

import pytest
from django.urls import reverse

from scoring import engine, shipped
from scoring.models import rank_of, standings
from scoring.pages.standings_table import StandingsTable
from scoring.recompute import rescore
from submissions.models import Entry
from tests import factories as make


@pytest.mark.django_db
def test_ties_share_a_rank_and_nothing_is_last():
    round = make.make_round()
    totals = {"TH-10": "88.00", "TH-11": "90.50", "TH-12": "88.00", "TH-13": "0.00", "TH-14": None, "TH-15": "3.00"}
    for code, total in totals.items():
        entry = make.make_entry(round, code)
        if total:
            make.put_card(entry, total)
    assert [(row.rank, row.office.code) for row in standings(round)] == [
        (1, "TH-11"),
        (2, "TH-10"),
        (2, "TH-12"),
        (4, "TH-15"),
        (5, "TH-13"),
        (5, "TH-14"),
    ]


@pytest.mark.django_db
def test_equal_totals_are_listed_in_the_order_of_the_thai_dictionary():
    round = make.make_round()
    names = ["เลย", "กระบี่", "แพร่", "พะเยา"]
    for number, name in enumerate(names):
        make.make_entry(round, make.make_office(f"TH-{number}", name_th=name))
    assert [row.office.name_th for row in standings(round)] == ["กระบี่", "พะเยา", "แพร่", "เลย"]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_the_database_ranks_as_the_engine_does(seed):
    """Few different totals, so that there are many ties; some entries have nothing, one round is another's."""
    chance = Random(seed)
    round, elsewhere = make.make_round(), make.make_round()
    make.put_card(make.make_entry(elsewhere), "99.00")
    scheme, scores = round.scheme, {}
    for number in range(30):
        entry = make.make_entry(round, f"TH-{number}")
        total = Decimal(chance.randrange(0, 12)) * Decimal("8.25")
        make.put_card(entry, str(total))
        scores[entry.office.code] = engine.Score(total, total, scheme.max, {}, {})
    expected = {standing.code: standing.rank for standing in engine.rank(scheme, scores)}
    assert {row.office.code: row.rank for row in standings(round)} == expected
    assert {entry.office.code: rank_of(entry) for entry in round.entries.all()} == {
        code: (place, 30) if scores[code].total else None for code, place in expected.items()
    }
    assert len(set(expected.values())) < 30


@pytest.mark.django_db
def test_nobody_stands_behind_themselves():
    """A scorecard was read; before its place is, the score rises."""
    entry = make.make_entry()
    make.put_card(entry, "5")
    seen = Entry.objects.prefetch_related("scorecards").get(pk=entry.pk)
    assert seen.scorecards.all()
    entry.scorecards.update(total=6)
    assert rank_of(seen) == (1, 1)


@pytest.mark.django_db
def test_a_tie_break_chain_is_followed_criterion_by_criterion():
    text = shipped.text(make.SCHEME).replace("ranking: overall\n", "ranking: overall\ntie_break: ['1.1', '2.2.1']\n")
    assert text != shipped.text(make.SCHEME)
    round = make.make_round(edition=make.make_edition(text))
    first, second, third = (make.make_entry(round, f"TH-{number}") for number in range(3))
    make.make_evidence(third, "1.1.report", status="accepted")
    for entry in (first, second):
        make.make_value(entry, "2.2.1.updated", "12")
    rescore(round.entries.values_list("pk", flat=True))
    assert [(row.rank, row.pk) for row in standings(round)] == [(1, third.pk), (2, first.pk), (2, second.pk)]
    assert [rank_of(entry) for entry in (first, second, third)] == [(2, 3), (2, 3), (1, 3)]


@pytest.mark.django_db
def test_standings_are_one_statement(django_assert_num_queries):
    round = make.make_round()
    for _ in range(4):
        make.put_card(make.make_entry(round), "5.00")
    with django_assert_num_queries(1):
        assert [(row.rank, row.total, str(row.office)) for row in standings(round)]


@pytest.mark.django_db
def test_ranks_are_counted_inside_regions_where_the_round_says_so():
    """Whatever the kind of office that takes part: the region is the one that it lies in."""
    round = make.make_round(ranking="region")
    north, south = (make.make_office(code, kind="region", size="") for code in ("R01", "R02"))
    province = make.make_office("TH-50", parent=north)
    places = [province, make.make_office("TH-5001", kind="district", parent=province), make.make_office(parent=south)]
    entries = [make.make_entry(round, office) for office in places]
    for entry, total in zip(entries, ("10.00", "30.00", "20.00"), strict=True):
        make.put_card(entry, total)
    assert [(row.region_code, row.rank, row.pk) for row in standings(round)] == [
        ("R01", 1, entries[1].pk),
        ("R01", 2, entries[0].pk),
        ("R02", 1, entries[2].pk),
    ]
    assert [rank_of(entry) for entry in entries] == [(2, 2), (1, 2), (1, 1)]


@pytest.mark.django_db
def test_a_round_may_rank_nobody():
    round = make.make_round(ranking="none")
    entries = [make.make_entry(round, f"TH-{number}") for number in range(2)]
    make.put_card(entries[1], "10.00")
    assert [row.rank for row in standings(round)] == [None, None]
    assert rank_of(entries[1]) is None


@pytest.mark.django_db
def test_who_withdrew_and_who_may_yet_be_chosen_has_no_place():
    round = make.make_round()
    first, second, third = (make.make_entry(round, f"TH-{number}") for number in range(3))
    for entry, total in ((first, "30.00"), (second, "20.00"), (third, "10.00")):
        make.put_card(entry, total)
    Entry.objects.filter(pk=first.pk).update(state="withdrawn")
    Entry.objects.filter(pk=second.pk).update(state="candidate")
    assert [(row.rank, row.pk) for row in standings(round)] == [(1, third.pk)]
    assert rank_of(third) == (1, 1)
    assert rank_of(Entry.objects.with_round().get(pk=first.pk)) is None


def page_of(client, round) -> str:
    client.force_login(make.make_user("staff"))
    return client.get(reverse("standings", args=[round.pk])).content.decode()


@pytest.mark.django_db
def test_the_page_groups_ranks_by_region_and_names_whom_districts_named(client):
    round = make.make_round(ranking="region")
    for number, total in enumerate(("10.00", "30.00", "20.00")):
        region = make.make_office(f"R0{number % 2}", kind="region", size="", name_th=f"เขตที่ {number % 2}")
        province = make.make_office(f"TH-1{number}", parent=region)
        district = make.make_office(
            f"TH-1{number}01", kind="district", parent=province, size="", name_th=f"เมือง{number}"
        )
        tambon = make.make_office(f"TH-1{number}0101", kind="subdistrict", parent=district, name_th=f"ท่า{number}")
        entry = make.make_entry(round, district)
        Entry.objects.filter(pk=entry.pk).update(nominee_office=tambon)
        make.put_card(entry, total)
    shown = page_of(client, round)
    order = ["เขตที่ 0</th>", "ตำบลท่า2", "ตำบลท่า0", "เขตที่ 1</th>", "ตำบลท่า1"]
    assert sorted(order, key=shown.index) == order
    assert shown.count('<td class="rank">1</td>') == 2
    by_name = client.get(reverse("standings", args=[round.pk]), {"sort": "name"}).content.decode()
    assert 'scope="rowgroup"' not in by_name
    alone = client.get(reverse("standings", args=[round.pk]), {"region": "R01"}).content.decode()
    assert ("ตำบลท่า1" in alone, "ตำบลท่า0" in alone) == (True, False)


@pytest.mark.django_db
def test_the_page_of_a_round_without_ranks_has_no_column_for_them(client):
    round = make.make_round(ranking="none")
    entry = make.make_entry(round)
    Entry.objects.filter(pk=entry.pk).update(nominee_name="นาย ก")
    shown = page_of(client, round)
    assert "นาย ก" in shown
    assert 'class="rank"' not in shown
    assert "รอบนี้ไม่จัดอันดับ" in shown


@pytest.mark.django_db
def test_with_nothing_nobody_has_a_rank():
    """On the screen as on paper; nor has anybody while a rival has no points yet."""
    round = make.make_round()
    first, second = (make.make_entry(round, f"TH-{number}") for number in range(2))
    make.put_card(first, "0.00")
    assert [rank_of(entry) for entry in (first, second)] == [None, None]
    assert [row.rank for row in StandingsTable(round, make.make_user("staff"), {}, "th").rows] == [None, None]
    make.put_card(second, "1.00")
    assert [rank_of(entry) for entry in (first, second)] == [None, (1, 2)]
    assert [row.rank for row in StandingsTable(round, make.make_user("staff"), {}, "th").rows] == [1, None]
