"""Letters leave the portal: when each person wants them, once, whatever the mail server does meanwhile."""

import email
import socket
import time
from datetime import timedelta
from email import policy

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from submissions.models import Channel, Letter, Notice, Telling, User
from submissions.notices import letters, tell
from tests import factories as make
from tests.markup import flat
from tests.servers import free_port

pytestmark = pytest.mark.django_db
SLOT = "1.1.report"
MINUTES = timedelta(minutes=1)
ADDRESS = "krabi@cdd.example.org"
REFUSED = {"nobody@cdd.example.org": "550 no such person", "full@cdd.example.org": "452 mailbox full"}


class Mailbox:
    """A real SMTP server's own side: what it took, and what it answers."""

    def __init__(self) -> None:
        self.messages, self.answer, self.sessions = [], "250 OK", set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.sessions.add(session)
        if address in REFUSED:
            return REFUSED[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if b"casino" in envelope.content:
            return "554 we do not like what it says"
        if self.answer.startswith("250"):
            self.messages.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return self.answer


@pytest.fixture
def smtp(settings):
    """A mail server that is up; `.port` is where it was when it is down."""
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
    settings.PORTAL_URL = "https://cdd.example.org"
    server.start()
    box.server = server
    yield box
    if server.server:
        server.stop()


@pytest.fixture
def entry():
    return make.make_entry(make.make_round(), make.make_office("TH-81", name_th="กระบี่"))


@pytest.fixture
def officer(entry):
    return make.make_user("officer", office=entry.office, email=ADDRESS)


def notify(user, entry, number: int = 1, code: str = "evidence.returned", **item) -> Notice:
    said = {"entry": entry.pk, "requirement": SLOT, "period": "", "text": "ไม่มีลายมือชื่อ", "title": "รายงาน.pdf"}
    tell([user], code, key=f"n{number}", entry=entry, items=[said | item])
    return Notice.objects.get(user=user, key=f"n{number}")


# When


def test_what_happens_within_ten_minutes_is_one_letter(smtp, clock, entry, officer):
    for number in range(3):
        notify(officer, entry, number)
        clock.now += 3 * MINUTES
        assert letters.post() == 0
    clock.now += 2 * MINUTES
    assert (letters.post(), letters.post()) == (1, 0)
    (message,) = smtp.messages
    assert message["To"] == ADDRESS
    assert "3" in message["Subject"]


def test_a_storm_is_a_few_letters_and_the_rest_waits_for_the_morning(smtp, clock, entry, officer, monkeypatch):
    monkeypatch.setattr(letters, "A_DAY", 3)
    for number in range(40):  # one every eleven minutes: none is gathered with the next
        notify(officer, entry, number)
        clock.now += 11 * MINUTES
        letters.post()
    assert len(smtp.messages) == 3
    clock.now = make.at("2026-03-03", "07:31")
    letters.post()
    assert len(smtp.messages) == 4
    assert Notice.objects.filter(mail=None).count() == 0
    assert "37" in smtp.messages[-1]["Subject"]


def test_once_a_day_means_half_past_seven(smtp, clock, entry, officer):
    Telling.objects.create(user=officer, mail="daily")
    notify(officer, entry)
    for at, sent in (
        ("2026-03-02 23:59", 0),
        ("2026-03-03 07:29", 0),
        ("2026-03-03 07:30", 1),
        ("2026-03-03 09:00", 1),
    ):
        clock.now = make.at(*at.split())
        letters.post()
        assert len(smtp.messages) == sent, at


@pytest.mark.parametrize("why", ["none", "read", "closed", "no address", "moved away", "old"])
def test_who_gets_no_letter(smtp, clock, entry, officer, why):
    notice = notify(officer, entry)
    if why == "none":
        Telling.objects.create(user=officer, mail="none")
    elif why == "read":
        Notice.objects.update(read_at=clock.now)
    elif why == "old":
        clock.now += timedelta(days=3)
    else:
        if why == "no address":
            User.objects.filter(pk=officer.pk).update(email="")
            officer.refresh_from_db()
        officer.is_active = why != "closed"
        if why == "moved away":
            officer.office = make.make_office("TH-50")
        officer.save()
    clock.now += 20 * MINUTES
    assert letters.post() == 0
    assert smtp.messages == []
    notice.refresh_from_db()
    assert notice.mail is None


# What


def test_the_letter_says_what_happened_with_the_way_there(smtp, clock, entry, officer):
    notice = notify(officer, entry)
    clock.now += 10 * MINUTES
    letters.post()
    (message,) = smtp.messages
    address = f"https://cdd.example.org{reverse('notice', args=[notice.pk])}"
    assert message["Subject"].strip().startswith("ส่งคืนแก้ไข:")
    assert message["List-Unsubscribe"] == f"<https://cdd.example.org{reverse('notice-settings')}>"
    for part in ("plain", "html"):
        text = message.get_body((part,)).get_content()
        assert all(word in text for word in (address, "กระบี่", "รายงาน.pdf", "ไม่มีลายมือชื่อ"))
    assert "<script" not in message.get_body(("html",)).get_content()
    assert str(Letter.objects.get().key) in message["Message-ID"]


@pytest.mark.parametrize(("count", "subject"), [(1, "Returned:"), (2, "2 notices")])
def test_the_letter_is_in_its_reader_s_language_and_harmless(smtp, clock, entry, officer, count, subject):
    Telling.objects.create(user=officer, language="en")
    entry.office.name_en = "Krabi\r\nBcc: all@example.org"
    entry.office.save()
    for number in range(count):
        notify(officer, entry, number, title="<b>x</b>\r\nBcc: all@example.org")
    clock.now += 10 * MINUTES
    letters.post()
    (message,) = smtp.messages
    assert message["Subject"].strip().startswith(subject)
    assert message["Bcc"] is None
    assert "&lt;b&gt;" in message.get_body(("html",)).get_content()


# Through what


def test_a_server_that_is_down_gets_the_letter_later_and_once(smtp, clock, entry, officer):
    notify(officer, entry)
    smtp.server.stop()
    clock.now += 10 * MINUTES
    assert letters.post() == 0
    letter = Letter.objects.get()
    assert (letter.state, letter.tries) == ("waiting", 1)
    assert "Refused" in letter.fault
    smtp.server = Controller(smtp, hostname="127.0.0.1", port=smtp.server.port)
    smtp.server.start()
    try:
        assert letters.post() == 0, "not before its time"
        clock.now += 2 * MINUTES
        assert (letters.post(), letters.post()) == (1, 0)
        clock.now += timedelta(days=1)
        assert letters.post() == 0
    finally:
        smtp.server.stop()
    assert len(smtp.messages) == 1
    letter.refresh_from_db()
    assert (letter.state, letter.fault) == ("sent", "")


def test_what_is_wrong_with_one_letter_keeps_no_other_waiting(smtp, clock, entry, officer):
    faults = {
        "nobody@cdd.example.org": ("failed", "550 no such person"),
        "full@cdd.example.org": ("waiting", "452 mailbox full"),
        "casino@cdd.example.org": ("waiting", "554 we do not like what it says"),
        ADDRESS: ("sent", ""),
        "head@cdd.example.org": ("sent", ""),
    }
    for address in faults:
        user = officer if address == ADDRESS else make.make_user("officer", office=entry.office, email=address)
        notify(user, entry)
    clock.now += 10 * MINUTES
    assert letters.post() == 2
    assert {letter.user.email: (letter.state, letter.fault) for letter in Letter.objects.all()} == faults
    assert len(smtp.sessions) == 1, "one connection serves all"


def test_a_server_that_says_later_is_tried_more_and_more_rarely_and_then_no_more(smtp, clock, entry, officer):
    smtp.answer = "451 later"
    notify(officer, entry)
    clock.now += 10 * MINUTES
    tries, waits = 0, []
    while (letter := Letter.objects.first()) is None or letter.state == "waiting":
        before = clock.now
        if letter:
            clock.now = letter.due_at
            waits.append(clock.now - before)
        letters.post()
        tries += 1
        assert tries < 30
    assert (letter.state, letter.tries) == ("failed", len(letters.WAITS) + 1)
    assert waits[1:] == sorted(waits[1:])
    assert smtp.messages == []


def test_a_letter_in_another_worker_s_hands_is_left_to_it(smtp, clock, entry, officer):
    Letter.objects.create(user=officer, channel="mail", is_trial=True)
    assert letters._take(Letter.objects.get().pk)
    assert letters.post() == 0
    clock.now += letters.LEASE
    assert letters.post() == 1  # the other worker died


def test_a_letter_that_cannot_be_made_keeps_nobody_else_waiting(smtp, clock, entry, officer, monkeypatch):
    bad, good = (Letter.objects.create(user=officer, channel="mail", is_trial=True) for _ in range(2))
    compose = letters.mail.compose

    def fail(letter, said):
        if letter.pk == bad.pk:
            raise ValueError("ours")
        return compose(letter, said)

    monkeypatch.setattr(letters.mail, "compose", fail)
    assert letters.post() == 1
    bad.refresh_from_db()
    assert (bad.state, bad.fault) == ("waiting", "ValueError: ours")
    assert good.pk


def test_a_hung_server_holds_up_no_request_and_is_given_up_in_time(client, settings, clock, officer):
    with socket.create_server(("127.0.0.1", 0)) as hung:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = hung.getsockname()
        settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 0.3
        client.force_login(officer)
        client.post(reverse("notice-trial"), {"channel": "mail"})
        hung.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody came
            hung.accept()
        hung.setblocking(True)
        start = time.monotonic()
        assert letters.post() == 0
        assert time.monotonic() - start < 5
    assert "timed out" in Letter.objects.get().fault.lower()


def test_old_letters_and_notices_go_and_nothing_is_told_again(smtp, clock, entry, officer):
    notify(officer, entry)
    clock.now += 10 * MINUTES
    letters.post()
    clock.now += timedelta(days=91)
    Letter.objects.create(user=officer, channel="mail", is_trial=True)
    assert (letters.sweep(), letters.sweep()) == (1, 0)
    assert letters.post() == 1, "the trial, and nothing else"
    clock.now += timedelta(days=310)
    letters.sweep()
    assert not Notice.objects.exists()


# The page on which people choose


def test_the_choice_is_kept(client, officer):
    client.force_login(officer)
    chosen = {"mail": "daily", "language": "en"}
    assert client.post(reverse("notice-settings"), chosen).status_code == 302
    officer.refresh_from_db()
    assert (officer.telling.mail, officer.telling.language) == ("daily", "en")
    wrong = client.post(reverse("notice-settings"), {**chosen, "mail": "hourly"})
    assert wrong.status_code == 422


def test_a_letter_on_trial_says_how_it_went_and_not_without_end(client, smtp, clock, officer):
    client.force_login(officer)
    page = reverse("notice-settings")
    for _ in range(letters.TRIALS + 2):
        client.post(reverse("notice-trial"), {"channel": "mail"})
    assert letters.post() == letters.TRIALS
    assert "ทดสอบ" in smtp.messages[0]["Subject"]
    assert "ส่งครั้งล่าสุดเมื่อ 2 มี.ค. 2569 09:00" in client.get(page).content.decode()
    User.objects.filter(pk=officer.pk).update(email="")  # saved, it would be told to the address itself
    client.post(reverse("notice-trial"), {"channel": "mail"})
    client.post(reverse("notice-trial"), {"channel": "pigeon"})
    assert Letter.objects.count() == letters.TRIALS


@pytest.mark.parametrize(
    ("asked", "fault", "wait"),
    [("0", "", "2s"), ("20", "", "15s"), ("500", "", ""), ("0", "452 mailbox full", "15s"), ("²", "", "2s")],
)
def test_the_page_asks_less_often_in_time_and_at_last_says_that_it_does_not(client, officer, asked, fault, wait):
    client.force_login(officer)
    Letter.objects.create(user=officer, channel="mail", is_trial=True, fault=fault)
    page = flat(client.get(reverse("notice-letter", args=["mail"]), {"asked": asked}).content.decode())
    assert "รอส่ง" in page
    assert (f"load delay:{wait}, again" in page) if wait else ("hx-" not in page)
    told = f'หน้านี้หยุดติดตามแล้ว<a href="{reverse("notice-settings")}">แสดงใหม่</a>'
    assert (told in page) is not bool(wait)


def test_the_page_reads_one_letter_of_each_way_and_no_one_else_s(client, officer):
    Letter.objects.create(user=make.make_user("officer"), channel="mail")
    client.force_login(officer)
    for _ in range(3):
        letter = Letter.objects.create(user=officer, channel="mail")
    for name, *way in (("notice-settings",), ("notice-letter", "mail")):
        with CaptureQueriesContext(connection) as captured:
            response = client.get(reverse(name, args=way))
        asked = [one["sql"] for one in captured if "submissions_letter" in one["sql"]]
        assert len(asked) == (1 if way else len(Channel.values))
        assert all(sql.endswith("LIMIT 1") for sql in asked)
        last = response.context["last"]
        assert (last if way else last["mail"])["letter"] == letter
    assert client.get(reverse("notice-letter", args=["pigeon"])).status_code == 404


def test_where_nobody_reads_the_log_no_letter_is_called_sent(settings):
    settings.EMAIL_HOST = settings.LINE_TOKEN = ""
    assert letters.open_ways() == ["mail"]  # to the log, where the portal is developed
    settings.PRODUCTION = True
    assert letters.open_ways() == []
