"""The committee's meeting: what is on its agenda, what it resolves, what is proposed then, and its minutes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from awards.documents import minutes
from awards.pages.agenda import agenda, latest
from submissions import intake
from submissions.documents.typesetting import make_pdf
from submissions.log.check import check
from submissions.models import Meeting, Resolution
from tests import factories
from tests.awards.conftest import make_contest
from tests.awards.publishing.hearing import make_heard
from tests.extraction import by_poppler
from tests.markup import flat

pytestmark = pytest.mark.django_db
OPENED = {"held_on": "9/8/2566", "place": "ห้องประชุม 5", "present": "นางสาวสมหญิง ใจดี – ประธาน\nนายสมชาย, กรรมการ\nแดง"}


@pytest.fixture
def tied():
    """The first two share a rank across the winner's award."""
    return make_contest("9", "9", "5", "4")


@pytest.fixture
def meeting(as_staff, tied):
    as_staff.post(reverse("meetings", args=[tied.pk]), OPENED)
    return Meeting.objects.get()


def resolve(client, meeting, matter, **data):
    fields = {"key": matter.key, "text": "", "reason": "คะแนนข้อ 1 สูงกว่า", "present": ["0", "1"]}
    return client.post(reverse("meeting-resolve", args=[meeting.pk]), fields | data)


def test_a_meeting_is_opened_with_who_is_present(as_staff, tied):
    refused = as_staff.post(reverse("meetings", args=[tied.pk]), {"held_on": "9/8/2023", "place": "", "present": ""})
    assert refused.status_code == 422
    assert as_staff.post(reverse("meetings", args=[tied.pk]), OPENED).status_code == 302
    [made] = Meeting.objects.all()
    assert [tuple(person.values()) for person in made.present] == [
        ("นางสาวสมหญิง ใจดี", "ประธาน"),
        ("นายสมชาย", "กรรมการ"),
        ("แดง", ""),
    ]
    again = OPENED | {"present": "แดง", "revision": "1"}
    assert as_staff.post(reverse("meeting-attendance", args=[made.pk]), again).status_code == 302
    assert as_staff.post(reverse("meeting-attendance", args=[made.pk]), again).status_code == 422, (
        "somebody was quicker"
    )


def test_a_tie_that_is_resolved_is_proposed_when_it_is_published(as_staff, tied, meeting):
    [tie] = agenda(tied)["tie"]
    first, second = (f"place-{entry.pk}" for entry in tie.entries)
    assert resolve(as_staff, meeting, tie, **{first: "1", second: "1"}).status_code == 422
    assert resolve(as_staff, meeting, tie, reason="").status_code == 422
    assert not Resolution.objects.exists()
    assert resolve(as_staff, meeting, tie, **{first: "2", second: "1"}).status_code == 302
    [made] = Resolution.objects.all()
    assert made.offices == [tie.entries[1].office.code, tie.entries[0].office.code]
    assert [person["name"] for person in made.present] == ["นางสาวสมหญิง ใจดี", "นายสมชาย"]
    form = as_staff.get(reverse("publish", args=[tied.pk])).context["form"]
    [asked] = form.fieldsets()
    assert asked["reason"].value() == "คะแนนข้อ 1 สูงกว่า"
    assert {field.label: field.value() for field in asked["places"]} == {
        str(tie.entries[0]): "2",
        str(tie.entries[1]): "1",
    }
    shown = flat(as_staff.get(reverse("meeting", args=[meeting.pk])).content.decode())
    assert "คะแนนข้อ 1 สูงกว่า" in shown


def test_award_lines_and_judges_far_apart_stand_on_the_agenda(as_staff, tied, meeting):
    apart = tied.entries.get(office__code="TH-A03")
    factories.make_sheet(apart, points=dict.fromkeys(tied.scheme.items, "0"))
    matters = agenda(tied)
    assert [matter.entries[0].office.code for matter in matters["apart"]] == ["TH-A03"]
    [matter] = matters["apart"]
    assert resolve(as_staff, meeting, matter, text="ให้คงคะแนนไว้").status_code == 302
    other = {"key": "other", "entry": apart.pk, "title": "ขอถอนตัว", "text": "รับทราบ", "reason": "ป่วย", "present": ["0"]}
    assert as_staff.post(reverse("meeting-resolve", args=[meeting.pk]), other).status_code == 302
    assert as_staff.post(reverse("meeting-resolve", args=[meeting.pk]), other | {"title": ""}).status_code == 422
    assert as_staff.post(reverse("meeting-resolve", args=[meeting.pk]), {"key": "tie-1-2"}).status_code == 409
    assert list(Resolution.objects.values_list("kind", flat=True)) == ["apart", "other"]


def test_every_entry_whose_judges_differ_can_be_resolved_a_page_at_a_time(as_staff, tied, meeting, monkeypatch):
    monkeypatch.setattr("awards.pages.meetings.A_PAGE", 1)
    for office, points in (("TH-A03", "0"), ("TH-A04", "3")):
        entry = tied.entries.get(office__code=office)
        factories.make_sheet(entry, points=dict.fromkeys(tied.scheme.items, points))
    first, second = agenda(tied)["apart"]
    page = reverse("meeting", args=[meeting.pk])
    shown, later = (as_staff.get(page + more).content.decode() for more in ("", "?apart=2"))
    assert first.key in shown
    assert second.key not in shown
    assert "ลำดับที่ 1 ถึง 1 จาก 2 ราย" in flat(shown)
    assert second.key in later
    refused = resolve(as_staff, meeting, second, reason="")
    assert refused.status_code == 422
    assert second.key in refused.content.decode(), "what was typed comes back, on whichever page it lies"
    assert resolve(as_staff, meeting, second, text="ให้คงคะแนนไว้").status_code == 302


def test_each_appeal_is_resolved_of_itself_and_leads_to_its_answer(as_staff):
    heard = make_heard()
    as_staff.post(reverse("meetings", args=[heard.round.pk]), OPENED)
    meeting, counts = Meeting.objects.get(), []
    for criterion in ("1.1", "2.2.1", "3.4"):
        intake.make_appeal(heard.entry, criterion, by=heard.officer, text="ส่งครบแล้ว")
        with CaptureQueriesContext(connection) as caught:
            page = as_staff.get(reverse("meeting", args=[meeting.pk]))
        counts.append(len(caught))
    assert counts[0] == counts[2], counts
    first, second, _third = appeals = agenda(heard.round)["appeal"]
    assert [matter.path in page.content.decode() for matter in appeals] == [True] * 3
    assert resolve(as_staff, meeting, first, text="ให้ตรวจใหม่").status_code == 302
    assert first.place in latest(heard.round)
    assert second.place not in latest(heard.round)
    assert "คำทักท้วง: 1.1" in minutes_text(meeting)
    assert [str(finding.sentence) for finding in check().findings] == []


def minutes_text(meeting) -> str:
    with translation.override("th"):
        return flat(str(minutes.page(meeting))).translate(str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789"))


def test_an_organiser_elsewhere_and_the_committee_are_kept_out(client, tied, meeting):
    judge = tied.judges.get()
    office = factories.make_office("TH-A01")
    for person, status in ((judge, 404), (factories.make_user("officer", office=office, is_organiser=True), 404)):
        client.force_login(person)
        for name in ("meeting", "meeting-minutes"):
            assert client.get(reverse(name, args=[meeting.pk])).status_code == status


def test_the_page_asks_as_much_of_one_matter_as_of_many(as_staff, tied, meeting):
    counts = []
    for number in range(3):
        one = factories.make_entry(tied, f"TH-B{number}")
        for points in ("0", "0.5"):
            factories.make_sheet(one, points=dict.fromkeys(tied.scheme.items, points))
        with CaptureQueriesContext(connection) as caught:
            as_staff.get(reverse("meeting", args=[meeting.pk]))
        counts.append(len(caught))
    assert counts[0] == counts[2], counts


def test_the_minutes_say_who_was_there_what_was_resolved_and_have_lines_to_sign(as_staff, tied, meeting):
    [tie] = agenda(tied)["tie"]
    first, second = (f"place-{entry.pk}" for entry in tie.entries)
    resolve(as_staff, meeting, tie, **{first: "1", second: "2"})
    with translation.override("th"):
        html = minutes.page(meeting)
        assert minutes.page(meeting) == html, "the same as long as nothing is resolved"
    text = "\n".join(by_poppler(make_pdf(html)))
    for said in (
        "รายงานการประชุม",
        "ครั้งที่ ๑/๒๕๖๖",
        "นางสาวสมหญิง ใจดี",
        "คะแนนข้อ ๑ สูงกว่า",
        "ผู้จดรายงานการประชุม",
        "ไม่ร่วมพิจารณาเรื่องนี้: แดง",
    ):
        assert said in text, said
