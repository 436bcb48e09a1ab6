"""No request is sent on a line that the web server is just closing: the proxy lets go of idle lines first."""

import http.client
import queue
import re
import socket
import ssl
import threading
import time

import pytest

from tests.servers import ROOT, Nginx, Web

SCALE = 15  # the seconds of the files are too long for a test
DELAY = 0.4  # seconds that the line between the two takes, each way


def seconds() -> tuple[list[int], int]:
    """For how long an idle line is kept by the proxy, for each upstream that keeps one, and by the web server."""
    upstreams = re.findall(r"upstream (?!streams)\w+ \{(.*?)\n    \}", (ROOT / "nginx.conf").read_text(), flags=re.S)
    kept = [int(re.search(r"keepalive_timeout (\d+)s;", one).group(1)) for one in upstreams]
    web = re.search(r"^keepalive = (\d+)", (ROOT / "gunicorn.conf.py").read_text(), flags=re.M)
    return kept, int(web.group(1))


def test_the_proxy_lets_go_of_an_idle_line_before_the_web_server_does():
    proxy, web = seconds()
    assert len(proxy) == 2
    assert web >= max(proxy) + 10
    started = (ROOT / "Dockerfile").read_text() + (ROOT / "docker-compose.yml").read_text()
    assert "--keep-alive" not in started, "the command line would win over gunicorn.conf.py"


class Far:
    """A long line: whatever one end says, its end included, the other hears DELAY later."""

    def __init__(self, port: int) -> None:
        self.behind, self.server = port, socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                near = self.server.accept()[0]
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.behind))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(one, other), daemon=True).start()

    def carry(self, one: socket.socket, other: socket.socket) -> None:
        """What one end says reaches the other as it was said: one after the other."""
        on_the_way: queue.SimpleQueue = queue.SimpleQueue()
        threading.Thread(target=self.say, args=(other, on_the_way), daemon=True).start()
        said = b"."
        while said:
            try:
                said = one.recv(65536)
            except OSError:
                said = b""
            on_the_way.put((time.monotonic() + DELAY, said))

    def say(self, other: socket.socket, on_the_way: queue.SimpleQueue) -> None:
        while True:
            due, said = on_the_way.get()
            time.sleep(max(0, due - time.monotonic()))
            try:
                other.sendall(said) if said else other.shutdown(socket.SHUT_RDWR)
            except OSError:
                said = b""
            if not said:
                return other.close()


class ScaledWeb(Web):
    keepalive = 0

    def command(self) -> list[str]:
        return [*super().command(), "--keep-alive", str(self.keepalive)]


class ScaledNginx(Nginx):
    idle = 0

    def configuration(self) -> str:
        return re.sub(r"keepalive_timeout 60s;", f"keepalive_timeout {self.idle}s;", super().configuration())


@pytest.mark.faults
def test_what_is_sent_at_the_edge_arrives(production, tmp_path):
    """A POST, which nginx does not try again, after pauses around the moments at which either closes the line."""
    proxy_idle, web_idle = seconds()
    ScaledNginx.idle, ScaledWeb.keepalive = max(proxy_idle) // SCALE, web_idle // SCALE
    with ScaledWeb(production, workers=1) as web:
        line = Far(web.port)
        web.port, own = line.port, web.port
        with ScaledNginx(web, tmp_path) as proxy:
            web.port = own
            context = ssl.create_default_context(cafile=str(proxy.folder / "tls_certificate"))
            answers = [post(proxy.port, context)]
            edges = (ScaledNginx.idle, ScaledWeb.keepalive, ScaledWeb.keepalive + 1)  # gunicorn looks once a second
            for pause in sorted({edge + late for edge in edges for late in (-DELAY, 0)}):
                time.sleep(pause)
                answers.append(post(proxy.port, context))
        line.server.close()
    assert set(answers) == {403}, answers  # nobody's form: answered by the portal, not by the proxy


def post(port: int, context: ssl.SSLContext) -> int:
    browser = http.client.HTTPSConnection("localhost", port, context=context, timeout=60)
    browser.request("POST", "/i18n/setlang/", b"language=th", {"Content-Type": "application/x-www-form-urlencoded"})
    try:
        return browser.getresponse().status
    finally:
        browser.close()
