"""A line between a browser and a server: slow, counted, and cut when a test says so."""

import contextlib
import hashlib
import http.client
import os
import re
import socket
import ssl
import struct
import threading
import time
from base64 import b64encode
from pathlib import Path

from tests import factories as make
from tests.servers import Server

RST = struct.pack("ii", 1, 0)  # close without a goodbye, as a line does that is gone
PIECE = 16 * 1024
WINDOW = 64 * 1024  # bytes that lie in it at most: a cut loses no more than a real one would


class BadLine:
    """A TCP proxy on a port of its own, or `at` one. `sent` counts what the near side has given away so far."""

    def __init__(self, port: int, bytes_per_second: float, at: int = 0) -> None:
        self.far, self.speed = port, bytes_per_second
        self.sent = 0
        self.is_up = True
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._door = socket.socket()
        self._door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
        self._door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._door.bind(("127.0.0.1", at))
        self._door.listen(50)
        self.port = self._door.getsockname()[1]

    def __enter__(self) -> "BadLine":
        threading.Thread(target=self._let_in, daemon=True).start()
        return self

    def __exit__(self, *exc) -> None:
        self._door.close()
        self.cut()

    def cut(self) -> None:
        """Break every connection there is. New ones are let in while the line `is_up`."""
        for near, far in list(self._pairs):
            self._end(near, far)

    def _let_in(self) -> None:
        while True:
            try:
                near, _address = self._door.accept()
            except OSError:
                return
            if not self.is_up:
                self._end(near)
                continue
            far = socket.socket()
            far.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, WINDOW)
            try:
                far.connect(("127.0.0.1", self.far))
            except OSError:  # the server is away
                self._end(near, far)
                continue
            self._pairs.add((near, far))
            threading.Thread(target=self._carry, args=(near, far, near, far, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, near, far, False), daemon=True).start()

    def _carry(self, source, target, near, far, is_counted: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                if is_counted:
                    self.sent += len(piece)
                    time.sleep(len(piece) / self.speed)
                target.sendall(piece)
        self._end(near, far)

    def _end(self, *ends: socket.socket) -> None:
        self._pairs.discard(ends)
        for one in ends:
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST if one is ends[0] else struct.pack("ii", 0, 0))
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def cookies(**values: str) -> str:
    """The header that carries them, by the names of tests and by those of production."""
    return "; ".join(f"{name}={value}; __Host-{name}={value}" for name, value in values.items())


class Sender:
    """Sends one file by the tus protocol as the portal's own page does: in pieces, again where they broke off."""

    PIECE = 8 * 2**20  # as static/upload.js has it

    def __init__(self, line: BadLine, session: str) -> None:
        self.line = line
        self.trust = ssl._create_unverified_context()  # the proxy's certificate is the test's own
        token = "t" * 32
        self.headers = {
            "Tus-Resumable": "1.0.0",
            "Cookie": cookies(sessionid=session, csrftoken=token),
            "X-CSRFToken": token,
            "Referer": f"https://localhost:{line.port}/",
        }

    def send(self, file, size: int, **about: str) -> str:
        """Every byte of it, however often the line breaks. Returns where it was sent to."""
        pairs = ",".join(f"{name} {b64encode(text.encode()).decode()}" for name, text in about.items())
        begun = self._ask("POST", "/uploads/", {"Upload-Length": str(size), "Upload-Metadata": pairs})
        address, offset = begun.headers["Location"], 0
        while offset < size:
            file.seek(offset)
            headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            try:
                answer = self._ask("PATCH", address, headers, file.read(self.PIECE))
            except OSError:
                answer = self._again(address)
            offset = int(answer.headers["Upload-Offset"])
        return address

    def _again(self, address: str):
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                return self._ask("HEAD", address, {})
            time.sleep(0.1)

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None):
        connection = http.client.HTTPSConnection("localhost", self.line.port, context=self.trust, timeout=60)
        try:
            connection.request(method, path, body, {**self.headers, **headers})
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        if answer.status >= 500:  # the portal is being started again
            raise ConnectionError(answer.status)
        if answer.status not in (200, 201, 204, 409, 423):
            raise RuntimeError(f"{method} {path}: {answer.status} {said[:300]!r}")
        return answer if "Upload-Offset" in answer.headers else self._again(path)


def large_video(path: Path, size: int) -> str:
    """Write a video of `size` bytes that can be played: a short one, and noise that no player reads. Its SHA-256."""
    digest, left = hashlib.sha256(), size
    with path.open("wb") as file:

        def write(data: bytes) -> None:
            nonlocal left
            digest.update(data)
            left -= file.write(data)

        write(make.file_bytes("mp4"))
        write(struct.pack(">I4s", left, b"free"))
        while left:
            write(os.urandom(min(left, 2**20)))
    return digest.hexdigest()


def memory(server: Server) -> int:
    """Bytes that a server and its children hold. What several share counts once: a child that is just being started
    is for a moment its parent once more.
    """
    group = os.getpgid(server.process.pid)
    held = 0
    for rollup in Path("/proc").glob("[0-9]*/smaps_rollup"):
        with contextlib.suppress(OSError):
            if os.getpgid(int(rollup.parent.name)) == group:
                held += 1024 * int(re.search(r"^Pss: +(\d+) kB", rollup.read_text(), re.MULTILINE)[1])
    return held


class Cuts:
    """Breaks a line so many times while so many bytes go over it, and watches the memory of a server that is named."""

    def __init__(self, line: BadLine, times: int, size: int, server: Server | None = None) -> None:
        self.line, self.server = line, server
        self.at = [line.sent + size * number // (times + 1) for number in range(1, times + 1)]
        self.done = 0
        self.most = self.before = self.held()
        self._end = threading.Event()

    def __enter__(self) -> "Cuts":
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *exc) -> None:
        self._end.set()
        self._thread.join()

    def held(self) -> int:
        return memory(self.server) if self.server else 0

    def _watch(self) -> None:
        while not self._end.wait(0.02):
            self.most = max(self.most, self.held())
            if self.done < len(self.at) and self.line.sent >= self.at[self.done]:
                self.line.cut()
                self.done += 1
