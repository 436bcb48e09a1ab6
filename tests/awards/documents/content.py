"""The content of a publication as it is frozen, made up for tests: 76 provinces with the main scheme's shape."""

import csv
from decimal import Decimal
from pathlib import Path
from random import Random

from django.conf import settings

DIMENSIONS = {
    "1": ("ด้านการพัฒนาบุคลากร (Digital Literacy)", {"1.1": 5, "1.2": 5, "1.3": 5, "1.4": 5}),
    "2": ("ด้านการบริหารจัดการข้อมูลเพื่อการพัฒนาชุมชน", {"2.1.1": 10, "2.1.2": 5, "2.2.1": 5, "2.2.2": 5}),
    "3": ("ด้านการบริหารระบบเทคโนโลยีสารสนเทศ", {"3.1": 5, "3.2": 5, "3.3": 5, "3.4": 5, "3.5": 5}),
    "4": ("ด้านการส่งเสริมการใช้ประโยชน์จากข้อมูล", {"4.1.1": 5, "4.1.2": 5, "4.2": 10}),
    "5": ("ด้านนวัตกรรมเทคโนโลยีสารสนเทศ", {"5.1": 6, "5.2": 4}),
}
TIERS = [
    ("winner", "รางวัลชนะเลิศ", 1, "ดีเด่น", 15000, "โล่รางวัล"),
    ("runner_up_1", "รางวัลรองชนะเลิศ อันดับ 1", 1, "ดีเด่น", 10000, "โล่รางวัล"),
    ("runner_up_2", "รางวัลรองชนะเลิศ อันดับ 2", 1, "ดีเด่น", 5000, "โล่รางวัล"),
    ("commended", "รางวัลชมเชย", 10, "ระดับดี", None, "ประกาศนียบัตรพร้อมกรอบ"),
]
WHY = {
    "th": [
        "นับ: รายงานผลการจัดกิจกรรมสร้างความรู้ ส่งเมื่อ 14 มีนาคม 2566 ภายในกำหนด 31 กรกฎาคม 2566 ช่องทาง Facebook และเว็บไซต์",
        "ขาด: รายงานเดือนมิถุนายน 2566 ครบกำหนดแล้ว น้ำหนักคะแนนขั้นนี้จึงไม่ได้รับ",
    ],
    "en": ["Counted: the report of 14 March 2023.", "Missed: the report of June 2023."],
}


def made_up(number: int = 1, reason: str = "", decisions: tuple = (), is_practice: bool = False) -> dict:
    random = Random(76)
    criteria = [
        {
            "code": code,
            "dimension": dimension,
            "title_th": f"ผลการดำเนินงานตามรายการที่ {code}",
            "title_en": code,
            "max": f"{most}.00",
        }
        for dimension, (_, lines) in DIMENSIONS.items()
        for code, most in lines.items()
    ]
    path = Path(settings.BASE_DIR) / "submissions" / "data" / "provinces.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        offices = [
            {
                "code": row["iso_code"],
                "kind": "province",
                "name_th": row["name_th"],
                "name_en": row["name_en"],
                "size": row["size"],
            }
            for row in csv.DictReader(file)
        ]
    results = [result(office, criteria, random) for office in offices]
    results.sort(key=lambda result: -Decimal(result["total"]))
    totals = [result["total"] for result in results]
    given = [code for code, _, count, *_ in TIERS for _ in range(count)]
    for place, one in enumerate(results):
        one["rank"] = totals.index(one["total"]) + 1
        one["tier"] = given[place] if place < len(given) else ""
    return {
        "publication": {
            "number": number,
            "reason": reason,
            "as_of": "2023-08-15T16:30:00+07:00",
            "published_at": "2023-08-21T10:00:00+07:00",
            "previous": "",
        },
        "round": {
            "name_th": "พัฒนาชุมชนดิจิทัล 4.0 ประจำปี 2566",
            "name_en": "Community Development Digital 4.0, 2023",
            "is_practice": is_practice,
        },
        "edition": {
            "scheme": "cdd40-2566",
            "digest": "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730",
            "title_th": "พัฒนาชุมชนดิจิทัล 4.0 ประจำปี 2566",
            "title_en": "Community Development Digital 4.0, 2023",
        },
        "max": "100.00",
        "dimensions": [
            {"code": code, "title_th": title, "title_en": title, "max": f"{sum(lines.values())}.00"}
            for code, (title, lines) in DIMENSIONS.items()
        ],
        "criteria": criteria,
        "sizes": {
            "small": {"th": "เล็ก", "en": "small"},
            "medium": {"th": "กลาง", "en": "medium"},
            "large": {"th": "ใหญ่", "en": "large"},
        },
        "tiers": [
            {
                "code": code,
                "title_th": title,
                "title_en": code,
                "count": count,
                "level_th": level,
                "level_en": "",
                "prize": prize,
                "prize_in_kind_th": kind,
                "prize_in_kind_en": "",
            }
            for code, title, count, level, prize, kind in TIERS
        ],
        "decisions": [dict(decision) for decision in decisions],
        "results": results,
    }


def result(office: dict, criteria: list[dict], random: Random) -> dict:
    lines = {}
    for line in criteria:
        most = int(line["max"].partition(".")[0])
        lines[line["code"]] = {
            "earned": f"{random.randint(most * 40, most * 100) / 100:.2f}",
            "attainable": line["max"],
            "max": line["max"],
            "why_th": WHY["th"],
            "why_en": WHY["en"],
        }
    dimensions = {
        code: {"earned": str(sum(Decimal(lines[each]["earned"]) for each in of)), "max": f"{sum(of.values())}.00"}
        for code, (_, of) in DIMENSIONS.items()
    }
    total = str(sum(Decimal(one["earned"]) for one in dimensions.values()))
    return {
        "office": office,
        "rank": 0,
        "tier": "",
        "total": total,
        "claimed": total,
        "attainable": "100.00",
        "dimensions": dimensions,
        "criteria": lines,
    }
