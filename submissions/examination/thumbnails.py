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


def kept_thumbnail(evidence: Evidence) -> bytes | None:
    """A JPEG that was drawn before; empty where none can be; None where nobody tried."""
    kept = Thumbnail.objects.filter(pk=evidence.sha256).values_list("picture", flat=True).first()
    return None if kept is None else bytes(kept)


def draw_thumbnail(evidence: Evidence) -> bytes:
    """The same, drawn now, and kept unless that is the machine's fault."""
    kind, drawn = DRAWN_AS.get(evidence.content_type), b""
    try:
        if kind:
            with evidence.file.open("rb") as file:
                drawn = b64decode(confined.read("examination.thumbnail", file.file, kind))
    except (confined.Late, OSError):
        return b""
    except confined.Unreadable:
        pass  # it will never be
    Thumbnail.objects.bulk_create([Thumbnail(sha256=evidence.sha256, picture=drawn)], ignore_conflicts=True)
    return drawn
