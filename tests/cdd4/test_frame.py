"""The frame of every page: whose portal it is, where help is, the menu; pages of faults have as much as they can."""

import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from submissions.models import AccountEvent
from tests import factories as make

pytestmark = pytest.mark.django_db
SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>"


def menu(page: str) -> str:
    found = re.search(r"<nav aria-label.*?</nav>", page, re.DOTALL)
    return found[0] if found else ""


def foot(page: str) -> str:
    return re.search(r"<footer.*?</footer>", page, re.DOTALL)[0]


def test_the_foot_names_the_department_and_leads_to_help(client, settings):
    settings.CONTACT = "0 2141 0000, helpdesk@cdd.example.go.th"
    said = foot(client.get(reverse("account_login")).content.decode())
    assert "กรมการพัฒนาชุมชน" in said
    assert "0 2141 0000" in said
    assert 'href="mailto:helpdesk@cdd.example.go.th"' in said
    assert reverse("privacy") in said
    assert reverse("own-guide") not in said, "which needs a log-in"
    client.force_login(make.make_user())
    assert reverse("own-guide") in foot(client.get(reverse("notices")).content.decode())


def test_the_emblem_is_the_one_that_operators_set(client, settings, tmp_path):
    assert "mark.svg" in client.get(reverse("account_login")).content.decode()
    settings.EMBLEM = tmp_path / "emblem.svg"
    settings.EMBLEM.write_text(SVG)
    assert f'<img src="{reverse("emblem")}"' in client.get(reverse("account_login")).content.decode()
    answer = client.get(reverse("emblem"))
    assert (answer["Content-Type"], b"".join(answer)) == ("image/svg+xml", SVG.encode())
    settings.EMBLEM.unlink()
    assert client.get(reverse("emblem")).status_code == 404


@pytest.mark.parametrize("language", ["th", "en"])
def test_what_is_recorded_is_told_with_its_days(client, settings, language):
    settings.ACCOUNT_EVENT_DAYS = 123
    client.cookies["django_language"] = language
    assert "123" in client.get(reverse("privacy")).content.decode()
    assert not AccountEvent.objects.exists()


@pytest.mark.parametrize(("address", "status"), [("/nowhere/", 404), ("/rounds/{}/publish/", 403)])
def test_whoever_is_refused_something_keeps_the_menu(client, address, status):
    entry = make.make_entry()
    address = address.format(entry.round_id)
    client.force_login(make.make_user("officer", office=entry.office))
    answer = client.get(address)
    assert answer.status_code == status
    assert reverse("scheme", args=[entry.round_id]) in menu(answer.content.decode())
    client.logout()
    assert not menu(client.get("/nowhere/").content.decode())


@pytest.mark.parametrize("code", [500, 503, 507])
def test_pages_of_our_own_errors_ask_nothing_of_anybody(code, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = render_to_string(f"{code}.html", {"request_id": "x"})
    assert not menu(page)
    assert "กรมการพัฒนาชุมชน" in foot(page)


def test_the_place_is_marked_on_own_pages(client):
    entry = make.make_entry()
    client.force_login(make.make_user("officer", office=entry.office))

    def marked(name: str, *args) -> list[tuple[str, str]]:
        bar = menu(client.get(reverse(name, args=args)).content.decode())
        return re.findall(r'href="([^"]+)"\s+aria-current="(\w+)"', bar)

    assert marked("scorecard", entry.pk) == [("/", "page")]
    assert marked("criterion", entry.pk, "1.1") == [("/", "true")]
    for name in ("calendar", "notices"):
        assert marked(name) == [(reverse(name), "page")]
    for name in ("standings", "publications", "scheme"):
        assert marked(name, entry.round_id) == [(reverse(name, args=[entry.round_id]), "page")]
