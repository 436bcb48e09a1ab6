"""Appeals at their edges: what is put right, who may not, what a round that is over or unsettled leaves behind."""

import pytest

from awards.publishing.publish import publish
from submissions import intake
from submissions.log.check import check
from submissions.models import Appeal, Round
from submissions.questions.proofread import Refused
from tests import factories as make

from .doors import dispute, doors, english_client, is_refused
from .hearing import end_of_days, make_heard, refresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_an_amount_that_was_wrongly_returned_is_put_right_as_it_stands(db):
    heard = make_heard(announced=False, reviews_values=True)
    slot = ("3.4.news", "2023-07")
    intake.enter_values(heard.entry, {("3.4.news", "2023-06"): "5"}, by=heard.officer, at=make.at("2023-06-15"))
    value = heard.entry.values.get(code=slot[0], period=slot[1])
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
