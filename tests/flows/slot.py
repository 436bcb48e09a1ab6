"""One slot of a criterion page: how a file is handed in there, and a message written."""

import hashlib
import os

import pikepdf

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
