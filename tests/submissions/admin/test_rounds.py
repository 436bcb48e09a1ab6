"""Rounds in the admin: opening one, for real or for practice, and setting a practice round's clock."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from submissions import thai
from submissions.models import Round
from tests import factories as make

from .conftest import fields_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(browser):
    return browser(make.make_user("staff"))


def open_round(staff, day: str):
    address = reverse("admin:submissions_round_add")
    asked = {"name_th": "รอบใหม่", "edition": make.make_edition().pk, "rank_visibility": "own", "day": day}
    return staff.post(address, asked)


def set_day(staff, round: Round, day: str):
    address = reverse("admin:submissions_round_change", args=[round.pk])
    return staff.post(address, {**fields_of(staff.get(address)), "day": day})


def day_in(round: Round) -> str:
    return timezone.localtime(Round.objects.get(pk=round.pk).now()).strftime("%Y-%m-%d")


def test_a_round_without_a_day_is_a_real_one(staff):
    assert open_round(staff, "").status_code == 302
    assert Round.objects.get().clock_offset == timedelta(0)


def test_a_practice_round_stands_in_the_day_that_staff_wrote(staff):
    assert open_round(staff, "๑๐ พ.ค. ๒๕๖๘").status_code == 302
    round = Round.objects.get()
    assert round.is_practice
    assert day_in(round) == "2025-05-10"
    assert not round.clock_offset % timedelta(days=1), "the time of day is that of the world"


def test_a_day_that_is_none_is_told_and_opens_nothing(staff):
    assert open_round(staff, "31/02/2568").status_code == 200
    assert not Round.objects.exists()


def test_the_clock_of_a_practice_round_is_set_to_another_day(staff):
    entry = make.make_entry(make.make_round())
    version = entry.facts_version
    assert set_day(staff, entry.round, "1/8/2566").status_code == 302
    assert day_in(entry.round) == "2023-08-01"
    entry.refresh_from_db()
    assert entry.facts_version > version, "points depend on the day"


def test_saving_a_practice_round_leaves_its_clock_alone(staff):
    round = make.make_round()
    address = reverse("admin:submissions_round_change", args=[round.pk])
    assert staff.post(address, fields_of(staff.get(address))).status_code == 302
    assert Round.objects.get().clock_offset == round.clock_offset


def test_a_practice_round_never_becomes_a_real_one(staff):
    round = make.make_round()
    today = timezone.localdate()
    for day in ("", f"{today.day}/{today.month}/{today.year + thai.ERA}"):
        assert set_day(staff, round, day).status_code == 200
    assert Round.objects.get().is_practice


def test_a_real_round_has_no_clock_to_set(staff):
    round = make.make_round(now=None)
    assert set_day(staff, round, "1/8/2566").status_code == 302
    assert Round.objects.get().clock_offset == timedelta(0)
