"""Opens a PDF, a picture or a video as it arrives, to see that it can be opened at all; run by `confined`.

A PDF's list of pages alone, in five megabytes, can name one page a million times and take two gigabytes; a video of one
megabyte can hold thousands of empty tracks, and be read for minutes.
"""

import re
from typing import IO, BinaryIO, cast

from .confined import Unreadable

STREAM = 64 * 2**20  # bytes of one compressed part that holds structure


# A small file can claim far more than any phone, scanner or office program makes, and fill the memory of whoever opens
# it. PNG and JPEG are checked without holding the whole picture; WebP, and a JPEG painted in several passes, are not.
MAX_PIXELS = 100_000_000
MAX_HELD = 25_000_000
# A JPEG may paint its picture over and over, half a megabyte for half a minute, and any picture may lie in millions of
# pieces. Photographs are painted ten times at most, and programs write pieces of 2 kB and more.
MAX_PAINTED = 2_000_000_000  # pixels, over all passes
MAX_READS = 200_000
_MARK = re.compile(rb"\xff+([^\x00\x01\xd0-\xd7\xff])")  # in a JPEG: what follows, but for marks that nothing follows
_FORMATS = {"jpeg": ("JPEG", "MPO"), "png": ("PNG",), "webp": ("WEBP",)}


def read(file: BinaryIO, kind: str) -> None:
    """`kind` is `pdf`, `video`, `jpeg`, `png` or `webp`.

    Raises Unreadable: `locked`, `empty`, `damaged`, `pixels` (more than MAX_PIXELS), `held` (more than MAX_HELD), or as
    `confined` does.
    """
    if kind in _FORMATS:
        _open_picture(file, kind)
    else:
        {"pdf": _open_pdf, "video": _open_video}[kind](file)


class _Bounded:
    """A picture's file, which is not read in any number of pieces."""

    def __init__(self, file: BinaryIO) -> None:
        self.seek, self.tell, self._read, self._left = file.seek, file.tell, file.read, MAX_READS

    def read(self, *size: int) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise Unreadable("size")
        return self._read(*size)


def _passes(file: BinaryIO) -> int:
    """How often a JPEG paints its picture, until its mark of the end."""
    data, passes, at = file.read(), 0, 2
    for _piece in range(MAX_READS):
        mark = _MARK.search(data, at)
        if not mark or mark[1] == b"\xd9":
            return passes
        passes += mark[1] == b"\xda"
        at = mark.end() + int.from_bytes(data[mark.end() : mark.end() + 2])
    raise Unreadable("size")


def _open_picture(file: BinaryIO, kind: str) -> None:
    from PIL import Image

    passes = _passes(file) if kind == "jpeg" else 1
    file.seek(0)
    is_held = kind == "webp" or passes > 1
    most, large = (MAX_HELD, Unreadable("held")) if is_held else (MAX_PIXELS, Unreadable("pixels"))
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(cast("IO[bytes]", _Bounded(file)), formats=_FORMATS[kind]) as picture:
            pixels = picture.width * picture.height
            if pixels > most:
                raise large
            if pixels * passes > MAX_PAINTED:
                raise Unreadable("size")
            if kind == "png":
                picture.verify()  # all its parts are there, by their checksums
            else:
                picture.draft(None, (1, 1))  # JPEG: an eighth of the size is opened
                picture.load()
    except Image.DecompressionBombError:
        raise large from None


def _open_pdf(file: BinaryIO) -> None:
    import pikepdf
    from pikepdf.settings import set_qpdf_limits

    set_qpdf_limits(
        flate_max_memory=STREAM, png_max_memory=STREAM, run_length_max_memory=STREAM, tiff_max_memory=STREAM
    )
    try:
        with pikepdf.open(file) as document:
            if document.is_encrypted:
                raise Unreadable("locked")
            if not len(document.pages):
                raise Unreadable("empty")
    except pikepdf.PasswordError:
        raise Unreadable("locked") from None


def _open_video(file: BinaryIO) -> None:
    from pymediainfo import MediaInfo

    tracks = MediaInfo.parse(file).tracks
    if any(track.track_type == "General" and track.istruncated == "Yes" for track in tracks):
        raise Unreadable("damaged")
    if not any(track.track_type == "Video" for track in tracks):
        raise Unreadable("empty")
