"""Where numbers are reviewed: one number of all offices beside each other, accepted in one go or returned singly."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from submissions import intake
from submissions.models import Value
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db
MAY = "2023-05"


@pytest.fixture
def round():
    return make.make_round(
        judges=[
            make.make_user("judge", "preecha"),
            make.make_user("judge", "second"),
        ]
    )


@pytest.fixture
def judge(client, round):
    judge = round.judges.get(username="preecha")
    client.force_login(judge)
    return judge


def news(round, *texts: str) -> list[Value]:
    """The same month of so many offices."""
    return [make.make_value(make.make_entry(round), "3.4.news", text, MAY) for text in texts]


def column(round) -> str:
    return reverse("admin:submissions_value_column", args=[round.pk, "3.4.news"]) + f"?period={MAY}"


def test_the_queue_tells_what_waits(client, round, judge):
    news(round, "10", "11")
    page = flat(client.get(reverse("admin:submissions_value_waiting")).content.decode())
    assert f'href="{column(round)}"' in page
    assert page.count('<span class="tag tag-wait">2</span>') == 1


def test_a_column_shows_how_all_lie_and_is_accepted_but_for_what_is_far_off(client, round, judge):
    rows = news(round, *map(str, range(8, 17)), "900")
    page = client.get(column(round)).content.decode()
    assert page.count('name="seen"') == 10
    ticked = [row for row in rows if f'value="{row.pk}.1"\n                      checked' in page]
    assert ticked == rows[:-1], "what is far from the others is looked at first"
    sent = {"seen": [f"{row.pk}.{row.revision}" for row in ticked]}
    answer = client.post(column(round), sent, follow=True)
    assert "ตรวจรับแล้ว 9 ค่า" in answer.content.decode()
    assert list(Value.objects.filter(status="submitted")) == [rows[-1]]


def test_a_single_one_is_returned_with_its_reason_and_its_thread(client, round, judge):
    (value,) = news(round, "10")
    address = reverse("admin:submissions_value_decide", args=[value.pk])
    assert client.post(address, {"decision": "return", "revision": 1}).status_code == 422
    answer = client.post(address, {"decision": "return", "revision": 1, "phrase": "ไม่มีหลักฐาน", "reason": "ขอลิงก์"})
    assert answer.url == column(round)
    value.refresh_from_db()
    assert (value.status, value.return_reason) == ("returned", "ไม่มีหลักฐาน\nขอลิงก์")
    officer = make.make_user(office=value.entry.office)
    client.force_login(officer)
    thread = reverse("thread", args=[value.entry_id, "3.4.news"]) + f"?period={MAY}"
    assert "ขอลิงก์" in client.get(thread).content.decode()
    assert client.post(thread, {"text": "ลิงก์อยู่ในรายงานแล้ว"}).status_code == 302
    assert value.entry.remarks.get().requirement == "3.4.news"
    page = flat(client.get(reverse("criterion", args=[value.entry_id, "3.4"])).content.decode())
    assert "ขอลิงก์" in page
    assert "preecha" not in page, "why it came back, and not from whom"


def test_the_second_of_two_is_told_what_the_first_decided(client, round, judge):
    (value,) = news(round, "10")
    intake.review_values(round, {value.pk: 1}, by=round.judges.get(username="second"), accept=True)
    same = client.post(column(round), {"seen": [f"{value.pk}.1"]}, follow=True)
    assert "มีผู้อื่นตัดสินเช่นเดียวกันไว้แล้ว" in same.content.decode()
    address = reverse("admin:submissions_value_decide", args=[value.pk])
    other = client.post(address, {"decision": "return", "revision": 1, "reason": "ไม่ครบ"})
    assert other.status_code == 409
    assert "ไม่ครบ" in other.content.decode()


def test_nobody_else_comes_in_by_any_door(client, round):
    (value,) = news(round, "10")
    doors = [
        reverse("admin:submissions_value_waiting"),
        column(round),
        reverse("admin:submissions_value_decide", args=[value.pk]),
    ]
    elsewhere = make.make_user("judge")
    make.make_round(judges=[elsewhere])
    client.force_login(elsewhere)
    assert column(round) not in client.get(doors[0]).content.decode()
    for door in doors[1:]:
        assert client.get(door).status_code == client.post(door, {"seen": f"{value.pk}.1"}).status_code == 404
    client.force_login(make.make_user(office=value.entry.office))
    for door in doors:
        assert client.get(door).status_code in (302, 403)
        assert client.post(door, {"seen": f"{value.pk}.1", "decision": "accept", "revision": 1}).status_code in (
            302,
            403,
        )
    value.refresh_from_db()
    assert value.status == "submitted"


@pytest.mark.parametrize("door", ["column", "waiting"])
def test_no_page_asks_more_of_the_database_for_more_offices(client, round, judge, door):
    address = column(round) if door == "column" else reverse("admin:submissions_value_waiting")

    def statements() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert client.get(address).status_code == 200
        return len(taken)

    news(round, "10")
    statements()
    one = statements()
    news(round, "11", "12")
    assert statements() == one


def test_what_proves_a_number_is_asked_for_with_it_and_stands_beside_it(client, judge):
    text = make.make_edition().text.replace("  3.4.news:\n", "  3.4.news:\n    proof: 3.5.report\n")
    round = make.make_round(judges=[judge], edition=make.make_edition(text))
    (value,) = news(round, "10")
    assert "ไม่มีหลักฐาน" in client.get(column(round)).content.decode()
    paper = make.make_evidence(value.entry, "3.5.report", MAY, url="https://news.example.org/krabi")
    page = client.get(column(round)).content.decode()
    assert reverse("admin:submissions_evidence_change", args=[paper.pk]) in page
    assert "ไม่มีหลักฐาน" not in page
    client.force_login(make.make_user(office=value.entry.office))
    asked = client.get(reverse("criterion", args=[value.entry_id, "3.4"])).content.decode()
    assert 'id="slot-3-5-report-2023-05"' in asked, "the office hands it in where the number is"


@pytest.mark.parametrize("veiled", [False, True])
def test_a_judge_s_tables_hold_the_offices_they_may_know_and_no_others(client, round, judge, veiled):
    staff = make.make_user("staff")
    own, aside, others = rows = news(round, "10", "11", "12")
    second = round.judges.get(username="second")
    shares = {row.entry_id: [judge.pk] for row in rows} | {others.entry_id: [second.pk]}
    intake.assign_judges(round, shares, by=staff)
    intake.say_conflicts([aside.entry], judge, by=staff, reason="ญาติ")
    round.refresh_from_db()
    round.is_blind = veiled
    round.save()
    hidden = rows if veiled else [aside, others]
    waiting = client.get(reverse("admin:submissions_value_waiting"))
    page = client.get(column(round), follow=True)
    for row in rows:
        is_hidden = row in hidden
        assert (str(row.entry.office) in page.content.decode()) is not is_hidden
        decide = reverse("admin:submissions_value_decide", args=[row.pk])
        assert (client.get(decide).status_code == 404) is is_hidden
        assert (client.post(decide, {"decision": "accept", "revision": 1}).status_code == 404) is is_hidden
    assert sum(one["waiting"] for one in waiting.context["rounds"]) == (0 if veiled else 1)
    client.post(column(round), {"seen": [f"{row.pk}.1" for row in hidden]})
    assert list(Value.objects.filter(status="accepted")) == ([] if veiled else [own])


def test_the_page_of_a_number_stands_though_its_entry_withdrew_or_its_month_is_gone(client, round, judge):
    (value,) = news(round, "7")
    address = reverse("admin:submissions_value_decide", args=[value.pk])
    Value.objects.filter(pk=value.pk).update(period="1999-01")
    assert client.get(address).status_code == 404
    Value.objects.filter(pk=value.pk).update(period=MAY)
    value.entry.state = "withdrawn"
    value.entry.save()
    assert client.get(address).status_code == 200
