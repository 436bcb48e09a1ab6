"""How much room there is for files: on the disk, and in the share that each entry has of it."""

import errno
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from submissions.models import Entry, Evidence
from submissions.vault import vault

from .recognise import size_shown

RESERVE = 2**30  # bytes of the disk that are left alone
FILLING = 0.8  # of a disk or a share; from there on central staff are told
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class Room(NamedTuple):
    """The disk that evidence is kept on, in bytes."""

    total: int
    free: int

    @property
    def used(self) -> float:
        return 1 - self.free / self.total

    @property
    def state(self) -> str:
        """ok; filling; full: nothing more is taken."""
        return "full" if self.free < RESERVE else "filling" if self.used >= FILLING else "ok"


def room_left() -> Room:
    """On the disk that holds the vault, or will hold it once the first file comes."""
    folder = Path(vault.location)
    usage = shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.exists()))
    return Room(usage.total, usage.free)


def check_disk(size: int) -> None:
    """Raises OSError when so many bytes more would touch what is kept free: others are sending too."""
    if room_left().free < size + RESERVE:
        raise full_disk()


def full_disk() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def is_full(error: Exception) -> bool:
    """Whether this is a full disk: the vault's, or the database's."""
    if isinstance(error, DatabaseError):
        return getattr(error.__cause__, "pgcode", "") == "53100" or "disk is full" in str(error)
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def why_no_share(entry: Entry, size: int) -> str:
    """Why this entry takes no piece of so many bytes more. What was withdrawn or returned is kept, and counts."""
    held = entry.evidence.aggregate(pieces=Count("pk"), bytes=Sum("size", default=0))
    if held["pieces"] >= settings.ENTRY_MAX_PIECES:
        return _(
            "This entry has %(count)s pieces of evidence, as many as it may have; those withdrawn count too. "
            "Ask central staff for more room."
        ) % {"count": f"{held['pieces']:,}"}
    if held["bytes"] + size > settings.ENTRY_MAX_BYTES:
        return _(
            "The files of this entry take %(held)s of the %(most)s that it may have; those withdrawn count too. "
            "Hand in a link instead, or ask central staff for more room."
        ) % {"held": size_shown(held["bytes"]), "most": size_shown(settings.ENTRY_MAX_BYTES)}
    return ""


def entries_nearly_full() -> list[Entry]:
    """Those of rounds that are open which have used most of their share; with `pieces` and `bytes`."""
    much = Q(pieces__gte=FILLING * settings.ENTRY_MAX_PIECES) | Q(bytes__gte=FILLING * settings.ENTRY_MAX_BYTES)
    rows = Evidence.objects.filter(entry__round__is_closed=False).order_by().values("entry")
    held = {row["entry"]: row for row in rows.annotate(pieces=Count("pk"), bytes=Sum("size")).filter(much)}
    entries = list(Entry.objects.filter(pk__in=held).select_related("office", "nominee_office", "round"))
    for entry in entries:
        entry.pieces, entry.bytes = held[entry.pk]["pieces"], held[entry.pk]["bytes"]
    return entries
