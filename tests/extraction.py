"""What a reader gets out of a PDF, and whether that is exactly what was put in."""

import re
import subprocess
from collections.abc import Callable

import pypdfium2
from lxml import html as lxml_html

BLOCKS = set("p h1 h2 h3 h4 ul ol li td th div section article footer br tr table b".split())


def by_poppler(pdf: bytes) -> list[str]:
    """The text of each page as `pdftotext` gives it, in the order it was drawn."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def by_pdfium(pdf: bytes) -> list[str]:
    """The text of each page as Chrome and Edge give it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def lowest_lines(pdf: bytes, foot: float) -> list[float]:
    """How far down each page is filled, in points from its top; `foot`: where the running foot begins."""
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    pages = lxml_html.fromstring(done.stdout).iter("page")
    ends = ([float(word.get("ymax")) for word in page.iter("word")] for page in pages)
    return [max((end for end in page if end < foot), default=0.0) for page in ends]


def right_edges(pdf: bytes) -> list[list[float]]:
    """Where each word of each page ends, in points from the left; the running foot's page number is the last word."""
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    pages = lxml_html.fromstring(done.stdout).iter("page")
    return [[float(word.get("xmax")) for word in page.iter("word")] for page in pages]


# What runs over the end of a page is named above its rest, in the margin.
GOING_ON = re.compile(r"^[^\r\n]* \(ต่อ\)\r?$", re.MULTILINE)
READERS = {"poppler": by_poppler, "pdfium": by_pdfium}


def words_put_in(html: str) -> tuple[list[str], list[list[str]], list[str]]:
    """The words of a document's body in order, of each of its table heads, and of its running foot."""
    body = lxml_html.fromstring(html).find("body")
    foot = body.find("footer")
    foot_words = []
    if foot is not None:
        foot_words = words(foot)
        body.remove(foot)
    return words(body), [words(head) for head in body.iter("thead")], foot_words


def words(element) -> list[str]:
    """Split at spaces and where a block ends."""
    pieces = []

    def walk(node) -> None:
        edge = " " if node.tag in BLOCKS - {"b"} else ""
        pieces.append(edge + (node.text or ""))
        for child in node:
            walk(child)
            pieces.append(child.tail or "")
        pieces.append(edge)

    walk(element)
    return "".join(pieces).split()


def match(expected: list[str], text: str) -> tuple[int, str]:
    """How many of the expected words a page's text holds, in order from its beginning, and what is left of it.

    A word may be broken where a line ends and nowhere else, so a lost or added space, letter or mark ends the match.
    """
    count = 0
    while count < len(expected) and (rest := _without(expected[count], text)) is not None:
        text, count = rest, count + 1
    return count, text.strip()


def _without(word: str, text: str) -> str | None:
    text = text.lstrip()
    for letter in word:
        if text[:1] != letter:
            text = text.lstrip("\r\n")
        if text[:1] != letter:
            return None
        text = text[1:]
    return text if not text or text[0].isspace() else None


def lost(html: str, pages: list[str], numerals: Callable[[object], str] = str) -> str:
    """Where a document's text is not exactly what was put in: "" when it all is, on every page, in order.

    :param pages: the text of each page, as a reader gives it.
    :param numerals: how the running foot writes the page's number.
    """
    expected, heads, foot = words_put_in(html)
    done = 0
    for number, page in enumerate(pages, start=1):
        page = page if number == 1 else GOING_ON.sub("", page, count=1)
        for head in heads if number > 1 else []:  # a table that goes on repeats its head
            count, rest = match(head, page)
            if count == len(head) and expected[done : done + len(head)] != head:
                page = rest
                break
        count, rest = match(expected[done:], page)
        done += count
        if foot:
            *said, page_word, of_word = foot
            numbered = [*said, page_word, numerals(number), of_word, numerals(len(pages))]
            count, rest = match(numbered, rest)
            if count < len(numbered):
                return f"page {number}, its foot: {rest[:80]!r}"
        if rest:
            return f"page {number}, after {expected[done - 3 : done]}: {rest[:80]!r}"
    return "" if done == len(expected) else f"never printed: {expected[done : done + 5]}"
