"""Evidence passed to a second reader, and decisions drawn for one: who decides, who sees what, what is changed."""

import pytest
from django.test import Client

from submissions import intake
from submissions.intake import Refused
from submissions.log.check import check
from submissions.models import Event, Evidence, SecondReading
from submissions.questions import second_reading
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel():
    return [make.make_user("judge", full_name=f"กรรมการ {number}") for number in range(3)]


@pytest.fixture
def round(panel):
    return make.make_round(judges=panel)


@pytest.fixture
def entry(round):
    return make.make_entry(round, "TH-81")


@pytest.fixture
def waiting(entry, officer):
    def hand_in(requirement: str = "1.1.report") -> Evidence:
        link = f"https://www.example.org/{requirement}"
        return intake.attach_evidence(entry, intake.HandIn(requirement), by=officer, url=link)

    return hand_in


@pytest.fixture
def drawn(entry, waiting, panel):
    """A decision of the first judge that was drawn, as all are at 100 %."""
    entry.round.second_reading_percent = 100
    entry.round.save()

    def decide(accept: bool = True) -> SecondReading:
        intake.review_evidence(waiting(), by=panel[0], accept=accept, reason="" if accept else "ไม่ครบ")
        return SecondReading.objects.get()

    return decide


def findings(entry):
    """What the log does not explain, but the entry itself, which the factory made."""
    return [found for found in check(type(entry).objects.filter(pk=entry.pk)).findings if found.kind != "entry"]


def test_a_doubt_waits_and_is_decided_by_the_second_reader(entry, waiting, panel):
    first, second, third = panel
    evidence = waiting()
    reading = intake.pass_on(evidence, by=first, doubt="ลายเซ็นไม่ชัด", to=second)
    assert Evidence.objects.waiting().get() == evidence
    for person in (first, third):
        with pytest.raises(Refused):
            intake.review_evidence(evidence, by=person, accept=True)
    assert list(SecondReading.objects.to_read_by(second)) == [reading]
    assert not SecondReading.objects.to_read_by(third).exists()
    intake.review_evidence(evidence, by=second, accept=False, reason="ไม่มีลายเซ็น")
    reading.refresh_from_db()
    assert (reading.state, reading.read_by, reading.accepted, reading.reason) == ("done", second, False, "ไม่มีลายเซ็น")
    assert findings(entry) == []


def test_a_doubt_for_anybody_is_no_colleague_s_own(entry, waiting, panel, staff):
    first, second, _third = panel
    reading = intake.pass_on(waiting(), by=first, doubt="สงสัย")
    assert reading in SecondReading.objects.to_read_by(second)
    assert not SecondReading.objects.to_read_by(first).exists()
    with pytest.raises(Refused) as refused:
        intake.pass_on(reading.evidence, by=second, doubt=" ", to=second)
    assert refused.value.reasons.keys() == {"doubt", "", "to"}
    with pytest.raises(Refused):
        intake.take_back(reading, by=second)
    intake.take_back(reading, by=first)
    intake.review_evidence(reading.evidence, by=first, accept=True)
    assert findings(entry) == []


@pytest.mark.parametrize("by_office", [True, False])
def test_what_is_taken_back_or_replaced_nobody_reads(entry, waiting, panel, officer, by_office):
    reading = intake.pass_on(waiting(), by=panel[0], doubt="สงสัย")
    if by_office:
        intake.withdraw_evidence(reading.evidence, by=officer)
    else:
        another = intake.HandIn("1.1.report", replaces=reading.evidence)
        intake.attach_evidence(entry, another, by=officer, url="https://www.example.org/2")
    reading.refresh_from_db()
    assert reading.state == "lapsed"
    assert findings(entry) == []


def test_nobody_chooses_what_is_drawn(entry, drawn, panel):
    reading = drawn()
    event = Event.objects.get(verb="evidence.accepted")
    assert reading.drawn_by == event.digest, "whoever has the log draws the same"
    others = [judge.pk for judge in panel[1:]]
    assert reading.reader_id == others[int(event.digest[8:16], 16) % 2]
    assert not second_reading.is_drawn("0000270f" + "0" * 56, 99), "9,999 of 10,000"
    assert second_reading.is_drawn("000001f3" + "0" * 56, 5)  # 499
    assert not second_reading.is_drawn("000001f4" + "0" * 56, 5)  # 500


def test_a_drawn_piece_is_read_without_its_decision_and_the_first_stays(entry, drawn, panel, staff):
    reading = drawn()
    second = reading.reader
    assert not Evidence.objects.visible_to(second).exists(), "its decision is hidden until it is read"
    assert Evidence.objects.opened_by(second).exists()
    others = set(panel) - {second}
    assert all(Evidence.objects.visible_to(judge).exists() for judge in others)
    for person in (*others, staff):
        with pytest.raises(Refused):
            intake.read_again(reading, by=person, accept=True)
    intake.read_again(reading, by=second, accept=False, reason="ผิดเดือน")
    assert Evidence.objects.visible_to(second).get().status == "accepted", "never changed silently"
    assert [one.differs for one in SecondReading.objects.differing()] == [True]
    assert findings(entry) == []


def test_those_who_run_the_round_settle_what_differs(entry, drawn, panel, staff):
    reading = drawn()
    intake.read_again(reading, by=reading.reader, accept=False, reason="ผิดเดือน")
    with pytest.raises(Refused):
        intake.settle_reading(reading, by=panel[1], accept=False, reason="ผิดเดือน")
    with pytest.raises(Refused):
        intake.settle_reading(reading, by=staff, accept=False, reason=" ")
    intake.settle_reading(reading, by=staff, accept=False, reason="ผิดเดือนจริง")
    evidence = Evidence.objects.get()
    assert (evidence.status, evidence.return_reason, evidence.reviewed_by) == ("returned", "ผิดเดือนจริง", staff)
    assert SecondReading.objects.count() == 1, "what was read twice is drawn no more"
    assert findings(entry) == []


def test_what_was_decided_anew_meanwhile_lapses(entry, drawn, panel):
    reading = drawn(accept=False)
    intake.review_evidence(reading.evidence, by=panel[0], accept=True)
    reading.refresh_from_db()
    assert reading.state == "lapsed"
    assert SecondReading.objects.open().get().first_accepted is True
    assert findings(entry) == []


def test_an_office_is_not_told_of_doubts(entry, waiting, panel, officer):
    intake.pass_on(waiting(), by=panel[0], doubt="สงสัยมาก")
    client = Client()
    client.force_login(officer)
    page = client.get(f"/entries/{entry.pk}/history/").content.decode()
    assert "สงสัยมาก" not in page
    assert "reading.asked" not in page


def changed(row, **fields) -> None:
    """As its own page changes it."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


LEAVING = {  # how the reader who was drawn comes not to read
    "account closed": lambda reading, staff: changed(reading.reader, is_active=False),
    "off the committee": lambda reading, staff: reading.entry.round.judges.remove(reading.reader),
    "no judge any more": lambda reading, staff: changed(reading.reader, role="officer", office=make.make_office()),
    "elsewhere": lambda reading, staff: changed(reading.reader, office=make.make_office("TH-10")),
    "stands aside": lambda reading, staff: intake.say_conflicts(
        [reading.entry], reading.reader, by=staff, reason="ญาติ"
    ),
    "not assigned": lambda reading, staff: intake.assign_judges(
        reading.entry.round, {reading.entry.pk: [reading.first_by_id]}, by=staff
    ),
    "judged blindly": lambda reading, staff: changed(reading.entry.round, is_blind=True),
}


def in_fresh(reading: SecondReading) -> SecondReading:
    return SecondReading.objects.select_related("entry__round", "reader").get(pk=reading.pk)


@pytest.mark.parametrize("way", LEAVING)
def test_what_was_drawn_for_who_has_left_is_read_by_who_runs_the_round(entry, drawn, staff, way):
    reading = drawn()
    assert reading not in SecondReading.objects.to_read_by(staff)
    with pytest.raises(Refused):
        intake.read_again(reading, by=staff, accept=True)
    LEAVING[way](reading, staff)
    reading = in_fresh(reading)
    assert list(SecondReading.objects.to_read_by(staff)) == [reading], "it is shown that it waits"
    assert not SecondReading.objects.to_read_by(reading.reader).exists()
    intake.read_again(reading, by=staff, accept=False, reason="ผิดเดือน")
    assert in_fresh(reading).read_by == staff
    assert findings(entry) == []


def test_or_is_given_to_another_by_name(entry, drawn, panel, staff):
    reading = drawn()
    left = next(judge for judge in panel[1:] if judge != reading.reader)
    with pytest.raises(Refused):  # nobody chooses who reads what was drawn
        intake.give_reading(reading, left, by=staff)
    entry.round.judges.remove(reading.reader)
    reading = in_fresh(reading)
    for to, by in ((panel[0], staff), (reading.reader, staff), (left, left)):
        with pytest.raises(Refused):
            intake.give_reading(reading, to, by=by)
    intake.give_reading(reading, left, by=staff)
    assert list(SecondReading.objects.to_read_by(left)) == [reading]
    assert not SecondReading.objects.to_read_by(staff).exists()
    assert not Evidence.objects.visible_to(left).exists(), "its decision is hidden from now on"
    with pytest.raises(Refused):  # by two at once: the second is told
        intake.give_reading(reading, left, by=make.make_user("staff"))
    intake.read_again(in_fresh(reading), by=left, accept=True)
    assert findings(entry) == []
