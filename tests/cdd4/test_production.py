"""Production as docker-compose.yml has it, each part started by hand; nginx runs the project's own nginx.conf."""

import hashlib
import http.client
import io
import json
import re
import socket
import ssl
import time

import pikepdf
import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db.models import F
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from scoring.models import Scorecard
from submissions.models import Evidence
from tests.conftest import as_in_production, queue
from tests.factories import make_entry, make_office, make_round, make_upload, make_user
from tests.servers import Nginx, Web, Worker, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
ALL = "rescore,sweep,documents,publish,mail,webhooks,examine"
PASSWORD = "a-long-word-for-production-2566"


@pytest.fixture(scope="module")
def production(django_db_setup, static_root):
    """Started once, as production is: what one visitor did there, the next one meets."""
    with queue() as redis:
        yield as_in_production(redis, static_root)


@pytest.fixture(scope="module")
def web(production):
    with Web(production) as server:
        yield server


@pytest.fixture(scope="module")
def proxy(web):
    with Nginx(web, settings.MEDIA_ROOT) as server:
        yield server


@pytest.fixture
def officer(transactional_db):
    user = make_user(username="krabi", office=make_office("TH-81"))
    user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt" * 6)
    user.save()
    return user


class Visitor:
    """A browser without pictures: keeps cookies, follows nothing."""

    def __init__(self, proxy: Nginx) -> None:
        self.proxy, self.cookies = proxy, {}
        self.context = ssl.create_default_context(cafile=str(proxy.folder / "tls_certificate"))

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        line = http.client.HTTPSConnection("localhost", self.proxy.port, context=self.context, timeout=30)
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, body or None, {**cookies, "Referer": f"{self.proxy.url}/", **named})
        answer = line.getresponse()
        for set_cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = set_cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        answer.content = answer.read()
        answer.text = answer.content.decode(errors="replace")
        return answer

    def post(self, path: str, fields: dict) -> http.client.HTTPResponse:
        form = {"csrfmiddlewaretoken": self.cookies["__Host-csrftoken"], **fields}
        return self.ask("POST", path, encode_multipart(BOUNDARY, form), Content_Type=MULTIPART_CONTENT)

    def log_in(self, name: str, password: str = PASSWORD) -> http.client.HTTPResponse:
        self.ask("GET", "/accounts/login/")
        return self.post("/accounts/login/", {"login": name, "password": password})


def large_pdf(megabytes: int) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    noise = hashlib.shake_256(b"the same every time").digest(megabytes * 2**20)
    document.Root.Padding = pikepdf.Stream(document, noise)
    document.save(target := io.BytesIO())
    return target.getvalue()


def test_evidence_goes_in_is_scored_and_comes_out(proxy, production, officer):
    entry = make_entry(make_round(), make_office("TH-81"))
    content = large_pdf(3)
    visitor = Visitor(proxy)
    assert visitor.log_in("krabi").status == 302
    visitor.ask("GET", f"/entries/{entry.pk}/")
    upload = make_upload("pdf", name="รายงาน ม.ค.pdf", content=content)
    form = {"requirement": "1.1.report", "period": "", "upload": upload}
    with Worker(production, queues=ALL) as worker, Web(production, workers=1, name="uploads"):
        answer = visitor.post(f"/entries/{entry.pk}/evidence/", form)
        assert answer.status == 302, answer.text
        evidence = Evidence.objects.get(entry=entry)
        fresh = Scorecard.objects.filter(entry=entry, facts_version=F("entry__facts_version"))
        wait_until(fresh.exists, 30, f"the score\n{worker.log_text()}")
        wait_until(lambda: '"status": "ok"' in visitor.ask("GET", "/readyz").text, 30, "all parts well")

    file = visitor.ask("GET", f"/evidence/{evidence.pk}/file/")
    assert (file.status, file.content) == (200, content)
    assert file.headers["Content-Type"] == "application/pdf"
    assert "%E0%B8%A3%E0%B8%B2%E0%B8%A2" in file.headers["Content-Disposition"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in file.headers["Content-Security-Policy"]
    assert file.headers["X-Accel-Redirect"] is None
    part = visitor.ask("GET", f"/evidence/{evidence.pk}/file/", Range="bytes=0-9")
    assert (part.status, part.content) == (206, content[:10])  # nginx, not Django, sent it

    assert visitor.ask("GET", f"/protected/{evidence.file.name}").status == 404
    stranger = Visitor(proxy)
    assert stranger.ask("GET", f"/evidence/{evidence.pk}/file/").status == 302
    other = make_user(username="chiangmai", office=make_office("TH-50"))
    other.password = officer.password
    other.save()
    stranger.log_in("chiangmai")
    assert stranger.ask("GET", f"/evidence/{evidence.pk}/file/").status == 404


def test_the_door_is_locked_as_it_should_be(proxy, officer):
    plain = http.client.HTTPConnection("localhost", proxy.plain_port, timeout=10)
    plain.request("GET", "/accounts/login/")
    moved = plain.getresponse()
    assert (moved.status, moved.headers["Location"]) == (301, "https://localhost/accounts/login/")

    visitor = Visitor(proxy)
    page = visitor.ask("GET", "/accounts/login/")
    assert page.status == 200
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "nginx/" not in page.headers["Server"]
    for cookie in page.headers.get_all("Set-Cookie"):
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert cookie.startswith("__Host-")
        assert "Path=/" in cookie
        assert "Domain" not in cookie
    style = re.search(r'href="(/static/[^"]+\.css)"', page.text).group(1)
    sheet = visitor.ask("GET", style, Accept_Encoding="gzip")
    assert (sheet.status, sheet.headers["Content-Encoding"]) == (200, "gzip")
    assert "immutable" in sheet.headers["Cache-Control"]
    assert sheet.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=31536000" in sheet.headers["Strict-Transport-Security"]
    of_pages = {"Content-Security-Policy", "Permissions-Policy", "Referrer-Policy", "X-Request-ID"}
    assert of_pages <= set(page.headers.keys()), "of a page"
    assert of_pages.isdisjoint(sheet.headers.keys()), "and of no part of one, on a slow line"
    for host in ("evil.example.org", "localhost.evil.example.org", f"127.0.0.1:{proxy.port}"):
        with pytest.raises(ConnectionResetError):
            visitor.ask("GET", "/accounts/login/", Host=host)
        with pytest.raises(ConnectionResetError):
            asked_plainly(proxy, "/accounts/login/", host)
    assert [asked_plainly(proxy, "/proxy-health", host) for host in ("evil.example.org", "localhost")] == [204, 204]


def asked_plainly(proxy: Nginx, path: str, host: str) -> int:
    plain = http.client.HTTPConnection("localhost", proxy.plain_port, timeout=10)
    plain.request("GET", path, headers={"Host": host})
    return plain.getresponse().status


def test_the_web_hears_the_portal_s_name_and_nothing_else_that_a_visitor_wrote(proxy, officer):
    visitor = Visitor(proxy)
    for _ in range(2):
        make_entry(make_round(), officer.office)
    assert visitor.log_in("krabi").status == 302
    answer = visitor.ask("GET", "/api/v1/rounds/?page_size=1", Host="LocalHost:5")
    assert json.loads(answer.text)["next"].startswith("https://localhost/api/"), "an address made of what it heard"
    visitor.cookies.clear()
    for _ in range(5):
        visitor.log_in("krabi", "wrong")
    for host in ("localhost:5", "LocalHost", "LOCALHOST:100"):
        visitor.ask("GET", "/accounts/login/")
        form = {"csrfmiddlewaretoken": visitor.cookies["__Host-csrftoken"], "login": "krabi", "password": PASSWORD}
        body = encode_multipart(BOUNDARY, form)
        answer = visitor.ask("POST", "/accounts/login/", body, Content_Type=MULTIPART_CONTENT, Host=host)
        assert answer.status == 200, answer.text
        assert "วินาที" in answer.text


def test_failed_log_ins_are_slowed_by_the_visitors_own_address(proxy, officer):
    visitor = Visitor(proxy)
    told = [visitor.log_in("krabi", "wrong").text for _ in range(6)]
    assert "หลายครั้ง" not in told[0]
    last = visitor.log_in("krabi")  # the right password, too late
    assert last.status != 302, "five failures did not close the account for a while"
    # Another address, whatever it claims about itself, is counted by what nginx saw.
    claimed = visitor.ask("GET", "/accounts/login/", X_Forwarded_For="10.9.8.7")
    assert claimed.status == 200


def test_a_calendar_that_is_asked_for_all_the_time_is_slowed_alone(proxy):
    visitor = Visitor(proxy)
    answers = [visitor.ask("GET", "/calendar/nokey.ics").status for _ in range(30)]
    assert (answers[0], answers[-1]) == (404, 429)
    assert visitor.ask("GET", "/calendar/another.ics").status == 404


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(proxy):
    visitor = Visitor(proxy)
    for path, megabytes in (("/accounts/login/", 21), ("/entries/1/evidence/", 1100)):
        answer = visitor.ask("POST", path, Content_Length=str(megabytes * 2**20))
        assert answer.status == 413
        assert "ไฟล์มีขนาดใหญ่เกินกำหนด" in answer.text


def test_a_program_is_told_of_the_proxy_s_refusals_as_of_the_portal_s(proxy, web):
    visitor = Visitor(proxy)
    for path, megabytes in (("/api/v1/login/", 21), ("/api/v1/entries/1/evidence/", 1100)):
        answer = visitor.ask("POST", path, Content_Length=str(megabytes * 2**20))
        assert (answer.status, json.loads(answer.text)["type"]) == (413, "/api/problems/too-large/")
    web.stop()
    try:
        answer = visitor.ask("GET", "/api/v1/entries/")
    finally:
        web.start()
    assert (answer.status, json.loads(answer.text)["type"]) == (503, "/api/problems/unavailable/")


def test_slow_visitors_do_not_hold_up_the_others(proxy):
    visitor = Visitor(proxy)
    usual = min(seconds_for_a_page(visitor) for _ in range(5))
    slow = []
    for _ in range(100):
        line = visitor.context.wrap_socket(
            socket.create_connection(("localhost", proxy.port)), server_hostname="localhost"
        )
        line.sendall(b"POST /i18n/setlang/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nlanguage=")
        slow.append(line)
    taken = min(seconds_for_a_page(visitor) for _ in range(10))
    for line in slow:
        line.close()
    assert taken < 5 * usual + 0.1


def seconds_for_a_page(visitor: Visitor) -> float:
    start = time.perf_counter()
    assert visitor.ask("GET", "/accounts/login/").status == 200
    return time.perf_counter() - start


def test_while_the_web_server_is_away_people_are_told(proxy, web):
    web.kill()
    answer = Visitor(proxy).ask("GET", "/")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert "ระบบกำลังเริ่มทำงานใหม่" in answer.text
    stranger = Visitor(proxy).ask("POST", "/uploads/", b"a=b", Content_Type="application/x-www-form-urlencoded")
    assert stranger.status == 401, "whoever has no session is refused by the proxy itself"
    web.start()
    assert Visitor(proxy).ask("GET", "/accounts/login/").status == 200
