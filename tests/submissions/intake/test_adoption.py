"""A round takes another edition: who may, when not, what is written down, and that nobody's text is overlooked."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring import shipped
from scoring.models import stale_entries
from scoring.recompute import rescore
from submissions import intake
from submissions.intake import Conflict, Refused
from submissions.models import Edition, Event, Round
from submissions.questions import access
from tests import factories as make

pytestmark = pytest.mark.django_db
REASON = "ที่ประชุมคณะกรรมการมีมติขยายเวลา " * 8  # longer than a history's reason would be by itself
TEXT = shipped.text(make.SCHEME)
AMENDED = TEXT.replace("below: 55", "below: 95")


@pytest.fixture
def round():
    round = make.make_round()
    for office in ("TH-81", "TH-50"):
        make.make_entry(round, office)
    return round


def adopt(round: Round, text: str = AMENDED, *, by, reason: str = REASON, expected: str | None = None) -> Edition:
    return intake.adopt_edition(round, text, by=by, reason=reason, expected=expected or round.edition.digest)


def test_an_edition_is_made_and_its_reason_is_in_the_history_and_in_every_chain(round, staff):
    first = round.edition
    Event.objects.record(round.entries.get(office__code="TH-81"), "test", by=None)
    versions = dict(round.entries.values_list("pk", "facts_version"))
    edition = adopt(round, by=staff)
    round = Round.objects.get(pk=round.pk)
    assert (round.edition, edition.text) == (edition, AMENDED)
    assert (edition.adopted_by, edition.reason) == (staff, REASON.strip())
    latest = round.history.first()
    assert (latest.history_change_reason, latest.history_user) == (REASON.strip(), staff)
    events = Event.objects.filter(verb="edition.adopted")
    assert [event.data for event in events] == [
        {"before": first.digest, "after": edition.digest, "reason": REASON.strip()}
    ] * 2
    assert sorted(event.sequence for event in events) == [1, 2]
    assert Event.objects.broken_chains() == {}
    assert all(version > versions[pk] for pk, version in round.entries.values_list("pk", "facts_version"))


def test_going_back_uses_the_edition_that_is_there(round, staff):
    first = round.edition
    adopt(round, by=staff)
    round.refresh_from_db()
    assert adopt(round, TEXT, by=staff, reason="กลับไปใช้ฉบับเดิม") == first
    assert Edition.objects.count() == 2
    assert round.history.first().history_change_reason == "กลับไปใช้ฉบับเดิม"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT, "มีอยู่แล้ว"),
        (TEXT.replace("scheme: cdd40-2566", "scheme: other-2566"), "other-2566"),
        (TEXT.replace("close: 2023-07-31", "close: soon"), "6: 'soon'"),
        ("x" * (256 * 1024 + 1), "256 KB"),
        ("", "ชื่อ: ค่า"),
    ],
    ids=["same", "other scheme", "faulty", "long", "empty"],
)
def test_a_text_that_can_t_be_adopted_is_refused(round, staff, text, said):
    with pytest.raises(Refused) as refused:
        adopt(round, text, by=staff)
    assert any(said in reason for reason in refused.value.reasons["text"])
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  ", "ก" * 501])
def test_a_reason_is_needed(round, staff, reason):
    with pytest.raises(Refused) as refused:
        adopt(round, by=staff, reason=reason)
    assert list(refused.value.reasons) == ["reason"]


def test_all_that_is_wrong_is_said_at_once(round, staff):
    with pytest.raises(Refused) as refused:
        adopt(round, "scheme: x", by=make.make_user("judge"), reason="")
    assert set(refused.value.reasons) == {"", "reason", "text"}
    assert len(refused.value.reasons["text"]) > 1


def test_who_compared_with_another_edition_is_told(round, staff):
    first = round.edition.digest
    adopt(round, by=staff)
    with pytest.raises(Conflict) as conflict:
        adopt(round, TEXT.replace("below: 55", "below: 94"), by=staff, expected=first)
    assert conflict.value.current.edition.text == AMENDED


def test_only_staff_and_only_while_the_round_is_open(round, staff):
    for role in ("officer", "judge"):
        assert access.why_not_adopt(make.make_user(role), round)
    assert access.why_not_adopt(staff, round) is None
    Round.objects.filter(pk=round.pk).update(is_closed=True)
    with pytest.raises(Refused, match="ปิด"):
        adopt(round, by=staff)


def test_an_entry_scored_by_the_old_edition_is_stale(round, staff):
    rescore(round.entries.values_list("pk", flat=True))
    adopt(round, by=staff)
    round = Round.objects.get(pk=round.pk)
    assert stale_entries(round, round.now()).count() == 2


def test_many_entries_cost_no_more_statements_than_few(round, staff):
    statements = []
    for office in ("TH-10", "TH-11"):
        with CaptureQueriesContext(connection) as seen:
            adopt(round, TEXT.replace("below: 55", f"below: {50 + len(statements)}"), by=staff)
        statements.append(len(seen))
        make.make_entry(round, office)
        round = Round.objects.select_related("edition").get(pk=round.pk)
    assert statements[0] == statements[1]
