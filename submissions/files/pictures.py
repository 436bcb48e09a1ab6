"""Whether a picture for papers is taken: what any file must be, no virus, large enough to print; then drawn anew."""

from base64 import b64decode
from typing import Any, NamedTuple

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _

from . import confined, recognise, redraw, scanner
from .recognise import Unfit

MOST_BYTES = 5 * 2**20
KINDS = (recognise.PNG, recognise.JPEG, recognise.WEBP)
SCANNING = 10  # seconds: somebody waits


class Drawn(NamedTuple):
    content: bytes
    suffix: str


class Use(NamedTuple):
    """What a picture is for: how many pixels its sides have, and whether it lies across."""

    most: int
    least: int
    lies_across: bool = False


EMBLEM = Use(most=1200, least=240)  # three centimetres high, at two hundred dots to an inch
BACKGROUND = Use(most=3508, least=1200, lies_across=True)  # A4 at three hundred dots to an inch


def accepted_types() -> str:
    """The `accept` attribute of a field."""
    return ",".join(f"{kind.suffix},{kind.content_type}" for kind in KINDS)


def draw(upload: "File[bytes]", use: Use, person: int) -> Drawn:
    """The picture as it is kept. Raises Unfit, which says why not; OSError when the machine failed."""
    if (upload.size or 0) > MOST_BYTES:
        size, limit = recognise.size_shown(upload.size), recognise.size_shown(MOST_BYTES)
        raise Unfit(_("The picture is %(size)s. It may have %(limit)s at most.") % {"size": size, "limit": limit})
    kind = recognise.inspect(upload, person)
    if kind not in KINDS:
        raise Unfit(_("This is %(kind)s, and no picture. Send PNG, JPEG or WebP.") % {"kind": kind.label})
    content = upload.read()
    _scan(content)
    drawn = _redrawn(content, use)
    if use.lies_across and drawn["width"] <= drawn["height"]:
        raise Unfit(_("The picture stands upright. Certificates lie across: send one that is wider than high."))
    return Drawn(b64decode(drawn["content"]), drawn["suffix"])


def _redrawn(content: bytes, use: Use) -> dict[str, Any]:
    try:
        drawn: dict[str, Any] = confined.read("files.redraw", content, str(use.most), str(use.least))
    except confined.Late:
        raise Unfit(recognise.why_unread()) from None
    except confined.Unreadable as fault:
        reasons = {
            "small": _("The picture is too small to print: each side needs %(least)s pixels at least.")
            % {"least": f"{use.least:,}"},
            "pixels": _("The picture has too many pixels: %(most)s at most.") % {"most": f"{redraw.MAX_PIXELS:,}"},
        }
        raise Unfit(reasons.get(str(fault), _("The file is damaged and can't be opened."))) from None
    return drawn


def _scan(content: bytes) -> None:
    if not settings.CLAMD:
        return
    try:
        scanner.ask()
        threat = scanner.scan(content, SCANNING)
    except scanner.Away:
        raise Unfit(_("The virus scanner does not answer just now. Try again in a minute.")) from None
    if threat:
        raise Unfit(_("A virus was found in this file."))
