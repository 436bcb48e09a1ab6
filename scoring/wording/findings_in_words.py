"""Findings in words: why a criterion earned what it did, said in Thai or English with the scheme's own titles."""

from collections.abc import Iterable, Iterator
from copy import copy
from decimal import Decimal
from typing import Any

from scoring.engine import Level, Scheme
from scoring.engine.language.display import plain_points

from .points_shown import state
from .words import COMPARES, Words

Found = dict[str, Any]

_OUTCOMES = {"met": ("ได้แล้ว", "done"), "open": ("ยังทำได้", "open"), "missed": ("หมดสิทธิ์แล้ว", "missed")}
_STATES = _OUTCOMES | {"passed": ("ได้สูงกว่านี้แล้ว", "exceeded"), "done": ("ทำแล้ว", "done")}


class Below(str):
    """A sentence on what the row above it asks for: papers set it further in."""

    is_below = True


def why(scheme: Scheme, code: str, criterion: Found, language: str) -> list[str]:
    """What a criterion's points were read from, one sentence a finding.

    Nothing when it was kept under an edition with other rows, whose words this one lacks: it will be scored anew.
    """
    words = _Sentences(scheme, language)
    try:
        rule = scheme.criteria[code].rule
        lines = [line for found in criterion.get("trace", []) for line in words.finding(found, rule, criterion)]
    except (LookupError, AttributeError):
        return []
    return list(dict.fromkeys(lines))  # steps that share a condition say it once


def _are_periods_of_one(parts: list[Found]) -> bool:
    inputs = {(part["about"], part.get("code")) for part in parts}
    return len(parts) > 1 and len(inputs) == 1 and all(part.get("period") for part in parts)


class _Conditions(Words):
    """Says what was found of a condition."""

    def together(self, facts: Iterable[str]) -> str:
        """Facts of one thing beside each other: Thai knows no semicolon."""
        return self.say(" ", "; ").join(facts)

    def outcome(self, found: Found) -> str:
        return self.say(*_OUTCOMES[found["outcome"]])

    def conditions(self, found: Found) -> Iterator[str]:
        for part in found.get("parts", []):
            yield from self.condition(part)

    def condition(self, found: Found) -> Iterator[str]:
        if found["about"] == "at_least":
            yield from self.grouped(found["parts"])
        else:
            yield self.leaf(found)

    def grouped(self, parts: list[Found]) -> Iterator[str]:
        """Periods of one input in one sentence; anything else one by one."""
        if not _are_periods_of_one(parts):
            for part in parts:
                yield from self.condition(part)
            return
        kind = "requirements" if parts[0]["about"] == "evidence" else "values"
        yield f"{self.title(kind, parts[0]['code'])}: {self.together(self.by_outcome(parts))}"
        waiting = [self.period(part["period"]) for part in parts if part.get("waiting")]
        if waiting:
            yield self.say("รอตรวจรับ: {0}", "waiting for review: {0}", self.listed(waiting))

    def by_outcome(self, parts: list[Found]) -> Iterator[str]:
        """Each outcome with the periods that have it."""
        for outcome, words in _OUTCOMES.items():
            if periods := [self.period(part["period"]) for part in parts if part["outcome"] == outcome]:
                yield f"{self.say(*words)} {self.listed(periods)}"

    def leaf(self, found: Found) -> str:
        match found["about"]:
            case "evidence":
                return self.evidence(found)
            case "value":
                return self.value(found)
            case "flag":
                have = {True: ("ใช่", "yes"), False: ("ไม่ใช่", "no"), None: ("ยังไม่ระบุ", "not entered")}
                return f"{self.title('values', found['code'])}: {self.say(*have[found.get('have')])}"
            case "shares":
                return self.say(
                    "{0}: ถึงร้อยละ {1} แล้ว {2} จาก {3} รายการ",
                    "{0}: {2} of {3} have reached {1} %",
                    self.title("values", found["code"]),
                    found["percent"],
                    found["have"],
                    found["needed"],
                )
            case "plan":
                happened, planned = (self.given_day(found.get(key)) for key in ("happened_on", "planned_on"))
                titles = (self.title("values", found[key]) for key in ("code", "planned"))
                return self.together([f"{next(titles)}: {happened}", f"{next(titles)}: {planned}"])
            case "passed":
                return self.say("วันที่ {0}: {1}", "{0}: {1}", self.day(found["by"]), self.outcome(found))
            case unknown:
                raise TypeError(f"no words for the condition {unknown!r}")

    def given_day(self, iso: str | None) -> str:
        return self.day(iso) if iso else self.say("ยังไม่ระบุ", "not entered")

    def evidence(self, found: Found) -> str:
        facts = []
        if found["counted"]:
            facts.append(self.say("นับแล้ว {0} รายการ", "{0} counted", len(found["counted"])))
        if found.get("day"):
            facts.append(self.say("ชิ้นแรกวันที่ {0}", "the first on {0}", self.day(found["day"])))
        if "needed" in found:
            facts.append(self.channels(found["channels"], found["needed"]))
        if found["waiting"]:
            facts.append(self.say("รอตรวจรับ {0} รายการ", "{0} waiting for review", len(found["waiting"])))
        if found.get("late"):
            facts.append(self.say("ส่งเลยกำหนด {0} รายการ", "{0} came late", len(found["late"])))
        if not facts:
            nothing = ("ส่งคืนแก้ไขแล้ว", "returned") if found.get("returned") else ("ยังไม่มี", "nothing yet")
            facts.append(self.say(*nothing))
        if found["outcome"] != "met":
            open_ = found["outcome"] == "open"
            words = ("ส่งได้ถึง {0}", "until {0}") if open_ else ("หมดเขต {0}", "the last day was {0}")
            facts.append(self.say(*words, self.day(found["by"])))
        return f"{self.title('requirements', found['code'], found.get('period'))}: {self.together(facts)}"

    def channels(self, named: list[str], needed: int) -> str:
        if not named:
            return self.say("ยังไม่มีช่องทาง (ต้องมีอย่างน้อย {0} ช่องทาง)", "no channel ({0} needed)", needed)
        words = "ช่องทาง {0} (ต้องมีอย่างน้อย {1} ช่องทาง)", "channels {0} ({1} needed)"
        return self.say(*words, self.listed([self.channel(code) for code in named]), needed)

    def value(self, found: Found) -> str:
        have = found.get("have")
        text = self.say("ยังไม่มีค่า", "not entered") if have is None else self.amount(found["code"], have)
        if found.get("number") is not None:
            wanted = self.say(*COMPARES[found["compare"]], self.amount(found["code"], found["number"]))
            text = self.say("{0} (ต้องได้{1})", "{0} ({1} needed)", text, wanted)
        stands = self.together([text, self.outcome(found)])
        return f"{self.title('values', found['code'], found.get('period'))}: {stands}"


class _Sentences(_Conditions):
    """Says what was found of a rule, in the words of its rows."""

    def finding(self, found: Found, rule: Any, scored: Found) -> Iterator[str]:
        """The sentences of one finding and of what is below it. `rule` gives the words of rows, `scored` its points."""
        levels: tuple[Level, ...] = rule.levels()
        match found["about"]:
            case "step":
                level = levels[found["row"]]
                yield self.row(found, level, rule, scored)
                yield from map(Below, self.conditions(found))
            case "item":
                yield f"{rule.items[found['row']][1].to(self.language)}: {self.outcome(found)}"
                yield from map(Below, self.conditions(found))
            case "band":
                yield self.band(found, levels)
            case "timeliness" | "no_due":
                yield from self.timeliness(found, levels)
            case "proportion":
                yield self.proportion(found)
            case "count":
                yield self.say("ได้ {0} คะแนน", "{0} points", plain_points(found["points"]))
                yield from self.grouped(found["parts"])
            case "gate":
                yield from self.conditions(found)
            case "judged":
                yield self.judged(found)
            case "part":
                yield from self.part(found, rule)
            case "undecided" | "sent_back":
                yield self.uncounted(found)
            case "level":
                yield self.level(found, rule)
            case unknown:
                raise TypeError(f"no words for the finding {unknown!r}")

    def earned(self, found: Found) -> str:
        """What a row earns: its points, and what the scheme's document shows for them or instead."""
        points = self.say("{0} คะแนน", "{0} points", plain_points(found["points"]))
        mark = self.marks.of_points(Decimal(found["points"]))
        return f"{mark}, {points}" if self.marks.shown_as == "letters" and mark else mark or points

    def uncounted(self, found: Found) -> str:
        """A value that does not count, with those of its periods that are meant, and why."""
        title = self.title("values", found["code"])
        if found["periods"]:
            title += f" ({self.listed(list(map(self.period, found['periods'])))})"
        if found["about"] == "undecided":
            return self.say("{0}: รอตรวจรับ ยังไม่นับ", "{0}: waiting for review, does not count yet", title)
        words = ("{0}: ส่งคืนแก้ไข ไม่นับจนกว่าจะกรอกใหม่", "{0}: returned, does not count until it is entered again")
        return self.say(*words, title)

    def row(self, found: Found, level: Level, rule: Any, scored: Found) -> str:
        """A step as it stands: done is not enough where a step before it is not."""
        stands = state(rule, level.points, scored, found["outcome"])
        standing = self.say(*_STATES[stands])
        if stands == "done" and level.points <= Decimal(scored["attainable"]):
            standing += self.say(" (รอขั้นก่อนหน้า)", " (it waits for a step before it)")
        elif stands == "done":
            standing += self.say(
                " (แต่พลาดขั้นก่อนหน้า จึงไม่ได้คะแนน)", " (but a step before it was missed: it earns nothing)"
            )
        elif stands == "missed" and found["outcome"] == "open":
            standing += self.say(" (พลาดขั้นก่อนหน้า จึงไม่ได้คะแนน)", " (a step before it was missed: it earns nothing)")
        return self.say("{0} ({1}): {2}", "{0} ({1}): {2}", level.text.to(self.language), self.earned(found), standing)

    def band(self, found: Found, levels: tuple[Level, ...]) -> str:
        nothing = self.say("ยังไม่มีค่า", "not entered")
        amounts = {
            code: f"{self.title('values', code)} {self.amount(code, number) if number else nothing}"
            for code, number in found["given"].items()
        }
        guard = amounts.pop(found.get("guard"), None)
        text = self.listed(list(amounts.values()))
        amount = found.get("amount")
        if amount == "full":
            text += self.say(" คิดเป็นทั้งหมด", ", which is all of it")
        elif amount is not None and not amounts:
            text = self.say("เดือนที่น้อยที่สุด {0}", "{0} in the smallest month", amount)
        elif amount is not None and found.get("percent") and not self.is_percent(*found["given"]):
            text += self.say(" คิดเป็นร้อยละ {0}", ", which is {0} %", amount)
        if guard:  # after the share, which is not the guard's
            text += f", {guard}"
        if "row" not in found:
            return text
        reached = levels[found["row"]].text.to(self.language)
        text += self.say(" อยู่ในระดับ “{0}” ได้ {1}", ": “{0}”, {1}", reached, self.earned(found))
        if found.get("fallen"):
            guard = self.title("values", found["guard"])
            text += self.say(" (ลดหนึ่งระดับเพราะ{0}ไม่ถึง)", " (one level down: {0} is not high enough)", guard)
        return text

    def is_percent(self, *codes: str) -> bool:
        """A single value that is entered as a percentage needs no saying twice."""
        return len(codes) == 1 and codes[0] in self.scheme.values and self.scheme.values[codes[0]].kind == "percent"

    def proportion(self, found: Found) -> str:
        share = found.get("amount")
        if share is None:
            text = self.say("ข้อมูลยังไม่ครบ", "figures are missing")
        elif share == "full":
            text = self.say("ไม่มีเป้าหมายที่ต้องทำ ได้เต็ม", "nobody in need: full points")
        else:
            text = self.say("ร้อยละ {0}", "{0} %", share)
        return self.say("{0} ได้ {1} คะแนน", "{0}: {1} points", text, plain_points(found["points"]))

    def timeliness(self, found: Found, levels: tuple[Level, ...]) -> Iterator[str]:
        if found["about"] == "no_due":
            title = self.title("settings", found["setting"])
            yield self.say("ยังไม่ได้ตั้ง {0}", "{0} has not been set", title)
            return
        yield from self.conditions(found)
        due = self.say(" กำหนด {0}", ", due {0}", self.day(found["due"])) if found.get("due") else ""
        if not found.get("day"):
            if found.get("code"):
                yield self.title("values", found["code"]) + self.say(": ยังไม่มี", ": not yet") + due
            return
        sentence = self.say("ครบเมื่อ {0}", "complete on {0}", self.day(found["day"])) + due
        if "business_days_late" in found:
            days = found["business_days_late"]
            sentence += self.say(" ช้า {0} วันทำการ", ", {0} business days late", days)
        if "row" in found:
            text = levels[found["row"]].text.to(self.language)
            sentence += f": {text}"
        yield sentence + self.say(" ได้ {0}", ", {0}", self.earned(found))

    def judged(self, found: Found) -> str:
        item = self.scheme.items.get(found["code"])
        title = item.title.to(self.language) if item else found["code"]
        if not found["sheets"]:
            return self.say("{0}: รอคะแนนกรรมการ", "{0}: waits for the judges", title)
        sentence = self.say(
            "{0}: เฉลี่ย {1} จาก {2} (กรรมการ {3} คน)",
            "{0}: mean {1} of {2} ({3} judges)",
            title,
            plain_points(found["mean"]),
            plain_points(found["max"]),
            found["sheets"],
        )
        return sentence + (self.say(" รออีก {0} คน", ", {0} more to come", found["missing"]) if found["missing"] else "")

    def part(self, found: Found, rule: Any) -> Iterator[str]:
        title = found["title"][self.language]
        earned, most = plain_points(found["earned"]), plain_points(found["max"])
        yield self.say("{0}: {1} จาก {2} คะแนน", "{0}: {1} of {2} points", title, earned, most)
        parts = getattr(rule, "total", rule).parts
        own = next((part.rule for part in parts if part.code == found["code"]), None)
        inner = copy(self)
        inner.marks = self.marks.of_parts
        for part in found.get("parts", []) if own else []:
            yield from inner.finding(part, own, found)

    def level(self, found: Found, rule: Any) -> str:
        if "row" not in found:
            return self.say("ยังไม่มีข้อมูลใด จึงยังไม่มีระดับ", "nothing is there yet, so there is no level")
        level = rule.bands[found["row"]].text.to(self.language)
        total, top = plain_points(found["total"]), plain_points(found["max"])
        return self.say(
            "รวม {0} จาก {1} คะแนน: ระดับ {2} ({3})",
            "{0} of {1} points: level {2} ({3})",
            total,
            top,
            found["points"],
            level,
        )
