"""What a file or a link is worth on arrival: its type by content, its size, whether it opens."""

import zipfile
from typing import NamedTuple
from urllib.parse import urlsplit

import filetype
import pikepdf
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image
from pymediainfo import MediaInfo


class Unfit(ValueError):
    """A file that is not taken; str() says why, for the person who sent it."""


class Kind(NamedTuple):
    content_type: str
    suffix: str
    label: str


PDF = Kind("application/pdf", ".pdf", "PDF")
WORD = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx", "Word")
EXCEL = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", "Excel")
POWERPOINT = Kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx", "PowerPoint")
JPEG = Kind("image/jpeg", ".jpg", "JPEG")
PNG = Kind("image/png", ".png", "PNG")
WEBP = Kind("image/webp", ".webp", "WebP")
MP4 = Kind("video/mp4", ".mp4", "MP4")
KINDS = (PDF, WORD, EXCEL, POWERPOINT, JPEG, PNG, WEBP, MP4)
OFFICE_PARTS = {"word/document.xml": WORD, "xl/workbook.xml": EXCEL, "ppt/presentation.xml": POWERPOINT}
# More than any phone or scanner makes; a small file can claim far more and fill the memory.
MAX_PIXELS = 100_000_000


def accepted_types() -> str:
    """The `accept` attribute of a file field."""
    return ",".join(f"{kind.suffix},{kind.content_type}" for kind in KINDS)


def limit(kind: Kind) -> int:
    """The greatest size in bytes for this kind of file."""
    return settings.VIDEO_MAX_BYTES if kind is MP4 else settings.EVIDENCE_MAX_BYTES


def inspect(file) -> Kind:
    """The kind of an uploaded file, by what is in it. Raises Unfit. Leaves the file at its beginning."""
    if not file.size:
        raise Unfit(_("The file is empty."))
    kind = _recognise(file)
    if file.size > limit(kind):
        raise Unfit(
            _("The file is %(size)s. A %(kind)s file may have %(limit)s at most.")
            % {"size": filesizeformat(file.size), "kind": kind.label, "limit": filesizeformat(limit(kind))}
        )
    file.seek(0)
    _OPENERS[kind](file)
    file.seek(0)
    return kind


def _foreign() -> Unfit:
    return Unfit(
        _("This type of file is not taken, whatever its name says. Allowed: %(kinds)s.")
        % {"kinds": ", ".join(kind.label for kind in KINDS)}
    )


def _recognise(file) -> Kind:
    file.seek(0)
    head = file.read(8192)
    guess = filetype.guess(head)
    mime = guess.mime if guess else ""
    for kind in (PDF, JPEG, PNG, WEBP):
        if mime == kind.content_type:
            return kind
    if head[4:8] == b"ftyp" and mime in ("video/mp4", "video/x-m4v", "video/quicktime", ""):
        return MP4
    if head.startswith(b"PK"):
        return _office_kind(file)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        # Both an old .doc and an encrypted .docx begin like this.
        raise Unfit(
            _(
                "This is an Office file of the old format or with a password. "
                "Save it without a password as .docx, .xlsx, .pptx or PDF."
            )
        )
    raise _foreign()


def _office_kind(file) -> Kind:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as parts:
            names = set(parts.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise Unfit(_("The file is damaged and can't be opened.")) from None
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Unfit(_("The file holds macros. Save it without macros and send it again."))
    for part, kind in OFFICE_PARTS.items():
        if part in names and "[Content_Types].xml" in names:
            return kind
    raise _foreign()


def _open_pdf(file) -> None:
    try:
        with pikepdf.open(file) as document:
            if document.is_encrypted:
                raise Unfit(_("The PDF is locked. Save it without a password and send it again."))
            if not len(document.pages):
                raise Unfit(_("The PDF has no pages."))
    except pikepdf.PasswordError:
        raise Unfit(_("The PDF is locked. Save it without a password and send it again.")) from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Unfit(_("The file is damaged and can't be opened.")) from None


def _open_image(file) -> None:
    try:
        with Image.open(file) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Unfit(_("The picture has too many pixels. Send it smaller."))
            picture.load()
    except Unfit:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Unfit(_("The file is damaged and can't be opened.")) from None


def _open_office(file) -> None:
    try:
        with zipfile.ZipFile(file) as parts:
            if any(part.flag_bits & 1 for part in parts.infolist()):
                raise Unfit(_("The file has a password. Save it without one and send it again."))
            with parts.open("[Content_Types].xml") as listing:
                listing.read(1)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError):
        raise Unfit(_("The file is damaged and can't be opened.")) from None


def _open_video(file) -> None:
    try:
        tracks = MediaInfo.parse(file).tracks
    except (OSError, RuntimeError, ValueError):
        raise Unfit(_("The file is damaged and can't be opened.")) from None
    if not any(track.track_type == "Video" for track in tracks):
        raise Unfit(_("The file holds no video that can be played."))


_OPENERS = {
    PDF: _open_pdf,
    JPEG: _open_image,
    PNG: _open_image,
    WEBP: _open_image,
    WORD: _open_office,
    EXCEL: _open_office,
    POWERPOINT: _open_office,
    MP4: _open_video,
}


def inspect_link(url: str) -> str:
    """A link as it is kept. Raises Unfit when it can't lead anywhere on the web."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        parts, host = None, ""
    if parts is None or parts.scheme not in ("http", "https") or "." not in host.strip("."):
        raise Unfit(_("This is no web address. It must begin with https:// or http:// and name a site."))
    if len(url.strip()) > 1000:
        raise Unfit(_("The web address is longer than 1,000 characters."))
    return url.strip()
