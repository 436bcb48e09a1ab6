"""Who sees what: an office its own and those below it, a judge their rounds, staff everything, others nothing."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from submissions.models import Entry, Event, Evidence, Office, Round, Value
from submissions.questions import access
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Two provinces in one round, and a district of the first in a round of its own."""
    krabi, chonburi = make.make_office("TH-81"), make.make_office("TH-20")
    district = make.make_office("8101", kind="district", parent=krabi)
    main, second = make.make_round(), make.make_round()
    entries = {
        "krabi": make.make_entry(main, krabi),
        "chonburi": make.make_entry(main, chonburi),
        "district": make.make_entry(second, district),
    }
    for entry in entries.values():
        make.make_evidence(entry)
        make.make_value(entry, "2.2.1.updated", "10")
        Event.objects.record(entry, "test", by=None)
    return entries


def seen(user) -> set:
    return set(Entry.objects.visible_to(user))


def test_an_officer_sees_their_office_and_those_below(world):
    officer = make.make_user("officer", office=Office.objects.get(code="TH-81"))
    assert seen(officer) == {world["krabi"], world["district"]}
    below = make.make_user("officer", office=Office.objects.get(code="8101"))
    assert seen(below) == {world["district"]}
    assert set(Round.objects.visible_to(below)) == {world["district"].round}


def test_a_judge_sees_their_rounds(world):
    judge = make.make_user("judge")
    assert seen(judge) == set()
    world["krabi"].round.judges.add(judge)
    assert seen(judge) == {world["krabi"], world["chonburi"]}
    assert set(Round.objects.visible_to(judge)) == {world["krabi"].round}


def test_staff_see_all_and_strangers_nothing(world):
    assert seen(make.make_user("staff")) == seen(make.make_user("admin")) == set(world.values())
    assert seen(AnonymousUser()) == set()
    assert seen(make.make_user("staff", is_active=False)) == set()
    assert not Round.objects.visible_to(AnonymousUser()).exists()


@pytest.mark.parametrize("model", [Evidence, Value, Event])
def test_facts_are_seen_by_those_who_see_the_entry(world, model):
    officer = make.make_user("officer", office=Office.objects.get(code="TH-20"))
    assert [row.entry for row in model.objects.visible_to(officer)] == [world["chonburi"]]


def test_an_officer_without_an_office_is_not_made(world):
    user = make.make_user("officer")
    user.office = None
    with pytest.raises(ValidationError):
        user.full_clean()


@pytest.mark.parametrize(
    ("visibility", "own", "table"), [("hidden", False, False), ("own", True, False), ("full", True, True)]
)
def test_ranks_are_shown_as_the_round_says(world, visibility, own, table):
    round = world["krabi"].round
    round.rank_visibility = visibility
    officer = make.make_user("officer", office=Office.objects.get(code="TH-81"))
    assert (access.why_not_see_ranks(officer, round, whole_table=False) is None) is own
    assert (access.why_not_see_ranks(officer, round, whole_table=True) is None) is table
    assert access.why_not_see_ranks(make.make_user("staff"), round, whole_table=True) is None


def test_only_staff_run_rounds(world):
    assert access.why_not_run_rounds(make.make_user("staff")) is None
    assert access.why_not_run_rounds(make.make_user("admin")) is None
    for role in ("officer", "judge"):
        assert access.why_not_run_rounds(make.make_user(role))
    assert access.why_not_run_rounds(AnonymousUser())


def test_a_judge_of_one_office_judges_what_lies_in_it(world):
    """Sheets are expected of those who judge an entry, and of nobody else."""
    both = make.make_user("judge")
    local = make.make_user("judge", office=Office.objects.get(code="TH-20"))
    world["krabi"].round.judges.set([both, local])
    world["district"].round.judges.set([both, local])
    assert seen(local) == {world["chonburi"]}
    assert access.why_not_judge(local, world["chonburi"]) is None
    assert access.why_not_review(local, world["krabi"])
    assert access.why_not_judge(local, world["krabi"])
    expected = {entry.pk: entry.expected_sheets for entry in Entry.objects.with_committee()}
    assert expected == {world["krabi"].pk: 1, world["chonburi"].pk: 2, world["district"].pk: 1}
    local.office = Office.objects.get(code="8101").parent
    before = Entry.objects.get(pk=world["district"].pk).facts_version
    local.save()
    after = Entry.objects.with_committee().get(pk=world["district"].pk)
    assert (after.expected_sheets, after.facts_version) == (2, before + 1)
