"""Fills practice rounds for all 76 provinces: one under way, in which deadlines lie ahead, and one finished; and one
that a province runs for its districts."""

import shutil
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from random import Random

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from awards.publishing.preparation import Decision, preparation_of
from awards.publishing.publish import publish
from cdd4.demo.ledger import Ledger
from cdd4.demo.next_year import make_next_year
from cdd4.demo.organised import DISTRICT, PROVINCE, make_organised
from cdd4.demo.papers import Paper, Sender, papers
from cdd4.demo.story import BANGKOK, BEGUN, FILLED, RETURN_REASONS, Story, Teller
from scoring import shipped
from scoring.recompute import rescore
from submissions.frozen import unguarded
from submissions.intake import Printed, hand_in_answers, save_answers, save_letterhead, say_consent, write_remark
from submissions.models import Edition, Entry, Evidence, Notice, Office, Round, User
from submissions.notices.from_events import pass_over, tell_recorded
from submissions.queue import silence

SCHEME, NEXT_SCHEME = "cdd40-2566", "cdd40-2567"
SEED = "cdd40-2566/1"
HOME, OTHER = "TH-81", "TH-50"  # กระบี่ and เชียงใหม่: the two officers who can log in
WEEKS = 26  # how far back the demo remembers what they had
TOLD_OF = timedelta(days=30)  # how far back the officer who logs in was told what was accepted
DECISION = "คะแนนรวมเท่ากัน คณะกรรมการพิจารณาผลงานนวัตกรรมประกอบแล้วมีมติตามลำดับนี้"
# An invented name, which says so on the paper.
SIGNED_BY = Printed(signers=(("นายตัวอย่าง สาธิต", "อธิบดีกรมการพัฒนาชุมชน\n(ชื่อสมมุติเพื่อการสาธิต)"),))
SETTINGS = {"2.1.2.due": "2023-05-31", "2.2.2.due": "2023-06-30"}
TALK = [
    ("officer", "ขอทราบว่าต้องเพิ่มเติมส่วนใดบ้าง"),
    ("judge", "ให้แก้ไขตามเหตุผลที่ส่งคืน แล้วส่งฉบับใหม่แทนฉบับเดิม"),
    ("officer", "รับทราบ จะส่งฉบับแก้ไขภายในสัปดาห์นี้"),
]
# (role as printed, login, password): known to everybody, and so never made in production.
LOGINS = [
    ("เจ้าหน้าที่ กระบี่ / officer", "officer", "demo-officer-2566"),
    ("เจ้าหน้าที่ เชียงใหม่ / officer", "officer2", "demo-officer-2566"),
    ("หัวหน้าหน่วยงาน กระบี่ / head of the office", "head", "demo-officer-2566"),
    ("เจ้าหน้าที่อำเภอ เมืองชลบุรี / district officer", "district", "demo-officer-2566"),
    ("ผู้จัดการประกวด ชลบุรี / organiser", "organiser", "demo-organiser-2566"),
    ("กรรมการ / judge", "judge", "demo-judge-2566"),
    ("กรรมการ / judge", "judge2", "demo-judge-2566"),
    ("กรรมการ / judge", "judge3", "demo-judge-2566"),
    ("ส่วนกลาง / staff", "staff", "demo-staff-2566"),
    ("ผู้ดูแลระบบ / superuser", "admin", "demo-admin-2566"),
]


def columns(text: str) -> int:
    """How wide it is: vowels and tones above and below Thai letters take no room of their own."""
    return sum(unicodedata.category(sign) != "Mn" for sign in text)


@dataclass(frozen=True)
class Plan:
    """One practice round: its name, what time it is in it, and who is strong there."""

    name_th: str
    name_en: str
    now: datetime
    is_over: bool
    strong: tuple[str, ...]  # the best, strongest first
    idle: tuple[str, ...]  # those who did nothing
    twins: tuple[tuple[str, str], ...]  # the second did exactly what the first did


PLANS = (
    Plan(
        "ซ้อมประกาศผล พัฒนาชุมชนดิจิทัล 4.0 ประจำปี 2566 (สาธิต)",
        "Rehearsal of the announcement, Community Development Digital 4.0, 2566 BE (demo)",
        datetime(2023, 8, 25, 10, 0, tzinfo=BANGKOK),
        is_over=True,
        strong=("TH-34", "TH-30", "TH-71"),
        idle=("TH-58",),
        twins=(("TH-71", "TH-65"),),
    ),
    Plan(
        "พัฒนาชุมชนดิจิทัล 4.0 ประจำปี 2566 (สาธิต)",
        "Community Development Digital 4.0, 2566 BE (demo)",
        datetime(2023, 7, 10, 10, 0, tzinfo=BANGKOK),
        is_over=False,
        strong=("TH-52", "TH-34", "TH-57", "TH-71"),
        idle=("TH-58",),
        twins=(),
    ),
)


class Command(BaseCommand):
    help = "Makes practice rounds for all 76 provinces, with logins known to everybody. The same on every run."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="throw the practice rounds away first, and make them anew"
        )

    def handle(self, *, reset: bool, verbosity: int, **options) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                _("The demo's passwords are known to everybody: it is not made where CDD4_ENV=production.")
            )
        if reset:
            empty()
        if demo_rounds().exists():
            self.stdout.write(_("The demo rounds are there already; --reset makes them anew."))
        else:
            with silence():  # 79 documents among it, which are made when somebody opens them
                make(self.say)
        widest = max(columns(role) for role, *_rest in LOGINS)
        for role, login, password in LOGINS if verbosity else ():
            self.stdout.write(f"{role}{' ' * (widest - columns(role))}  {login:<10} {password}")

    def say(self, percent: int) -> None:
        """How far it is: beside what it answers, and in lines, so that it is read in a log as well."""
        self.stderr.write(f"{percent:>5} %", style_func=str)


def empty() -> None:
    """Throw everything away, which only a database of practice rounds allows."""
    if real := Round.objects.filter(clock_offset=timedelta(0)).first():
        raise CommandError(
            _("This database holds a round that is not for practice (%(round)s): it is not thrown away.")
            % {"round": real}
        )
    with unguarded():
        call_command("flush", interactive=False, verbosity=0, allow_cascade=True)  # tables of libraries too
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


def demo_rounds() -> models.QuerySet[Round]:
    return Round.objects.filter(name_th__in=[plan.name_th for plan in PLANS]).exclude(clock_offset=timedelta(0))


def _say_more(say: Callable[[int], None], begun: int, done: int) -> None:
    say(begun + done)


@transaction.atomic
def make(say: Callable[[int], None]) -> None:
    """`say` is told how far it is, in percent."""
    call_command("load_shipped", verbosity=0)
    edition = Edition.objects.get(digest=Edition.digest_of(shipped.text(SCHEME)))
    provinces = list(Office.objects.filter(kind=Office.Kind.PROVINCE).order_by("code"))
    people = make_people([*provinces, Office.objects.get(code=DISTRICT)])
    make_next_year(edition, NEXT_SCHEME, by=people["staff"])
    say(10)
    for plan, begun in zip(PLANS, (10, 50), strict=True):
        round = make_round(plan, edition, people)
        fill(round, plan, provinces, people, partial(_say_more, say, begun))
        pass_over(round.entries.all())
        if plan.is_over:
            announce(round, plan, people["staff"])
            share(round.entries.get(office__code=HOME), people)
        else:
            home = round.entries.with_round().get(office__code=HOME)
            fill_in(home, by=people["officer"], at=plan.now)
            tell_decisions(home, people["officer"], since=plan.now - TOLD_OF)
            converse(home, people)
            rescore([home.pk], at=plan.now)
    make_organised(people["organiser"], people["judge3"], people["district"])


# People


def make_people(homes: Iterable[Office]) -> dict[str, User]:
    """{login: person}. Each of these offices has an officer; only those of `LOGINS` can log in. One has a head too."""
    people = {user.username: user for user in User.objects.all()}
    codes = {"officer": HOME, "officer2": OTHER, "head": HOME, "organiser": PROVINCE, "district": DISTRICT}
    offices = {office.code: office for office in homes}
    for role, login, password in LOGINS:
        if login not in people:
            people[login] = _person(login, role, password, offices.get(codes.get(login, "")))
    for office in homes:
        login = f"officer-{office.code.lower()}"
        if login not in people and office.code not in codes.values():
            people[login] = _person(login, "", None, office)
    return people


def _person(login: str, title: str, password: str | None, office: Office | None) -> User:
    role = "officer" if office else "judge" if login.startswith("judge") else "staff"
    number = login.removeprefix("judge") or "1"
    names = {
        "officer": f"เจ้าหน้าที่{_kind(office)}{office.name_th} (สาธิต)" if office else "",
        "judge": f"กรรมการคนที่ {number} (สาธิต)",
        "staff": "ผู้ดูแลระบบ (สาธิต)" if login == "admin" else "เจ้าหน้าที่ส่วนกลาง (สาธิต)",
    }
    user = User(username=login, full_name=names[role], role=role, office=office, is_superuser=login == "admin")
    if login == "head" and office:
        user.is_head, user.full_name = True, f"พัฒนาการจังหวัด{office.name_th} (สาธิต)"
    if login == "organiser" and office:
        user.is_organiser, user.full_name = True, f"ผู้จัดการประกวดจังหวัด{office.name_th} (สาธิต)"
    user.is_staff = role != "officer"
    user.password = _hashed(password) if password else make_password(None)
    user.save()
    return user


def _kind(office: Office) -> str:
    return "อำเภอ" if office.kind == Office.Kind.DISTRICT else "จังหวัด"


@cache
def _hashed(password: str) -> str:
    """Each of the few once: it takes long, as it should."""
    return make_password(password)


# Rounds


def make_round(plan: Plan, edition: Edition, people: dict[str, User]) -> Round:
    round = Round.objects.create(
        name_th=plan.name_th,
        name_en=plan.name_en,
        edition=edition,
        settings=SETTINGS,
        clock_offset=plan.now - timezone.now(),
        needs_confirmation=not plan.is_over,
        is_public=plan.is_over,
        is_closed=plan.is_over,
    )
    round.judges.set([people["judge"], people["judge2"], people["judge3"]])
    return round


def fill(
    round: Round, plan: Plan, provinces: list[Office], people: dict[str, User], say: Callable[[int], None]
) -> None:
    Entry.objects.bulk_create([Entry(round=round, office=office) for office in provinces])
    entries = {entry.office.code: entry for entry in round.entries.select_related("office")}
    stories = tell(plan, round, provinces)
    files = _files_of(round, provinces, stories)
    say(15)
    ledger = _ledger(round, people)
    for code, story in stories.items():
        entries[code].round = round
        ledger.add(entries[code], story, [next(files) for _ in story.pieces])
    ledger.write()
    say(30)
    known = [entries[code].pk for code in (HOME, OTHER)]
    for weeks in range(WEEKS, 0, -1):  # those who log in see how their score came here
        rescore(known, at=plan.now - timedelta(weeks=weeks))
    rescore((entry.pk for entry in entries.values()), at=plan.now)
    say(40)


def _files_of(round: Round, provinces: list[Office], stories: dict[str, Story]) -> Iterator[Paper | None]:
    """The files of all pieces of all stories, in their order; None for a link."""
    senders = {office.code: Sender(office.name_th, int(office.code[3:])) for office in provinces}
    work = [(senders[office.code], piece) for office in provinces for piece in stories[office.code].pieces]
    return iter(papers(round.scheme, work))


def _ledger(round: Round, people: dict[str, User]) -> Ledger:
    officers = {user.office_id: user for user in people.values() if user.office_id and not user.is_head}
    judges = [people["judge"], people["judge2"], people["judge3"]]
    return Ledger(round, officers=officers, judges=judges, staff=people["staff"])


def tell(plan: Plan, round: Round, provinces: list[Office]) -> dict[str, Story]:
    """Every province's story, by its code."""
    strengths = strengths_of(plan, [office.code for office in provinces])
    twin_of = {second: first for first, second in plan.twins}
    stories = {}
    for office in provinces:
        source = twin_of.get(office.code, office.code)
        chance = Random(f"{SEED}/{plan.now.date()}/{source}")  # noqa: S311 (no secret hangs on it)
        teller = Teller(round.scheme, chance, office.size, strengths[source], plan.now, plan.is_over)
        stories[office.code] = teller.tell()
    if not plan.is_over:
        unsettle(stories[HOME])
    return stories


def unsettle(story: Story) -> None:
    """Give the officer who logs in something to do: the newest evidence waits, some before it was returned."""
    accepted = [piece for piece in story.pieces if piece.status == "accepted" and piece.instead_of is None]
    accepted.sort(key=lambda piece: piece.submitted_at)
    for piece, reason in zip(accepted[-8:-4], RETURN_REASONS, strict=False):
        piece.status, piece.reason = "returned", reason
    for piece in accepted[-4:]:
        piece.status, piece.decided_at = "submitted", None


def strengths_of(plan: Plan, codes: list[str]) -> dict[str, float]:
    """How much each province does, from 0 to 1: a few very much, most something between, one nothing."""
    chance = Random(f"{SEED}/{plan.now.date()}")  # noqa: S311
    strengths = {code: round(chance.triangular(0.3, 0.9, 0.8), 3) for code in sorted(codes)}
    strengths[HOME] = 0.9
    strengths |= {code: 1 - place * 0.02 for place, code in enumerate(plan.strong)}
    strengths |= dict.fromkeys(plan.idle, 0.0)
    return strengths


def announce(round: Round, plan: Plan, staff: User) -> None:
    """Publish a finished round; where a tie straddles an award, the committee has decided."""
    save_letterhead(round, SIGNED_BY, by=staff, revision=0)
    ties = preparation_of(round, at=plan.now).ties
    publish(round, by=staff, at=plan.now, decisions=[Decision(tie.codes, DECISION) for tie in ties])


def share(entry: Entry, people: dict[str, User]) -> None:
    """Have everybody read the office's report of its innovation as best practice: its head and staff both say so."""
    report = entry.evidence.get(requirement="5.report", original_name__endswith=".pdf", status="accepted")
    for login in ("head", "staff"):
        say_consent(report, by=people[login], is_given=True)
    pass_over([entry.pk])


def fill_in(entry: Entry, *, by: User, at: datetime) -> None:
    """Have the officer who logs in find a form that was handed in, and one that was begun."""
    for code, data in FILLED.items():
        hand_in_answers(entry, code, data, by=by, at=at)  # seconds before its event: the round is made from `at` on
    for code, data in BEGUN.items():
        save_answers(entry, code, data, by=by, at=at - timedelta(minutes=20))


def tell_decisions(entry: Entry, officer: User, *, since: datetime) -> None:
    """Have the officer who logs in find what the committee decided, each on its day; what came back is still unread."""
    came_back = models.Q(status="returned", replaced_by=None)
    accepted = models.Q(status="accepted", reviewed_at__gte=since)
    Notice.objects.bulk_create(
        _notice_of(paper, officer)
        for paper in entry.evidence.filter(came_back | accepted).order_by("reviewed_at", "pk")
    )


def _notice_of(paper: Evidence, officer: User) -> Notice:
    assert paper.reviewed_at
    told_at = paper.reviewed_at - paper.entry.round.clock_offset
    item = {"entry": paper.entry_id, "requirement": paper.requirement, "period": paper.period}
    item |= {"title": paper.title, "text": paper.return_reason}
    return Notice(
        user=officer,
        code=f"evidence.{paper.status}",
        key=f"{paper.status}/{paper.pk}",
        entry=paper.entry,
        round=paper.entry.round,
        data={"items": [item], "count": 1},
        at=told_at,
        latest_at=told_at,
        read_at=None if paper.status == "returned" else told_at,
    )


def converse(entry: Entry, people: dict[str, User]) -> None:
    """Have the officer who logs in find a talk with the committee about what came back."""
    for paper in entry.evidence.filter(status="returned", replaced_by=None).order_by("-reviewed_at")[:1]:
        for writer, text in TALK:
            by = people["officer"] if writer == "officer" else paper.reviewed_by
            assert by
            write_remark(entry, by=by, text=text, requirement=paper.requirement, period=paper.period)
    tell_recorded([entry.pk])
