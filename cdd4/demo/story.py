"""Invents what an office did in a round: what it handed in and when, how it was reviewed, its figures, its marks.

Pure and seeded: the same office, strength and moment give the same story. No real person or event is behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from scoring.engine import CHANNELS, Requirement, Scheme

BANGKOK = ZoneInfo("Asia/Bangkok")
RETURN_REASONS = (
    "เอกสารไม่มีลายมือชื่อผู้บังคับบัญชา กรุณาลงนามแล้วส่งใหม่",
    "ไฟล์ไม่ตรงกับรายการหลักฐาน กรุณาตรวจสอบแล้วแนบไฟล์ที่ถูกต้อง",
    "ภาพถ่ายไม่ชัดเจน มองไม่เห็นกิจกรรมและวันที่",
    "รายงานขาดส่วนปัญหาอุปสรรคและข้อเสนอแนะ",
    "เปิดลิงก์ไม่ได้ กรุณาตั้งค่าให้ผู้อื่นเปิดดูได้",
    "ข้อมูลเป็นของปีที่แล้ว กรุณาส่งข้อมูลของปีนี้",
)
NOTES = ("", "", "", "", "", "ส่งตามหนังสือสั่งการ")
CORRECTED = "แก้ไขตามข้อเสนอแนะแล้ว"
REMARKS = ("", "", "นำไปใช้จริงได้ดี", "ควรขยายผลไปยังอำเภออื่น", "มีแผนพัฒนาต่อยอดชัดเจน")
EXTENSION_REASONS = ("น้ำท่วมในพื้นที่", "ระบบส่วนกลางขัดข้อง", "ไฟฟ้าดับหลายวันจากพายุฤดูร้อน")
# What stands in the forms of the officer who logs in: in one that was handed in, and in one that was begun.
_WORK = {"name-th": "ระบบติดตามหมู่บ้านเศรษฐกิจพอเพียงต้นแบบ", "office": "สำนักงานพัฒนาชุมชนจังหวัดกระบี่"}
FILLED: dict[str, dict[str, Any]] = {
    "innovation-checklist": _WORK
    | {"kind": "delivery", "1.1": "improved", "1.2": ["forum", "analysis"], "2.1": ["people", "other"]}
    | {
        "2.1:other": "แนะนำในการประชุมคณะกรรมการพัฒนาชุมชนระดับอำเภอ",
        "2.2": ["work", "people"],
        "2.3": "very-good",
        "2.4": "yes",
    }
}
BEGUN: dict[str, dict[str, Any]] = {
    "innovation-report": _WORK
    | {"coordinator": "เจ้าหน้าที่จังหวัดกระบี่ (สาธิต)", "position": "นักวิชาการพัฒนาชุมชนชำนาญการ"}
    | {
        "1": "ข้อมูลของหมู่บ้านเศรษฐกิจพอเพียงต้นแบบเก็บไว้หลายแห่ง เจ้าหน้าที่ใช้เวลาค้นหานาน และรายงานต่อจังหวัดไม่ทันกำหนด",
        "2": "รวมข้อมูลไว้ที่เดียว ให้หมู่บ้านบันทึกผลด้วยโทรศัพท์ และให้อำเภอกับจังหวัดเห็นความก้าวหน้าพร้อมกัน",
    }
}
# What each requirement is handed in as; one report where nothing is said.
KINDS: dict[str, tuple[str, ...]] = {
    "1.2.report": ("docx",),
    "1.3.training": ("jpg",),
    "1.3.accounts": ("xlsx",),
    "1.3.publication": ("link",),
    "1.4.workshop": ("xlsx",),
    "1.4.report": ("pptx",),
    "3.1.assignment": ("pdf",),
    "3.2.inventory": ("xlsx",),
    "3.2.accounts": ("xlsx",),
    "3.2.website": ("link",),
    "4.1.video": ("mp4",),
    "4.2.publicity": ("link", "png"),
    "4.2.activity": ("jpg",),
    "5.report": ("docx", "pdf"),
}
# Days that count more than the last one: points fall after them.
WATCHED = {"4.1.document": date(2023, 5, 31), "4.1.video": date(2023, 5, 31)}
FIRST_DAY = date(2023, 2, 1)
REVIEWED_AFTER = timedelta(days=12)
ASKED_FROM = "2023-04"
MUCH_NEWS = 24
MUCH_NEWS_REASON = "จำนวนข่าวมากกว่าที่พบบนเว็บไซต์ กรุณาตรวจสอบและแก้ไข"


@dataclass
class InventedEvidence:
    """One file or link. `instead_of` is the place in the story's pieces of what it replaces."""

    requirement: str
    period: str
    kind: str
    submitted_at: datetime
    channels: list[str]
    note: str = ""
    status: str = "submitted"
    decided_at: datetime | None = None
    reason: str = ""
    instead_of: int | None = None


@dataclass
class Amount:
    code: str
    period: str
    text: str
    entered_at: datetime
    by_central: bool
    decided_at: datetime | None = None  # when it was reviewed, where it was
    reason: str = ""  # why it was returned


@dataclass
class InventedSheet:
    judge: int  # place in the committee
    points: dict[str, str]
    remark: str
    is_final: bool
    saved_at: datetime


@dataclass
class Grace:
    requirement: str
    period: str
    until: date
    reason: str
    order_number: str
    granted_at: datetime


@dataclass
class Story:
    pieces: list[InventedEvidence] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    marks: list[InventedSheet] = field(default_factory=list)
    graces: list[Grace] = field(default_factory=list)


@dataclass
class Teller:
    """Tells one office's story. `strength` runs from 0, which does nothing, to 1, which does all of it in time."""

    scheme: Scheme
    chance: Random
    size: str
    strength: float
    now: datetime
    is_over: bool  # all that was handed in has been reviewed and judged

    def tell(self) -> Story:
        story = Story()
        if not self.strength:
            return story
        for requirement, period, due in self._slots():
            self._hand_in(story, requirement, period, due)
        for code, period, text, entered in self._figures():
            if entered <= self.now:
                central = self.scheme.values[code].by == "central"
                story.amounts.append(self._reviewed(Amount(code, period, text, entered, central)))
        self._judge(story)
        return story

    def _reviewed(self, amount: Amount) -> Amount:
        """What an office counted is looked at within a fortnight; so much news is asked about."""
        decided = amount.entered_at + REVIEWED_AFTER
        if amount.by_central or (decided > self.now and not self.is_over):
            return amount
        amount.decided_at = min(decided, self.now - timedelta(hours=1))
        is_asked = amount.code == "3.4.news" and amount.period >= ASKED_FROM and int(amount.text) >= MUCH_NEWS
        if is_asked and not self.is_over:
            amount.reason = MUCH_NEWS_REASON
        return amount

    def _slots(self) -> Iterator[tuple[Requirement, str, date]]:
        for requirement in self.scheme.requirements.values():
            for period in requirement.periods:
                yield requirement, period.code, period.due
            if not requirement.periods:
                yield requirement, "", requirement.due

    def _is_done(self, ease: float = 0.0) -> bool:
        return self.chance.random() < 0.3 + 0.75 * self.strength + ease

    def _moment(self, day: date) -> datetime:
        """Some minute of office hours; nobody works on Saturday and Sunday."""
        day -= timedelta(days=max(0, day.weekday() - 4))
        minutes = self.chance.randrange(8 * 60 + 30, 16 * 60 + 30)
        return datetime.combine(day, time(minutes // 60, minutes % 60), BANGKOK)

    # Evidence

    def _hand_in(self, story: Story, requirement: Requirement, period: str, due: date) -> None:
        done, late = self._is_done(), self.chance.random() < 0.12 * (1 - self.strength)
        watched = WATCHED.get(requirement.code, due)
        usual = 30 if watched == self.scheme.close else 8  # what is due at the very end is often ready long before
        lead = 1 + int(self.chance.expovariate(1 / usual) + 5 * self.strength)
        day = watched + timedelta(days=self.chance.randrange(1, 7)) if late else watched - timedelta(days=lead)
        first = self._moment(max(day, min(FIRST_DAY, due)))
        if not done or first > self.now:
            return
        if late and watched == due and self.chance.random() < 0.5:
            self._give_time(story, requirement.code, period, due, first)
        for kind in KINDS.get(requirement.code, ("pdf",)):
            if kind == "png" and self.chance.random() < 0.5:
                continue
            piece = InventedEvidence(
                requirement.code, period, kind, first, self._channels(requirement), self.chance.choice(NOTES)
            )
            self._add_with_review(story, piece)

    def _channels(self, requirement: Requirement) -> list[str]:
        if not requirement.channels:
            return []
        named = [c for c in CHANNELS if c in requirement.allowed_channels]
        wanted = (
            requirement.channels + self.chance.choice((-1, 0, 0, 1)) if self.strength < 0.8 else requirement.channels
        )
        return sorted(self.chance.sample(named, max(1, wanted)))

    def _give_time(self, story: Story, requirement: str, period: str, due: date, handed_in: datetime) -> None:
        number = f"มท 0408/ว {self.chance.randrange(1000, 4000)}"
        until = handed_in.date() + timedelta(days=self.chance.randrange(1, 6))
        reason = self.chance.choice(EXTENSION_REASONS)
        story.graces.append(Grace(requirement, period, until, reason, number, self._moment(due - timedelta(days=1))))

    def _add_with_review(self, story: Story, piece: InventedEvidence) -> None:
        place = len(story.pieces)
        story.pieces.append(piece)
        if self.chance.random() < 0.03:  # the wrong file: taken back, and another handed in
            again = piece.submitted_at + timedelta(hours=2)
            piece.status, piece.decided_at = "withdrawn", piece.submitted_at + timedelta(minutes=40)
            self._add_again(story, piece, again, None)
            return
        decided = self._moment((piece.submitted_at + timedelta(days=self.chance.randrange(4, 22))).date())
        accepted = self.chance.random() < 0.84 + 0.14 * self.strength
        if decided > self.now and not self.is_over:
            return
        piece.decided_at = decided = min(decided, self.now - timedelta(hours=1))
        if accepted or piece.instead_of is not None:
            piece.status = "accepted"
            return
        piece.status, piece.reason = "returned", self.chance.choice(RETURN_REASONS)
        if self.chance.random() < self.strength:
            soon = self._moment((decided + timedelta(days=self.chance.randrange(2, 9))).date())
            # A Saturday is brought forward to Friday: still after what it answers.
            self._add_again(story, piece, max(soon, decided + timedelta(minutes=30)), place)

    def _add_again(self, story: Story, piece: InventedEvidence, when: datetime, instead_of: int | None) -> None:
        if when <= self.now:
            again = InventedEvidence(piece.requirement, piece.period, piece.kind, when, piece.channels, piece.note)
            if instead_of is not None:
                again.instead_of, again.note = instead_of, CORRECTED
            self._add_with_review(story, again)

    # Figures

    def _figures(self) -> Iterator[tuple[str, str, str, datetime]]:
        """(code, period, text, when it was entered) of every value."""
        yield from self._collection()
        yield from self._central_data()
        yield from self._computers()
        yield from self._services()
        yield from self._big_data()

    def _number(self, low: float, high: float) -> float:
        """Between low and high, nearer to high the stronger the office."""
        place = min(1.0, max(0.0, self.strength + self.chance.uniform(-0.25, 0.25)))
        return low + (high - low) * place

    def _collection(self) -> Iterator[tuple[str, str, str, datetime]]:
        target = self.chance.randrange(6, 16) * {"small": 2000, "medium": 4000, "large": 8000}[self.size]
        entered = self._moment(date(2023, 6, 15))
        yield "2.1.1.target", "", str(target), entered
        yield "2.1.1.collected", "", str(int(target * self._number(0.93, 1.008))), entered
        yield "2.1.1.confidence", "", f"{self._number(86, 99.5):.1f}", entered
        if self._is_done(0.1):
            received = date(2023, 5, 31) + timedelta(days=round(6 - self._number(0, 14)))
            yield "2.1.2.received_on", "", received.isoformat(), self._moment(received + timedelta(days=4))

    def _central_data(self) -> Iterator[tuple[str, str, str, datetime]]:
        yield (
            "2.2.1.updated",
            "",
            str(round(self._number(6.5, 12.3)) if self.strength < 0.9 else 12),
            self._moment(date(2023, 6, 28)),
        )
        if self._is_done():
            recorded = date(2023, 6, 30) + timedelta(days=round(7 - self._number(0, 16)))
            yield "2.2.2.recorded_on", "", recorded.isoformat(), self._moment(recorded + timedelta(days=3))

    def _computers(self) -> Iterator[tuple[str, str, str, datetime]]:
        total = self.chance.randrange(40, 140)
        yield "3.3.total", "", str(total), self._moment(date(2023, 6, 20))
        yield (
            "3.3.protected",
            "",
            str(round(total * min(1.0, self._number(0.78, 1.03)))),
            self._moment(date(2023, 6, 20)),
        )

    def _services(self) -> Iterator[tuple[str, str, str, datetime]]:
        for period in self.scheme.values["3.4.news"].periods:
            if not self._is_done(0.25):
                continue
            entered = self._moment(period.due)
            held = self.chance.randrange(0, 5)
            yield "3.4.news", period.code, str(round(self._number(8, 24))), entered
            yield "3.4.conference_held", period.code, str(held), entered
            early = held if self._is_done(0.2) else self.chance.randrange(0, held + 1)
            yield "3.4.conference_early", period.code, str(early), entered
            yield "3.4.webex", period.code, str(round(self._number(2, 7))), entered

    def _big_data(self) -> Iterator[tuple[str, str, str, datetime]]:
        checked = self._moment(date(2023, 6, 26))
        yield "4.1.parts_complete", "", "true" if self._is_done() else "false", checked
        yield "4.1.extra_content", "", "true" if self.chance.random() < self.strength else "false", checked
        target = {"small": 2000, "medium": 4000, "large": 6000}[self.size] if self.scheme.targets else 0
        yield "4.2.downloads", "", str(int(target * self._number(0.35, 1.35))), self._moment(date(2023, 7, 7))

    # Judging

    def _judge(self, story: Story) -> None:
        handed = {piece.requirement for piece in story.pieces if piece.status in ("accepted", "submitted")}
        if not {"5.report", "5.checklist"} <= handed:
            return
        level = self.strength + self.chance.uniform(-0.1, 0.05)
        for judge in range(3):
            saved = self._moment((self.now - timedelta(days=self.chance.randrange(1, 9))).date())
            is_final = self.is_over or self.chance.random() < 0.55
            if not is_final and self.chance.random() < 0.5:
                continue
            points = {
                code: self._mark(item.max, level)
                for code, item in self.scheme.items.items()
                if is_final or self.chance.random() < 0.6
            }
            story.marks.append(InventedSheet(judge, points, self.chance.choice(REMARKS), is_final, saved))

    def _mark(self, most: Decimal, level: float) -> str:
        """Points in halves."""
        halves = round(float(most) * 2 * min(1.0, max(0.0, level + self.chance.uniform(-0.15, 0.15))))
        return f"{Decimal(halves) / 2:f}"
