"""Opens a PDF or a video as it arrives, to see that it can be opened at all; run by `confined`.

A PDF's list of pages alone, in five megabytes, can name one page a million times and take two gigabytes; a video of one
megabyte can hold thousands of empty tracks, and be read for minutes.
"""

from typing import BinaryIO

from .confined import Unreadable

STREAM = 64 * 2**20  # bytes of one compressed part that holds structure


def read(file: BinaryIO, kind: str) -> None:
    """`kind` is `pdf` or `video`. Raises Unreadable: `locked`, `empty`, `damaged`, or as `confined` does."""
    {"pdf": _open_pdf, "video": _open_video}[kind](file)


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
