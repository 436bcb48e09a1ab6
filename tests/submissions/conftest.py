"""Contests with nominees: a person of a district, and subdistricts that districts name and provinces choose among.

An office whose officer sends files in pieces. And the world's time, where letters wait for it.
"""

from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone, translation

from submissions.models import Entry, Letter, Notice, Office
from submissions.vault import vault
from tests import factories as make

BEFORE = make.at("2021-12-01")


@pytest.fixture
def chonburi() -> Office:
    return make.make_office("TH-20", name_th="ชลบุรี")


def make_district(province: Office, number: int) -> Office:
    """A district with two subdistricts."""
    district = make.make_office(f"{province.code}{number:02d}", kind="district", parent=province, size="")
    for last in (1, 2):
        make.make_office(f"{district.code}{last:02d}", kind="subdistrict", parent=district, size="")
    return district


def own(district: Office, last: int = 1) -> Office:
    return Office.objects.get(code=f"{district.code}{last:02d}")


def make_tambons(province: Office, count: int = 1, **fields) -> list[Entry]:
    """The first stage of the tambons' contest, entered by districts."""
    round = make.make_round(BEFORE, edition=make.make_edition(scheme="tambon-2565"), settings={}, **fields)
    return [make.make_entry(round, make_district(province, number)) for number in range(1, count + 1)]


@pytest.fixture
def person():
    edition = make.make_edition(scheme="itperson-2564")
    round = make.make_round(make.at("2021-07-10"), edition=edition, settings={})
    province = make.make_office("TH-20")
    return make.make_entry(round, make.make_office("TH-2001", kind="district", parent=province, size=""))


@pytest.fixture
def candidates(chonburi):
    """A second stage: three districts' nominees, of which their province chooses two."""
    entries = make_tambons(chonburi, 3)
    round = entries[0].round
    round.take_stage(round.scheme.stages[1])
    round.preceding = make.make_round()
    round.save()
    for entry in entries:
        entry.nominee_office, entry.state, entry.round = own(entry.office), Entry.State.CANDIDATE, round
        entry.save()
    return entries


# An entry, and people


@pytest.fixture
def entry(db):
    return make.make_entry(office="TH-81")


@pytest.fixture
def officer(entry):
    return make.make_user("officer", office=entry.office)


@pytest.fixture
def judge(db):
    return make.make_user("judge")


@pytest.fixture
def staff(db):
    return make.make_user("staff")


@pytest.fixture
def round(judge):
    return make.make_round(judges=[judge])


# Uploads


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty place for this test's files; reasons in English."""
    monkeypatch.setattr(vault, "location", str(tmp_path), raising=False)
    monkeypatch.setattr(vault, "base_location", str(tmp_path), raising=False)  # second: the other is made of it once
    with translation.override("en"):
        yield tmp_path


@pytest.fixture
def sender(officer):
    client = Client(headers={"Tus-Resumable": "1.0.0", "Accept-Language": "en"})
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    return client


# Letters


@pytest.fixture
def clock(monkeypatch):
    """The world's time, as a test sets it: clock.now += …"""

    class Clock:
        now = make.at("2026-03-02", "09:00")

    monkeypatch.setattr(timezone, "now", lambda: Clock.now)
    for model, name in ((Letter, "made_at"), (Letter, "due_at"), (Notice, "at")):
        monkeypatch.setattr(model._meta.get_field(name), "_get_default", lambda: Clock.now)
    return Clock
