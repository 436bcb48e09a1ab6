"""The bytes of an upload that have arrived: a file in the vault's own folder, which only grows."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.core.files import File

from submissions.vault import vault

PATIENCE = 0.5  # seconds; a piece is written in a thousandth of one


class Busy(Exception):
    """Somebody else writes, or makes evidence of it, just now."""


class Partial:
    """What has arrived of one upload. Its size is the offset: nothing else keeps count, so nothing can disagree.

    The lock is the kernel's, on the open file: it ends with whoever held it, however they end. It is held while a
    piece is written, never while one is waited for: a connection that died in silence keeps nobody else out.
    """

    def __init__(self, key: str) -> None:
        self.path = vault.incoming / key

    @property
    def size(self) -> int:
        """Raises FileNotFoundError when it ended or was given up."""
        return self.path.stat().st_size

    @property
    def written_at(self) -> datetime:
        """When the last byte came. Raises FileNotFoundError."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    def create(self) -> None:
        vault.make_incoming()
        self.path.touch(mode=0o640, exist_ok=False)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)

    @contextmanager
    def writer(self) -> Iterator["Writer"]:
        """Raises FileNotFoundError when the upload was given up meanwhile."""
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND)
        try:
            yield Writer(handle)
        finally:
            os.fsync(handle)
            os.close(handle)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody writes meanwhile. Raises Busy; FileNotFoundError when there is nothing (any more)."""
        handle = os.open(self.path, os.O_RDWR)
        try:
            _lock(handle)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def whole(self, name: str) -> Iterator["Whole"]:
        with self.path.open("rb") as file:
            yield Whole(file, name, self.path)


class Writer:
    """One request's hand on a partial file."""

    def __init__(self, handle: int) -> None:
        self.handle = handle

    def append(self, piece: bytes, at: int) -> None:
        """Write this piece behind the first `at` bytes. Raises Busy when others wrote there, or let the file go."""
        _lock(self.handle)
        try:
            found = os.fstat(self.handle)
            if not found.st_nlink or found.st_size != at:
                raise Busy
            left = memoryview(piece)
            while left:
                left = left[os.write(self.handle, left) :]
        finally:
            fcntl.flock(self.handle, fcntl.LOCK_UN)

    def first(self, count: int) -> bytes:
        return os.pread(self.handle, count, 0)


class Whole(File):
    """An upload of which everything has arrived; `vault.adopt` takes it where it lies."""

    def __init__(self, file, name: str, path: Path) -> None:
        super().__init__(file, name)
        self.path = path

    def temporary_file_path(self) -> str:
        """As Django calls it, of uploads that lie on disk."""
        return str(self.path)


def _lock(handle: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            if time.monotonic() > end:
                raise Busy from None
        time.sleep(0.01)
