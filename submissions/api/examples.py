"""What requests and answers look like, shown beside each of them in the description. A test holds their form."""

from typing import Any

SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
AT = "2026-11-22T09:30:00+07:00"


def text(th: str, en: str) -> dict:
    return {"th": th, "en": en}


def part(earned: str) -> dict:
    return {"earned": earned, "attainable": "5.00", "max": "5.00"}


def verified(earned: str) -> dict:
    return part(earned) | {"unchecked": "1.00"}


OFFICE = {"code": "TH-81", "kind": "province", "name_th": "กระบี่", "name_en": "Krabi", "size": "small", "parent": "R06"}
PERSON = {
    "id": 7,
    "username": "krabi",
    "full_name": "สมหญิง ใจดี",
    "role": "officer",
    "is_superuser": False,
    "office": OFFICE,
}
ROUND = {
    "id": 3,
    "name_th": "ปี 2569",
    "name_en": "2026",
    "scheme": "cdd40-2566",
    "edition": SHA256,
    "close": "2026-07-31",
    "rank_visibility": "own",
    "is_closed": False,
    "is_practice": False,
    "now": AT,
    "stage": "",
    "preceding": None,
    "places_per": "",
    "places": None,
    "named_by": None,
    "ranked": "overall",
}
ENTRY = {
    "id": 12,
    "round": 3,
    "office": OFFICE,
    "nominee": None,
    "state": "taking_part",
    "withdrawn_reason": "",
    "awaits_nominee": False,
    "facts_version": 31,
}
EVIDENCE = {
    "id": 481,
    "entry": 12,
    "requirement": "3.5.report",
    "period": "2023-07",
    "criteria": ["3.5"],
    "status": "submitted",
    "revision": 1,
    "file": "/api/v1/evidence/481/file/",
    "name": "รายงาน.pdf",
    "content_type": "application/pdf",
    "size": 182044,
    "sha256": SHA256,
    "receipt": "2569/000481",
    "url": "",
    "channels": [],
    "note": "",
    "submitted_at": AT,
    "received_at": AT,
    "reviewed_at": None,
    "changed_at": AT,
    "return_reason": "",
    "checklist": [],
    "replaces": None,
    "examined": {"state": "done", "is_held": False, "findings": [], "alike": [], "unseen": 0},
}
VALUE = {
    "entry": 12,
    "code": "3.4.news",
    "period": "2023-07",
    "amount": "12",
    "source": "office",
    "entered_at": AT,
    "status": "submitted",
    "reviewed_at": None,
    "return_reason": "",
    "revision": 1,
}
DIMENSION = {
    "code": "3",
    "title": text("การสื่อสาร", "Communication"),
    "verified": verified("2.00"),
    "claimed": part("4.00"),
}
CRITERION = {
    "code": "3.4",
    "title": text("ข่าว", "News"),
    "verified": verified("2.00"),
    "claimed": part("4.00"),
    "mark": "",
    "dimension": "3",
    "why": ["รับแล้ว 2 จาก 4 เดือน"],
    "next": ["กรอกเดือนกรกฎาคมภายในวันที่ 31"],
}
RESULT = {
    "rank": 1,
    "tier": "gold",
    "nominee": {},
    "region": {},
    "office_code": "TH-81",
    "office_name_th": "กระบี่",
    "office_name_en": "Krabi",
    "office_size": "small",
    "total": "96.20",
    "claimed": "96.20",
    "attainable": "96.20",
    "dimensions": {"3": {"earned": "4.00"}},
}
LINK = {"url": "https://www.example.org/news", "channels": ["facebook", "website"], "note": ""}

EXAMPLES: dict[str, Any] = {
    "Person": PERSON,
    "Token": {"token": "4f1c" + "0" * 60, "expiry": AT, "scopes": ["hand_in", "read"], "user": PERSON},
    "CredentialsRequest": {"username": "krabi", "password": "…", "scopes": ["hand_in", "read"]},
    "Round": ROUND,
    "Scheme": {
        "code": "cdd40-2566",
        "edition": SHA256,
        "title": text("เกณฑ์", "Scheme"),
        "close": "2026-07-31",
        "max": "100.00",
        "dimensions": [],
        "criteria": [],
        "values": [],
        "items": [],
        "settings": [],
        "forms": [],
        "requirements": [
            {
                "code": "1.1.report",
                "title": text("รายงาน", "Report"),
                "help": None,
                "due": "2026-07-31",
                "periods": [],
                "channels": 0,
                "allowed_channels": [],
                "by": "office",
                "checklist": [],
            }
        ],
    },
    "Entry": ENTRY,
    "NamingRequest": {"name": "สมชาย ใจดี", "office": "", "declared": []},
    "ChoiceRequest": {"chosen": True},
    "WithdrawalRequest": {"reason": "ย้ายไปรับราชการจังหวัดอื่น"},
    "Evidence": EVIDENCE,
    "LinkInRequest": {"requirement": "4.2.publicity", "period": "2023-07", **LINK},
    "FileInRequest": {"requirement": "3.5.report", "period": "2023-07", "note": "ฉบับลงนาม"},
    "OtherLinkRequest": {"revision": 1, **LINK},
    "OtherFileRequest": {"revision": 1, "note": "ฉบับแก้ไข"},
    "ReviewRequest": {"decision": "return", "reason": "ไม่มีลายเซ็น", "revision": 1},
    "RevisionRequest": {"revision": 1},
    "Values": {"values": [VALUE]},
    "AmountsRequest": {"values": [{"code": "3.4.news", "period": "2023-07", "amount": "12", "revision": 0}]},
    "ValuesReviewRequest": {
        "decision": "return",
        "reason": "ไม่ตรงกับรายงาน",
        "values": [{"entry": 12, "code": "3.4.news", "period": "2023-07", "revision": 1}],
    },
    "Sheet": {
        "entry": 12,
        "status": "draft",
        "points": {"5.1.1": "2.50"},
        "notes": {"5.1.1": "ใช้ได้จริง"},
        "remark": "ดี",
        "saved_at": AT,
        "submitted_at": None,
        "revision": 1,
    },
    "SheetInRequest": {"points": {"5.1.1": "2.5"}, "remark": "ดี", "revision": 0},
    "Scorecard": {
        "entry": 12,
        "edition": SHA256,
        "fresh": True,
        "facts_version": 31,
        "as_of": AT,
        "verified": verified("2.00"),
        "claimed": part("4.00"),
        "place": {"rank": 1, "among": 76},
        "dimensions": [DIMENSION],
        "criteria": [CRITERION],
    },
    "Standing": {
        "rank": 1,
        "region": "R06",
        "nominee": None,
        "entry": 12,
        "office": OFFICE,
        "total": "96.20",
        "unchecked": "3.00",
        "claimed": "97.00",
        "attainable": "98.00",
        "dimensions": [{"code": "3", "earned": "4.00"}],
        "fresh": True,
    },
    "Publication": {
        "id": 1,
        "round": 3,
        "number": 1,
        "title": "ปี 2569 ประกาศผลครั้งที่ 1",
        "scheme": "cdd40-2566",
        "edition": SHA256,
        "as_of": AT,
        "published_at": AT,
        "reason": "",
        "decisions": [],
        "frame": {},
        "appeals_until": None,
        "appeals": {},
        "facts_digest": SHA256,
        "previous": "",
        "digest": SHA256,
    },
    "Result": RESULT,
    "PublishedScorecard": {**RESULT, "criteria": {"3.4": {"earned": "4.00", "why": ["…"]}}},
    "Verification": {"digest": SHA256, "is_unchanged": True, "faults": []},
    "Kind": {"type": "/api/problems/conflict/", "title": "Somebody else was first", "status": 409},
}


def show(result: dict, generator, request, public) -> dict:
    """Put each example beside the requests and answers of its form; a page of a list has one row."""
    for methods in result["paths"].values():
        for operation in methods.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for media in (media for body in bodies for media in body.get("content", {}).values()):
                found = example_of(media.get("schema", {}))
                if found is not None:
                    media["example"] = found
    return result


def example_of(schema: dict) -> Any:
    if schema.get("type") == "array":
        inner = example_of(schema["items"])
        return None if inner is None else [inner]
    name = schema.get("$ref", "").rpartition("/")[2]
    if name.startswith("Paginated"):
        row = EXAMPLES.get(name.removeprefix("Paginated").removesuffix("List"))
        return row and {"count": 1, "next": None, "previous": None, "results": [row]}
    return EXAMPLES.get(name)
