"""An account that nobody has used: its person is invited from the list, and sets the password by the mail's link."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from submissions.notices import letters
from tests import factories as make

from .conftest import ON_A_PHONE

pytestmark = pytest.mark.browser


@ON_A_PHONE
def test_who_is_invited_sets_a_password_and_is_at_home(open_page, live_server, settings, krabi, screen):
    settings.EMAIL_HOST, settings.PORTAL_URL = "mail.example.org", live_server.url
    person = make.make_user("officer", "new@example.org", email="new@example.org", full_name="สมหญิง ดีงาม")

    desk = open_page(make.make_user("staff"))
    desk.goto("/admin/submissions/user/waiting/?state=none")
    expect(desk.locator("table.grid")).to_contain_text("สมหญิง ดีงาม")
    desk.get_by_role("link", name="เชิญทางอีเมล").click()
    expect(desk.locator("#whom").locator("..")).to_contain_text("new@example.org")
    desk.get_by_role("button", name="ส่งคำเชิญ").click()
    expect(desk.locator("body")).to_contain_text("ส่งคำเชิญแล้ว 1 คน")

    letters.post()
    link = re.search(r"http\S+/invitation/\?code=\S+", mail.outbox[-1].body)[0]
    page = open_page(screen=screen, scripts=False)
    page.goto(link)
    expect(page.locator("main")).to_contain_text("รหัสผ่านต้องมีอย่างน้อย 10 ตัวอักษร")
    page.fill("[name=password1]", "สวนหลังบ้าน-2566")
    page.fill("[name=password2]", "สวนหลังบ้าน-2566")
    page.get_by_role("button", name="ตั้งรหัสผ่านและเข้าสู่ระบบ").click()
    expect(page.locator("main")).to_contain_text(krabi.office.name_th)

    page.goto(link)  # opened once more, at home
    expect(page.locator("h1")).to_have_text("มีผู้เข้าสู่ระบบอยู่ในเครื่องนี้")
    desk.reload()
    expect(desk.locator("table.grid")).to_have_count(0)
    person.refresh_from_db()
    assert person.last_login
