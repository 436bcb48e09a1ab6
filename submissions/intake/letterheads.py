"""What a round's papers carry is set by those who run it, and copied with the round."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from submissions import thai
from submissions.files import pictures, recognise, room
from submissions.models import Letterhead, Picture, Round, User
from submissions.models.letterheads import (
    MOST_PAPER_NUMBER,
    MOST_POST,
    MOST_PROJECT,
    MOST_SIGNER,
    MOST_SIGNERS,
    TAKEN_OVER,
)
from submissions.questions import access
from submissions.questions.proofread import Refused
from submissions.vault import vault

from .hold import Conflict

PICTURES = {"emblem": pictures.EMBLEM, "background": pictures.BACKGROUND}
FARTHEST = 366  # days from today; a later day, or an earlier one by ten years, has a slip in its year
MOST_LINES = 3  # of a post


class Printed(NamedTuple):
    """What is typed of a template."""

    project_th: str = ""
    number_th: str = ""
    dated: date | None = None
    signers: tuple[tuple[str, str], ...] = ()  # the name, and the post


def save_letterhead(
    round: Round,
    printed: Printed,
    *,
    by: User,
    revision: int,
    uploads: "dict[str, File[bytes]] | None" = None,
    without: Iterable[str] = (),
    faults: Mapping[str, list[str]] | None = None,
) -> Letterhead:
    """Keep the round's template as it is now, with these pictures in place of those before and `without` those named.

    `faults`: what was found wrong already in what was typed. Refused with every fault at once, and then nothing is
    kept. Conflict when somebody else changed it since `revision` (0: nobody had set anything).
    """
    refused = Refused()
    refused.add("", access.why_not_run(by, round))
    refused.raise_if_any()  # a stranger's pictures are not even opened
    refused = Refused(dict(faults or {}))
    printed = _tidy(printed)
    _check(printed, refused)
    drawn = _drawn(uploads or {}, refused, by)
    refused.raise_if_any()
    kept = {name: keep_picture(one.content, one.suffix) for name, one in drawn.items()}
    with transaction.atomic():
        held = _held(round, revision)
        held.project_th, held.number_th, held.dated = printed.project_th, printed.number_th, printed.dated
        held.signers = [{"name": name, "post": post} for name, post in printed.signers]
        for name in PICTURES:
            if name in kept or name in without:
                setattr(held, name, kept.get(name))
        held.revision += 1
        _keep(held, by, _("changed"))
    return held


def copy_letterhead(source: Round, made: Round, *, by: User) -> None:
    """A round made like another prints like it, but for the number and the day."""
    with suppress(Letterhead.DoesNotExist):
        like = {name: getattr(source.letterhead, name) for name in TAKEN_OVER}
        _keep(Letterhead(round=made, revision=1, **like), by, _("made like “%(round)s”") % {"round": source})


def keep_picture(content: bytes, suffix: str) -> Picture:
    """The picture of this content, kept once; and again where its file is gone."""
    room.check_disk(len(content))
    kept = vault.keep([content], suffix, folder="pictures")
    row, is_new = Picture.objects.get_or_create(sha256=kept.sha256, defaults={"file": kept.name, "size": kept.size})
    if is_new:
        return row
    assert row.file.name
    if vault.holds(row.file.name, kept):
        vault.delete(kept.name)
    else:
        vault.mend(row.file.name, kept)
    return row


def _tidy(printed: Printed) -> Printed:
    """As it is printed: papers say the word before the number, and put brackets about a name, themselves."""
    return printed._replace(
        project_th=" ".join(printed.project_th.split()),
        number_th=" ".join(printed.number_th.split()).removeprefix(thai.BEFORE_NUMBER).strip(),
        signers=tuple(
            (" ".join(name.split()).strip("() "), "\n".join(line.strip() for line in post.strip().splitlines()))
            for name, post in printed.signers
        ),
    )


def _drawn(uploads: "dict[str, File[bytes]]", refused: Refused, by: User) -> dict[str, pictures.Drawn]:
    drawn = {}
    for name, upload in uploads.items():
        try:
            drawn[name] = pictures.draw(upload, PICTURES[name], by.pk)
        except recognise.Unfit as unfit:
            refused.add(name, str(unfit))
    return drawn


def _held(round: Round, revision: int) -> Letterhead:
    """The template, locked by its round; a new one where none was made. Raises Conflict."""
    Round.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=round.pk)
    held = Letterhead.objects.filter(pk=round.pk).first() or Letterhead(round=round)
    if held.revision != revision:
        raise Conflict(held)
    return held


def _keep(letterhead: Letterhead, by: User, deed: str) -> None:
    letterhead.edited_by, letterhead.edited_at = by, timezone.now()
    written: Any = letterhead
    written._history_user, written._change_reason = by, deed
    letterhead.save()


def _check(printed: Printed, refused: Refused) -> None:
    for name, most in (("project_th", MOST_PROJECT), ("number_th", MOST_PAPER_NUMBER)):
        _check_length(name, getattr(printed, name), most, refused)
    if printed.dated and not -3660 < (printed.dated - timezone.localdate()).days < FARTHEST:
        refused.add("dated", _("This day is far away. Check the year."))
    if len(printed.signers) > MOST_SIGNERS:
        refused.add("", _("%(most)s sign at most.") % {"most": MOST_SIGNERS})
    for number, (name, post) in enumerate(printed.signers, 1):
        _check_length(f"name_{number}", name, MOST_SIGNER, refused)
        _check_length(f"post_{number}", post, MOST_POST, refused)
        if not name:
            refused.add(f"name_{number}", _("Name who signs, or leave the post empty too."))
        if not post:
            refused.add(f"post_{number}", _("Say in which post this person signs."))
        if len(post.splitlines()) > MOST_LINES:
            refused.add(f"post_{number}", _("%(most)s lines at most.") % {"most": MOST_LINES})


def _check_length(name: str, text: str, most: int, refused: Refused) -> None:
    if len(text) > most:
        refused.add(name, _("Longer than %(most)s characters.") % {"most": f"{most:,}"})
