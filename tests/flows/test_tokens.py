"""Somebody makes a token for a program, copies it once, and ends it."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from submissions.models import Token
from tests import factories as make

from .conftest import AT_A_DESK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@AT_A_DESK
def test_a_token_is_made_used_and_ended(open_page, screen):
    entry = make.make_entry(office="TH-81")
    page = open_page(make.make_user("officer", office=entry.office), screen=screen, refused=(422,))
    page.goto("/accounts/tokens/")
    page.click("main a.btn-primary")
    page.fill("[name=password]", make.PASSWORD)
    page.click("main form button")

    page.fill("[name=name]", "ระบบสถิติ")
    page.uncheck("[name=scopes][value=read]")
    page.click("main form button")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.input_value("[name=name]") == "ระบบสถิติ"
    page.check("[name=scopes][value=read]")
    page.check("[name=scopes][value=hand_in]")
    page.click("main form button")

    text = page.input_value("#token")
    assert Client().get("/api/v1/me/", headers={"authorization": f"Token {text}"}).status_code == 200
    page.click("main a.btn-primary")
    expect(page.get_by_text("ระบบสถิติ").first).to_be_visible()
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)
    page.get_by_role("button", name="สิ้นสุด ระบบสถิติ").click()
    expect(page.get_by_text("ท่านยังไม่มีโทเคน")).to_be_visible()
    assert not Token.objects.exists()
