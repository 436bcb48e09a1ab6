"""From a provisional result over its appeals to the one that holds: what changes, by whom, and what nobody changes."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import translation

from awards import bundle
from awards.documents import files, pdf
from awards.hearing import check_unmoved
from awards.models import Result, faults
from awards.publish import preparation_of, publish
from scoring import recompute
from submissions import intake
from submissions.intake import HandIn, Refused
from submissions.log.check import check
from submissions.models import Appeal, Event, Holiday, Notice, Round, Value
from submissions.notices.from_events import tell_recorded
from submissions.notices.hearing import tell_appeals_end
from submissions.questions.appeals import answerers, days_left, last_moment
from tests import factories as make

from .hearing import end_of_days, make_heard, refresh

pytestmark = pytest.mark.django_db
TIME = "provisional result"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def heard(db):
    return make_heard()


def english_client(user) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def dispute(heard, criterion="1.1", **fields) -> Appeal:
    made = intake.make_appeal(heard.entry, criterion, by=heard.officer, text="ส่งครบแล้ว", **fields)
    return Appeal.objects.select_related("entry__round__edition", "entry__office").get(pk=made.pk)


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
    packed = zipfile.ZipFile(io.BytesIO(bundle.write(final)))
    assert json.loads(packed.read("publication.json"))["appeals"] == final.appeals
    with translation.override("th"):
        assert pdf.context("announcement", final.content(), None)["corrected"][0]["criterion"] == "1.1"
    assert [str(finding.sentence) for finding in check().findings] == []


def facts_of(round: Round) -> dict:
    return recompute.read_facts(recompute.read_entries(list(round.entries.values_list("pk", flat=True))), make.NOW)


def doors(heard) -> dict:
    """Every way in which facts change, each with the one who may walk it at other times."""
    round, entry, officer, staff = heard.round, heard.entry, heard.officer, heard.staff
    paper = entry.evidence.filter(status="accepted").first()
    forms = {"entry": entry, "by": officer}
    link = {"by": officer, "upload": None, "url": "https://www.example.org/new"}
    text = round.edition.text + "# other\n"

    def saved(row, **fields):
        return lambda: [setattr(row, name, value) for name, value in fields.items()] and row.save()

    return {
        "upload": lambda: intake.attach_evidence(entry, HandIn("4.1.document"), **link),
        "replace": lambda: intake.attach_evidence(entry, HandIn("1.1.report", replaces=heard.report), **link),
        "withdraw": lambda: intake.withdraw_evidence(heard.report, by=officer),
        "review": lambda: intake.review_evidence(paper, by=staff, accept=False, reason="ไม่ครบ"),
        "value": lambda: intake.enter_values(entry, {("3.4.news", "2023-07"): "7"}, by=officer),
        "figure": lambda: intake.enter_values(entry, {("2.2.1.updated", ""): "9"}, by=staff),
        "form": lambda: intake.hand_in_answers(code="innovation-report", answers={}, **forms),
        "import": lambda: intake.import_figures(
            round, {entry: {("2.2.1.updated", ""): "9"}}, by=staff, file_name="ก", sha256="cd" * 32, ticked={}
        ),
        "undo": lambda: intake.undo_import(heard.done, by=staff, seen=""),
        "sheet": lambda: intake.save_sheet(entry, by=heard.other, points=heard.points, final=True),
        "reopen": lambda: intake.reopen_sheet(heard.sheet, by=staff, reason="ดูใหม่"),
        "extension": lambda: intake.grant_extension(
            entry, by=staff, requirement="1.1.report", period="", until=make.at("2023-12-01").date(), reason="น้ำท่วม"
        ),
        "enter": lambda: intake.enter_offices(round, [make.make_office("TH-A09")], by=staff),
        "leave": lambda: intake.withdraw_entry(entry, by=staff, reason="ถอน"),
        "take out": lambda: intake.take_out_entries(round, [heard.neighbour], by=staff),
        "adopt": lambda: intake.adopt_edition(round, text, by=staff, reason="แก้", expected=round.edition.digest),
        "settings": saved(Round.objects.get(pk=round.pk), settings={}),
        "ranking": saved(Round.objects.get(pk=round.pk), ranking="region"),
        "new judge": lambda: round.judges.add(make.make_user("judge")),
        "judge leaves": lambda: round.judges.remove(heard.other),
        "judge moves": saved(heard.other, office=heard.neighbour.office),
        "judge is deleted": lambda: heard.silent.delete(),
        "size": saved(entry.office, size="large"),
        "holiday": lambda: Holiday.objects.create(date="2023-05-01", name_th="วันหยุด"),
        "reminder": lambda: intake.remind(round, {}, by=staff),
    }


def is_refused(door) -> bool:
    try:
        with transaction.atomic():
            door()
    except Refused as refused:
        return TIME in str(refused)
    return False


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
    intake.reopen_sheet(heard.sheet, by=heard.second, reason="ดูข้อนี้ใหม่", appeal=appeal)
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


def test_an_amount_that_was_wrongly_returned_is_put_right_as_it_stands(db):
    heard = make_heard(announced=False, reviews_values=True)
    slot = ("3.4.news", "2023-07")
    intake.enter_values(heard.entry, {("3.4.news", "2023-06"): "5"}, by=heard.officer, at=make.at("2023-06-15"))
    (value,) = intake.enter_values(heard.entry, {slot: "7"}, by=heard.officer)
    seen = {value.pk: value.revision}
    intake.review_values(heard.round, seen, by=heard.judge, accept=False, reason="ผิดเดือน")
    publish(heard.round, by=heard.staff)
    refresh(heard)
    appeal = dispute(heard, heard.round.scheme.criteria_of("value", "3.4.news")[0].code)
    desk, address = english_client(heard.other), f"/appeals/{appeal.pk}/"
    assert "It counts as it stands" in desk.get(address).content.decode()
    typed = {
        f"{part}-3.4.news.{month}": text
        for month, text in (("2023-06", "5"), ("2023-07", "7"))
        for part in ("value", "seen")
    }
    assert desk.post(address, typed | {"deed": "values"}).status_code == 422, "nothing was changed"
    assert desk.post(address, typed | {"deed": "values", "stands-3.4.news.2023-07": "on"}).status_code == 302
    standing = {row.period: row.standing for row in heard.entry.values.filter(code="3.4.news")}
    assert standing == {"2023-06": "submitted", "2023-07": "accepted"}
    intake.answer_appeal(appeal, by=heard.other, verdict="upheld", answer="นับให้")
    assert [str(finding.sentence) for finding in check().findings] == []


def test_once_facts_may_change_again_a_reopened_sheet_is_its_judges_to_save(heard):
    code = next(iter(heard.round.scheme.items))
    appeal = dispute(heard, heard.round.scheme.criteria_of("item", code)[0].code)
    intake.reopen_sheet(heard.sheet, by=heard.second, reason="ดูข้อนี้ใหม่", appeal=appeal)
    intake.unsettle(heard.round, by=heard.staff, reason="ประกาศผิด")
    refresh(heard)
    assert not Appeal.objects.answerable_by(heard.second).exists(), "it is of a result that stands no more"
    intake.save_sheet(heard.entry, by=heard.judge, points=heard.points, final=True)
    heard.sheet.refresh_from_db()
    assert heard.sheet.status == "final"


def test_offices_and_judges_move_again_once_the_result_is_final_and_the_round_closed(heard):
    moves = {name: doors(heard)[name] for name in ("size", "judge moves")}
    end_of_days(heard)
    publish(heard.round, by=heard.staff)
    assert all(is_refused(door) for door in moves.values())
    round = Round.objects.get(pk=heard.round.pk)
    round.is_closed = True
    round.save()
    assert not [name for name, door in moves.items() if is_refused(door)]


def test_nobody_disputes_a_result_of_their_own_round_nor_answers_what_they_disputed(heard):
    appeal = dispute(heard)
    appeal.made_by = heard.second
    appeal.save()
    assert not Appeal.objects.answerable_by(heard.second).exists()
    with pytest.raises(Refused, match="You made this appeal"):
        intake.answer_appeal(appeal, by=heard.second, verdict="dismissed", answer="ไม่ครบ")
    Round.objects.filter(pk=heard.round.pk).update(organiser=heard.entry.office)
    heard.officer.is_organiser = True
    heard.officer.save()
    with pytest.raises(Refused, match="Whoever runs the round does not dispute"):
        dispute(heard, "5.1")


def test_an_appeal_is_shown_though_its_criterion_is_gone(heard):
    appeal = dispute(heard)
    intake.unsettle(heard.round, by=heard.staff, reason="แก้")
    Appeal.objects.filter(pk=appeal.pk).update(criterion="99.9")
    assert "99.9" in english_client(heard.officer).get(f"/appeals/{appeal.pk}/").content.decode()
