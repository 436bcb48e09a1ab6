"""From a provisional result over its appeals to the one that holds: what changes, by whom, and what nobody changes."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from awards.bundle import files as bundle
from awards.documents import files, pdf
from awards.models import Result, faults
from awards.publishing.hearing import check_unmoved
from awards.publishing.preparation import preparation_of
from awards.publishing.publish import publish
from scoring import recompute
from submissions import intake
from submissions.admin.sheet_form import SheetForm
from submissions.intake import Refused
from submissions.log.check import check
from submissions.models import Appeal, Event, Evidence, Holiday, Notice, Round, SecondReading, Value
from submissions.notices.from_events import tell_recorded
from submissions.notices.hearing import tell_appeals_end
from submissions.questions.appeals import answerers, days_left, last_moment
from submissions.questions.reopened import reopened
from tests import factories as make
from tests.awards.documents.papers import keep_all

from .doors import TIME, dispute, doors, doors_of_the_committee, english_client, is_refused
from .hearing import NUMBER, end_of_days, make_heard, make_reviewed, refresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_the_whole_way(heard):
    provisional = heard.round.publications.get()
    assert provisional.is_provisional
    assert not any(kind == "certificates" for kind, _office in files.missing(provisional))
    appeal = dispute(heard, evidence=[heard.report.pk])
    with pytest.raises(Refused, match="not over yet"):
        publish(heard.round, by=heard.staff)
    end_of_days(heard)
    with pytest.raises(Refused, match="1 appeal is not answered"):
        publish(heard.round, by=heard.staff)
    with pytest.raises(Refused, match="You decided this"):
        intake.answer_appeal(appeal, by=heard.judge, verdict="dismissed", answer="ไม่ครบ")
    with pytest.raises(Refused, match="Correct first"):
        intake.answer_appeal(appeal, by=heard.other, verdict="upheld", answer="ครบ")
    intake.review_evidence(heard.report, by=heard.other, accept=True, appeal=appeal)
    with pytest.raises(Refused, match="at least partly"):
        intake.answer_appeal(appeal, by=heard.other, verdict="dismissed", answer="ไม่ครบ")
    intake.answer_appeal(appeal, by=heard.other, verdict="upheld", answer="เอกสารครบ")
    final = publish(heard.round, by=heard.staff)
    assert not final.is_provisional
    assert not final.reason
    assert [*faults(provisional), *faults(final)] == []
    row = final.appeals["answers"][0]
    assert (final.appeals["disputed"], final.appeals["upheld"], row["verdict"]) == (1, 1, "upheld")
    assert float(row["after"]) > float(row["before"])
    assert final.appeals["points_changed"] == f"{float(row['after']) - float(row['before']):.2f}"
    packed = zipfile.ZipFile(io.BytesIO(bundle.write(final).read()))
    assert json.loads(packed.read("publication.json"))["appeals"] == final.appeals
    with translation.override("th"):
        assert pdf.context("announcement", final.content(), None)["corrected"][0]["criterion"] == "1.1"
    assert [str(finding.sentence) for finding in check().findings] == []


def facts_of(round: Round) -> dict:
    return recompute.read_facts(recompute.read_entries(list(round.entries.values_list("pk", flat=True))), make.NOW)


def test_no_door_changes_a_fact_that_was_announced(heard):
    before, events = facts_of(heard.round), Event.objects.count()
    open_doors = [name for name, door in doors(heard).items() if not is_refused(door)]
    assert open_doors == []
    refresh(heard)
    assert facts_of(heard.round) == before
    assert Event.objects.count() == events
    end_of_days(heard)
    assert not publish(heard.round, by=heard.staff).appeals["disputed"]
    with pytest.raises(Refused, match=TIME):  # a final result has settled facts as well
        doors(heard)["value"]()


def test_no_door_of_the_committee_does_either():
    heard = make_reviewed()
    before, events = facts_of(heard.round), Event.objects.count()
    open_doors = [name for name, door in doors_of_the_committee(heard).items() if not is_refused(door)]
    assert open_doors == []
    assert (facts_of(heard.round), Event.objects.count()) == (before, events)
    assert not SecondReading.objects.open().exists(), "what nobody may read waits for nobody"
    for paper, reader in ((heard.drawn.evidence, heard.drawn.reader), (heard.doubt.evidence, heard.other)):
        assert Evidence.objects.visible_to(reader).contains(paper)
    appeal = dispute(heard, heard.doubt.evidence.criteria[0], evidence=[heard.doubt.evidence_id])
    intake.review_evidence(heard.doubt.evidence, by=heard.second, accept=True, appeal=appeal)
    assert heard.doubt.evidence.readings.get().state == "done"
    assert [str(finding.sentence) for finding in check().findings] == []


def test_pages_and_the_api_are_refused_too(heard):
    office, desk = english_client(heard.officer), english_client(heard.staff)
    pk, other = heard.entry.pk, heard.entry.office
    said = {"requirement": "1.1.report", "url": "https://www.example.org/x"}
    assert office.post(f"/entries/{pk}/evidence/", said).status_code in (403, 422)
    assert office.post(f"/api/v1/entries/{pk}/evidence/", said).status_code in (403, 422)
    address = f"/admin/submissions/office/{other.pk}/change/"
    was = desk.get(address).context["adminform"].form.initial
    page = desk.post(address, {name: text or "" for name, text in was.items()} | {"size": "large"})
    assert page.status_code == 200
    assert TIME in page.content.decode()
    page = desk.post("/admin/submissions/holiday/add/", {"date": "01/05/2566", "name_th": "วันแรงงาน"})
    assert TIME in page.content.decode()
    assert heard.entry.evidence.count() == 3
    assert not Holiday.objects.exists()


def test_facts_that_were_changed_behind_everybody_stop_the_final_result(heard):
    end_of_days(heard)
    Value.objects.filter(entry=heard.neighbour).update(text="8")
    with pytest.raises(Refused, match="no appeal has changed them"):
        publish(heard.round, by=heard.staff)
    lines = preparation_of(heard.round, at=heard.round.publications.get().as_of).lines
    with pytest.raises(Refused, match="TH-A02"):
        check_unmoved(heard.round.publications.get(), lines[:1])


def test_an_answer_corrects_what_its_criterion_asks_for_and_nothing_else(heard):
    criterion = next(iter(heard.round.scheme.criteria_of("value", "2.2.1.updated"))).code
    appeal = dispute(heard, criterion, values=["2.2.1.updated"])
    assert heard.staff in appeal.deciders.all()
    with pytest.raises(Refused, match="does not dispute this"):
        intake.review_evidence(heard.report, by=heard.second, accept=True, appeal=appeal)
    with pytest.raises(Refused, match="does not dispute this"):
        intake.correct_values(appeal, {("3.4.news", "2023-07"): "9"}, by=heard.second, seen={})
    slot = ("2.2.1.updated", "")
    with pytest.raises(intake.Conflict):
        intake.correct_values(appeal, {slot: "9"}, by=heard.second, seen={slot: "4"})
    intake.correct_values(appeal, {slot: "9"}, by=heard.second, seen={slot: "5"})
    intake.answer_appeal(appeal, by=heard.second, verdict="partly", answer="แก้ให้")
    with pytest.raises(Refused, match="answered already"):
        intake.correct_values(appeal, {slot: "10"}, by=heard.second, seen={slot: "9"})
    assert [str(finding.sentence) for finding in check().findings] == []


def test_a_sheet_is_corrected_by_its_judge_in_what_is_disputed(heard):
    code = next(iter(heard.round.scheme.items))
    criterion = heard.round.scheme.criteria_of("item", code)[0]
    others = [item for item in heard.points if item not in {read.code for read in criterion.inputs}]
    appeal = dispute(heard, criterion.code)
    reopen = intake.reopen_sheet(heard.sheet, by=heard.second, reason="ดูข้อนี้ใหม่", appeal=appeal)
    assert reopened(reopen) == ("ดูข้อนี้ใหม่", frozenset(heard.points) - set(others))
    form = SheetForm(heard.entry, reopen)
    form.keep_all_but(reopened(reopen).items)
    assert [item for item in heard.points if form.fields[item].widget.attrs.get("readonly")] == others
    refresh(heard)
    with pytest.raises(Refused, match="not final again"):
        intake.answer_appeal(appeal, by=heard.second, verdict="upheld", answer="แก้")
    if others:
        with pytest.raises(Refused, match="Leave as it was"):
            intake.save_sheet(heard.entry, by=heard.judge, points=heard.points | {others[0]: "0.5"}, final=True)
    intake.save_sheet(heard.entry, by=heard.judge, points=heard.points | {code: "0.5"}, final=True)
    intake.answer_appeal(appeal, by=heard.second, verdict="upheld", answer="แก้แล้ว")
    with pytest.raises(Refused, match=TIME):
        intake.save_sheet(heard.entry, by=heard.judge, points=heard.points, final=True)
    assert [str(finding.sentence) for finding in check().findings] == []


def test_until_the_last_moment_of_the_last_business_day(heard):
    until = heard.round.appeals_until
    assert until == last_moment(heard.round, heard.round.publications.get().as_of)
    with pytest.raises(Refused, match="days for appeals are over"):
        dispute(heard, at=until + timedelta(microseconds=1))
    dispute(heard, at=until)
    with pytest.raises(Refused, match="disputed already"):
        dispute(heard)
    Holiday.objects.create(date="2023-08-14", name_th="วันหยุดชดเชย")
    friday = make.at("2023-08-11")
    assert last_moment(heard.round, friday).date().isoformat() == "2023-08-17", "the weekend and Monday don't count"
    heard.round.appeals_until = last_moment(heard.round, friday)
    assert [days_left(heard.round, make.at(f"2023-08-{day}")) for day in (11, 12, 15, 17)] == [4, 3, 3, 1]


def test_only_what_was_handed_in_is_pointed_at_and_only_by_the_office(heard):
    paper = heard.entry.evidence.get(requirement="5.report")
    with pytest.raises(Refused) as refused:
        intake.make_appeal(heard.entry, "1.1", by=heard.officer, text=" ", evidence=[paper.pk], values=["3.4.news"])
    assert refused.value.reasons.keys() == {"text", "evidence", "values"}
    for somebody in (heard.stranger, heard.judge, heard.staff):
        with pytest.raises(Refused, match="Only the office itself"):
            intake.make_appeal(heard.entry, "1.1", by=somebody, text="ค้าน")


def test_whom_an_appeal_goes_to_and_that_nobody_may_be_left(heard):
    appeal = dispute(heard)
    assert answerers([appeal])[appeal.pk] == [heard.other, heard.silent, heard.staff, heard.second]
    assert list(Appeal.objects.answerable_by(heard.other)) == [appeal]
    assert not Appeal.objects.answerable_by(heard.judge).exists()
    assert not Appeal.objects.visible_to(heard.judge).exists()
    appeal.deciders.add(heard.other, heard.silent, heard.staff, heard.second)
    assert answerers([appeal])[appeal.pk] == []


def test_whoever_looked_at_a_number_or_read_a_second_time_decided_on_it():
    heard = make_heard(announced=False)
    amount = heard.entry.values.get(code=NUMBER)
    intake.review_values(heard.round, {amount.pk: amount.revision}, by=heard.other, accept=True)
    make.make_reading(heard.report, heard.silent, first_by=heard.judge, read_by=heard.silent, settled_by=heard.second)
    publish(heard.round, by=heard.staff)
    refresh(heard)
    criterion = heard.round.scheme.criteria_of("value", NUMBER)[0].code
    assert heard.other in dispute(heard, criterion).deciders.all()
    appeal = dispute(heard)
    assert set(appeal.deciders.all()) == {heard.judge, heard.silent, heard.second}
    assert answerers([appeal])[appeal.pk] == [heard.other, heard.staff]


@pytest.mark.parametrize("is_blind", [False, True])
def test_an_appeal_goes_to_those_who_may_answer_it(is_blind):
    heard = make_heard(announced=False)
    heard.round.is_blind = is_blind
    heard.round.save()
    judges = [heard.judge, heard.other, heard.silent]
    intake.assign_judges(heard.round, {heard.entry.pk: [judge.pk for judge in judges]}, by=heard.staff)
    reserve = make.make_user("judge")
    heard.round.judges.add(reserve)  # nothing is assigned to them
    intake.say_conflicts([heard.entry], heard.other, by=heard.other, reason="ญาติ")
    publish(heard.round, by=heard.staff)
    refresh(heard)
    appeal = dispute(heard, "2.2.1")
    to = answerers([appeal])[appeal.pk]
    everybody = [*judges, reserve, heard.staff, heard.second]
    assert to == [user for user in everybody if Appeal.objects.answerable_by(user).exists()]
    assert to == ([heard.judge, heard.second] if is_blind else [heard.judge, heard.silent, heard.second])


def test_who_is_told(heard):
    dispute(heard)
    tell_recorded()
    told = set(Notice.objects.filter(code="appeal.made").values_list("user", flat=True))
    assert told == {heard.other.pk, heard.silent.pk, heard.staff.pk, heard.second.pk}
    world = heard.round.appeals_until - heard.round.clock_offset
    assert tell_appeals_end(world - timedelta(hours=25)) == 0
    assert tell_appeals_end(world - timedelta(hours=5)) == 2
    assert tell_appeals_end(world - timedelta(hours=4)) == 0


@pytest.mark.parametrize(("visibility", "rows", "rank"), [("hidden", 1, None), ("own", 1, 1), ("full", 2, 1)])
def test_an_office_sees_its_own_points_and_ranks_as_the_round_says(heard, visibility, rows, rank):
    heard.round.rank_visibility = visibility
    heard.round.save()
    publication = heard.round.publications.get()
    assert Result.objects.visible_to(heard.officer).filter(publication=publication).count() == rows
    client = english_client(heard.officer)
    found = client.get(f"/api/v1/publications/{publication.pk}/results/").json()
    assert [row["rank"] for row in found][:1] == [rank]
    assert len(found) == rows
    keep_all(publication, "TH-A01")
    documents = [f"documents/{kind}.pdf" for kind in ("announcement", "results", "certificates")]
    closed = [client.get(f"/publications/{publication.pk}/{name}").status_code for name in documents]
    assert closed == ([404] * 3 if visibility != "full" else [200, 200, 404])
    page = client.get(f"/entries/{heard.entry.pk}/provisional/")
    assert ("Rank" in page.content.decode()) is (rank is not None)
    assert client.get(f"/entries/{heard.neighbour.pk}/provisional/").status_code == 404


def test_the_office_never_learns_who_decided_or_answered(heard):
    appeal = dispute(heard, evidence=[heard.report.pk])
    intake.review_evidence(heard.report, by=heard.other, accept=True, appeal=appeal)
    intake.answer_appeal(appeal, by=heard.other, verdict="upheld", answer="ครบ")
    client = Client()
    client.force_login(heard.officer)
    names = [person.username for person in (heard.judge, heard.other, heard.staff, heard.second)]
    for address in (
        f"/appeals/{appeal.pk}/",
        f"/entries/{heard.entry.pk}/history/",
        f"/entries/{heard.entry.pk}/provisional/",
    ):
        text = client.get(address).content.decode()
        assert [name for name in names if name in text] == [], address


def test_who_has_to_answer_and_who_may_dispute_are_led_there(heard):
    dispute(heard)
    for user, is_told in ((heard.other, True), (heard.judge, False), (heard.second, True)):
        page = english_client(user).get("/admin/").content.decode()
        assert (f'class="task-count" href="/rounds/{heard.round.pk}/appeals/">1</a>' in page) is is_told, user
    office = english_client(heard.officer)
    said = {"/?all": "may be disputed until", f"/entries/{heard.entry.pk}/": "You may dispute it until"}
    assert [text in office.get(address).content.decode() for address, text in said.items()] == [True, True]
    owed = {"/?all": "Next due date", f"/entries/{heard.entry.pk}/": "tasks-title", "/calendar/": "1.1.report"}
    assert [text in office.get(address).content.decode() for address, text in owed.items()] == [False] * 3
    desk = english_client(heard.second).get("/admin/").content.decode()
    assert "Review numbers" not in desk, "nothing is reviewed any more but by an answer"
    end_of_days(heard)
    assert [text in office.get(address).content.decode() for address, text in said.items()] == [False, False]


def test_the_list_of_appeals_asks_as_much_of_one_as_of_many(heard):
    counts = {}
    for criterion in ("1.1", "2.2.1", "3.4"):
        dispute(heard, criterion)
        for user in (heard.staff, heard.silent):
            client = english_client(user)
            with CaptureQueriesContext(connection) as caught:
                assert client.get(f"/rounds/{heard.round.pk}/appeals/").status_code == 200
            counts.setdefault(user, []).append(len(caught))
    assert all(found[0] == found[2] for found in counts.values()), counts
