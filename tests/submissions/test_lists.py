"""Lists of the API are asked for in words that it knows: others are refused, for a misspelt filter gives everything."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from awards.publish import publish
from submissions.models import Evidence, Value
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
            assert by(staff).get(f"{API}/{address}?{name}=").status_code == 200, (address, name)


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
    assert len(by(staff).get(f"{API}/evidence/?page=last&page_size=200").json()["results"]) == 101
    for wrong in ("0", "501", "-1", "x", "9" * 30):
        answer = by(staff).get(f"{API}/evidence/?page_size={wrong}")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["page_size"]), wrong
    assert by(staff).get(f"{API}/evidence/?page=0").status_code == 400
    assert by(staff).get(f"{API}/evidence/?page=99").status_code == 404


def test_lists_come_in_the_order_asked_for(entry, staff):
    for period in ("2023-05", "2023-03", "2023-04"):
        make.make_evidence(entry, "3.5.report", period, submitted_at=make.at(f"{period}-01"))

    def periods(query):
        return [one["period"] for one in by(staff).get(f"{API}/evidence/?{query}").json()["results"]]

    assert periods("") == ["2023-03", "2023-04", "2023-05"]
    assert periods("ordering=-submitted_at") == ["2023-05", "2023-04", "2023-03"]
    assert periods("ordering=id") == ["2023-05", "2023-03", "2023-04"]
    assert (
        periods("ordering=status,-id") == periods("ordering=status&ordering=-id") == ["2023-04", "2023-03", "2023-05"]
    )
    answer = by(staff).get(f"{API}/evidence/?ordering=sha256")
    assert answer.json()["errors"]["ordering"] == [
        "Known are: id, -id, submitted_at, -submitted_at, changed_at, -changed_at, status, -status."
    ]


def since(moment) -> str:
    return f"updated_since={quote(moment.isoformat())}"


def test_only_what_changed_since_is_asked_for(entry, judge, officer, staff):
    entry.round.judges.add(judge)
    old, other = make.make_evidence(entry), make.make_evidence(entry, "1.2.report", "r1")
    Evidence.objects.update(changed_at=timezone.now() - timedelta(days=2))
    yesterday = timezone.now() - timedelta(days=1)
    client = by(staff)

    def seen(name):
        return [one["id"] for one in client.get(f"{API}/{name}/?{since(yesterday)}").json()["results"]]

    assert seen("evidence") == []
    assert seen("entries") == []
    by(judge).post(f"{API}/evidence/{old.pk}/review/", {"decision": "accept", "revision": 1})
    assert seen("evidence") == [old.pk]
    assert seen("entries") == [entry.pk]
    assert other.pk not in seen("evidence")
    assert client.get(f"{API}/entries/?{since(timezone.now() + timedelta(hours=1))}").json()["count"] == 0


def test_values_that_changed_since(entry, staff):
    make.make_value(entry, "3.4.news", "7", "2023-07")
    make.make_value(entry, "3.4.webex", "7", "2023-07")
    now = entry.round.now()
    Value.objects.filter(code="3.4.news").update(entered_at=now - timedelta(days=2))
    Value.objects.filter(code="3.4.webex").update(entered_at=now)
    yesterday = timezone.now() - timedelta(days=1)
    found = by(staff).get(f"{API}/entries/{entry.pk}/values/?{since(yesterday)}").json()["values"]
    assert [one["code"] for one in found] == ["3.4.webex"]


@pytest.mark.parametrize(
    "text", ["2026-11-22", "2026-11-22T09:30:00", "2026-11-22T09:30:00+07:00", "2026-11-22T02:30:00Z"]
)
def test_a_time_is_understood_as_programs_write_it(entry, staff, text):
    assert by(staff).get(f"{API}/evidence/?updated_since={text}").status_code == 200  # the + not even as %2B


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-01", "2026-11-22T99:00:00Z", "0001-01-01T00:00:00%2B23:00", "%00", "22/11/2569"]
)
def test_a_time_that_is_none_is_refused(entry, staff, text):
    answer = by(staff).get(f"{API}/evidence/?updated_since={text}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["updated_since"])
