"""How codes and points are shown, and as what: points, letters, levels, or a verdict. No score is computed here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from scoring.engine.facts.terms import SHOWN_AS, ShownAs

from .proof import Node
from .scheme import Criterion

NUMBERING = re.compile(r"[a-z]{0,2}[0-9]+(\.[0-9]+)*")


def numbering(code: str, after: str = "") -> str:
    """A code as it is printed before a title, with what stands between: 2.1.3, m1; '' for one that is only a name."""
    return f"{code}{after}" if NUMBERING.fullmatch(code) else ""


def plain_points(points: Decimal | str) -> str:
    """Points as people read them: 5, 7.50, 100. Two decimals stand only where they are not zero."""
    return f"{Decimal(points):.2f}".removesuffix(".00")


def read_grades(node: Node, shown_as: ShownAs) -> dict[str, Decimal]:
    """The word `letters` of a scheme's outermost mapping: grade -> points; empty unless letters are shown."""
    if shown_as != "letters":
        if node.has("letters") and shown_as in SHOWN_AS:
            node.fault("letters", "ใช้ได้กับ shown_as: letters เท่านั้น", "belongs to 'shown_as: letters'")
        return {}
    inner = node.child("letters")
    grades = {grade: inner.points(grade) for grade in inner} if inner else {}
    for grade, points in grades.items():
        if inner and list(grades.values()).index(points) < list(grades).index(grade):
            inner.fault(grade, "มีตัวอักษรของคะแนนนี้แล้ว", "another letter stands for the same points")
    return grades


def check_display(node: Node, shown_as: ShownAs, grades: Mapping[str, Decimal], criteria: Iterable[Criterion]) -> None:
    """Whatever a criterion may earn has a letter, is a level, or is all or nothing."""
    if shown_as == "points" or node.proof.faults:
        return  # a rule that could not be read earns nothing
    earned = set[Decimal]()
    for criterion in criteria:
        code, rows = criterion.code, criterion.rule.earned_by_row()
        if rows is None:
            th, en = f"กติกาของข้อ '{code}' ไม่มีแถว", f"the rule of '{code}' has no rows, so only points can be shown"
            node.fault("shown_as", th, en)
            continue
        earned |= rows
        fits, th, en = {
            "letters": (grades.values(), "ซึ่งไม่มีตัวอักษร", "which has no letter"),
            "level": ({points for points in rows if points == int(points)}, "ซึ่งไม่ใช่ระดับ", "which is no level"),
            "eligibility": ({criterion.max}, "จึงไม่ใช่ผ่านหรือไม่ผ่าน", "which is neither all nor nothing"),
        }[shown_as]
        for points in sorted(rows.difference(fits)):
            node.fault("shown_as", f"ข้อ '{code}' ได้ {points} {th}", f"'{code}' may earn {points}, {en}")
    for grade, points in grades.items():
        if points not in earned:
            node.fault("letters", f"ไม่มีข้อใดได้ {points} ของ {grade}", f"no criterion earns the {points} of {grade}")
