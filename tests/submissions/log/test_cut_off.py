"""A log of which events are altered, taken out, cut off or written anew does not hold, and it shows by what."""

import json
from collections import Counter

import pytest
from django.db.models import QuerySet

from submissions.log import findings as found
from submissions.log.check import check
from submissions.models import Entry, Event, Evidence
from submissions.notices.from_events import tell_recorded

from .sql import chain_anew, run, undone, without_triggers

pytestmark = pytest.mark.django_db
PER_VERB = 3  # events of each kind that are altered and taken out


def test_events_of_each_kind_that_are_altered_or_taken_out_are_found(world):
    entry = Entry.objects.filter(pk=world.entries[0].pk)
    told = Counter()
    for event in Event.objects.filter(entry__in=entry).order_by("sequence"):
        told[event.verb] += 1
        if told[event.verb] > PER_VERB:
            continue
        with undone():
            run("UPDATE submissions_event SET data = %s WHERE id = %s", json.dumps({"x": 1}), event.pk)
            assert (found.CHAIN, event.sequence) in [(one.fault, one.log) for one in check(entry).findings]
        with undone():
            run("DELETE FROM submissions_event WHERE id = %s", event.pk)
            findings = check(entry).findings
            assert findings or event.verb == "confirmation.asked", event.verb


def last_of(verb: str) -> Event | None:
    """An event of this kind, and with it gone its chain's end: whatever came later is cut off as well."""
    return Event.objects.filter(verb=verb).order_by("sequence").last()


def test_a_chain_that_is_cut_off_leaves_rows_that_nothing_explains(world):
    cut = 0
    for verb in set(Event.objects.values_list("verb", flat=True)) - {"entry.made", "confirmation.asked"}:
        for event in Event.objects.filter(verb=verb).order_by("pk")[:4]:
            with undone():
                run(
                    "DELETE FROM submissions_event WHERE entry_id = %s AND sequence >= %s",
                    event.entry_id,
                    event.sequence,
                )
                cut_off = Entry.objects.filter(pk=event.entry_id)
                assert {one.fault for one in check(cut_off).findings} & {found.UNEXPLAINED, found.ALTERED}, verb
            cut += 1
    assert cut > 30


def test_what_people_were_told_shows_that_an_end_is_gone(world):
    """The request to confirm leaves no row; how far the entry's people were told, does."""
    entry = world.entry()
    event = Event.objects.record(entry, "confirmation.asked", by=world.staff, sha256="0" * 64, after=None)
    tell_recorded()
    assert check().findings == []
    with undone():
        run("DELETE FROM submissions_event WHERE id = %s", event.pk)
        [finding] = check().findings
        assert (finding.fault, finding.log, finding.row) == (found.CUT, event.sequence, event.sequence - 1)


def test_a_log_written_anew_with_its_rows_is_found_against_the_publication(world):
    """Whoever alters a row and writes the whole chain anew to fit it leaves a log that holds by itself."""
    evidence = world.returned()  # nothing but its return says how it stands
    event = Event.objects.filter(verb="evidence.returned", data__evidence=evidence.pk).order_by("sequence").last()
    sealed = Event.objects.filter(entry=evidence.entry).count()

    def write_anew() -> None:
        data = event.data | {"reason": ""}
        QuerySet(Event).filter(pk=event.pk).update(verb="evidence.accepted", data=data)
        QuerySet(Evidence).filter(pk=evidence.pk).update(status="accepted", return_reason="")
        chain_anew(evidence.entry_id)

    with undone():
        write_anew()
        assert check().findings == [], "before anything is sealed nobody can tell"
    publication = world.announce()
    assert check().findings == []
    with undone():
        write_anew()
        [finding] = check().findings
        assert (finding.fault, finding.log, finding.row) == (found.SEALED, sealed, publication)
        assert str(publication) in finding.sentence


def test_a_log_cut_off_with_its_rows_is_found_against_the_publication(world):
    world.deed_hand_in_link()
    evidence = Evidence.objects.latest("pk")
    world.announce()
    with undone():
        without_triggers()
        run("DELETE FROM submissions_event WHERE CAST(data ->> 'evidence' AS text) = %s", str(evidence.pk))
        run("DELETE FROM submissions_evidence WHERE id = %s", evidence.pk)
        [finding] = check().findings
        assert (finding.fault, finding.entry) == (found.SEALED, evidence.entry)
