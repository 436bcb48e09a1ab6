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
from scoring.engine.facts.terms import Text

from .proof import Node

_KINDS_TH = {
    "number": "ตัวเลข (number)",
    "percent": "ร้อยละ (percent)",
    "date": "วันที่ (date)",
    "boolean": "คำตอบใช่/ไม่ใช่ (boolean)",
    "map": "รายการตัวเลข (map)",
}
_COMPARES = ("at_least", "at_most", "above")


def check_channels(node: Node, count: int, allowed: Sequence[str]) -> None:
    """More than there are could never be named, and nobody would earn the points."""
    if count > len(allowed):
        node.fault("channels", f"มีให้เลือกเพียง {len(allowed)} ช่องทาง", f"there are only {len(allowed)} to choose from")


def check_checklist(node: Node, texts: Sequence[Text]) -> None:
    """A decision names what was ticked by its Thai text: one that is there twice could not be told apart."""
    for th in {text.th for text in texts if sum(text.th == other.th for other in texts) > 1} - {""}:
        node.fault("checklist", f"เขียน '{th}' สองครั้ง", f"'{th}' is written twice")


@dataclass(slots=True)
class Declared:
    """What is declared so far, by code. Looking up what is not there reports a fault and answers None."""

    close: date
    requirements: dict[str, Requirement] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    settings: dict[str, Setting] = field(default_factory=dict)
    targets: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)

    def requirement(self, node: Node, key: str, code: str | None = None) -> Requirement | None:
        word = node.word(key) if code is None else code
        return self.requirements[word] if node.known(key, word, self.requirements) else None

    def value(self, node: Node, key: str, *kinds: str, series: bool | None = False) -> Value | None:
        """A declared value of one of `kinds`; `series` says whether it must be monthly (None: either)."""
        word = node.word(key)
        if not node.known(key, word, self.values):
            return None
        value = self.values[word]
        if value.kind not in _KINDS_TH:
            return None  # a fault of the declaration, told there
        if kinds and value.kind not in kinds:
            wanted, wanted_th = " or ".join(kinds), "หรือ".join(_KINDS_TH[kind] for kind in kinds)
            node.fault(
                key,
                f"'{word}' เป็น{_KINDS_TH[value.kind]} แต่ที่นี่ต้องเป็น{wanted_th}",
                f"'{word}' is a {value.kind}; a {wanted} is needed here",
            )
            return None
        if series is not None and value.is_series is not series:
            what_th, what_en = (
                ("ต้องมีค่ารายเดือน", "must be monthly") if series else ("ต้องไม่เป็นค่ารายเดือน", "must not be monthly")
            )
            node.fault(key, f"'{word}' {what_th}", f"'{word}' {what_en} here")
            return None
        return value

    def target(self, node: Node, key: str) -> tuple[tuple[str, Decimal], ...]:
        word = node.word(key)
        return tuple(self.targets[word].items()) if node.known(key, word, self.targets) else ()

    def condition(self, node: Node, key: str) -> Condition:
        """The condition written under `key`; a harmless one (and faults) when it cannot be read."""
        inner = node.child(key)
        return self.condition_of(inner) if inner else Passed(date.max)

    def condition_of(self, node: Node) -> Condition:
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
        found = [key for key in readers if node.has(key)]
        if len(found) != 1:
            listed = ", ".join(readers)
            node.fault(None, f"เงื่อนไขต้องมีหนึ่งคำจาก: {listed}", f"a condition has exactly one of: {listed}")
            return Passed(date.max)
        condition = readers[found[0]](node)
        node.close()
        return condition

    def _group(self, node: Node) -> Condition:
        key = next(key for key in ("all", "any", "of") if node.has(key))
        parts = tuple(self.condition_of(inner) for inner in node.children(key)) or (Passed(date.max),)
        count = {"all": len(parts), "any": 1}.get(key) or node.whole("at_least")
        if not 1 <= count <= len(parts):
            node.fault(
                "at_least", f"ต้องเป็น 1 ถึง {len(parts)}", f"must be 1 to {len(parts)}, the number of conditions listed"
            )
            count = 1
        return AtLeast(count, parts)

    def _evidence(self, node: Node) -> Condition:
        required = self.requirement(node, "evidence")
        wanted, by = node.optional_word("period"), node.optional_day("by")
        channels = node.whole("channels", 0)
        if required is None:
            return Passed(date.max)
        self._check_asks_channels(node, channels, required)
        code, periods, social = required.code, required.periods, required.among == "social"
        if wanted is not None and node.known("period", wanted, [period.code for period in periods]):
            return HasEvidence(code, wanted, by or required.due_in(wanted), channels, social)
        if not periods:
            return HasEvidence(code, None, by or required.due, channels, social)
        parts = tuple(HasEvidence(code, period.code, by or period.due, channels, social) for period in periods)
        return AtLeast(len(parts), parts)

    def _check_asks_channels(self, node: Node, count: int, required: Requirement) -> None:
        if not node.has("channels"):
            return
        if required.channels:
            check_channels(node, count, required.allowed_channels)
        else:
            code = required.code
            node.fault(
                "channels",
                f"รายการหลักฐาน '{code}' ไม่ได้ถามช่องทาง",
                f"the requirement '{code}' does not ask for channels",
            )

    def _value(self, node: Node) -> Condition:
        if node.has("is"):
            return self._flag(node)
        value = self.value(node, "value", "number", "percent", series=None)
        found = [word for word in _COMPARES if node.has(word)]
        if len(found) != 1:
            listed = ", ".join((*_COMPARES, "is"))
            node.fault(None, f"ต้องเทียบด้วยหนึ่งคำจาก: {listed}", f"needs exactly one of: {listed}")
            return Passed(date.max)
        operand = self._operand(node, found[0], value)
        missing, day = node.optional_number("missing"), node.optional_day("by")
        if value is None:
            return Passed(date.max)
        if not value.is_series:
            return Compares(value.code, None, found[0], operand, day or value.until, missing)
        return AtLeast(
            len(value.periods),
            tuple(
                Compares(value.code, period.code, found[0], operand, day or period.due, missing)
                for period in value.periods
            ),
        )

    def _flag(self, node: Node) -> Condition:
        value = self.value(node, "value", "boolean")
        node.one_of("is", ("true",))
        day = node.optional_day("by")
        return IsTrue(value.code, day or value.until) if value else Passed(date.max)

    def _operand(self, node: Node, key: str, value: Value | None) -> Operand:
        if not node.is_mapping(key):
            return Operand(number=node.number(key))
        inner = node.child(key)
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

    def _shares(self, node: Node) -> Condition:
        parts = self.value(node, "shares", "map")
        whole = self.value(node, "whole", "number")
        percent, count = node.number("percent"), node.whole("count")
        if count < 1:
            node.fault("count", "ต้องเป็น 1 ขึ้นไป", "must be 1 or more")
        if parts is None or whole is None:
            return Passed(date.max)
        return Shares(parts.code, whole.code, percent, count, parts.until)

    def _plan(self, node: Node) -> Condition:
        happened = self.value(node, "date", "date")
        found = [word for word in ("kept", "after") if node.has(word)]
        plan_by = node.day("plan_by")
        if len(found) != 1:
            node.fault(None, "ต้องมี kept หรือ after อย่างใดอย่างหนึ่ง", "needs exactly one of: kept, after")
            return Passed(date.max)
        planned = self.value(node, found[0], "date")
        if happened is None or planned is None:
            return Passed(date.max)
        return KeptPlan(happened.code, planned.code, plan_by, self.close, found[0] == "after")

    def _passed(self, node: Node) -> Condition:
        return Passed(node.day("passed"))
