"""Papers of an entry in one click: laid out in Thai, named as an office files them, kept while they are asked for."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.core.cache import caches
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import content_disposition_header

from submissions.documents.typesetting import make_pdf
from submissions.models import Entry
from submissions.templatetags.wording import entry_name

KEPT = 10 * 60  # seconds for which a paper is kept: pressed twice, it is laid out once


def paper(template: str, entry: Entry, title: Any, context: Mapping[str, Any], number: str = "") -> HttpResponse:
    """A paper over templates/submissions/pdf/paper.html. `title` heads it and names its file, with `number`."""
    with translation.override("th"):
        at = entry.round.now().replace(second=0, microsecond=0)  # the same within a minute
        words = {"entry": entry, "round": entry.round, "at": at, "title": title}
        return pdf_of(render_to_string(template, {**words, **context}), entry, f"{title} {number}".strip())


def pdf_of(html: str, entry: Entry, title: Any) -> HttpResponse:
    """What is laid out already as HTML, as a file: what it is, whose, and of which round, which names the year."""
    with translation.override("th"):
        return kept_pdf(html, f"{title} {entry_name(entry)} – {entry.round.name_th}.pdf")


def kept_pdf(html: str, name: str) -> HttpResponse:
    key = f"paper:{hashlib.sha256(html.encode()).hexdigest()}"
    content = caches["process"].get_or_set(key, lambda: make_pdf(html), KEPT)
    return taken_away(content, name, "application/pdf")


def taken_away(content: bytes | None, name: str, content_type: str) -> HttpResponse:
    """A file of the reader's own to keep: no proxy keeps it, and no browser takes it for something else."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
