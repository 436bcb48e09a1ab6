"""Small, valid files of every kind that the portal takes: for practice rounds and for tests.

The same arguments give the same bytes on every machine and every day.
"""

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pikepdf
from PIL import Image, ImageDraw

__all__ = ["docx", "jpeg", "mp4", "pdf", "picture", "png", "pptx", "webp", "xlsx"]

# Four seconds of ffmpeg's own test picture, 20 frames of H.264 that any browser plays:
#   ffmpeg -f lavfi -i testsrc=size=160x96:rate=5:duration=4 -c:v libx264 -profile:v baseline -pix_fmt yuv420p \
#     -preset veryslow -crf 36 -bitexact -fflags +bitexact -map_metadata -1 -bsf:v filter_units=remove_types=6 \
#     -movie_timescale 1000 -video_track_timescale 1000 sample.mp4
VIDEO = Path(__file__).with_name("sample.mp4")
LASTS, FRAMES = 4000, 20  # milliseconds
EPOCH = (2023, 2, 1, 9, 0, 0)  # the time written into archives, so that bytes do not depend on the day
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
CELLS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SUITE = "application/vnd.openxmlformats-officedocument"


def mp4(number: int = 0, seconds: int = LASTS // 1000) -> bytes:
    """The sample, its frames shown for so long; each number gives a file of its own."""
    frame = struct.pack(">4sIII", b"stts", 0, 1, FRAMES)  # the table of frames, in which each lasts equally long
    video = VIDEO.read_bytes()
    video = video.replace(_long(LASTS), _long(seconds * 1000))  # in the movie, the track, its edits, its media
    video = video.replace(frame + _long(LASTS // FRAMES), frame + _long(seconds * 1000 // FRAMES))
    return video + struct.pack(">I4sI", 12, b"free", number)


def _long(number: int) -> bytes:
    return struct.pack(">I", number)


def pdf(title: str = "sample", pages: int = 1) -> bytes:
    """A PDF of empty A4 pages that bears a title."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    document.docinfo["/Title"] = pikepdf.String(title)
    return saved(document)


def saved(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


def picture(seed: int = 0, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Coloured shapes that differ by seed: enough for people, and for a search for duplicates, to tell apart."""
    width, height = size
    image = Image.new("RGB", size, _colour(seed))
    pen = ImageDraw.Draw(image)
    for place in range(6):
        mixed = (seed * 7919 + place * 104729) % 1_000_003
        left, top = mixed % width, mixed // 7 % height
        box = (left, top, left + width // 8 + mixed % (width // 2), top + height // 8 + mixed % (height // 2))
        (pen.rectangle if mixed % 2 else pen.ellipse)(box, fill=_colour(mixed))
    return image


def _colour(number: int) -> tuple[int, int, int]:
    return 60 + number * 37 % 180, 60 + number * 71 % 180, 60 + number * 113 % 180


def _image(seed: int, form: str, **options) -> bytes:
    out = io.BytesIO()
    picture(seed).save(out, form, **options)
    return out.getvalue()


def png(seed: int = 0) -> bytes:
    return _image(seed, "PNG")


def jpeg(seed: int = 0) -> bytes:
    return _image(seed, "JPEG", quality=70)


def webp(seed: int = 0) -> bytes:
    return _image(seed, "WEBP", quality=70)


def docx(paragraphs: Iterable[str] = ("sample",)) -> bytes:
    body = "".join(f"<w:p><w:r><w:t xml:space='preserve'>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return _office(
        {"word/document.xml": (f"{SUITE}.wordprocessingml.document.main+xml", document)}, main="word/document.xml"
    )


def pptx(title: str = "sample") -> bytes:
    """One slide with a title, and the master, layout and theme without which PowerPoint does not open it."""
    spaces = f'xmlns:a="{DRAWING}" xmlns:r="{OFFICE}" xmlns:p="{SLIDES}"'
    group = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    empty = f"<p:cSld><p:spTree>{group}</p:spTree></p:cSld>"
    shape = (
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="Title"/><p:cNvSpPr/><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr>'
        '<p:spPr><a:xfrm><a:off x="600000" y="600000"/><a:ext cx="8000000" cy="1500000"/></a:xfrm></p:spPr>'
        f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{escape(title)}</a:t></a:r></a:p></p:txBody></p:sp>"
    )
    slots = "bg1 tx1 bg2 tx2 accent1 accent2 accent3 accent4 accent5 accent6 hlink folHlink".split()
    themed = ["lt1", "dk1", "lt2", "dk2", *slots[4:]]
    mapped = " ".join(f'{slot}="{colour}"' for slot, colour in zip(slots, themed, strict=True))
    main = f"{SUITE}.presentationml"
    parts = {
        "ppt/presentation.xml": (
            f"{main}.presentation.main+xml",
            f"<p:presentation {spaces}>"
            '<p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst>'
            '<p:sldIdLst><p:sldId id="256" r:id="rId2"/></p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/>'
            '<p:notesSz cx="6858000" cy="9144000"/></p:presentation>',
        ),
        "ppt/slides/slide1.xml": (
            f"{main}.slide+xml",
            f"<p:sld {spaces}><p:cSld><p:spTree>{group}{shape}</p:spTree></p:cSld></p:sld>",
        ),
        "ppt/slideLayouts/slideLayout1.xml": (
            f"{main}.slideLayout+xml",
            f"<p:sldLayout {spaces}>{empty}</p:sldLayout>",
        ),
        "ppt/slideMasters/slideMaster1.xml": (
            f"{main}.slideMaster+xml",
            f"<p:sldMaster {spaces}>{empty}<p:clrMap {mapped}/><p:sldLayoutIdLst>"
            '<p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst></p:sldMaster>',
        ),
        "ppt/theme/theme1.xml": (f"{SUITE}.theme+xml", _theme()),
    }
    links = {
        "ppt/presentation.xml": ["slideMasters/slideMaster1.xml", "slides/slide1.xml"],
        "ppt/slides/slide1.xml": ["../slideLayouts/slideLayout1.xml"],
        "ppt/slideLayouts/slideLayout1.xml": ["../slideMasters/slideMaster1.xml"],
        "ppt/slideMasters/slideMaster1.xml": ["../slideLayouts/slideLayout1.xml", "../theme/theme1.xml"],
    }
    return _office(parts, main="ppt/presentation.xml", links=links)


def _theme() -> str:
    names = "dk1 lt1 dk2 lt2 accent1 accent2 accent3 accent4 accent5 accent6 hlink folHlink".split()
    values = "000000 FFFFFF 1F3864 F2F2F2 1F6F8B 99A8B2 E6D5B8 E45826 1B1A17 F0A500 0563C1 954F72".split()
    pairs = zip(names, values, strict=True)
    colours = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in pairs)
    font = '<a:latin typeface="Sarabun"/><a:ea typeface=""/><a:cs typeface="Sarabun"/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    return (
        f'<a:theme xmlns:a="{DRAWING}" name="plain"><a:themeElements><a:clrScheme name="plain">{colours}</a:clrScheme>'
        f'<a:fontScheme name="plain"><a:majorFont>{font}</a:majorFont><a:minorFont>{font}</a:minorFont></a:fontScheme>'
        f'<a:fmtScheme name="plain"><a:fillStyleLst>{fill * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{f'<a:ln>{fill}</a:ln>' * 3}</a:lnStyleLst>"
        f"<a:effectStyleLst>{'<a:effectStyle><a:effectLst/></a:effectStyle>' * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )


def _office(
    parts: Mapping[str, tuple[str, str]], *, main: str, links: Mapping[str, Sequence[str]] | None = None
) -> bytes:
    """An Office Open XML package of these parts: {name: (content type, XML)}, and which part points to which."""
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, (kind, _) in parts.items())
    default = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    files = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}">{default}{overrides}</Types>',
        "_rels/.rels": _relations([main], "officeDocument"),
        **{name: xml for name, (_, xml) in parts.items()},
    }
    for name, targets in (links or {}).items():
        folder, _, base = name.rpartition("/")
        files[f"{folder}/_rels/{base}.rels"] = _relations(targets)
    return _zipped(
        {name: f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{xml}' for name, xml in files.items()}
    )


def _relations(targets: Sequence[str], kind: str = "") -> str:
    """Relationships rId1, rId2, ... A target's kind is the name of its part without the number."""
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind or _part_kind(target)}" Target="{target}"/>'
        for number, target in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{RELATIONSHIPS}">{rows}</Relationships>'


def _part_kind(target: str) -> str:
    return target.rpartition("/")[2].removesuffix(".xml").rstrip("0123456789")


def _zipped(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def xlsx(rows: Iterable[Sequence[str | int]] = (("sample",),)) -> bytes:
    """One sheet of texts and whole numbers."""
    cells = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    main = f"{SUITE}.spreadsheetml"
    sheets = '<sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets>'
    parts = {
        "xl/workbook.xml": (
            f"{main}.sheet.main+xml",
            f'<workbook xmlns="{CELLS}" xmlns:r="{OFFICE}">{sheets}</workbook>',
        ),
        "xl/worksheets/worksheet1.xml": (
            f"{main}.worksheet+xml",
            f'<worksheet xmlns="{CELLS}"><sheetData>{cells}</sheetData></worksheet>',
        ),
    }
    return _office(parts, main="xl/workbook.xml", links={"xl/workbook.xml": ["worksheets/worksheet1.xml"]})


def _cell(content: str | int) -> str:
    if isinstance(content, int):
        return f"<c><v>{content}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(content)}</t></is></c>'
