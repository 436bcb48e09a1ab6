"""What people are told of: who, once, in time, and in few words however much happened."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from submissions import intake
from submissions.models import Entry, Event, Notice, Round, ToldUpTo
from submissions.notices import from_events, tell
from submissions.notices.from_events import pass_over, tell_recorded
from submissions.notices.words import say
from submissions.templatetags.wording import entry_name
from tests import factories as make

pytestmark = pytest.mark.django_db
SLOT = "1.1.report"


@pytest.fixture
def judge():
    return make.make_user("judge")


@pytest.fixture
def entry(judge):
    return make.make_entry(make.make_round(judges=[judge]), "TH-81")


@pytest.fixture
def officer(entry):
    return make.make_user("officer", office=entry.office)


def hand_in(entry, officer, number: int = 1, **slot):
    url = f"https://cdd.example.org/paper-{number}"
    return intake.attach_evidence(entry, intake.HandIn(**{"requirement": SLOT, **slot}), by=officer, url=url)


def told_to(user) -> list:
    rows = Notice.objects.visible_to(user).select_related("round__edition")
    return say(rows, user)


def review(paper, judge, *, accept: bool = True):
    return intake.review_evidence(paper, by=judge, accept=accept, reason="" if accept else "ไม่มีลายมือชื่อ")


def do_return(entry, officer, judge, staff):
    review(hand_in(entry, officer), judge, accept=False)


def do_accept(entry, officer, judge, staff):
    review(hand_in(entry, officer), judge)


def do_write(entry, officer, judge, staff):
    intake.write_remark(entry, by=judge, requirement=SLOT, text="ขอดูหน้า 3")


def do_extend(entry, officer, judge, staff):
    until = make.at("2023-08-20").date()
    intake.grant_extension(entry, requirement=SLOT, period="", by=staff, until=until, reason="น้ำท่วม")


@pytest.mark.parametrize(
    ("deed", "code", "title", "line"),
    [
        (
            do_return,
            "evidence.returned",
            "ส่งคืนแก้ไข",
            "https://cdd.example.org/paper-1 – ไม่มีลายมือชื่อ · ส่งใหม่ได้ถึงวันที่ 31 กรกฎาคม 2566",
        ),
        (do_accept, "evidence.accepted", "ตรวจรับแล้ว", "https://cdd.example.org/paper-1"),
        (do_write, "remark.written", "ข้อความใหม่", "ขอดูหน้า 3"),
        (do_extend, "extension.granted", "ขยายเวลา", "ถึงวันที่ 20 สิงหาคม 2566 · น้ำท่วม"),
    ],
)
def test_an_office_is_told_what_reviewers_did_with_the_way_there(
    client, entry, officer, judge, staff, deed, code, title, line
):
    strangers = [make.make_user("officer", office=make.make_office("TH-50")), make.make_user("judge")]
    closed = make.make_user("officer", office=entry.office, is_active=False)
    deed(entry, officer, judge, staff)
    assert tell_recorded() == 1
    (said,) = told_to(officer)
    assert said.notice.code == code
    assert said.title.startswith(title)
    assert [one.text for one in said.lines] == [line]
    client.force_login(officer)
    opened = client.get(reverse("notice", args=[said.notice.pk]))
    assert opened.status_code == 302
    where = (
        reverse("thread", args=[entry.pk, SLOT]) if deed is do_write else reverse("criterion", args=[entry.pk, "1.1"])
    )
    assert opened.url.startswith(where + "#")
    assert client.get(opened.url).status_code == 200
    assert Notice.objects.get().read_at
    assert not Notice.objects.filter(user__in=[*strangers, closed, judge, staff]).exists()


def test_a_reviewer_is_told_what_the_office_wrote(entry, officer, judge, staff):
    second = make.make_user("judge")
    entry.round.judges.add(second)
    intake.write_remark(entry, by=officer, requirement=SLOT, text="ถึงคณะกรรมการ")
    tell_recorded()
    assert set(Notice.objects.values_list("user", flat=True)) == {judge.pk, second.pk}  # nobody took it on yet
    intake.write_remark(entry, by=second, requirement=SLOT, text="รับทราบ")
    intake.write_remark(entry, by=officer, requirement=SLOT, period="", text="ขอบคุณค่ะ")
    tell_recorded()
    told = Notice.objects.filter(code="remark.written")
    assert sorted(told.values_list("user", "data__count")) == sorted([(judge.pk, 1), (second.pk, 2), (officer.pk, 1)])


def test_who_may_give_more_time_is_told_of_what_is_written_after_the_last_day(entry, officer, judge, staff):
    intake.write_remark(entry, by=officer, requirement=SLOT, text="ถึงคณะกรรมการ")
    tell_recorded()
    assert not Notice.objects.filter(user=staff).exists()
    entry.round.clock_offset += timedelta(days=400)
    entry.round.save()
    intake.write_remark(entry, by=officer, requirement=SLOT, text="ขอขยายเวลาส่ง เนื่องจากน้ำท่วม")
    tell_recorded()
    assert "น้ำท่วม" in Notice.objects.get(user=staff).data["items"][0]["text"]
    assert Notice.objects.filter(user=judge).exists()


def test_a_judge_of_another_region_is_not_told(entry, officer):
    elsewhere = make.make_user("judge", office=make.make_office("R01", kind="region"))
    entry.round.judges.set([elsewhere])
    central = make.make_user("staff")
    intake.write_remark(entry, by=officer, requirement=SLOT, text="ถึงคณะกรรมการ")
    tell_recorded()
    assert list(Notice.objects.values_list("user", flat=True)) == [central.pk]


def test_an_office_without_officers_is_told_by_the_one_above_it(judge):
    province = make.make_office("TH-20")
    district = make.make_office("TH-2001", kind="district", parent=province)
    region = make.make_office("R02", kind="region")
    province.parent = region
    province.save()
    above = make.make_user("officer", office=province)
    make.make_user("officer", office=region)
    entry = make.make_entry(make.make_round(judges=[judge]), district)
    review(make.make_evidence(entry), judge)
    tell_recorded()
    assert list(Notice.objects.values_list("user", flat=True)) == [above.pk]


def test_the_same_is_told_once_however_often_the_job_runs(entry, officer, judge):
    review(hand_in(entry, officer), judge)
    assert (tell_recorded(), tell_recorded(), tell_recorded([entry.pk])) == (1, 0, 0)
    Notice.objects.all().update(read_at=timezone.now())
    assert tell_recorded() == 0


def test_what_cannot_be_told_of_one_entry_keeps_no_other_waiting(entry, officer, judge, monkeypatch):
    other = make.make_entry(entry.round, "TH-50")
    colleague = make.make_user("officer", office=other.office)
    for one in (entry, other):
        review(make.make_evidence(one), judge)
    item = from_events._item

    def stumble(event, *about):
        if event.entry_id == entry.pk:
            raise KeyError("ours")
        return item(event, *about)

    with monkeypatch.context() as broken:
        broken.setattr(from_events, "_item", stumble)
        assert tell_recorded() == 1
    assert {notice.user for notice in Notice.objects.all()} == {colleague}
    assert (tell_recorded(), tell_recorded()) == (1, 0)  # once it is mended
    assert Notice.objects.filter(user=officer).count() == 1


def test_a_worker_that_dies_before_it_noted_what_it_told_told_nobody(entry, officer, judge, monkeypatch):
    review(hand_in(entry, officer), judge)

    def die(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(ToldUpTo.objects, "bulk_update", die)
        with pytest.raises(KeyboardInterrupt):
            tell_recorded()
    assert not Notice.objects.exists()
    assert (tell_recorded(), tell_recorded()) == (1, 0)


def test_what_was_rolled_back_and_what_came_before_is_told_to_nobody(entry, officer, judge):
    review(hand_in(entry, officer), judge)
    pass_over([entry])
    assert tell_recorded() == 0
    review(hand_in(entry, officer, 2), judge)
    assert tell_recorded() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once(entry, officer, judge):
    paper = make.make_evidence(entry)
    for _ in range(5):
        with transaction.atomic():
            Entry.objects.select_for_update().get(pk=entry.pk)
            Event.objects.record(entry, "evidence.accepted", by=judge, evidence=paper.pk)
        workers = [Thread(target=at_work, args=[tell_recorded]) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert sum(Notice.objects.values_list("data__count", flat=True)) == 5


def at_work(job) -> None:
    job()
    connection.close()


def test_a_message_follows_the_commit_and_a_lost_one_is_made_good(
    entry, officer, judge, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr("submissions.receivers.send", lambda task, *args: sent.append((task.name, args)))
    paper = make.make_evidence(entry)
    with django_capture_on_commit_callbacks(execute=True):
        review(paper, judge)
        assert sent == []
    assert sent == [("submissions.tasks.tell", ([entry.pk],))]
    with django_capture_on_commit_callbacks(execute=True):
        intake.enter_values(entry, {("3.4.news", "2023-07"): "7"}, by=officer)
    assert len(sent) == 1, "nobody is told of an amount"
    assert tell_recorded() == 1  # as the sweep does


def test_two_hundred_decisions_are_one_notice_and_cost_little(entry, officer, judge, django_assert_max_num_queries):
    paper = make.make_evidence(entry)
    for decided in (150, 50):
        deeds = [{"evidence": paper.pk, "reason": ""}] * decided
        Event.objects.record_all(entry, "evidence.accepted", deeds, by=judge)
        with django_assert_max_num_queries(25):
            tell_recorded()
    (said,) = told_to(officer)
    assert (said.count, len(said.lines), said.left) == (200, 100, 100)
    assert "200" in said.title


def test_a_notice_that_grew_is_the_newest_again(entry, officer, judge):
    first, second = hand_in(entry, officer, 1), hand_in(entry, officer, 2)
    intake.review_evidence(first, by=judge, accept=False, reason="ไม่ครบ")
    tell_recorded()
    Notice.objects.update(at=timezone.now() - timedelta(minutes=5), latest_at=timezone.now() - timedelta(minutes=5))
    review(hand_in(entry, officer, 3), judge)
    tell_recorded()
    intake.review_evidence(second, by=judge, accept=False, reason="ไม่ครบ")
    tell_recorded()
    returned, accepted = told_to(officer)
    assert (returned.count, accepted.count) == (2, 1)
    assert returned.at >= accepted.at
    assert returned.notice.at < accepted.notice.at, "what is sent is not put off by it"


def test_a_notice_of_a_practice_round_is_told_by_its_clock(entry, officer, judge):
    review(hand_in(entry, officer), judge)
    tell_recorded()
    entry.round.clock_offset = timedelta(days=-1000)
    entry.round.save()
    (said,) = told_to(officer)
    assert said.at == said.notice.latest_at - timedelta(days=1000)


def test_what_comes_later_or_after_reading_is_a_notice_of_its_own(entry, officer, judge):
    for number, before in enumerate([{}, {"read_at": timezone.now()}, {"at": timezone.now() - timedelta(minutes=11)}]):
        Notice.objects.update(**before) if before else None
        review(hand_in(entry, officer, number), judge)
        tell_recorded()
    assert Notice.objects.count() == 3


def test_an_order_for_a_whole_round_is_one_notice_for_each_person(judge, staff):
    round = make.make_round(judges=[judge])
    province = make.make_office("TH-20")
    officer = make.make_user("officer", office=province)
    entries = [
        make.make_entry(round, make.make_office(f"TH-20{n:02}", kind="district", parent=province)) for n in range(1, 6)
    ]
    until = make.at("2023-08-20").date()
    slots = [(SLOT, ""), ("3.1.plan", "")]
    intake.grant_extensions(entries, by=staff, slots=slots, until=until, reason="น้ำท่วม")
    tell_recorded()
    (said,) = told_to(officer)
    assert (said.count, said.notice.entry) == (10, None)
    assert len({line.path for line in said.lines}) == 10
    assert str(entries[0].office) in said.lines[0].title


def test_whoever_moved_away_reads_no_more_of_the_old_office(client, entry, officer, judge):
    review(hand_in(entry, officer), judge, accept=False)
    tell_recorded()
    (notice,) = Notice.objects.visible_to(officer)
    officer.office = make.make_office("TH-50")
    officer.save()
    assert not Notice.objects.visible_to(officer).exists()
    client.force_login(officer)
    assert client.get(reverse("notice", args=[notice.pk])).status_code == 404
    assert "ไม่มีลายมือชื่อ" not in client.get(reverse("notices")).content.decode()


# Other apps, and pages


def test_others_tell_by_one_function_and_nobody_twice(entry, officer):
    closed = make.make_user("officer", office=entry.office, is_active=False)
    for _ in range(2):
        told = tell([officer, closed], Notice.Code.CONFIRMATION, key="confirmation/1", entry=entry, path="/calendar/")
    assert (told, Notice.objects.count()) == (0, 1)
    (said,) = told_to(officer)
    assert (said.path, said.where) == ("/calendar/", entry_name(entry))


def test_a_return_that_was_answered_is_news_no_more(client, entry, officer, judge):
    first, second = hand_in(entry, officer), make.make_evidence(entry, "1.4.report")
    review(first, judge, accept=False)
    tell_recorded()
    client.force_login(officer)
    page = client.get(reverse("notices")).content.decode()
    assert 'class="bell-count">1<' in page
    assert "is-new" in page
    intake.attach_evidence(entry, intake.HandIn(SLOT, replaces=first), by=officer, url="https://cdd.example.org/again")
    page = client.get(reverse("notices")).content.decode()
    assert "bell-count" not in page
    assert "is-new" not in page
    assert "แก้ไขแล้ว" in page
    review(second, judge, accept=False)  # of the same moment: told in the same notice, which asks for something again
    tell_recorded()
    assert 'class="bell-count">1<' in client.get(reverse("notices")).content.decode()


def test_the_bell_counts_and_reading_all_empties_it(client, entry, officer, judge):
    client.force_login(officer)
    review(hand_in(entry, officer), judge)
    tell_recorded()
    assert 'class="bell-count">1<' in client.get(reverse("notices")).content.decode()
    client.post(reverse("notices-read"))
    assert "bell-count" not in client.get(reverse("notices")).content.decode()


def test_that_it_is_practice_is_said_once_where_all_is(client, entry, officer, judge):
    client.force_login(officer)
    review(hand_in(entry, officer), judge)
    tell_recorded()
    said = []
    for offset in (timedelta(), timedelta(days=1)):
        Round.objects.filter(pk=entry.round_id).update(clock_offset=offset)
        said.append(client.get(reverse("notices")).content.decode().count("อบฝึกปฏิบัติ"))
    assert said == [0, 1]


def test_the_page_is_turned_and_costs_the_same_however_many(client, entry, officer, django_assert_max_num_queries):
    client.force_login(officer)
    costs = []
    for first, last in ((0, 3), (3, 25)):
        for number in range(first, last):
            item = {"entry": entry.pk, "requirement": SLOT, "period": "", "text": "x"}
            tell([officer], Notice.Code.ACCEPTED, key=f"n{number}", entry=entry, items=[item])
        with django_assert_max_num_queries(9) as seen:
            page = client.get(reverse("notices")).content.decode()
        costs.append(len(seen))
    assert costs[0] == costs[1]
    assert page.count('class="told ') == 20
    assert client.get(reverse("notices") + "?page=2").content.decode().count('class="told ') == 5
    assert client.get(reverse("notices") + "?page=nonsense").status_code == 200


def test_a_requirement_that_is_asked_no_more_leads_to_the_scorecard(entry, officer):
    item = {"entry": entry.pk, "requirement": "9.9", "period": "", "text": ""}
    tell([officer], Notice.Code.RETURNED, key="old", entry=entry, items=[item])
    (said,) = told_to(officer)
    assert said.path == reverse("scorecard", args=[entry.pk])


def test_an_office_is_told_that_the_criteria_were_changed_and_why(entry, officer, staff):
    text = entry.round.edition.text.replace("close: 2023-07-31", "close: 2023-08-31")
    given = {"reason": "เลื่อนวันสิ้นสุดตามหนังสือสั่งการ", "expected": entry.round.edition.digest}
    intake.adopt_edition(entry.round, text, by=staff, **given)
    assert (tell_recorded(), tell_recorded()) == (1, 0)
    (said,) = told_to(officer)
    assert said.title == "เกณฑ์ของรอบมีการเปลี่ยนแปลง"
    assert [(one.path, one.text) for one in said.lines] == [(reverse("scheme", args=[entry.round_id]), given["reason"])]


def test_what_can_be_sent_again_no_more_has_no_day(judge):
    entry = make.make_entry(make.make_round(make.at("2023-09-01"), judges=[judge]), "TH-81")
    officer = make.make_user("officer", office=entry.office)
    review(hand_in(entry, officer), judge, accept=False)
    tell_recorded()
    assert [one.text for one in told_to(officer)[0].lines] == ["https://cdd.example.org/paper-1 – ไม่มีลายมือชื่อ"]


def test_events_stay_whole(entry, officer, judge):
    do_return(entry, officer, judge, None)
    tell_recorded()
    assert Event.objects.faults(entry) == []
