"""A backup of the whole portal: the database first, then the files, and a manifest that says what is in it.

Files are never changed once written, so whatever the rows of the dump name is among the files that are copied after it.
A backup has its name when it is whole, and not before.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from submissions.files import register
from submissions.vault import INCOMING

from . import dumps

MANIFEST, MEDIA, FORMAT = "manifest.json", "media", 1
# Files on their way, of which no row of a fact tells; and parcels, which are packed anew from the files.
LEFT_OUT = ("incoming", "parcels", register.SEEN)
CHUNK = 2**20  # bytes
EVERY = 1000  # files between two words on how far it is
Say = Callable[[str], object]


class Unfit(Exception):
    """It can't be done; each reason is a line."""


class File(NamedTuple):
    size: int  # bytes
    sha256: str


class Manifest(NamedTuple):
    made_at: str  # ISO 8601
    vendor: str  # of the database
    migrations: list[str]  # app.name of all that had been applied
    files: dict[str, File]  # by their path in the backup

    @property
    def database(self) -> str:
        return next(name for name in self.files if "/" not in name)

    @property
    def media(self) -> dict[str, File]:
        """By their path in the vault."""
        return {name.partition("/")[2]: file for name, file in self.files.items() if "/" in name}


def make(folder: Path, previous: Path | None, say: Say) -> Manifest:
    """Save all in a new folder; what the previous backup has too is linked instead of copied."""
    had = had_before(folder, previous)
    partial = _partial(folder)
    try:
        partial.mkdir(mode=0o700)
    except OSError as error:
        raise Unfit(f"{partial} can't be made: {error.strerror}") from None
    try:
        manifest = _fill(partial, previous, had, say)
        os.sync()  # its name must not outlive what it names
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return manifest


def _partial(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.partial")


def had_before(folder: Path, previous: Path | None) -> dict[str, File]:
    """What the previous backup holds. Raises Unfit where none can be made in this folder."""
    if folder.exists():
        raise Unfit(f"{folder} is there already; a backup is never overwritten")
    if not folder.absolute().parent.is_dir():
        raise Unfit(f"{folder.absolute().parent} is no folder")
    if (partial := _partial(folder)).exists():
        raise Unfit(f"{partial} is there: another backup is being made, or broke off; then remove it")
    return read(previous).files if previous else {}


def room_for(folder: Path, previous: Path | None) -> tuple[int, int]:
    """How many files there are to save, and how many bytes of them are to be copied. Writes nothing."""
    had, number, to_copy = had_before(folder, previous), 0, 0
    if previous and previous.stat().st_dev != folder.absolute().parent.stat().st_dev:
        had = {}  # nothing is linked from disk to disk
    for name in _kept():
        with suppress(FileNotFoundError):
            size = (Path(settings.MEDIA_ROOT) / name).stat().st_size
            number += 1
            known = had.get(f"{MEDIA}/{name}")
            if not known or known.size != size:
                to_copy += size
    return number, to_copy


def read(folder: Path) -> Manifest:
    """What a backup says of itself. Raises Unfit when it isn't one, or not a whole one."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise Unfit(f"{folder} is of format {content['format']}, which this release can't read")
        files = {name: File(*file) for name, file in content["files"].items()}
        manifest = Manifest(content["made_at"], content["vendor"], content["migrations"], files)
        _ = manifest.database
    except FileNotFoundError:
        raise Unfit(f"{folder} has no {MANIFEST}: it is not a backup, or not a whole one") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
        raise Unfit(f"{folder / MANIFEST} can't be read ({error.__class__.__name__})") from None
    return manifest


def faults(folder: Path, manifest: Manifest, say: Say) -> dict[str, str]:
    """Every file that is not as it was saved, or was not saved at all, with what is wrong: all are read."""
    there = {name for name in _names(folder) if name != MANIFEST}
    found = dict.fromkeys(sorted(manifest.files.keys() - there), "missing")
    found |= dict.fromkeys(sorted(there - manifest.files.keys()), "not of this backup")
    for number, name in enumerate(sorted(there & manifest.files.keys()), 1):
        try:
            if copy(folder / name, None) != manifest.files[name]:
                found[name] = "altered"
        except OSError as error:
            found[name] = f"can't be read ({error.strerror})"
        say_now_and_then(say, number, "files read")
    return found


def copy(source: Path, target: Path | None) -> File:
    """Read a file in full, and write it to its disk where a target is given."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as file, open(target or os.devnull, "xb" if target else "wb") as into:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += into.write(chunk)
        if target:
            into.flush()
            os.fsync(into.fileno())
    return File(size, digest.hexdigest())


def _fill(partial: Path, previous: Path | None, had: dict[str, File], say: Say) -> Manifest:
    database = partial / dumps.file_name()
    database.touch(mode=0o600)
    dumps.dump(database)
    say("the database is saved")
    files = {database.name: copy(database, None)}
    for number, name in enumerate(_kept(), 1):
        with suppress(FileNotFoundError):  # no row's, and swept meanwhile
            files[f"{MEDIA}/{name}"] = _save(name, partial, previous, had)
        say_now_and_then(say, number, "files saved")
    applied = sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())
    manifest = Manifest(timezone.now().isoformat(), connection.vendor, applied, files)
    (partial / MANIFEST).write_text(json.dumps({"format": FORMAT, **manifest._asdict()}, indent=1), encoding="utf-8")
    return manifest


def _save(name: str, partial: Path, previous: Path | None, had: dict[str, File]) -> File:
    source, target = Path(settings.MEDIA_ROOT) / name, partial / MEDIA / name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = had.get(f"{MEDIA}/{name}")
    if previous and known and source.stat().st_size == known.size:
        with suppress(OSError):  # another disk, gone, or it can't be read any more
            if copy(previous / MEDIA / name, None) == known:  # what is rotten there would be rotten in each to come
                os.link(previous / MEDIA / name, target)
                return known
    return copy(source, target)


def _kept() -> Iterator[str]:
    """The files of the vault that are kept: neither what is still coming in, nor what can be made anew."""
    for name in _names(Path(settings.MEDIA_ROOT)):
        if name.partition("/")[0] not in LEFT_OUT and not name.rpartition("/")[2].startswith(INCOMING):
            yield name


def _names(folder: Path) -> list[str]:
    """All files below it, and nothing that is only linked to from it."""
    return sorted(
        str((Path(root) / name).relative_to(folder))
        for root, _folders, names in os.walk(folder)
        for name in names
        if not (Path(root) / name).is_symlink()
    )


def say_now_and_then(say: Say, number: int, what: str) -> None:
    if number % EVERY == 0:
        say(f"{number} {what}")
