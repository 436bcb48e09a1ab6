"""What is announced of a committee: who did not take part where, by numbers, and how entries were shared out."""

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from awards.bundle import files as bundle
from awards.content import canonical
from awards.content.proceedings import Proceedings
from awards.documents import pdf
from awards.models import faults
from awards.publishing.hearing import compared
from awards.publishing.preparation import Decision, preparation_of
from awards.publishing.publish import publish
from submissions import intake
from submissions.models import Round
from tests import factories
from tests.awards.conftest import make_contest

pytestmark = pytest.mark.django_db


def test_who_stood_aside_is_announced_by_a_number_and_never_by_name(staff, client):
    contest = make_contest(5, 3)
    judge, colleague = contest.judges.get(), factories.make_user("judge", full_name="ปราณี ลับสุดยอด")
    contest.judges.add(colleague)
    first, second = contest.entries.order_by("pk")
    intake.say_conflicts([second], colleague, by=colleague, reason="เหตุผลลับ")
    intake.draw_judges(Round.objects.get(pk=contest.pk), by=staff, per_entry=1, seed="2566")
    publication = publish(contest, by=staff)
    panel = publication.frame["panel"]
    (aside,) = panel["stood_aside"]
    numbers = Proceedings(contest).judges
    number = numbers[colleague.pk]
    assert (aside["number"], aside["judge"], aside["office"]) == (number, f"J{number}", second.office.code)
    assert panel["shared_out"] == {"way": "random", "seed": "2566"}
    facts = "".join(publication.results.values_list("facts", flat=True))
    assert f'"judge":"J{numbers[judge.pk]}"' in facts, "the facts call judges so too"
    assert f'"judge":"{judge.pk}"' not in facts
    sealed = canonical.write(publication.content())
    shown = render_to_string("awards/pdf/announcement.html", pdf.context("announcement", publication.content(), None))
    client.force_login(factories.make_user("officer", office=first.office))
    page = client.get(reverse("publication", args=[publication.pk])).content.decode()
    (told,) = client.get(f"/api/v1/publications/{publication.pk}/").json()["frame"]["panel"]["stood_aside"]
    assert (told["number"], "judge" in told) == (number, False), "no account of a judge is told to offices"
    assert f"กรรมการคนที่ {'๐๑๒'[number]} ไม่ร่วมพิจารณา" in " ".join(shown.split())
    assert f"กรรมการคนที่ {number}" in page
    for text in (sealed, shown, page):
        assert "ปราณี" not in text
        assert "เหตุผลลับ" not in text


def test_no_list_of_the_committee_tells_whose_number_it_is(staff):
    """Not even the order in which sheets or those who stood aside are written."""
    contest = make_contest(5, 3)
    judges = [*contest.judges.all(), *(factories.make_user("judge") for _ in range(7))]
    contest.judges.set(judges)
    first, second = contest.entries.order_by("pk")
    for judge in judges[1:]:
        factories.make_sheet(first, judge, points={code: "1" for code in contest.scheme.items})
        intake.say_conflicts([second], judge, by=judge, reason="ญาติ")
    publication = publish(contest, by=staff)
    numbers = Proceedings(contest).judges
    given = [numbers[judge.pk] for judge in judges]
    assert sorted(given) == list(range(1, 9))
    assert given != sorted(given), "the numbers are in the order of the accounts"
    aside = [one["number"] for one in publication.frame["panel"]["stood_aside"]]
    assert aside == sorted(given[1:])
    sheets = json.loads(publication.results.get(entry=first).facts)["judging"]["sheets"]
    assert [sheet["judge"] for sheet in sheets] == [f"J{number}" for number in range(1, 9)]
    again = publish(contest, by=staff, reason="แก้ไข")
    assert again.frame["panel"] == publication.frame["panel"], "the same in each publication of the round"


def test_where_everybody_judged_everything_nothing_is_said(publication):
    assert "panel" not in publication.frame


def test_a_publication_keeps_what_was_resolved_read_again_and_confirmed_by_two(staff):
    contest = make_contest(9, 9, 5, needs_two_persons=True)
    judge, second = contest.judges.get(), factories.make_user("staff")
    judge.full_name = "ปราณี ลับสุดยอด"
    judge.save()
    first, other, _third = entries = list(contest.entries.order_by("pk"))
    present = [{"name": "ปราณี ลับสุดยอด", "role": "กรรมการ"}, {"name": "นายก ไก่", "role": "ประธาน"}]
    meeting = intake.save_meeting(contest, by=staff, held_on=date(2023, 8, 9), place="ห้อง 5", present=present)
    about = {"kind": "tie", "matter": "อันดับ 1", "text": "ตามลำดับ", "reason": "คะแนนข้อ 1", "present": present}
    intake.resolve(meeting, by=staff, entries=[other, first], **about)
    for entry, accepted in zip(entries, (True, True, False), strict=True):
        piece = entry.evidence.first()
        factories.make_reading(piece, staff, state="done", accepted=accepted, first_by=judge)
    factories.make_reading(entries[0].evidence.last(), staff, first_by=judge)  # nobody has read it yet
    order = [{"offices": [other.office.code, first.office.code], "reason": "คะแนนข้อ 1"}]
    decided = [Decision(tuple(one["offices"]), one["reason"]) for one in order]
    seen = preparation_of(contest, at=contest.now(), decisions=decided).fingerprint
    arguments = {"reason": "", "decisions": order, "seen": seen, "number": 1, "provisional": False}
    proposal = intake.propose(contest, "publish", arguments, by=staff, reason="ครบแล้ว")
    publication = intake.confirm(proposal, by=second)
    with zipfile.ZipFile(io.BytesIO(bundle.write(publication, full=True).read())) as folder:
        sealed = folder.read("publication.json").decode()
        withheld = json.loads(folder.read("withheld.json"))
    said = {name: json.loads(text) for name, (_salt, text) in withheld.items()}
    assert json.loads(sealed)["withheld"].keys() == said.keys() == {"resolutions", "second_readings", "two_persons"}
    assert "ตามลำดับ" in withheld["resolutions"][1]
    assert "ตามลำดับ".encode() not in bundle.write(publication).read()
    [resolved] = said["resolutions"]
    assert (resolved["kind"], resolved["offices"], resolved["reason"]) == ("tie", order[0]["offices"], "คะแนนข้อ 1")
    assert resolved["present"] == [{"role": "กรรมการ", "judge": "J1"}, {"role": "ประธาน"}]
    assert said["second_readings"] == {"doubts": 0, "read": 3, "differed": 1}
    [confirmed] = said["two_persons"]
    assert (confirmed["deed"], confirmed["sha256"]) == ("publish", proposal.sha256)
    assert faults(publication) == []
    client, told = Client(), []
    for user in (second, judge, factories.make_user("officer", office=first.office)):
        client.force_login(user)
        frame = client.get(f"/api/v1/publications/{publication.pk}/").json()["frame"]
        told.append({"resolutions", "second_readings", "two_persons", "salts"} & frame.keys())
    assert [bool(one) for one in told] == [True, False, False], (
        "an office never learns what reviewers said to each other"
    )
    named = f"{sealed}{withheld}"
    assert [name for name in ("ปราณี", "นายก ไก่", staff.username, second.username) if name in named] == []
    assert bundle.write(publication).read() == bundle.write(type(publication).objects.get()).read()


def test_a_final_result_follows_a_provisional_one_that_still_named_accounts():
    """Those of before numbers were given."""
    line = '{"judging":{"sheets":[{"judge":"17","points":{"5.1":1}}]},"holidays":[]}'
    before, after = map(compared, (line, line.replace("17", "J1")))
    assert before == after
    assert before["judging"]["sheets"] == [{"5.1": 1}]
    assert compared(line.replace('"5.1":1', '"5.1":2')) != before


def test_a_final_result_follows_a_provisional_one_whose_sheets_stand_in_drawn_order(staff):
    contest = make_contest(5, 3, appeal_days=3)
    judges = [*contest.judges.all(), *(factories.make_user("judge") for _ in range(5))]
    contest.judges.set(judges)
    for entry in contest.entries.all():
        for given, judge in enumerate(judges[1:]):
            factories.make_sheet(entry, judge, points={code: f"0.{given + 1}" for code in contest.scheme.items})
    provisional = publish(contest, by=staff)
    assert provisional.is_provisional
    contest = Round.objects.get(pk=contest.pk)
    contest.clock_offset += contest.appeals_until - contest.now() + timedelta(seconds=1)
    contest.save()
    final = publish(contest, by=staff)
    assert not final.is_provisional
