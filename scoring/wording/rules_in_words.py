"""A scheme's rules in words, generated from what the engine reads: page and score can't disagree.

Every kind of rule has its words here; one that has none is a TypeError, never left out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from scoring.engine import Criterion, Item, Scheme
from scoring.engine.arithmetic.rules import Bands, Convert, Judged, Proportion, Steps, Sum, Tally, Timeliness
from scoring.engine.arithmetic.rules.bands import Band
from scoring.engine.arithmetic.rules.days import DayRow
from scoring.engine.arithmetic.rules.numbers import Plain, Smallest
from scoring.engine.language.display import plain_points

from .conditions_in_words import Clause, Clauses, written
from .words import COMPARES

Earns = Callable[[Decimal], str]


@dataclass(frozen=True)
class RuleRow:
    """What is earned, for what, and what is asked for it. `is_own`: the text is the portal's, not the scheme's.

    Of what judges give points for: what they look for in it, and what some of its points stand for.
    """

    earns: str
    text: str
    asks: tuple[Clause, ...] = ()
    is_own: bool = False
    look_for: tuple[str, ...] = ()
    levels: tuple["RuleRow", ...] = ()


@dataclass(frozen=True)
class RulePart:
    """A rule within a rule."""

    code: str
    title: str
    earns: str
    rule: "RuleInWords"


@dataclass(frozen=True)
class RuleInWords:
    """A rule in words: how it goes, what it counts, the parts it adds up, the rows it earns, and what else holds."""

    how: str
    items: tuple[RuleRow, ...] = ()
    parts: tuple[RulePart, ...] = ()
    rows: tuple[RuleRow, ...] = ()
    notes: tuple[str, ...] = ()


def how(scheme: Scheme, settings: Mapping[str, str], criterion: Criterion) -> dict[str, str]:
    """The sentence of a criterion's rule in both languages, as a publication keeps it."""
    proses = {language: Prose(scheme, language, settings) for language in ("th", "en")}
    return {f"how_{language}": prose.rule(criterion.rule).how for language, prose in proses.items()}


class Prose(Clauses):
    """Tells the rules of one scheme; `settings` are the days that staff set for a round, as ISO text."""

    def __init__(self, scheme: Scheme, language: str, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(scheme, language)
        self.settings = settings or {}

    def points(self, points: Decimal | Fraction) -> str:
        text = plain_points(points) if isinstance(points, Decimal) else written(points)
        return self.say("{0} คะแนน", "1 point" if text == "1" else "{0} points", text)

    def earns(self, points: Decimal) -> str:
        """What a row of a criterion earns, as the scheme's document shows it."""
        mark = self.marks.of_points(points) if points else ""
        if not mark:
            return self.points(points)
        return f"{mark} ({self.points(points)})" if self.marks.shown_as == "letters" else mark

    def set_day(self, setting: str) -> str:
        """The day that was set for a round, or that there is none yet."""
        day = self.settings.get(setting)
        return self.day(day) if day else self.say("ยังไม่ได้กำหนด", "not set yet")

    def rule(self, rule: Any, *, is_part: bool = False) -> RuleInWords:
        """`is_part`: within a sum, where points are points whatever the document shows for a criterion."""
        earns = self.points if is_part else self.earns
        match rule:
            case Steps():
                return self._steps(rule, earns)
            case Tally():
                return self._tally(rule, earns)
            case Bands():
                return self._bands(rule, earns)
            case Timeliness():
                return self._timeliness(rule, earns)
            case Proportion():
                return self._proportion(rule)
            case Judged():
                return self._judged(rule)
            case Convert():
                return self._convert(rule, earns)
            case Sum():
                return self._sum(rule)
        raise TypeError(f"no words for the rule {rule!r}")

    def _steps(self, rule: Steps, earns: Earns) -> RuleInWords:
        rows = tuple(
            RuleRow(earns(step.points), step.text.to(self.language), (self.clause(step.when),)) for step in rule.steps
        )
        if len(rows) == 1:
            how = self.say("ได้เมื่อเป็นไปตามนี้", "Earned when this holds.")
        elif rule.cumulative:
            how = self.say(
                "สะสมทีละขั้น: ได้ตามขั้นสูงสุดที่ทำได้ครบพร้อมทุกขั้นก่อนหน้า",
                "Cumulative: the highest step counts that is reached together with every step before it.",
            )
        else:
            how = self.say(
                "ไม่สะสม: ได้ตามระดับสูงสุดที่เป็นไปตามนี้ ไม่ต้องครบระดับอื่น",
                "Not cumulative: the highest line that holds counts, whatever the others say.",
            )
        return RuleInWords(how, rows=rows)

    def _tally(self, rule: Tally, earns: Earns) -> RuleInWords:
        items = tuple(RuleRow("", text.to(self.language), (self.clause(when),)) for when, text in rule.items)
        rows = tuple(RuleRow(earns(row.points), row.text.to(self.language)) for row in rule.rows)
        return RuleInWords(
            self.say("ได้ตามจำนวนข้อที่ทำได้", "Earned by how many of these are done."), items=items, rows=rows
        )

    def _bands(self, rule: Bands, earns: Earns) -> RuleInWords:
        rows = tuple(
            RuleRow(
                earns(band.points),
                band.text.to(self.language),
                (Clause(between, is_range=True), *self._guarded(band, rule.guard)),
            )
            for band, between in zip(rule.bands, self._ranges(rule.bands, self._unit(rule.number)), strict=True)
        )
        notes = [self.say("ถ้ายังไม่มีค่า ได้ 0 คะแนน", "Without a figure, 0 points.")]
        if rule.guard:
            notes.append(
                self.say(
                    "ถ้า {0} ไม่ถึงที่แถวนั้นกำหนด ลดลงหนึ่งแถว และถ้ายังไม่มีค่า ได้ 0 คะแนน",
                    "Where {0} is not as high as the row asks, one row down; without it, 0 points.",
                    self.named("values", rule.guard),
                )
            )
        if not isinstance(rule.number, Plain | Smallest):
            words = (
                "แสดงร้อยละโดยตัดที่ทศนิยม 2 ตำแหน่ง ไม่ปัดขึ้น",
                "Percentages are shown cut at two decimals, not rounded up.",
            )
            notes.append(self.say(*words))
        notes += [*self.full_of_nothing(rule.number), *self._until(rule.until)]
        return RuleInWords(
            self.compared(("คิดจาก {0}", "By {0}."), self.figure(rule.number)), rows=rows, notes=tuple(notes)
        )

    def _unit(self, number: Any) -> Callable[[Any], str]:
        """How the bounds of a number are written: in percent, or in the unit of the value."""
        if isinstance(number, Plain | Smallest):
            return lambda bound: self.sized(number.value, bound)
        return lambda bound: self.say("ร้อยละ {0}", "{0} %", written(bound))

    def _ranges(self, bands: tuple[Band, ...], unit: Callable[[Any], str]) -> Iterator[str]:
        """What each row takes, as the engine compares it: from where the row before ends."""
        first = bands[0]
        if first.bound is None:
            yield self.say("ทุกค่า", "any")
        else:
            yield self.compared(COMPARES["below" if first.strict else "at_most"], unit(first.bound))
        for before, band in pairwise(bands):
            low = unit(before.bound)
            if band.bound is None:
                yield self.compared(("{0} ขึ้นไป", "{0} or more") if before.strict else COMPARES["above"], low)
                continue
            start = ("ตั้งแต่ {0}", "from {0}") if before.strict else COMPARES["above"]
            end = ("แต่น้อยกว่า {0}", "but less than {0}") if band.strict else ("ถึง {0}", "up to {0}")
            yield f"{self.compared(start, low)} {self.compared(end, unit(band.bound))}"

    def _guarded(self, band: Band, guard: str | None) -> tuple[Clause, ...]:
        if guard is None or band.guard_above is None:
            return ()
        above = self.compared(COMPARES["above"], self.sized(guard, band.guard_above))
        return (Clause(f"{self.named('values', guard)} {above}"),)

    def _until(self, until: date) -> list[str]:
        if until == self.scheme.close:
            return []
        return [self.say("ถือว่ายังเพิ่มได้ถึง {0}", "It may still rise until {0}.", self.on(until))]

    def _timeliness(self, rule: Timeliness, earns: Earns) -> RuleInWords:
        came = [self._came(None, rule.rows[0]), *(self._came(before, row) for before, row in pairwise(rule.rows))]
        rows = tuple(
            RuleRow(earns(row.points), row.text.to(self.language), (Clause(words, is_range=True),))
            for row, words in zip(rule.rows, came, strict=True)
        )
        how, notes = self._day_of(rule)
        if rule.setting is not None:
            how += self.say(
                " เทียบกับ {0}: {1}",
                ", against {0}: {1}",
                self.named("settings", rule.setting),
                self.set_day(rule.setting),
            )
        elif rule.due is not None:
            how += self.say(" เทียบกับกำหนด {0}", ", against the due day {0}", self.on(rule.due))
        if any(row.within is not None for row in rule.rows):
            notes.append(
                self.say(
                    "วันทำการไม่นับวันเสาร์ วันอาทิตย์ และวันหยุดราชการ",
                    "Saturdays, Sundays and holidays are no business days.",
                )
            )
        return RuleInWords(how, rows=rows, notes=tuple(notes))

    def _day_of(self, rule: Timeliness) -> tuple[str, list[str]]:
        """Which day is looked at, and which is not."""
        if rule.value is not None:
            last = max(rule.close, rule.due or rule.close)
            how = self.say("คิดจาก {0}", "By {0}", self.named("values", rule.value))
            return how, [self.say("วันที่หลัง {0} ไม่นับ", "A day after {0} is not counted.", self.on(last))]
        named = self.listed([self.named("requirements", code) for code in rule.evidence])
        how = self.say("คิดจากวันที่มีหลักฐานครบ: {0}", "By the day on which all of this was handed in: {0}", named)
        note = self.say(
            "แต่ละรายการนับวันของชิ้นแรก ที่ส่งหลัง {0} ไม่นับ เว้นแต่ได้ขยายเวลา",
            "The first piece of each counts; what comes after {0} does not, unless more time was given.",
            self.on(rule.close),
        )
        return how, [note]

    def _came(self, before: DayRow | None, row: DayRow) -> str:
        """What a row takes of what the row before it leaves."""
        if row.by is not None:
            by = self.by(row.by).strip()
            if row.only_if is None:
                return by
            return self.say("{0} ถ้า {1} เป็น “ใช่”", "{0}, if {1} is “yes”", by, self.named("values", row.only_if))
        if row.came == "early":
            return self.say("ก่อนวันสุดท้ายของกำหนด", "before the due day")
        if row.came == "due":
            if before is not None:
                return self.say("ในวันสุดท้ายของกำหนด", "on the due day")
            return self.say("ไม่เกินวันสุดท้ายของกำหนด", "on the due day or before")
        more = before.within if before is not None else None
        if row.within is None:
            if more is None:
                return self.say("เลยกำหนด", "after the due day")
            return self.say("ช้าเกิน {0} วันทำการ", "more than {0} business days late", more)
        if more is None:
            return self.say("ช้าไม่เกิน {0} วันทำการ", "up to {0} business days late", row.within)
        words = ("ช้าเกิน {0} แต่ไม่เกิน {1} วันทำการ", "more than {0} and up to {1} business days late")
        return self.say(*words, more, row.within)

    def _proportion(self, rule: Proportion) -> RuleInWords:
        most = self.points(rule.max)
        row = RuleRow(self.say("ไม่เกิน {0}", "up to {0}", most), rule.text.to(self.language))
        notes = [self.say("ปัดเศษครึ่งขึ้นที่ทศนิยม 2 ตำแหน่ง", "Rounded half up to two decimals.")]
        if rule.number is None:
            words = ("{0} × จำนวนงวดที่ทำได้ ÷ {1} งวด", "{0} × periods done ÷ {1} periods.")
            row = RuleRow(row.earns, row.text, (self.in_each(rule.counted),))
            return RuleInWords(self.say(*words, most, len(rule.counted)), rows=(row,), notes=tuple(notes))
        words = ("{0} × {1} (คิดไม่เกินร้อยละ 100)", "{0} × {1}, at most 100 %.")
        notes.append(self.say("ถ้ายังไม่มีค่า ได้ 0 คะแนน", "Without a figure, 0 points."))
        notes += [*self.full_of_nothing(rule.number), *self._until(rule.until)]
        return RuleInWords(self.say(*words, most, self.figure(rule.number)), rows=(row,), notes=tuple(notes))

    def _judged(self, rule: Judged) -> RuleInWords:
        rows = tuple(self._item(item) for item in rule.items)
        how = self.say(
            "คณะกรรมการให้คะแนนทีละข้อ ข้อละค่าเฉลี่ยของกรรมการทุกคน แล้วรวมทุกข้อ",
            "The committee gives points; each item counts the mean of its members, and the items are added up.",
        )
        notes = (self.say("ค่าเฉลี่ยปัดเศษครึ่งขึ้นที่ทศนิยม 2 ตำแหน่ง", "Means are rounded half up to two decimals."),)
        if rule.when is None:
            return RuleInWords(how, rows=rows, notes=notes)
        gate = self.say("พิจารณาเมื่อเป็นไปตามนี้ มิฉะนั้นได้ 0 คะแนน", "Judged when this holds; 0 points otherwise.")
        gated = RuleRow("", gate, (self.clause(rule.when),), is_own=True)
        return RuleInWords(how, items=(gated,), rows=rows, notes=notes)

    def _item(self, item: Item) -> RuleRow:
        return RuleRow(
            self.say("0 ถึง {0}", "0 to {0}", self.points(item.max)),
            f"{item.code} {item.title.to(self.language)}",
            look_for=tuple(text.to(self.language) for text in item.look_for),
            levels=tuple(RuleRow(self.points(level.points), level.text.to(self.language)) for level in item.levels),
        )

    def _sum(self, rule: Sum) -> RuleInWords:
        parts = tuple(
            RulePart(
                part.code, part.title.to(self.language), self.points(part.rule.max), self.rule(part.rule, is_part=True)
            )
            for part in rule.parts
        )
        how = self.say("รวมคะแนนของทุกส่วน", "The parts are added up")
        if rule.cap is not None:
            how += self.say(" แต่ไม่เกิน {0}", ", at most {0}", self.points(rule.cap))
        return RuleInWords(how, parts=parts)

    def _convert(self, rule: Convert, earns: Earns) -> RuleInWords:
        total = self._sum(rule.total)
        ranges = self._ranges(rule.bands, self.points)
        rows = tuple(
            RuleRow(earns(band.points), band.text.to(self.language), (Clause(between, is_range=True),))
            for band, between in zip(rule.bands, ranges, strict=True)
        )
        how = total.how + self.say(
            " (เต็ม {0}) ปัดเศษครึ่งขึ้นเป็นจำนวนเต็ม แล้วเทียบเป็นระดับ",
            " (of {0}), rounded half up to a whole number, and looked up in the levels.",
            self.points(rule.total.max),
        )
        notes = (self.say("ถ้ายังไม่มีข้อมูลใดเลย ได้ 0", "While there is nothing at all, 0."),)
        return RuleInWords(how, parts=total.parts, rows=rows, notes=notes)
