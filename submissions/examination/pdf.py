"""Looks at a PDF: its pages, their paper, what they say and how they look; run by `confined`."""

from collections.abc import Iterator
from typing import BinaryIO

from submissions.files import fingerprints
from submissions.files.confined import Unreadable

LOOKED_AT = 60  # pages, of which nothing is asked beyond the number of all and the paper
MEASURED = 2000  # pages whose paper is measured
SIDE = 160  # pixels of the longer side of a page that is looked at
SAID = 50  # letters on a page that has text; with fewer it is a picture of a page
POINT = 25.4 / 72  # mm
NAMED = 10  # pages that are named of each size
_PASSWORD = 4  # FPDF_ERR_PASSWORD


def read(file: BinaryIO) -> dict:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(file.read())
    except pypdfium2.PdfiumError as error:
        raise Unreadable("encrypted" if getattr(error, "err_code", 0) == _PASSWORD else "damaged") from None
    texts, looks, blank, scanned = [], [], 0, 0
    for number, page in enumerate(_first_pages(document), 1):
        texts.append(_text(page))
        picture = page.render(scale=SIDE / max(page.get_size()), grayscale=True).to_pil()
        is_blank = not texts[-1].strip() and fingerprints.is_plain(picture)
        blank += is_blank
        if not is_blank and len(fingerprints.plain(texts[-1])) < SAID:
            scanned += _is_picture(page)
            if look := fingerprints.look(picture):
                looks.append([number, *look])
    looked_at, wording = len(texts), "\n".join(texts)
    return {
        "facts": {
            "pages": len(document),
            "sizes": _sizes(document),
            "is_blank": blank == looked_at,
            "is_scan": blank < looked_at and (not fingerprints.plain(wording) or scanned + blank == looked_at),
        },
        "looks": looks,
        "text": fingerprints.wording(wording),
    }


def text(file: BinaryIO) -> str:
    import pypdfium2

    return "\n".join(map(_text, _first_pages(pypdfium2.PdfDocument(file.read()))))


def _first_pages(document) -> Iterator:
    for at in range(min(len(document), LOOKED_AT)):
        page = document[at]
        yield page
        page.close()


def _text(page) -> str:
    return page.get_textpage().get_text_bounded()


def _is_picture(page) -> bool:
    """Whether one picture covers most of the page, as a scanner makes it, or a telephone that puts its name below."""
    from pypdfium2 import raw

    width, height = page.get_size()
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) > width * height / 2:
            return True
    return False


def _sizes(document) -> list[list]:
    """The sizes of paper: [width and height in mm, the first pages that have it, how many have it], most used first."""
    sizes: dict[tuple[int, int], list[int]] = {}
    for at in range(min(len(document), MEASURED)):
        width, height = document.get_page_size(at)
        sizes.setdefault((round(width * POINT), round(height * POINT)), []).append(at + 1)
    used = sorted(sizes.items(), key=lambda size: -len(size[1]))
    return [[*size, pages[:NAMED], len(pages)] for size, pages in used[:20]]
