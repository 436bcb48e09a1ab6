"""Whether a file or a link is taken when it arrives: its type by content, its size, whether it opens."""

import logging
import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.etree import ElementTree

import filetype
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from submissions.models.evidence import MOST_URL

from . import confined, opens, seats

log = logging.getLogger(__name__)

# A host at the beginning that no file's name is taken for: with www., with a path, or of Thailand.
BARE_LINK = re.compile(r"www\.|(?:[a-z0-9-]+\.)+(?:[a-z]{2,}/|th$)", re.IGNORECASE)


class Unfit(Exception):
    """A file that is not taken; str() says why, for the person who sent it."""


def why_unread() -> str:
    """Of a file that may well be sound: its disk failed, or the machine was too slow."""
    return _("The file can't be read just now. Try again; if it stays so, tell central staff.")


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
OFFICE = Kind("", "", "Word, Excel, PowerPoint")  # one of them, of which no more is known yet
KINDS = (PDF, WORD, EXCEL, POWERPOINT, JPEG, PNG, WEBP, MP4)
_SUITE = "application/vnd.openxmlformats-officedocument"
_MAIN_PARTS = {
    f"{_SUITE}.wordprocessingml.document.main+xml": WORD,
    f"{_SUITE}.spreadsheetml.sheet.main+xml": EXCEL,
    f"{_SUITE}.presentationml.presentation.main+xml": POWERPOINT,
}
HEAD = 8192  # bytes at the beginning that show what a file is
MAX_LISTING = 4 * 2**20  # bytes of an archive's list of contents
MAX_UNPACKED = 2**30  # bytes of an archive's contents
# What Office writes. The other ways of packing are unpacked without a bound: a kilobyte fills the memory.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
WAIT = 0.8  # seconds for one's turn: whoever waits longer holds a thread that pages need


def accepted_types() -> str:
    """The `accept` attribute of a file field. A telephone's own videos may be QuickTime by name, and MP4 inside."""
    return ",".join(f"{kind.suffix},{kind.content_type}" for kind in KINDS) + ",.mov,video/quicktime"


def limit(kind: Kind) -> int:
    """The greatest size in bytes for this kind of file."""
    return settings.VIDEO_MAX_BYTES if kind is MP4 else settings.EVIDENCE_MAX_BYTES


def size_shown(size: int) -> str:
    """18.9 KB, 50 MB"""
    return filesizeformat(size).replace(".0\xa0", "\xa0")


def inspect(file, person: int | None = None) -> Kind:
    """The kind of an uploaded file, by what is in it, and whether it opens. Leaves the file at its beginning.

    A machine with too much to do refuses nothing: nobody sends a file again for that, and it is examined later. So it
    is with the files of a `person` for whom others would wait too long.

    Raises Unfit; OSError or MemoryError when the machine failed, which says nothing of the file.
    """
    if not file.size:
        raise Unfit(_("The file is empty."))
    with _readable():
        file.seek(0)
        kind = _by_head(file.read(HEAD))
        _check_size(kind or OFFICE, file.size)
        kind = kind or _office_kind(file)
        file.seek(0)
        with seats.for_file(person, WAIT) as is_free:
            if is_free:
                _OPENERS[kind](file, kind)
            else:
                log.warning("a file was taken without being opened: others take long just now, or this person did")
    file.seek(0)
    return kind


@contextmanager
def _readable() -> Iterator[None]:
    """A library's error of any kind, with a file of any content, is one thing for people: it can't be opened.

    Faults of the machine are raised as they are: a file is not thrown away because a disk fails.
    """
    try:
        yield
    except (Unfit, MemoryError):
        raise
    except Exception as error:
        if confined.is_of_machine(error):
            raise
        log.info("a file can't be opened: %r", error)
        raise _damaged() from error


def foresee(name: str, size: int) -> None:
    """Refuse by its name and size a file of which nothing has come yet. Raises Unfit."""
    if not size:
        raise Unfit(_("The file is empty."))
    suffix = f".{name.rpartition('.')[2].casefold()}"
    kind = JPEG if suffix == ".jpeg" else next((kind for kind in KINDS if kind.suffix == suffix), MP4)
    _check_size(kind, size)


def glance(head: bytes, size: int) -> None:
    """Refuse by its first bytes a file of which the rest has not come yet. Raises Unfit."""
    with _readable():
        _check_size(_by_head(head) or OFFICE, size)


def _check_size(kind: Kind, size: int) -> None:
    if size > limit(kind):
        raise Unfit(
            _(
                "The file is %(size)s. A %(kind)s file may have %(limit)s at most. Make it smaller, or hand in a link"
                " to it."
            )
            % {"size": size_shown(size), "kind": kind.label, "limit": size_shown(limit(kind))}
        )


def _foreign() -> Unfit:
    return Unfit(
        _("This type of file is not taken. Allowed: %(kinds)s.") % {"kinds": ", ".join(kind.label for kind in KINDS)}
    )


def _by_head(head: bytes) -> Kind | None:
    """The kind that the first bytes show; None for an archive, in which more is to be read."""
    guess = filetype.guess(head)
    mime = guess.mime if guess else ""
    for kind in (PDF, JPEG, PNG, WEBP):
        if mime == kind.content_type:
            return kind
    if head[4:8] == b"ftyp" and mime in ("video/mp4", "video/x-m4v", "video/quicktime", ""):
        return MP4
    if head.startswith(b"PK"):
        return None
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
    """What an Office archive says it holds. The names of its parts are free; their types are not."""
    names, types = _parts(file)
    if any("macro" in kind or "vba" in kind for kind in types) or any("vbaproject" in name for name in names):
        raise Unfit(_("The file holds macros. Save it without macros and send it again."))
    for part, kind in _MAIN_PARTS.items():
        if part.casefold() in types:
            return kind
    raise _foreign()


def _parts(file) -> tuple[set[str], set[str]]:
    """The names and the types of an archive's parts; no types when it is no Office archive."""
    with zipfile.ZipFile(_with_short_listing(file)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise Unfit(_("The file unpacks to more than it can need."))
        if any(part.compress_type not in _PACKED for part in parts):
            raise _damaged()
        if any(part.flag_bits & 1 for part in parts):
            raise Unfit(_("The file has a password. Save it without one and send it again."))
        names = {part.filename.casefold() for part in parts}
        if "[content_types].xml" not in names:
            return names, set()
        with archive.open("[Content_Types].xml") as listing:
            tree = ElementTree.fromstring(listing.read(MAX_LISTING))  # noqa: S314  bounded; expat bounds entities
    return names, {part.get("ContentType", "").casefold() for part in tree}


def _with_short_listing(file):
    """The archive, unless its list of contents alone would fill the memory."""
    file.seek(max(0, file.size - 65557))  # the end record, and the longest comment after it
    tail = file.read()
    end = tail.rfind(b"PK\5\6")
    if end < 0 or len(tail) < end + 22:
        raise _damaged()
    # Beside an end record for archives of many gigabytes, which takes its place, the usual one may say anything.
    is_huge = end >= 20 and tail.startswith(b"PK\6\7", end - 20)
    if is_huge or struct.unpack_from("<L", tail, end + 12)[0] > MAX_LISTING:
        raise Unfit(_("The file unpacks to more than it can need."))
    file.seek(0)
    return file


def _damaged() -> Unfit:
    return Unfit(_("The file is damaged and can't be opened."))


def _open_pdf(file, kind: Kind) -> None:
    _open_apart(
        file,
        "pdf",
        locked=_("The PDF is locked. Save it without a password and send it again."),
        empty=_("The PDF has no pages."),
        size=_("The PDF takes too long to open. Print it to a new PDF and send that."),
    )


def _open_video(file, kind: Kind) -> None:
    _open_apart(
        file,
        "video",
        empty=_("The file holds no video that can be played."),
        size=_("The video is stored in a way that takes too long to open. Save it again as an ordinary MP4."),
    )


def _open_apart(file, kind: str, **reasons: str) -> None:
    """Open it in a program of its own. A file on disk is opened anew: two programs would share one position in it."""
    try:
        if hasattr(file, "temporary_file_path"):
            with open(file.temporary_file_path(), "rb") as anew:
                confined.read("files.opens", anew, kind)
        else:
            confined.read("files.opens", file.read(), kind)
    except confined.Late:  # the machine's fault, as likely as not
        return
    except confined.Unreadable as fault:
        raise (Unfit(reasons[str(fault)]) if str(fault) in reasons else _damaged()) from None


def _open_image(file, kind: Kind) -> None:
    large = _("The picture has too many pixels: %(most)s at most.")
    _open_apart(
        file,
        kind.label.casefold(),
        pixels=large % {"most": f"{opens.MAX_PIXELS:,}"},
        held=large % {"most": f"{opens.MAX_HELD:,}"},
        size=_("The picture is stored in a way that takes too long to open. Save it again as an ordinary picture."),
    )


def _open_office(file, kind: Kind) -> None:
    """The largest part is read through, and its checksum compared: a file cut short or overwritten shows there."""
    with zipfile.ZipFile(file) as archive, archive.open(max(archive.infolist(), key=_size)) as part:
        while part.read(2**20):
            pass


def _size(part: zipfile.ZipInfo) -> int:
    return part.compress_size


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
    """A link as it is kept; one without https:// is taken for what people mean by it. Raises Unfit for what is none."""
    url = url.strip()
    if BARE_LINK.match(url):
        url = f"https://{url}"
    if len(url) > MOST_URL:
        raise Unfit(_("The web address is longer than 1,000 characters."))
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        parts, host = None, ""
    in_one_piece = url.isprintable() and not any(letter.isspace() for letter in url)
    if parts is None or not in_one_piece or parts.scheme not in ("http", "https") or "." not in host.strip("."):
        raise Unfit(_("This is no web address. It must begin with https:// or http:// and name a site."))
    if "@" in parts.netloc:
        raise Unfit(_("The web address holds a user name or password. Give one that others can open."))
    return url
