"""The thread of a requirement: who reads it, who writes in it, and that what happened stays in sight."""

import pytest
from django.urls import reverse

from submissions import intake
from submissions.models import Event, Notice, Remark
from submissions.notices.from_events import tell_recorded
from submissions.questions import access
from tests import factories as make

pytestmark = pytest.mark.django_db
SLOT = "1.1.report"


@pytest.fixture
def judge():
    return make.make_user("judge", full_name="นางสาวกรรมการ ใจดี")


@pytest.fixture
def entry(judge):
    return make.make_entry(make.make_round(judges=[judge]), "TH-81")


@pytest.fixture
def officer(entry):
    return make.make_user("officer", office=entry.office, full_name="นายเจ้าหน้าที่ กระบี่")


def address(entry, requirement=SLOT) -> str:
    return reverse("thread", args=[entry.pk, requirement])


def write(entry, by, text="ขอทราบว่าขาดอะไร", **slot) -> Remark:
    return intake.write_remark(entry, by=by, text=text, **{"requirement": SLOT, **slot})


def test_a_remark_is_kept_for_good_and_recorded_but_moves_no_score(entry, officer):
    before = entry.facts_version
    remark = write(entry, officer, "  ขอทราบว่าขาดอะไร \r\n ขอบคุณค่ะ  ")
    assert (remark.text, remark.from_office) == ("ขอทราบว่าขาดอะไร\n ขอบคุณค่ะ", True)
    entry.refresh_from_db()
    assert entry.facts_version == before
    event = Event.objects.get(verb="remark.written")
    assert (event.data["remark"], event.data["requirement"]) == (remark.pk, SLOT)
    assert Event.objects.faults(entry) == []
    with pytest.raises(TypeError):
        remark.save()
    with pytest.raises(TypeError):
        remark.delete()


def test_what_cannot_be_printed_is_not_kept(client, entry, officer):
    client.force_login(officer)
    assert client.post(address(entry), {"text": "a\x00b\x0bc"}).status_code == 302
    assert Remark.objects.get().text == "abc"


def test_the_same_words_sent_twice_are_one_message(entry, officer, judge):
    assert write(entry, officer) == write(entry, officer)
    write(entry, judge, "หน้า 3")
    write(entry, officer)
    assert entry.remarks.count() == 3


@pytest.mark.parametrize(
    ("text", "field", "said"), [(" \n ", "text", "พิมพ์ข้อความ"), ("ก" * 2001, "text", "2,001 ตัวอักษร")]
)
def test_what_is_no_message_is_refused_with_the_reason(entry, officer, text, field, said):
    with pytest.raises(intake.Refused) as refused:
        write(entry, officer, text)
    assert said in refused.value.reasons[field][0]


def test_nobody_writes_without_end(entry, officer, monkeypatch):
    monkeypatch.setattr("submissions.intake.remarks.A_DAY", 2)
    write(entry, officer, "หนึ่ง")
    write(entry, officer, "สอง")
    with pytest.raises(intake.Refused, match="พรุ่งนี้"):
        write(entry, officer, "สาม")


def test_who_may_write(entry, officer, judge):
    others = [make.make_user("officer", office=make.make_office("TH-50")), make.make_user("judge")]
    assert [access.why_not_remark(user, entry) for user in (officer, judge, make.make_user("staff"))] == [None] * 3
    assert all(access.why_not_remark(user, entry) for user in others)
    entry.round.is_closed = True
    assert "ปิด" in access.why_not_remark(officer, entry)
    with pytest.raises(intake.Refused):
        write(entry, officer)


def test_a_stranger_finds_no_thread_and_nonsense_is_not_there(client, entry, officer):
    client.force_login(make.make_user("judge"))
    assert client.get(address(entry)).status_code == 404
    client.force_login(officer)
    assert client.get(address(entry, "9.9")).status_code == 404
    assert client.get(address(entry) + "?period=2023-07").status_code == 404
    entry.round.is_closed = True
    entry.round.save()
    assert client.get(address(entry)).status_code == 200
    assert client.post(address(entry), {"text": "x"}).status_code == 403


def test_the_whole_story_is_told_in_the_order_of_time(client, entry, officer, judge):
    first = intake.attach_evidence(entry, intake.HandIn(SLOT), by=officer, url="https://cdd.example.org/first")
    intake.review_evidence(first, by=judge, accept=False, reason="ไม่มีลายมือชื่อ")
    write(entry, officer, "ขอส่งใหม่พรุ่งนี้")
    staff = make.make_user("staff", full_name="นายส่วนกลาง")
    until = make.at("2023-08-20").date()
    intake.grant_extension(entry, requirement=SLOT, period="", by=staff, until=until, reason="น้ำท่วม")
    second = intake.attach_evidence(
        entry, intake.HandIn(SLOT, replaces=first), by=officer, url="https://cdd.example.org/second"
    )
    intake.review_evidence(second, by=judge, accept=True)
    client.force_login(officer)
    page = client.get(address(entry)).content.decode()
    told = ("first", "ไม่มีลายมือชื่อ", "ขอส่งใหม่พรุ่งนี้", "20 สิงหาคม 2566", "แทน", "second", "ตรวจรับหลักฐาน")
    places = [page.index(word, page.index('class="turns"')) for word in told[:4]]
    assert places == sorted(places)
    assert all(word in page for word in told)
    assert "คณะกรรมการ" in page
    assert "ส่วนกลาง" in page
    assert judge.full_name not in page
    assert staff.full_name not in page
    client.force_login(judge)
    assert judge.full_name in client.get(address(entry)).content.decode()


@pytest.mark.parametrize(("now", "said"), [("2023-07-10", "ส่งใหม่ได้ถึง"), ("2023-08-10", "เลยกำหนดส่งเมื่อ")])
def test_what_was_returned_says_until_when_it_can_be_sent_again(client, officer, now, said):
    entry = make.make_entry(make.make_round(make.at(now)), "TH-81")
    make.make_evidence(entry, SLOT, status="returned", return_reason="ไม่ครบ")
    client.force_login(officer)
    page = client.get(address(entry)).content.decode()
    assert f"{said}วันที่ 31 กรกฎาคม 2566" in page[page.index('class="resend"') :].partition("</p>")[0]
    slot = client.get(reverse("criterion", args=[entry.pk, "1.1"])).content.decode()
    is_over = now > "2023-07-31"
    assert slot.count('class="resend"') == is_over, "before, the slot's head says the day"
    paper = slot[slot.index('class="paper"') :].partition("</li>")[0]
    assert paper.count("ส่งคืนแก้ไข") == 1, "before the reason; its slot's head says it too"
    if is_over:
        make.make_extension(entry, SLOT, until="2023-08-15")
        page = client.get(address(entry)).content.decode()
        assert "ส่งใหม่ได้ถึงวันที่ 15 สิงหาคม 2566" in page


def test_writing_works_as_a_page_and_in_place(client, entry, officer, judge):
    client.force_login(officer)
    done = client.post(address(entry), {"text": "สวัสดี"})
    assert done.url == address(entry) + "#newest"
    assert client.post(address(entry), {"text": "อีกครั้ง", "next": "https://evil.example/"}).url.startswith("/entries/")
    assert client.post(address(entry), {"text": "ที่ใดก็ได้", "next": "nowhere"}).url == "nowhere"
    refused = client.post(address(entry), {"text": "ก" * 2001}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "2,001" in refused.content.decode()
    assert "ก" * 2001 in refused.content.decode()
    answer = client.post(address(entry), {"text": "ในที่เดิม"}, headers={"HX-Request": "true"}).content.decode()
    assert "ในที่เดิม" in answer
    assert "<html" not in answer
    client.force_login(judge)
    paper = make.make_evidence(entry, SLOT)
    review = reverse("admin:submissions_evidence_change", args=[paper.pk])
    page = client.get(review).content.decode()
    assert "ในที่เดิม" in page
    assert client.post(address(entry), {"text": "จากคณะกรรมการ", "next": review}).url == review
    assert entry.remarks.last().from_office is False


def test_markup_is_shown_as_it_was_typed(client, entry, officer):
    write(entry, officer, "<script>alert(1)</script>")
    client.force_login(officer)
    assert "&lt;script&gt;alert(1)" in client.get(address(entry)).content.decode()


def test_a_thread_costs_the_same_however_long_it_is(client, entry, officer, judge, django_assert_max_num_queries):
    client.force_login(officer)
    counts = []
    for _ in range(2):
        for number in range(4):
            write(entry, officer if number % 2 else judge, f"{number} {entry.remarks.count()}")
        make.make_evidence(entry, SLOT)
        with django_assert_max_num_queries(14) as seen:
            client.get(address(entry))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_who_reads_the_thread_has_read_its_notices(client, entry, officer, judge):
    for requirement, period in ((SLOT, ""), ("1.2.report", "r1")):
        write(entry, judge, requirement=requirement, period=period)
    tell_recorded()
    assert Notice.objects.filter(user=officer).unread().count() == 2
    client.force_login(officer)
    client.get(address(entry))
    (unread,) = Notice.objects.filter(user=officer).unread()
    assert unread.data["items"][0]["requirement"] == "1.2.report"
