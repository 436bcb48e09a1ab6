"""An officer who has begun to write a monthly report, and a colleague of the same office."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import factories as make

from ..conftest import WIDE
from ..form import SAVED, saved
from .writing import MONTH, write


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
