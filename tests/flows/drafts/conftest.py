"""An officer who has begun to write a monthly report, and a colleague of the same office."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import factories as make

from ..conftest import WIDE
from ..form import SAVED, saved
from .writing import KEPT_HERE, MONTH, NO_LINE, save_as, write


@pytest.fixture
def address(krabi):
    return reverse("form", args=[krabi.pk, "monthly-report"]) + f"?period={MONTH}"


@pytest.fixture
def colleague(krabi):
    return make.make_user("officer", office=krabi.office, full_name="เพื่อนร่วมงาน")


@pytest.fixture
def begin(open_page, officer, address):
    def begin(screen=WIDE, **more):
        page = open_page(officer, screen=screen, **more)
        page.goto(address)
        write(page, results="หนึ่ง")
        expect(saved(page)).to_contain_text(SAVED)
        return page

    return begin


@pytest.fixture
def keep_here(begin):
    """Words that no line brings to the portal"""

    def keep_here(screen=WIDE, **words: str):
        page = begin(screen)
        page.evaluate(NO_LINE)
        write(page, **words)
        expect(saved(page)).to_contain_text(KEPT_HERE)
        return page

    return keep_here


@pytest.fixture
def put_in(keep_here, krabi, colleague, address):
    """They are put into a form that a colleague has saved meanwhile."""

    def put_in(own: dict[str, str], **theirs: str):
        page = keep_here(**own)
        save_as(colleague, krabi, **theirs)
        page.goto(address)
        page.click("[data-take]")
        expect(saved(page)).to_contain_text(SAVED)
        return page

    return put_in
