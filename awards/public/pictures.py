"""The picture that stands beside a link to an announcement elsewhere (OpenGraph): its title and who won most."""

import io

from django.template.loader import render_to_string

from submissions.documents.typesetting import make_pdf

from .announced import Announced

WIDTH, HEIGHT = 1200, 630  # pixels, as those who show them ask
SHOWN = 3  # of the winners


def draw(announced: Announced) -> bytes:
    """Thai needs shaping: laid out like a paper, then drawn as PNG."""
    import pypdfium2  # few processes ever need it

    winners = [row for award in announced.awards for row in award.rows][:SHOWN]
    html = render_to_string("awards/public/picture.html", {"announced": announced, "winners": winners})
    page = pypdfium2.PdfDocument(make_pdf(html))[0]
    drawn = page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB").resize((WIDTH, HEIGHT))
    content = io.BytesIO()
    drawn.save(content, "PNG", optimize=True)
    return content.getvalue()
