"""While a score is missing or behind its facts, pages say once that it is computed, and nothing that hangs on it."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.urls import reverse

from awards.documents.spreadsheets import StandingResource
from scoring.models import Scorecard, stale_entries
from scoring.pages.workplace import FEW
from scoring.recompute import rescore
from scoring.scorecard import ScorecardView
from submissions.models import Entry, Round
from tests import factories as make

pytestmark = pytest.mark.django_db
COMPUTING = "กำลังคำนวณคะแนนใหม่"
AS_OF = "คะแนน ณ"
LATER = "จะแสดงเมื่อคำนวณคะแนนเสร็จ"
# What hangs on a score: offers, the lack of them, gains, places, medians, points at stake, steps reached or missed.
CONSEQUENCES = (
    "ขณะนี้ไม่มีรายการที่ส่งเพิ่มเพื่อให้ได้คะแนนอีก",
    "ไม่ได้คะแนนเพิ่ม",
    "อาจยังได้คะแนน",
    'class="gain"',
    'data-points="rank"',
    "ค่ามัธยฐาน",
    'class="stake"',
    "level-met",
    "level-open",
    "level-missed",
    'id="rule-why"',
    "คะแนนเต็ม</span>",
)


@pytest.fixture
def entry():
    round = make.make_round(rank_visibility="full")
    own = make.make_entry(round, "TH-81")
    entries = [own, *(make.make_entry(round) for _ in range(FEW))]
    make.make_evidence(own, "1.1.report", status="accepted")
    for returned in ("3.1.plan", "4.2.summary"):
        make.make_evidence(own, returned, status="returned", return_reason="ไม่ครบ")
    rescore([one.pk for one in entries])
    return own


def missing(entry: Entry) -> None:
    Scorecard.objects.filter(entry=entry).delete()


def behind(entry: Entry) -> None:
    Entry.objects.filter(pk=entry.pk).touch()


def of_another_edition(entry: Entry) -> None:
    Scorecard.objects.filter(entry=entry).update(edition_digest="0" * 64)


def of_yesterday(entry: Entry) -> None:
    """A last day may have passed since."""
    for card in Scorecard.objects.filter(entry=entry):
        Scorecard.objects.filter(pk=card.pk).update(as_of=card.as_of - timedelta(days=1))


OFFERING = ("home", "criterion", "criterion of what came back", "progress of a criterion")
STATES = pytest.mark.parametrize("fall_behind", [missing, behind, of_another_edition, of_yesterday])


def pages(entry: Entry) -> dict[str, str]:
    criterion = [reverse("criterion", args=[entry.pk, code]) for code in ("1.1", "3.1")]
    progress = reverse("progress", args=[entry.pk])
    return {
        "home": reverse("scorecard", args=[entry.pk]),
        "criterion": criterion[0],
        "criterion of what came back": criterion[1],
        "progress": progress,
        "progress of a criterion": f"{progress}?criterion=3.1",
        "calendar": reverse("calendar"),
        "all own entries": reverse("home") + "?all",
    }


def read(client, entry: Entry) -> dict[str, str]:
    client.force_login(make.make_user("officer"))
    found = {}
    for name, address in pages(entry).items():
        by_script = {"HTTP_HX_REQUEST": "true"} if name.startswith("progress") else {}
        found[name] = client.get(address, **by_script).content.decode()
    return found


def test_of_a_score_that_is_there_they_say_it(client, entry):
    said = "".join(read(client, entry).values())
    assert COMPUTING not in said
    assert LATER not in said
    told = [one for one in CONSEQUENCES if one in said]
    assert {'class="gain"', 'data-points="rank"', "ค่ามัธยฐาน", 'class="stake"', "level-met", "level-open"} <= {*told}


@STATES
def test_of_one_that_is_not_they_say_so_once_and_nothing_that_hangs_on_it(client, entry, fall_behind):
    fall_behind(entry)
    for name, said in read(client, entry).items():
        assert [one for one in CONSEQUENCES if one in said] == [], name
        assert said.count(COMPUTING) == (name != "all own entries"), name
        if name not in ("all own entries", "calendar"):
            assert (AS_OF in said) == (fall_behind is not missing), f"{name}: the time for which its points hold"
        assert said.count(LATER) == (name in OFFERING), name


@STATES
def test_a_program_is_told_the_same(client, entry, fall_behind):
    fall_behind(entry)
    client.force_login(make.make_user("officer"))
    answer = client.get(f"/api/v1/entries/{entry.pk}/scorecard/").json()
    assert (answer["fresh"], answer["place"]) == (False, None)
    for told in ("next", "why"):
        assert [one[told] for one in answer["criteria"]] == [[]] * len(answer["criteria"])
    rescore([entry.pk])
    answer = client.get(f"/api/v1/entries/{entry.pk}/scorecard/").json()
    assert answer["fresh"]
    assert answer["place"]["among"] == FEW + 1
    assert any(one["next"] for one in answer["criteria"])


@pytest.mark.parametrize("lacking", [missing, of_another_edition])
def test_no_place_and_no_medians_while_a_rival_has_no_points(client, entry, lacking):
    """A rank among 40 of 76 is another a minute later. A rival that is merely behind changes nothing."""
    rival = entry.round.entries.exclude(pk=entry.pk).first()
    behind(rival)
    assert 'data-points="rank"' in read(client, entry)["home"]
    lacking(rival)
    caches["process"].clear()
    said = read(client, entry)["home"]
    assert 'data-points="rank"' not in said
    assert "ค่ามัธยฐาน" not in said
    assert client.get(f"/api/v1/entries/{entry.pk}/scorecard/").json()["place"] is None
    ranks = {one["rank"] for one in client.get(f"/api/v1/rounds/{entry.round_id}/standings/").json()["results"]}
    assert ranks == {None}


@STATES
def test_the_standings_tell_no_numbers_that_there_are_not(client, entry, fall_behind):
    """On the page, to programs and in the file."""
    fall_behind(entry)
    client.force_login(make.make_user("staff"))
    page = client.get(reverse("standings", args=[entry.round_id]))
    row = next(one for one in page.context["table"].rows if one.pk == entry.pk)
    assert (row.is_stale, row.rank) == (True, None)
    assert '<span class="status">กำลังคำนวณ' in page.content.decode()
    answer = client.get(f"/api/v1/rounds/{entry.round_id}/standings/").json()["results"]
    told = next(one for one in answer if one["entry"] == entry.pk)
    assert (told["fresh"], told["rank"]) == (False, None)
    sheet = StandingResource(entry.round).export().dict
    line = next(one for one in sheet if one["รหัส"] == entry.office.code)
    assert line["อันดับ"] is None
    is_known = fall_behind is not missing
    assert ("–" in (row.total, row.claimed, row.attainable, *row.parts)) == (not is_known)
    assert [told[name] is not None for name in ("total", "claimed", "attainable")] == [is_known] * 3
    assert [line[name] is not None for name in ("คะแนนรวม",)] == [is_known]
    if not is_known:
        assert {row.total, row.claimed, row.attainable, *row.parts} == {"–"}


@STATES
def test_a_page_waits_for_what_the_sweep_will_score_and_for_nothing_else(entry, fall_behind):
    """What a page calls behind is what a sweep finds: otherwise it would wait for ever."""

    def both() -> tuple[bool, bool]:
        fresh = Entry.objects.with_round().get(pk=entry.pk)
        found = stale_entries(fresh.round, fresh.round.now()).filter(pk=entry.pk).exists()
        return ScorecardView(fresh, "th").is_stale, found

    assert both() == (False, False)
    fall_behind(entry)
    assert both() == (True, True)
    Round.objects.update(is_closed=True)
    assert both() == ((False, False) if fall_behind is of_yesterday else (True, True))
