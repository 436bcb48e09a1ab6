"""The second step of logging in, as people meet it: an app, or a passkey of a device that Chromium pretends to have."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from tests import factories as make
from tests.cdd4.test_first_steps import code_of

from .conftest import AT_A_DESK, ON_A_PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _asked(settings):
    settings.SECOND_FACTOR = True


def give_device(page) -> None:
    """A telephone with a fingerprint, as Chromium pretends to have one."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )


def log_out(page) -> None:
    page.goto("/accounts/logout/")
    page.click("main form button")


@AT_A_DESK
def test_staff_set_up_the_app_and_go_on(open_page, screen):
    staff = make.make_user("staff", "central")
    page = open_page(screen=screen)
    page.goto("/accounts/login/")
    page.fill("[name=login]", "central")
    page.fill("[name=password]", make.PASSWORD)
    page.click("main form button >> nth=0")
    expect(page.locator("h1")).to_have_text("อีกหนึ่งขั้นตอนก่อนเริ่มใช้งาน")
    page.click("text=ตั้งค่าแอป")
    expect(page.locator("img.qr")).to_be_visible()
    assert page.evaluate("document.querySelector('img.qr').naturalWidth") > 0
    page.locator("summary", has_text="กุญแจ").click()
    page.fill("[name=code]", code_of(page.locator("code.secret").inner_text()))
    page.click("main form button")
    expect(page.locator(".codes li")).to_have_count(10)
    page.click("text=เก็บรหัสไว้แล้ว")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    assert staff.authenticator_set.filter(type=Authenticator.Type.TOTP).exists()
    log_out(page)
    page.goto("/accounts/login/")
    page.fill("[name=login]", "central")
    page.fill("[name=password]", make.PASSWORD)
    page.click("main form button >> nth=0")
    expect(page.locator("h1")).to_have_text("ขั้นตอนที่สอง")


@ON_A_PHONE
def test_a_passkey_is_added_and_logs_in_without_the_password(open_page, screen):
    staff = make.make_user("staff", "central")
    page = open_page(screen=screen)
    give_device(page)
    page.goto("/accounts/login/")
    page.fill("[name=login]", "central")
    page.fill("[name=password]", make.PASSWORD)
    page.click("main form button >> nth=0")
    page.click("main a >> text=เพิ่มพาสคีย์")
    page.click("#mfa_webauthn_add")
    expect(page.locator(".codes li")).to_have_count(10)
    (key,) = staff.authenticator_set.filter(type=Authenticator.Type.WEBAUTHN)
    log_out(page)
    page.goto("/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    key.refresh_from_db()
    assert key.last_used_at
    page.goto("/accounts/2fa/")
    log_out(page)
    page.goto("/accounts/login/")
    page.fill("[name=login]", "central")
    page.fill("[name=password]", make.PASSWORD)
    page.click("main form button >> nth=0")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(lambda url: "/accounts/" not in url)


def test_a_passkey_that_is_not_there_is_told_on_the_page(open_page):
    make.make_user("staff", "central")
    page = open_page()
    give_device(page)
    page.goto("/accounts/login/")
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    refuse = "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }"
    page.evaluate(refuse)
    page.click("#passkey_login")
    expect(page.locator("#passkey_failed")).to_be_visible()


@ON_A_PHONE
def test_who_waits_and_who_must_choose_a_password_read_why(open_page, screen):
    krabi = make.make_user("officer", "krabi", must_change_password=True)
    page = open_page(screen=screen)
    for password in ["wrong"] * 5 + [make.PASSWORD]:
        page.goto("/accounts/login/")
        page.fill("[name=login]", "krabi")
        page.fill("[name=password]", password)
        page.click("main form button >> nth=0")
    expect(page.locator(".notice-error").first).to_contain_text("วินาที")
    page = open_page(krabi, screen=screen)
    expect(page.locator("h1")).to_have_text("กรุณาตั้งรหัสผ่านของท่านเอง")
    expect(page.locator("nav a")).to_have_count(0)


def test_without_scripts_the_passkey_is_not_offered(open_page):
    page = open_page(scripts=False)
    page.goto("/accounts/login/")
    expect(page.locator("#passkey_login")).to_be_hidden()
