"""Looks at a picture: how large it is and what is on it; run by `confined`."""

from typing import BinaryIO

from submissions.files import fingerprints

MOST_PIXELS = 100_000_000
SIDE = 640  # pixels that are enough to look at


def read(file: BinaryIO) -> dict:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(file, formats=["JPEG", "PNG", "WEBP"]) as picture:
        width, height = picture.size
        picture.draft("L", (SIDE, SIDE))  # JPEG: a part of the size is opened
        picture.thumbnail((SIDE, SIDE))
        seen = _on_white(ImageOps.exif_transpose(picture))
        look = fingerprints.look(seen)
    return {
        "facts": {"width": width, "height": height, "is_blank": fingerprints.is_plain(seen)},
        "looks": [[0, *look]] if look else [],
        "text": None,
    }


def _on_white(picture):
    """As it is seen on a page: what is clear is white."""
    from PIL import Image

    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    layer = picture.convert("RGBA")
    page = Image.new("RGB", layer.size, "white")
    page.paste(layer, mask=layer)
    return page
