"""Reasons for returning are kept for each scheme by central staff."""

from submissions.models import ReasonTemplate
from tests import factories as make

ADD = "/admin/submissions/reasontemplate/add/"


def test_staff_write_a_reason_and_are_told_what_is_filled_in_with_nothing(committee, browser):
    staff = browser(committee.staff)
    written = {
        "scheme_code": make.SCHEME,
        "place": "1",
        "text_th": "ขาด {missing} {name}",
        "text_en": "{office}",
        "seen": "",
    }
    refused = staff.post(ADD, written).content.decode()
    assert "{name} is filled in with nothing" in refused
    assert "ขาด {missing} {name}" in refused
    assert staff.post(ADD, {**written, "text_th": "ขาด {missing}"}).status_code == 302
    assert ReasonTemplate.objects.get().text_th == "ขาด {missing}"
    assert staff.get("/admin/submissions/reasontemplate/").status_code == 200
    assert browser(committee.judge).get(ADD).status_code == 403
