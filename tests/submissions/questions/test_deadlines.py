"""What is owed besides evidence and values: naming who takes part, and choosing among those named."""

from datetime import date

import pytest
from django.urls import reverse

from submissions import intake
from submissions.models import Entry
from submissions.questions.deadlines import Calendar
from tests import factories as make
from tests.submissions.conftest import make_tambons, own

pytestmark = pytest.mark.django_db


def asked_of(user) -> dict[str, list[str]]:
    """What kind of thing this reader is asked for, and how the entries stand with it."""
    found: dict[str, list[str]] = {}
    for deadline in Calendar(user).deadlines():
        found.setdefault(deadline.asked.kind, []).extend(due.state for due in deadline.dues)
    return found


def test_a_nominee_is_owed_until_there_is_one(chonburi):
    entry, other = make_tambons(chonburi, 2)
    officer, province = make.make_user(office=entry.office), make.make_user(office=chonburi)
    assert asked_of(officer)["naming"] == ["missing"]
    intake.name_nominee(entry, by=officer, office=own(entry.office))
    assert asked_of(officer)["naming"] == ["done"]
    assert sorted(asked_of(province)["naming"]) == ["done", "missing"]
    [naming] = [one for one in Calendar(officer).deadlines() if one.asked.kind == "naming"]
    assert naming.day == entry.round.named_by
    assert naming.page(entry) == reverse("nominees", args=[entry.round_id])
    assert asked_of(make.make_user("staff"))["naming"] == []
    assert other.round == entry.round


def test_who_has_the_places_owes_the_choice(chonburi):
    entry, other = make_tambons(chonburi, 2)
    round = entry.round
    round.preceding = make.make_round(is_closed=True)
    round.take_stage(round.scheme.stages[1])
    round.named_by = date(2100, 1, 1)
    round.save()
    Entry.objects.update(state=Entry.State.CANDIDATE)
    province, district = make.make_user(office=chonburi), make.make_user(office=entry.office)
    assert asked_of(province) == {"choice": []}
    assert asked_of(district) == {}
    intake.choose_entry(other, by=province)
    assert asked_of(province)["choice"] == []
    assert "requirement" not in asked_of(province)  # nothing is handed in where the contest has not begun
    round.take_stage(round.scheme.stages[2])  # all of those announced: nobody chooses
    round.save()
    assert "choice" not in asked_of(province)
    assert "requirement" in asked_of(province)


def test_what_is_declared_with_a_name_is_asked_nowhere_else():
    scheme = make.make_edition(scheme="itperson-2564")
    entry = make.make_entry(make.make_round(edition=scheme, settings={}), make.make_office())
    codes = {one.asked.code for one in Calendar(make.make_user("officer")).deadlines()}
    assert codes
    assert not codes & set(entry.round.scheme.nominees.declare)


def test_a_number_that_a_reviewer_looks_at_waits_before_it_is_done():
    entry = make.make_entry(make.make_round(), make.make_office())
    officer, judge = make.make_user(office=entry.office), make.make_user("judge")
    entry.round.judges.add(judge)
    asked = entry.round.scheme.values["3.4.news"].periods[0]

    def state() -> str:
        [deadline] = [one for one in Calendar(officer).deadlines() if one.asked.slot == ("3.4.news", asked.code)]
        return deadline.dues[0].state

    def decide(**decision) -> None:
        intake.review_values(entry.round, dict(entry.values.values_list("pk", "revision")), by=judge, **decision)

    make.make_value(entry, "3.4.news", "12", asked.code)
    assert state() == "submitted"
    decide(accept=False, reason="เกินจริง")
    assert state() == "returned"
    intake.enter_values(entry, {("3.4.news", asked.code): "11"}, by=officer)
    decide(accept=True)
    assert state() == "done"
