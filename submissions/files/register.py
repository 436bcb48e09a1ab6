"""Which row each file of the vault belongs to: what is missing or was altered, and what belongs to none."""

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.db import models

from submissions.vault import ABANDONED, INCOMING, Vault, vault

log = logging.getLogger(__name__)
# Files handed in while a copy of the database was made are younger than it; whoever restores it has a week to see them.
UNCLAIMED = 7 * ABANDONED
CHUNK = 2**20  # bytes


class Held(NamedTuple):
    """One file, as its row tells of it."""

    row: models.Model
    name: str
    size: int  # bytes
    sha256: str

    def __str__(self) -> str:
        return f"{self.row._meta.label_lower} {self.row.pk}\t{self.name}"

    def fault(self) -> str:
        """missing, unreadable or altered; "" when it is as it was kept, or was let go with its row meanwhile."""
        fault = self._look()
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
        except OSError as error:
            return f"unreadable ({error.strerror})"
        return "" if (size, digest.hexdigest()) == (self.size, self.sha256) else "altered"


def owners() -> list[type[models.Model]]:
    """The models whose rows name a file of the vault, with its size and SHA-256."""
    return [model for model in apps.get_models() if any(_is_of_vault(field) for field in model._meta.fields)]


def _is_of_vault(field: models.Field) -> bool:
    return isinstance(field, models.FileField) and isinstance(field.storage, Vault)


def all_held() -> Iterator[Held]:
    for model in owners():
        for row in model._base_manager.exclude(file="").only("file", "size", "sha256").order_by("pk").iterator():
            yield Held(row, row.file.name, row.size, row.sha256)


def count() -> int:
    return sum(model._base_manager.exclude(file="").count() for model in owners())


def unclaimed(seconds: float = UNCLAIMED) -> list[str]:
    """The names of files that no row has, and that got their name so long ago: a row may come late, but not so late."""
    before = time.time() - seconds
    found = {}
    for path in Path(vault.location).glob("*/??/*"):
        if path.is_file() and not path.name.startswith(INCOMING):
            with suppress(FileNotFoundError):
                if path.stat().st_ctime < before:
                    found[str(path.relative_to(vault.location))] = path
    names = sorted(found)
    for start in range(0, len(names), 500):
        for model in owners():
            for name in model._base_manager.filter(file__in=names[start : start + 500]).values_list("file", flat=True):
                found.pop(name)
    return sorted(found)


def sweep() -> int:
    """Remove them. Returns how many."""
    names = unclaimed()
    for name in names:
        log.info("%s belongs to no row and is removed", name)
        vault.delete(name)
    return len(names)
