"""A province runs its contest in a browser, from the menu to the certificate in its own name."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from submissions import intake
from submissions.models import Office
from tests import factories as make

from .conftest import PHONE
from .test_schemes import open_round, publish

pytestmark = pytest.mark.browser


def test_chon_buri_runs_its_website_contest_without_central_staff(worker, open_page):
    call_command("load_shipped", verbosity=0)
    judge = make.make_user("judge", full_name="สมศรี ใจดี")
    organiser = make.make_user(office=Office.objects.get(code="TH-20"), is_organiser=True)
    page = open_page(organiser)
    page.get_by_role("link", name="จัดการประกวด").click()
    round = open_round(page, "website-2564", "20/8/2564", judges=[judge])
    entries = list(round.entries.select_related("round__edition", "office").order_by("office__code"))
    assert {entry.office.parent_id for entry in entries} == {round.organiser_id}
    assert len(entries) == 11
    for place, entry in enumerate(entries):
        points = {code: str(item.max - place) for code, item in round.scheme.items.items()}
        intake.save_sheet(entry, by=judge, points=points, final=True)

    phone = open_page(organiser, screen=PHONE)
    phone.get_by_role("link", name="จัดการประกวด").click()
    expect(phone.locator("body")).to_contain_text("ส่งแล้ว 11 จาก 11 ใบ")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    told = publish(page, round)
    assert "ประกาศสำนักงานพัฒนาชุมชนจังหวัดชลบุรี" in told["announcement"]
    assert "พัฒนาการจังหวัดชลบุรี" in told["certificates"]
    assert "เมืองชลบุรี" in told["certificates"]
