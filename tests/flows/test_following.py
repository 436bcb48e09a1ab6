"""What a page follows by itself goes on after an answer that never came, also where no entry's page is around it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from awards.publishing import press
from tests import factories as make

from .conftest import AT_A_DESK
from .waiting import until

pytestmark = pytest.mark.browser


@AT_A_DESK
def test_a_publication_is_followed_on_after_a_lost_answer(open_page, krabi, screen):
    staff = make.make_user("staff")
    publishing = press.begin(krabi.round, by=staff, deed="publish", said={})
    page, asked = open_page(staff, screen=screen, refused=[502]), []

    def lose(route):
        asked.append(route)
        route.fulfill(status=502)

    page.route("**/publishings/*/?asked=*", lose, times=1)
    page.goto(reverse("publishing", args=[publishing.pk]))
    until(page, lambda: asked, "the page asks how far it is")
    publishing.note(stage="failed", due_at=None, made_by=make.make_user("admin"))
    expect(page.get_by_role("alert")).to_contain_text("หยุดกลางคัน")


@AT_A_DESK
def test_a_publication_is_cancelled_no_more_once_it_is_being_frozen(open_page, krabi, screen):
    """The button goes by itself, and stays where it was until then."""
    staff = make.make_user("staff")
    publishing = press.begin(krabi.round, by=staff, deed="publish", said={})
    page = open_page(staff, screen=screen)
    page.goto(reverse("publishing", args=[publishing.pk]))
    button = page.locator("#publishing-cancel button")
    button.focus()
    with page.expect_response("**/publishings/*/?asked=*"):
        pass
    expect(button).to_be_focused()
    publishing.note(stage="freezing")
    expect(page.locator("#publishing-progress")).to_contain_text("กำลังบันทึกผล")
    expect(button).not_to_be_attached()
    with page.expect_response("**/publishings/*/?asked=*"):
        pass
