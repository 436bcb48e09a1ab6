"""Every way in which facts change, to be tried after a provisional result; and the way in which it is disputed."""

from django.db import transaction
from django.test import Client
from django.utils import timezone

from submissions import intake
from submissions.intake import HandIn, Refused
from submissions.models import Appeal, Holiday, Round
from tests import factories as make

from .hearing import NUMBER

TIME = "provisional result"


def english_client(user) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def dispute(heard, criterion="1.1", **fields) -> Appeal:
    made = intake.make_appeal(heard.entry, criterion, by=heard.officer, text="ส่งครบแล้ว", **fields)
    return Appeal.objects.select_related("entry__round__edition", "entry__office").get(pk=made.pk)


def doors(heard) -> dict:
    """Every way in which facts change, each with the one who may walk it at other times."""
    round, entry, officer, staff = heard.round, heard.entry, heard.officer, heard.staff
    paper = entry.evidence.filter(status="accepted").first()
    forms = {"entry": entry, "by": officer}
    link = {"by": officer, "upload": None, "url": "https://www.example.org/new"}
    text = round.edition.text + "# other\n"
    amount = entry.values.get(code=NUMBER)

    def saved(row, **fields):
        return lambda: [setattr(row, name, value) for name, value in fields.items()] and row.save()

    return {
        "upload": lambda: intake.attach_evidence(entry, HandIn("4.1.document"), **link),
        "replace": lambda: intake.attach_evidence(entry, HandIn("1.1.report", replaces=heard.report), **link),
        "withdraw": lambda: intake.withdraw_evidence(heard.report, by=officer),
        "review": lambda: intake.review_evidence(paper, by=staff, accept=False, reason="ไม่ครบ"),
        "value": lambda: intake.enter_values(entry, {(NUMBER, "2023-07"): "8"}, by=officer),
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
        "assign": lambda: intake.assign_judges(round, {entry.pk: [heard.judge.pk]}, by=staff),
        "draw": lambda: intake.draw_judges(round, by=staff, per_entry=1),
        "hand over": lambda: intake.hand_over(round, heard.other, heard.silent, by=staff, reason="ป่วย"),
        "stand aside": lambda: intake.say_conflicts([entry], heard.other, by=staff, reason="ญาติ"),
        "number": lambda: intake.review_values(round, {amount.pk: amount.revision}, by=staff, accept=True),
        "reminder": lambda: intake.remind(round, {}, by=staff),
    }


def doors_of_the_committee(heard) -> dict:
    """The same of what the committee was at while the result was announced."""
    round, entry, staff, judge = heard.round, heard.entry, heard.staff, heard.judge
    amount, doubtful = entry.values.get(code="3.4.news"), heard.doubt.evidence
    drawn, differing = heard.drawn, heard.differing
    sheet = {"points": heard.points}
    return {
        "amount": lambda: intake.review_values(round, {amount.pk: 1}, by=judge, accept=True),
        "doubtful": lambda: intake.review_evidence(doubtful, by=heard.other, accept=True),
        "undo": lambda: intake.take_back_decision(heard.drawn.evidence, by=judge, revision=2, now=timezone.now()),
        "pass on": lambda: intake.pass_on(doubtful, by=heard.other, doubt="ไม่ชัด"),
        "take back": lambda: intake.take_back(heard.doubt, by=judge),
        "read": lambda: intake.read_again(drawn, by=drawn.reader, accept=True),
        "settle": lambda: intake.settle_reading(differing, by=staff, accept=False, reason="ไม่ครบ"),
        "type": lambda: intake.type_sheet(entry, heard.other, by=staff, **sheet),
        "confirm": lambda: intake.confirm_typed(heard.typed, by=heard.second, is_right=True, revision=1),
        "practise": lambda: intake.save_practice(heard.neighbour, by=judge, **sheet),
        "practice": lambda: intake.choose_practice(round, entry, by=staff),
        "conflict": lambda: intake.say_conflicts([entry], heard.other, by=staff, reason="ญาติ"),
        "draw": lambda: intake.draw_judges(round, by=staff, per_entry=1),
        "assign": lambda: intake.assign_judges(round, {entry.pk: [judge.pk]}, by=staff),
        "everybody": lambda: intake.let_everybody_judge(round, by=staff),
        "hand over": lambda: intake.hand_over(round, heard.silent, heard.other, by=staff, reason="ลาป่วย"),
    }


def is_refused(door) -> bool:
    try:
        with transaction.atomic():
            door()
    except Refused as refused:
        return TIME in str(refused)
    return False
