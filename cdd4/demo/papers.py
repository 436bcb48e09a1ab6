"""The files of an invented story: Thai pages that say what they are, pictures, tables, videos."""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from typing import NamedTuple

import pikepdf
from weasyprint import HTML

from scoring.engine import Scheme
from submissions import thai
from submissions.documents.printing import HandedIn
from submissions.documents.typesetting import fonts

from . import samples
from .story import InventedEvidence

# A paper is two layers laid out apart, for laying out takes time: whose it is, and below that what it is.
STYLE = """
@font-face { font-family: Sarabun; src: url(asset:400) }
@page { size: A4; margin: 25mm 20mm }
body { font: 14pt/1.7 Sarabun }
section { break-after: page }
h1 { font-size: 20pt; line-height: 1.4; margin: 60mm 0 6mm }
aside { border: 1pt solid #888; color: #444; padding: 3mm; margin-bottom: 12mm }
"""
BANNER = "เอกสารตัวอย่างเพื่อการสาธิต ไม่ใช่เอกสารของทางราชการ"
EXPLANATION = "เอกสารนี้สร้างโดยโปรแกรม เพื่อให้เห็นการส่งหลักฐาน การตรวจ และการให้คะแนน"


class Paper(NamedTuple):
    name: str
    content: bytes


class Sender(NamedTuple):
    """Who hands in, as it is printed on its papers; `seed` tells its pictures from others'."""

    name: str
    seed: int

    @property
    def title(self) -> str:
        return f"สำนักงานพัฒนาชุมชนจังหวัด{self.name}"


def papers(scheme: Scheme, work: Sequence[tuple[Sender, InventedEvidence]]) -> list[Paper | None]:
    """The file of every piece, in order; None for a link."""
    printer = Printer(scheme, work)
    return [
        None
        if piece.kind == "link"
        else Paper(_name(scheme, sender, piece), _content(scheme, sender, piece, n, printer))
        for n, (sender, piece) in enumerate(work)
    ]


def _name(scheme: Scheme, sender: Sender, piece: InventedEvidence) -> str:
    return f"{scheme.requirements[piece.requirement].title.th[:60]} {sender.name}.{piece.kind}"


def _content(scheme: Scheme, sender: Sender, piece: InventedEvidence, number: int, printer: Printer) -> bytes:
    subject = _subject(scheme, piece)
    lines = [BANNER, subject, sender.title, f"วันที่ {thai.format_date(piece.submitted_at, thai_digits=True)}"]
    seed = sender.seed * 10_000 + number
    match piece.kind:
        case "pdf":
            return printer.pdf(sender, piece)
        case "docx":
            return samples.docx(lines)
        case "xlsx":
            return samples.xlsx(
                [*([line] for line in lines), ["ลำดับ", "รายการ", "จำนวน"], [1, subject, seed % 90 + 10]]
            )
        case "pptx":
            return samples.pptx(" ".join(lines[1:]))
        case "jpg":
            return samples.jpeg(seed)
        case "png":
            return samples.png(seed)
        case "mp4":
            return samples.mp4(seed)
    raise ValueError(piece.kind)


def _subject(scheme: Scheme, piece: InventedEvidence) -> str:
    requirement = scheme.requirements[piece.requirement]
    periods = {period.code: period.title.th for period in requirement.periods}
    return f"{requirement.title.th} {periods.get(piece.period, '')}".strip()


class Printer:
    """One-page PDFs in Thai: every sender's layer and every subject's are laid out once, and put together as needed."""

    def __init__(self, scheme: Scheme, work: Sequence[tuple[Sender, InventedEvidence]]) -> None:
        self.scheme = scheme
        printed = [(sender.title, _subject(scheme, piece)) for sender, piece in work if piece.kind == "pdf"]
        senders = dict.fromkeys(sender for sender, _ in printed)
        subjects = dict.fromkeys(subject for _, subject in printed)
        layers = [f"<aside>{BANNER}</aside><p>{html.escape(sender)}</p>" for sender in senders]
        layers += [f"<h1>{html.escape(subject)}</h1><p>{EXPLANATION}</p>" for subject in subjects]
        self.sheets = _lay_out(layers)
        self.places = {layer: place for place, layer in enumerate([*senders, *subjects])}

    def pdf(self, sender: Sender, piece: InventedEvidence) -> bytes:
        subject = _subject(self.scheme, piece)
        paper = pikepdf.new()
        paper.pages.append(self.sheets.pages[self.places[sender.title]])
        layer = self.sheets.pages[self.places[subject]].Contents.read_bytes()
        paper.pages[0].contents_add(b"q", prepend=True)
        paper.pages[0].contents_add(b"Q q " + layer + b" Q")
        paper.docinfo["/Title"] = pikepdf.String(subject)
        paper.docinfo["/CreationDate"] = f"D:{piece.submitted_at:%Y%m%d%H%M%S}+07'00'"
        return samples.saved(paper)


def _lay_out(layers: Sequence[str]) -> pikepdf.Pdf:
    """Each on a page of its own; the pages share their fonts."""
    body = "".join(f"<section>{layer}</section>" for layer in layers)
    document = HTML(string=f"<html lang=th><style>{STYLE}</style>{body}", url_fetcher=HandedIn(fonts()))
    return pikepdf.open(io.BytesIO(document.write_pdf()))
