"""What a publication would change: awards first, whoever came or went, and nothing where nothing changes."""

import pytest
from django.urls import reverse

from awards.publishing.differing import differences
from awards.publishing.preparation import preparation_of
from awards.publishing.publish import publish
from submissions.models import Sheet
from tests import factories as make
from tests.awards.conftest import falling, give_points, make_contest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def against(last, contest):
    return differences(last, preparation_of(contest, at=contest.now()))


def test_nothing_differs_of_the_same_facts(contest, publication):
    assert against(publication, contest).rows == ()


def test_who_gains_loses_moves_comes_and_goes(staff):
    contest = make_contest(*falling(16))
    last = publish(contest, by=staff)
    rising, leaving = (contest.entries.get(office__code=code) for code in ("TH-A15", "TH-A14"))
    Sheet.objects.filter(entry=rising).delete()
    give_points(rising, contest.judges.get(), "9.75")
    leaving.state = "withdrawn"
    leaving.save()
    make.make_entry(contest, "TH-A99")
    found = against(last, contest)
    (risen,) = [row for row in found.rows if row.change == "gains"]
    assert (risen.rank, risen.tier[0]) == ((15, 2), "")
    lost = [row for row in found.rows if row.change == "loses"]
    assert [row.rank for row in lost] == [(13, 14)]
    assert (found.counts["gone"], found.counts["new"]) == (1, 1)
    assert [row.is_of_awards for row in found.rows] == sorted((row.is_of_awards for row in found.rows), reverse=True)


def test_the_page_says_what_differs_before_anything_else(contest, publication, staff, client):
    client.force_login(staff)
    client.cookies["django_language"] = "en"
    address = reverse("publish", args=[contest.pk])
    assert "every rank, award and total is as it was announced" in client.get(address).content.decode()
    Sheet.objects.filter(entry__office__code="TH-A01").delete()
    page = client.get(address).content.decode()
    assert page.index("What changes against publication 1") < page.index("Still open")
    assert "loses" in page
