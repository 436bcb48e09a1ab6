"""Of the senders of one process none takes too long, and none too much: what came before one is ended counts."""

import socket
import threading
import time
from contextlib import suppress
from types import SimpleNamespace

import pytest

from submissions.files import reception
from submissions.files.reception import Reception, TooMany


@pytest.fixture
def line():
    near, far = socket.socketpair()
    yield near, far
    near.close()
    far.close()


def ask(near: socket.socket):
    """A request whose body comes over this line; as gunicorn does, it reads until it has all that was asked for."""

    def read(size: int) -> bytes:
        got = b""
        while len(got) < size and (piece := near.recv(size - len(got))):
            got += piece
        return got

    return SimpleNamespace(META={"gunicorn.socket": near}, read=read, unread=10**6)


def trickle(far: socket.socket, bytes_a_second: int, end: threading.Event) -> threading.Thread:
    def send() -> None:
        while not end.wait(0.01):
            with suppress(OSError):  # it was ended
                far.sendall(b"x" * (bytes_a_second // 100))

    thread = threading.Thread(target=send)
    thread.start()
    return thread


@pytest.mark.parametrize(("bytes_a_second", "is_ended"), [(200, True), (300_000, False)])
def test_what_comes_too_slowly_is_ended_and_what_has_come_counts(line, monkeypatch, bytes_a_second, is_ended):
    monkeypatch.setattr(reception, "WINDOW", 0.4)
    monkeypatch.setattr(reception, "LEAST", 10_000)
    end, got, start = threading.Event(), b"", time.monotonic()
    thread = trickle(line[1], bytes_a_second, end)
    with Reception(request := ask(line[0]), 1, "a") as received:
        for piece in received.pieces():
            got += piece
            if time.monotonic() - start > (20 if is_ended else 2):
                break
    end.set()
    thread.join()
    assert received.is_over == is_ended
    assert got
    assert request.unread == 10**6 - len(got)


def test_a_line_that_begins_with_what_had_gathered_and_goes_on_slowly_is_not_ended(line, monkeypatch):
    """Half a window's least came at once; of the rest twice the least rate."""
    monkeypatch.setattr(reception, "WINDOW", 1.2)
    monkeypatch.setattr(reception, "LEAST", 20_000)
    line[1].sendall(b"x" * 12_000)
    end, start = threading.Event(), time.monotonic()
    thread = trickle(line[1], 40_000, end)
    with Reception(ask(line[0]), 1, "a") as received:
        for _piece in received.pieces():
            if time.monotonic() - start > 3:
                break
    end.set()
    thread.join()
    assert not received.is_over


def test_a_quick_line_is_read_in_large_pieces(line):
    end = threading.Event()
    thread = trickle(line[1], 100 * 2**20, end)
    with Reception(ask(line[0]), 1, "a") as received:
        sizes = {len(piece) for piece, _turn in zip(received.pieces(), range(reception.STEADY + 5), strict=False)}
    end.set()
    line[0].shutdown(socket.SHUT_RDWR)
    thread.join()
    assert sizes == {reception.SMALL, reception.PIECE}


def test_whoever_goes_on_with_the_same_upload_ends_the_line_that_died(line):
    ended = threading.Event()

    def wait() -> None:
        with Reception(ask(line[0]), 1, "a") as received:
            assert not list(received.pieces())
            ended.set()

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.1)
    with Reception(ask(line[0]), 2, "a"):  # nobody else's
        assert not ended.wait(0.2)
    with Reception(ask(line[0]), 1, "a"):
        assert ended.wait(5)
    thread.join()


def test_one_person_sends_so_many_at_once_and_then_again(line):
    many = [Reception(ask(line[0]), 1, str(number)) for number in range(reception.AT_ONCE)]
    for one in many:
        one.__enter__()
    with pytest.raises(TooMany), Reception(ask(line[0]), 1, "one more"):
        pass
    with Reception(ask(line[0]), 2, "another's"):
        pass
    many.pop().__exit__(None, None, None)
    with Reception(ask(line[0]), 1, "one more"):
        pass
    for one in many:
        one.__exit__(None, None, None)
    assert not reception._open
