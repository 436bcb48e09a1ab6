"""Brings a backup back: it is looked through first; then the files come, then the rows, then all is checked."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db.migrations.loader import MigrationLoader

from scoring import parcels
from scoring.models import Parcel
from submissions.models import Letter, Token
from submissions.vault import INCOMING

from . import dumps
from .backups import MEDIA, File, Manifest, Say, Unfit, copy, faults, read, say_now_and_then

OURS = ("submissions", "scoring", "awards")
CHECKS = ("check_files", "check_log", "verify_publication")


class Plan:
    """What bringing a backup back would do here, and why it can't be done."""

    def __init__(self, folder: Path, say: Say) -> None:
        self.folder = folder
        self.manifest: Manifest = read(folder)
        self.vault = Path(settings.MEDIA_ROOT)
        self.there = {name for name in self.manifest.media if (self.vault / name).exists()}
        self.room = sum(file.size for name, file in self.manifest.media.items() if name not in self.there)
        found = faults(folder, self.manifest, say)
        self.damaged = {name: found[f"{MEDIA}/{name}"] for name in self.manifest.media if self._is_lost(name, found)}
        self.faults = {
            name: fault for name, fault in found.items() if name.partition("/")[2] not in self.manifest.media
        }

    def why_not(self, replace: bool, without_damaged: bool = False) -> list[str]:
        """Every reason at once. Files that are damaged in the backup and nowhere else may be left out."""
        damaged = {} if without_damaged else self.damaged
        if self.faults or damaged:
            damage = [f"{name}: {what}" for name, what in self.faults.items()]
            damage += [f"{MEDIA}/{name}: {what}" for name, what in damaged.items()]
            hint = ["--without-damaged brings back all but the files in media/ that are named"] if damaged else []
            return [f"{self.folder} is not as it was saved", *damage, *hint]
        return [*self._unsuited(), *self._in_the_way(replace)]

    def _is_lost(self, name: str, found: dict[str, str]) -> bool:
        """Whether a file is damaged in the backup, and not whole in the vault either."""
        if f"{MEDIA}/{name}" not in found:
            return False
        return name not in self.there or copy(self.vault / name, None) != self.manifest.media[name]

    def _unsuited(self) -> Iterator[str]:
        if self.manifest.database != dumps.file_name():
            yield f"it holds {self.manifest.database}, and the database here takes a {dumps.file_name()}"
        known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
        for name in self.manifest.migrations:
            if name.split(".")[0] in OURS and name not in known:
                yield f"it is of a newer release than this one, which has no migration {name}"
                return

    def _in_the_way(self, replace: bool) -> Iterator[str]:
        if not replace and not dumps.is_empty():
            yield "the database holds tables; --replace puts what was saved in their place, and what they hold is lost"
        if others := dumps.others():
            yield f"{len(others)} other connection(s) to the database: stop all parts of the portal but the database"
        if (free := shutil.disk_usage(self.vault).free) < self.room:
            yield f"{self.vault} has room for {free} bytes, and {self.room} are needed"


def restore(plan: Plan, say: Say) -> None:
    """Files first: without their rows they harm nobody, should the database refuse."""
    for number, (name, file) in enumerate(plan.manifest.media.items(), 1):
        if name in plan.damaged:
            continue
        _bring_back(plan.folder / MEDIA / name, plan.vault / name, file)
        say_now_and_then(say, number, "files are back")
    say(f"{len(plan.manifest.media) - len(plan.damaged)} files are back")
    dumps.load(plan.folder / plan.manifest.database)
    ContentType.objects.clear_cache()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    for parcel in Parcel.objects.all():
        parcels.remove(parcel)
    say("the database is back")


def check(say: Say) -> list[str]:
    """Whether all is as it was kept, explained by its log, and as it was announced; what is not."""
    failed = []
    for name in CHECKS:
        try:
            call_command(name)
            say(f"{name}: as it should be")
        except CommandError as error:
            failed.append(f"{name}: {error}")
    return failed


def begin_anew() -> tuple[int, int]:
    """End all tokens, and send no letter that was waiting: since the backup they may have been ended, and sent.

    Returns how many tokens and letters.
    """
    tokens, _each = Token.objects.all().delete()
    fault = "put off by a restore"
    return tokens, Letter.objects.filter(due_at__isnull=False).update(due_at=None, fault=fault)


def _bring_back(source: Path, target: Path, file: File) -> None:
    if target.exists() and copy(target, None) == file:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=INCOMING)
    os.close(handle)
    Path(temporary).unlink()
    if copy(source, Path(temporary)) != file:
        Path(temporary).unlink()
        raise Unfit(f"{source} was altered meanwhile")
    os.chmod(temporary, 0o640)  # the proxy reads it too
    os.replace(temporary, target)
