"""Looks at a Word, PowerPoint or Excel file: what it says and, as its program counted, its pages; run by `confined`."""

import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any, BinaryIO
from xml.etree import ElementTree

from submissions.files import fingerprints
from submissions.files.confined import Unreadable

PARTS = re.compile(r"word/document\.xml|ppt/slides/slide\d+\.xml|xl/(sharedStrings|worksheets/\w+)\.xml")
ENDS = ("p", "si", "is", "row")
MOST_XML = 64 * 2**20  # bytes of those parts
TWIP = 25.4 / 1440  # mm


def read(file: BinaryIO) -> dict:
    with zipfile.ZipFile(file) as archive:
        words = "\n".join(_words(archive))
        has_pictures = any("/media/" in name for name in archive.namelist())
        facts = {"is_blank": not fingerprints.plain(words) and not has_pictures}
        if "word/document.xml" in archive.namelist():
            facts |= _measures(archive)
    return {"facts": facts, "looks": [], "text": fingerprints.wording(words)}


def text(file: BinaryIO) -> str:
    with zipfile.ZipFile(file) as archive:
        return "\n".join(_words(archive))


def _words(archive: zipfile.ZipFile) -> Iterator[str]:
    """The text of each paragraph, and what stands in each cell."""
    parts = [part for part in archive.infolist() if PARTS.fullmatch(part.filename)]
    if sum(part.file_size for part in parts) > MOST_XML:
        raise Unreadable("size")
    for part in parts:
        with archive.open(part) as xml:
            yield from _words_in(xml)


def _words_in(xml: IO[bytes]) -> Iterator[str]:
    words, number = [], ""
    for _, element in ElementTree.iterparse(xml):  # noqa: S314  of bounded size; expat bounds entities
        name = element.tag.rpartition("}")[2]
        if name == "t":
            words.append(element.text or "")
        elif name == "v":
            number = element.text or ""
        elif name == "c":
            yield "" if element.get("t") == "s" else number  # "s": the place of a text among the shared ones
            number = ""
        elif name in ENDS:
            yield "".join(words)
            words.clear()
            element.clear()


def _measures(archive: zipfile.ZipFile) -> dict:
    """How many pages Word had when it saved the file, and the paper of its last section."""
    measures: dict[str, Any] = {}
    if "docProps/app.xml" in archive.namelist():
        pages = re.search(rb"<Pages>(\d{1,5})</Pages>", archive.read("docProps/app.xml")[: 2**20])
        if pages and int(pages[1]):
            measures["pages"] = int(pages[1])
    with archive.open("word/document.xml") as xml:
        papers = re.findall(rb"<w:pgSz\s[^>]*>", xml.read())
    found = [re.search(rb'w:%s="(\d{1,5})"' % side, papers[-1]) for side in (b"w", b"h")] if papers else []
    sides = [round(int(side[1]) * TWIP) for side in found if side]
    if len(sides) == 2:
        measures["sizes"] = [[*sides, [], measures.get("pages", 1)]]
    return measures
