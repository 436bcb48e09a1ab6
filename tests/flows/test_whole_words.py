"""No word of the house is cut in two at the end of a line, on any page, however wide the window; what is read, copied
and searched stays the plain text.
"""

import re

import pytest

from tests.servers import ROOT

from .conftest import PHONE
from .test_accessibility import IS_LAID_OUT, VISITORS, pages_of, world  # noqa: F401  a fixture

pytestmark = pytest.mark.browser
WIDTHS = (320, 390, 768, 1024, 1280, 1600)
WIDTHS_OF_ADMIN = (390, 1280)  # many pages, the same few words
WORDS = re.search("WORDS = `(.+?)`", (ROOT / "static/whole_words.js").read_text(), re.DOTALL)[1].split()
# What a page says; many say the same to several roles.
TEXT = """() => {
    document.querySelectorAll("main details").forEach((one) => one.open = true);
    return (document.querySelector("main") ?? document.body).textContent.replace(/\\d+/g, "");
}"""
# Words that stand on two lines: boxes of one range, one below the other.
CUT = """(words) => {
    const found = [], whole = new RegExp(words.join("|"), "g"), range = document.createRange();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode;
        if (node.parentElement.closest("script, style, option, details:not([open]) > :not(summary)")) continue;
        for (const {0: word, index} of node.data.matchAll(whole)) {
            range.setStart(node, index);
            range.setEnd(node, index + word.length);
            const tops = [...range.getClientRects()].map((box) => box.top);
            if (Math.max(...tops) - Math.min(...tops) > 8) found.push(`${word}: ${node.data.trim().slice(0, 60)}`);
        }
    }
    return found;
}"""


def test_no_word_is_cut_in_two(open_page, world):  # noqa: F811
    cut, seen = {}, set()
    longest_first = sorted(WORDS, key=len, reverse=True)
    for role in VISITORS:
        page = open_page(world.people.get(role))
        for where in [*pages_of(role, world), *world.more.get(role, ())]:
            page.goto(where)
            if (text := page.evaluate(TEXT)) in seen:
                continue
            seen.add(text)
            for width in WIDTHS_OF_ADMIN if where.startswith("/admin/") else WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                page.evaluate(IS_LAID_OUT, width)
                if found := page.evaluate(CUT, longest_first):
                    cut[where, width] = found
    assert not cut, "\n".join(f"{where}: {found}" for where, found in cut.items())
    assert len(seen) > 40


def test_the_text_stays_the_same_and_new_text_is_held_too(open_page):
    page = open_page(screen=PHONE)
    page.goto("/accounts/login/")
    text = "ระบบจะบันทึกให้เองเมื่อคณะกรรมการตรวจรับวันที่ 31 กรกฎาคม 2566 เวลา 16:20 น. แล้วส่งคืนส่วนกลาง " * 3
    for width in range(200, 320, 10):
        held = page.evaluate(
            """async ([text, width]) => {
                const place = document.createElement("p");
                place.style.width = `${width}px`;
                place.textContent = text;
                document.querySelector("main").replaceChildren(place);
                await new Promise(requestAnimationFrame);
                getSelection().collapse(place, 0);
                const isFound = window.find("คณะกรรมการตรวจรับวันที่ 31 กรกฎาคม");
                getSelection().selectAllChildren(place);
                return [place.textContent, getSelection().toString().trim(), isFound,
                        place.querySelectorAll("thai-word").length];
            }""",
            [text, width],
        )
        assert held[:3] == [text, text.strip(), True]
        assert page.evaluate(CUT, [*WORDS, "31 กรกฎาคม 2566", "16:20 น\\."]) == []
        assert held[3]
