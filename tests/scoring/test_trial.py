"""What a trial says of a text before it is adopted: points, places, awards, and what can no longer be counted."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring import shipped, tasks, trial
from scoring.comparison import changed_lines
from scoring.models import Scorecard, Trial
from scoring.pages import trial_report
from submissions.models import Event
from submissions.questions.proofread import Refused
from tests import factories as make
from tests.factories import at

from . import small

pytestmark = pytest.mark.django_db
LATER = {"due: 2023-06-30  # report": "due: 2023-07-09  # report"}


@pytest.fixture
def round():
    """Three offices: A's report is in time, B's is late and it has many users, C has nothing."""
    round = make.make_round(edition=small.edition(), settings={"due": "2023-05-31"})
    a, b, _c = (make.make_entry(round, f"TH-{name}") for name in "ABC")
    make.make_evidence(a, "report", submitted_at=at("2023-06-20"), status="accepted")
    make.make_evidence(b, "report", submitted_at=at("2023-07-08"), status="accepted")
    make.make_value(b, "users", "90")
    return round


def try_text(round, changes) -> dict:
    """The report of a trial, entries by their office's last letter."""
    begun = trial.begin(round, small.text(changes), by=None)
    tasks.try_text(begun.pk)
    begun.refresh_from_db()
    assert (begun.done, begun.total) == (begun.report["entries"], round.entries.count())
    names = {pk: code[-1] for pk, code in round.entries.values_list("pk", "office__code")}
    return begun.report | {"moved": {names[row["entry"]]: row for row in begun.report["moved"]}, "names": names}


def places(row) -> list[tuple]:
    return [tuple(side[name] for name in ("total", "rank", "tier")) for side in (row["old"], row["new"])]


def test_who_rises_passes_others_and_crosses_an_award_s_line(round):
    changes = {**LATER, "below: 100, points: 0, th: น้อย, en: Few}  # users": "below: 80, points: 0, th: น้อย, en: Few}"}
    report = try_text(round, changes)
    assert places(report["moved"]["A"]) == [("5.00", 1, "first"), ("5.00", 2, "good")]
    assert places(report["moved"]["B"]) == [("0.00", 2, ""), ("10.00", 1, "first")]
    assert report["moved"]["B"]["parts"] == [["report", "0.00", "5.00"], ["users", "0.00", "5.00"]]
    assert report["moved"]["A"]["parts"] == []
    assert places(report["moved"]["C"]) == [("0.00", 2, ""), ("0.00", 3, "")]
    assert list(report["moved"]) == ["B", "A", "C"], "best first, as they would be"
    assert (report["lost"], report["asked"], report["unscored"], report["ties"]) == ([], [], [], [])


def test_a_tie_across_an_award_is_told_and_gives_the_award_to_nobody(round):
    report = try_text(round, LATER)
    (tie,) = report["ties"]
    assert ({report["names"][pk] for pk in tie["entries"]}, tie["rank"], tie["places"], tie["tier"]) == (
        {"A", "B"},
        1,
        1,
        "first",
    )
    assert places(report["moved"]["A"]) == [("5.00", 1, "first"), ("5.00", 1, "")]
    assert report["moved"]["A"]["new"]["tied"] == "first"


def test_a_deadline_moved_changes_what_can_still_be_earned(round):
    report = try_text(round, {"due: 2023-06-30  # report": "due: 2023-07-20  # report"})
    assert (report["moved"]["C"]["old"]["attainable"], report["moved"]["C"]["new"]["attainable"]) == ("20.00", "25.00")


def test_words_alone_move_nobody(round):
    report = try_text(round, {"{th: รายงาน, en: Report}": "{th: รายงานผล, en: Report of results}"})
    assert report["moved"] == {}
    assert [line for line in report["lines"] if line[0] != " "] == [
        ["-", 12, None, "    title: {th: รายงาน, en: Report}"],
        ["+", None, 12, "    title: {th: รายงานผล, en: Report of results}"],
    ]


def test_what_is_there_and_no_longer_asked_for_is_counted(round):
    entry = round.entries.get(office__code="TH-A")
    small.hand_in(entry)
    judge = make.make_user("judge")
    round.judges.add(judge)
    make.make_sheet(entry, judge, points={"idea": "5", "talk": "4"})
    renamed = {
        "  report:\n": "  paper:\n",
        "{evidence: report}": "{evidence: paper}",
        "max: 5  # idea": "max: 4",
        "max: 5  # talk": "max: 6",
        "to: 2023-03": "to: 2023-02",
        "  due:\n    title: {th: วันกำหนด": "  by:\n    title: {th: วันกำหนด",
        "due: {setting: due}": "due: {setting: by}",
    }
    report = try_text(round, renamed)
    lost = {
        (one["kind"], one["code"], one["period"] and one["period"]["th"]): (one["count"], one["still_asked"])
        for one in report["lost"]
    }
    assert lost == {
        ("requirement", "report", ""): (2, False),
        ("item", "idea", ""): (1, True),
        ("setting", "due", ""): (3, False),
        ("value", "visits", "มีนาคม 2566"): (1, False),
    }
    assert [(one["kind"], one["code"]) for one in report["asked"]] == [("requirement", "paper"), ("setting", "by")]
    assert report["lost"][1]["title"] == {"th": "รายงาน", "en": "Report"}


def test_who_could_not_be_scored_at_all_is_named(round):
    sizes = {"max: 30\n": "max: 30\nsizes:\n  huge: {th: ใหญ่มาก, en: Huge}\n"}
    report = try_text(round, sizes)
    assert len(report["unscored"]) == 3
    assert report["moved"]["A"]["new"] is None


def test_a_trial_writes_nothing_but_itself(round):
    before = dict(round.entries.values_list("pk", "facts_version"))
    try_text(round, LATER)
    assert dict(round.entries.values_list("pk", "facts_version")) == before
    assert not Scorecard.objects.exists()
    assert not Event.objects.exists()


def test_a_text_with_faults_is_not_tried(round):
    with pytest.raises(Refused) as refused:
        trial.begin(round, small.text({"max: 30": "max: 31"}), by=None)
    assert len(refused.value.reasons["text"]) == 1
    assert not Trial.objects.exists()


def test_a_message_that_comes_twice_is_done_once(round):
    begun = trial.begin(round, small.text(LATER), by=None)
    tasks.try_text(begun.pk)
    with CaptureQueriesContext(connection) as seen:
        tasks.try_text(begun.pk)
        tasks.try_text(0)
    assert len(seen) == 2


def test_three_entries_cost_as_many_statements_as_one(round):
    alone = make.make_round(edition=round.edition)
    make.make_entry(alone, "TH-A")
    counted = []
    for one in (alone, round):
        begun = trial.begin(one, small.text(LATER), by=None)
        tasks.try_text(begun.pk)  # the schemes are read once per process
        Trial.objects.filter(pk=begun.pk).update(report=None)
        with CaptureQueriesContext(connection) as seen:
            tasks.try_text(begun.pk)
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_lines_that_differ_are_shown_with_those_around_them():
    old = "\n".join(f"{number}" for number in range(1, 21))
    new = old.replace("\n5\n", "\nfive\n").replace("\n15\n", "\n15\n15a\n")
    assert changed_lines(old, new, around=1) == [
        [" ", 4, 4, "4"],
        ["-", 5, None, "5"],
        ["+", None, 5, "five"],
        [" ", 6, 6, "6"],
        ["…", None, None, ""],
        [" ", 15, 15, "15"],
        ["+", None, 16, "15a"],
        [" ", 16, 17, "16"],
    ]
    assert changed_lines(old, old) == []


def test_every_shipped_scheme_compared_with_itself_moves_nobody():
    for code, scheme in shipped.schemes().items():
        edition = make.make_edition(scheme=code)
        round = make.make_round(edition=edition, settings={})
        make.make_entry(round, "TH-A")
        begun = trial.begin(round, edition.text + "# a note\n", by=None)
        tasks.try_text(begun.pk)
        begun.refresh_from_db()
        assert (begun.report["moved"], begun.report["lost"], begun.report["asked"]) == ([], [], []), scheme.code


def test_places_are_inside_regions_where_the_text_says_so(round):
    for code, region in (("TH-A", "R01"), ("TH-B", "R02"), ("TH-C", "R02")):
        office = round.entries.get(office__code=code).office
        office.parent = make.make_office(region, kind="region", size="")
        office.save()
    report = try_text(round, {"max: 30\n": "max: 30\nranking: region\n"})
    assert places(report["moved"]["B"]) == [("0.00", 2, ""), ("0.00", 1, "")]
    assert report["moved"]["C"]["new"]["tied"] == "first"
    report = try_text(round, {"max: 30\n": "max: 30\nranking: none\n"})
    assert {row["new"]["rank"] for row in report["moved"].values()} == {None}


def test_whoever_withdrew_is_not_compared(round):
    entry = round.entries.get(office__code="TH-B")
    entry.state = entry.State.WITHDRAWN
    entry.save()
    begun = trial.begin(round, small.text(LATER), by=None)
    tasks.try_text(begun.pk)
    begun.refresh_from_db()
    assert (begun.report["entries"], begun.report["moved"]) == (2, [])


def test_those_without_points_are_counted_in_every_region():
    """Where regions are ranked each has its own tie at nothing; and one tie may stand before two awards."""
    ties = [{"total": "0.00", "entries": members, "tier": "first"} for members in ([1, 2], [1, 2], [3, 4, 5])]
    told = {"moved": [], "unscored": [], "lost": [], "asked": [], "lines": [], "tiers": {}, "entries": 5, "ties": ties}
    assert trial_report.shown(SimpleNamespace(report=told), page=None)["without_points"] == 5
