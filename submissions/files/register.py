"""Which row each file of the vault belongs to: what is missing or was altered, and what belongs to none."""

import hashlib
import json
import logging
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.core.exceptions import SuspiciousFileOperation
from django.db import models

from submissions.vault import ABANDONED as ABANDONED  # whoever looks before the sweep asks as it does
from submissions.vault import INCOMING, Vault, vault

log = logging.getLogger(__name__)
# Since a sweep first saw that no row has it, not since it came: whoever restores an older copy of the database, or
# starts with a wrong one, has a week from then to see it.
UNCLAIMED = 7 * ABANDONED
# If more files than this, and than one of a hundred, have no row, the database is probably not the one of the files.
FEW = 20
SEEN = "unclaimed.json"  # in the vault: the files of no row, and when a sweep first saw each
CHUNK = 2**20  # bytes


class Held(NamedTuple):
    """One file, as its row tells of it."""

    row: models.Model
    name: str
    size: int  # bytes
    sha256: str
    is_double: bool  # another row names it too

    def __str__(self) -> str:
        return f"{self.row._meta.label_lower} {self.row.pk}\t{self.name}"

    def fault(self) -> str:
        """missing, unreadable, altered, no name of ours or named twice; "" when it is as it was kept, or was let go
        with its row meanwhile."""
        fault = self._look() or ("named twice" if self.is_double else "")
        return fault if fault and self.row._meta.model._base_manager.filter(pk=self.row.pk, file=self.name) else ""

    def _look(self) -> str:
        digest, size = hashlib.sha256(), 0
        try:
            with open(vault.path(self.name), "rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
        except FileNotFoundError:
            return "missing"
        except SuspiciousFileOperation:  # it leads out of the vault
            return "no name of ours"
        except OSError as error:
            return f"unreadable ({error.strerror})"
        return "" if (size, digest.hexdigest()) == (self.size, self.sha256) else "altered"


def owners() -> list[type[models.Model]]:
    """The models whose rows name a file of the vault, with its size and SHA-256."""
    return [model for model in apps.get_models() if any(_is_of_vault(field) for field in model._meta.fields)]


def _is_of_vault(field: models.Field) -> bool:
    return isinstance(field, models.FileField) and isinstance(field.storage, Vault)


def all_held() -> Iterator[Held]:
    rows_of = Counter(name for model in owners() for name in _named(model).values_list("file", flat=True))
    for model in owners():
        for row in _named(model).only("file", "size", "sha256").order_by("pk").iterator():
            yield Held(row, row.file.name, row.size, row.sha256, is_double=rows_of[row.file.name] > 1)


def count() -> int:
    return sum(_named(model).count() for model in owners())


def _named(model: type[models.Model]) -> models.QuerySet:
    return model._base_manager.exclude(file="")


class Unclaimed(NamedTuple):
    """A file that no row has. Times are seconds since 1970."""

    name: str
    came_at: float
    seen_at: float | None  # by a sweep, for the first time

    @property
    def goes_at(self) -> float | None:
        return None if self.seen_at is None else self.seen_at + UNCLAIMED


def unclaimed(seconds: float = 0) -> list[Unclaimed]:
    """The files that no row has, and that got their name so long ago: a row may come a moment later."""
    before, seen = time.time() - seconds, _seen()
    found = {}
    for path in Path(vault.location).glob("*/??/*"):
        if path.is_file() and not path.name.startswith(INCOMING):
            with suppress(FileNotFoundError):
                if (status := path.stat()).st_ctime <= before:
                    name = str(path.relative_to(vault.location))
                    found[name] = Unclaimed(name, status.st_mtime, seen.get(name))
    names = sorted(found)
    for start in range(0, len(names), 500):
        for model in owners():
            for name in _named(model).filter(file__in=names[start : start + 500]).values_list("file", flat=True):
                found.pop(name, None)
    return sorted(found.values())


def few(kept: int) -> int:
    """So many files of no row go by themselves where so many have one. Of more people decide: it may be the database
    that is the wrong one.
    """
    return max(FEW, kept // 100) if kept else 0


def sweep() -> int:
    """Remove what no row had for a week. Returns how many.

    Where too much is of no row, or no row has any file, nothing is removed: people decide (`remove_unclaimed`).
    """
    found, kept = unclaimed(ABANDONED), count()
    if len(found) > few(kept):
        log.error(
            "%s file(s) belong to no row, and %s have one: is this the database of these files? Nothing is removed; "
            "check_files names them, and remove_unclaimed lets them go",
            len(found),
            kept,
        )
        _note(found)
        return 0
    return remove(found)


def is_due(file: Unclaimed) -> bool:
    return file.goes_at is not None and file.goes_at < time.time()


def remove(found: Iterable[Unclaimed]) -> int:
    """Remove those of them that a sweep saw a week ago, and note when the others were seen first. Returns how many."""
    due = [file for file in found if is_due(file)]
    for file in due:
        log.info("%s belongs to no row and is removed", file.name)
        vault.delete(file.name)
    _note(set(found) - set(due))
    return len(due)


def _seen() -> dict[str, float]:
    with suppress(FileNotFoundError, ValueError):  # else a week begins anew
        return json.loads(Path(vault.path(SEEN)).read_text())
    return {}


def _note(found: Iterable[Unclaimed]) -> None:
    """Keep when each was seen first."""
    path, now = Path(vault.path(SEEN)), time.time()
    if seen := {file.name: now if file.seen_at is None else file.seen_at for file in found}:
        written = path.with_name(f"{INCOMING}{SEEN}")
        written.write_text(json.dumps(seen))
        os.replace(written, path)
    else:
        path.unlink(missing_ok=True)
