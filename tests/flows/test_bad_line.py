"""A video over a line that breaks ten times, from a real browser, the portal killed meanwhile, behind its nginx."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.lines import BadLine, Cuts, large_video
from tests.servers import wait_until

from .conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.faults]
# Each break costs what lies in the windows of HTTP/2, 64 KB in nginx and as much of what the browser sends again by
# itself before it is told where to go on: of a smaller file that would be more than a tenth.
SIZE = 24 * 2**20  # bytes
SPEED = 2.5 * 10**6  # bytes a second
CUTS = 10


@pytest.fixture
def line(behind_line):
    proxy, port = behind_line
    with BadLine(proxy.port, SPEED, at=port) as line:
        yield line


@pytest.fixture
def line_address(line) -> str:
    return f"https://localhost:{line.port}"


def test_it_arrives_whole_and_little_is_sent_twice(over_line, line, web, krabi, officer, tmp_path):
    """From a phone, which has such lines; that a desk sends in the same way is for the tests of uploads to say."""
    digest = large_video(path := tmp_path / "วีดิทัศน์.mp4", SIZE)
    page = over_line(officer, PHONE)
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    form = page.locator("#slot-1-1-report .hand-in")
    form.locator("> summary").click()
    form.locator("input[type=file]").first.set_input_files(path)
    before = line.sent
    with Cuts(line, CUTS, SIZE) as cuts:
        form.locator("form button").click()
        wait_until(lambda: cuts.done >= CUTS // 2, 60, "half of the cuts")
        web.kill()
        web.start()
        expect(page.locator("#slot-1-1-report .paper")).to_have_count(1, timeout=60_000)
    assert cuts.done == CUTS
    assert line.sent - before - SIZE <= SIZE / 10
    evidence = krabi.evidence.get(requirement="1.1.report")
    assert (evidence.sha256, evidence.size, evidence.original_name) == (digest, SIZE, path.name)
    page.locator("#slot-1-1-report .paper-facts a").click()
    expect(page.locator("h1")).to_have_text("ใบรับหลักฐาน")
    expect(page.locator(".digest")).to_have_text(digest)
