"""How the score came to be what it is: each move with what moved it, and the curve."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.urls import reverse

from scoring.models import ScoreChange
from scoring.pages.course import Course
from scoring.recompute import rescore
from submissions import intake
from tests import factories as make

from .office import anew, course_of, text_of

pytestmark = pytest.mark.django_db


def test_each_move_is_told_with_what_moved_it_and_by_whom(client, entry, officer):
    judge = make.make_user("judge", full_name="กรรมการหนึ่ง")
    entry.round.judges.add(judge)
    rescore([entry.pk])
    sent = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://krabi.example/1")
    rescore([entry.pk])
    intake.review_evidence(sent, by=judge, accept=True)
    rescore([entry.pk])
    accepted, handed_in, *_ = Course(anew(entry)).moves
    assert [deed.event.verb for deed in accepted.deeds] == ["evidence.accepted"]
    assert [deed.event.verb for deed in handed_in.deeds] == ["evidence.attached"]
    assert (handed_in.verified, handed_in.claimed) == (0, handed_in.gains[1])
    assert accepted.gains == (accepted.verified, 0), "what was claimed already is verified now"
    page = course_of(client, entry)
    title = entry.round.scheme.requirements["1.1.report"].title.th
    assert f"คณะกรรมการ: ตรวจรับหลักฐาน {title}" in page
    assert "กรรมการหนึ่ง" not in page


def test_a_judge_is_not_told_what_moved_the_score(client, entry):
    rescore([entry.pk])
    judge = make.make_user("judge")
    client.force_login(judge)
    entry.round.judges.add(judge)
    entry.round.is_closed = True
    entry.round.save()
    assert 'id="moves-title"' not in text_of(client, entry)
    assert ScoreChange.objects.filter(entry=entry).exists()


def test_what_is_not_told_one_by_one_is_found_in_the_history(client, entry, officer):
    for days in range(12):
        at = make.NOW - timedelta(days=20 - days)
        ScoreChange.objects.create(
            entry=entry, basis="verified", at=at, total=days, attainable=100, facts_version=days + 1
        )
    here = Course(anew(entry))
    assert len(here.moves) > len(here.told) == 10
    assert "การเปลี่ยนแปลงก่อนหน้าแสดงไว้ในกราฟด้านบน" in course_of(client, entry)


def test_the_curve_climbs_from_the_first_move_to_now(entry, officer):
    now = make.NOW
    for days, total in ((20, "10"), (10, "50")):
        at = now - timedelta(days=days)
        ScoreChange.objects.create(entry=entry, basis="verified", at=at, total=total, attainable=100, facts_version=1)
    shown = Template("{% load drawing %}{% curves moves now most %}").render(
        Context({"moves": Course(anew(entry)).moves, "now": now, "most": Decimal(100)})
    )
    assert re.search(r'curve-verified" d="M0.00 100V90.00H50.00V50.00H100V50.00"', shown)
    assert re.findall(r'"curve-scale" x="0" y="(\d+)%">(\d+)<', shown) == [("0", "100"), ("50", "50"), ("100", "0")]
    assert re.findall(r'end-(\w+)" x="100%" y="([\d.]+)%">(\d+)<', shown) == [
        ("verified", "50.00", "50"),
        ("claimed", "38.00", "0"),
    ], "two numbers never stand in each other"


def test_the_curve_tells_what_was_accepted_and_returned_and_when_it_was_announced(client, entry, officer):
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    rescore([entry.pk])
    for requirement, accept in (("1.1.report", True), ("3.1.plan", False), ("3.2.inventory", False)):
        sent = intake.attach_evidence(
            entry, intake.HandIn(requirement), by=officer, url=f"https://krabi.example/{accept}"
        )
        intake.review_evidence(sent, by=judge, accept=accept, reason="" if accept else "ขาดลายมือชื่อ")
    rescore([entry.pk])
    here = Course(anew(entry))
    assert [(mark.kind, mark.times) for mark in here.marks] == [("accepted", 1), ("returned", 2)]
    page = course_of(client, entry)
    assert (page.count('class="mark-accepted"'), page.count('class="mark-returned"')) == (1, 1), "one for each day"
    assert "ตรวจรับ 1 ครั้ง" in page
    assert "ส่งคืนแก้ไข 2 ครั้ง" in page
    assert re.search(r'mark-returned" d="M[\d.]+ [\d.]+h\.01"', page), "paper shows no line without a length"
    assert "curve-published" not in page


def test_the_day_of_an_announcement_stands_across_the_curve(entry, officer):
    rescore([entry.pk])
    moves = Course(anew(entry)).moves
    shown = Template("{% load drawing %}{% curves moves now 100 marks day %}").render(
        Context({"moves": moves, "now": moves[0].at + timedelta(days=4), "day": moves[0].at + timedelta(days=1)})
    )
    assert 'class="curve-published" d="M25.00 0V100"' in shown


def test_the_scorecard_fetches_it_when_its_fold_is_opened_and_leads_to_it_without_a_script(client, entry, officer):
    rescore([entry.pk])
    client.force_login(officer)
    address = reverse("course", args=[entry.pk])
    page = text_of(client, entry)
    assert f'hx-get="{address}"' in page
    assert f'<a href="{address}">' in page
    assert "curve-verified" not in page
    own = client.get(address).content.decode()
    assert ("<html" in own, "curve-verified" in own) == (True, True)
    assert "<html" not in course_of(client, entry)
