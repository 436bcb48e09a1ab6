"""What a scheme has declared so far, as the rules and conditions look it up while they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from scoring.engine.arithmetic.conditions import (
    AtLeast,
    Compares,
    Condition,
    HasEvidence,
    IsTrue,
    KeptPlan,
    Operand,
    Passed,
    Shares,
)
from scoring.engine.facts.asked import Item, Requirement, Setting, Value

from .proof import Page

_KINDS_TH = {
    "number": "ตัวเลข (number)",
    "percent": "ร้อยละ (percent)",
    "date": "วันที่ (date)",
    "boolean": "คำตอบใช่/ไม่ใช่ (boolean)",
    "map": "รายการตัวเลข (map)",
}
_COMPARES = ("at_least", "at_most", "above")


def check_channels(page: Page, asked: int, allowed: Sequence[str]) -> None:
    """More than there are could never be named, and nobody would earn the points."""
    if asked > len(allowed):
        page.fault("channels", f"มีให้เลือกเพียง {len(allowed)} ช่องทาง", f"there are only {len(allowed)} to choose from")


@dataclass(slots=True)
class Book:
    """Declarations by code. Looking up what is not there reports a fault and answers None."""

    close: date
    requirements: dict[str, Requirement] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    settings: dict[str, Setting] = field(default_factory=dict)
    targets: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)

    def requirement(self, page: Page, key: str, code: str | None = None) -> Requirement | None:
        word = page.word(key) if code is None else code
        return self.requirements[word] if page.known(key, word, self.requirements) else None

    def value(self, page: Page, key: str, *kinds: str, series: bool | None = False) -> Value | None:
        """A declared value of one of `kinds`; `series` says whether it must be monthly (None: either)."""
        word = page.word(key)
        if not page.known(key, word, self.values):
            return None
        value = self.values[word]
        if value.kind not in _KINDS_TH:
            return None  # a fault of the declaration, told there
        if kinds and value.kind not in kinds:
            wanted, wanted_th = " or ".join(kinds), "หรือ".join(_KINDS_TH[kind] for kind in kinds)
            page.fault(
                key,
                f"'{word}' เป็น{_KINDS_TH[value.kind]} แต่ที่นี่ต้องเป็น{wanted_th}",
                f"'{word}' is a {value.kind}; a {wanted} is needed here",
            )
            return None
        if series is not None and value.is_series is not series:
            what_th, what_en = (
                ("ต้องมีค่ารายเดือน", "must be monthly") if series else ("ต้องไม่เป็นค่ารายเดือน", "must not be monthly")
            )
            page.fault(key, f"'{word}' {what_th}", f"'{word}' {what_en} here")
            return None
        return value

    def target(self, page: Page, key: str) -> tuple[tuple[str, Decimal], ...]:
        word = page.word(key)
        return tuple(self.targets[word].items()) if page.known(key, word, self.targets) else ()

    def condition(self, page: Page, key: str) -> Condition:
        """The condition written under `key`; a harmless one (and faults) when it cannot be read."""
        inner = page.page(key)
        return self.condition_of(inner) if inner else Passed(date.max)

    def condition_of(self, page: Page) -> Condition:
        readers = {
            "evidence": self._evidence,
            "value": self._value,
            "shares": self._shares,
            "date": self._plan,
            "passed": self._passed,
            "all": self._group,
            "any": self._group,
            "of": self._group,
        }
        found = [key for key in readers if page.has(key)]
        if len(found) != 1:
            listed = ", ".join(readers)
            page.fault(None, f"เงื่อนไขต้องมีหนึ่งคำจาก: {listed}", f"a condition has exactly one of: {listed}")
            return Passed(date.max)
        condition = readers[found[0]](page)
        page.close()
        return condition

    def _group(self, page: Page) -> Condition:
        key = next(key for key in ("all", "any", "of") if page.has(key))
        parts = tuple(self.condition_of(inner) for inner in page.pages(key)) or (Passed(date.max),)
        count = {"all": len(parts), "any": 1}.get(key) or page.whole("at_least")
        if not 1 <= count <= len(parts):
            page.fault(
                "at_least", f"ต้องเป็น 1 ถึง {len(parts)}", f"must be 1 to {len(parts)}, the number of conditions listed"
            )
            count = 1
        return AtLeast(count, parts)

    def _evidence(self, page: Page) -> Condition:
        required = self.requirement(page, "evidence")
        period = page.word("period") if page.has("period") else None
        day = page.day("by") if page.has("by") else None
        asked = page.has("channels")
        channels = page.whole("channels", 0)
        if required is None:
            return Passed(date.max)
        if asked and not required.channels:
            code = required.code
            page.fault(
                "channels",
                f"รายการหลักฐาน '{code}' ไม่ได้ถามช่องทาง",
                f"the requirement '{code}' does not ask for channels",
            )
        elif asked:
            check_channels(page, channels, required.allowed_channels)
        social = required.among == "social"
        if period is not None and page.known("period", period, [one.code for one in required.periods]):
            due = day or required.due_in(period)
            return HasEvidence(required.code, period, due, channels, social)
        if required.periods:
            return AtLeast(
                len(required.periods),
                tuple(
                    HasEvidence(required.code, one.code, day or one.due, channels, social) for one in required.periods
                ),
            )
        return HasEvidence(required.code, None, day or required.due, channels, social)

    def _value(self, page: Page) -> Condition:
        if page.has("is"):
            return self._flag(page)
        value = self.value(page, "value", "number", "percent", series=None)
        found = [word for word in _COMPARES if page.has(word)]
        if len(found) != 1:
            listed = ", ".join((*_COMPARES, "is"))
            page.fault(None, f"ต้องเทียบด้วยหนึ่งคำจาก: {listed}", f"needs exactly one of: {listed}")
            return Passed(date.max)
        operand = self._operand(page, found[0], value)
        missing = page.number("missing") if page.has("missing") else None
        day = page.day("by") if page.has("by") else None
        if value is None:
            return Passed(date.max)
        if not value.is_series:
            return Compares(value.code, None, found[0], operand, day or value.until, missing)
        return AtLeast(
            len(value.periods),
            tuple(Compares(value.code, one.code, found[0], operand, day or one.due, missing) for one in value.periods),
        )

    def _flag(self, page: Page) -> Condition:
        value = self.value(page, "value", "boolean")
        page.one_of("is", ("true",))
        day = page.day("by") if page.has("by") else None
        return IsTrue(value.code, day or value.until) if value else Passed(date.max)

    def _operand(self, page: Page, key: str, value: Value | None) -> Operand:
        if not page.is_page(key):
            return Operand(number=page.number(key))
        inner = page.page(key)
        assert inner is not None
        if inner.has("target"):
            operand = Operand(by_size=self.target(inner, "target"))
        else:
            other = self.value(inner, "value", "number", "percent", series=value.is_series if value else None)
            if other and value and [p.code for p in other.periods] != [p.code for p in value.periods]:
                inner.fault("value", "ต้องมีเดือนเดียวกัน", f"'{other.code}' has other months than '{value.code}'")
            operand = Operand(value=other.code if other else "")
        inner.close()
        return operand

    def _shares(self, page: Page) -> Condition:
        parts = self.value(page, "shares", "map")
        whole = self.value(page, "whole", "number")
        percent, count = page.number("percent"), page.whole("count")
        if count < 1:
            page.fault("count", "ต้องเป็น 1 ขึ้นไป", "must be 1 or more")
        if parts is None or whole is None:
            return Passed(date.max)
        return Shares(parts.code, whole.code, percent, count, parts.until)

    def _plan(self, page: Page) -> Condition:
        happened = self.value(page, "date", "date")
        found = [word for word in ("kept", "after") if page.has(word)]
        plan_by = page.day("plan_by")
        if len(found) != 1:
            page.fault(None, "ต้องมี kept หรือ after อย่างใดอย่างหนึ่ง", "needs exactly one of: kept, after")
            return Passed(date.max)
        planned = self.value(page, found[0], "date")
        if happened is None or planned is None:
            return Passed(date.max)
        return KeptPlan(happened.code, planned.code, plan_by, self.close, found[0] == "after")

    def _passed(self, page: Page) -> Condition:
        return Passed(page.day("passed"))
