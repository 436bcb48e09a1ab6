"""Pictures of pages side by side come all of them, also when others are served first."""

import os

import pytest
from django.urls import reverse

from submissions.examination import work
from tests import factories as make
from tests.submissions import examined as files
from tests.submissions.test_examination import keep

from .conftest import SCREENS

pytestmark = pytest.mark.browser
DRAWN = "one => one.naturalWidth > 0"


@SCREENS
def test_pictures_that_found_no_seat_are_asked_for_again(open_page, contest, krabi, screen):
    letters = [files.scanned_letter(number) for number in (1, 2, 3)]
    own = keep(files.scanned_pdf(*letters), entry=krabi)
    smaller = [letter.resize((500, 707)) for letter in letters]
    same = keep(files.scanned_pdf(*smaller), entry=contest.entries.get(office__code="TH-50"))
    for one in (own, same):
        assert work.examine(one.pk)
    desk, asked = open_page(make.make_user("staff"), screen=screen, refused=(503,)), []

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
        desk.screenshot(path=f"{folder}/beside-{screen['width']}.png", full_page=True)
