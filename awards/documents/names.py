"""What a publication's files are called where they are taken away: what they are, whose, and of which year, in Thai."""

from django.utils import translation

from awards.models import Document, Publication, Result
from submissions.models import Office
from submissions.templatetags.wording import office_name

from . import pdf

NAMES = {
    "announcement": "ประกาศผล",
    "results": "ตารางผล",
    "scorecard": "ใบคะแนน",
    "bundle": "ชุดข้อมูล",
    "full": "ชุดข้อมูลเต็ม",
    "lines": "รายการของฉันในบันทึก",
}


def of(publication: Publication, what: str, extension: str = "pdf", of: Result | None = None) -> str:
    """`what`: a kind of document, or one of `NAMES`; `of`: whose it is, where it is not everybody's."""
    title = pdf.certificate(publication.frame["tiers"]) if what == Document.Kind.CERTIFICATES else NAMES[what]
    whose = f" {_name_of(of)}" if of else ""
    round = publication.frame["round"]["name_th"]
    return f"{title}{whose} – {round} – ประกาศครั้งที่ {publication.number}.{extension}"


def _name_of(result: Result) -> str:
    """As it was announced."""
    with translation.override("th"):
        return result.nominee_name or office_name(Office(kind=result.office_kind, name_th=result.office_name_th))
