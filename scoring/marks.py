"""Points as the scheme's document shows them: a letter, a level with the sum behind it, eligible or not.

What is shown is read from what is kept: a scorecard's criterion, or a publication's. Both languages stand here, for
documents are Thai whatever the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring.engine import Scheme

Part = Mapping[str, Any]  # at least "earned", "attainable" and "max", as text


@dataclass(frozen=True)
class Marks:
    """What one scheme shows for points, in one language."""

    shown_as: str
    letters: Mapping[Decimal, str]
    language: str

    @classmethod
    def of_scheme(cls, scheme: Scheme, language: str) -> "Marks":
        return cls(scheme.shown_as, {points: letter for letter, points in scheme.letters.items()}, language)

    @classmethod
    def of_frame(cls, frame: Mapping[str, Any], language: str = "th") -> "Marks":
        """As it was when a publication froze it; one that says nothing shows points."""
        letters = {Decimal(points): letter for letter, points in frame.get("letters", {}).items()}
        return cls(frame.get("shown_as", "points"), letters, language)

    def say(self, th: str, en: str, *args: object) -> str:
        return (en if self.language == "en" else th).format(*args)

    def of(self, part: Part) -> str:
        """What is shown for a criterion's points; '' where it is the points themselves, – where there is nothing."""
        earned = Decimal(part["earned"])
        if self.shown_as == "eligibility":
            return self.verdict(part)
        return self.of_points(earned) if earned or self.shown_as == "points" else "–"

    def of_points(self, points: Decimal) -> str:
        """What is shown for a row that earns so much."""
        match self.shown_as:
            case "letters":
                return self.letters.get(points, "")
            case "level":
                return self.say("ระดับ {0:f}", "level {0:f}", points.normalize())
            case "eligibility":
                return self.say("ผ่านคุณสมบัติ", "eligible")
            case _:
                return ""

    def verdict(self, part: Part) -> str:
        """Whether all that is asked is there. Of the whole score too: it is full when every criterion is."""
        if Decimal(part["earned"]) == Decimal(part["max"]):
            return self.of_points(Decimal(part["earned"]))
        if Decimal(part["attainable"]) == Decimal(part["max"]):
            return self.say("ยังไม่ผ่านคุณสมบัติ", "not eligible yet")
        return self.say("ไม่ผ่านคุณสมบัติ", "not eligible")

    def of_whole(self, part: Part) -> str:
        """What is shown for a total: letters and levels are of criteria, and their points are added up."""
        return self.verdict(part) if self.shown_as == "eligibility" else ""

    def behind(self, part: Part) -> str:
        """The sum from which a level was read; '' where there is none."""
        behind = part.get("behind") or behind_level(part)
        if self.shown_as != "level" or not behind:
            return ""
        return self.say("{0} จาก {1} คะแนน", "{0} of {1} points", behind["total"], behind["max"])


def behind_level(part: Part) -> dict[str, str]:
    """The sum that a `convert` turned into this criterion's points, from its trace: {"total", "max"}, or nothing."""
    found = next((one for one in part.get("trace", []) if one["about"] == "level" and "row" in one), None)
    return {"total": found["total"], "max": found["max"]} if found else {}
