"""Conditions and numbers of a scheme in words: what is asked, compared and looked up, as the engine reads it.

Every kind of condition and of number has its words here; one that has none is a TypeError, never left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scoring.engine import Scheme
from scoring.engine.arithmetic.conditions import (
    AtLeast,
    Compares,
    HasEvidence,
    IsTrue,
    KeptPlan,
    Operand,
    Passed,
    Shares,
)
from scoring.engine.arithmetic.reading import shown
from scoring.engine.arithmetic.rules.numbers import Change, Percent, Plain, Smallest
from scoring.engine.facts.calendar import month_end, months

from .words import COMPARES, Words

Sizes = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True)
class Clause:
    """What is asked, in a sentence, and what that is made of.

    `when`: the end of the sentence that tells its days. `is_range`: it begins where that of the row before ends.
    """

    text: str
    parts: tuple["Clause", ...] = ()
    when: str = ""
    is_range: bool = False


class Clauses(Words):
    """Tells one scheme in one language. `aims`: what was compared with a number by size, by those numbers."""

    def __init__(self, scheme: Scheme, language: str) -> None:
        super().__init__(scheme, language)
        self.aims: dict[Sizes, str] = {}

    def on(self, day: date) -> str:
        return self.day(day.isoformat())

    def named(self, kind: str, code: str, period: str | None = None) -> str:
        """An input by its title: “title”, with its period."""
        name = f"“{self.title(kind, code)}”"
        return f"{name} ({self.period(period)})" if period else name

    def sized(self, code: str, number: Decimal | Fraction) -> str:
        """An exact number with the unit of a value: 2,000 ดาวน์โหลด."""
        return self.amount(code, written(number))

    def compared(self, words: tuple[str, str], *amounts: str) -> str:
        """A comparison; Thai writes no space between it and ร้อยละ, nor before ขึ้นไป after a unit."""
        return re.sub("(?<=[ก-๙]) (?=ร้อยละ|ขึ้นไป)", "", self.say(*words, *amounts))

    # Numbers --------------------------------------------------------------------------------------------------------

    def figure(self, number: Any) -> str:
        """The number that is looked up."""
        match number:
            case Plain():
                return self.named("values", number.value)
            case Smallest():
                return self.say(
                    "{0} ของเดือนที่น้อยที่สุด (เดือนที่ไม่มีค่านับเป็น 0)",
                    "the smallest month of {0} (a month without a figure counts 0)",
                    self.named("values", number.value),
                )
            case Change():
                words = ("ร้อยละที่เพิ่มขึ้นของ {0} จาก {1}", "the growth of {0} over {1}, in percent")
                if number.falling:
                    words = ("ร้อยละที่ลดลงของ {0} จาก {1}", "the decrease of {0} from {1}, in percent")
                return self.say(*words, self.named("values", number.value), self.named("values", number.base))
            case Percent():
                words = ("ร้อยละของ {0} เทียบกับ {1}", "{0} as a percentage of {1}")
                return self.say(*words, self.named("values", number.part), self._whole(number))
        raise TypeError(f"no words for the number {number!r}")

    def _whole(self, number: Percent) -> str:
        if number.whole is not None:
            return self.named("values", number.whole)
        if number.by_size:
            return self._by_size(number.by_size, number.part)
        return self.sized(number.part, number.fixed)

    def _by_size(self, numbers: Sizes, code: str) -> str:
        self.aims[numbers] = code
        titles = {size.code: size.title.to(self.language) for size in self.scheme.sizes}
        each = self.listed([f"{titles[size]} {self.sized(code, number)}" for size, number in numbers])
        return self.say("เป้าหมายตามขนาด ({0})", "the target of its size ({0})", each)

    def full_of_nothing(self, number: Any) -> list[str]:
        """What a whole of 0 means, where it may be 0."""
        code = getattr(number, "base", None) or getattr(number, "whole", None)
        above = self.scheme.values[code].above if code else None
        if code is None or (above is not None and above >= 0):
            return []
        return [self.say("ถ้า {0} เป็น 0 ได้คะแนนเต็ม", "Where {0} is 0, full points.", self.named("values", code))]

    # Conditions -----------------------------------------------------------------------------------------------------

    def clause(self, condition: Any) -> Clause:
        match condition:
            case HasEvidence():
                named = self.named("requirements", condition.requirement, condition.period)
                return _by_then(self._handed_in(named, condition), self.by(condition.by))
            case Compares():
                named = self.named("values", condition.value, condition.period)
                return _by_then(self._comparison(named, condition), self._later(condition.by))
            case IsTrue():
                said = self.say("{0} เป็น “ใช่”", "{0} is “yes”", self.named("values", condition.value))
                return _by_then(said, self._later(condition.by))
            case Shares():
                return _by_then(self._shares(condition), self._later(condition.by))
            case KeptPlan():
                return Clause(self._plan(condition))
            case Passed():
                return Clause(self.say("เมื่อพ้นวันที่ {0}", "once {0} has gone by", self.on(condition.day)))
            case AtLeast():
                return self._group(condition)
        raise TypeError(f"no words for the condition {condition!r}")

    def _group(self, group: AtLeast) -> Clause:
        if group.count == len(group.parts) and _is_series(group.parts):
            return self.in_each(group.parts)
        parts = tuple(self.clause(part) for part in group.parts)
        if len(parts) == 1:
            return parts[0]
        if group.count == len(parts):
            return Clause(self.say("ครบทุกข้อต่อไปนี้", "All of these:"), parts)
        return Clause(self.say("อย่างน้อย {0} ข้อต่อไปนี้", "At least {0} of these:", group.count), parts)

    def in_each(self, parts: Sequence[Any]) -> Clause:
        """What is asked in every period of one input, and by when."""
        first = parts[0]
        if isinstance(first, HasEvidence):
            what = self._handed_in(self.named("requirements", first.requirement), first)
        else:
            what = self._comparison(self.named("values", first.value), first)
        return _by_then(what, f" {self.spread([(part.period, part.by) for part in parts])}")

    def spread(self, slots: Sequence[tuple[str, date]]) -> str:
        """Periods with their last days; months that follow each other and end alike are said in one."""
        codes, days = [code for code, _ in slots], [day for _, day in slots]
        if "-" not in codes[0] or list(months(codes[0], codes[-1])) != codes:
            each = self.listed([f"{self.period(code)}{self.by(day)}" for code, day in slots])
            return self.say("ทุกงวด: {0}", "in each of: {0}", each)
        span = (self.period(codes[0]), self.period(codes[-1]))
        every = self.say("ทุกเดือน ตั้งแต่ {0} ถึง {1}", "every month from {0} to {1}", *span)
        if len(set(days)) == 1:
            return f"{every}{self.by(days[0])}"
        if all(day == month_end(code) for code, day in slots):
            return every + self.say(" ภายในวันสุดท้ายของเดือน", ", by the month's last day")
        return every + self.say(" ภายในวันที่ {0} ของเดือน", ", by day {0} of the month", days[0].day)

    def by(self, day: date) -> str:
        return self.say(" ภายใน {0}", " by {0}", self.on(day))

    def _later(self, day: date) -> str:
        """A last day that is not the scheme's own."""
        return "" if day == self.scheme.close else self.by(day)

    def _handed_in(self, named: str, condition: HasEvidence) -> str:
        evidence = self.say("มีหลักฐาน {0}", "Evidence {0}", named)
        if not condition.channels:
            return evidence
        words = (" ผ่านอย่างน้อย {0} ช่องทาง", " on at least {0} channels")
        if condition.social:
            words = (" ผ่านสื่อสังคมออนไลน์อย่างน้อย {0} ช่องทาง", " on at least {0} social-media channels")
        return evidence + self.say(*words, condition.channels)

    def _comparison(self, named: str, condition: Compares) -> str:
        if condition.missing is not None:
            missing = self.sized(condition.value, condition.missing)
            named += self.say(" (ไม่มีค่าถือเป็น {0})", " (no figure counts {0})", missing)
        bound = self.compared(COMPARES[condition.compare], self._operand(condition.operand, condition.value))
        if condition.compare == "at_least" and condition.operand.number == 0:
            bound = self.compared(("{0} ขึ้นไป", "{0} or more"), self.sized(condition.value, Decimal(0)))
            return self.say("ระบุ {0} แล้ว ({1})", "{0} is entered: {1}", named, bound)
        return self.say("{0} {1}", "{0} is {1}", named, bound)

    def _operand(self, operand: Operand, code: str) -> str:
        if operand.value is not None:
            return self.named("values", operand.value)
        if operand.by_size:
            return self._by_size(operand.by_size, code)
        assert operand.number is not None
        return self.sized(code, operand.number)

    def _shares(self, condition: Shares) -> str:
        return self.say(
            "{0} อย่างน้อย {1} รายการ รายการละร้อยละ {2} ขึ้นไปของ {3}",
            "{0}: at least {1} of them with {2} % or more of {3}",
            self.named("values", condition.value),
            condition.count,
            written(condition.percent),
            self.named("values", condition.whole),
        )

    def _plan(self, condition: KeptPlan) -> str:
        words = ("{0} ไม่ช้ากว่า {1}", "{0} is not later than {1}")
        if condition.late:
            words = ("{0} ช้ากว่า {1}", "{0} is later than {1}")
        kept = self.say(*words, self.named("values", condition.happened), self.named("values", condition.planned))
        return kept + self.say(
            " แต่ไม่เกิน {0} (ต้องระบุแผนภายใน {1})",
            ", and {0} at the latest (the plan is told by {1})",
            self.on(condition.close),
            self.on(condition.plan_by),
        )


def _by_then(what: str, when: str) -> Clause:
    return Clause(what + when, when=when.strip())


def written(number: Decimal | Fraction) -> str:
    """A bound as the scheme writes it, to the last digit."""
    exact = Fraction(number)
    return str(shown(Decimal(exact.numerator) / exact.denominator))


def _is_series(parts: Sequence[Any]) -> bool:
    """All the periods of one input."""
    read = {(type(part), getattr(part, "requirement", getattr(part, "value", None))) for part in parts}
    return len(read) == 1 and all(getattr(part, "period", None) for part in parts)
