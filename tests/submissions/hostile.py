"""Files that somebody made to do harm, or that broke on their way: always the same ones, made anew by each run."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

from tests import factories as make

KINDS = ("pdf", "jpg", "png", "webp", "docx", "xlsx", "pptx", "mp4")
NAMES = (
    "../../etc/passwd.pdf",
    "a\0b.pdf",
    "con.pdf",
    ".pdf",
    "%2e%2e%2fx.pdf",
    "‮fdp.exe",
    "x" * 300 + ".pdf",
    "รายงาน\u200b.pdf",
    "a\r\nSet-Cookie: x=1.pdf",
    "<script>.pdf",
)
HEADS = {
    "gif": b"GIF89a",
    "exe": b"MZ\x90\0",
    "elf": b"\x7fELF",
    "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "rar": b"Rar!\x1a\x07\0",
    "gzip": b"\x1f\x8b\x08",
    "xml": b"<?xml version='1.0'?>",
    "html": b"<html><script>alert(1)</script>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "tiff": b"II*\0",
    "bmp": b"BM",
    "heic": b"\0\0\0\x18ftypheic",
    "mkv": b"\x1aE\xdf\xa3",
    "psd": b"8BPS",
    "empty zip": b"PK\5\6" + bytes(18),
    "half zip": b"PK\3\4",
}


def corpus(seed: int = 2566) -> Iterator[tuple[str, str, bytes]]:
    """(what it is, its name, its bytes), some 330 of them."""
    dice = random.Random(seed)
    for kind in KINDS:
        content = make.file_bytes(kind)
        yield from _named(kind, _cut(content))
        yield from _named(kind, _overwritten(content, dice))
        yield from _named(kind, _shuffled(content, dice))
        for other in KINDS:
            if other != kind:
                yield f"{kind} and {other} behind it", f"a.{kind}", content + make.file_bytes(other)
    for what, head in HEADS.items():
        for size in (0, 600):
            yield f"{what} as a picture", "a.jpg", head + dice.randbytes(size)
    yield from _named("png", _png_bombs())
    yield from _named("docx", _archives())
    yield from _named("pdf", _pdfs())
    for name in NAMES:
        yield f"a name: {name[:20]!r}", name, make.file_bytes("pdf")
        yield f"a name: {name[:20]!r}, of nonsense", name, dice.randbytes(500)


def _named(kind: str, made: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, str, bytes]]:
    for what, content in made:
        yield f"{kind} {what}", f"a.{kind}", content


def _cut(content: bytes) -> Iterator[tuple[str, bytes]]:
    for tenth in (0.02, 0.1, 0.3, 0.5, 0.9, 0.99):
        yield f"cut at {tenth:.0%}", content[: int(len(content) * tenth)]
    for count in (0, 1, 3, 12):
        yield f"of {count} bytes", content[:count]
    yield "without its end", content[:-1]
    yield "without its beginning", content[1:]


def _overwritten(content: bytes, dice: random.Random) -> Iterator[tuple[str, bytes]]:
    for count in (1, 8, 64, 512):
        for turn in range(2):
            broken = bytearray(content)
            for _byte in range(count):
                broken[dice.randrange(min(16, len(broken) // 2), len(broken))] = dice.randrange(256)
            yield f"with {count} bytes of chance, {turn}", bytes(broken)
    for filler in (b"\0", b"\xff"):
        middle = len(content) // 3
        yield f"with {filler!r} in its middle", content[:middle] + filler * middle + content[2 * middle :]


def _shuffled(content: bytes, dice: random.Random) -> Iterator[tuple[str, bytes]]:
    size = max(1, len(content) // 8)
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    head, rest = pieces[0], pieces[1:]
    dice.shuffle(rest)
    yield "shuffled", head + b"".join(rest)
    yield "twice", content * 2
    yield "with a head of its own and chance behind", content[:64] + dice.randbytes(2000)


def _piece(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))


def _png_bombs() -> Iterator[tuple[str, bytes]]:
    for width, height in ((60_000, 60_000), (2**31 - 1, 1), (0, 5), (1, 2**31 - 1), (9_000, 9_000)):
        head = _piece(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0))
        packed = _piece(b"IDAT", zlib.compress(bytes(100_000)))
        yield f"of {width} x {height}", b"\x89PNG\r\n\x1a\n" + head + packed + _piece(b"IEND", b"")
    text = _piece(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**25)))
    picture = make.file_bytes("png")
    yield "with a text that unpacks", picture[:33] + text + picture[33:]
    yield "with a piece longer than itself", picture[:33] + struct.pack(">L", 2**31 - 1) + picture[37:]


def _archives() -> Iterator[tuple[str, bytes]]:
    types = zipfile.ZipFile(io.BytesIO(make.file_bytes("docx"))).read("[Content_Types].xml").decode()
    entity = '<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for what, listing in {
        "whose list of types is none": "<Types",
        "whose list of types is empty": "",
        "whose list of types laughs": entity + "]><Types>&i;</Types>",
        "whose list of types reads a file": '<!DOCTYPE t [<!ENTITY a SYSTEM "file:///etc/passwd">]><Types>&a;</Types>',
        "whose list of types has no encoding": '<?xml version="1.0" encoding="nonsense"?><Types/>',
        "whose list of types is deep": "<a>" * 50_000,
    }.items():
        yield what, _archive({"[Content_Types].xml": listing, "word/document.xml": "<a/>"})
    for what, name in {"with a way out": "../../x", "with a root": "/etc/x", "with a null": "a\0b"}.items():
        yield what, _archive({"[Content_Types].xml": types, name: "x"})
    yield "with a part twice", _archive({"[Content_Types].xml": types}, {"[Content_Types].xml": types})
    yield "with no part", _archive({})
    yield "with an end record of its own for a long list", huge_listing()
    yield "that unpacks", _archive({"[Content_Types].xml": types, "word/document.xml": bytes(2**26)})
    yield "in an archive", _archive({"[Content_Types].xml": types, "word/document.xml": _archive({"a": "b" * 9999})})
    whole = bytearray(_archive({"[Content_Types].xml": types, "word/document.xml": "<a/>"}))
    listing, end = whole.rindex(b"PK\1\2"), whole.rindex(b"PK\5\6")
    for what, at, value in (
        ("with a version of the future", listing + 6, 255),
        ("with flags of its own", listing + 8, 255),
        ("packed in an unknown way", listing + 10, 99),
        ("whose parts begin elsewhere", listing + 44, 200),
        ("whose list begins elsewhere", end + 17, 200),
        ("that has more parts than it lists", end + 10, 77),
        ("whose name is longer than it", listing + 29, 255),
    ):
        changed = bytearray(whole)
        changed[at] = value
        yield what, bytes(changed)


def huge_listing(parts: int = 1000) -> bytes:
    """An archive whose usual end record names a short list, and that for huge archives, which counts, a long one."""
    out, types = io.BytesIO(), zipfile.ZipFile(io.BytesIO(make.file_bytes("docx"))).read("[Content_Types].xml")
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("[Content_Types].xml", types)
        for number in range(parts):
            packed.writestr(f"{number}", b"")
    content = out.getvalue()
    end = content.rindex(b"PK\5\6")
    size, at = struct.unpack_from("<LL", content, end + 12)
    count = parts + 1
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, at)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    usual = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 10, 0xFFFFFFFF, 0)
    return content[:end] + record + locator + usual


def _archive(*parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for each in parts:
            for name, content in each.items():
                packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _pdfs() -> Iterator[tuple[str, bytes]]:
    for what, body in {
        "of nothing": b"",
        "that goes round": b"1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj",
        "with a deep array": b"1 0 obj" + b"[" * 100_000,
        "with a deep dictionary": b"1 0 obj" + b"<</A" * 50_000,
        "with a table far away": b"startxref\n99999999999999999999\n",
        "with a table before itself": b"startxref\n-5\n",
        "with a script": b"1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
        "that starts a program": b"1 0 obj<</OpenAction<</S/Launch/F(cmd.exe)>>>>endobj",
        "with a stream without an end": b"1 0 obj<</Length 999999999>>stream\n" + b"x" * 300,
    }.items():
        yield what, b"%PDF-1.7\n" + body + b"\ntrailer<</Root 1 0 R>>\n%%EOF"
