"""Each publication seals the heads of its round's logs: what was cut off or written anew is found against it."""

import io
import json
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import QuerySet

from awards.bundle import files as bundle
from awards.content import canonical
from awards.ledger import heads
from awards.models import Publication, faults
from awards.publishing.preparation import Decision, preparation_of
from awards.publishing.publish import publish
from scoring.models import ScoreChange
from submissions import intake
from submissions.log import findings as found
from submissions.log.check import check
from submissions.models import Entry, Event, Round
from tests import factories
from tests.submissions.log.sql import chain_anew, run, undone

pytestmark = pytest.mark.django_db


@pytest.fixture
def round(staff) -> Round:
    """Three entries, of which one withdrew."""
    round = factories.make_round()
    offices = [factories.make_office(code) for code in ("TH-81", "TH-82", "TH-83")]
    entries = intake.enter_offices(round, offices, by=staff)
    for entry in entries:
        officer, url = factories.make_user(office=entry.office), f"https://www.example.org/{entry.pk}"
        intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url=url)
    intake.withdraw_entry(entries[2], by=staff, reason="ไม่พร้อม")
    return round


@pytest.fixture
def publication(round, staff) -> Publication:
    at = round.now()
    ties = preparation_of(round, at=at).ties
    return publish(round, by=staff, at=at, decisions=[Decision(tie.codes, "มติ") for tie in ties])


def test_every_chain_of_the_round_is_sealed_also_of_who_withdrew(round, publication):
    assert [head["office"] for head in publication.log] == ["TH-81", "TH-82", "TH-83"]
    for head in publication.log:
        last = Event.objects.filter(entry=head["entry"]).order_by("sequence").last()
        assert (head["events"], head["head"]) == (last.sequence, last.digest)
    assert faults(publication) == heads.faults(publication) == []


def test_the_heads_are_in_the_bundle_and_under_the_publication_s_digest(publication):
    with zipfile.ZipFile(io.BytesIO(bundle.write(publication).read())) as folder:
        announced = json.loads(folder.read("publication.json"))
    assert announced["log"] == publication.log
    with undone():
        changed = [{**head, "head": "0" * 64} for head in publication.log]
        run("UPDATE awards_publication SET log = %s WHERE id = %s", json.dumps(changed), publication.pk)
        assert len(faults(Publication.objects.get(pk=publication.pk))) == 1


def test_people_work_on_and_what_was_sealed_still_stands(round, publication):
    entry = round.entries.get(office__code="TH-81")
    intake.attach_evidence(
        entry,
        intake.HandIn("1.1.report"),
        by=factories.make_user(office=entry.office),
        url="https://www.example.org/new",
    )
    assert heads.faults(publication) == []


@pytest.mark.parametrize("is_anew", [False, True])
def test_a_log_that_was_cut_off_or_written_anew_is_named_by_the_command(publication, is_anew):
    with undone():
        entry = Entry.objects.get(office__code="TH-82")
        last = Event.objects.filter(entry=entry).order_by("sequence").last()
        if is_anew:
            run("UPDATE submissions_event SET verb = 'entry.test' WHERE id = %s", last.pk)
            chain_anew(entry.pk)
        else:
            run("DELETE FROM submissions_event WHERE id = %s", last.pk)
        assert Event.objects.faults(entry) == []
        out = StringIO()
        with pytest.raises(CommandError, match="1 publication"):
            call_command("verify_publication", stdout=out)
        assert "TH-82" in out.getvalue()
        assert str(last.sequence) in out.getvalue()
        with pytest.raises(CommandError):
            call_command("check_log", stdout=(out := StringIO()))
        assert str(publication) in out.getvalue()


def test_a_publication_of_before_keeps_its_digest_and_verifies(publication):
    """Those that were made before heads were sealed say nothing of them, and their content has no word of it."""
    with undone():
        content = publication.content()
        assert "log" in content
        del content["log"]
        digest = canonical.digest_of(canonical.write(content))
        run("UPDATE awards_publication SET log = '[]', digest = %s WHERE id = %s", digest, publication.pk)
        old = Publication.objects.get(pk=publication.pk)
        assert old.content() == content
        assert faults(old) == heads.faults(old) == []


def test_results_that_changed_their_entries_are_named(publication):
    """The table reads as announced, but each of two offices would be shown the other's result."""
    first, second, *_ = publication.results.order_by("place")
    with undone():
        spare = factories.make_entry(publication.round, factories.make_office("TH-84"))
        for result, entry in ((first, spare.pk), (second, first.entry_id), (first, second.entry_id)):
            run("UPDATE awards_result SET entry_id = %s WHERE id = %s", entry, result.pk)
        [fault] = faults(Publication.objects.get(pk=publication.pk))
        assert first.office_code in fault
        assert second.office_code in fault
        with pytest.raises(CommandError, match="1 publication"):
            call_command("verify_publication", stdout=StringIO())


@pytest.mark.parametrize("is_sealed", [True, False])
def test_results_of_entries_of_another_round_are_named(publication, is_sealed):
    other = factories.make_round()
    with undone():
        if not is_sealed:
            run("UPDATE awards_publication SET log = '[]' WHERE id = %s", publication.pk)
        run("UPDATE awards_publication SET round_id = %s WHERE id = %s", other.pk, publication.pk)
        moved = Publication.objects.get(pk=publication.pk)
        said = next(fault for fault in faults(moved) if "TH-81" in fault)
        assert "TH-82" in said


def test_an_entry_that_is_gone_altogether_is_named(round, publication):
    """With its row, its log and all that hung on it: the publication still knows of it."""
    gone = round.entries.get(office__code="TH-83")
    with undone():
        for table in ("submissions_event", "submissions_evidence", "submissions_told", "scoring_scorecard"):
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table} WHERE entry_id = %s", [gone.pk])
        QuerySet(ScoreChange).filter(entry=gone.pk)._raw_delete(using="default")
        run("DELETE FROM submissions_entry WHERE id = %s", gone.pk)
        for entries in (None, round.entries.all()):
            [finding] = check(entries).findings
            assert (finding.fault, finding.log, finding.row) == (found.ABSENT, gone.pk, publication)
            assert str(gone.pk) in finding.sentence
            assert str(publication) in finding.sentence
