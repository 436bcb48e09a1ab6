"""A contest whose provisional result is announced: made through intake alone, so that its log explains every row."""

from datetime import timedelta
from types import SimpleNamespace

from awards.publishing.publish import publish
from submissions import intake
from submissions.intake import HandIn
from submissions.models import Entry, Round
from tests import factories as make

DAYS = 3
NUMBER = "3.4.news"  # entered by the office, and to be accepted


def make_heard(*, announced: bool = True, **fields) -> SimpleNamespace:
    """Two offices. Of the first a report was returned, an amount recorded by the centre, another entered by itself, and
    a sheet given by a judge."""
    staff, second = make.make_user("staff"), make.make_user("staff")
    judge, other, silent = (make.make_user("judge") for _ in range(3))
    round = make.make_round(judges=[judge, other, silent], appeal_days=DAYS, **fields)
    offices = [make.make_office(code) for code in ("TH-A01", "TH-A02")]
    intake.enter_offices(round, offices, by=staff)
    entry, neighbour = Entry.objects.with_round().filter(round=round).order_by("office__code")
    officer, stranger = (make.make_user("officer", office=office) for office in offices)
    link = {"upload": None, "url": "https://www.example.org/1"}
    report = intake.attach_evidence(entry, HandIn("1.1.report"), by=officer, **link)
    report = intake.review_evidence(report, by=judge, accept=False, reason="ไม่ครบ")
    for code in ("5.report", "5.checklist"):
        paper = intake.attach_evidence(
            entry, HandIn(code), by=officer, upload=None, url=f"https://www.example.org/{code}"
        )
        intake.review_evidence(paper, by=other, accept=True)
    intake.enter_values(entry, {("2.2.1.updated", ""): "5"}, by=staff)
    points = {code: str(min(item.max, 1)) for code, item in round.scheme.items.items()}
    intake.enter_values(entry, {(NUMBER, "2023-07"): "7"}, by=officer)
    sheet = intake.save_sheet(entry, by=judge, points=points, final=True)
    done = intake.import_figures(
        round, {neighbour: {("2.2.1.updated", ""): "7"}}, by=staff, file_name="ก.xlsx", sha256="ab" * 32, ticked={}
    )
    if announced:
        publish(round, by=staff)
    found = {"staff": staff, "second": second, "judge": judge, "other": other, "officer": officer, "stranger": stranger}
    found |= {"entry": entry, "neighbour": neighbour, "report": report, "sheet": sheet, "done": done, "points": points}
    found["silent"] = silent
    world = SimpleNamespace(**found, round=round)
    refresh(world)
    return world


def make_reviewed() -> SimpleNamespace:
    """As `make_heard`, announced while the committee is at work: a doubt waits, as do a decision drawn for a second
    reading and one read otherwise, an amount, a sheet typed from paper, and the practice entry."""
    world = make_heard(announced=False)
    round, entry, officer = world.round, world.entry, world.officer
    round.second_reading_percent = 100
    round.save()
    link = {"upload": None, "by": officer}
    papers = [
        intake.attach_evidence(entry, HandIn(code), url=f"https://www.example.org/{code}", **link)
        for code in ("3.1.plan", "3.1.assignment", "3.1.review")
    ]
    refresh(world)
    intake.enter_values(entry, {("3.4.news", "2023-07"): "4"}, by=officer)
    world.doubt = intake.pass_on(papers[0], by=world.judge, doubt="ไม่ชัด", to=world.other)
    for paper in papers[1:]:
        intake.review_evidence(paper, by=world.judge, accept=True)
    world.drawn, world.differing = entry.readings.filter(kind="sample").order_by("pk")
    intake.read_again(world.differing, by=world.differing.reader, accept=False, reason="ไม่ครบ")
    world.typed = intake.type_sheet(entry, world.silent, by=world.staff, points=world.points)
    intake.choose_practice(round, world.neighbour, by=world.staff)
    publish(round, by=world.staff)
    refresh(world)
    return world


def refresh(world: SimpleNamespace) -> None:
    world.round = Round.objects.select_related("edition").get(pk=world.round.pk)
    for name in ("entry", "neighbour"):
        setattr(world, name, Entry.objects.with_round().get(pk=getattr(world, name).pk))
    for name in ("report", "sheet"):
        row = getattr(world, name)
        setattr(world, name, type(row).objects.select_related("entry__round__edition").get(pk=row.pk))


def end_of_days(world: SimpleNamespace) -> None:
    """The practice round's clock goes on to the moment after the last."""
    round = world.round
    round.clock_offset += round.appeals_until - round.now() + timedelta(seconds=1)
    round.save()
    refresh(world)
