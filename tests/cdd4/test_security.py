"""Safe by default: what every answer carries, who may send how much, and who gets in."""

import errno
import io
import logging
import re

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.urls import reverse

from cdd4.faults import FORM_BYTES
from tests.factories import PASSWORD, make_entry, make_office, make_round, make_upload, make_user

pytestmark = pytest.mark.django_db


def policy(answer) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("path", ["/accounts/login/", "/nothing/here/", "/healthz"])
def test_every_answer_of_the_portal_is_strict(client, path):
    answer = client.get(path)
    assert policy(answer)["default-src"] == "'self'"
    assert policy(answer)["object-src"] == "'none'"
    assert policy(answer)["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


def test_only_the_admin_may_evaluate(client):
    client.force_login(make_user("admin"))
    assert "'unsafe-eval'" in policy(client.get("/admin/"))["script-src"]
    docs = policy(client.get("/api/docs/"))
    assert docs.get("script-src") is None
    assert docs["style-src"] == "'self' 'unsafe-inline'"


def test_nothing_on_a_strict_page_would_be_refused_by_its_policy(client):
    client.force_login(make_user("officer", office=make_office("TH-81")))
    entry = make_entry(make_round(), make_office("TH-81"))
    page = client.get(f"/entries/{entry.pk}/").content.decode()
    assert "<html" in page
    assert re.findall(r"<script(?![^>]* src=)[^>]*>", page) == []
    assert re.findall(r"\son\w+=|\sstyle=|javascript:|<style", page) == []


def test_nobody_signs_up(client):
    page = client.get("/accounts/signup/")
    assert "password1" not in page.content.decode()
    client.post("/accounts/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_the_admin_has_no_door_of_its_own(client):
    answer = client.get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


def test_a_visitor_may_not_fill_the_disk(client, settings, monkeypatch):
    written = []
    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", lambda *a: written.append(a))
    large = make_upload("pdf", content=b"x" * (FORM_BYTES + 1))
    answer = client.post("/accounts/login/", {"login": "x", "file": large})
    assert answer.status_code == 413
    assert "ไฟล์มีขนาดใหญ่เกินกำหนด" in answer.content.decode()
    assert written == []


def test_somebody_known_may_send_a_video_and_no_more(client, settings):
    settings.VIDEO_MAX_BYTES = settings.EVIDENCE_MAX_BYTES = 2**20
    client.force_login(make_user("officer"))
    fits = make_upload("pdf", content=b"x" * (2**20 + 1000))
    assert client.post("/entries/999/evidence/", {"file": fits}).status_code == 404
    assert client.post("/entries/999/evidence/", {"file": make_upload("pdf", content=b"x" * 2**22)}).status_code == 413


@pytest.mark.parametrize("length", ["-1", "ten", "٣"])
def test_a_length_that_is_none_is_refused(client, length):
    assert client.get("/healthz", CONTENT_LENGTH=length).status_code == 413


def test_a_full_disk_is_told_as_what_it_is(client, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    user = make_user("officer", office=make_office("TH-81"))
    entry = make_entry(make_round(), make_office("TH-81"))
    client.force_login(user)
    client.raise_request_exception = False
    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    answer = client.post(f"/entries/{entry.pk}/evidence/", {"requirement": "1.1.report", "upload": make_upload("pdf")})
    assert answer.status_code == 507
    assert "พื้นที่เก็บไฟล์ของระบบเต็ม" in answer.content.decode()
    assert entry.evidence.count() == 0


def test_another_error_of_ours_tells_nothing_of_the_code(client, monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError("hidden-word")

    monkeypatch.setattr("cdd4.health.is_database_ready", broken)
    client.raise_request_exception = False
    answer = client.get("/readyz")
    assert answer.status_code == 500
    assert "hidden-word" not in answer.content.decode()


def test_a_second_factor_is_asked_for_once_it_is_set_up(client):
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    user = make_user(username="krabi")
    TOTP.activate(user, generate_totp_secret())
    answer = client.post("/accounts/login/", {"login": "krabi", "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, reverse("mfa_authenticate"))
    assert "_auth_user_id" not in client.session
    assert Authenticator.objects.filter(user=user).exists()


def test_the_description_of_the_api_sends_strangers_to_log_in_and_shows_itself_after(client):
    answer = client.get("/api/docs/")
    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/api/docs/")
    make_user("officer", username="krabi", office=make_office("TH-81"))
    answer = client.post(answer.url, {"login": "krabi", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/api/docs/", 302)]
    assert "swagger" in answer.content.decode()


def logged(client, path: str) -> str:
    """What the portal's own handler writes of a request."""
    (handler,) = [one for one in logging.getLogger().handlers if one.get_name() == "stdout"]
    written = handler.setStream(io.StringIO())
    try:
        client.get(path)
        return handler.stream.getvalue()
    finally:
        handler.setStream(written)


def test_a_refusal_is_one_line_of_the_log_and_an_error_of_ours_keeps_its_traceback(client, monkeypatch):
    client.force_login(make_user("officer", office=make_office("TH-81")))
    client.raise_request_exception = False
    round = make_entry(make_round(rank_visibility="hidden"), make_office("TH-81")).round
    path = f"/rounds/{round.pk}/standings/"
    refusal = logged(client, path)
    assert refusal.count("\n") == 1
    assert "Forbidden" in refusal
    monkeypatch.setattr("scoring.pages.standings.access.why_not_see_ranks", lambda *args, **kwargs: 1 / 0)
    assert "ZeroDivisionError" in logged(client, path)


@pytest.mark.parametrize("address", ["krabi@example.go.th", "nobody@example.go.th"])
def test_mails_lead_to_the_portal_whatever_host_the_visitor_named(client, mailoutbox, settings, address):
    settings.PORTAL_URL, settings.ALLOWED_HOSTS = "https://cdd.example.go.th", ["localhost"]
    make_user(username="krabi", email="krabi@example.go.th")
    client.post("/accounts/password/reset/", {"email": address}, headers={"host": "localhost:666"})
    (letter,) = mailoutbox
    assert "https://cdd.example.go.th/accounts/" in letter.body
    assert "localhost" not in letter.subject + letter.body
    assert "example.com" not in letter.subject + letter.body


def test_the_link_of_a_mail_gives_a_new_password(client, mailoutbox, settings):
    user = make_user(username="krabi", email="krabi@example.go.th")
    client.post("/accounts/password/reset/", {"email": user.email})
    link = re.search(rf"{re.escape(settings.PORTAL_URL)}(\S+)", mailoutbox[0].body)[1]
    form = client.get(link, follow=True)
    chosen = "never-seen-before-2566"
    client.post(form.request["PATH_INFO"], {"password1": chosen, "password2": chosen})
    user.refresh_from_db()
    assert user.check_password(chosen)
