"""Keeps files handed in and documents made: written once, to disk, under a generated name, outside the web root."""

import errno
import hashlib
import os
import tempfile
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

INCOMING = ".incoming-"  # the name of a file being written begins so
ABANDONED = 24 * 60 * 60  # seconds without a byte after which nobody is writing it any more


class Kept(NamedTuple):
    name: str
    size: int  # bytes
    sha256: str


@deconstructible
class Vault(FileSystemStorage):
    """A storage under MEDIA_ROOT that only `keep` writes to, and `mend` where a file was lost."""

    def keep(self, chunks: Iterable[bytes], suffix: str, folder: str = "evidence") -> Kept:
        """Write a file in full or not at all. Raises OSError (a full disk, say) and then leaves nothing behind."""
        name = f"{folder}/{(key := uuid.uuid4().hex)[:2]}/{key}{suffix}"
        final = Path(self.path(name))
        self._make_folder(final.parent)
        if final.exists():
            raise FileExistsError(errno.EEXIST, "a kept file is never overwritten", str(final))
        digest, size = hashlib.sha256(), 0
        handle, temporary = tempfile.mkstemp(dir=final.parent, prefix=INCOMING)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    digest.update(chunk)
                    size += file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            # The proxy, another account of the same group, reads what the portal tells it to serve.
            os.chmod(temporary, 0o640)
            os.rename(temporary, final)
            _sync_folder(final.parent)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            final.unlink(missing_ok=True)
            raise
        return Kept(name, size, digest.hexdigest())

    def adopt(self, path: Path, suffix: str, folder: str = "evidence") -> Kept:
        """Keep a file that lies in the vault already, without copying it; the caller lets go of `path` when it can.

        It keeps its own name, so that what a process left that was killed here is found by the next, not left behind.
        """
        name = f"{folder}/{path.name[:2]}/{path.name}{suffix}"
        final = Path(self.path(name))
        self._make_folder(final.parent)
        with path.open("rb") as file:
            size, digest = os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256")
            os.fsync(file.fileno())
        os.chmod(path, 0o640)
        if not (final.exists() and final.samefile(path)):
            os.link(path, final)  # which never overwrites
        try:
            _sync_folder(final.parent)
        except BaseException:
            final.unlink()
            raise
        return Kept(name, size, digest.hexdigest())

    def holds(self, name: str, content: Kept) -> bool:
        """Whether a file is there and is this content, byte by byte."""
        try:
            with open(self.path(name), "rb") as file:
                if os.fstat(file.fileno()).st_size != content.size:
                    return False
                return hashlib.file_digest(file, "sha256").hexdigest() == content.sha256
        except FileNotFoundError:
            return False

    def mend(self, name: str, kept: Kept) -> None:
        """Give a kept file the name of one that is gone, or no longer what it was."""
        final = Path(self.path(name))
        self._make_folder(final.parent)
        os.replace(self.path(kept.name), final)
        _sync_folder(final.parent)

    @property
    def incoming(self) -> Path:
        """Where uploads lie that have not arrived in full."""
        return Path(self.path("incoming"))

    def make_incoming(self) -> None:
        self._make_folder(self.incoming)

    def sweep(self) -> int:
        """Remove what processes that were killed left half-written, here and on the way here. Returns how many."""
        before, removed = time.time() - ABANDONED, 0
        for folder, names in ((self.location, f"{INCOMING}*"), (settings.FILE_UPLOAD_TEMP_DIR, "*.upload*")):
            for path in Path(folder).rglob(names):
                try:
                    if path.stat().st_mtime < before:
                        path.unlink()
                        removed += 1
                except FileNotFoundError:  # it has got its name, or was let go, a moment ago
                    continue
        return removed

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir(exist_ok=True, mode=0o750)
            _sync_folder(folder.parent)

    def _save(self, name: str, content: Any) -> NoReturn:
        raise TypeError("the vault is written to by keep() alone, which never overwrites")

    def url(self, name: str | None) -> NoReturn:
        raise TypeError("a file of the vault has no address of its own; it is served after a permission check")


def _sync_folder(folder: Path) -> None:
    """A renamed file survives a power cut only when its folder is on disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


vault = Vault()
