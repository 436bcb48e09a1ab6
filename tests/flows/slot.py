"""One slot of a criterion page: how a file is handed in there, and a message written."""

import hashlib
import os

import pikepdf

from tests.servers import wait_until

SLOT = "#slot-1-1-report"
TEXT = "ขอทราบว่าต้องเพิ่มส่วนใด"


def large_pdf(path, size: int) -> str:
    """A PDF that holds `size` bytes of noise; its SHA-256."""
    with pikepdf.new() as document:
        document.add_blank_page()
        document.Root.Noise = document.make_stream(os.urandom(size))
        document.save(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def message(page):
    return page.locator(f"{SLOT} .talk textarea")


def send(page) -> None:
    page.locator(f"{SLOT} .talk form button").click()


def fault(page):
    return page.locator(f"{SLOT} .talk [data-fault]")


def hand_in(page, *files) -> None:
    page.locator(f"{SLOT} .hand-in input[type=file]").first.set_input_files(files)
    page.locator(f"{SLOT} .hand-in form button").click()


def hold(page, pattern: str, method: str = "GET") -> list:
    """Requests that wait until they are told to go on."""
    held = []
    page.route(pattern, lambda route: held.append(route) if route.request.method == method else route.fallback())
    return held


def until(page, held) -> None:
    wait_until(lambda: page.wait_for_timeout(50) or held, 10, "it is on its way")
