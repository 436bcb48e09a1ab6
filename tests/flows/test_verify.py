"""The verifier as one page: a browser without network finds what verify.py finds."""

import json
from base64 import b64encode
from random import Random

import pytest

from awards.verify import page
from awards.verify.verify import Check
from tests.awards.verify.bundles import Bundles, made
from tests.awards.verify.tamperer import Tamperer, summed, unpacked

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

ASKED = """async ([data, key, head, mine]) => {
    const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
    try { return (await new Check(bytes, { key, head, mine }).run()); } catch (error) { return null; }
}"""


@pytest.fixture
def bundles(db) -> Bundles:
    return made()


@pytest.fixture
def tab(chromium, tmp_path):
    """The page opened from a file, by a browser that reaches nobody."""
    (tmp_path / "verify.html").write_bytes(page.html())
    with chromium.new_context(offline=True, locale="th-TH") as context:
        opened = context.new_page()
        said = []
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.goto((tmp_path / "verify.html").as_uri())
        yield opened
        assert said == []


def asked(tab, data: bytes, key: str, head=None, mine=None) -> dict | None:
    return tab.evaluate(ASKED, [b64encode(data).decode(), key, head, mine])


def found(data: bytes, key: str, head=None, mine=None) -> dict | None:
    try:
        check = Check(data, key, head, mine)
        check.run()
    except Exception:
        return None
    return check.said


def abouts(said: dict | None) -> dict | None:
    return said and {part: [about for about, _value in lines] for part, lines in said.items()}


def swapped_with_the_program(data: bytes) -> bytes:
    """What stands for the program names no version."""
    files = unpacked(data)
    return summed(files | {"verify.py": files["README.txt"], "README.txt": files["verify.py"]})


def test_it_finds_what_the_program_finds(tab, bundles):
    for data in (bundles.public, bundles.full):
        for beside in (
            (bundles.key, bundles.earlier[0], bundles.mine),
            (bundles.newest, bundles.earlier[1], None),
            ("",),
        ):
            said = asked(tab, data, *beside)
            assert abouts(said) == abouts(found(data, *beside))
            assert said["wrong"] == []
    chance = Random(7)
    tamperers = [Tamperer(data, list(bundles.earlier), chance) for data in (bundles.public, bundles.full)]
    swapped = asked(tab, swapped_with_the_program(bundles.public), bundles.key)
    assert abouts(swapped)["wrong"] == ["program"]
    for number in range(60):
        way, data = tamperers[number % 2].tamper()
        said, right = asked(tab, data, bundles.key), found(data, bundles.key)
        assert said is None or said["wrong"], way
        assert (said is None) == (right is None) or way in {"way_bit", "way_more_bytes", "way_cut_off"}, way


def test_people_read_it_in_two_languages(tab, bundles, tmp_path):
    for name, data in {"bundle.zip": bundles.public, "head.json": json.dumps(bundles.earlier[0]).encode()}.items():
        (tmp_path / name).write_bytes(data)
    tab.set_input_files("#bundle", tmp_path / "bundle.zip")
    tab.set_input_files("#head", tmp_path / "head.json")
    tab.fill("#key", bundles.key)
    tab.click("button")
    tab.wait_for_selector("#result h2")
    said = tab.inner_text("#result")
    assert "ลายมือชื่อและกุญแจถูกต้อง / Signatures and keys are right" in said
    assert "ไม่ถูกต้อง / Wrong" not in said
    tab.fill("#key", "0" * 64)
    tab.click("button")
    tab.wait_for_selector("#result .wrong")
    assert "ไม่ถูกต้อง / Wrong" in tab.inner_text("#result")
