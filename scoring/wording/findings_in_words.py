"""Findings and offers in words: what the engine kept as JSON, said in Thai or English with the scheme's own titles."""

from collections.abc import Iterator
from copy import copy
from decimal import Decimal
from typing import Any

from scoring.engine import Level, Scheme

from .points_shown import state
from .words import COMPARES, Words

Found = dict[str, Any]

_CHANNELS = {
    "facebook": ("Facebook", "Facebook"),
    "line": ("LINE", "LINE"),
    "youtube": ("YouTube", "YouTube"),
    "tiktok": ("TikTok", "TikTok"),
    "instagram": ("Instagram", "Instagram"),
    "x": ("X", "X"),
    "website": ("เว็บไซต์", "website"),
    "meeting": ("ที่ประชุม", "meeting"),
    "radio": ("วิทยุ", "radio"),
    "newspaper": ("หนังสือพิมพ์", "newspaper"),
    "poster": ("ป้ายประกาศ", "poster"),
    "other": ("ช่องทางอื่น", "other"),
}
_OUTCOMES = {"met": ("ได้แล้ว", "done"), "open": ("ยังทำได้", "open"), "missed": ("หมดโอกาสแล้ว", "missed")}
_STATES = _OUTCOMES | {"passed": ("ได้สูงกว่านี้แล้ว", "exceeded")}


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


def next_steps(scheme: Scheme, code: str, criterion: Found, language: str) -> list[str]:
    """What would earn more, one sentence an offer, in the order of the offers."""
    words = _Sentences(scheme, language)
    return [words.offer(offer) for offer in criterion.get("offers", [])]


def deeds(scheme: Scheme, offer: Found, language: str) -> list[tuple[str, list[tuple[str, Found]]]]:
    """What an offer takes: each thing in words, with its needs by their periods in words ("" without one)."""
    words = _Sentences(scheme, language)
    return [
        (words.deed(group[0]), [(words.period(one["period"]) if one["period"] else "", one) for one in group])
        for group in words.alike(offer["needs"])
    ]


def done_by(scheme: Scheme, need: Found) -> str:
    """Who hands in or enters what is needed, office or central; "" where judges give points for it."""
    known = {"value": scheme.values, "item": {}}.get(need["kind"], scheme.requirements).get(need["code"])
    return known.by if known else ""


class _Sentences(Words):
    """Says what was found and what is offered."""

    def outcome(self, found: Found) -> str:
        return self.say(*_OUTCOMES[found["outcome"]])

    # What was found -------------------------------------------------------------------------------------------------

    def finding(self, found: Found, rule: Any, scored: Found) -> Iterator[str]:
        """The sentences of one finding and of what is below it. `rule` gives the words of rows, `scored` its points."""
        levels: tuple[Level, ...] = rule.levels()
        match found["about"]:
            case "step":
                level = levels[found["row"]]
                yield self.row(found, level, state(rule, level.points, scored, found["outcome"]))
                yield from self.conditions(found)
            case "item":
                yield f"{rule.items[found['row']][1].to(self.language)}: {self.outcome(found)}"
                yield from self.conditions(found)
            case "band":
                yield self.band(found, levels)
            case "timeliness" | "no_due":
                yield from self.timeliness(found, levels)
            case "proportion":
                yield self.proportion(found)
            case "count":
                yield self.say("ได้ {0} คะแนน", "{0} points", found["points"])
                yield from self.grouped(found["parts"])
            case "gate":
                yield from self.conditions(found)
            case "judged":
                yield self.judged(found)
            case "part":
                yield from self.part(found, rule)
            case "level":
                yield self.level(found, rule)
            case unknown:
                raise TypeError(f"no words for the finding {unknown!r}")

    def earned(self, found: Found) -> str:
        """What a row earns: its points, and what the scheme's document shows for them or instead."""
        points = self.say("{0} คะแนน", "{0} points", found["points"])
        mark = self.marks.of_points(Decimal(found["points"]))
        return f"{mark}, {points}" if self.marks.shown_as == "letters" and mark else mark or points

    def row(self, found: Found, level: Level, stands: str) -> str:
        """A step as it stands: done is not enough where a step before it is not."""
        said = self.say(*_STATES[stands])
        is_done = found["outcome"] == "met"
        if stands == "open" and is_done:
            said += self.say(" (ทำแล้ว รอขั้นก่อนหน้า)", " (done; it waits for a step before it)")
        elif stands == "missed" and is_done:
            said += self.say(
                " (ทำแล้ว แต่พลาดขั้นก่อนหน้า จึงไม่ได้คะแนน)", " (done, but a step before it was missed: it earns nothing)"
            )
        elif stands == "missed" and found["outcome"] == "open":
            said += self.say(" (พลาดขั้นก่อนหน้า จึงไม่ได้คะแนน)", " (a step before it was missed: it earns nothing)")
        return self.say("{0} ({1}): {2}", "{0} ({1}): {2}", level.text.to(self.language), self.earned(found), said)

    def conditions(self, found: Found) -> Iterator[str]:
        for part in found.get("parts", []):
            yield from self.condition(part)

    def condition(self, found: Found) -> Iterator[str]:
        if found["about"] == "at_least":
            yield from self.grouped(found["parts"])
        else:
            yield self.leaf(found)

    def grouped(self, parts: list[Found]) -> Iterator[str]:
        """Months of one input in one sentence; anything else one by one."""
        codes = {(part["about"], part.get("code")) for part in parts}
        if len(parts) < 2 or len(codes) > 1 or not all(part.get("period") for part in parts):
            for part in parts:
                yield from self.condition(part)
            return
        kind = "requirements" if parts[0]["about"] == "evidence" else "values"
        by_outcome = {
            word: [self.period(part["period"]) for part in parts if part["outcome"] == word] for word in _OUTCOMES
        }
        said = [
            f"{self.say(*_OUTCOMES[word])} {self.listed(periods)}" for word, periods in by_outcome.items() if periods
        ]
        yield f"{self.title(kind, parts[0]['code'])}: {'; '.join(said)}"
        waiting = [self.period(part["period"]) for part in parts if part.get("waiting")]
        if waiting:
            yield self.say("รอตรวจรับ: {0}", "waiting for review: {0}", self.listed(waiting))

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
                return f"{next(titles)}: {happened}; {next(titles)}: {planned}"
            case "passed":
                return self.say("วันที่ {0}: {1}", "{0}: {1}", self.day(found["by"]), self.outcome(found))
            case unknown:
                raise TypeError(f"no words for the condition {unknown!r}")

    def given_day(self, iso: str | None) -> str:
        return self.day(iso) if iso else self.say("ยังไม่ระบุ", "not entered")

    def evidence(self, found: Found) -> str:
        said = []
        if found["counted"]:
            said.append(self.say("นับแล้ว {0} รายการ", "{0} counted", len(found["counted"])))
        if found.get("day"):
            said.append(self.say("ชิ้นแรกวันที่ {0}", "the first on {0}", self.day(found["day"])))
        if "needed" in found:
            named = self.listed([self.channel(one) for one in found["channels"]]) or "-"
            said.append(self.say("ช่องทาง {0} (ต้องมี {1})", "channels {0} ({1} needed)", named, found["needed"]))
        if found["waiting"]:
            said.append(self.say("รอตรวจรับ {0} รายการ", "{0} waiting for review", len(found["waiting"])))
        if found.get("late"):
            said.append(self.say("ส่งหลังกำหนด {0} รายการ", "{0} came late", len(found["late"])))
        if not said:
            said.append(self.say("ยังไม่มี", "nothing yet"))
        if found["outcome"] != "met":
            open_ = found["outcome"] == "open"
            words = ("ส่งได้ถึง {0}", "until {0}") if open_ else ("หมดเขต {0}", "the last day was {0}")
            said.append(self.say(*words, self.day(found["by"])))
        return f"{self.title('requirements', found['code'], found.get('period'))}: {'; '.join(said)}"

    def channel(self, code: str) -> str:
        return self.say(*_CHANNELS[code])

    def value(self, found: Found) -> str:
        have = found.get("have")
        said = self.say("ยังไม่มีค่า", "not entered") if have is None else self.amount(found["code"], have)
        if found.get("number") is not None:
            wanted = self.say(*COMPARES[found["compare"]], self.amount(found["code"], found["number"]))
            said = self.say("{0} (ต้องได้{1})", "{0} ({1} needed)", said, wanted)
        return f"{self.title('values', found['code'], found.get('period'))}: {said}; {self.outcome(found)}"

    def band(self, found: Found, levels: tuple[Level, ...]) -> str:
        nothing = self.say("ยังไม่มีค่า", "not entered")
        given = {
            code: f"{self.title('values', code)} {self.amount(code, number) if number else nothing}"
            for code, number in found["given"].items()
        }
        guard = given.pop(found.get("guard"), None)
        said = self.listed(list(given.values()))
        amount = found.get("amount")
        if amount == "full":
            said += self.say(" คิดเป็นทั้งหมด", ", which is all of it")
        elif amount is not None and not given:
            said = self.say("เดือนที่น้อยที่สุด {0}", "{0} in the smallest month", amount)
        elif amount is not None and found.get("percent") and not self.is_percent(*found["given"]):
            said += self.say(" คิดเป็นร้อยละ {0}", ", which is {0} %", amount)
        if guard:  # after the share, which is not the guard's
            said += f", {guard}"
        if "row" not in found:
            return said
        reached = levels[found["row"]].text.to(self.language)
        said += self.say(" อยู่ในระดับ “{0}” ได้ {1}", ": “{0}”, {1}", reached, self.earned(found))
        if found.get("fallen"):
            guard = self.title("values", found["guard"])
            said += self.say(" (ลดหนึ่งระดับเพราะ{0}ไม่ถึง)", " (one level down: {0} is not high enough)", guard)
        return said

    def is_percent(self, *codes: str) -> bool:
        """A single value that is entered as a percentage needs no saying twice."""
        return len(codes) == 1 and codes[0] in self.scheme.values and self.scheme.values[codes[0]].kind == "percent"

    def proportion(self, found: Found) -> str:
        share = found.get("amount")
        if share is None:
            said = self.say("ข้อมูลยังไม่ครบ", "figures are missing")
        elif share == "full":
            said = self.say("ไม่มีเป้าหมายที่ต้องทำ ได้เต็ม", "nobody in need: full points")
        else:
            said = self.say("ร้อยละ {0}", "{0} %", share)
        return self.say("{0} ได้ {1} คะแนน", "{0}: {1} points", said, found["points"])

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
        said = self.say("ครบเมื่อ {0}", "complete on {0}", self.day(found["day"])) + due
        if "business_days_late" in found:
            days = found["business_days_late"]
            said += self.say(" ช้า {0} วันทำการ", ", {0} business days late", days)
        if "row" in found:
            text = levels[found["row"]].text.to(self.language)
            said += f": {text}"
        yield said + self.say(" ได้ {0}", ", {0}", self.earned(found))

    def judged(self, found: Found) -> str:
        item = self.scheme.items.get(found["code"])
        title = item.title.to(self.language) if item else found["code"]
        if not found["sheets"]:
            return self.say("{0}: รอคะแนนกรรมการ", "{0}: waits for the judges", title)
        said = self.say(
            "{0}: เฉลี่ย {1} จาก {2} (กรรมการ {3} คน)",
            "{0}: mean {1} of {2} ({3} judges)",
            title,
            found["mean"],
            found["max"],
            found["sheets"],
        )
        return said + (self.say(" รออีก {0} คน", ", {0} more to come", found["missing"]) if found["missing"] else "")

    def part(self, found: Found, rule: Any) -> Iterator[str]:
        title = found["title"][self.language]
        yield self.say("{0}: {1} จาก {2} คะแนน", "{0}: {1} of {2} points", title, found["earned"], found["max"])
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
        total, top = found["total"], found["max"]
        return self.say(
            "รวม {0} จาก {1} คะแนน: ระดับ {2} ({3})",
            "{0} of {1} points: level {2} ({3})",
            total,
            top,
            found["points"],
            level,
        )

    # What would earn more -------------------------------------------------------------------------------------------

    def offer(self, offer: Found) -> str:
        one_day = len({need["until"] for need in offer["needs"] if need["until"]}) < 2
        is_mixed = len({done_by(self.scheme, need) == "central" for need in offer["needs"]}) > 1
        needs = self.listed([self.need(group, not one_day, is_mixed) for group in self.alike(offer["needs"])])
        gain = offer["gain"].rstrip("0").rstrip(".")
        until = self.until(offer["until"]) if one_day else ""
        if any(need["kind"] == "item" for need in offer["needs"]):
            return self.say("ได้อีกไม่เกิน {0} คะแนน: {1}{2}", "Up to {0} more points: {1}{2}", gain, needs, until)
        if self.marks.shown_as == "eligibility":
            return self.say("จะผ่านคุณสมบัติ: {0}{1}", "To be eligible: {0}{1}", needs, until)
        more = "{0} more point: {1}{2}" if gain == "1" else "{0} more points: {1}{2}"
        return self.say("ได้อีก {0} คะแนน: {1}{2}", more, gain, needs, until)

    def until(self, iso: str | None) -> str:
        return self.say(" ภายใน {0}", " by {0}", self.day(iso)) if iso else ""

    def alike(self, needs: list[Found]) -> list[list[Found]]:
        """Needs that differ in nothing but their period and its day, together."""
        groups: dict[str, list[Found]] = {}
        for need in needs:
            rest = {key: given for key, given in need.items() if key not in ("period", "until")}
            groups.setdefault(repr(rest) if need["period"] else repr(need), []).append(need)
        return list(groups.values())

    def need(self, group: list[Found], dated: bool, is_mixed: bool) -> str:
        """One thing to be done, with its periods; `dated`: each with its own day; `is_mixed`: not all is one's own."""
        need = group[0]
        days = [f"({self.until(one['until']).strip()})" if dated and one["until"] else "" for one in group]
        periods = [self.period(one["period"]) if one["period"] else "" for one in group]
        when = self.listed([f"{period} {day}".strip() for period, day in zip(periods, days, strict=True)])
        said = f"{self.deed(need)} {when}".strip()
        if is_mixed and done_by(self.scheme, need) == "central":
            said += self.say(" (ส่วนกลางเป็นผู้บันทึก)", " (recorded by central staff)")
        return said

    def deed(self, need: Found) -> str:
        match need["kind"]:
            case "evidence":
                return self.say("ส่ง{0}", "hand in {0}", self.title("requirements", need["code"])) + self.channels(need)
            case "review":
                return self.say("รอตรวจรับ{0}", "review of {0}", self.title("requirements", need["code"]))
            case "item":
                return self.say("คะแนนกรรมการข้อ {0}", "judges' points for {0}", self.title("items", need["code"]))
            case _:
                return self.enter(need, self.title("values", need["code"]))

    def channels(self, need: Found) -> str:
        if "channels" not in need:
            return ""
        social = need["among"] == "social"
        words = ("สื่อสังคมออนไลน์ {0} ช่องทาง", "{0} social-media channels") if social else (" {0} ช่องทาง", "{0} channels")
        asked = self.say(*words, need["channels"])
        if not need["has"]:
            return self.say(" ผ่าน{0}", " on {0}", asked)
        has = self.listed([self.channel(one) for one in need["has"]])
        return self.say(" ให้ครบ{0} (มีแล้ว: {1})", " on {0} in all (so far: {1})", asked, has)

    def enter(self, need: Found, title: str) -> str:
        compare = need["compare"]
        if compare == "is_true":
            return self.say("{0}: ใช่", "{0}: yes", title)
        if compare == "on":
            return title
        if compare == "given" or (compare == "at_least" and need["number"] == "0"):
            return self.say("ระบุ{0}", "enter {0}", title)
        if compare == "shares":
            words = ("{0} {2} รายการ รายการละร้อยละ {1} ขึ้นไป", "{0}: {2} at {1} % or more")
            return self.say(*words, title, need["percent"], need["count"])
        if "bound" in need:
            return self.bounded(need, title)
        # "More than 3" was counted up to the first number that is more: at least 4.
        compare = "at_most" if compare == "at_most" else "at_least"
        return f"{title} {self.say(*COMPARES[compare], self.amount(need['code'], need['number']))}"

    def bounded(self, need: Found, title: str) -> str:
        """A percentage has decimals: "more than 97 %" is said as that, not as the 98 % that would do."""
        bound, of = need["bound"], need.get("percent_of")
        amount = self.say("ร้อยละ {0}", "{0} %", bound) if of else self.amount(need["code"], bound)
        said = f"{title} {self.say(*COMPARES[need['compare']], amount)}"
        return said + self.say(" ของ{0}", " of {0}", self.title("values", of)) if of else said
