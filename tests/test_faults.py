"""Whatever is asked of a page, or sent to it, it is never an error of ours."""

import functools
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import transaction
from rest_framework.views import APIView

from tests.test_urls import address, browser, draw_little, routes, world  # noqa: F401  the fixture

pytestmark = pytest.mark.django_db
NASTY = [
    b"a\0b",
    b"9" * 5000,
    "\ud800".encode("utf-8", "surrogatepass"),
    "๑๒๓😀".encode(),
    b"-1",
    b"1e400",
    b"x" * 70_000,
]
# Every name that a page or a list of the admin reads.
ASKED = (
    "page p q o e all next inline size region sort asked criterion round office code period status basis kind format "
    "_changelist_filters _popup _to_field term app_label model_name field_name entry__round__id__exact role__exact "
    "requirement dimension language sort_by list_filter from to number object_id action content_type_id"
).split()
SENT = (
    "criterion requirement period revision upload url channels note reason remark amount round office format resource "
    "import_file import_file_name original_file_name export_items action _selected_action select_across index next "
    "language login password username email password1 password2 oldpassword code token seen acknowledged decision "
    "decisions final points 5.1.1 item-5.1.1 value shown.3.4.news.2023-07 3.4.news.2023-07 until order_number kind "
    "name_th name_en parent date settings judges edition role full_name is_active accept return post _save ids at"
).split()


@pytest.fixture(autouse=True)
def _as_many_requests_as_it_takes(monkeypatch):
    monkeypatch.setattr(APIView, "throttle_classes", [])
    draw_little(monkeypatch)
    cache.clear()


@functools.cache
def fields(method: str, nasty: bytes) -> bytes:
    """Each name with this; a server takes no longer line than that of a GET. Written once, for all addresses."""
    if method == "GET":
        return urlencode(dict.fromkeys(ASKED, nasty)).encode()[:60_000]
    return urlencode(dict.fromkeys(SENT, nasty)).encode()


def status(world, role: str, method: str, path: str, nasty: bytes) -> int:  # noqa: F811
    sent = fields(method, nasty)
    with transaction.atomic():
        client = browser(world, role)
        if method == "GET":
            response = client.get(path, QUERY_STRING=sent.decode())
        else:
            response = client.generic("POST", path, sent, content_type="application/x-www-form-urlencoded")
        b"".join(response)  # to its end, as a server sends it
        transaction.set_rollback(True)
    return response.status_code


@pytest.mark.parametrize(("number", "route"), list(enumerate(sorted(set(routes())))))
def test_nonsense_is_answered_and_not_stumbled_over(world, number, route):  # noqa: F811
    path = address(route, world)
    # Pages are made of the same parts: three neighbours share the nonsense between them, four in the admin.
    for nasty in NASTY[number % 4 :: 4] if route.startswith("admin/") else NASTY[number % 3 :: 3]:
        assert status(world, "admin", "GET", path, nasty) < 500, nasty[:20]
        assert status(world, "admin", "POST", path, nasty) < 500, nasty[:20]
    if not route.startswith(("admin/", "api/")):
        assert status(world, "officer", "POST", path, NASTY[1]) < 500


@pytest.mark.parametrize(
    "path", ["/entries/99999999999999999999999/", "/entries/" + "9" * 5000 + "/", "/%00", "/a%ff", "//x"]
)
def test_addresses_that_are_none(client, path):
    assert client.get(path).status_code < 500
