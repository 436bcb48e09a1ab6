"""Draws one page of a PDF; run by `confined`. The answer is a JPEG in base64."""

import base64
import io
from typing import BinaryIO

SIDE = 1400  # pixels of the longer side


def read(file: BinaryIO, number: str) -> str:
    import pypdfium2

    page = pypdfium2.PdfDocument(file.read())[int(number) - 1]
    drawn = page.render(scale=SIDE / max(page.get_size())).to_pil().convert("RGB")
    content = io.BytesIO()
    drawn.save(content, "JPEG", quality=80)
    return base64.b64encode(content.getvalue()).decode()
