"""Both sides let everybody read a piece, and either takes it back: a deed each, and never by anybody else."""

import pytest

from submissions import intake
from submissions.models import Entry, Event, Evidence
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def piece() -> Evidence:
    return make.make_evidence(make.make_entry(), kind="pdf", status="accepted")


@pytest.fixture
def head(piece):
    return make.make_user("officer", office=piece.entry.office, is_head=True)


def verbs() -> list[str]:
    return list(Event.objects.filter(verb__startswith="consent.").order_by("sequence").values_list("verb", flat=True))


def test_only_what_both_say_holds_and_each_word_is_a_deed(piece, head, staff):
    version = Entry.objects.get(pk=piece.entry_id).facts_version
    assert intake.say_consent(piece, by=head, is_given=False) is None  # there is nothing to take back
    first = intake.say_consent(piece, by=head, is_given=True)
    assert intake.say_consent(piece, by=head, is_given=True) == first
    assert not Evidence.objects.best_practices().exists()
    intake.say_consent(piece, by=staff, is_given=True)
    assert Evidence.objects.best_practices().get() == piece
    intake.say_consent(piece, by=staff, is_given=False)
    assert not Evidence.objects.best_practices().exists()
    assert verbs() == ["consent.given", "consent.given", "consent.withdrawn"]
    assert Entry.objects.get(pk=piece.entry_id).facts_version == version


@pytest.mark.parametrize("who", ["officer", "judge", "neighbour"])
def test_nobody_else_speaks_for_a_side(piece, who):
    people = {
        "officer": lambda: make.make_user("officer", office=piece.entry.office),
        "judge": lambda: make.make_user("judge"),
        "neighbour": lambda: make.make_user("officer", office=make.make_office("TH-82"), is_head=True),
    }
    for is_given in (True, False):
        with pytest.raises(intake.Refused):
            intake.say_consent(piece, by=people[who](), is_given=is_given)
    assert verbs() == []


@pytest.mark.parametrize("status", ["submitted", "returned", "withdrawn"])
def test_what_was_not_accepted_is_not_released(piece, head, status):
    Evidence.objects.filter(pk=piece.pk).update(status=status, return_reason="ไม่ครบ")
    with pytest.raises(intake.Refused):
        intake.say_consent(piece, by=head, is_given=True)
    make.make_filled_form(piece, "innovation-report")
    if status == "submitted":  # a report written here need not be accepted
        assert intake.say_consent(piece, by=head, is_given=True)


def test_a_link_is_not_released_and_a_file_waits_for_its_scanner(piece, head, settings):
    with pytest.raises(intake.Refused):
        intake.say_consent(make.make_evidence(piece.entry, status="accepted"), by=head, is_given=True)
    settings.CLAMD = "tcp://clamd:3310"
    with pytest.raises(intake.Refused):
        intake.say_consent(piece, by=head, is_given=True)


def test_it_is_said_in_a_closed_round_too(piece, head):
    piece.entry.round.is_closed = True
    piece.entry.round.save()
    assert intake.say_consent(piece, by=head, is_given=True)
