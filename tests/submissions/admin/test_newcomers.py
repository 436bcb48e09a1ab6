"""Who has not come yet: found by role, region and state, written to as previewed, printed with codes that work."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from submissions import thai
from submissions.accounts import invitations
from submissions.models import Invitation, Letter, User
from submissions.notices import letters
from tests import factories as make
from tests.extraction import by_poppler

pytestmark = pytest.mark.django_db
PAGE = "/admin/submissions/user/waiting/"


@pytest.fixture(autouse=True)
def _there_is_a_mail_server(settings):
    settings.EMAIL_HOST = "mail.example.org"
    settings.PORTAL_URL = "https://portal.example.org"


@pytest.fixture
def staff():
    return make.make_user("staff", last_login=timezone.now())


@pytest.fixture
def desk(staff) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(staff)
    return client


def newcomer(name: str, email: str = "", office: str = "TH-81", **fields) -> User:
    role = fields.pop("role", "officer")
    where = {"office": make.make_office(office)} if role == "officer" else {}
    return make.make_user(role, name, email=email, full_name=f"นาง {name}", **where, **fields)


def named(page, people: list[User]) -> list[str]:
    content = page.content.decode()
    return [user.username for user in people if user.full_name in content]


def ids_of(page) -> str:
    return re.search(r'name="people" value="([\d,]*)"', page.content.decode()).group(1)


def test_each_state_is_found_by_its_address(desk, staff):
    region = make.make_office("R06", kind="region", size="")
    make.make_office("TH-83", parent=region)
    people = {name: newcomer(name, f"{name}@example.org") for name in ("sent", "failed", "waits", "over", "fresh")}
    people |= {"paper": newcomer("paper"), "judge": newcomer("judge", "j@example.org", role="judge")}
    people["south"] = newcomer("south", "south@example.org", "TH-83")
    newcomer("came", "came@example.org", last_login=timezone.now())
    newcomer("closed", "closed@example.org", is_active=False)
    invitations.invite([people[name].pk for name in ("sent", "failed", "waits", "over")], by=staff)
    invitations.keep_codes({people["paper"].pk: invitations.new_code()}, by=staff)
    Letter.objects.filter(user=people["sent"]).update(due_at=None, sent_at=timezone.now())
    Letter.objects.filter(user=people["failed"]).update(due_at=None, fault="550 no such person")
    Invitation.objects.filter(user=people["over"]).update(until=timezone.now() - timedelta(hours=1))
    everybody = User.objects.exclude(pk=staff.pk)

    def found(query: str) -> list[str]:
        return sorted(named(desk.get(f"{PAGE}?{query}"), list(everybody)))

    assert found("") == sorted(people)
    for state in ("sent", "failed", "over"):
        assert found(f"state={state}") == [state]
    assert found("state=waiting") == ["waits"]
    assert found("state=printed") == found("state=no-mail") == ["paper"]
    assert found("state=none") == ["fresh", "judge", "south"]
    assert found("role=judge") == ["judge"]
    assert found("region=R06") == found("office=TH-83") == found("q=South@") == ["south"]
    assert found("q=%00") == found("state=nonsense") == sorted(people)
    assert "550 no such person" in desk.get(PAGE).content.decode()


def test_those_who_were_previewed_are_written_to_and_nobody_else(desk):
    chosen = [newcomer(name, f"{name}@example.org") for name in ("a", "b")]
    newcomer("silent")
    newcomer("far", "far@example.org", "TH-82")
    preview = desk.get(f"{PAGE}invite/?office=TH-81")
    assert "2 people are written to" in preview.content.decode()
    assert "Without an address: print letters for them (1)" in " ".join(preview.content.decode().split())
    assert not Invitation.objects.exists()
    newcomer("late", "late@example.org")  # after the preview
    answer = desk.post(f"{PAGE}invite/?office=TH-81", {"people": ids_of(preview)})
    assert answer.url == f"{PAGE}?office=TH-81"
    letters.post()
    assert sorted(one.to[0] for one in mail.outbox) == [user.email for user in chosen]
    desk.post(f"{PAGE}invite/", {"people": ids_of(preview)})  # pressed once more
    letters.post()
    assert len(mail.outbox) == 2
    again = desk.get(f"{PAGE}invite/?office=TH-81").content.decode()
    assert "in the last 24 hours" in again


def test_more_than_are_written_to_at_once_are_not_sent_either(desk, monkeypatch):
    people = [newcomer(name, f"{name}@example.org") for name in ("a", "b")]
    monkeypatch.setattr("submissions.admin.newcomers.MOST", 1)
    answer = desk.post(f"{PAGE}invite/", {"people": ",".join(str(user.pk) for user in people)})
    assert "more people than are written to at once" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_where_nobody_has_an_account_the_page_leads_to_the_sheet_of_accounts(desk):
    assert "/admin/submissions/user/import/" in desk.get(PAGE).content.decode().split('id="content"')[1]


@pytest.mark.parametrize("people", ["", "abc", "9" * 30, "\x00", "1,,2", "-1"])
def test_nonsense_is_nobody(desk, people):
    assert desk.post(f"{PAGE}invite/", {"people": people}).status_code == 302
    assert desk.post(f"{PAGE}print/", {"people": people}).status_code == 409
    assert not Invitation.objects.exists()


def test_letters_are_one_page_for_each_office_with_codes_that_work(desk):
    here = [newcomer("one"), newcomer("two")]
    there = newcomer("three", office="TH-82")
    newcomer("mailed", "m@example.org")
    judge = newcomer("four", role="judge")
    preview = desk.get(f"{PAGE}print/")
    told = " ".join(preview.content.decode().split())
    assert "3 letters, with 4 people" in told
    assert "those of no office share one (1)" in told
    assert not Invitation.objects.exists()
    pdf = desk.post(f"{PAGE}print/", {"people": ids_of(preview)})
    assert pdf["Content-Type"] == "application/pdf"
    today = thai.day_of_file(timezone.localdate())
    assert pdf["Content-Disposition"].endswith(quote(f"หนังสือเชิญเข้าใช้ระบบ-{today}.pdf"))
    pages = by_poppler(pdf.content)
    assert [[user.username in page for user in (*here, there, judge)] for page in pages[:3]] == [
        [True, True, False, False],
        [False, False, True, False],
        [False, False, False, True],
    ]
    assert "https://portal.example.org/invitation/" in pages[0]
    codes = re.findall(r"(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}", "".join(pages))
    assert {invitations.find(code).user for code in codes} == {*here, there, judge}
    again = desk.get(f"{PAGE}print/").content.decode()
    assert "The codes that 4 people have by now hold no longer." in " ".join(again.split())


def test_without_a_mail_server_everybody_gets_a_letter_and_nobody_a_mail(desk, settings):
    settings.EMAIL_HOST = ""
    mailed = newcomer("mailed", "m@example.org")
    newcomer("silent")
    page = desk.get(PAGE).content.decode()
    assert "no mail server: print letters instead" in page
    assert "user/waiting/invite/" not in page
    assert "user/waiting/print/" in desk.get(f"{PAGE}invite/").content.decode()
    desk.post(f"{PAGE}invite/", {"people": str(mailed.pk)})
    assert not Invitation.objects.exists()
    preview = desk.get(f"{PAGE}print/")
    assert "with 2 people" in " ".join(preview.content.decode().split())
    assert desk.post(f"{PAGE}print/", {"people": ids_of(preview)})["Content-Type"] == "application/pdf"
    assert Invitation.objects.filter(way=Invitation.Way.PAPER).count() == 2


def test_nothing_is_printed_for_who_came_meanwhile(desk):
    one, other = newcomer("one"), newcomer("two")
    preview = ids_of(desk.get(f"{PAGE}print/"))
    User.objects.filter(pk=other.pk).update(last_login=timezone.now())
    refused = desk.post(f"{PAGE}print/", {"people": preview})
    assert refused.status_code == 409
    assert named(refused, [one, other]) == ["one"]
    assert not Invitation.objects.exists()


def test_the_pages_ask_the_same_however_many_people_there_are(desk, staff):
    def statements() -> list[int]:
        counts = []
        for path in ("", "invite/", "print/"):
            with CaptureQueriesContext(connection) as asked:
                assert desk.get(PAGE + path).status_code == 200
            counts.append(len(asked))
        return counts

    newcomer("n", "n@example.org")
    newcomer("p")
    few = statements()
    more = [newcomer(f"n{number}", f"n{number}@example.org", f"TH-9{number}") for number in range(3)]
    for number in range(3):
        newcomer(f"p{number}", office=f"TH-9{number}")
    invitations.invite([user.pk for user in more], by=staff)
    assert statements() == few
    assert max(few) <= 12


def test_the_template_and_the_way_on_after_an_import(desk):
    sheet = desk.get("/admin/submissions/user/template.xlsx")
    assert sheet.status_code == 200
    assert sheet.content[:2] == b"PK"
    assert "/admin/submissions/user/template.xlsx" in desk.get("/admin/submissions/user/import/").content.decode()
