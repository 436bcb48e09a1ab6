"""How sure each place is: frozen beside a publication, out of its facts again, and told to whom the round says."""

import pytest
from django.urls import reverse

from awards.models import Publication, Sureness, faults
from awards.publishing import spread
from awards.publishing.publish import publish
from submissions.models import Evidence, SecondReading
from tests import factories as make
from tests.awards.conftest import falling, make_contest
from tests.markup import flat

pytestmark = pytest.mark.django_db


@pytest.fixture
def apart(staff):
    """Three offices and two judges, of whom one sees the first two the other way round."""
    contest = make_contest(8, 7, 1)
    other = make.make_user("judge")
    contest.judges.add(other)
    for entry, points in zip(contest.entries.order_by("office__code"), ("6", "9", "1"), strict=True):
        left, given = float(points), {}
        for code, item in contest.scheme.items.items():
            given[code] = str(min(left, float(item.max)))
            left -= float(given[code])
        make.make_sheet(entry, other, points=given)
    return contest


def test_it_is_frozen_beside_and_comes_out_of_the_facts_again(apart, staff):
    made = publish(apart, by=staff)
    sureness = Sureness.objects.get()
    best = {code: (row[0], row[1], row[4]) for code, row in sureness.places.items()}
    assert best == {"TH-A01": (1, 2, 2), "TH-A02": (1, 2, 2), "TH-A03": (3, 3, 2)}
    assert spread.again(sureness) == sureness.places
    assert (sureness.seed, faults(made)) == (int(made.facts_digest[:8], 16), [])
    assert "sureness" not in str(made.content()), "no digest hangs on it"


def test_what_is_open_reaches_as_far_as_it_could(contest, staff):
    first, second = contest.entries.order_by("office__code")[:2]
    make.make_evidence(second, "1.1.report", status="submitted")
    doubted = make.make_evidence(first, "1.1.report", status="accepted")
    SecondReading.objects.create(
        entry=first, evidence=doubted, kind="sample", first_accepted=True, asked_at=contest.now()
    )
    made = publish(contest, by=staff)
    sureness = Sureness.objects.get()
    assert (sureness.waiting, len(sureness.doubted)) == (2, 1)
    gain = made.results.get(entry=second)
    assert gain.claimed > gain.total
    ranges = {code: row[2:4] for code, row in sureness.places.items()}
    assert ranges["TH-A01"][1] > ranges["TH-A01"][0] == 1
    assert ranges["TH-A02"][0] == 1
    assert ranges["TH-A16"] == [16, 16]
    assert spread.again(sureness) == sureness.places
    assert Evidence.objects.get(pk=doubted.pk).status == "accepted", "nothing was turned but in thought"


def test_it_is_told_to_whom_the_round_says(apart, staff, client):
    made = publish(apart, by=staff)
    address = reverse("publication", args=[made.pk])
    officer = make.make_user("officer", office=apart.entries.get(office__code="TH-A03").office)
    told = {}
    for shows in (False, True):
        type(apart).objects.update(shows_sureness=shows, rank_visibility="full")
        for user in (staff, officer):
            client.force_login(user)
            client.cookies["django_language"] = "en"
            told[user.role, shows] = "Could be" in client.get(address).content.decode()
    assert told == {("staff", False): True, ("staff", True): True, ("officer", False): False, ("officer", True): True}
    page = client.get(address).content.decode()
    assert "1 to 2" in page
    assert "How far two lie apart says little" in page, "a small number is called small"


def test_where_nobody_is_ranked_there_is_none(staff):
    publish(make_contest(*falling(2), ranking="none"), by=staff)
    assert Publication.objects.exists()
    assert not Sureness.objects.exists()


def test_one_judge_is_said_to_be_one(publication, staff, client):
    client.force_login(staff)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("publication", args=[publication.pk])).content.decode()
    assert "One sheet counts for each entry that was judged" in page
    assert set(Sureness.objects.get().places["TH-A01"][:2]) == {1}


def test_whoever_has_no_sheet_that_counts_is_named(staff, client):
    contest = make_contest(8, 7, 0)
    publication = publish(contest, by=staff)
    client.force_login(staff)
    client.cookies["django_language"] = "en"
    page = flat(client.get(reverse("publication", args=[publication.pk])).content.decode())
    unjudged = publication.results.get(office_code="TH-A03").office_name
    assert "One sheet counts for each entry that was judged" in page
    assert f"No sheet counts for: {unjudged}" in page
