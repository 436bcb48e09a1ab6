"""The head of an office confirms what was handed in: who, when, exactly what, and until when it holds."""

import re

import pytest
from django.urls import reverse

from awards.pages.matters import open_matters
from awards.publishing.preparation import preparation_of
from scoring.recompute import rescore
from submissions import intake
from submissions.models import Confirmation, Entry, Event, Notice
from submissions.notices import reminders
from submissions.notices.from_events import tell_recorded
from submissions.notices.words import say
from submissions.questions import access
from submissions.questions.handed_in import digest_of, states, unconfirmed
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def judge():
    return make.make_user("judge")


@pytest.fixture
def entry(judge):
    round = make.make_round(judges=[judge], needs_confirmation=True)
    return make.make_entry(round, make.make_office(name_th="กระบี่", name_en="Krabi"))


@pytest.fixture
def officer(entry):
    return make.make_user("officer", full_name="เจ้าหน้าที่")


@pytest.fixture
def head(entry):
    return make.make_user("officer", full_name="พัฒนาการจังหวัด", is_head=True)


@pytest.fixture
def paper(entry, officer):
    return intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://krabi.example.org/1")


def state(entry) -> str:
    return states([Entry.objects.with_round().get(pk=entry.pk)])[entry.pk]


def paper_title(entry) -> str:
    return entry.round.scheme.requirements["1.1.report"].title.th


def page(client, user, entry):
    client.force_login(user)
    return client.get(reverse("confirmation", args=[entry.pk]))


def test_a_head_confirms_what_is_there_and_no_fact_changes(entry, head, paper):
    entry.refresh_from_db()
    version = entry.facts_version
    confirmed = intake.confirm_entry(entry, by=head)
    assert (confirmed.confirmed_by, confirmed.facts_version) == (head, version)
    assert confirmed.sha256 == digest_of(entry)
    entry.refresh_from_db()
    assert entry.facts_version == version
    event = Event.objects.get(entry=entry, verb="entry.confirmed")
    assert (event.actor, event.data["sha256"]) == (head, confirmed.sha256)
    assert Event.objects.faults(entry) == []
    assert intake.confirm_entry(entry, by=head) == confirmed  # sent twice
    assert Confirmation.objects.count() == 1


def test_points_do_not_hang_on_it(entry, head, paper):
    rescore([entry.pk])
    before = entry.scorecards.order_by("basis").values_list("total", "attainable", "facts_version")
    was = list(before)
    intake.confirm_entry(entry, by=head)
    rescore([entry.pk])
    assert list(before.all()) == was


def test_who_may_not_is_told_why(entry, officer, head, judge, paper):
    plain = make.make_entry(make.make_round(), entry.office)
    reasons = [
        access.why_not_confirm(officer, entry),
        access.why_not_confirm(judge, entry),
        access.why_not_confirm(make.make_user("staff"), entry),
        access.why_not_confirm(make.make_user("officer", office=make.make_office("TH-82"), is_head=True), entry),
        access.why_not_confirm(head, plain),
        access.why_not_confirm(head, make.make_entry(entry.round, make.make_office("TH-8101", parent=entry.office))),
    ]
    assert all(reasons)
    assert len(set(reasons)) == 5  # officers and staff are told the same
    assert access.why_not_confirm(head, entry) is None
    with pytest.raises(intake.Refused):
        intake.confirm_entry(entry, by=officer)
    gone = make.make_entry(entry.round, make.make_office("TH-83"))
    gone.state = Entry.State.WITHDRAWN
    for reader in (officer, head):
        assert access.why_not_confirm(reader, gone) == access.why_not_change(make.make_user("staff"), gone)
    entry.round.is_closed = True
    entry.round.save()
    assert access.why_not_confirm(officer, entry) == access.why_not_change(officer, entry)
    with pytest.raises(intake.Refused):
        intake.confirm_entry(entry, by=head)


@pytest.mark.parametrize(
    "change",
    [
        lambda entry, paper, by: intake.attach_evidence(
            entry, intake.HandIn("1.1.report"), by=by, url="https://a.example/"
        ),
        lambda entry, paper, by: intake.withdraw_evidence(paper, by=by),
        lambda entry, paper, by: intake.enter_values(entry, {("3.4.news", "2023-07"): "7"}, by=by),
    ],
    ids=["attached", "withdrawn", "amount"],
)
def test_what_the_office_changes_asks_again_and_the_first_stays_in_history(entry, officer, head, paper, change):
    intake.confirm_entry(entry, by=head)
    assert state(entry) == "confirmed"
    change(entry, paper, officer)
    assert state(entry) == "changed"
    if entry.evidence.exclude(status="withdrawn").exists():
        intake.confirm_entry(entry, by=head)
        assert (state(entry), entry.confirmations.count()) == ("confirmed", 2)


def test_what_reviewers_and_staff_do_changes_nothing(entry, officer, head, judge, paper):
    staff = make.make_user("staff")
    intake.confirm_entry(entry, by=head)
    intake.review_evidence(paper, by=judge, accept=False, reason="ไม่ครบ")
    intake.review_evidence(paper, by=judge, accept=True)
    intake.enter_values(entry, {("3.4.news", "2023-07"): "7"}, by=staff)
    assert state(entry) == "confirmed"


def test_staff_who_correct_an_office_s_amount_undo_its_confirmation(entry, officer, head):
    intake.enter_values(entry, {("3.4.news", "2023-07"): "7"}, by=officer)
    intake.confirm_entry(entry, by=head)
    intake.enter_values(entry, {("3.4.news", "2023-07"): "5"}, by=make.make_user("staff"))
    assert state(entry) == "changed"


def test_the_head_confirms_on_the_page_what_stood_there(client, entry, officer, head, paper):
    shown = page(client, head, entry)
    seen = shown.context["confirming"].digest
    assert paper.title in shown.content.decode()
    intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://krabi.example.org/2")
    address = reverse("confirmation", args=[entry.pk])
    moved = client.post(address, {"seen": seen})
    assert (moved.status_code, Confirmation.objects.count()) == (409, 0)
    assert "https://krabi.example.org/2" in moved.content.decode()
    done = client.post(address, {"seen": moved.context["confirming"].digest}, follow=True)
    assert (done.status_code, Confirmation.objects.count()) == (200, 1)
    assert "ยืนยันแล้ว" in done.content.decode()


def test_the_head_sees_what_stands_and_how(client, entry, officer, head, judge, paper):
    paper = intake.review_evidence(paper, by=judge, accept=False, reason="ขาดลายมือชื่อ")
    second = intake.HandIn("1.1.report", replaces=paper, revision=paper.revision)
    intake.attach_evidence(entry, second, by=officer, url="https://krabi.example.org/2")
    other = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://krabi.example.org/3")
    intake.review_evidence(other, by=judge, accept=True)
    shown = page(client, head, entry).content.decode()
    slot = shown[shown.index("รายงานการสร้างความรู้ Big Data", shown.index("in-title")) :]
    states = re.findall(r'class="status[^"]*"\s*>.*?</svg>([^<]+)</span>|krabi.example.org/(\d)"', slot)
    assert [one or number for one, number in states] == ["ตรวจรับแล้ว", "2", "รอตรวจรับ", "3", "1", "ส่งแทนแล้ว"]


def test_the_list_goes_by_the_scheme_and_names_channels(client, entry, head):
    gone = make.make_evidence(entry, "9.9.gone", submitted_at=make.at("2023-06-30"))
    late = make.make_evidence(entry, "1.3.publication", submitted_at=make.at("2023-06-20"), channels=["line"])
    early = make.make_evidence(entry, submitted_at=make.at("2023-06-10"))
    shown = page(client, head, entry)
    assert [slot.evidence for slot in shown.context["confirming"].handed_in] == [[early], [late], [gone]]
    assert "· LINE" in shown.content.decode()


def test_the_list_is_told_by_dimension_with_how_it_stands(client, entry, head):
    """Nothing of it is long before it is opened, and nothing that came back is hidden in it."""
    make.make_evidence(entry, "9.9.gone")
    make.make_evidence(entry, "5.report", status="returned")
    for requirement in ("1.1.report", "1.3.publication"):
        make.make_evidence(entry, requirement, status="accepted")
    shown = page(client, head, entry)
    parts = shown.context["confirming"].parts
    assert [part.dimension and part.dimension.code for part in parts] == ["1", "5", None]
    assert [part.tally for part in parts] == [[("accepted", 2)], [("returned", 1)], [("submitted", 1)]]
    titles = re.findall(r'class="fold-title">(.*?)<', shown.content.decode(), re.S)
    assert [title.strip()[:2] for title in titles] == ["1.", "5.", "สิ"]


def test_whoever_confirms_again_reads_what_was_changed(client, entry, officer, head, paper):
    intake.confirm_entry(entry, by=head, seen=digest_of(entry))
    assert "ถอนหลักฐาน" not in page(client, head, entry).content.decode()
    intake.withdraw_evidence(paper, by=officer)
    assert f"ถอนหลักฐาน {paper_title(entry)}" in page(client, head, entry).content.decode()


def test_the_page_asks_as_much_for_many_as_for_two(client, entry, head, django_assert_max_num_queries):
    def hand_in(count: int) -> None:
        for number in range(count):
            by = make.make_user("officer", office=entry.office)
            make.make_evidence(entry, ("1.1.report", "9.9.gone")[number % 2], submitted_by=by)
            make.make_value(entry, f"9.9.{by.pk}", "1", "2023-07", source="office")

    hand_in(2)
    page(client, head, entry)
    with django_assert_max_num_queries(100) as two:
        page(client, head, entry)
    hand_in(10)
    with django_assert_max_num_queries(len(two)):
        page(client, head, entry)


def test_a_draft_is_not_what_was_handed_in(client, entry, officer, head, paper):
    intake.save_answers(entry, "monthly-report", {"results": "ร่าง"}, by=officer, period="2023-07")
    confirming = page(client, head, entry).context["confirming"]
    assert [slot.evidence for slot in confirming.handed_in] == [[paper]]
    assert "draft" in {slot.state for slot in confirming.missing}
    assert sum(count for _state, count in confirming.missing_tally) == len(confirming.missing)


def test_what_the_scheme_asks_for_no_more_is_confirmed_and_listed_too(client, entry, head, paper):
    seen = digest_of(entry)
    make.make_evidence(entry, "9.9.gone", url="https://krabi.example.org/gone")
    make.make_value(entry, "9.9.amount", "1234", "2023-07", source="office")
    make.make_evidence(entry, "1.4.workshop", url="https://central.example.org/")
    assert digest_of(entry) != seen
    shown = page(client, head, entry).content.decode()
    listed = re.sub(r"<[^>]+>", " ", shown[shown.index("in-title") :])
    for text in ("9.9.gone", "krabi.example.org/gone", "9.9.amount 2023-07", "1234"):
        assert text in listed
    assert "central.example.org" not in listed


def test_officers_see_that_it_waits_for_the_head_and_ask_once(client, entry, officer, head, paper):
    shown = page(client, officer, entry).content.decode()
    assert "พัฒนาการจังหวัด" in shown
    assert "31 กรกฎาคม 2566" in shown  # the scheme's close
    address = reverse("confirmation-ask", args=[entry.pk])
    assert client.post(reverse("confirmation", args=[entry.pk])).status_code == 403
    for _time in range(2):
        assert client.post(address).status_code == 302
    (asked,) = Event.objects.filter(entry=entry, verb="confirmation.asked")
    assert (asked.actor, Event.objects.faults(entry)) == (officer, [])
    told = page(client, officer, entry).content.decode()
    new_head = make.make_user("officer", office=entry.office, is_head=True)
    assert address in page(client, officer, entry).content.decode(), "who is head now was not asked"
    client.post(address)
    assert Notice.objects.filter(user=new_head).exists()
    intake.confirm_entry(entry, by=new_head)
    assert not intake.ask_heads(entry, by=officer, tell=pytest.fail), "what is confirmed is asked of nobody"
    assert ("แจ้งหัวหน้าแล้ว เมื่อ" in told, address in told) == (True, False), "who comes later sees it"
    assert "แจ้งให้หัวหน้ายืนยันข้อมูลที่ส่ง" in client.get(reverse("deeds", args=[entry.pk])).content.decode()
    notice = Notice.objects.get(user=head)
    assert (notice.code, notice.data["path"]) == ("confirmation.asked", reverse("confirmation", args=[entry.pk]))
    client.force_login(head)
    assert "ยืนยัน" in client.get(reverse("notices")).content.decode()
    assert client.post(reverse("confirmation", args=[entry.pk]), {"seen": digest_of(entry)}).status_code == 302
    assert not Notice.objects.unread().filter(user=head).exists()  # what it asks for is done


def told_of(user, code: str) -> list:
    rows = Notice.objects.visible_to(user).filter(code=code).select_related("round__edition")
    return say(rows, user)


def test_heads_are_told_once_that_what_they_confirmed_was_changed(entry, officer, head, judge, paper):
    tell_recorded()
    assert not told_of(head, "confirmation.changed"), "nothing was confirmed yet"
    intake.confirm_entry(entry, by=head)
    intake.review_evidence(paper, by=judge, accept=True)
    tell_recorded()
    assert not told_of(head, "confirmation.changed"), "a review changes nothing"
    for number in range(3):
        url = f"https://krabi.example.org/more-{number}"
        intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url=url)
        tell_recorded()
    (said,) = told_of(head, "confirmation.changed")
    assert (said.path, "ยืนยันอีกครั้ง" in said.title) == (reverse("confirmation", args=[entry.pk]), True)
    assert not told_of(officer, "confirmation.changed")
    intake.confirm_entry(entry, by=head)
    intake.enter_values(entry, {("3.4.news", "2023-07"): "7"}, by=head)
    tell_recorded()
    assert len(told_of(head, "confirmation.changed")) == 1, "who changed it knows"
    intake.enter_values(entry, {("3.4.news", "2023-07"): "8"}, by=officer)
    tell_recorded()
    assert len(told_of(head, "confirmation.changed")) == 2


@pytest.mark.parametrize(("day", "days"), [("2023-07-24", 7), ("2023-07-28", 3), ("2023-07-30", 1), ("2023-07-29", 0)])
def test_heads_are_reminded_of_what_is_not_confirmed_before_the_close(judge, day, days):
    round = make.make_round(make.at(day, "09:00"), judges=[judge], needs_confirmation=True)
    waiting, confirmed, headless = (make.make_entry(round, code) for code in ("TH-81", "TH-82", "TH-83"))
    head, done = (make.make_user("officer", office=one.office, is_head=True) for one in (waiting, confirmed))
    officer = make.make_user("officer", office=headless.office)
    intake.attach_evidence(confirmed, intake.HandIn("1.1.report"), by=done, url="https://krabi.example.org/1")
    intake.confirm_entry(confirmed, by=done)
    reminders.remind()
    told = {
        user: [
            line.text
            for said in told_of(user, "deadline.near")
            for line in said.lines
            if line.path == reverse("confirmation", args=[entry.pk])
        ]
        for user, entry in ((head, waiting), (done, confirmed), (officer, headless))
    }
    assert {user: len(lines) for user, lines in told.items()} == {head: bool(days), done: 0, officer: bool(days)}
    assert all(f"เหลือ {days} วัน" in line for lines in told.values() for line in lines)


def test_without_a_head_the_page_says_whom_to_ask(client, entry, officer, paper):
    assert "ยังไม่ได้กำหนดหัวหน้า" in page(client, officer, entry).content.decode()
    assert client.post(reverse("confirmation-ask", args=[entry.pk])).status_code == 403


def test_the_scorecard_has_a_panel_and_a_round_without_confirmation_has_none(client, entry, head, officer, paper):
    rescore([entry.pk])
    client.force_login(head)
    address = reverse("confirmation", args=[entry.pk])
    assert address in client.get(reverse("scorecard", args=[entry.pk])).content.decode()
    entry.round.needs_confirmation = False
    entry.round.save()
    assert address not in client.get(reverse("scorecard", args=[entry.pk])).content.decode()


def test_staff_see_the_state_in_the_list_on_the_sheet_and_before_publishing(client, entry, head, judge, paper):
    client.force_login(make.make_user("staff"))
    listed, sheet = (
        reverse("admin:submissions_entry_changelist"),
        reverse("admin:submissions_sheet_of_entry", args=[entry.pk]),
    )
    for address in (listed, sheet, reverse("admin:submissions_entry_change", args=[entry.pk])):
        assert "ยังไม่ยืนยัน" in client.get(address).content.decode()
    matters = open_matters(entry.round, preparation_of(entry.round, at=make.NOW), at=make.NOW)
    assert any("ยืนยัน" in matter.text for matter in matters)
    intake.confirm_entry(entry, by=head)
    assert "ยืนยันแล้ว" in client.get(listed).content.decode()
    assert unconfirmed([entry]) == 0
    assert not any(
        "ยืนยัน" in matter.text
        for matter in open_matters(entry.round, preparation_of(entry.round, at=make.NOW), at=make.NOW)
    )


def test_the_list_asks_as_much_for_three_entries_as_for_one(client, entry, head, paper, django_assert_max_num_queries):
    intake.confirm_entry(entry, by=head)
    client.force_login(make.make_user("staff"))
    listed = reverse("admin:submissions_entry_changelist")
    client.get(listed)
    with django_assert_max_num_queries(100) as one:
        client.get(listed)
    for code in ("TH-90", "TH-91"):
        other = make.make_entry(entry.round, code)
        make.make_evidence(other)
        intake.confirm_entry(other, by=make.make_user("officer", office=other.office, is_head=True))
    with django_assert_max_num_queries(len(one)):
        assert client.get(listed).content.decode().count("ยืนยันแล้ว") == 3


def test_the_scorecard_leads_to_what_there_is_to_do(client, entry, officer, paper):
    card, said = reverse("scorecard", args=[entry.pk]), []

    def link(user) -> str:
        client.force_login(user)
        team = client.get(card).content.decode().partition(reverse("confirmation", args=[entry.pk]) + '"')[2]
        return re.sub("<svg.*?</svg>", "", team.partition(">")[2].partition("</a>")[0]).strip()

    said.append(link(officer))  # there is nobody to be told yet
    head = make.make_user("officer", full_name="พัฒนาการจังหวัด", is_head=True)
    said += [link(officer), link(head)]
    intake.confirm_entry(entry, by=head)
    said += [link(officer), link(head)]
    confirmed = "ดูข้อมูลที่ยืนยัน"
    assert said == ["ดูข้อมูลที่รอยืนยัน", "แจ้งหัวหน้าให้ยืนยัน", "ตรวจทานและยืนยัน", confirmed, confirmed]
