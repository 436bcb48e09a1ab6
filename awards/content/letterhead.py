"""What a round's papers carry beside what is announced, as it is frozen with a publication: emblem, signers, day.

It is kept beside the publication's content, which holds its digest: names of people who sign stay on the paper. The
salt keeps them from being guessed by that digest.
"""

import errno
import hashlib
import secrets
from typing import Any

from django.conf import settings

from submissions.intake.letterheads import keep_picture
from submissions.models import Letterhead, Picture, Round

SALT = 16  # bytes


def of_round(round: Round) -> dict[str, Any]:
    """As it stands now."""
    return content(read(round))


def content(letterhead: Letterhead | None) -> dict[str, Any]:
    """What nobody set is left out; without an emblem of its own a round has the portal's."""
    return {"salt": secrets.token_hex(SALT)} | _shown(letterhead)


def read(round: Round) -> Letterhead | None:
    return Letterhead.objects.select_related("emblem", "background").filter(pk=round.pk).first()


def revision_of(letterhead: Letterhead | None) -> int:
    """0 where nobody set anything."""
    return letterhead.revision if letterhead else 0


def _shown(letterhead: Letterhead | None) -> dict[str, Any]:
    """The same without its salt: what is printed. Pictures stand as their SHA-256."""
    set_now: dict[str, Any] = {}
    if letterhead:
        set_now = {
            "project_th": letterhead.project_th,
            "number_th": letterhead.number_th,
            "dated": letterhead.dated.isoformat() if letterhead.dated else "",
            "signers": letterhead.signers,
        }
        pictures = {"emblem": letterhead.emblem, "background": letterhead.background}
        set_now |= {name: picture.sha256 for name, picture in pictures.items() if picture}
    set_now["emblem"] = set_now.get("emblem") or _emblem_of_portal()
    return {name: value for name, value in set_now.items() if value}


def _emblem_of_portal() -> str:
    """Kept like any other picture: what operators set may be another one tomorrow."""
    if settings.EMBLEM is None or not settings.EMBLEM.exists():
        return ""
    return keep_picture(settings.EMBLEM.read_bytes(), settings.EMBLEM.suffix).sha256


def pictures_of(paper: dict[str, Any]) -> dict[str, bytes]:
    """The pictures that a paper shows, by the addresses by which its template asks for them. One statement.

    Raises OSError where one is gone, or not what it was: a paper without its emblem would be another paper.
    """
    asked = {name: paper[name] for name in ("emblem", "background") if name in paper}
    kept = {one.sha256: one for one in Picture.objects.filter(sha256__in=asked.values())} if asked else {}
    return {f"asset:{name}": _content(kept.get(sha256), sha256) for name, sha256 in asked.items()}


def _content(picture: Picture | None, sha256: str) -> bytes:
    if picture is None:
        raise FileNotFoundError(errno.ENOENT, "a picture is not kept", sha256)
    with picture.file.open("rb") as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise OSError(errno.EIO, "a picture is not what it was", sha256)
    return content
