"""Offers in words: what would earn more, and what it takes, said in Thai or English with the scheme's own titles."""

from typing import Any

from scoring.engine import Scheme
from scoring.engine.language.display import plain_points

from .words import COMPARES, Words

Found = dict[str, Any]


def next_steps(scheme: Scheme, code: str, criterion: Found, language: str, *, is_organised: bool = False) -> list[str]:
    """What would earn more, one sentence an offer, in the order of the offers. `is_organised`: by an office."""
    words = _Offers(scheme, language)
    words.is_organised = is_organised
    return [words.offer(offer) for offer in criterion.get("offers", [])]


def deeds(scheme: Scheme, offer: Found, language: str) -> list[tuple[str, list[tuple[str, Found]]]]:
    """What an offer takes: each thing in words, with its needs by their periods in words ("" without one)."""
    words = _Offers(scheme, language)
    return [
        (words.deed(group[0]), [(words.period(need["period"]) if need["period"] else "", need) for need in group])
        for group in words.alike(offer["needs"])
    ]


def done_by(scheme: Scheme, need: Found) -> str:
    """Who hands in or enters what is needed, office or central; "" where judges give points for it."""
    known = {"value": scheme.values, "decision": scheme.values, "item": {}}.get(need["kind"], scheme.requirements).get(
        need["code"]
    )
    return known.by if known else ""


class _Offers(Words):
    """Says what is offered."""

    is_organised = False

    def offer(self, offer: Found) -> str:
        one_day = len({need["until"] for need in offer["needs"] if need["until"]}) < 2
        is_mixed = len({done_by(self.scheme, need) == "central" for need in offer["needs"]}) > 1
        needs = self.listed([self.need(group, not one_day, is_mixed) for group in self.alike(offer["needs"])])
        gain = plain_points(offer["gain"])
        until = self.until(offer["until"]) if one_day else ""
        if any(need["kind"] == "item" for need in offer["needs"]):
            return self.say("เพิ่มได้สูงสุด {0} คะแนน: {1}{2}", "Up to {0} more points: {1}{2}", gain, needs, until)
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
            rest = {key: part for key, part in need.items() if key not in ("period", "until")}
            groups.setdefault(repr(rest) if need["period"] else repr(need), []).append(need)
        return list(groups.values())

    def need(self, group: list[Found], dated: bool, is_mixed: bool) -> str:
        """One thing to be done, with its periods; `dated`: each with its own day; `is_mixed`: not all is one's own."""
        need = group[0]
        days = [f"({self.until(other['until']).strip()})" if dated and other["until"] else "" for other in group]
        periods = [self.period(other["period"]) if other["period"] else "" for other in group]
        when = self.listed([f"{period} {day}".strip() for period, day in zip(periods, days, strict=True)])
        sentence = f"{self.deed(need)} {when}".strip()
        if is_mixed and done_by(self.scheme, need) == "central":
            sentence += self.recorded()
        return sentence

    def recorded(self) -> str:
        if self.is_organised:
            return self.say(" (ผู้จัดการประกวดเป็นผู้บันทึก)", " (recorded by the contest's organiser)")
        return self.say(" (ส่วนกลางเป็นผู้บันทึก)", " (recorded by central staff)")

    def deed(self, need: Found) -> str:
        match need["kind"]:
            case "evidence":
                return self.say("ส่ง{0}", "hand in {0}", self.title("requirements", need["code"])) + self.channels(need)
            case "review":
                return self.say("รอตรวจรับ{0}", "review of {0}", self.title("requirements", need["code"]))
            case "decision":
                return self.say("รอตรวจรับ{0}", "review of {0}", self.title("values", need["code"]))
            case "item":
                return self.say("คะแนนกรรมการข้อ {0}", "judges' points for {0}", self.title("items", need["code"]))
            case _:
                return self.enter(need, self.title("values", need["code"]))

    def channels(self, need: Found) -> str:
        if "channels" not in need:
            return ""
        social = need["among"] == "social"
        words = ("สื่อสังคมออนไลน์ {0} ช่องทาง", "{0} social-media channels") if social else (" {0} ช่องทาง", "{0} channels")
        wanted = self.say(*words, need["channels"])
        if not need["has"]:
            return self.say(" ผ่าน{0}", " on {0}", wanted)
        has = self.listed([self.channel(code) for code in need["has"]])
        return self.say(" ให้ครบ{0} (มีแล้ว: {1})", " on {0} in all (so far: {1})", wanted, has)

    def enter(self, need: Found, title: str) -> str:
        compare = need["compare"]
        if compare == "is_true":
            return self.say("{0}: ใช่", "{0}: yes", title)
        if compare == "again":
            return self.say("แก้ไข{0}ที่ส่งคืน", "correct what was returned: {0}", title)
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
        sentence = f"{title} {self.say(*COMPARES[need['compare']], amount)}"
        return sentence + self.say(" ของ{0}", " of {0}", self.title("values", of)) if of else sentence
