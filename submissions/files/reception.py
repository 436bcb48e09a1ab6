"""The body of an upload as it comes: not too slowly, and not too many of one person at once.

Each request holds a thread of this process, and there are few. What came before a request is ended is kept.
"""

import threading
import time
from collections.abc import Iterator

from django.http import UnreadablePostError

from .gate import Counted, hang_up

PIECE = 64 * 1024  # bytes read, and written, at a time
SMALL = 4 * 1024  # the same, until a line has shown that it is quick: what is asked for counts when it is all there
STEADY = 64  # small pieces one after another, none of which took a second
LEAST = 512  # bytes a second, in each window: a bad line of the telephone brings several times as much
WINDOW = 30  # seconds
AT_ONCE = 8  # of one person; a page sends two

_open: set["Reception"] = set()
_lock = threading.Lock()


class TooMany(Exception):
    """This person is sending as much at once as one may."""


class Reception:
    """One request's body. Another one of the same upload ends it: its line must have died in silence."""

    def __init__(self, request: Counted, person: int, upload: str) -> None:
        self.request, self.person, self.upload = request, person, upload
        self.is_over = False
        self._bytes = self._seen = 0

    def __enter__(self) -> "Reception":
        """Raises TooMany."""
        with _lock:
            others = [reception for reception in _open if reception.person == self.person and not reception.is_over]
            earlier = [reception for reception in others if reception.upload == self.upload]
            if len(others) - len(earlier) >= AT_ONCE:
                raise TooMany
            for reception in earlier:
                reception._end()
            _open.add(self)
            self._watch()
        return self

    def __exit__(self, *exc) -> None:
        with _lock:
            _open.discard(self)
            self._timer.cancel()

    def pieces(self) -> Iterator[bytes]:
        """What comes, until it has all come, the line is cut or it is ended."""
        quick = 0
        while not self.is_over:
            asked_at = time.monotonic()
            piece = self._next(PIECE if quick >= STEADY else SMALL)
            if not piece:
                return
            quick = quick + 1 if time.monotonic() - asked_at < 1 else 0
            yield piece

    def _next(self, size: int) -> bytes:
        try:
            piece = self.request.read(size)
        except UnreadablePostError:  # the line is cut
            return b""
        self._bytes += len(piece)
        self.request.unread -= len(piece)
        return piece

    def _watch(self) -> None:
        self._timer = threading.Timer(WINDOW, self._look)
        self._timer.daemon = True
        self._timer.start()

    def _look(self) -> None:
        with _lock:
            if self not in _open:  # it ended this moment, and its line may serve another request
                return
            came, self._seen = self._bytes - self._seen, self._bytes
            if came < LEAST * WINDOW:
                self._end()
            else:
                self._watch()

    def _end(self) -> None:
        self.is_over = True
        hang_up(self.request)
