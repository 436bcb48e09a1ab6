"""Rows and files for tests, made with as few words as the test needs. Nothing here is checked: intake is not asked."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from itertools import count
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cdd4.demo import samples
from scoring import shipped
from scoring.models import Scorecard
from submissions.documents import filled_forms
from submissions.models import (
    Edition,
    Entry,
    Evidence,
    Extension,
    FilledForm,
    Holiday,
    Office,
    Round,
    SecondReading,
    Sheet,
    User,
    Value,
)
from submissions.vault import vault

BANGKOK = ZoneInfo("Asia/Bangkok")
SCHEME = "cdd40-2566"
DUE = {"2.1.2.due": "2023-05-31", "2.2.2.due": "2023-06-30"}
PASSWORD = "only-in-tests-2566"
NOW = datetime(2023, 7, 10, 10, 0, tzinfo=BANGKOK)  # the round's time in most tests: three weeks before the close

FILES = {  # kind: (name, content)
    "pdf": ("รายงาน.pdf", cache(samples.pdf)),
    "png": ("ภาพ.png", cache(samples.png)),
    "jpg": ("ภาพถ่าย.jpg", cache(samples.jpeg)),
    "webp": ("ภาพ.webp", cache(samples.webp)),
    "docx": ("เอกสาร.docx", cache(samples.docx)),
    "xlsx": ("ตาราง.xlsx", cache(samples.xlsx)),
    "pptx": ("นำเสนอ.pptx", cache(samples.pptx)),
    "mp4": ("วีดิทัศน์.mp4", cache(lambda: samples.mp4(seconds=1))),
}
_number = count(1)


def at(day: str, clock: str = "10:00") -> datetime:
    """A moment in Bangkok: at("2023-03-14"), at("2023-03-14", "23:59:59.999999")."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BANGKOK)


def file_bytes(kind: str = "pdf") -> bytes:
    """A small valid file: pdf, png, jpg, webp, docx, xlsx, pptx or mp4."""
    return FILES[kind][1]()


def make_upload(kind: str = "pdf", name: str | None = None, content: bytes | None = None) -> SimpleUploadedFile:
    """A file as a form hands it to a view."""
    return SimpleUploadedFile(name or FILES[kind][0], file_bytes(kind) if content is None else content)


def make_office(code: str = "TH-81", size: str = "small", **fields) -> Office:
    """A province; the same code again gives the same office."""
    fields = {"kind": "province", "name_th": f"จังหวัด {code}", "name_en": f"Province {code}", "size": size} | fields
    return Office.objects.get_or_create(code=code, defaults=fields)[0]


def make_user(role: str = "officer", username: str | None = None, **fields) -> User:
    """A person who logs in with PASSWORD. Role "admin" is a superuser; an officer gets TH-81 unless told otherwise."""
    username = username or f"{role}{next(_number)}"
    if role == "admin":
        fields |= {"is_superuser": True, "is_staff": True}
    elif role == "officer":
        fields.setdefault("office", make_office())
    else:
        fields.setdefault("is_staff", True)
    user = User(username=username, role="staff" if role == "admin" else role, **fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def make_edition(text: str | None = None, scheme: str = SCHEME) -> Edition:
    text = shipped.text(scheme) if text is None else text
    digest = Edition.digest_of(text)
    return Edition.objects.get_or_create(digest=digest, defaults={"text": text, "scheme_code": scheme})[0]


def make_unreviewed_edition() -> Edition:
    """The main scheme with numbers that count though nobody looks at them."""
    return make_edition(shipped.text(SCHEME).replace("    review: true\n", ""))


def make_round(now: datetime | None = NOW, *, judges=(), **fields) -> Round:
    """A round of the main scheme whose clock says `now` at this moment (None: the world's time)."""
    if now is not None:
        fields.setdefault("clock_offset", now - timezone.now())
    fields = {"name_th": "รอบทดสอบ", "name_en": "Test round", "settings": DUE, "opens_at": at("2020-01-01"), **fields}
    round = Round.objects.create(edition=fields.pop("edition", None) or make_edition(), **fields)
    round.judges.set(judges)
    return round


def make_contest_round(scheme: str, **fields) -> Round:
    """A round of any scheme in which points are earned: of a contest in stages the last."""
    round = make_round(edition=make_edition(scheme=scheme), settings={}, **fields)
    if stages := round.scheme.stages:
        round.take_stage(stages[-1])
        round.save()
    return round


def make_entry(round: Round | None = None, office: Office | str | None = None) -> Entry:
    """An entry of an office (or its code; nothing said: a new office)."""
    if not isinstance(office, Office):
        office = make_office(office or f"TH-X{next(_number)}")
    return Entry.objects.create(round=round or make_round(), office=office)


def make_evidence(
    entry: Entry,
    requirement: str = "1.1.report",
    period: str = "",
    *,
    status: str = "submitted",
    submitted_at: datetime | None = None,
    kind: str | None = None,
    url: str = "",
    **fields,
) -> Evidence:
    """Evidence in any state. `kind` keeps a real file of that kind; otherwise it is a link."""
    fields["submitted_at"] = submitted_at or at("2023-02-20")
    if status == "returned":
        fields.setdefault("return_reason", "เอกสารไม่ครบ")
    evidence = Evidence(entry=entry, requirement=requirement, period=period, status=status, **fields)
    if kind:
        name, content = FILES[kind][0], ContentFile(file_bytes(kind))
        kept = vault.keep(content.chunks(), f".{kind}")
        evidence.file.name, evidence.original_name = kept.name, name
        evidence.size, evidence.sha256 = kept.size, kept.sha256
        evidence.content_type = _content_type(kind)
    else:
        evidence.url = url or f"https://cdd.example.org/{next(_number)}"
    evidence.save()
    return evidence


def make_filled_form(evidence: Evidence, form: str, **data) -> FilledForm:
    """As if this evidence had been made of a form with these answers."""
    entry = evidence.entry
    paper = filled_forms.printed(entry, entry.round.scheme.forms[form], evidence.period, data, by=make_user(), at=NOW)
    return FilledForm.objects.create(evidence=evidence, form=form, data=data, paper=paper)


def _content_type(kind: str) -> str:
    from submissions.files import recognise

    return next(known.content_type for known in recognise.KINDS if known.suffix == f".{kind}")


def make_value(entry: Entry, code: str, text: str, period: str = "", **fields) -> Value:
    fields.setdefault("entered_at", at("2023-03-01"))
    return Value.objects.create(entry=entry, code=code, text=text, period=period, **fields)


def make_sheet(entry: Entry, judge: User | None = None, *, points: dict | None = None, status: str = "final") -> Sheet:
    """A judge's sheet; full marks unless told otherwise."""
    if points is None:
        points = {code: str(item.max) for code, item in entry.round.scheme.items.items()}
    moment = at("2023-07-01")
    return Sheet.objects.create(
        entry=entry,
        judge=judge or make_user("judge"),
        points=points,
        status=status,
        saved_at=moment,
        submitted_at=moment if status == "final" else None,
    )


def make_reading(evidence: Evidence, reader: User | None, **fields) -> SecondReading:
    """A decision drawn for this second reader (None: whoever runs the round), as a colleague accepted it."""
    fields = {"first_by": make_user("judge"), "first_accepted": True, "kind": "sample", "asked_at": NOW} | fields
    return SecondReading.objects.create(entry=evidence.entry, evidence=evidence, reader=reader, **fields)


def make_extension(
    entry: Entry, requirement: str = "1.1.report", until: str = "2023-08-15", period: str = ""
) -> Extension:
    return Extension.objects.create(
        entry=entry,
        requirement=requirement,
        period=period,
        until=date.fromisoformat(until),
        reason="น้ำท่วม",
        granted_at=at("2023-07-01"),
    )


def put_card(entry: Entry, total: str, **fields) -> Scorecard:
    """A scorecard with any total, as if it had been computed."""
    fields = {"attainable": total, "basis": "verified", "as_of": at("2023-07-01"), "max": 100} | fields
    return Scorecard.objects.create(
        entry=entry,
        total=total,
        facts_version=entry.facts_version,
        edition_digest=entry.round.edition.digest,
        computed_at=timezone.now(),
        **fields,
    )


def make_holiday(day: str, name: str = "วันหยุดราชการ") -> Holiday:
    return Holiday.objects.create(date=date.fromisoformat(day), name_th=name)
