"""Whose page it is: what a page asks before it sends, and what is refused to anybody else."""

import pytest

from tests.factories import make_office, make_user

pytestmark = pytest.mark.django_db


def test_a_part_of_a_page_is_for_its_reader_alone(client):
    reader, other = make_user("officer"), make_user("officer", office=make_office("TH-90"))
    client.force_login(reader)
    assert client.get("/notices/", headers={"X-Reader": str(reader.pk)}).status_code == 200
    refused = client.get("/notices/", headers={"X-Reader": str(other.pk)})
    assert refused.status_code == 403
    assert "มีผู้อื่นเข้าสู่ระบบ" in refused.content.decode()
    assert client.get("/notices/", headers={"X-Reader": "x"}).status_code == 403
    client.logout()
    answer = client.get("/notices/", headers={"X-Reader": str(reader.pk)})
    assert answer["Location"].startswith("/accounts/login/")


def test_a_page_learns_who_is_logged_in_now(client):
    user = make_user("judge")
    nobody = client.get("/accounts/reader/")
    assert nobody.json()["reader"] == ""
    client.force_login(user)
    answer = client.get("/accounts/reader/")
    assert answer.json()["reader"] == str(user.pk)
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/accounts/reader/").status_code == 405


def test_forms_are_sent_with_the_token_of_the_answer(client):
    client.handler.enforce_csrf_checks = True
    client.force_login(make_user("officer", office=make_office("TH-90")))
    token = client.get("/accounts/reader/").json()["token"]
    assert client.post("/notices/read/", {"csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert client.post("/notices/read/", {"csrfmiddlewaretoken": token}).status_code == 302


def test_the_page_of_somebody_logged_in_says_whose_it_is(client):
    assert b'id="reader"' not in client.get("/accounts/login/").content
    user = make_user("judge")
    client.force_login(user)
    for address in ("/notices/", "/admin/"):
        assert f'data-reader="{user.pk}"' in client.get(address).content.decode()
