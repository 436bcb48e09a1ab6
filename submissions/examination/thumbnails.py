"""Small pictures of what was handed in, by content: drawn once, kept, and drawn anew when they were wiped."""

from base64 import b64decode

from submissions.files import confined, recognise
from submissions.models import Evidence, Thumbnail

DRAWN_AS = {
    recognise.PDF.content_type: "pdf",
    recognise.JPEG.content_type: "picture",
    recognise.PNG.content_type: "picture",
    recognise.WEBP.content_type: "picture",
}


def thumbnail_of(evidence: Evidence) -> bytes | None:
    """A JPEG; None where the file is of another kind, or can't be drawn. Raises OSError when its disk fails."""
    if (kind := DRAWN_AS.get(evidence.content_type)) is None:
        return None
    kept = Thumbnail.objects.filter(pk=evidence.sha256).values_list("picture", flat=True).first()
    if kept is not None:
        return bytes(kept) or None
    try:
        with evidence.file.open("rb") as file:
            drawn = b64decode(confined.read("examination.thumbnail", file.file, kind))
    except confined.Late:
        return None  # the machine is busy: another time
    except confined.Unreadable:
        drawn = b""
    Thumbnail.objects.bulk_create([Thumbnail(sha256=evidence.sha256, picture=drawn)], ignore_conflicts=True)
    return drawn or None
