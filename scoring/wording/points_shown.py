"""Points as the scheme's document shows them: a letter, a level with the sum behind it, eligible or not.

What is shown is read from what is kept: a scorecard's criterion, or a publication's. Both languages stand here, for
documents are Thai whatever the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from scoring.engine import Scheme
from scoring.engine.language.display import numbering, plain_points

Part = Mapping[str, Any]  # a criterion, a dimension or a total: "earned", "attainable" and "max", as text
NOTHING = "–"  # where no number is known, or a mark stands for nothing
SHORT = 16  # letters of a title that can head a column


@dataclass(frozen=True)
class PointsShown:
    """What one scheme shows for the points of a criterion, in one language."""

    shown_as: str
    grades: Mapping[Decimal, str]
    language: str
    dimensions: int = 0
    is_exact: bool = False  # two decimals always, as columns of official tables have them

    @classmethod
    def of_scheme(cls, scheme: Scheme, language: str) -> "PointsShown":
        grades = {points: grade for grade, points in scheme.grades.items()}
        return cls(scheme.shown_as, grades, language, len(scheme.dimensions))

    @classmethod
    def of_frame(cls, frame: Mapping[str, Any], language: str = "th", *, is_exact: bool = False) -> "PointsShown":
        """As a publication froze it; one that says nothing shows points."""
        grades = {Decimal(points): grade for grade, points in frame.get("letters", {}).items()}
        return cls(frame.get("shown_as", "points"), grades, language, len(frame.get("dimensions", ())), is_exact)

    @property
    def is_of_criteria(self) -> bool:
        """Whether a table tells entries apart by criteria: letters and levels are theirs, dimensions have none.

        So are points where there is one dimension: its points are the total.
        """
        return self.shown_as in ("letters", "level") or (self.shown_as == "points" and self.dimensions == 1)

    @property
    def of_totals(self) -> "PointsShown":
        """For dimensions and totals: letters and levels are of criteria, whose points are added up."""
        return self if self.shown_as == "eligibility" else self.of_parts

    @property
    def of_parts(self) -> "PointsShown":
        """For the parts of a sum: points are points."""
        return replace(self, shown_as="points")

    def say(self, th: str, en: str, *args: object) -> str:
        return (en if self.language == "en" else th).format(*args)

    def mark(self, part: Part, key: str = "earned") -> str:
        """What stands for points that were "earned" or are "attainable"; '' where nothing but the points does."""
        points = Decimal(part[key])
        if self.shown_as == "eligibility":
            return self._verdict(part, points)
        return self.of_points(points) if points or self.shown_as == "points" else NOTHING

    def of_points(self, points: Decimal) -> str:
        """What stands for a row that earns so much."""
        match self.shown_as:
            case "letters":
                return self.grades.get(points, "")
            case "level":
                return self.say("ระดับ {0:f}", "level {0:f}", points.normalize())
            case "eligibility":
                return self.say("ผ่านคุณสมบัติ", "eligible")
            case _:
                return ""

    def _verdict(self, part: Part, points: Decimal) -> str:
        if points == Decimal(part["max"]):
            return self.of_points(points)
        if Decimal(part["attainable"]) == Decimal(part["max"]):
            return self.say("ยังไม่ผ่านคุณสมบัติ", "not eligible yet")
        return self.say("ไม่ผ่านคุณสมบัติ", "not eligible")

    def points(self, points: str) -> str:
        """Points themselves, in figures."""
        return points if self.is_exact else plain_points(points)

    def show(self, part: Part, key: str = "earned") -> str:
        """Points as a cell shows them: 5, A (5), level 4, eligible."""
        mark, points = self.mark(part, key), self.points(part[key])
        if not mark:
            return points
        return f"{mark} ({points})" if self.shown_as == "letters" else mark

    def row(self, points: Decimal) -> str:
        """What a row of a criterion earns: A (5), level 4, eligible; '' where it is the points."""
        mark = self.of_points(points) if points else ""
        return f"{mark} ({plain_points(points)})" if mark and self.shown_as == "letters" else mark

    def beside(self, part: Part) -> str:
        """What stands small beside it: the most there is, or the sum behind a level."""
        return f"/ {self.points(part['max'])}" if self.shown_as in ("points", "letters") else self.behind(part)

    def rests(self, part: Part) -> str:
        """How much of what is earned rests on figures that nobody has looked at, as a sentence; '' where none does."""
        if not unchecked(part):
            return ""
        if self.shown_as == "eligibility":
            return self.say(
                "ผลนี้มาจากตัวเลขที่สำนักงานกรอกเองและยังไม่มีผู้ตรวจ",
                "This rests on figures that the office typed itself and nobody has looked at yet",
            )
        if unchecked(part) == Decimal(part.get("earned", -1)):
            return self.say(
                "ทั้งหมดนี้ยังไม่มีผู้ตรวจ มาจากตัวเลขที่สำนักงานกรอกเองเท่านั้น",
                "None of it was reviewed yet: all rests on figures that the office typed itself",
            )
        return self.say(
            "ในจำนวนนี้ {0} คะแนนมาจากตัวเลขที่สำนักงานกรอกเองและยังไม่มีผู้ตรวจ",
            "Of these, {0} rest on figures that the office typed itself and nobody has looked at yet",
            plain_points(part["unchecked"]),
        )

    def rests_shortly(self, part: Part) -> str:
        """The same as a mark beside a line."""
        if not unchecked(part):
            return ""
        mark = self.say("ตัวเลขยังไม่มีผู้ตรวจ", "figures not looked at")
        return mark if self.shown_as == "eligibility" else f"{mark} {plain_points(part['unchecked'])}"

    def behind(self, part: Part) -> str:
        """The sum from which a level was read, in words; '' where there is none."""
        total = part.get("total") or total_behind(part)
        if self.shown_as != "level" or not total:
            return ""
        earned, most = plain_points(total["earned"]), plain_points(total["max"])
        return self.say("({0} จาก {1} คะแนน)", "({0} of {1} points)", earned, most)


def unchecked(part: Part) -> Decimal:
    """What of the points rests on values that nobody has looked at; scorecards from before it was told say nothing."""
    return Decimal(part.get("unchecked", 0))


def placed(rank: int | None, total: Decimal | int, unscored: int = 0) -> int | None:
    """The rank that is shown: whoever has no points has none, and while rivals are `unscored` nobody has one."""
    return rank if total and not unscored else None


def headings(titles: Mapping[str, str]) -> list[str]:
    """What heads columns of these codes: their titles where all are short or a code is no number, else their codes."""
    are_short = all(len(title) <= SHORT for title in titles.values())
    return list(titles) if all(map(numbering, titles)) and not are_short else list(titles.values())


def total_behind(part: Part) -> dict[str, str]:
    """The sum that a `convert` read its level from, by the criterion's trace: {"earned", "max"}; else nothing."""
    found = next(
        (finding for finding in part.get("trace", []) if finding["about"] == "level" and "row" in finding), None
    )
    return {"earned": found["total"], "max": found["max"]} if found else {}


def state(rule: Any, points: Decimal, scored: dict[str, Any], outcome: str = "") -> str:
    """How a row of a rule stands, on pages as on paper: met, done, open, missed or passed; "" where rows don't.

    `outcome` is that of the row's own finding, where it has one: a row may be missed while one that earns more is
    open, and a step may be done and earn nothing, since one before it is not. A staircase holds all its lower steps; of
    bands and of rows only one holds at a time; parts add up.
    """
    if rule.earned_by_row() is None:
        return ""
    earned, attainable = Decimal(scored["earned"]), Decimal(scored["attainable"])
    if points == earned or (points < earned and rule.is_staircase):
        return "met"
    if points < earned:
        return "passed"
    if outcome == "met" and rule.is_staircase:
        return "done"
    return "open" if points <= attainable and outcome != "missed" else "missed"
