"""A province's own contest, as its organiser runs it without central staff: entered, shared out, half judged."""

from datetime import datetime
from decimal import Decimal
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from scoring.recompute import rescore
from submissions.intake import HandIn, attach_evidence, draw_judges, enter_offices, save_sheet, say_conflicts
from submissions.models import Edition, Entry, Office, Round, User
from submissions.notices.from_events import pass_over
from submissions.questions.panel import Panel

from .story import BANGKOK

PROVINCE, DISTRICT, SCHEME = "TH-20", "2001", "website-2564"
NOW = datetime(2021, 8, 20, 10, 0, tzinfo=BANGKOK)
NAME_TH, NAME_EN = "ประกวดเว็บไซต์อำเภอ จังหวัดชลบุรี 2564 (สาธิต)", "Website contest of Chon Buri, 2564 BE (demo)"


def make_organised(organiser: User, judge: User, officer: User) -> Round:
    """`officer` is of one of the districts and can log in. `judge` has final sheets for half of the own districts; two
    colleagues without a log-in for all of theirs. One of these stands aside from where she worked."""
    province = Office.objects.get(code=PROVINCE)
    edition = Edition.objects.filter(scheme_code=SCHEME).latest("pk")
    round = Round.objects.create(
        name_th=NAME_TH, name_en=NAME_EN, edition=edition, organiser=province, clock_offset=NOW - timezone.now()
    )
    colleagues = [_colleague(number, province) for number in (1, 2)]
    round.judges.set([judge, *colleagues])
    districts = list(Office.objects.filter(kind=Office.Kind.DISTRICT, parent=province).order_by("code"))
    entries = enter_offices(round, districts, by=organiser)
    aside = colleagues[0]
    say_conflicts(entries[-1:], aside, by=aside, reason="เคยปฏิบัติงานที่อำเภอนี้ถึงปี 2563")
    draw_judges(round, by=organiser, per_entry=2, seed=SCHEME)
    round.refresh_from_db()
    panel = Panel(round)
    half = len(entries) // 2
    for place, entry in enumerate(entries):
        entry.round = round
        _hand_in(entry, officer if officer.office_id == entry.office_id else _officer_of(entry.office))
        for one in panel.judges(entry):
            if one != judge or place < half:
                _judge(entry, one)
    rescore([entry.pk for entry in entries], at=NOW)
    pass_over(round.entries.all())
    return round


def _colleague(number: int, province: Office) -> User:
    name = f"กรรมการจังหวัดชลบุรี คนที่ {number} (สาธิต)"
    colleague = User(username=f"judge-20-{number}", full_name=name, role=User.Role.JUDGE, office=province)
    colleague.password, colleague.is_staff = make_password(None), True
    colleague.save()
    return colleague


def _officer_of(office: Office) -> User:
    person = User(username=f"officer-{office.code}", full_name=f"เจ้าหน้าที่อำเภอ{office.name_th} (สาธิต)", office=office)
    person.password = make_password(None)
    person.save()
    return person


def _hand_in(entry: Entry, person: User) -> None:
    office = entry.office
    address = f"https://www.example.org/{office.name_en.lower().replace(' ', '-')}"
    attach_evidence(entry, HandIn("website"), by=person, url=address, at=NOW)


def _judge(entry: Entry, judge: User) -> None:
    chance = Random(f"{SCHEME}/{entry.office.code}/{judge.username}")  # noqa: S311 (no secret hangs on it)
    most = {code: item.max for code, item in entry.round.scheme.items.items()}
    points = {code: str(int(limit * Decimal(chance.randrange(60, 100)) / 100)) for code, limit in most.items()}
    save_sheet(entry, by=judge, points=points, final=True, at=NOW)
