"""No word of the house is cut in two at the end of a line; what is read, copied and searched stays the plain text.

That it holds on every page is looked at with all else that pages promise: test_accessibility.py.
"""

import re

import pytest

from tests.servers import ROOT

from .conftest import PHONE

pytestmark = pytest.mark.browser
WORDS = re.search("WORDS = `(.+?)`", (ROOT / "static/whole_words.js").read_text(), re.DOTALL)[1].split()
LONGEST_FIRST = sorted(WORDS, key=len, reverse=True)
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
            const isUpright = getComputedStyle(node.parentElement).writingMode.startsWith("vertical");
            const tops = [...range.getClientRects()].map((box) => isUpright ? box.left : box.top);
            if (Math.max(...tops) - Math.min(...tops) > 8) found.push(`${word}: ${node.data.trim().slice(0, 60)}`);
        }
    }
    return found;
}"""


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


def test_a_long_table_is_read_to_its_end_before_it_is_changed(open_page):
    """Asked between two changes, a browser draws the whole table anew for each word: pages stood still for minutes."""
    page = open_page(screen=PHONE)
    page.goto("/accounts/login/")
    deeds = page.evaluate(
        """async () => {
            const deeds = [], {getComputedStyle: ask} = window, {splitText: change} = Text.prototype;
            window.getComputedStyle = (...asked) => (deeds.push("ask"), ask.apply(window, asked));
            Text.prototype.splitText = function (at) { deeds.push("change"); return change.call(this, at); };
            const place = document.createElement("table");
            const cells = "<td>คณะกรรมการตรวจรับวันที่</td>".repeat(9);
            place.innerHTML = `<tr>${cells}</tr>`.repeat(20);
            document.querySelector("main").replaceChildren(place);
            await new Promise(requestAnimationFrame);
            window.getComputedStyle = ask;
            Text.prototype.splitText = change;
            return deeds.map((deed) => deed[0]).join("");
        }"""
    )
    assert deeds.count("c") > 20
    assert deeds.count("ca") < 5
