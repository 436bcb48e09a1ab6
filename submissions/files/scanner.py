"""Asks clamd whether a file holds a virus, over its socket: https://docs.clamav.net/manual/Usage/Scanning.html#clamd"""

import io
import socket
import struct
import time
from typing import BinaryIO

from django.conf import settings

CHUNK = 2**16  # bytes
CONNECTING = 3  # seconds
# Seconds for a file to be taken and judged, more than clamd.conf gives the judging (MaxScanTime): a scanner that takes
# longer hangs, and must not keep others waiting.
SCANNING = 330


class Away(Exception):
    """The scanner does not answer, or could not scan; str() is what it said."""


def scan(file: BinaryIO | bytes, patience: float | None = None) -> str:
    """The name of the virus in a file, "" when there is none. The file is sent as it is read. Raises Away."""
    end = time.monotonic() + (SCANNING if patience is None else patience)
    file = io.BytesIO(file) if isinstance(file, bytes) else file
    try:
        with _connect() as clamd:
            clamd.sendall(b"zINSTREAM\0")
            try:
                while chunk := file.read(CHUNK):
                    _allow(clamd, end)
                    clamd.sendall(struct.pack("!L", len(chunk)) + chunk)
                clamd.sendall(struct.pack("!L", 0))
            except BrokenPipeError:  # it has said why, and listens no more
                pass
            answer = _answer(clamd, end)
    except OSError as error:
        raise Away(str(error)) from error
    if answer == "stream: OK":
        return ""
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise Away(answer or "no answer")


def ask() -> None:
    """Raises Away unless it answers at once."""
    try:
        with _connect() as clamd:
            clamd.sendall(b"zPING\0")
            answer = _answer(clamd, time.monotonic() + CONNECTING)
    except OSError as error:
        raise Away(str(error)) from error
    if answer != "PONG":
        raise Away(answer or "no answer")


def is_there() -> bool:
    try:
        ask()
    except Away:
        return False
    return True


def _connect() -> socket.socket:
    if settings.CLAMD.startswith("/"):
        clamd = socket.socket(socket.AF_UNIX)
        clamd.settimeout(CONNECTING)
        try:
            clamd.connect(settings.CLAMD)
        except OSError:
            clamd.close()
            raise
    else:
        host, _, port = settings.CLAMD.rpartition(":")
        clamd = socket.create_connection((host, int(port)), CONNECTING)
    return clamd


def _allow(clamd: socket.socket, end: float) -> None:
    """Until then the next word may take. Raises TimeoutError when that is over."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("it takes too long")
    clamd.settimeout(left)


def _answer(clamd: socket.socket, end: float) -> str:
    answer = b""
    while not answer.endswith(b"\0"):
        _allow(clamd, end)
        if not (more := clamd.recv(4096)):
            break
        answer += more
    return answer.rstrip(b"\0").decode(errors="replace")
