"""An office's place of work: the cheapest points, what came back, what is due, and the others."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from scoring.pages.tasks import SHOWN, Tasks
from scoring.pages.workplace import FEW, Country, country
from scoring.recompute import rescore
from scoring.scorecard import ScorecardView
from submissions import intake
from submissions.models import Entry
from tests import factories as make

from .office import text_of, workplace

pytestmark = pytest.mark.django_db


def tasks(entry: Entry, user) -> Tasks:
    return Tasks(workplace(entry, user), [])


def solid_buttons(page: str) -> int:
    return page[page.index("<main") : page.index("</main>")].count("btn-primary")


def test_what_brings_most_comes_first_after_what_is_due_within_a_week(entry, officer):
    rescore([entry.pk])
    found = tasks(entry, officer)
    urgent = [task.until is not None and task.until <= found.today + timedelta(days=7) for task in found.all]
    assert urgent == sorted(urgent, reverse=True)
    gains = [task.gain for task in found.all if task.until is None or task.until > found.today + timedelta(days=7)]
    assert gains == sorted(gains, reverse=True)
    assert found.most in found.shown
    assert found.most.gain == max(task.gain for task in found.all)
    assert found.easiest is None or found.easiest.worth == max(task.worth for task in found.all)
    assert len(found.shown) + len(found.rest) == len(found.all)


def test_each_thing_stands_there_once(entry, officer):
    make.make_evidence(entry, "1.1.report", status="returned")
    make.make_evidence(entry, "1.1.report", status="returned")
    rescore([entry.pk])
    found = tasks(entry, officer)
    slots = [slot for task in found.all for slot in task.slots]
    slots += [item.deadline.asked.slot for item in found.also_due]
    assert len(slots) == len(set(slots))
    assert {item.deadline.asked.slot for item in workplace(entry, officer).soon} <= set(slots)
    again = found.all[0]
    assert (again.state, len(again.returned), again.gain) == ("returned", 2, 5)
    # One report is read by two criteria: it is one thing, with the points of both.
    (report,) = [task for task in found.all if ("5.report", "") in task.slots]
    assert [known.code for known in report.criteria] == ["5.1", "5.2"]
    assert (report.gain, report.is_at_most) == (10, True)


def test_while_the_score_is_computed_what_is_due_is_told_and_nothing_false(client, entry, officer):
    back = make.make_evidence(entry, "1.1.report", status="returned")
    found = tasks(entry, officer)
    assert found.all[0].returned[0].evidence == back
    assert {slot for task in found.all for slot in task.slots} > {("1.1.report", "")}
    assert not any(task.gain for task in found.all)
    page = text_of(client, entry)
    assert "จะแสดงเมื่อคำนวณคะแนนเสร็จ" in page
    for false in ("ขณะนี้ไม่มีรายการที่ส่งเพิ่มเพื่อให้ได้คะแนนอีก", "ไม่มีคะแนนให้ทำเพิ่ม", "คะแนนเต็ม</span>"):
        assert false not in page


def test_doing_the_easiest_thing_gains_what_was_said(entry, officer):
    rescore([entry.pk])
    found = [task for task in tasks(entry, officer).all if not task.more and task.things == 1 and not task.is_at_most]
    first = max(found, key=lambda task: task.worth)
    ((code, period),) = first.slots
    make.make_evidence(entry, code, period, status="accepted")
    rescore([entry.pk])
    card = ScorecardView(Entry.objects.with_round().get(pk=entry.pk), "th")
    earned = [Decimal(card.criterion(known.code).verified["earned"]) for known in first.criteria]
    assert sum(earned) == first.gain


def test_a_form_that_somebody_began_is_shown_as_draft_and_leads_on(client, entry, officer):
    rescore([entry.pk])
    form = reverse("form", args=[entry.pk, "innovation-report"])
    assert form not in text_of(client, entry)
    intake.save_answers(entry, "innovation-report", {"name-th": "น้ำใจ"}, by=officer)
    rescore([entry.pk])
    (task,) = [task for task in tasks(entry, officer).all if task.state == "draft"]
    assert (task.url, ("5.report", "") in task.slots) == (form, True)
    assert form in text_of(client, entry)
    make.make_evidence(entry, "5.report", status="returned")
    rescore([entry.pk])
    (task,) = [task for task in tasks(entry, officer).all if ("5.report", "") in task.slots]
    slot = reverse("criterion", args=[entry.pk, "5.1"]) + "#slot-5-report"
    assert (task.state, task.url) == ("returned", slot), "not every reason is answered by the form"
    intake.save_answers(entry, "innovation-report", {}, by=officer)
    assert form not in text_of(client, entry)


def test_what_came_back_is_shown_until_it_is_sent_again(client, entry, officer):
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    sent = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://krabi.example/1")
    intake.review_evidence(sent, by=judge, accept=False, reason="ขาดลายมือชื่อ")
    rescore([entry.pk])
    page = text_of(client, entry)
    assert "ขาดลายมือชื่อ" in page
    assert reverse("criterion", args=[entry.pk, "1.1"]) + "#slot-1-1-report" in page
    intake.attach_evidence(entry, intake.HandIn("1.1.report", replaces=sent), by=officer, url="https://krabi.example/2")
    here = workplace(entry, officer)
    assert (here.returned, [one.url for one in here.waiting]) == ([], ["https://krabi.example/2"])


def test_of_what_came_back_only_what_still_counts_asks_for_something(client, entry, officer):
    due = make.make_evidence(entry, "1.1.report", status="returned")
    gone = make.make_evidence(entry, "4.2.activity", "q2", status="returned")
    # More time was given for a quarter, whose points hang on the quarter before.
    idle = make.make_evidence(entry, "4.2.activity", "q3", status="returned")
    make.make_extension(entry, "4.2.activity", "2023-07-25", period="q3")
    settled = make.make_evidence(entry, "1.4.report", status="returned")
    make.make_evidence(entry, "1.4.report", status="accepted")
    rescore([entry.pk])
    here = workplace(entry, officer)
    assert [one.evidence for one in here.to_send_again] == [due]
    assert [one.evidence for one in here.to_let_lie] == [idle, settled]
    assert [one.evidence for one in here.lost] == [gone]
    page = " ".join(text_of(client, entry).split())
    assert "ภายใน 31 ก.ค. 2566" in page[: page.index("back-rest")]
    assert "ส่งใหม่ได้ถึงวันที่ 25 กรกฎาคม 2566 แต่ขณะนี้ไม่เพิ่มคะแนน" in page
    lost = page[page.index('class="lost"') : page.index("back-rest")]  # in no fold
    assert "ภายใน 15 มี.ค. 2566" in lost
    assert "ขอขยายเวลาส่ง" in lost
    assert "รายการนี้มีหลักฐานอื่นที่ส่งไว้แล้ว" in page
    assert len(tasks(entry, officer).shown) == SHOWN - 1  # the list leaves room for it
    assert reverse("more-time", args=[entry.pk, "4.2.activity"]) + "?period=q2" in lost
    slot = client.get(reverse("criterion", args=[entry.pk, "1.4"])).content.decode()
    assert "ส่งแทนหลักฐานที่ถูกส่งคืนได้ถึงวันที่ 31 กรกฎาคม 2566" in slot


@pytest.mark.parametrize(("status", "may_earn"), [("submitted", True), ("accepted", False)])
def test_what_came_back_beside_what_claims_its_points_earns_only_if_that_comes_back_too(client, status, may_earn):
    june = make.make_contest_round("milestone-2568", now=make.at("2025-06-20"))
    entry = make.make_entry(june, make.make_office("TH-3401", kind="district", size=""))
    officer = make.make_user("officer", office=entry.office)
    make.make_evidence(entry, "2025-06.partners", status="returned", submitted_at=make.at("2025-06-10"))
    better = make.make_evidence(entry, "2025-06.data_and_partners", status=status, submitted_at=make.at("2025-06-10"))
    rescore([entry.pk])
    here = workplace(entry, officer)
    (back,) = here.to_let_lie
    assert (back.earns, back.may_earn) == (False, may_earn)
    assert "2025-06" not in {one.criterion.code for one in here.advice}
    client.force_login(officer)
    page = " ".join(text_of(client, entry).split())
    assert "ส่งใหม่ได้ถึงวันที่ 30 มิถุนายน 2568 แต่ขณะนี้ไม่เพิ่มคะแนน" in page
    assert ("อาจได้คะแนนหากหลักฐานที่รอตรวจอยู่ถูกส่งคืน" in page) is may_earn
    better.status, better.return_reason = "returned", "เอกสารไม่ครบ"
    better.save()
    rescore([entry.pk])
    assert len(workplace(entry, officer).to_send_again) == 2


@pytest.mark.parametrize(("status", "awaits"), [("submitted", True), ("accepted", False)])
def test_what_came_back_beside_a_paper_that_waits_is_asked_for(client, entry, officer, status, awaits):
    """Only the office knows whether one stands for the other: of a signed report and its pictures both are needed."""
    make.make_evidence(entry, "1.1.report", status="returned")
    make.make_evidence(entry, "1.1.report", status=status)
    rescore([entry.pk])
    here = workplace(entry, officer)
    assert len(here.to_send_again) == awaits
    assert len(here.to_let_lie) == (not awaits)
    client.force_login(officer)
    slot = client.get(reverse("criterion", args=[entry.pk, "1.1"])).content.decode()
    for page in (text_of(client, entry), slot):
        assert ("หากรายการที่ถูกส่งคืนยังจำเป็น" in " ".join(page.split())) is awaits


def test_what_others_must_do_is_no_advice_of_the_office_s(entry, officer):
    for code in ("5.report", "5.checklist"):
        make.make_evidence(entry, code, status="accepted")
    rescore([entry.pk])
    here = workplace(entry, officer)
    assert {"5.1", "5.2"} <= {one.criterion.code for one in here.elsewhere}
    assert not {one.criterion.code for one in here.elsewhere} & {one.criterion.code for one in here.advice}
    asked = {code: one.by for code, one in (entry.round.scheme.requirements | entry.round.scheme.values).items()}
    assert all(any(asked[i.code] == "office" for i in one.criterion.inputs if i.code in asked) for one in here.advice)


def test_what_the_office_can_do_alone_is_promised_alone(entry, officer):
    """Three figures of its own, one of which earns only once central staff have entered theirs."""
    months = [period.code for period in entry.round.scheme.values["3.4.news"].periods][:-1]
    for code, amount in (("news", "10"), ("webex", "3"), ("conference_early", "1"), ("conference_held", "1")):
        for month in months:
            make.make_value(entry, f"3.4.{code}", amount, period=month)
    rescore([entry.pk])
    (task,) = [task for task in tasks(entry, officer).all if task.criteria[0].code == "3.4"]
    assert {code for code, _period in task.slots} == {"3.4.news", "3.4.webex"}
    assert (task.gain, task.things) == (3, 2)
    assert "ส่วนกลาง" not in " ".join(task.more)


def test_what_only_others_can_earn_is_told_as_theirs(client, entry, officer):
    for code in ("5.report", "5.checklist"):
        make.make_evidence(entry, code, status="accepted")
    rescore([entry.pk])
    card = workplace(entry, officer).card
    assert {"5.1", "5.2"} <= card.left_to_others
    assert "1.1" not in card.left_to_others
    rows = dict(re.findall(r'criteria/([\d.]+)/">.*?</a>(.*?)</li>', text_of(client, entry), re.DOTALL))
    assert "รอผู้อื่น" in rows["5.1"]
    assert "รอผู้อื่น" not in rows["1.1"]
    assert "ทำเพิ่มได้" in rows["1.1"]


def test_what_is_also_due_promises_no_points_that_stand_above(client, entry, officer):
    rescore([entry.pk])
    page = text_of(client, entry)
    fold = page[page.index('id="tasks-due"') :]
    fold = fold[: fold.index("</details>")]
    assert "owed" in fold
    assert "ได้อีกถึง" not in fold


def test_what_is_due_within_thirty_days_and_not_done(entry, officer):
    here = workplace(entry, officer)
    assert here.soon
    assert all(here.today <= item.deadline.day <= here.today + timedelta(days=30) for item in here.soon)
    asked = here.soon[0].deadline.asked
    assert asked.kind == "requirement"
    make.make_evidence(entry, asked.code, period=asked.slot[1])
    left = {item.deadline.asked.slot for item in workplace(entry, officer).soon}
    assert asked.slot not in left
    assert len(left) == len(here.soon) - 1


@pytest.mark.parametrize(("visibility", "told"), [("hidden", False), ("own", True)])
def test_the_median_of_all_as_far_as_ranks_are_shown(client, entry, officer, visibility, told):
    entry.round.rank_visibility = visibility
    entry.round.save()
    for number in range(1, FEW + 1):
        parts = {"1": {"earned": f"{number}.50", "attainable": "20.00", "max": "20.00"}}
        make.put_card(make.make_entry(entry.round, make.make_office(f"TH-{number}0")), f"{number}.50", dimensions=parts)
    rescore([entry.pk])
    found = {beside.line.code: beside for beside in workplace(entry, officer).beside}
    told_of = Country(Decimal("3"), Decimal("4.25"))  # of 0, 1.5, 2.5, 3.5, 4.5, 5.5
    assert found["1"].country == (told_of if told else None)
    assert found["1"].distance == (-3 if told else 0)
    assert workplace(entry, officer).whole_beside.country == (told_of if told else None)
    assert ("ต่ำกว่ามัธยฐาน 3 คะแนน" in text_of(client, entry)) is told
    assert ('id="country-title"' in text_of(client, entry)) is told


def test_no_median_of_a_few(entry):
    rescore([entry.pk])
    assert country(entry.round) == {}


def test_the_page_costs_the_same_with_much_as_with_little(client, entry, officer, django_assert_max_num_queries):
    def cost() -> int:
        rescore([entry.pk])
        with django_assert_max_num_queries(16) as found:
            client.get(reverse("scorecard", args=[entry.pk]))
        return len(found)

    make.make_evidence(entry, "1.1.report", status="returned", return_reason="แก้ไข")
    cost()  # what the process keeps
    little = cost()
    for number in range(3):
        sent = intake.attach_evidence(
            entry, intake.HandIn("1.4.report"), by=officer, url=f"https://krabi.example/{number}"
        )
        rescore([entry.pk])
    intake.withdraw_evidence(sent, by=officer)
    assert cost() == little


def test_whoever_did_nothing_yet_finds_one_button(client, entry, officer):
    rescore([entry.pk])
    page = text_of(client, entry)
    assert "เริ่มต้นใช้งาน" in page
    assert "ส่งหลักฐานชิ้นแรก" in page
    assert solid_buttons(page) == 1
    assert 'href="/help/"' in page
    intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://www.example.go.th/1")
    assert "เริ่มต้นใช้งาน" not in text_of(client, entry)


def test_judges_and_central_staff_read_the_same_page_without_the_list(client, entry, officer):
    rescore([entry.pk])
    intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://www.example.go.th/1")
    rescore([entry.pk])
    assert 'id="tasks-title"' in text_of(client, entry)
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    make.make_sheet(entry, judge)
    rescore([entry.pk])
    for reader in (make.make_user("staff"), judge):
        client.force_login(reader)
        page = text_of(client, entry)
        assert 'id="tasks-title"' not in page
        assert 'id="dimension-1"' in page


def test_a_head_reads_first_what_is_to_be_confirmed_and_what_changed_since(client, entry, officer):
    entry.round.needs_confirmation = True
    entry.round.save()
    head = make.make_user("officer", office=entry.office, is_head=True)
    intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://www.example.go.th/1")
    client.force_login(head)
    page = text_of(client, entry)
    assert "ยืนยันข้อมูลที่ส่งภายใน" in page
    assert page.index("ตรวจทานและยืนยัน") < page.index('id="progress"')
    assert solid_buttons(page) == 1
    intake.confirm_entry(entry, by=head)
    assert "ตรวจทานและยืนยัน" not in text_of(client, entry)
    intake.attach_evidence(entry, intake.HandIn("1.4.report"), by=officer, url="https://www.example.go.th/2")
    page = text_of(client, entry)
    top = page[page.index("confirm-now") : page.index('id="progress"')]
    titles = [entry.round.scheme.requirements[code].title.th for code in ("1.1.report", "1.4.report")]
    assert [title in top for title in titles] == [False, True]
    client.force_login(officer)
    assert "confirm-now" not in text_of(client, entry)
