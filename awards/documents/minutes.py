"""The minutes of one meeting of a committee on paper, in Thai with Thai digits, to be signed."""

from typing import Any

from django.template.loader import render_to_string

from submissions import thai
from submissions.models import Meeting, Office

TITLE = "รายงานการประชุม"
KINDS = {
    "tie": "การจัดลำดับผู้ที่มีคะแนนเท่ากัน",
    "line": "เส้นแบ่งรางวัล",
    "apart": "ผู้เข้าประเมินที่กรรมการให้คะแนนต่างกันมาก",
    "appeal": "คำทักท้วง",
    "other": "เรื่องอื่น",
}


def page(meeting: Meeting) -> str:
    """What is printed, as HTML: the same as long as nothing is resolved or corrected. Asked in Thai."""
    resolutions = list(meeting.resolutions.order_by("pk"))
    codes = {code for one in resolutions for code in one.offices}
    names = {office.code: office.name for office in Office.objects.filter(code__in=codes)}
    rows = [
        (one, KINDS[one.kind], [names.get(code, code) for code in one.offices], _absent(meeting, one))
        for one in resolutions
    ]
    last = resolutions[-1].resolved_at if resolutions else None
    context: dict[str, Any] = {
        "title": TITLE,
        "meeting": meeting,
        "round": meeting.round,
        "year": meeting.held_on.year + thai.ERA,
        "rows": rows,
        "at": last or meeting.history.latest().history_date,
    }
    return thai.digits_of_page(render_to_string("awards/pdf/minutes.html", context))


def _absent(meeting: Meeting, resolution: Any) -> list[str]:
    """Who of those present did not take part in this matter."""
    there = [person["name"] for person in resolution.present]
    return [person["name"] for person in meeting.present if person["name"] not in there]
