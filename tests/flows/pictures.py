"""The guides' pictures, and what can be read on each, kept within it: a page that no longer says so fails its picture.

Words are compared and not pixels, which differ with the fonts and the browser of a machine. PICTURES=1 takes all anew.
"""

import json
import os
import re
from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.servers import ROOT

FOLDER = ROOT / "docs/pictures"
RENEWED = bool(os.environ.get("PICTURES"))
RENEW = "PICTURES=1 .venv/bin/python -m pytest tests/flows/test_demo.py -k guides"
# [what is said, whether far enough from the lower edge to be there with other fonts as well] of all that is seen.
READ = """(edge) => {
    const seen = [];
    const note = (said, {top, bottom, left, right}) => {
        const text = said.replace(/\\s+/g, " ").trim();
        const isSeen = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth && right - left > 1;
        if (text && isSeen) seen.push([text, bottom < innerHeight - edge]);
    };
    const fields = {
        OPTION: () => "",
        INPUT: (one) => ["checkbox", "radio"].includes(one.type) ? String(one.checked) : one.value,
        TEXTAREA: (one) => one.value,
        SELECT: (one) => one.selectedOptions[0]?.text ?? "",
        IMG: (one) => `${one.alt} ${one.naturalWidth > 0}`,
        PROGRESS: (one) => `${one.value} / ${one.max}`,
        IFRAME: (one) => `${one.title} ${one.contentDocument?.body?.innerText.slice(0, 300) ?? ""}`,
    };
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const node = walk.currentNode, element = node.parentElement;
        if (node.nodeName in fields) {
            if (node.checkVisibility()) note(fields[node.nodeName](node), node.getBoundingClientRect());
        } else if (node.nodeType === Node.TEXT_NODE && !(element.nodeName in fields) && element.checkVisibility()) {
            const range = document.createRange();
            range.selectNode(node);
            note(node.data, range.getBoundingClientRect());
        }
    }
    return seen;
}"""
LOOKED_AT: set[str] = set()  # the names of the pictures with which a page was compared
EDGE = 120  # pixels: three lines or so
# The bytes of a file that was made just now hang on the libraries that made it.
VARIES = ((re.compile(r"\b[0-9a-f]{8,64}\b"), "SHA-256"), (re.compile(r"[\d.,]+ ([KM]B|ไบต์)"), "1 B"))


def take(page, name: str) -> None:
    """Compare the page with the picture of this name; or take it, where all are taken anew."""
    LOOKED_AT.add(name)
    page.wait_for_load_state("networkidle")
    read = [(plain(text), is_sure) for text, is_sure in page.evaluate(READ, EDGE)]
    path = FOLDER / f"{name}.png"
    if RENEWED:
        words = PngInfo()
        words.add_itxt("words", json.dumps(read, ensure_ascii=False), zip=True)
        Image.open(BytesIO(page.screenshot())).quantize(64).save(path, optimize=True, pnginfo=words)
    kept = json.loads(Image.open(path).text["words"])
    gone, new = missing(kept, read), missing(read, kept)
    assert (gone, new) == ([], []), f"{name}.png shows {gone}, the page says {new}. To take it anew: {RENEW}"


def left_out() -> set[str]:
    """Pictures with which no page was compared: nobody would notice that they show what is no more."""
    return {path.stem for path in FOLDER.glob("*.png")} - LOOKED_AT


def plain(text: str) -> str:
    for pattern, word in VARIES:
        text = pattern.sub(word, text)
    return text


def missing(wanted, there) -> list[str]:
    """What `wanted` surely says that is not said, in the same order, in `there`."""
    texts, place, lost = [text for text, _is_sure in there], 0, []
    for text in [text for text, is_sure in wanted if is_sure]:
        if text in texts[place:]:
            place = texts.index(text, place) + 1
        else:
            lost.append(text)
    return lost
