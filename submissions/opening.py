"""Opens a PDF as it arrives, to see that it can be opened at all; run by `confined`.

Its list of pages alone, in five megabytes, can name one page a million times and take two gigabytes.
"""

from typing import BinaryIO

from .confined import Unreadable

STREAM = 64 * 2**20  # bytes of one compressed part that holds structure


def read(file: BinaryIO) -> None:
    """Raises Unreadable: `locked`, `empty`, or as `confined` does."""
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
