"""What becomes of a file on its way: begun, finished as evidence, given up, forgotten."""

import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import ngettext

from submissions import intake
from submissions.files import recognise, room
from submissions.files.partial import Busy, Partial
from submissions.intake.content import short_name
from submissions.models import Entry, Evidence, Upload, User
from submissions.questions.hand_in import HandIn
from submissions.questions.proofread import Refused
from submissions.questions.slots import anchor_of
from submissions.vault import ABANDONED, vault

# What one person may have on its way at once, so that nobody fills the disk with what is never finished.
MOST_UPLOADS = 50
MOST_VIDEOS = 4  # as many bytes as this many of the largest videos
UNDER_WAY = timedelta(minutes=2)  # since the last request of whoever sends


class TooMuch(Refused):
    """This person has too much on its way."""


def begin(entry: Entry, hand_in: HandIn, *, by: User, name: str, size: int, modified: int | None = None) -> Upload:
    """Let somebody send a file of `size` bytes. Raises Refused with all that is known to be wrong before it comes.

    Raises OSError when the disk has no room for it.
    """
    refused = Refused()
    hand_in.check(entry, by, refused)
    try:
        recognise.foresee(name, size)
    except recognise.Unfit as unfit:
        refused.add("upload", str(unfit))
    refused.add("", room.why_no_share(entry, size))
    refused.raise_if_any()
    upload = Upload(
        user=by,
        entry=entry,
        requirement=hand_in.requirement,
        period=hand_in.period,
        name=short_name(name),
        size=size,
        modified=modified,
        channels=hand_in.sorted_channels,
        note=hand_in.note,
        replaces=hand_in.replaces,
        revision=hand_in.revision,
    )
    room.check_disk(size)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)  # one after another: the sum is theirs together
        _check_share(by, size)
        upload.save()
    Partial(upload.key).create()
    return upload


def under_way() -> int:
    """How many files are coming in at this moment: a piece of each came a little while ago."""
    return Upload.objects.unfinished().filter(touched_at__gt=timezone.now() - UNDER_WAY).count()


def _check_share(by: User, size: int) -> None:
    sizes = list(by.uploads.unfinished().values_list("size", flat=True))
    most = MOST_VIDEOS * max(settings.VIDEO_MAX_BYTES, settings.EVIDENCE_MAX_BYTES)
    if len(sizes) >= MOST_UPLOADS or sum(sizes) + size > most:
        text = ngettext(
            "You have %(count)s unfinished upload. Finish or cancel some first.",
            "You have %(count)s unfinished uploads. Finish or cancel some first.",
            len(sizes),
        )
        raise TooMuch({"": [text % {"count": len(sizes)}]})


def finish(upload: Upload) -> None:
    """Make evidence of what has arrived in full, or say on the upload why not. Asked again it changes nothing.

    Raises Busy while another request does it.
    """
    partial = Partial(upload.key)
    try:
        with partial.held():
            upload.refresh_from_db()
            if not upload.ended_at:
                _hand_in(upload, partial)
    except FileNotFoundError:  # another request has just done it
        upload.refresh_from_db()
        return
    if upload.ended_at:
        partial.remove()


def _hand_in(upload: Upload, partial: Partial) -> None:
    """It came when its last byte did, however long it took to be looked at, and whatever failed meanwhile."""
    at = upload.entry.round.time_of(partial.written_at)

    def became(evidence: Evidence) -> None:
        upload.become(evidence, is_repeated=evidence.submitted_at != at)

    with partial.whole(upload.name) as file:
        try:
            intake.attach_evidence(upload.entry, _hand_in_of(upload), by=upload.user, upload=file, at=at, then=became)
        except intake.Refused as refused:
            is_content = "upload" in refused.reasons and not isinstance(refused.__cause__, OSError)
            upload.refuse(refused.reasons, for_good=is_content)
        except intake.Conflict as conflict:
            # They are told; trying again, now that they know, is a decision.
            upload.revision = getattr(conflict.current, "revision", None)
            upload.refuse({"": [str(conflict)]}, for_good=False)


def _hand_in_of(upload: Upload) -> HandIn:
    """What was said when it began; of what it replaces the revision is told as long as that is there."""
    return HandIn(
        upload.requirement,
        upload.period,
        channels=upload.channels,
        note=upload.note,
        replaces=upload.replaces,
        revision=upload.revision if upload.replaces else None,
    )


def refuse(upload: Upload, reason: str) -> None:
    """Its first bytes show that it can't be taken: the rest need not come. Raises as `held` does."""
    partial = Partial(upload.key)
    with partial.held():  # else a row that is given up just now would be written anew
        upload.refuse({"upload": [reason]}, for_good=True)
        partial.remove()


def give_up(upload: Upload) -> None:
    """Forget it, and let go of what has arrived; evidence that it became stays. Raises Busy while it becomes that."""
    partial = Partial(upload.key)
    try:
        with partial.held():
            upload.delete()
            partial.remove()
    except FileNotFoundError:
        upload.delete()


def arrived(upload: Upload) -> int:
    """How many bytes are here. Raises FileNotFoundError when it was given up."""
    if not upload.ended_at:
        try:
            return Partial(upload.key).size
        except FileNotFoundError:
            upload.refresh_from_db()
            if not upload.ended_at:
                raise
    return upload.size


class Unfinished(NamedTuple):
    """An upload as pages show it to whoever may go on with it."""

    upload: Upload
    received: int  # bytes
    anchor: str  # of its slot
    kept_until: datetime  # by the round's clock, as all days on the round's pages are


def unfinished_of(user: User, entry: Entry) -> list[Unfinished]:
    """What this person was sending for this entry, and may go on with."""
    rows = []
    for upload in user.uploads.unfinished().filter(entry=entry):
        with suppress(FileNotFoundError, Upload.DoesNotExist):
            upload.entry = entry
            anchor = anchor_of(upload.requirement, upload.period)
            rows.append(Unfinished(upload, arrived(upload), anchor, entry.round.time_of(upload.expires_at)))
    return rows


def sweep() -> int:
    """Forget uploads that nobody went on with, and bytes that no upload knows. Returns how many."""
    swept = 0
    for upload in Upload.objects.expired():
        with suppress(Busy):  # somebody goes on with it after all
            give_up(upload)
            swept += 1
    known = set(Upload.objects.values_list("key", flat=True))
    for path in list(vault.incoming.iterdir()) if vault.incoming.is_dir() else []:
        with suppress(FileNotFoundError):  # it has just become evidence
            if path.name not in known and path.stat().st_mtime < time.time() - ABANDONED:
                path.unlink()
                swept += 1
    return swept


def touch(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).update(touched_at=timezone.now())
