"""The command that scores all entries from their facts: it says whose points moved, and a dry run keeps nothing."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from scoring import recompute
from scoring.models import Scorecard, ScoreChange
from tests import factories as make

pytestmark = pytest.mark.django_db


def tell(*arguments: str) -> str:
    out = StringIO()
    call_command("rescore", *arguments, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def entries() -> list:
    rounds = [make.make_round(), make.make_round()]
    found = [make.make_entry(round) for round in (rounds[0], rounds[0], rounds[1])]
    for entry in found:
        make.make_evidence(entry, "1.1.report", status="accepted")
    recompute.rescore([entry.pk for entry in found])
    return found


def verified() -> list[str]:
    cards = Scorecard.objects.filter(basis="verified").order_by("entry")
    return [str(total) for total in cards.values_list("total", flat=True)]


def test_what_follows_the_facts_does_not_move(entries):
    before = verified()
    assert tell() == "3 entries scored, 0 moved\n"
    assert verified() == before


def test_what_somebody_wrote_is_set_right_and_named(entries):
    right = verified()
    Scorecard.objects.filter(entry=entries[1], basis="verified").update(total="99.00")
    changes = ScoreChange.objects.count()
    told = tell("--dry-run")
    assert told.endswith("3 entries scored, 1 would move\n")
    assert told.startswith(f"{entries[1].pk}\tverified 99.00 of ")
    assert f"\t->\tverified {right[1]} of " in told
    assert verified()[1] == "99.00"
    assert ScoreChange.objects.count() == changes
    assert tell().endswith("3 entries scored, 1 moved\n")
    assert verified() == right


def test_in_a_closed_round_no_day_passes(entries):
    """What could still be earned when it was closed is not lost by scoring it anew later."""
    round = entries[0].round
    round.is_closed, round.clock_offset = True, round.clock_offset + timedelta(days=365)
    round.save()
    cards = Scorecard.objects.filter(entry__round=round).order_by("pk")
    before = list(cards.values_list("total", "attainable", "as_of"))
    assert tell().endswith("3 entries scored, 0 moved\n")
    assert list(cards.values_list("total", "attainable", "as_of")) == before


def test_one_round_alone(entries):
    Scorecard.objects.filter(basis="verified").update(total="99.00")
    assert tell(str(entries[2].round_id)).endswith("1 entries scored, 1 moved\n")
    assert verified()[:2] == ["99.00", "99.00"] != verified()[2:]
    with pytest.raises(CommandError, match="there is no round 4711"):
        tell("4711")


def test_an_entry_without_a_score_gets_one(entries):
    Scorecard.objects.filter(entry=entries[0]).delete()
    assert f"{entries[0].pk}\tno score\t->\tverified" in tell()
    assert Scorecard.objects.filter(entry=entries[0]).count() == 2


def test_one_that_cannot_be_scored_costs_the_others_nothing(entries, monkeypatch):
    Scorecard.objects.filter(basis="verified").update(total="99.00")
    score = recompute._score

    def broken(entry, facts):
        if entry.pk == entries[0].pk:
            raise ZeroDivisionError("of this one")
        return score(entry, facts)

    monkeypatch.setattr(recompute, "_score", broken)
    out = StringIO()
    with pytest.raises(CommandError, match="1 entries could not be scored"):
        call_command("rescore", stdout=out, stderr=out)
    assert f"entry {entries[0].pk} can't be scored" in out.getvalue()
    assert "2 entries scored, 2 moved" in out.getvalue()
    assert verified()[0] == "99.00" not in verified()[1:]
