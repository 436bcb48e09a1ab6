"""The page with which staff and judges begin: what waits for them in each round, and one button to the next of it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from submissions.models import Entry, Round
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db
NEXT_PIECE, NEXT_SHEET = reverse("admin:submissions_evidence_next"), reverse("admin:submissions_sheet_next")


@pytest.fixture
def round(db):
    return make.make_round()


@pytest.fixture
def judge(round):
    judge = make.make_user("judge")
    round.judges.add(judge)
    return judge


@pytest.fixture
def krabi(round):
    return make.make_entry(round, make.make_office("TH-81"))


def overview(client, user) -> str:
    client.force_login(user)
    return flat(client.get(reverse("admin:index")).content.decode())


def buttons(page: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'class="button[^>]*href="([^"]+)"', page)]


def test_the_button_leads_to_the_desk_at_what_has_waited_longest_in_the_round(client, krabi, judge):
    made = [make.make_evidence(krabi, code) for code in ("3.1.assignment", "3.1.plan")]
    made[1].submitted_at -= timedelta(days=3)
    made[1].save()
    make.make_evidence(make.make_entry())  # of a round that is not this judge's
    page = overview(client, judge)
    assert ">2</a>" in page
    where = client.get(buttons(page)[0])["Location"]
    assert where == reverse("review-piece", args=[made[1].pk]) + f"?round={krabi.round_id}"


def test_the_list_leads_on_within_its_round(client, krabi, judge):
    made = make.make_evidence(krabi)
    client.force_login(judge)
    where = client.get(f"{NEXT_PIECE}?_changelist_filters=round%3D{krabi.round_id}")["Location"]
    assert where.startswith(reverse("admin:submissions_evidence_change", args=[made.pk]) + "?")
    assert f"round%3D{krabi.round_id}" in where
    other = make.make_round()
    other.judges.add(judge)
    assert client.get(f"{NEXT_PIECE}?_changelist_filters=round%3D{other.pk}")["Location"].endswith(f"?round={other.pk}")


def test_where_nothing_waits_there_is_no_button(client, krabi, judge):
    make.make_evidence(krabi, status="accepted")
    make.make_sheet(krabi, judge)
    assert buttons(overview(client, judge)) == []
    assert client.get(NEXT_PIECE)["Location"] == reverse("admin:submissions_evidence_changelist")
    assert client.get(NEXT_SHEET)["Location"] == reverse("admin:submissions_sheet_changelist")


def test_what_nobody_need_look_at_does_not_wait(client, krabi, judge):
    make.make_evidence(krabi)
    Entry.objects.update(state=Entry.State.WITHDRAWN)
    assert reverse("review-next") not in "".join(buttons(overview(client, judge)))


def test_a_judge_goes_on_with_a_draft_before_a_sheet_that_is_not_begun(client, round, krabi, judge):
    begun = make.make_entry(round, make.make_office("TH-96"))
    make.make_sheet(begun, judge, status="draft")
    (address,) = buttons(overview(client, judge))
    assert client.get(address)["Location"] == reverse("admin:submissions_sheet_of_entry", args=[begun.pk])
    judge.sheets.update(status="final")
    assert client.get(address)["Location"] == reverse("admin:submissions_sheet_of_entry", args=[krabi.pk])
    Round.objects.update(is_closed=True)
    assert client.get(address)["Location"] == reverse("admin:submissions_sheet_changelist")


def test_staff_see_how_many_have_handed_in_what_is_due(client, round, krabi):
    make.make_entry(round, make.make_office("TH-96"))
    staff = make.make_user("staff")
    before = re.findall(r'class="due-what">(.*?)</span>.*?(\d+) / 2', overview(client, staff))
    assert before
    assert {done for _what, done in before} == {"0"}
    for requirement in round.scheme.requirements.values():
        for period in [one.code for one in requirement.periods] or [""]:
            make.make_evidence(krabi, requirement.code, period, status="submitted")
            make.make_evidence(krabi, requirement.code, period, url="https://cdd.example.org/2")
    after = re.findall(r'class="due-what">(.*?)</span>.*?(\d+) / 2', overview(client, staff))
    assert [what for what, _done in after] == [what for what, _done in before]
    assert {done for _what, done in after} == {"1"}
