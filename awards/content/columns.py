"""What results show: points by dimension, letters or levels by criterion, a verdict instead of points, or nothing."""

from dataclasses import dataclass
from typing import Any

from scoring.wording.points_shown import PointsShown, headings


@dataclass(frozen=True)
class PointsColumn:
    """A dimension or, where letters or levels are shown, a criterion."""

    code: str
    heading: str
    title: str
    max: str


class Columns:
    """Reads the frozen content alone: what was shown when it was published is shown for ever."""

    def __init__(self, frame: dict[str, Any], language: str, *, is_exact: bool = False) -> None:
        self.marks = PointsShown.of_frame(frame, language, is_exact=is_exact)
        self.max = frame["max"]
        self.by_criteria = self.marks.is_of_criteria
        self.only_selects = frame.get("only_selects", False)
        self.in_points = self.marks.shown_as != "eligibility" and not self.only_selects
        parts = frame["criteria" if self.by_criteria else "dimensions"] if self.in_points else []
        titles = {part["code"]: part[f"title_{language}"] or part["title_th"] for part in parts}
        self.tiers = {tier["code"]: tier[f"title_{language}"] for tier in frame["tiers"]}
        self.columns = [
            PointsColumn(part["code"], heading, titles[part["code"]], part["max"])
            for part, heading in zip(parts, headings(titles), strict=True)
        ]

    def cells(self, parts: dict[str, dict[str, Any]]) -> list[str]:
        """A result's cells, in the columns' order. `parts`: its criteria if `by_criteria`, else its dimensions."""
        kept = [parts[column.code] for column in self.columns]
        return [self.marks.mark(part) or self.marks.points(part["earned"]) for part in kept]

    def of_whole(self, result: Any) -> dict[str, Any]:
        """What a result says of the whole: its award, its points in all."""
        return {
            "result": result,
            "tier": self.tiers.get(result.tier, ""),
            "total": "" if self.only_selects else self.total(f"{result.total:.2f}", f"{result.attainable:.2f}"),
            "in_points": self.in_points,
        }

    def total(self, earned: str, attainable: str) -> str:
        """A result's points in all, or its verdict."""
        return self.marks.of_totals.show({"earned": earned, "attainable": attainable, "max": self.max})
