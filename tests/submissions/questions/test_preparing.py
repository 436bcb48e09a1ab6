"""What a round still needs is said line by line, and becomes done with the deed that it asks for."""

import pytest
from django.utils import translation

from submissions.models import Round
from submissions.questions.preparing import lines, why_scores_would_be_wrong
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def states(round: Round) -> dict[str, str]:
    return {line.code: line.state for line in lines(Round.objects.get(pk=round.pk))}


def names(round: Round, code: str) -> list[str]:
    return next(line.names for line in lines(Round.objects.get(pk=round.pk)) if line.code == code)


def test_each_line_becomes_done_with_what_it_asks_for(settings):
    settings.EMAIL_HOST = "mail.example.org"
    round = make.make_round(settings={}, opens_at=None)
    missing = {"settings", "entrants", "accounts", "committee"}
    assert states(round) == {
        code: "wrong" if code == "holidays" else "missing" if code in missing else "done" for code in states(round)
    }
    make.make_holiday("2023-05-01")
    assert states(round)["holidays"] == "done"
    Round.objects.update(settings=make.DUE)
    assert states(round)["settings"] == "done"
    region = make.make_office("R06", kind="region", size="", name_en="Region 6")
    entries = [make.make_entry(round, make.make_office(code, parent=region)) for code in ("TH-81", "TH-82")]
    assert states(round)["entrants"] == "done"
    assert names(round, "accounts") == [str(entry.office) for entry in entries]
    make.make_user(office=entries[0].office, email="a@example.org")
    make.make_user(office=entries[1].office, is_active=False)
    barred = make.make_user(office=entries[1].office)
    barred.set_unusable_password()
    barred.save()
    assert names(round, "accounts") == [str(entries[1].office)], "a closed account lets nobody in, nor one never used"
    second = make.make_user(office=entries[1].office)
    assert states(round)["accounts"] == "done"
    assert names(round, "notices") == [str(entries[1].office)]
    second.email = "b@example.org"
    second.save()
    elsewhere = make.make_office("R07", kind="region", size="")
    judge = make.make_user("judge", office=elsewhere)
    round.judges.add(judge)
    assert names(round, "committee") == [str(region)]
    judge.office = None
    judge.save()
    assert set(states(round).values()) == {"done"}
    assert why_scores_would_be_wrong(round) == []


def test_what_makes_scores_wrong_is_told_apart_from_what_may_come_later():
    make.make_holiday("2023-05-01")
    round = make.make_round(settings={"2.1.2.due": "2566-13-40"})
    make.make_entry(round, make.make_office("TH-81", size=""))
    assert states(round)["settings"] == states(round)["entrants"] == "wrong"
    assert len(why_scores_would_be_wrong(round)) == 2
    assert "Heads confirm here" not in " ".join(next(x.said for x in lines(round) if x.code == "accounts"))


def test_heads_are_missed_where_they_are_asked_to_confirm():
    round = make.make_round(needs_confirmation=True)
    entry = make.make_entry(round)
    make.make_user(office=entry.office)
    assert names(round, "accounts") == [str(entry.office)]
    make.make_user(office=entry.office, is_head=True)
    assert states(round)["accounts"] == "done"


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_as_much_of_one_office_as_of_many(count, django_assert_num_queries):
    round = make.make_round(judges=[make.make_user("judge")])
    for number in range(count):
        make.make_user(office=make.make_entry(round, f"TH-E{number}").office)
    round = Round.objects.select_related("edition").get(pk=round.pk)
    assert round.scheme
    with django_assert_num_queries(6):
        lines(round)
