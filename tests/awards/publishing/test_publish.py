"""Publishing: from the facts, in order, ties decided by people, and frozen for good."""

from decimal import Decimal
from importlib import import_module
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from awards.models import Document, Publication, Result, faults
from awards.pages.matters import open_matters
from awards.publishing.preparation import Decision, preparation_of
from awards.publishing.publish import Moved, TieUndecided, publish
from scoring.models import Scorecard
from scoring.recompute import rescore
from scoring.wording import rules_in_words
from submissions import intake
from submissions.models import Entry, Office
from submissions.questions.proofread import Refused
from tests import factories
from tests.awards.conftest import falling, give_points, make_contest

pytestmark = pytest.mark.django_db
TIERS = ["winner", "runner-up-1", "runner-up-2"] + ["commendation"] * 10


def lines(publication) -> list[tuple]:
    return [(r.rank, r.office_code, f"{r.total:.2f}", r.tier) for r in publication.results.all()]


def test_the_thirteen_awards_go_by_total(publication):
    results = list(publication.results.all())
    assert [result.tier for result in results] == [*TIERS, "", "", ""]
    assert [result.rank for result in results] == list(range(1, 17))
    assert [result.total for result in results] == falling(16)
    assert publication.number == 1


def test_results_come_from_the_facts_and_not_from_scorecards(contest, staff, django_capture_on_commit_callbacks):
    assert not Scorecard.objects.exists()
    rescore(contest.entries.values_list("pk", flat=True))
    Scorecard.objects.update(total=99)
    with django_capture_on_commit_callbacks(execute=True):
        publication = publish(contest, by=staff)
    assert publication.results.first().total == 10
    assert not Scorecard.objects.filter(total=99).exists(), "publishing sets the live scores right too"


def test_what_was_published_never_moves(contest, staff, publication):
    before, digest = publication.content(), publication.digest
    last = contest.entries.get(office__code="TH-A16")
    factories.make_evidence(last, "1.1.report", status="accepted")
    factories.make_value(last, "3.3.protected", "99")
    last.office.name_th = "ชื่อใหม่"
    last.office.save()
    contest.name_th = "รอบที่เปลี่ยนชื่อ"
    contest.save()
    rescore([last.pk])
    kept = Publication.objects.get(pk=publication.pk)
    assert Scorecard.objects.get(entry=last, basis="verified").total > Decimal("2.5")
    assert kept.content() == before
    assert kept.digest == digest
    assert faults(kept) == []


def test_it_keeps_the_sentence_of_each_rule(publication):
    criteria = publication.content()["criteria"]
    assert [one["code"] for one in criteria if not one["how_th"] or one["how_th"] == one["how_en"]] == []
    assert criteria


def test_a_correction_is_a_further_publication_that_says_why(contest, staff, publication):
    with pytest.raises(Refused) as refused:
        publish(contest, by=staff)
    assert set(refused.value.reasons) == {"reason"}
    factories.make_evidence(contest.entries.get(office__code="TH-A02"), "1.1.report", status="accepted")
    second = publish(contest, by=staff, reason=" หลักฐานตรวจรับคลาดเคลื่อน ")
    assert (second.number, second.reason, second.previous) == (2, "หลักฐานตรวจรับคลาดเคลื่อน", publication.digest)
    assert second.results.first().office_code == "TH-A02"
    assert publication.results.first().office_code == "TH-A01"
    assert faults(second) == faults(publication) == []


def test_rounds_are_numbered_each_for_itself(publication, staff):
    other = make_contest(*falling(3))
    assert publish(other, by=staff).number == 1


def test_an_office_that_lost_its_size_group_is_named_before_anything_is_scored(contest, staff):
    Office.objects.filter(code="TH-A02").update(size="")
    with pytest.raises(Refused, match="TH-A02"):
        publish(contest, by=staff)


@pytest.mark.parametrize("role", ["officer", "judge"])
def test_only_central_staff_publish(role, contest):
    with pytest.raises(Refused) as refused:
        publish(contest, by=factories.make_user(role))
    assert refused.value.reasons[""]
    assert not Publication.objects.exists()


def test_a_round_without_entries_is_not_published(staff):
    with pytest.raises(Refused):
        publish(factories.make_round(), by=staff)


def test_a_round_that_ranks_inside_regions_gives_its_awards_in_each(staff):
    """A tie that straddles an award is one of its region's."""
    contest = make_contest(10, 9, 8, 8, ranking="region")
    regions = [factories.make_office(code, kind="region", size="") for code in ("R02", "R01")]
    for number, office in enumerate(Office.objects.filter(kind="province").order_by("code")):
        office.parent = regions[number % 2]
        office.save()
    publication = publish(contest, by=staff)
    found = [(one.region["code"], one.rank, one.tier, one.office_code) for one in publication.results.all()]
    assert found == [
        ("R01", 1, "winner", "TH-A02"),
        ("R01", 2, "runner-up-1", "TH-A04"),
        ("R02", 1, "winner", "TH-A01"),
        ("R02", 2, "runner-up-1", "TH-A03"),
    ]
    assert faults(publication) == []


def test_a_round_that_ranks_nobody_lists_its_offices_by_name(staff):
    publication = publish(make_contest(5, 10, ranking="none"), by=staff)
    assert [(one.rank, one.office_code) for one in publication.results.all()] == [(None, "TH-A01"), (None, "TH-A02")]


def test_results_say_who_took_part_for_an_office(staff):
    """Whoever withdrew is not announced; nor is an office that named nobody."""
    edition = factories.make_edition(scheme="itperson-2564")
    contest = factories.make_round(edition=edition, settings={}, now=factories.at("2021-07-21"))
    named, gone, empty = (factories.make_entry(contest, code) for code in ("TH-2001", "TH-2002", "TH-2003"))
    Entry.objects.filter(pk=named.pk).update(nominee_name="คนหนึ่ง")
    Entry.objects.filter(pk=gone.pk).update(nominee_name="อีกคน", state="withdrawn")
    publication = publish(contest, by=staff)
    assert [(one.office_code, one.nominee) for one in publication.results.all()] == [
        ("TH-2001", {"kind": "person", "name_th": "คนหนึ่ง"})
    ]
    assert publication.content()["results"][0]["nominee"]["name_th"] == "คนหนึ่ง"
    assert empty.awaits_nominee


def test_a_tie_within_an_award_needs_no_decision(staff):
    totals = falling(16)
    totals[5] = totals[6]
    publication = publish(make_contest(*totals), by=staff)
    assert [line[0] for line in lines(publication)[4:8]] == [5, 6, 6, 8]
    assert publication.decisions == []


@pytest.mark.parametrize(("better", "worse"), [(1, 2), (2, 3), (3, 4), (13, 14)])
def test_a_tie_across_an_award_stops_everything_until_it_is_decided(better, worse, staff):
    totals = falling(16)
    totals[worse - 1] = totals[better - 1]
    contest = make_contest(*totals)
    first, second = f"TH-A{better:02d}", f"TH-A{worse:02d}"
    with pytest.raises(TieUndecided) as undecided:
        publish(contest, by=staff)
    [tie] = undecided.value.ties
    assert (set(tie.codes), tie.places, tie.rank) == ({first, second}, 1, better)
    assert not Publication.objects.exists()
    publication = publish(contest, by=staff, decisions=[Decision((second, first), "ด้านที่ 4 สูงกว่า")])
    placed = lines(publication)[better - 1 : worse]
    assert [(rank, code) for rank, code, *_ in placed] == [(better, second), (better, first)]
    assert [tier for *_, tier in placed] == ([*TIERS, ""])[better - 1 : worse]
    assert publication.decisions == [{"offices": [second, first], "reason": "ด้านที่ 4 สูงกว่า"}]


def test_a_tie_across_several_awards_is_asked_about_once(staff):
    contest = make_contest(5, 5, 5, 5, 1)
    with pytest.raises(TieUndecided) as undecided:
        publish(contest, by=staff)
    assert len(undecided.value.ties) == 1
    prepared = preparation_of(contest, at=contest.now())
    assert len(prepared.ties) == 1
    assert {line.code for line in prepared.tied(prepared.ties[0])} == {f"TH-A0{n}" for n in range(1, 5)}
    order = ("TH-A03", "TH-A01", "TH-A04", "TH-A02")
    publication = publish(contest, by=staff, decisions=[Decision(order, "มติ")])
    assert [code for _, code, *_ in lines(publication)] == [*order, "TH-A05"]


def test_a_decision_needs_its_reason_and_the_very_offices_of_the_tie(staff):
    contest = make_contest(9, 9, 7, 6)
    with pytest.raises(Refused):
        publish(contest, by=staff, decisions=[Decision(("TH-A01", "TH-A02"), " ")])
    for wrong in (("TH-A01", "TH-A03"), ("TH-A01",), ("TH-A01", "TH-A02", "TH-A03"), ("TH-A01", "TH-A01")):
        with pytest.raises(TieUndecided):
            publish(contest, by=staff, decisions=[Decision(wrong, "มติ")])
    assert not Publication.objects.exists()


def test_a_decision_that_nothing_asks_for_is_not_kept(contest, staff):
    publication = publish(contest, by=staff, decisions=[Decision(("TH-A02", "TH-A01"), "มติ")])
    assert publication.decisions == []
    assert publication.results.first().office_code == "TH-A01"


def test_results_that_moved_since_they_were_looked_at_are_not_published(contest, staff):
    seen = preparation_of(contest, at=contest.now()).fingerprint
    factories.make_evidence(contest.entries.get(office__code="TH-A16"), "1.1.report", status="accepted")
    with pytest.raises(Moved):
        publish(contest, by=staff, seen=seen)
    assert not Publication.objects.exists()
    publish(contest, by=staff, seen=preparation_of(contest, at=contest.now()).fingerprint)


def test_what_is_open_is_told(contest):
    factories.make_evidence(contest.entries.first(), "1.1.report", status="submitted")
    contest.judges.add(factories.make_user("judge"))
    with translation.override("en"):
        told = open_matters(contest, preparation_of(contest, at=contest.now()), at=contest.now())
    assert [matter.text.split()[0] for matter in told] == ["The", "1", "16", "16", "Nobody"]
    assert [bool(matter.path) for matter in told] == [False, True, True, True, True]
    contest.judges.clear()
    with translation.override("en"):
        told = open_matters(contest, preparation_of(contest, at=contest.now()), at=contest.now())
    assert "16 entries are judged by nobody: no judge is there for them." in [matter.text for matter in told]
    after = factories.at("2023-09-01")
    settled = make_contest(10)
    unsigned = open_matters(settled, preparation_of(settled, at=after), at=after)
    assert [matter.path for matter in unsigned] == [reverse("letterhead", args=[settled.pk])]
    signed = intake.Printed(signers=(("นายสมมุติ ตัวอย่างดี", "อธิบดี"),))
    intake.save_letterhead(settled, signed, by=factories.make_user("staff"), revision=0)
    assert open_matters(settled, preparation_of(settled, at=after), at=after) == []


def test_an_office_with_nothing_is_last_with_zero(staff):
    publication = publish(make_contest(0, 3), by=staff)
    assert lines(publication) == [(1, "TH-A02", "3.00", "winner"), (2, "TH-A01", "0.00", "runner-up-1")]


def test_claimed_stands_beside_verified(staff):
    contest = make_contest(3)
    factories.make_evidence(contest.entries.get(), "1.1.report", status="submitted")
    [result] = publish(contest, by=staff).results.all()
    assert (result.total, result.claimed) == (3, 8)


def test_every_result_says_why_in_both_languages(publication):
    criterion = publication.results.first().criteria["5.1"]
    assert criterion["earned"] == "6.00"
    assert criterion["why_th"]
    assert criterion["why_en"]
    assert criterion["why_th"] != criterion["why_en"]


@pytest.mark.parametrize("model", [Publication, Result])
def test_rows_are_written_once(model, publication):
    row = model.objects.first()
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()
    with pytest.raises(TypeError):
        model.objects.update(**{model._meta.pk.name: 1})
    with pytest.raises(TypeError):
        model.objects.all().delete()
    with pytest.raises(TypeError):
        model.objects.bulk_update([row], ["digest" if model is Publication else "total"])


@pytest.mark.parametrize("table", ["awards_publication", "awards_result", "awards_document"])
def test_the_database_refuses_changes_too(table, publication):
    kept = {"file": "x.pdf", "size": 1, "sha256": "0" * 64}
    Document.objects.create(publication=publication, kind="results", **kept)
    column = {"awards_publication": "reason", "awards_result": "tier", "awards_document": "sha256"}[table]
    deeds = [f"UPDATE {table} SET {column} = 'x'"]
    deeds += [f"DELETE FROM {table}"] if connection.vendor == "postgresql" else []
    for deed in deeds:
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deed)


def tamper(statement: str) -> None:
    """Change rows behind the database's back, as its owner could."""
    with connection.cursor() as cursor:
        [guard] = import_module("awards.migrations.0002_written_once").Migration.operations
        editor = SimpleNamespace(connection=connection, execute=lambda sql, params: cursor.execute(sql))
        guard.reverse_code(None, editor)
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE awards_result SET total = 9.99 WHERE rank = 1",
        "UPDATE awards_result SET tier = 'winner' WHERE rank = 2",
        "UPDATE awards_result SET office_name_th = 'x' WHERE rank = 3",
        "UPDATE awards_result SET facts = '{}' WHERE rank = 16",
        "UPDATE awards_publication SET reason = 'x' WHERE number = 1",
        "UPDATE awards_publication SET as_of = published_at WHERE number = 1",
        "UPDATE awards_publication SET decisions = '[{}]' WHERE number = 1",
        "DELETE FROM awards_result WHERE rank = 16",
    ],
)
def test_whatever_is_altered_is_found(statement, publication):
    tamper(statement)
    assert faults(Publication.objects.get(pk=publication.pk)) != []
    with pytest.raises(CommandError):
        call_command("verify_publication", publication.pk, stdout=StringIO())


def test_a_publication_that_is_exchanged_for_another_is_found(contest, staff, publication):
    second = publish(contest, by=staff, reason="แก้ไข")
    tamper(f"UPDATE awards_publication SET digest = '{'0' * 64}' WHERE number = 1")
    assert len(faults(second)) == 1


def test_the_command_says_that_all_is_as_announced(publication):
    out = StringIO()
    call_command("verify_publication", stdout=out)
    assert publication.digest in out.getvalue()
    assert "as announced" in out.getvalue()
    with pytest.raises(CommandError, match="no such publication: 999"):
        call_command("verify_publication", 999, stdout=out)


def test_no_more_queries_for_more_entries(staff):
    counts = []
    for size in (1, 3):
        contest = make_contest(*falling(size))
        publish(contest, by=staff)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            publish(contest, by=staff, reason="แก้ไข")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_entry_that_was_announced_stays(publication):
    entry = Entry.objects.first()
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.delete()


def test_points_given_after_are_in_the_next_publication(staff):
    contest = make_contest(0, 4)
    first = publish(contest, by=staff)
    give_points(contest.entries.get(office__code="TH-A01"), contest.judges.get(), 9)
    second = publish(contest, by=staff, reason="ใบให้คะแนนมาช้า")
    assert lines(first)[0][1:3] == ("TH-A02", "4.00")
    assert lines(second)[0][1:3] == ("TH-A01", "9.00")


def test_a_judge_who_can_judge_no_more_is_named_while_sheets_are_missing(contest):
    colleague = factories.make_user("judge", full_name="Malee", is_active=False)
    contest.judges.add(colleague)
    with translation.override("en"):
        told = open_matters(contest, preparation_of(contest, at=contest.now()), at=contest.now())
        assert ["Malee" in matter.text for matter in told if "sheet" in matter.text] == [False, True]
        for entry in contest.entries.all():
            factories.make_sheet(entry, colleague)
        told = open_matters(contest, preparation_of(contest, at=contest.now()), at=contest.now())
    assert not any("Malee" in matter.text for matter in told), "nothing of hers is missing"


def test_nobody_is_waited_for_once_the_round_is_closed(contest):
    contest.judges.add(factories.make_user("judge", full_name="Malee", is_active=False))
    contest.is_closed = True
    with translation.override("en"):
        told = open_matters(contest, preparation_of(contest, at=contest.now()), at=contest.now())
    of_sheets = [matter.text for matter in told if "sheet" in matter.text]
    assert of_sheets == ["The round was closed without 16 scoring sheets."]


def test_an_award_for_nothing_is_told(staff):
    contest = make_contest(5, 3, 0)
    told = open_matters(contest, preparation_of(contest, at=contest.now()), at=contest.now())
    assert any("1" in line.text and "ไม่มีคะแนน" in line.text for line in told)


def test_it_freezes_the_sentence_of_each_rule(staff):
    """What the printed scorecard says of how points are earned."""
    publication = publish(make_contest(5), by=staff)
    told = {one["code"]: one["how_th"] for one in publication.frame["criteria"]}
    scheme = publication.edition.scheme
    assert told == {
        code: rules_in_words.how(scheme, factories.DUE, one)["how_th"] for code, one in scheme.criteria.items()
    }
    assert all(told.values())
