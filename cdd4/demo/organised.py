"""A province's own contest, as its organiser runs it without central staff: opened, entered, half judged."""

from datetime import datetime
from decimal import Decimal
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from scoring.recompute import rescore
from submissions.intake import HandIn, attach_evidence, enter_offices, save_sheet
from submissions.models import Edition, Entry, Office, Round, User
from submissions.notices.from_events import pass_over

from .story import BANGKOK

PROVINCE, DISTRICT, SCHEME = "TH-20", "2001", "website-2564"
NOW = datetime(2021, 8, 20, 10, 0, tzinfo=BANGKOK)
NAME_TH, NAME_EN = "ประกวดเว็บไซต์อำเภอ จังหวัดชลบุรี 2564 (สาธิต)", "Website contest of Chon Buri, 2564 BE (demo)"


def make_organised(organiser: User, judge: User, officer: User) -> Round:
    """`officer` is of one of the districts and can log in. `judge` has final sheets for half of the districts; a
    colleague without a log-in for all.
    """
    province = Office.objects.get(code=PROVINCE)
    edition = Edition.objects.filter(scheme_code=SCHEME).latest("pk")
    round = Round.objects.create(
        name_th=NAME_TH, name_en=NAME_EN, edition=edition, organiser=province, clock_offset=NOW - timezone.now()
    )
    colleague = User(username="judge-20", full_name="กรรมการจังหวัดชลบุรี (สาธิต)", role=User.Role.JUDGE, office=province)
    colleague.password, colleague.is_staff = make_password(None), True
    colleague.save()
    round.judges.set([judge, colleague])
    districts = list(Office.objects.filter(kind=Office.Kind.DISTRICT, parent=province).order_by("code"))
    entries = enter_offices(round, districts, by=organiser)
    half = len(entries) // 2
    for place, entry in enumerate(entries):
        _hand_in(entry, officer if officer.office_id == entry.office_id else _officer_of(entry.office))
        for one in [judge, colleague] if place < half else [colleague]:
            _judge(entry, one)
    rescore([entry.pk for entry in entries], at=NOW)
    pass_over(round.entries.all())
    return round


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
