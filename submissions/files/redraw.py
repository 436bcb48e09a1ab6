"""Draws a picture anew, in a size for paper; run by `confined`. The answer: its bytes in base64, and its sides.

What is kept of a picture are the points that were drawn, and nothing else that its file held.
"""

import base64
import io
from typing import Any, BinaryIO

from .confined import Unreadable

MAX_PIXELS = 25_000_000


def read(file: BinaryIO, most: str, least: str) -> dict[str, Any]:
    """`most`, `least`: pixels of the longer and of the shorter side, at most and at least.

    Raises Unreadable: `pixels` (too many), `small`, or as `confined` does.
    """
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(file, formats=["JPEG", "PNG", "WEBP"]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Unreadable("pixels")
            if min(picture.size) < int(least):
                raise Unreadable("small")
            picture.draft("RGB", (int(most), int(most)))
            turned = ImageOps.exif_transpose(picture)
    except Image.DecompressionBombError:
        raise Unreadable("pixels") from None
    is_clear = "transparency" in turned.info or turned.mode in ("RGBA", "LA", "PA")
    drawn = turned.convert("RGBA" if is_clear else "RGB")
    drawn.info.clear()  # profiles, comments, where it was taken
    drawn.thumbnail((int(most), int(most)))
    content = io.BytesIO()
    drawn.save(content, "PNG") if is_clear else drawn.save(content, "JPEG", quality=90)
    return {
        "content": base64.b64encode(content.getvalue()).decode(),
        "width": drawn.width,
        "height": drawn.height,
        "suffix": ".png" if is_clear else ".jpg",
    }
