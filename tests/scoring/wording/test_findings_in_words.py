"""What the engine found, said in Thai and English with the scheme's own titles."""

import json
import re

import pytest

from scoring import shipped
from scoring.engine import Facts, score
from scoring.wording import findings_in_words, offers_in_words
from scoring.wording.points_shown import state
from tests.scoring.engine.making import AFTER, BEFORE, facts, longer, piece, sheet
from tests.servers import ROOT


def said(code: str, given: Facts, language: str = "th") -> tuple[list[str], list[str]]:
    scheme = shipped.schemes()[given.scheme]
    kept = json.loads(json.dumps(score(scheme, given).criteria[code].as_json()))
    return findings_in_words.why(scheme, code, kept, language), offers_in_words.next_steps(scheme, code, kept, language)


def test_evidence_that_is_missing_waiting_counted_or_late() -> None:
    title = "รายงานการสร้างความรู้ Big Data และ Click ชุมชน"
    waiting = piece("1.1.report", "2023-06-01T09:00", status="submitted")
    why, following = said("1.1", facts(BEFORE))
    assert why[1] == f"{title}: ยังไม่มี ส่งได้ถึง 31 กรกฎาคม 2566"
    assert following == [f"ได้อีก 5 คะแนน: ส่ง{title} ภายใน 31 กรกฎาคม 2566"]
    returned = piece("1.1.report", "2023-06-01T09:00", status="returned")
    why, _ = said("1.1", facts(BEFORE, returned))
    assert why[1] == f"{title}: ส่งคืนแก้ไขแล้ว ส่งได้ถึง 31 กรกฎาคม 2566"
    why, following = said("1.1", facts(BEFORE, waiting))
    assert why[1] == f"{title}: รอตรวจรับ 1 รายการ ส่งได้ถึง 31 กรกฎาคม 2566"
    assert following == [f"ได้อีก 5 คะแนน: รอตรวจรับ{title}"]
    why, following = said("1.1", facts(BEFORE, waiting, basis="claimed"))
    assert why[1] == f"{title}: นับแล้ว 1 รายการ"
    assert following == []
    why, _ = said("1.1", facts("2023-08-02T00:00", piece("1.1.report", AFTER)))
    assert why[1] == f"{title}: ส่งเลยกำหนด 1 รายการ หมดเขต 31 กรกฎาคม 2566"


def test_an_extension_moves_the_day_that_is_said() -> None:
    _, following = said("1.1", facts(AFTER, extensions=(longer("1.1.report", "2023-08-10"),)), "en")
    assert following[0].endswith("by 10 August 2566 BE (2023)")


def test_what_central_staff_record_is_told_as_theirs() -> None:
    theirs, own = said("1.4", facts("2022-12-01T12:00"))[1][0].split(", ")
    assert theirs.endswith("(ส่วนกลางเป็นผู้บันทึก)")
    assert "ส่วนกลาง" not in own
    scheme = shipped.schemes()["cdd40-2566"]
    kept = json.loads(json.dumps(score(scheme, facts("2022-12-01T12:00")).criteria["1.4"].as_json()))
    (step, *_) = offers_in_words.next_steps(scheme, "1.4", kept, "th", is_organised=True)
    assert step.split(", ")[0].endswith("(ผู้จัดการประกวดเป็นผู้บันทึก)")


def test_months_are_said_together_each_with_its_day() -> None:
    done = [piece("3.5.report", f"2023-0{month}-20T09:00", period=f"2023-0{month}") for month in range(2, 6)]
    why, following = said("3.5", facts("2023-06-15T12:00", *done), "en")
    assert why[1] == (
        "Monthly report of results: done February 2023, March 2023, April 2023, May 2023; open June 2023, July 2023"
    )
    assert following == [
        "5 more points: hand in Monthly report of results "
        "June 2023 (by 30 June 2566 BE (2023)), July 2023 (by 31 July 2566 BE (2023))"
    ]


def test_channels_that_are_there_and_those_that_lack() -> None:
    ladder = [piece(f"1.3.{step}", "2023-03-01T09:00") for step in ("training", "assessment", "accounts", "report")]
    why, following = said("1.3", facts(BEFORE, *ladder, piece("1.3.publication", "2023-05-01T09:00", "website")))
    assert "ช่องทาง เว็บไซต์ (ต้องมีอย่างน้อย 2 ช่องทาง)" in why[-1]
    assert following[0].startswith("ได้อีก 1 คะแนน: ส่งการเผยแพร่รายงานข้อมูลจาก PDOC")
    assert "(มีแล้ว: เว็บไซต์)" in following[0]
    nowhere, _ = said("1.3", facts(BEFORE, *ladder))
    assert "ยังไม่มีช่องทาง (ต้องมีอย่างน้อย 2 ช่องทาง)" in nowhere[-1]
    assert ";" not in "".join([*why, *nowhere]), "Thai knows no semicolon"
    assert [getattr(one, "is_below", False) for one in nowhere] == [False, True] * 5


def test_a_band_names_its_numbers_and_the_fall() -> None:
    values = {"2.1.1.target": 50000, "2.1.1.collected": 50210, "2.1.1.confidence": 94.5}
    why, following = said("2.1.1", facts(BEFORE, values=values), "en")
    assert why == [
        "Households collected 50,210 households, Target households 50,000 households, which is 100.42 %, "
        "Average confidence in the quality of data 94.5 %: “Over 99 to 100 %, with a confidence "
        "above 95 %”, 8 points (one level down: Average confidence in the quality of data is not high enough)"
    ]
    assert following == [
        "2 more points: Average confidence in the quality of data more than 95 % by 31 July 2566 BE (2023)",
    ]


def test_a_share_of_what_is_not_known_is_said_with_its_bands_own_bound() -> None:
    """97.5 % is over 97 % too: that the offer was weighed with 98 of 100 is not what is asked."""
    values = {"2.1.1.confidence": 96}
    _, following = said("2.1.1", facts(BEFORE, values=values), "en")
    target, collected = "enter Target households", "Households collected"
    until = "of Target households by 31 July 2566 BE (2023)"
    assert following == [
        f"2 more points: {target}, enter {collected} by 31 July 2566 BE (2023)",
        f"4 more points: {target}, {collected} at least 55 % {until}",
        f"6 more points: {target}, {collected} more than 97 % {until}",
        f"8 more points: {target}, {collected} more than 99 % {until}",
        f"10 more points: {target}, {collected} more than 100 % {until}",
    ]
    _, following = said("2.1.1", facts(BEFORE, values=values))
    assert following[2] == (
        "ได้อีก 6 คะแนน: ระบุครัวเรือนเป้าหมายที่กรมฯ กำหนด, "
        "ครัวเรือนที่จัดเก็บข้อมูล จปฐ. มากกว่า ร้อยละ 97 ของครัวเรือนเป้าหมายที่กรมฯ กำหนด ภายใน 31 กรกฎาคม 2566"
    )


def test_a_change_from_what_is_not_known_is_said_as_a_share_of_it() -> None:
    at = "2022-06-01T00:00"
    _, following = said("m7", facts(at, scheme="missions-2565"), "en")
    assert " at least 110 % of " in following[-1]
    _, following = said("m6", facts(at, scheme="missions-2565"), "en")
    assert " at most 70 % of " in following[-1]


def test_a_percentage_is_cut_so_that_what_is_short_never_reads_as_reached() -> None:
    why, _ = said("3.3", facts(AFTER, values={"3.3.total": 100000, "3.3.protected": 98999}), "en")
    assert "98.99 %" in why[0]
    why, _ = said("3.3", facts(AFTER, values={"3.3.total": 1000000, "3.3.protected": 999999}), "en")
    assert "99.99 %" in why[0]


def test_a_date_against_its_due_date() -> None:
    due, received = {"2.1.2.due": "2023-05-31"}, {"2.1.2.received_on": "2023-06-06"}
    why, _ = said("2.1.2", facts(AFTER, settings=due, values=received))
    assert why == ["ครบเมื่อ 6 มิถุนายน 2566 กำหนด 31 พฤษภาคม 2566 ช้า 4 วันทำการ: ช้าไม่เกิน 5 วันทำการ ได้ 2 คะแนน"]
    why, following = said("2.1.2", facts("2023-05-20T12:00", settings=due))
    assert why == ["วันที่กรมฯ ลงรับหนังสือนำส่งและคำรับรองครบถ้วน: ยังไม่มี กำหนด 31 พฤษภาคม 2566"]
    assert following[0].endswith("ภายใน 30 พฤษภาคม 2566")
    why, _ = said("2.1.2", facts(BEFORE))
    assert why == ["ยังไม่ได้ตั้ง วันที่กรมฯ กำหนดให้ส่งคำรับรองคุณภาพข้อมูล จปฐ."]


def test_judges_points_are_promised_as_at_most() -> None:
    gate = piece("5.report", "2023-06-01T09:00"), piece("5.checklist", "2023-06-01T09:00")
    why, following = said("5.1", facts(BEFORE, *gate, sheets=(sheet(i511="2", i512="3"),), expected_sheets=2))
    assert why[-2] == "ความใหม่ของผลงาน วิธีการ หรือกระบวนการ: เฉลี่ย 2 จาก 3 (กรรมการ 1 คน) รออีก 1 คน"
    assert following[0].startswith("เพิ่มได้สูงสุด 0.50 คะแนน")


def test_parts_of_a_mission_and_its_level() -> None:
    given = facts("2022-06-01T00:00", scheme="missions-2565", values={"m4.2.percent": 20})
    why, following = said("m4", given, "en")
    assert why[0] == "40 of 100 points: level 2 (21 - 40 points)"
    assert "Plan carried out: 40 of 60 points" in why
    assert following == [
        "1 more point: Plan carried out from January to June 2022 at least 30 % by 30 June 2565 BE (2022)",
    ]


@pytest.mark.parametrize("language", ["th", "en", "fr"])
def test_an_unknown_language_is_said_in_thai(language: str) -> None:
    why, _ = said("1.1", facts(BEFORE), language)
    assert why[0].endswith("(5 points): open" if language == "en" else "(5 คะแนน): ยังทำได้")


def test_nothing_kept_yet_says_nothing() -> None:
    scheme = shipped.schemes()["cdd40-2566"]
    empty = {"earned": "0.00", "attainable": "5.00", "max": "5.00"}
    assert findings_in_words.why(scheme, "1.1", empty, "th") == []
    assert offers_in_words.next_steps(scheme, "1.1", empty, "th") == []


def test_what_was_kept_under_another_edition_is_not_said_in_wrong_words() -> None:
    scheme = shipped.schemes()["cdd40-2566"]
    kept = score(scheme, facts(BEFORE)).criteria
    assert findings_in_words.why(scheme, "1.1", kept["1.3"].as_json(), "th") == []
    assert findings_in_words.why(scheme, "1.1", kept["3.1"].as_json(), "th") == []
    assert findings_in_words.why(scheme, "gone", kept["1.1"].as_json(), "th") == []
    assert offers_in_words.next_steps(scheme, "gone", kept["1.1"].as_json(), "th") != []


@pytest.mark.parametrize("at", [BEFORE, AFTER])
def test_a_step_stands_on_paper_as_on_the_page(at) -> None:
    """The first step was missed: whatever was done after it earns nothing, and that is said."""
    later = [piece(f"1.3.{step}", "2023-05-01T09:00") for step in ("assessment", "accounts")]
    given = facts(at, *later)
    scheme = shipped.schemes()["cdd40-2566"]
    criterion, scored = scheme.criteria["1.3"], score(scheme, given).criteria["1.3"].as_json()
    states = [state(criterion.rule, level.points, scored) for level in criterion.levels]
    assert states == ["missed"] * 5
    steps = [line for line in said("1.3", given)[0] if "คะแนน):" in line]
    assert len(steps) == 5
    assert [": หมดสิทธิ์แล้ว" in line for line in steps] == [True, False, False, True, True]
    assert [line.endswith("ทำแล้ว (แต่พลาดขั้นก่อนหน้า จึงไม่ได้คะแนน)") for line in steps] == [False, True, True, False, False]


def test_a_step_waits_for_one_before_it() -> None:
    later = piece("1.3.assessment", "2023-03-01T09:00")
    steps = [line for line in said("1.3", facts("2023-03-15T12:00", later), "en")[0] if "points" in line]
    assert steps[1] == "Knowledge assessed (2 points): done (it waits for a step before it)"


def test_a_lower_step_is_passed_by_where_steps_do_not_add_up() -> None:
    given = [piece("4.1.document", "2023-05-01T09:00"), piece("4.1.video", "2023-05-01T09:00", "line", "x")]
    why, _ = said("4.1.1", facts(BEFORE, *given, values={"4.1.parts_complete": True}), "en")
    assert why[0].endswith("(1 points): exceeded")


@pytest.mark.parametrize(("language", "missed"), [("en", "missed"), ("th", "หมดสิทธิ์แล้ว")])
def test_a_step_whose_day_has_passed_is_missed_though_a_higher_one_is_open(language: str, missed: str) -> None:
    """Steps that stand beside each other: the plan may still be kept, the certificate came too late."""
    given = facts("2025-06-05T00:00", scheme="milestone-2568", values={"2025-05.planned_on": "2025-06-20"})
    why, _ = said("2025-05", given, language)
    certificate = shipped.schemes()["milestone-2568"].criteria["2025-05"].rule.steps[1].text.to(language)
    assert [line.rpartition(": ")[2] for line in why if line.startswith(certificate)] == [missed]


def findings_of_every_kind() -> list[str]:
    """The names that rules and conditions give what they found, read from their sources."""
    arithmetic = ROOT / "scoring/engine/arithmetic"
    named = re.compile(r'finding_of\(\s*"(\w+)"')
    return sorted({name for path in arithmetic.rglob("*.py") for name in named.findall(path.read_text())})


def test_every_finding_has_its_words_and_an_unknown_one_is_no_silence() -> None:
    kinds = findings_of_every_kind()
    assert len(kinds) > 10
    words = (ROOT / "scoring/wording/findings_in_words.py").read_text()
    assert [kind for kind in kinds if f'"{kind}"' not in words] == []
    scheme = shipped.schemes()["cdd40-2566"]
    sentences = findings_in_words._Sentences(scheme, "th")
    found, scored = {"about": "no such thing", "outcome": "met"}, {"earned": "1", "attainable": "1"}
    for tell in (
        lambda: list(sentences.finding(found, scheme.criteria["1.1"].rule, scored)),
        lambda: sentences.leaf(found),
    ):
        with pytest.raises(TypeError, match="no such thing"):
            tell()
