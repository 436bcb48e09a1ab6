"""A proxy that can't put a body aside says so, in both languages, and nothing of it comes to the portal."""

import json
import shutil

import pytest

from tests.cdd4.test_production import Visitor

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def test_what_the_proxy_has_no_room_for_is_told_as_such(proxy):
    visitor = Visitor(proxy)
    shutil.rmtree(proxy.folder / "cache/body")  # as on a full disk: it can't be written there
    answer = visitor.ask("POST", "/accounts/login/", b"x" * 2**18)
    assert answer.status == 507
    assert "ยังไม่ได้บันทึก" in answer.text
    assert "no room" in answer.text
    assert answer.headers["Retry-After"] == "300"
    program = visitor.ask("POST", "/api/v1/entries/1/evidence/", b"x" * 2**18)
    assert (program.status, json.loads(program.text)["type"]) == (507, "/api/problems/disk-full/")
    assert program.headers["Content-Type"] == "application/problem+json"
    assert visitor.ask("GET", "/accounts/login/").status == 200
    assert visitor.ask("POST", "/accounts/login/", b"x" * 100).status == 403, "what is short needs no such room"
