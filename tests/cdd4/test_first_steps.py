"""Nothing opens before a password of one's own and the second factor; those who owe neither notice nothing."""

from collections import defaultdict
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from cdd4.first_steps import ALWAYS
from cdd4.public import PUBLIC
from submissions.accounts.steps import FACTOR, PASSWORD
from submissions.models import Notice, Token
from tests import factories as make
from tests.test_urls import address, routes

pytestmark = pytest.mark.django_db
# Asked before it is looked up.
ANYTHING = SimpleNamespace(ids=defaultdict(lambda: "1"), past=defaultdict(lambda: "1"), paper="A" * 28)
LOGIN, ME = "/api/v1/login/", "/api/v1/me/"
OPEN = {
    FACTOR.page: {reverse(name) for name in {*ALWAYS, *FACTOR.meanwhile, FACTOR.page}},
    PASSWORD.page: {reverse(name) for name in {*ALWAYS, PASSWORD.page}},
}


@pytest.fixture(autouse=True)
def _asked(settings):
    settings.SECOND_FACTOR = True


def logged_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def ready(person) -> bool:
    return logged_in(person).get(ME).status_code == 200


@pytest.mark.parametrize(
    ("role", "page", "must_change"),
    [("admin", FACTOR.page, False), ("officer", PASSWORD.page, True)],
)
def test_no_address_opens_but_those_of_the_step(role, page, must_change):
    client = logged_in(make.make_user(role, must_change_password=must_change))
    asked = {address(route, ANYTHING) for route in routes()} - OPEN[page]
    shut = sorted(path for path in asked if not path.startswith(PUBLIC))  # there nobody is asked who they are
    assert len(shut) > 200
    answers = {path: (client.get(path), client.post(path)) for path in shut}
    pages = {path: both for path, both in answers.items() if not path.startswith("/api/")}
    got = {path: (get.status_code, get.get("Location"), post.status_code) for path, (get, post) in pages.items()}
    led = {path: (302, reverse(page), 415 if path.startswith("/uploads/") else 403) for path in pages}  # no form there
    assert got == led
    programs = {path: [one.status_code for one in both] for path, both in answers.items() if path not in pages}
    assert programs == {path: [403, 403] for path in programs}
    assert client.get(ME).json()["type"] == "/api/problems/permission-denied/"


def test_the_addresses_of_the_steps_are_few():
    assert OPEN[PASSWORD.page] == {
        "/accounts/password/change/", "/accounts/logout/", "/accounts/reader/", "/i18n/setlang/", "/healthz", "/readyz",
        "/emblem", "/privacy/",
    }  # fmt: skip
    assert {path for path in OPEN[FACTOR.page] if not path.startswith("/accounts/2fa/")} == {
        *OPEN[PASSWORD.page],
        "/accounts/reauthenticate/",
    }


def test_a_part_of_a_page_sends_the_whole_page_to_the_step():
    client = logged_in(make.make_user("staff"))
    answer = client.get("/", headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, reverse("mfa_index"))


def test_officers_are_not_asked_nor_anybody_where_it_is_switched_off(settings):
    assert ready(make.make_user("officer"))
    staff = make.make_user("staff")
    assert not ready(staff)
    settings.SECOND_FACTOR = False
    assert ready(staff)


def test_judges_are_asked_by_a_round_that_asks_also_once_it_is_closed():
    """Closing is when they see most: everybody's points and ranks."""
    judge = make.make_user("judge")
    assert ready(judge)
    round = make.make_round(judges=[judge])
    assert round.judges_need_second_factor
    assert not ready(judge)
    round.judges_need_second_factor = False
    round.save()
    assert ready(judge)
    another = make.make_round(judges=[judge], is_closed=True)
    assert not ready(judge)
    another.judges.remove(judge)
    assert ready(judge)


def test_an_app_or_a_passkey_opens_the_portal_and_recovery_codes_alone_do_not():
    staff = make.make_user("staff")
    RecoveryCodes.activate(staff)
    assert not ready(staff)
    TOTP.activate(staff, generate_totp_secret())
    assert ready(staff)
    Authenticator.objects.filter(user=staff).delete()
    assert not ready(staff)  # taken away by an operator: it is asked for again
    Authenticator.objects.create(user=staff, type=Authenticator.Type.WEBAUTHN, data={})
    assert ready(staff)


def test_enrolling_from_the_password_to_the_first_page():
    staff = make.make_user("staff", "central", email="central@example.go.th")
    client = Client()
    client.cookies["django_language"] = "en"
    page = client.post("/accounts/login/", {"login": "central", "password": make.PASSWORD}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("mfa_index")
    assert "One more step" in page.content.decode()
    form = client.get(reverse("mfa_activate_totp"))
    assert form.status_code == 200, form.url
    secret = form.context["form"].secret
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert wrong.context["form"].errors
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert done.url == reverse("mfa_view_recovery_codes")
    codes = client.get(done.url).context["unused_codes"]
    assert len(codes) == 10
    assert codes[0] in client.get(reverse("mfa_download_recovery_codes")).content.decode()
    assert client.get("/admin/").status_code == 200
    client.post(reverse("account_logout"))
    again = client.post("/accounts/login/", {"login": "central", "password": make.PASSWORD})
    assert again.url == reverse("mfa_authenticate")
    assert client.get("/admin/").status_code == 302
    assert client.post(again.url, {"code": codes[0]}).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert staff.authenticator_set.count() == 2


def test_no_token_is_had_or_used_without_the_factor():
    staff = make.make_user("staff", "central")
    _, token = Token.objects.create(staff)
    program = APIClient(headers={"accept-language": "en"})
    asked = {"username": "central", "password": make.PASSWORD}
    refused = program.post(LOGIN, asked, format="json")
    assert (refused.status_code, "second step" in refused.data["detail"]) == (403, True)
    assert Token.objects.count() == 1
    assert logged_in(staff).post(LOGIN).status_code == 403
    program.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert program.get(ME).status_code == 403
    TOTP.activate(staff, generate_totp_secret())
    assert program.get(ME).status_code == 200


def test_no_token_is_had_by_a_password_that_somebody_else_set():
    make.make_user("officer", "krabi", must_change_password=True)
    answer = APIClient().post(LOGIN, {"username": "krabi", "password": make.PASSWORD}, format="json")
    assert answer.status_code == 403
    assert not Token.objects.exists()


def test_a_password_that_staff_set_is_told_and_changed_at_first_use(settings):
    settings.SECOND_FACTOR = False
    staff, krabi = make.make_user("staff", full_name="สมศรี"), make.make_user("officer", "krabi")
    given, own = "given-by-central-2566", "chosen-by-krabi-2566"
    page = reverse("admin:auth_user_password_change", args=[krabi.pk])
    form = {"password1": given, "password2": given, "usable_password": "true", "set-password": "1"}
    assert logged_in(staff).post(page, form).status_code == 302
    notice = Notice.objects.get(user=krabi, code="password.set")
    assert notice.data["by"] == "สมศรี"

    client = Client()
    client.cookies["django_language"] = "en"
    opened = client.post("/accounts/login/", {"login": "krabi", "password": given}, follow=True)
    assert opened.redirect_chain[-1][0] == reverse("account_change_password")
    assert "set by somebody else" in opened.content.decode()
    change = reverse("account_change_password")
    same = client.post(change, {"oldpassword": given, "password1": given, "password2": given})
    assert "set for you" in str(same.context["form"].errors)
    assert client.get("/notices/").status_code == 302
    done = client.post(change, {"oldpassword": given, "password1": own, "password2": own})
    assert (done.status_code, done.url) == (302, "/")
    read = client.get("/notices/").content.decode()
    assert "สมศรี set a new password for your account" in read
    krabi.refresh_from_db()
    assert (krabi.must_change_password, krabi.check_password(own)) == (False, True)


def test_the_link_of_a_mail_is_a_password_of_one_s_own(mailoutbox):
    krabi = make.make_user("officer", "krabi", email="krabi@example.go.th", must_change_password=True)
    client = Client()
    client.post("/accounts/password/reset/", {"email": krabi.email})
    link = next(word for word in mailoutbox[0].body.split() if "/key/" in word)
    form = client.get(link.partition("//")[2].partition("/")[2].join(["/", ""]), follow=True)
    own = "chosen-by-krabi-2566"
    client.post(form.request["PATH_INFO"], {"password1": own, "password2": own})
    krabi.refresh_from_db()
    assert not krabi.must_change_password
    assert ready(krabi)


def test_the_link_of_a_mail_stands_for_the_password_alone(mailoutbox):
    staff = make.make_user("staff", email="staff@example.go.th")
    TOTP.activate(staff, generate_totp_secret())
    client = Client()
    client.post("/accounts/password/reset/", {"email": staff.email})
    link = next(word for word in mailoutbox[0].body.split() if "/key/" in word)
    form = client.get("/accounts/" + link.partition("/accounts/")[2], follow=True)
    own = "chosen-by-staff-2566"
    done = client.post(form.request["PATH_INFO"], {"password1": own, "password2": own})
    assert (done.status_code, done.url) == (302, reverse("mfa_authenticate"))
    assert client.get("/notices/").status_code == 302
    assert "known-browser" not in client.cookies


def test_a_new_account_s_first_password_is_changed_too_and_one_s_own_is_changed_on_its_page(settings):
    settings.SECOND_FACTOR = False
    admin = make.make_user("admin")
    client = logged_in(admin)
    given = "given-by-central-2566"
    form = {"username": "new", "full_name": "คนใหม่", "role": "judge", "usable_password": "true",
            "password1": given, "password2": given}  # fmt: skip
    assert client.post(reverse("admin:submissions_user_add"), form).status_code == 302
    new = type(admin).objects.get(username="new")
    assert new.must_change_password
    assert Notice.objects.filter(user=new, code="password.set").exists()
    for number in (f"{admin.pk}", f"0{admin.pk}"):
        own = client.post(f"/admin/submissions/user/{number}/password/", form | {"set-password": "1"})
        assert (own.status_code, own.url) == (302, reverse("account_change_password"))
    admin.refresh_from_db()
    assert admin.check_password(make.PASSWORD)


@pytest.mark.parametrize("role", ["staff", "judge", "officer"])
def test_the_question_costs_one_statement_a_request_and_an_officer_none(
    role, django_assert_num_queries, django_assert_max_num_queries, settings
):
    person = make.make_user(role)
    make.make_round(judges=[person] if role == "judge" else [])
    if role != "officer":
        TOTP.activate(person, generate_totp_secret())
    client = logged_in(person)
    settings.SECOND_FACTOR = False
    with django_assert_max_num_queries(100) as before:
        client.get("/accounts/2fa/")
    settings.SECOND_FACTOR = True
    with django_assert_num_queries(len(before) + (role != "officer")):
        client.get("/accounts/2fa/")
