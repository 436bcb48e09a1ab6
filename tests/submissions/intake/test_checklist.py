"""What a reviewer ticked of a checklist is kept with the decision, in the scheme's words of that moment."""

import pytest

from scoring import shipped
from scoring.models import Scorecard
from scoring.recompute import rescore
from submissions import intake
from submissions.intake import Refused
from submissions.log.check import check
from submissions.models import Event, Evidence
from tests import factories as make

pytestmark = pytest.mark.django_db
AREAS = [text.th for text in shipped.schemes()["cdd40-2566"].requirements["3.1.plan"].checklist]


@pytest.fixture
def plan(entry, officer):
    return intake.attach_evidence(entry, intake.HandIn("3.1.plan"), by=officer, url="https://www.example.org/plan")


def ticks(evidence) -> list[bool]:
    return [line["ticked"] for line in Evidence.objects.get(pk=evidence.pk).checklist]


def test_what_was_ticked_stands_with_the_decision_and_in_its_event(plan, judge):
    intake.review_evidence(plan, by=judge, accept=True, ticked=AREAS[:2])
    assert ticks(plan) == [True, True, False]
    event = Event.objects.get(verb="evidence.accepted")
    assert event.data["checklist"] == Evidence.objects.get(pk=plan.pk).checklist
    assert [line["th"] for line in event.data["checklist"]] == AREAS


def test_a_decision_without_ticks_leaves_none(plan, judge):
    """As several at once are decided: nobody was asked."""
    intake.review_evidence(plan, by=judge, accept=True, ticked=AREAS)
    intake.review_evidence(plan, by=judge, accept=False, reason="ไม่ครบ")
    assert ticks(plan) == []


def test_nothing_ticked_is_told_from_nobody_asked(plan, judge):
    intake.review_evidence(plan, by=judge, accept=True, ticked=[])
    assert ticks(plan) == [False, False, False]


def test_a_text_that_is_not_on_the_checklist_is_refused(plan, judge, entry):
    with pytest.raises(Refused) as refused:
        intake.review_evidence(plan, by=judge, accept=True, ticked=[AREAS[0], "ด้านอื่น"])
    assert "ด้านอื่น" in refused.value.reasons["ticked"][0]
    other = make.make_evidence(entry, "1.1.report")
    with pytest.raises(Refused):
        intake.review_evidence(other, by=judge, accept=True, ticked=AREAS[:1])


def test_it_stays_in_its_own_words_when_the_edition_changes(plan, judge, entry):
    intake.review_evidence(plan, by=judge, accept=True, ticked=AREAS[:1])
    entry.round.edition = make.make_edition("# other\n" + entry.round.edition.text.replace(AREAS[0], "อื่น"))
    entry.round.save()
    assert Evidence.objects.get(pk=plan.pk).checklist[0] == {"th": AREAS[0], "en": "Internet", "ticked": True}


def test_the_log_explains_it_and_names_what_was_altered(plan, judge, entry):
    intake.review_evidence(plan, by=judge, accept=True, ticked=AREAS[:1])
    before = {(one.kind, one.field) for one in check().findings}
    Evidence.objects.filter(pk=plan.pk).update(checklist=[])
    assert {(one.kind, one.field) for one in check().findings} - before == {("evidence", "checklist")}


def test_no_score_hangs_on_it(plan, judge, entry):
    def earned() -> list[str]:
        rescore([entry.pk])
        return [str(card.total) for card in Scorecard.objects.filter(entry=entry).order_by("basis")]

    intake.review_evidence(plan, by=judge, accept=True, ticked=[])
    none = earned()
    intake.review_evidence(plan, by=judge, accept=True, ticked=AREAS)
    assert earned() == none
