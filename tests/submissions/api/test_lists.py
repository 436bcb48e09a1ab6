"""Lists of the API are asked for in words that it knows: others are refused, for a misspelt filter gives everything."""

import threading
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.utils import timezone

from awards.publishing.publish import publish
from submissions import intake
from submissions.api.lists import OVERLAP
from submissions.models import Entry, Evidence, Round
from tests import factories as make
from tests.api import API, by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_requests_yet")]


@pytest.fixture
def lists(entry, staff) -> dict[str, set[str]]:
    """Every list there is, with the parameters that it knows."""
    publication = publish(entry.round, by=staff)
    pages = {"page", "page_size"}
    return {
        "rounds/": {"scheme", "stage", "ordering"} | pages,
        "entries/": {"round", "office", "state", "ordering", "updated_since"} | pages,
        "evidence/": {"round", "entry", "requirement", "period", "status", "ordering", "updated_since"} | pages,
        "publications/": {"round", "ordering", "updated_since"} | pages,
        f"rounds/{entry.round_id}/standings/": pages,
        f"entries/{entry.pk}/values/": {"updated_since"},
        f"publications/{publication.pk}/results/": set(),
    }


def test_a_parameter_that_no_list_knows_is_refused_with_the_ones_it_knows(lists, staff):
    for address, known in lists.items():
        answer = by(staff).get(f"{API}/{address}?statsu=accepted")
        assert answer.status_code == 400, address
        (said,) = answer.json()["errors"]["statsu"]
        named = said.partition("Known are: ")[2].rstrip(".").split(", ") if known else []
        assert set(named) == known
        for name in known:
            empty = by(staff).get(f"{API}/{address}?{name}=")
            assert (empty.status_code, list(empty.json()["errors"])) == (400, [name]), address
            if name != "ordering":
                twice = by(staff).get(f"{API}/{address}?{name}=1&{name}=2")
                assert (twice.status_code, list(twice.json()["errors"])) == (400, [name]), address


def test_a_word_that_no_filter_knows_is_refused(entry, staff):
    answer = by(staff).get(f"{API}/evidence/?status=nonsense&round=x")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"round": ["A whole number is needed."]}
    answer = by(staff).get(f"{API}/evidence/?status=nonsense")
    assert answer.json()["errors"] == {"status": ["Known are: draft, submitted, accepted, returned, withdrawn."]}


def test_pages_are_as_large_as_is_asked_up_to_five_hundred(entry, staff):
    make.make_evidence(entry)
    Evidence.objects.bulk_create(
        Evidence(entry=entry, requirement="1.1.report", url=f"https://e.org/{n}", submitted_at=timezone.now())
        for n in range(500)
    )
    first = by(staff).get(f"{API}/evidence/?page_size=500").json()
    assert (first["count"], len(first["results"])) == (501, 500)
    assert len(by(staff).get(first["next"]).json()["results"]) == 1
    assert len(by(staff).get(f"{API}/evidence/?page=3&page_size=200").json()["results"]) == 101
    for wrong in ("0", "501", "-1", "x", "9" * 30):
        answer = by(staff).get(f"{API}/evidence/?page_size={wrong}")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["page_size"]), wrong
    for wrong in ("0", "last"):
        assert by(staff).get(f"{API}/evidence/?page={wrong}").status_code == 400
    assert by(staff).get(f"{API}/evidence/?page=99").status_code == 404


def test_lists_come_in_the_order_asked_for(entry, staff):
    for period in ("2023-05", "2023-03", "2023-04"):
        make.make_evidence(entry, "3.5.report", period, submitted_at=make.at(f"{period}-01"))

    def periods(query):
        return [one["period"] for one in by(staff).get(f"{API}/evidence/?{query}").json()["results"]]

    assert periods("") == ["2023-03", "2023-04", "2023-05"]
    assert periods("ordering=-submitted_at") == ["2023-05", "2023-04", "2023-03"]
    assert periods("ordering=id") == ["2023-05", "2023-03", "2023-04"]
    newest = ["2023-05", "2023-04", "2023-03"]
    assert periods("ordering=-submitted_at,-id") == periods("ordering=-submitted_at&ordering=-id") == newest
    answer = by(staff).get(f"{API}/evidence/?ordering=sha256")
    assert answer.json()["errors"]["ordering"] == ["Known are: id, -id, submitted_at, -submitted_at."]


def test_a_row_that_is_reviewed_while_pages_are_read_stays_in_its_place(lists, entry, judge, staff):
    """Lists are ordered by what doesn't move: a row that was read would slip behind, and another before it."""
    entry.round.judges.add(judge)
    rows = [make.make_evidence(entry, "3.5.report", f"2023-0{month}") for month in (1, 2, 3, 4)]
    for address, known in lists.items():
        if "ordering" not in known:
            continue
        refused = by(staff).get(f"{API}/{address}?ordering=x").json()["errors"]["ordering"][0]
        for order in refused.removeprefix("Known are: ").rstrip(".").split(", "):
            if not address.startswith("evidence"):
                assert order.strip("-") in ("id", "round", "office", "published_at", "number")
                continue
            first = by(staff).get(f"{API}/{address}?page_size=2&ordering={order}").json()
            read = first["results"][0]
            reviewed = {"decision": "accept", "revision": read["revision"]}
            assert by(judge).post(f"{API}/evidence/{read['id']}/review/", reviewed).status_code == 200
            second = by(staff).get(first["next"]).json()
            assert {one["id"] for one in first["results"] + second["results"]} == {row.pk for row in rows}, order


def test_entries_of_one_office_in_one_round_have_one_order_through_all_pages(entry, staff):
    """Those who withdrew, and who took their places: round and office are the same. Rows that change move on disk."""
    for _one in range(5):
        Entry.objects.create(round=entry.round, office=entry.office, state=Entry.State.WITHDRAWN)
    seen, following = [], f"{API}/entries/?page_size=1"
    while following:
        page = by(staff).get(following).json()
        seen.append(page["results"][0]["id"])
        Entry.objects.filter(pk=seen[-1]).touch()
        following = page["next"]
    assert sorted(seen) == sorted(Entry.objects.values_list("pk", flat=True))


def since(moment) -> str:
    return f"updated_since={quote(moment.isoformat())}"


LONG_AGO = OVERLAP + timedelta(days=2)


def test_only_what_changed_since_is_asked_for(entry, judge, officer, staff):
    entry.round.judges.add(judge)
    old, other = make.make_evidence(entry), make.make_evidence(entry, "1.2.report", "r1")
    Evidence.objects.update(changed_at=timezone.now() - LONG_AGO)
    begun = timezone.now() + OVERLAP
    client = by(staff)

    def seen(name):
        return [one["id"] for one in client.get(f"{API}/{name}/?{since(begun)}").json()["results"]]

    assert seen("evidence") == []
    assert seen("entries") == []
    by(judge).post(f"{API}/evidence/{old.pk}/review/", {"decision": "accept", "revision": 1})
    assert seen("evidence") == [old.pk]
    assert seen("entries") == [entry.pk]
    assert other.pk not in seen("evidence")
    assert client.get(f"{API}/entries/?{since(timezone.now() + timedelta(hours=1))}").json()["count"] == 0


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_was_being_written_during_a_question_is_told_at_the_next():
    """An import holds its transaction for seconds: its rows tell times of before it ended."""
    entry, staff = make.make_entry(office="TH-81"), make.make_user("staff")
    officer = make.make_user("officer", office=entry.office)
    written, asked = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://e.org/")
            intake.enter_values(entry, {("3.4.news", "2023-07"): "7"}, by=officer)
            written.set()
            asked.wait(20)
        connection.close()

    def seen() -> tuple[int, int, int]:
        answers = [
            by(staff).get(f"{API}/{name}/?{since(begun)}").json()
            for name in ("evidence", "entries", f"entries/{entry.pk}/values")
        ]
        return answers[0]["count"], answers[1]["count"], len(answers[2]["values"])

    importing = threading.Thread(target=write)
    importing.start()
    assert written.wait(20)
    begun = timezone.now()
    first = seen()
    asked.set()
    importing.join()
    assert (first, seen()) == ((0, 0, 0), (1, 1, 1))


@pytest.mark.postgresql
def test_what_the_former_release_changes_is_told_too(entry, staff):
    """Its code knows no column of this name."""
    evidence = make.make_evidence(entry)
    Evidence.objects.update(changed_at=timezone.now() - LONG_AGO)
    begun = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE submissions_evidence SET status = 'accepted' WHERE id = %s", [evidence.pk])
    assert by(staff).get(f"{API}/evidence/?{since(begun)}").json()["count"] == 1


@pytest.mark.parametrize("offset", [timedelta(0), timedelta(days=-1000), timedelta(days=1000)])
def test_values_that_changed_since_are_told_by_the_world_s_clock(officer, staff, offset):
    round = make.make_round(make.NOW)
    entry = make.make_entry(round, officer.office)
    intake.enter_values(entry, {("3.4.news", "2023-07"): "7"}, by=officer)
    Round.objects.filter(pk=round.pk).update(clock_offset=round.clock_offset + offset)
    address = f"{API}/entries/{entry.pk}/values/"
    before, after = timezone.now() - timedelta(hours=1), timezone.now() + OVERLAP + timedelta(minutes=1)
    found = by(staff).get(f"{address}?{since(before)}").json()["values"]
    assert [(one["code"], one["period"]) for one in found] == [("3.4.news", "2023-07")]
    assert by(staff).get(f"{address}?{since(after)}").json()["values"] == []
    assert by(staff).get(f"{address}?updated_since=0001-01-02").status_code == 200


def test_a_judge_is_not_told_when_a_colleague_judged(entry, judge, staff):
    """The history is shut to the committee for that; a question could be cut in halves until it answers."""
    colleague = make.make_user("judge")
    entry.round.judges.add(judge, colleague)
    begun = timezone.now() + OVERLAP
    points = {next(iter(entry.round.scheme.items)): "1"}
    intake.save_sheet(entry, by=colleague, points=points, revision=0)
    seen = [by(person).get(f"{API}/entries/?{since(begun)}").json()["count"] for person in (judge, staff)]
    assert seen == [0, 1]


def test_a_judge_is_not_told_by_a_number_when_a_colleague_judged(entry, judge, staff):
    entry.round.judges.add(judge)
    version = Entry.objects.get(pk=entry.pk).facts_version
    for address in ("entries/", f"entries/{entry.pk}/"):
        told = [by(person).get(f"{API}/{address}").json() for person in (judge, staff)]
        assert [one.get("results", [one])[0]["facts_version"] for one in told] == [None, version]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026-11-22T09:30:00",
        "2026-11-22T09:30:00+07:00",
        "2026-11-22T02:30:00Z",
        "0168-08-01T21:33:04%2B18:11",
    ],
)
def test_a_time_is_understood_as_programs_write_it(entry, staff, text):
    assert by(staff).get(f"{API}/evidence/?updated_since={text}").status_code == 200  # the + not even as %2B


@pytest.mark.parametrize(
    "text",
    [
        *("yesterday", "2026-13-01", "2026-11-22T99:00:00Z", "0001-01-01T00:00:00%2B23:00", "%00", "22/11/2569"),
        *("2569-11-22", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_a_time_that_is_none_is_refused(entry, staff, text):
    for name in ("evidence", f"entries/{entry.pk}/values"):
        answer = by(staff).get(f"{API}/{name}/?updated_since={text}")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["updated_since"])
