"""The interchange format of facts: JSON read exactly, proofread against the scheme, every fault with its path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from scoring.engine.facts.asked import Requirement, Value
from scoring.engine.facts.calendar import BANGKOK, day_of
from scoring.engine.facts.faults import BadFacts, Fault
from scoring.engine.facts.records import Decided, Evidence, Extension, Facts, Given, Sheet, Slot
from scoring.engine.facts.terms import BASES, CHANNELS, DECIDED, STATUSES
from scoring.engine.language.scheme import Scheme

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])\Z"
)
_LARGEST = Decimal(2**1024 - 2**970)  # from here on a number is infinite to every JSON reader that has doubles
_FINEST = -5000  # decimals; a number finer than that is written in a few bytes and would fill the memory
_MISSING: Any = object()
_CHANNELS = frozenset(CHANNELS)
_NO_CHANNELS = frozenset[str]()
_NEVER = datetime.max.replace(tzinfo=BANGKOK)  # stands in for a time that could not be read


def parse_json(line: str) -> Any:
    """A line of JSON with its numbers exact (Decimal); NaN and Infinity are kept, to be refused where they stand.

    BadFacts when it is not JSON.
    """
    try:
        return json.loads(line, parse_float=_exact, parse_int=_exact, parse_constant=Decimal)
    except (ValueError, RecursionError):
        raise BadFacts([Fault(None, "ไม่ใช่ JSON", "not JSON")]) from None


def _exact(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:  # an exponent of more than 18 digits
        return Decimal(0) if "e-" in digits.lower() else Decimal("Infinity")


def read_facts(schemes: Mapping[str, Scheme], document: Any, holidays: frozenset[date] = frozenset()) -> Facts:
    """One object of the interchange format as Facts. `holidays` stand in where it names none.

    BadFacts with all faults, in the order scheme, entrant, as_of, basis, settings, holidays, values, states,
    evidence, extensions, judging.
    """
    if not isinstance(document, dict):
        raise BadFacts([Fault(None, "ต้องเป็นออบเจ็กต์ JSON", "must be a JSON object")])
    code = document.get("scheme", _MISSING)
    scheme = schemes.get(code) if isinstance(code, str) else None
    if scheme is None:
        known = ", ".join(schemes)
        fault = (
            _missing("scheme")
            if code is _MISSING
            else Fault("scheme", f"ไม่รู้จักโครงการนี้ ใช้ได้: {known}", f"unknown scheme, allowed: {known}")
        )
        raise BadFacts([fault])
    reader = Reader(scheme)
    facts = reader.facts(document, holidays)
    if reader.faults:
        raise BadFacts(reader.faults)
    return facts


def _missing(field: str) -> Fault:
    return Fault(field, "ต้องมี แต่ไม่ได้ให้มา", "is required and missing")


class Reader:
    """Reads each part of a document and collects what is wrong with it; `raw` is a part as JSON has it."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.faults: list[Fault] = []

    def fault(self, field: str, th: str, en: str) -> None:
        self.faults.append(Fault(field, th, en))

    def facts(self, document: dict[str, Any], holidays: frozenset[date]) -> Facts:
        entrant, size = self.entrant(document.get("entrant"))
        as_of = self.time(document.get("as_of", _MISSING), "as_of")
        basis = document.get("basis", _MISSING)
        self.known(basis, BASES, "basis")
        settings = self.settings(document.get("settings", {}))
        if "holidays" in document:
            holidays = self.holidays(document["holidays"])
        values = self.values(document.get("values", {}))
        states = self.states(document.get("states", {}), values)
        evidence = self.evidence(document.get("evidence", []))
        extensions = self.extensions(document.get("extensions", []))
        expected, sheets = self.judging(document.get("judging", {}))
        return Facts(
            scheme=self.scheme.code,
            entrant=entrant,
            as_of=as_of,
            basis=basis,
            size=size,
            settings=settings,
            holidays=holidays,
            values=values,
            states=states,
            evidence=evidence,
            extensions=extensions,
            expected_sheets=expected,
            sheets=sheets,
        )

    def entrant(self, raw: Any) -> tuple[str, str | None]:
        code = raw.get("code", _MISSING) if isinstance(raw, dict) else _MISSING
        self.text(code, "entrant.code")
        if not self.scheme.sizes:
            return code, None
        size = raw.get("size", _MISSING) if isinstance(raw, dict) else _MISSING
        self.known(size, [known.code for known in self.scheme.sizes], "entrant.size")
        return code, size

    def text(self, raw: Any, field: str) -> str:
        if raw is _MISSING or raw == "":
            self.faults.append(_missing(field))
        elif not isinstance(raw, str):
            self.fault(field, "ต้องเป็นข้อความ", "must be text")
        return raw if isinstance(raw, str) else ""

    def known(self, raw: Any, allowed: Iterable[str], field: str) -> bool:
        if isinstance(raw, str) and raw in allowed:
            return True
        if raw is _MISSING:
            self.faults.append(_missing(field))
        else:
            listed = ", ".join(allowed)
            self.fault(field, f"ไม่รู้จัก ใช้ได้: {listed}", f"unknown, allowed: {listed}")
        return False

    def time(self, raw: Any, field: str) -> datetime:
        if raw is _MISSING:
            self.faults.append(_missing(field))
        elif isinstance(raw, str) and (moment := _moment(raw)):
            return moment
        else:
            self.fault(
                field,
                "ต้องเป็นเวลาพร้อมเขตเวลา เช่น 2023-03-14T16:20:00+07:00",
                "must be a time with an offset, such as 2023-03-14T16:20:00+07:00",
            )
        return _NEVER

    def day(self, raw: Any, field: str) -> date:
        if raw is _MISSING:
            self.faults.append(_missing(field))
            return date.max
        if isinstance(raw, str) and _DAY.match(raw):
            try:
                return date.fromisoformat(raw)
            except ValueError:
                pass
        self.fault(field, "ต้องเป็นวันที่ที่มีจริง แบบ YYYY-MM-DD", "must be a day that exists, written as YYYY-MM-DD")
        return date.max

    def number(self, raw: Any, field: str) -> Decimal:
        if not isinstance(raw, Decimal):
            self.fault(field, "ต้องเป็นตัวเลข", "must be a number")
        elif not raw.is_finite() or raw.copy_abs() >= _LARGEST:
            self.fault(field, "ต้องเป็นตัวเลขที่มีค่าจำกัด", "must be a finite number")
        elif raw < 0:
            self.fault(field, "ต้องไม่ติดลบ", "must not be negative")
        elif raw and raw.adjusted() < _FINEST:
            self.fault(field, f"เล็กกว่าทศนิยม {-_FINEST} ตำแหน่ง", f"is smaller than {-_FINEST} decimals can tell")
        else:
            return raw if raw else Decimal(0)
        return Decimal(0)

    def mapping(self, raw: Any, field: str) -> dict[str, Any]:
        if not isinstance(raw, dict):
            self.fault(field, "ต้องเป็นออบเจ็กต์ ชื่อ: ค่า", "must be an object of names and values")
            return {}
        return raw

    def list(self, raw: Any, field: str) -> list[Any]:
        if not isinstance(raw, list):
            self.fault(field, "ต้องเป็นรายการ", "must be a list")
            return []
        return raw

    def settings(self, raw: Any) -> dict[str, date]:
        found = {}
        for code, day in self.mapping(raw, "settings").items():
            field = f"settings.{code}"
            if code in self.scheme.settings:
                found[code] = self.day(day, field)
            else:
                self.fault(field, "ไม่รู้จักค่ากำหนดนี้", "unknown setting")
        return found

    def holidays(self, raw: Any) -> frozenset[date]:
        return frozenset(self.day(day, f"holidays[{n}]") for n, day in enumerate(self.list(raw, "holidays")))

    def values(self, raw: Any) -> dict[str, Given]:
        found = {}
        for code, entered in self.mapping(raw, "values").items():
            if code in self.scheme.values:
                found[code] = self.value(code, entered)
            else:
                self.fault(f"values.{code}", "ไม่รู้จักค่านี้", "unknown value")
        return found

    def value(self, code: str, raw: Any) -> Given:
        value, field = self.scheme.values[code], f"values.{code}"
        if value.is_series or value.kind == "map":
            return self.series(value, self.mapping(raw, field), field)
        if value.kind == "date":
            return self.day(raw, field)
        if value.kind == "boolean":
            if not isinstance(raw, bool):
                self.fault(field, "ต้องเป็น true หรือ false", "must be true or false")
            return bool(raw)
        number = self.number(raw, field)
        if value.above is not None and isinstance(raw, Decimal) and raw.is_finite() and 0 <= raw <= value.above:
            self.fault(field, f"ต้องมากกว่า {value.above}", f"must be more than {value.above}")
        return number

    def series(self, value: Value, raw: dict[str, Any], field: str) -> dict[str, Decimal]:
        found, months = {}, {period.code for period in value.periods}
        for key, number in raw.items():
            if months and key not in months:
                self.fault(f"{field}.{key}", "ไม่ใช่งวดของค่านี้", "not a period of this value")
            else:
                found[key] = self.number(number, f"{field}.{key}")
        return found

    def states(self, raw: Any, values: Mapping[str, Given]) -> dict[Slot, Decided]:
        """How each value stands with its reviewer: a word, or one for each period that the value has."""
        found: dict[Slot, Decided] = {}
        for code, stands in self.mapping(raw, "states").items():
            value, field = values.get(code), f"states.{code}"
            if value is None:
                self.fault(field, "ไม่มีค่านี้ใน values", "there is no such value in values")
            elif not isinstance(value, dict):
                self.state(stands, (code, None), field, found)
            else:
                for period, word in self.mapping(stands, field).items():
                    if period in value:
                        self.state(word, (code, period), f"{field}.{period}", found)
                    else:
                        self.fault(f"{field}.{period}", "ไม่มีค่านี้ใน values", "there is no such value in values")
        return found

    def state(self, raw: Any, slot: Slot, field: str, found: dict[Slot, Decided]) -> None:
        if self.known(raw, DECIDED, field):
            found[slot] = raw

    def evidence(self, raw: Any) -> tuple[Evidence, ...]:
        return tuple(self.piece(piece, n) for n, piece in enumerate(self.list(raw, "evidence")))

    def piece(self, raw: Any, n: int) -> Evidence:
        field = f"evidence[{n}]"
        if not isinstance(raw, dict):
            self.mapping(raw, field)
            return Evidence("", _NEVER, "draft")
        requirement, period = self.slot(raw, field)
        submitted_at = self.time(raw.get("submitted_at", _MISSING), f"{field}.submitted_at")
        status = raw.get("status", _MISSING)
        if not isinstance(status, str) or status not in STATUSES:
            self.known(status, STATUSES, f"{field}.status")
        channels = self.channels(raw["channels"], f"{field}.channels") if "channels" in raw else _NO_CHANNELS
        return Evidence(requirement, submitted_at, status, period, channels, field)

    def channels(self, raw: Any, field: str) -> frozenset[str]:
        listed = self.list(raw, field)
        if all(isinstance(channel, str) and channel in _CHANNELS for channel in listed):
            return frozenset(listed)
        for n, channel in enumerate(listed):
            self.known(channel, CHANNELS, f"{field}[{n}]")
        return _NO_CHANNELS

    def slot(self, raw: dict[str, Any], field: str) -> tuple[str, str | None]:
        """The requirement and the period of evidence or an extension."""
        code, period = raw.get("requirement", _MISSING), raw.get("period")
        if not self.known(code, self.scheme.requirements, f"{field}.requirement"):
            return "", None
        self.period(self.scheme.requirements[code], period, f"{field}.period")
        return code, period

    def period(self, required: Requirement, period: Any, field: str) -> None:
        if not required.periods:
            if period is not None:
                self.fault(field, "รายการหลักฐานนี้ไม่มีงวด", "this requirement has no periods")
        elif period is None:
            self.faults.append(_missing(field))
        elif period not in [each.code for each in required.periods]:
            self.known(period, [each.code for each in required.periods], field)

    def extensions(self, raw: Any) -> tuple[Extension, ...]:
        found = []
        for n, extension in enumerate(self.list(raw, "extensions")):
            field = f"extensions[{n}]"
            if isinstance(extension, dict):
                requirement, period = self.slot(extension, field)
                until = self.day(extension.get("until", _MISSING), f"{field}.until")
                found.append(Extension(requirement, until, period))
            else:
                self.mapping(extension, field)
        return tuple(found)

    def judging(self, raw: Any) -> tuple[int | None, tuple[Sheet, ...]]:
        raw = self.mapping(raw, "judging")
        expected = None
        if "expected" in raw:
            number = self.number(raw["expected"], "judging.expected")
            if number != number.to_integral_value():
                self.fault("judging.expected", "ต้องเป็นจำนวนเต็ม", "must be a whole number")
            expected = int(number)
        sheets = self.list(raw.get("sheets", []), "judging.sheets")
        return expected, tuple(self.sheet(sheet, f"judging.sheets[{n}]") for n, sheet in enumerate(sheets))

    def sheet(self, raw: Any, field: str) -> Sheet:
        if not isinstance(raw, dict):
            self.mapping(raw, field)
            return Sheet("", {})
        judge = self.text(raw.get("judge", _MISSING), f"{field}.judge")
        if "points" not in raw:
            self.faults.append(_missing(f"{field}.points"))
            return Sheet(judge, {})
        return Sheet(judge, self.points(raw["points"], f"{field}.points"))

    def points(self, raw: Any, field: str) -> dict[str, Decimal]:
        found = {}
        for code, number in self.mapping(raw, field).items():
            item = self.scheme.items.get(code)
            if item is None:
                self.fault(f"{field}.{code}", "ไม่รู้จักข้อนี้", "unknown item")
                continue
            found[code] = self.number(number, f"{field}.{code}")
            if found[code] > item.max:
                self.fault(f"{field}.{code}", f"ต้องไม่เกิน {item.max}", f"must be at most {item.max}")
        return found


def _moment(text: str) -> datetime | None:
    """An RFC 3339 time; None when it isn't one, or when it has no day in Bangkok."""
    if not _TIME.match(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
        if 1 < moment.year < 9999:
            return moment.astimezone(BANGKOK)
        day_of(moment)  # at the ends of the calendar only the sum of both offsets tells
    except (ValueError, OverflowError):
        return None
    return moment
