"""What /styles/ shows the parts with: plain data, as pages hand it to them. No rows stand behind it."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator

TODAY = date(2023, 7, 10)
SENTENCE = "กระบี่ส่งหลักฐานครบ 12 รายการ ได้ 44 คะแนน"
# (kind, text): without a text, the words of that state.
STATUSES = [
    ("accepted", ""),
    ("submitted", ""),
    ("returned", ""),
    ("late", ""),
    ("draft", ""),
    ("missing", ""),
    ("extended", "ให้เวลาเพิ่ม"),
    ("withdrawn", ""),
    ("replaced", ""),
    ("open", "ขณะนี้"),
    ("", "ปิดแล้ว"),
]
NOTICES = [
    ("info", "ไฟล์เดียวกันนี้ส่งไว้แล้วในตัวชี้วัด 3.1"),
    ("success", "ส่งหลักฐานแล้ว เลขที่ใบรับ 2566-0042"),
    ("warning", "เหลือเวลาอีก 1 วัน หลังจากนั้นส่งได้แต่ไม่ได้คะแนน"),
    ("error", "ไฟล์ใหญ่เกิน 50 MB กรุณาย่อไฟล์หรือส่งเป็นลิงก์"),
]
# (title, value, the most there is, its colour in the bar, kind, link)
FIGURES = [
    ("คะแนนที่ตรวจรับแล้ว", "44", "100", "earned", "first", ""),
    ("คะแนนรวมรายการที่รอตรวจ", "63", "", "claimed", "", ""),
    ("สูงสุดที่ยังทำได้", "92", "", "attainable", "", ""),
    ("คะแนนที่หมดสิทธิ์ได้", "8", "", "max", "", ""),
    ("อันดับ", "28", "76", "", "", "#figures"),
]


def line(attainable: str, claimed: str, earned: str, checked: str, most: str = "100") -> SimpleNamespace:
    """The points of a criterion, as a bar is handed them."""
    verified = {"max": most, "attainable": attainable, "earned": earned}
    return SimpleNamespace(verified=verified, claimed={"earned": claimed}, checked=checked)


# (what it shows, its points)
BARS = [
    ("ยังไม่มีคะแนน", line("100", "0", "0", "0")),
    ("ได้บางส่วน รอตรวจบางส่วน 5 คะแนนยังไม่มีผู้ตรวจ และหมดสิทธิ์ 8", line("92", "63", "44", "39")),
    ("ได้เต็ม", line("100", "100", "100", "100")),
]
ROWS = [
    ("1", "ด้านการพัฒนาบุคลากร", line("20", "8.50", "3", "3", "20")),
    ("2", "ด้านการบริหารจัดการข้อมูล", line("25", "25", "25", "25", "25")),
]
PAGE = Paginator(range(60), 20).get_page(2)
PAGES = [("1", "#tables"), ("2", "#tables"), ("3", "#tables"), ("…", ""), ("9", "#tables")]
NOTHING, DEED = "ยังไม่มีการส่งหลักฐาน", "ส่งหลักฐานชิ้นแรก"
SIZES = [("small", "ขนาดเล็ก"), ("medium", "ขนาดกลาง")]
FOLD, WAITING = "รอคณะกรรมการและส่วนกลาง", "รอตรวจรับ 10 รายการ"
LIMITS = "PDF หรือภาพ ไม่เกิน 50 MB"


class Fields(forms.Form):
    name = forms.CharField(label="ชื่อผลงาน", help_text="ตามที่จะพิมพ์ในเกียรติบัตร")
    amount = forms.IntegerField(label="จำนวนครัวเรือน", min_value=0, required=False)
    office = forms.ChoiceField(label="อำเภอ", choices=[("1", "เมืองกระบี่"), ("2", "คลองท่อม")])
    code = forms.CharField(label="รหัสสำนักงาน", disabled=True, initial="TH-81")
    note = forms.CharField(label="หมายเหตุถึงคณะกรรมการ", widget=forms.Textarea(attrs={"rows": 2}))
    agreed = forms.BooleanField(label="ข้าพเจ้าตรวจสอบแล้ว")
    upload = forms.FileField(label="ไฟล์")


def filled_in() -> Fields:
    return Fields(initial={"name": "ตลาดชุมชนออนไลน์", "amount": "1250", "note": "ภาพถ่ายอยู่หน้า 3"}, auto_id="rest-%s")


def sent_with_faults() -> Fields:
    sent = {"name": "", "amount": "-5", "office": "1", "note": "ภาพถ่ายอยู่หน้า 3", "agreed": "on"}
    return Fields(sent, auto_id="fault-%s")


def task(title: str, state: str, gain: Decimal | None, button: str, **known: Any) -> SimpleNamespace:
    """One thing to do, as an office's list shows it."""
    usual: dict[str, Any] = {
        "more": [],
        "returned": [],
        "unfinished": None,
        "until": date(2023, 7, 31),
        "things": 1,
        "url": "#tasks",
    }
    codes = [SimpleNamespace(code=code) for code in known.pop("criteria", ["1.1"])]
    told = {"title": title, "state": state, "gain": gain, "button": button, "is_at_most": False, "criteria": codes}
    return SimpleNamespace(**usual | told | known)


def tasks() -> SimpleNamespace:
    evidence = SimpleNamespace(return_reason="ภาพถ่ายไม่ชัดเจน มองไม่เห็นวันที่", title="รายงาน.pdf")
    upload = SimpleNamespace(name="วีดิทัศน์.mp4", size=52_428_800)
    shown = [
        task(
            "รายงานผลการพัฒนานวัตกรรม",
            "returned",
            Decimal(10),
            "ส่งใหม่",
            is_at_most=True,
            criteria=["5.1", "5.2"],
            returned=[SimpleNamespace(evidence=evidence, is_plain=True)],
        ),
        task(
            "วีดิทัศน์สารสนเทศตำบลต้นแบบ",
            "unfinished",
            Decimal(5),
            "เลือกไฟล์เดิม",
            until=date(2023, 7, 12),
            unfinished=SimpleNamespace(upload=upload, received=20_971_520, kept_until=date(2023, 7, 17)),
        ),
        task("รายงานการสร้างความรู้ Big Data", "missing", Decimal("2.5"), "ส่ง", more=["แผนการดำเนินงาน"], things=2),
        task("ระบุจำนวนครัวเรือน", "", None, "กรอก"),
    ]
    facts = {"today": TODAY, "soon_until": date(2023, 7, 13), "most": shown[0], "easiest": shown[2]}
    return SimpleNamespace(shown=shown, rest=[], also_due=[], all=shown, is_first_day=False, **facts)
