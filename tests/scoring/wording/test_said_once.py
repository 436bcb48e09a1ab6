"""A rule told once: what a level's own words say is not said under them; a day or a number they lack is."""

from collections.abc import Iterator

import pytest

from scoring import shipped
from scoring.wording.rules_in_words import Clause, Prose, RuleInWords, RuleRow
from scoring.wording.said_once import once, tells_more

SCHEMES = shipped.schemes()


def told(code: str, criterion: str, language: str = "th") -> RuleInWords:
    return once(Prose(SCHEMES[code], language).rule(SCHEMES[code].criteria[criterion].rule))


def flat(clauses: tuple[Clause, ...]) -> list[str]:
    return [text for one in clauses for text in (one.text, *flat(one.parts))]


def asks(told: RuleInWords) -> list[list[str]]:
    return [flat(row.asks) for row in (*told.items, *told.rows)]


def rows_within(told: RuleInWords) -> Iterator[RuleRow]:
    yield from (*told.items, *told.rows)
    for part in told.parts:
        yield from rows_within(part.rule)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("ช้าไม่เกิน 3 วันทำการ", "ช้าไม่เกิน ๓ วันทำการ"),
        ("ตั้งแต่ร้อยละ 55 ถึงร้อยละ 97", "ร้อยละ 55 ถึง 97 และความเชื่อมั่นมากกว่าร้อยละ 90"),
        ("more than 99 % up to 100 %", "Over 99 to 100 %, with a confidence above 95 %"),
        ("ก่อนกำหนดส่ง", "ส่งก่อนวันกำหนด"),
        ("อย่างน้อย 2,000 ดาวน์โหลด", "ถึง 2000 ดาวน์โหลด"),
        ("ภายใน 31 กรกฎาคม 2566", "ส่งรายงานพร้อมหลักฐานภายในเดือนกรกฎาคม 2566"),
        ("by 28 February 2567 BE (2024)", "Handed in by 28 February 2024"),
        ("by 31 July 2566 BE (2023)", "Report handed in by July 2023"),
        ("“ประชาสัมพันธ์ 3 ช่องทาง สัปดาห์ละ 2 ครั้ง” เป็น “ใช่”", "ประชาสัมพันธ์ครบตามกำหนด"),
        ("“ข้อร้องเรียน” ไม่เกิน 0 เรื่อง", "ไม่มีข้อร้องเรียน"),
    ],
)
def test_what_was_said_is_not_said_again(sentence, said):
    assert not tells_more(sentence, said)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("ช้าเกิน 3 แต่ไม่เกิน 5 วันทำการ", "ช้าไม่เกิน 5 วันทำการ"),
        ("ภายใน 31 มีนาคม 2566", "จัดประชุมหรืออบรมการใช้ PDOC"),
        ("ภายใน 20 กรกฎาคม 2568", "รายงานภายในวันที่ 20"),
        ("ภายใน 30 กรกฎาคม 2566", "ภายในเดือนกรกฎาคม 2566"),
        ("by 31 May 2566 BE (2023)", "by 31 March 2023"),
        ("by 29 February 2567 BE (2024)", "by February 2023"),
        ("at least 2.5 times", "2 times or 5"),
    ],
)
def test_a_number_or_a_day_more_is_said(sentence, said):
    assert tells_more(sentence, said)


def test_under_a_level_stands_only_what_it_lacks():
    assert asks(told("cdd40-2566", "2.1.1")) == [[]] * 5
    assert asks(told("cdd40-2566", "2.1.2")) == [[]] * 5, "from where a row begins, the row before it says"
    assert asks(told("cdd40-2566", "1.1")) == [[]]
    assert asks(told("cdd40-2566", "1.3", "en")) == [
        ["by 31 March 2566 BE (2023)"],
        ["by 31 May 2566 BE (2023)"],
        ["by 31 May 2566 BE (2023)"],
        ["by 31 July 2566 BE (2023)"],
        ["by 31 July 2566 BE (2023)"],
    ]
    monthly = ["ทุกเดือน ตั้งแต่ มีนาคม 2566 ถึง กรกฎาคม 2566 ภายในวันที่ 15 ของเดือน"]
    assert asks(told("cdd40-2566", "4.2"))[1] == monthly
    (target,) = asks(told("cdd40-2566", "4.2", "en"))[3]
    assert target.startswith("“New users of Click Chumchon, cumulative” is at least the target of its size (Small")


def test_conditions_that_belong_together_are_told_together_and_once():
    rows = asks(told("cdd40-2566", "4.1.1", "en"))
    assert rows[1] == [
        "All of these:",
        "Evidence “Lessons document (PDF)” by 31 July 2566 BE (2023)",
        "“The lessons document has all its parts” is “yes”",
        "Evidence “Model-tambon video” on at least 2 social-media channels by 31 July 2566 BE (2023)",
    ]
    assert rows[2] == [], "its level says: all of that, with extra content"


def test_days_that_stand_beside_the_rule_are_not_in_it():
    rule = Prose(SCHEMES["milestone-2568"], "en").rule(SCHEMES["milestone-2568"].criteria["2025-07"].rule)
    by_the_20th = rule.rows[0].asks[0].when
    rows = asks(once(rule, beside=[by_the_20th, "by 30 April 2568 BE (2025)"]))
    assert [row[0].rpartition(" by ")[2] for row in rows[:2]] == [
        "20 July 2568 BE (2025)",  # the month of what is reported is no day that stands beside
        "30 September 2568 BE (2025)",
    ]
    steps = Prose(SCHEMES["cdd40-2566"], "en").rule(SCHEMES["cdd40-2566"].criteria["1.3"].rule)
    assert asks(once(steps, beside=[row.asks[0].when for row in steps.rows])) == [[]] * 5


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("code", SCHEMES)
def test_no_number_and_no_day_of_a_rule_is_lost(code, language):
    prose = Prose(SCHEMES[code], language)
    for criterion in SCHEMES[code].criteria.values():
        whole = prose.rule(criterion.rule)
        shown = " ".join(text for row in rows_within(once(whole)) for text in (row.text, *flat(row.asks)))
        for row in rows_within(whole):
            for text in flat(row.asks):
                assert not tells_more(text, shown), (criterion.code, text)


def test_words_of_the_portal_are_always_told_what_for():
    gate = told("cdd40-2566", "5.1", "en").items[0]
    assert gate.text == "Judged when this holds; 0 points otherwise."
    assert len(flat(gate.asks)) == 3
