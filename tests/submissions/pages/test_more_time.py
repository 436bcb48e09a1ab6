"""More time is asked for until a day, and refused, and everybody sees how that stands."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from scoring import engine
from scoring.pages.over import OverSlots
from scoring.pages.workplace import Workplace
from scoring.recompute import rescore
from scoring.scorecard import ScorecardView
from submissions import intake
from submissions.models import Entry, Extension, Notice, Remark
from submissions.notices.from_events import tell_recorded
from submissions.questions import more_time
from tests import factories as make

pytestmark = pytest.mark.django_db
SLOT, PERIOD = "4.2.activity", "q2"  # until 15 March 2566
QUERY = f"?period={PERIOD}"


@pytest.fixture
def judge():
    return make.make_user("judge")


@pytest.fixture
def entry(judge):
    return make.make_entry(make.make_round(judges=[judge]), "TH-81")


@pytest.fixture
def officer(entry):
    return make.make_user("officer", office=entry.office, full_name="นายเจ้าหน้าที่ กระบี่")


@pytest.fixture
def staff():
    return make.make_user("staff")


@pytest.fixture
def soon(entry) -> date:
    """A day on which nobody waits any more."""
    return engine.day_of(entry.round.now()) + timedelta(days=10)


def page(entry, name="more-time") -> str:
    return reverse(name, args=[entry.pk, SLOT]) + QUERY


def ask(entry, officer, until, text="น้ำท่วมสำนักงาน") -> Remark:
    return intake.ask_for_more_time(entry, by=officer, requirement=SLOT, period=PERIOD, until=until, text=text)


def request_of(entry) -> more_time.Request:
    return more_time.requests_of(entry)[SLOT, PERIOD]


def written(day: date) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year + 543}"


def test_who_asks_again_in_the_same_words_after_less_time_was_given_asks_anew(entry, officer, staff, soon):
    first, again = ask(entry, officer, soon), ask(entry, officer, soon)
    assert first == again  # sent twice
    until = soon - timedelta(days=5)
    intake.grant_extensions([entry], by=staff, slots=[(SLOT, PERIOD)], until=until, reason="น้ำท่วม", order_number="")
    assert request_of(entry).state == "given"
    assert ask(entry, officer, soon) != first
    assert request_of(entry).waits


def test_a_refusal_in_the_words_of_the_message_before_refuses(entry, officer, staff, soon):
    ask(entry, officer, soon)
    words = {"requirement": SLOT, "period": PERIOD, "text": "ขอเอกสารเพิ่มก่อน"}
    intake.write_remark(entry, by=staff, **words)
    intake.refuse_more_time(entry, by=staff, **words)
    assert request_of(entry).is_refused


def test_a_half_written_request_is_refused_with_every_fault_and_keeps_what_was_typed(client, entry, officer, soon):
    client.force_login(officer)
    for until, text, fault in (
        ("", "", "ต้องการเวลาถึงวันใด"),
        ("14/03/2566", "", "ผ่านไปแล้ว"),
        ("เมื่อไรก็ได้", "", "กรอกวัน เดือน และปี"),
        (written(soon + timedelta(days=900)), "", "ตรวจปีอีกครั้ง"),
    ):
        answer = client.post(page(entry), {"until": until, "text": text})
        html = answer.content.decode()
        assert answer.status_code == 422
        assert fault in html
        assert "เหตุผลที่ขอขยายเวลา" in html, "the reason is missing too, and that is told at once"
        assert f'value="{until}"' in html or not until
    answer = client.post(page(entry), {"until": "", "text": "น้ำท่วม"})
    assert "น้ำท่วม</textarea>" in answer.content.decode()
    assert not Remark.objects.exists()


def test_a_day_that_one_has_anyway_is_not_asked_for(entry, officer, soon):
    make.make_extension(entry, SLOT, soon.isoformat(), period=PERIOD)
    with pytest.raises(intake.Refused) as refused:
        ask(entry, officer, soon)
    assert "ส่งได้ถึงวันที่" in refused.value.reasons["until"][0]


def test_what_is_asked_for_is_told_to_who_gives_it_and_stands_at_the_slot_until_it_is_answered(
    client, entry, officer, judge, staff, soon
):
    client.force_login(officer)
    criterion = reverse("criterion", args=[entry.pk, "4.2"])
    assert page(entry).replace("&", "&amp;") in client.get(criterion).content.decode(), "never handed in: a way to ask"
    sent = client.post(page(entry), {"until": written(soon), "text": "น้ำท่วมสำนักงาน"})
    assert (sent.status_code, sent.url) == (302, page(entry, "thread") + "#newest")
    assert request_of(entry).waits
    for address in (criterion, page(entry, "thread")):
        html = client.get(address).content.decode()
        assert "รอคำตอบ" in html
        assert page(entry) not in html, "it is not asked for twice"
    tell_recorded()
    notice = Notice.objects.get(user=staff)
    assert notice.data["items"][0]["wished"] == soon.isoformat()
    client.force_login(staff)
    html = client.get(page(entry, "thread")).content.decode()
    assert "ขอขยายเวลา" in html
    giving = html.split('href="' + reverse("admin:submissions_extension_add"))[1].split('"')[0].replace("&amp;", "&")
    asked = parse_qs(urlsplit(giving).query)
    assert (asked["until"], asked["slots"]) == ([soon.isoformat()], [f"{SLOT}|{PERIOD}"])
    add = reverse("admin:submissions_extension_add") + giving
    assert f'value="{written(soon)}"' in client.get(add).content.decode(), "the day that was wished for"
    form = {"whom": f"entry.{entry.pk}", "slots": f"{SLOT}|{PERIOD}", "until": written(soon), "reason": "น้ำท่วม"}
    if soon > entry.round.scheme.close:
        form["beyond_close"] = "on"
    given = client.post(add, form)
    assert (given.status_code, given.url) == (302, page(entry, "thread")), "back to where it was asked for"
    assert Extension.objects.get().until == soon
    assert request_of(entry).state == "given"
    client.force_login(officer)
    assert "รอคำตอบ" not in client.get(page(entry, "thread")).content.decode()


def test_giving_leads_to_no_other_site(client, entry, staff, soon):
    client.force_login(staff)
    form = {"whom": f"entry.{entry.pk}", "slots": f"{SLOT}|{PERIOD}", "until": written(soon), "reason": "น้ำท่วม"}
    add = reverse("admin:submissions_extension_add") + "?next=https://elsewhere.example/"
    given = client.post(add, form | {"beyond_close": "on"})
    assert given.url == reverse("admin:submissions_extension_changelist")


def test_a_refusal_says_why_and_one_may_ask_again(client, entry, officer, staff, soon):
    ask(entry, officer, soon)
    client.force_login(staff)
    answer = client.post(page(entry), {"text": " "})
    assert answer.status_code == 422
    assert "เหตุผลที่ไม่ขยายเวลา" in answer.content.decode()
    answer = client.post(page(entry), {"text": "ครบกำหนดมานานแล้ว"})
    assert (answer.status_code, answer.url) == (302, page(entry, "thread") + "#newest")
    assert request_of(entry).is_refused
    tell_recorded()
    assert Notice.objects.get(user=officer).data["items"][0]["refuses"]
    assert client.get(page(entry)).status_code == 403, "nobody waits any more"
    with pytest.raises(intake.Refused):
        intake.refuse_more_time(entry, by=staff, requirement=SLOT, period=PERIOD, text="อีกครั้ง")
    client.force_login(officer)
    html = client.get(page(entry, "thread")).content.decode()
    assert "ไม่ขยายเวลา" in html
    assert page(entry) in html
    ask(entry, officer, soon, "ขออีกครั้ง")
    assert request_of(entry).waits


def test_who_may_ask_and_who_may_refuse(client, entry, officer, judge, staff, soon):
    client.force_login(judge)
    assert client.get(page(entry)).status_code == 403
    client.force_login(make.make_user("officer", office=make.make_office("TH-50")))
    assert client.get(page(entry)).status_code == 404
    client.force_login(officer)
    assert client.get(page(entry)).status_code == 200
    assert client.get(reverse("more-time", args=[entry.pk, "4.1.nothing"])).status_code == 404
    ask(entry, officer, soon)
    for user in (officer, judge):
        with pytest.raises(intake.Refused):
            intake.refuse_more_time(entry, by=user, requirement=SLOT, period=PERIOD, text="ไม่ให้")
    with pytest.raises(intake.Refused):
        ask(entry, staff, soon)
    entry.round.is_closed = True
    entry.round.save()
    assert client.get(page(entry)).status_code == 403


def test_the_home_names_what_was_never_handed_in_and_what_was_asked(client, entry, officer, soon):
    rescore([entry.pk])
    client.force_login(officer)
    home = reverse("scorecard", args=[entry.pk])
    assert page(entry) in client.get(home).content.decode()
    ask(entry, officer, soon)
    html = client.get(home).content.decode()
    assert page(entry) not in html
    assert "รอคำตอบ" in html
    missed = OverSlots(Workplace(entry, ScorecardView(entry, "th"), officer)).missed
    assert [one.request.until for one in missed if one.request] == [soon]


def test_asking_moves_no_score(entry, officer, soon):
    before = Entry.objects.get(pk=entry.pk).facts_version
    ask(entry, officer, soon)
    assert Entry.objects.get(pk=entry.pk).facts_version == before
