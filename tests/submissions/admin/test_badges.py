"""The numbers beside the lines of the menu: what waits for this reader, in two statements."""

from types import SimpleNamespace

from django.db import connection
from django.test.utils import CaptureQueriesContext

from submissions.admin import badges
from tests import factories as make


def counted(user) -> list[int]:
    request = SimpleNamespace(user=user)
    with CaptureQueriesContext(connection) as queries:
        found = [badges.waiting_evidence(request), badges.waiting_values(request), badges.waiting_readings(request)]
    assert len(queries) == 2
    return found


def test_each_line_says_how_many_wait_for_its_reader(committee):
    for _ in range(2):
        make.make_evidence(committee.entry, kind="pdf")
    make.make_evidence(committee.entry, "5.report", status="accepted")
    assert counted(committee.judge) == counted(committee.staff) == [2, 0, 0]
    assert counted(committee.stranger) == [0, 0, 0]
