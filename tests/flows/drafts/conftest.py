"""An officer who has begun to write a monthly report, and a colleague of the same office."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions import intake
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
def checklist(krabi):
    """The address of a form in which one of several kinds is chosen, and "other" has words of its own."""
    return reverse("form", args=[krabi.pk, "innovation-checklist"])


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
def keep_beside(keep_here, krabi, colleague):
    """A colleague has saved others meanwhile, which the page does not know of yet."""

    def keep_beside(own: dict[str, str], **theirs: str):
        page = keep_here(**own)
        save_as(colleague, krabi, **theirs)
        return page

    return keep_beside


@pytest.fixture
def kept_beside(keep_beside):
    """The same with one field, in which both wrote"""
    return keep_beside({"results": "ของฉัน"}, results="ของเพื่อน")


@pytest.fixture
def choose_beside(open_page, krabi, officer, colleague, checklist):
    """A kind, chosen on a page that no line brings to the portal, and meanwhile another one by a colleague"""

    def choose_beside(kind: str, **words: str):
        page = open_page(officer)
        page.goto(checklist)
        page.evaluate(NO_LINE)
        page.check(f"[name='answer.kind'][value={kind}]")
        page.locator(f"[name='answer.kind'][value={kind}]").blur()
        write(page, **words)
        expect(saved(page)).to_contain_text(KEPT_HERE)
        intake.save_answers(krabi, "innovation-checklist", {"kind": "service"}, by=colleague, revision=0, page="f" * 32)
        return page

    return choose_beside


@pytest.fixture
def put_in(keep_beside, address):
    """They are put into the form as it is now."""

    def put_in(own: dict[str, str], **theirs: str):
        page = keep_beside(own, **theirs)
        page.goto(address)
        page.click("[data-take]")
        expect(saved(page)).to_contain_text(SAVED)
        return page

    return put_in
