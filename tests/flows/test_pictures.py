"""Pictures of pages side by side come all of them, also when others are served first, or it is said which doesn't."""

import errno
import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions.examination import work
from submissions.files import confined
from tests import factories as make
from tests.submissions import examined as files
from tests.submissions.examination.test_findings import keep

from .conftest import AT_A_DESK, PHONE
from .waiting import until

pytestmark = pytest.mark.browser
DRAWN = "one => one.naturalWidth > 0"


@pytest.fixture
def alike(contest, krabi):
    """Two files of three pages, the second with smaller pictures of the same."""
    letters = [files.scanned_letter(number) for number in (1, 2, 3)]
    own = keep(files.scanned_pdf(*letters), entry=krabi)
    smaller = [letter.resize((500, 707)) for letter in letters]
    same = keep(files.scanned_pdf(*smaller), entry=contest.entries.get(office__code="TH-50"))
    for one in (own, same):
        assert work.examine(one.pk)
    return own, same


def test_pictures_that_found_no_seat_are_asked_for_again(open_page, alike):
    own, same = alike
    desk, asked = open_page(make.make_user("staff"), screen=PHONE, refused=(503,)), []

    def busy_at_first(route) -> None:
        asked.append(route.request.url)
        if asked.count(route.request.url) == 1:
            route.fulfill(status=503, content_type="text/html", body="busy")
        else:
            route.continue_()

    desk.route("**/evidence/*/pages/*/", busy_at_first)
    desk.goto(reverse("admin:submissions_evidence_beside", args=[own.pk, same.pk]))
    pictures = desk.locator(".page-picture img")
    assert pictures.count() == 6
    for number in range(6):
        pictures.nth(number).scroll_into_view_if_needed()
        desk.wait_for_function(DRAWN, arg=pictures.nth(number).element_handle())
    assert {asked.count(one) > 1 for one in asked} == {True}
    if folder := os.environ.get("PICTURES"):
        desk.screenshot(path=f"{folder}/beside-{PHONE['width']}.png", full_page=True)


@AT_A_DESK
def test_of_a_picture_that_never_comes_it_is_said(open_page, alike, monkeypatch, screen):
    own, same = alike
    read, lost = confined.read, os.stat(same.file.path).st_ino

    def fail_for_one_page(reader, file, *words):
        if (os.fstat(file.fileno()).st_ino, words) == (lost, ("2",)):
            raise OSError(errno.EIO, "Input/output error")
        return read(reader, file, *words)

    monkeypatch.setattr(confined, "read", fail_for_one_page)
    desk, asked = open_page(make.make_user("staff"), screen=screen, refused=(503,)), []
    desk.on("request", lambda one: asked.append(one.url))
    desk.clock.install()
    desk.goto(reverse("admin:submissions_evidence_beside", args=[own.pk, same.pk]))
    figures = desk.locator(".page-picture")
    for number in (0, 1, 2, 3, 5):
        figures.nth(number).scroll_into_view_if_needed()
        desk.wait_for_function(DRAWN, arg=figures.nth(number).locator("img").element_handle())
    failed = figures.nth(4)
    address = reverse("evidence-page", args=[same.pk, 2])
    until(desk, lambda: desk.clock.run_for(1000) or not failed.locator("img").is_visible(), "it gives up")
    assert len([one for one in asked if one.endswith(address)]) == 8
    expect(failed).to_contain_text("ขณะนี้แสดงภาพนี้ไม่ได้")
    expect(failed).to_contain_text("หน้า 2")
    expect(desk.get_by_text("ขณะนี้แสดงภาพนี้ไม่ได้")).to_have_count(1)
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if folder := os.environ.get("PICTURES"):
        desk.screenshot(path=f"{folder}/beside-unread-{screen['width']}.png", full_page=True)


def test_of_a_photograph_that_never_comes_it_is_said_too(open_page, contest, krabi):
    photographs = [files.saved(files.photograph(1), quality=quality) for quality in (90, 60)]
    own = keep(photographs[0], ".jpg", entry=krabi)
    same = keep(photographs[1], ".jpg", entry=contest.entries.get(office__code="TH-50"))
    for one in (own, same):
        assert work.examine(one.pk)
    os.unlink(same.file.path)
    desk = open_page(make.make_user("staff"), refused=(404,))
    desk.clock.install()
    desk.goto(reverse("admin:submissions_evidence_beside", args=[own.pk, same.pk]))
    pictures = desk.locator(".beside .paper-image")
    desk.wait_for_function(DRAWN, arg=pictures.nth(0).element_handle())
    until(desk, lambda: desk.clock.run_for(1000) or pictures.count() == 1, "it gives up")
    expect(desk.get_by_text("ขณะนี้แสดงภาพนี้ไม่ได้")).to_have_count(1)
