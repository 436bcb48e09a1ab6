"""What a file is worth on arrival, whatever its name says."""

import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from functools import partial

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.utils import translation
from PIL import Image, ImageFile

from submissions.files import recognise
from tests import factories as make
from tests.submissions.hostile import huge_listing

KINDS = {
    "pdf": recognise.PDF,
    "docx": recognise.WORD,
    "xlsx": recognise.EXCEL,
    "pptx": recognise.POWERPOINT,
    "jpg": recognise.JPEG,
    "png": recognise.PNG,
    "webp": recognise.WEBP,
    "mp4": recognise.MP4,
}
REASONS = {
    "foreign": "not taken",
    "damaged": "damaged",
    "macro": "macros",
    "locked": "locked",
    "password": "password",
    "pixels": "pixels",
    "laborious": "too long",
    "unpacks": "unpacks",
    "empty": "empty",
    "no pages": "no pages",
    "no video": "no video",
    "large": "at most",
}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def inspect(content: bytes, name: str = "รายงาน.pdf") -> recognise.Kind:
    return recognise.inspect(SimpleUploadedFile(name, content))


def refusal(content: bytes, name: str = "รายงาน.pdf") -> str:
    with pytest.raises(recognise.Unfit) as unfit:
        inspect(content, name)
    return str(unfit.value)


def archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def changed(kind: str, **parts: bytes) -> bytes:
    """An Office file with some of its parts replaced or added; `content_types` is its list of types."""
    source = zipfile.ZipFile(io.BytesIO(make.file_bytes(kind)))
    names = {"content_types": "[Content_Types].xml", "document": "word/document.xml"}
    old = {name: source.read(name) for name in source.namelist()}
    return archive(old | {names.get(name, name): content for name, content in parts.items()})


def retyped(kind: str, old: str, new: str) -> bytes:
    types = zipfile.ZipFile(io.BytesIO(make.file_bytes(kind))).read("[Content_Types].xml")
    assert old.encode() in types
    return changed(kind, content_types=types.replace(old.encode(), new.encode()))


def encrypted_pdf(**passwords) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(make.file_bytes("pdf"))) as document:
        document.save(out, encryption=pikepdf.Encryption(**passwords))
    return out.getvalue()


def pdf_without_pages() -> bytes:
    with pikepdf.open(io.BytesIO(make.file_bytes("pdf"))) as document:
        del document.pages[0]
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def pdf_bomb(megabytes: int) -> bytes:
    """A PDF whose catalogue lies in a stream that unpacks to so many megabytes."""
    head = b"1 0 2 40 "
    objects = b"<</Type/Catalog/Pages 2 0 R>>".ljust(40) + b"<</Type/Pages/Count 0/Kids[]>>".ljust(60)
    packer = zlib.compressobj(9)
    packed = packer.compress(head + objects)
    packed += b"".join(packer.compress(b" " * 2**20) for _ in range(megabytes)) + packer.flush()
    out = b"%PDF-1.5\n"
    at = [0, 0, 0, len(out), 0]
    out += b"3 0 obj<</Type/ObjStm/N 2/First %d/Length %d/Filter/FlateDecode>>stream\n" % (len(head), len(packed))
    out += packed + b"\nendstream endobj\n"
    at[4] = len(out)
    places = [(0, 0, 255), (2, 3, 0), (2, 3, 1), (1, at[3], 0), (1, at[4], 0)]
    table = zlib.compress(b"".join(struct.pack(">BLB", *place) for place in places))
    out += b"4 0 obj<</Type/XRef/Size 5/W[1 4 1]/Root 1 0 R/Length %d/Filter/FlateDecode>>stream\n" % len(table)
    return out + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % at[4]


def page_bomb(times: int) -> bytes:
    """A PDF whose list of pages names one page so many times: opened, each takes two kilobytes."""
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%b]>>" % (times, b"3 0 R " * times)]
    parts.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>")
    out, table = b"%PDF-1.4\n", b"xref\n0 4\n0000000000 65535 f \n"
    for number, part in enumerate(parts, 1):
        table += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    return out + table + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)


def png_bomb(width: int, height: int) -> bytes:
    """A well-formed PNG of a few kilobytes that opens to width x height pixels."""

    def part(name: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + width // 8)) for _ in range(height)) + packer.flush()
    header = struct.pack(">LLBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", rows) + part(b"IEND", b"")


def zip_bomb() -> bytes:
    """A Word file whose text is more than a gigabyte of one letter, in little more than a megabyte."""
    out = io.BytesIO(make.file_bytes("docx"))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed, packed.open("word/more.xml", "w") as part:
        for _ in range(1030):
            part.write(b"a" * 2**20)
    return out.getvalue()


def long_listing() -> bytes:
    """An archive of nothing but names: its list alone would take a hundred times its size to read."""
    one = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    listing = one * (recognise.MAX_LISTING // len(one) + 1)
    return b"PK\3\4" + listing + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, len(listing), 4, 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["รายงาน.pdf", "x.exe", "noname"])
def test_a_file_is_what_is_in_it(kind, name):
    assert inspect(make.file_bytes(kind), name) is KINDS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_a_checked_file_is_handed_back_at_its_beginning(kind):
    upload = make.make_upload(kind)
    recognise.inspect(upload)
    assert upload.tell() == 0
    assert upload.read() == make.file_bytes(kind)


# What takes long to make is made by its test: each process of a run reads this file.
NAMED_PDF = {
    "program": (b"MZ\x90\x00" + bytes(500), "foreign"),
    "elf": (b"\x7fELF" + bytes(500), "foreign"),
    "html": (b"<!doctype html><script>alert(1)</script>", "foreign"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "foreign"),
    "gif": (b"GIF89a" + bytes(50), "foreign"),
    "text": ("รายงาน".encode(), "foreign"),
    "one byte": (b"%", "foreign"),
    "archive": (archive({"a.txt": b"a"}), "foreign"),
    "android app": (archive({"AndroidManifest.xml": b"a", "classes.dex": b"dex"}), "foreign"),
    "office types without a document": (archive({"[Content_Types].xml": b"<Types/>"}), "foreign"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), "password"),
    "empty": (b"", "empty"),
    "pdf cut short": (make.file_bytes("pdf")[:60], "damaged"),
    "pdf in name only": (b"%PDF-1.7\n" + bytes(2000), "damaged"),
    "pdf locked": (encrypted_pdf(owner="secret", user="secret"), "locked"),
    "pdf locked against change": (encrypted_pdf(owner="secret", user=""), "locked"),
    "pdf without pages": (pdf_without_pages(), "no pages"),
    "pdf bomb": (partial(pdf_bomb, 200), "damaged"),
    "pdf of one page many times": (partial(page_bomb, 300_000), "laborious"),
    "png cut short": (make.file_bytes("png")[:-20], "damaged"),
    "png changed": (make.file_bytes("png")[:200] + b"\0\0\0\0" + make.file_bytes("png")[204:], "damaged"),
    "jpg cut short": (make.file_bytes("jpg")[:700], "damaged"),
    "webp cut short": (make.file_bytes("webp")[:100], "damaged"),
    "png bomb": (partial(png_bomb, 100_000, 20_000), "pixels"),
    "png a little too large": (partial(png_bomb, 10_001, 10_001), "pixels"),
    "docx cut short": (make.file_bytes("docx")[:-30], "damaged"),
    "docx macro": (changed("docx", **{"word/vbaProject.bin": b"vba"}), "macro"),
    "docx macro by another name": (
        retyped("docx", "</Types>", '<Override ContentType="application/vnd.ms-office.VbaProject"/></Types>'),
        "macro",
    ),
    "docm": (
        retyped(
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            "application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
        "macro",
    ),
    "docx types no xml": (changed("docx", content_types=b"<Types"), "damaged"),
    "docx list too long": (long_listing, "unpacks"),
    "docx of a list beside the list": (huge_listing, "unpacks"),
    "mp4 cut short": (make.file_bytes("mp4")[:-300], "damaged"),
    "mp4 half": (make.file_bytes("mp4")[:2000], "damaged"),
    "mp4 in name only": (b"\0\0\0\x18ftypmp42" + bytes(3000), "no video"),
    "sound": (b"\0\0\0\x20ftypM4A " + bytes(3000), "foreign"),
    "telephone picture": (b"\0\0\0\x18ftypheic" + bytes(3000), "foreign"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(("content", "reason"), NAMED_PDF.values(), ids=NAMED_PDF.keys())
def test_what_is_not_a_sound_file_of_an_allowed_kind_is_refused_with_the_reason(content, reason):
    assert REASONS[reason] in refusal(content() if callable(content) else content)


def test_a_vba_project_is_found_even_when_no_type_names_it():
    content = changed("docx", **{"word/vbaProject.bin": b"vba"})
    assert "macros" in refusal(content, "ไม่มีมาโคร.docx")


def test_the_refusal_of_a_foreign_type_says_what_is_allowed():
    text = refusal(b"MZ" + bytes(100))
    assert all(kind.label in text for kind in recognise.KINDS)


def test_an_office_archive_with_a_password_in_its_parts_is_refused():
    content = bytearray(make.file_bytes("docx"))
    content[6] |= 1
    listing = content.index(b"PK\1\2")
    content[listing + 8] |= 1  # the flag "encrypted" of the first part
    assert "password" in refusal(bytes(content))


def test_a_part_overwritten_in_the_middle_is_noticed():
    text = ("<p>" + "".join(str(n) for n in range(3000)) + "</p>").encode()
    content = bytearray(changed("docx", document=text))
    middle = len(content) // 2
    content[middle : middle + 40] = b"\xff" * 40
    assert "damaged" in refusal(bytes(content))


def test_a_zip_bomb_is_refused_without_being_unpacked():
    content = zip_bomb()
    assert len(content) < 3 * 2**20
    tracemalloc.start()
    assert "unpacks" in refusal(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 2**20


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_part_packed_as_no_office_program_does_is_not_unpacked(packing):
    """Python unpacks these without a bound: here a kilobyte would take 200 megabytes."""
    out = io.BytesIO(make.file_bytes("docx"))
    with zipfile.ZipFile(out, "a", packing) as packed:
        packed.writestr("word/more.xml", bytes(200 * 2**20))
        packed.writestr("word/largest.xml", make.file_bytes("docx"))
    tracemalloc.start()
    assert "damaged" in refusal(out.getvalue())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 2**20


def test_the_main_part_may_have_another_name():
    """Word on the web calls it document2.xml."""
    types = zipfile.ZipFile(io.BytesIO(make.file_bytes("docx"))).read("[Content_Types].xml")
    content = changed("docx", content_types=types.replace(b"document.xml", b"document2.xml"))
    assert inspect(content) is recognise.WORD


@pytest.mark.parametrize(
    "tail", [b"<script>alert(1)</script>", b"<?php echo 1;", archive({"a.class": b"\xca\xfe\xba\xbe"})]
)
@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
def test_a_file_that_is_two_kinds_at_once_is_only_ever_the_allowed_one(kind, tail):
    """A picture with something behind it stays a picture: it is served as one, never as what follows."""
    assert inspect(make.file_bytes(kind) + tail, "x.html") is KINDS[kind]


def test_a_video_with_something_else_behind_it_is_refused():
    assert "damaged" in refusal(make.file_bytes("mp4") + b"<script>alert(1)</script>")


def test_an_archive_that_begins_as_a_pdf_is_no_office_file():
    content = make.file_bytes("pdf") + make.file_bytes("docx")
    assert inspect(content) is recognise.PDF


@pytest.mark.parametrize(("kind", "setting"), [("pdf", "EVIDENCE_MAX_BYTES"), ("mp4", "VIDEO_MAX_BYTES")])
def test_each_kind_has_its_own_greatest_size(settings, kind, setting):
    content = make.file_bytes(kind)
    setattr(settings, setting, len(content))
    assert inspect(content) is KINDS[kind]
    setattr(settings, setting, len(content) - 1)
    assert "at most" in refusal(content)


def test_a_photo_cut_short_is_refused_though_another_library_lets_it_pass(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert "damaged" in refusal(make.file_bytes("jpg")[:700])


def test_a_picture_painted_again_and_again_is_refused_before_it_is_opened():
    """A few bytes for each of so many passes over the whole picture: half a megabyte for half a minute of work."""
    out = io.BytesIO()
    Image.new("L", (4000, 4000), 128).save(out, "JPEG", progressive=True)
    usual, end = out.getvalue()[:-2], out.getvalue()[-2:]
    last = usual[usual.rindex(b"\xff\xda") :]
    assert inspect(usual + last * 50 + end) is recognise.JPEG
    for hidden in (b"", b"\xff\x01", b"\xff\xff\xff\xd0"):  # marks that nothing follows
        start = time.thread_time()
        assert REASONS["laborious"] in refusal(usual + (hidden + last) * 1000 + end)
        assert time.thread_time() - start < 1
    assert inspect(usual + end + last * 1000) is recognise.JPEG, "what follows the end is not painted"


def test_a_picture_in_any_number_of_pieces_is_refused():
    photo, picture = make.file_bytes("jpg"), make.file_bytes("png")
    piece = struct.pack(">L4sL", 0, b"aaAa", zlib.crc32(b"aaAa"))
    end = picture.rindex(b"IEND") - 4
    for few, many in (
        [photo[:2] + b"\xff\xe5\0\2" * count + photo[2:] for count in (1000, 300_000)],
        [picture[:33] + piece * count + picture[33:] for count in (1000, 300_000)],
        [picture[:end] + piece * count + picture[end:] for count in (1000, 300_000)],
    ):
        assert inspect(few) in (recognise.JPEG, recognise.PNG)
        assert REASONS["laborious"] in refusal(many)


def test_a_photo_that_must_be_held_whole_to_be_opened_may_have_fewer_pixels():
    for width, answer in ((5000, recognise.JPEG), (5001, None)):
        out = io.BytesIO()
        Image.new("L", (width, 5000), 128).save(out, "JPEG", progressive=True)
        assert inspect(out.getvalue()) is answer if answer else "25,000,000 at most" in refusal(out.getvalue())


def test_a_large_photo_is_taken_and_opened_at_an_eighth():
    out = io.BytesIO()
    Image.new("L", (9000, 11000), 128).save(out, "JPEG", quality=30)
    tracemalloc.start()
    assert inspect(out.getvalue()) is recognise.JPEG
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 * 2**20


def test_a_file_on_disk_is_opened_anew_and_left_at_its_beginning(tmp_path):
    content = make.file_bytes("pdf") + b"%" * 3 * io.DEFAULT_BUFFER_SIZE
    file = TemporaryUploadedFile("รายงาน.pdf", "application/pdf", len(content), None)
    file.write(content)
    file.seek(0)
    assert recognise.inspect(file) is recognise.PDF
    assert b"".join(file.chunks()) == content
