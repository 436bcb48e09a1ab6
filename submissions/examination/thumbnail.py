"""Draws a file small, a picture or the first page of a PDF; run by `confined`. The answer is a JPEG in base64."""

import base64
import io
from typing import BinaryIO

from .picture import MOST_PIXELS

SIDE = 360  # pixels of the longer side


def read(file: BinaryIO, kind: str) -> str:
    small = (_page if kind == "pdf" else _picture)(file)
    content = io.BytesIO()
    small.convert("RGB").save(content, "JPEG", quality=72)
    return base64.b64encode(content.getvalue()).decode()


def _page(file: BinaryIO):
    import pypdfium2

    page = pypdfium2.PdfDocument(file.read())[0]
    return page.render(scale=SIDE / max(page.get_size())).to_pil()


def _picture(file: BinaryIO):
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(file, formats=["JPEG", "PNG", "WEBP"]) as picture:
        picture.draft("RGB", (SIDE, SIDE))  # JPEG: a part of the size is opened
        picture.thumbnail((SIDE, SIDE))
        return ImageOps.exif_transpose(picture)
