"""Schemes are refused with every fault at its place, and what is shipped says what the source document says."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from scoring import shipped
from scoring.engine import Extent, SchemeError, SchemeFault, Span, Text, load
from tests.scoring import small

MUSEUM = Path(__file__).parent.parent.parent / "schemes_broken"
LABEL = re.compile(r"# line (\d+) \| (\S*) ?\| (.+)")


@pytest.mark.parametrize("text", ["scheme: [", "scheme: {a: 1", 'title: "open', "scheme: x\ntitle: ["])
def test_a_text_that_ends_too_early_is_refused_at_its_last_line(text: str) -> None:
    with pytest.raises(SchemeError) as refused:
        load(text)
    assert refused.value.faults[-1].line == text.count("\n") + 1


@pytest.mark.parametrize("path", sorted(MUSEUM.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_broken_scheme_is_refused_with_all_its_faults(path: Path) -> None:
    """Each file of the museum names in its first lines the line, the path and the words of every fault in it."""
    text = path.read_text(encoding="utf-8")
    expected = [(int(line), where, words) for line, where, words in LABEL.findall(text)]
    assert expected
    with pytest.raises(SchemeError) as refused:
        load(text)
    assert [(fault.line, fault.path, fault.en) for fault in refused.value.faults] == expected
    assert all(re.search("[ก-๙]", fault.th) for fault in refused.value.faults)


def test_a_scheme_error_reads_as_a_list_of_places() -> None:
    with pytest.raises(SchemeError, match=re.escape("line 1, close: 'close' is missing")):
        load("scheme: x")


def test_faults_are_listed_a_line_each_with_a_path_where_there_is_one() -> None:
    assert str(
        SchemeError([SchemeFault(3, "b", "ข", "B"), SchemeFault(3, "a", "ก", "A"), SchemeFault(1, "", "", "C")])
    ) == ("line 1: C\nline 3, a: A\nline 3, b: B")


def test_a_text_is_said_in_english_where_that_is_asked_for_and_else_in_thai() -> None:
    assert [Text("ก", "A").to(language) for language in ("en", "th", "fr")] == ["A", "ก", "ก"]


def test_where_nothing_was_put_into_english_the_thai_is_shown() -> None:
    scheme = load(small.TEXT.replace(", en: A small scheme}", "}"))
    assert scheme.title.to("en") == scheme.title.to("th") == "โครงการเล็ก"


def test_a_scheme_that_is_too_deep_brings_nothing_down() -> None:
    with pytest.raises(SchemeError, match="nested more than 40 deep"):
        load("a: " + "[" * 200_000 + "]" * 200_000)


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        ("a: " + "[" * 39 + "]" * 39, False),
        ("a: " + "[" * 40 + "]" * 40, True),
        ("a: " + "[" * 20 + "[], " + "[" * 19 + "]" * 39, False),
        ("a: " + "[" * 20 + "[], " + "[" * 20 + "]" * 40, True),
        ("a: [" + "[], " * 60 + "]", False),
    ],
)
def test_forty_levels_are_deep_enough_however_they_stand(text: str, deep: bool) -> None:
    with pytest.raises(SchemeError) as refused:
        load(text)
    assert ("nested more than 40 deep" in str(refused.value)) is deep


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x7f", "\ufffe", "\udc80"])
def test_a_sign_that_nobody_sees_is_named_with_its_line(sign: str) -> None:
    with pytest.raises(SchemeError) as refused:
        load(f"scheme: x\r\n\nclose{sign}: 2023-01-01")
    (fault,) = refused.value.faults
    assert fault.line == 3
    assert f"(U+{ord(sign):04X}), at place 6" in fault.en


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("not_a_mapping", "ข้อความทั้งหมดต้องเขียนเป็นคู่ 'ชื่อ: ค่า' บรรทัดละคู่"),
        ("anchor", "ใช้ & หรือ * นำหน้าไม่ได้ ถ้าเป็นข้อความให้ใส่ในเครื่องหมายคำพูด"),
        ("tag", "ใช้ ! นำหน้าไม่ได้ ถ้าเป็นข้อความให้ใส่ในเครื่องหมายคำพูด"),
        ("too_deep", "ซ้อนกันเกิน 40 ชั้น"),
        ("tab", "บรรทัดขึ้นต้นด้วยแท็บหรือเครื่องหมายที่ใช้ไม่ได้ การย่อหน้าใช้ช่องว่าง"),
        ("tab_in_an_indent", "บรรทัดขึ้นต้นด้วยแท็บหรือเครื่องหมายที่ใช้ไม่ได้ การย่อหน้าใช้ช่องว่าง"),
        ("colon_in_a_text", "มี ': ' เกินมาหนึ่งแห่ง หรือย่อหน้าไม่ตรง ถ้าเป็นข้อความให้ใส่ในเครื่องหมายคำพูด"),
        (
            "not_yaml",
            "อ่านตั้งแต่บรรทัดนี้ไม่ได้ ตรวจย่อหน้า วงเล็บ { } [ ] เครื่องหมาย , : และเครื่องหมายคำพูด ของบรรทัดนี้และบรรทัดก่อนหน้า",
        ),
        ("year_far_off", "'0023-06-30' ต้องอยู่ในปี ค.ศ. 1900-2199"),
    ],
)
def test_what_the_language_does_not_have_is_said_in_thai_alone(name: str, words: str) -> None:
    with pytest.raises(SchemeError) as refused:
        load((MUSEUM / f"{name}.yaml").read_text(encoding="utf-8"))
    assert {fault.th for fault in refused.value.faults} == {words}


def test_the_longest_tie_break_and_the_most_points_are_taken() -> None:
    chain = (MUSEUM / "chain_too_long.yaml").read_text(encoding="utf-8")
    assert len(load(chain.replace("a, b, c]", "a, b]", 1)).tie_break) == 18
    points = (MUSEUM / "points_beyond_a_scorecard.yaml").read_text(encoding="utf-8")
    with pytest.raises(SchemeError) as refused:
        load(points.replace("points: 100000", "points: 99999.99", 1))
    assert [fault.en for fault in refused.value.faults] == ["must be more than the step before it"]


@pytest.mark.parametrize("month", ["1899-12", "2200-01", "2743-01"])
def test_months_lie_in_the_years_that_days_lie_in(month: str) -> None:
    text = (MUSEUM / "months_backwards.yaml").read_text(encoding="utf-8")
    with pytest.raises(SchemeError) as refused:
        load(re.sub(r"from: \S+, to: [0-9-]+", f"from: {month}, to: {month}", text, count=1))
    assert [fault.en for fault in refused.value.faults[:2]] == [f"'{month}' must be in the years 1900-2199"] * 2


@pytest.mark.parametrize(
    ("name", "word", "day"),
    [
        ("months_backwards", "from", "2566-03"),
        ("months_backwards", "to", "0023-02"),
        ("phase_backwards", "ends", "0023-01-01"),
    ],
)
def test_a_year_out_of_our_era_is_named_once_and_not_compared(name: str, word: str, day: str) -> None:
    text = (MUSEUM / f"{name}.yaml").read_text(encoding="utf-8")
    with pytest.raises(SchemeError) as refused:
        load(re.sub(rf"{word}: [0-9-]+", f"{word}: {day}", text, count=1))
    (fault,) = refused.value.faults
    assert fault.en.startswith(f"'{day}' ")


def test_every_shipped_scheme_is_named_for_its_file_and_keeps_its_text() -> None:
    for code, scheme in shipped.schemes().items():
        assert load(shipped.text(code)).code == code == scheme.code
    assert next(iter(shipped.schemes())) == "cdd40-2566"


@pytest.fixture(scope="module")
def cdd40():
    return shipped.schemes()["cdd40-2566"]


def test_dimensions_and_their_official_titles(cdd40) -> None:
    assert [(one.code, one.title.th, one.max) for one in cdd40.dimensions] == [
        ("1", "ด้านการพัฒนาบุคลากร (Digital Literacy)", 20),
        ("2", "ด้านการบริหารจัดการข้อมูลเพื่อการพัฒนาชุมชน", 25),
        ("3", "ด้านการบริหารระบบเทคโนโลยีสารสนเทศ", 25),
        ("4", "ด้านการส่งเสริมการใช้ประโยชน์จากข้อมูล", 20),
        ("5", "ด้านนวัตกรรมเทคโนโลยีสารสนเทศ", 10),
    ]
    assert cdd40.max == 100
    assert cdd40.close == date(2023, 7, 31)


def test_criteria_in_order_with_their_maxima(cdd40) -> None:
    assert {code: one.max for code, one in cdd40.criteria.items()} == {
        **dict.fromkeys(("1.1", "1.2", "1.3", "1.4"), 5),
        **{"2.1.1": 10, "2.1.2": 5, "2.2.1": 5, "2.2.2": 5},
        **dict.fromkeys(("3.1", "3.2", "3.3", "3.4", "3.5"), 5),
        **{"4.1.1": 5, "4.1.2": 5, "4.2": 10, "5.1": 6, "5.2": 4},
    }


def test_a_contest_of_a_province_says_who_runs_it(cdd40) -> None:
    issuer = load(shipped.text("milestone-2568")).issuer
    assert issuer is not None
    assert (issuer.title.th, issuer.signed_by.th) == ("สำนักงานพัฒนาชุมชนจังหวัดอุบลราชธานี", "พัฒนาการจังหวัดอุบลราชธานี")
    assert cdd40.issuer is None


def test_awards_prizes_and_calendar(cdd40) -> None:
    assert [(one.code, one.title.th, one.count, one.prize) for one in cdd40.awards] == [
        ("winner", "รางวัลชนะเลิศ", 1, 15000),
        ("runner-up-1", "รางวัลรองชนะเลิศ อันดับ 1", 1, 10000),
        ("runner-up-2", "รางวัลรองชนะเลิศ อันดับ 2", 1, 5000),
        ("commendation", "รางวัลชมเชย", 10, None),
    ]
    assert [one.level.th for one in cdd40.awards] == ["ดีเด่น", "ดีเด่น", "ดีเด่น", "ระดับดี"]
    assert [one.prize_in_kind.th for one in cdd40.awards[:3]] == ["โล่รางวัล"] * 3
    assert cdd40.awards[3].prize_in_kind.th == "ประกาศนียบัตรพร้อมกรอบ"
    assert [(one.starts, one.ends) for one in cdd40.calendar] == [
        (date(2022, 12, 1), date(2023, 2, 28)),
        (date(2023, 2, 1), date(2023, 2, 28)),
        (date(2023, 2, 1), date(2023, 7, 31)),
        (date(2023, 8, 1), date(2023, 8, 31)),
        (date(2023, 8, 1), date(2023, 9, 30)),
        (date(2023, 9, 1), date(2023, 9, 30)),
    ]


def test_size_targets(cdd40) -> None:
    assert cdd40.targets == {"downloads": {"small": 2000, "medium": 4000, "large": 6000}}
    assert [size.code for size in cdd40.sizes] == ["small", "medium", "large"]


def test_who_enters_what(cdd40) -> None:
    assert {code for code, one in cdd40.requirements.items() if one.by == "central"} == {"1.4.workshop"}
    assert {code for code, one in cdd40.values.items() if one.by == "office"} == {
        "3.4.news",
        "3.4.conference_early",
        "3.4.webex",
    }


def test_periods_channels_and_deadlines(cdd40) -> None:
    publicity = cdd40.requirements["4.2.publicity"]
    assert [(one.code, one.due) for one in publicity.periods] == [
        (f"2023-0{month}", date(2023, month, 15)) for month in range(3, 8)
    ]
    assert publicity.channels == 2
    assert publicity.periods[0].title.th == "มีนาคม 2566"
    assert cdd40.requirements["4.1.video"].among == "social"
    assert "website" not in cdd40.requirements["4.1.video"].allowed_channels
    assert cdd40.requirements["1.2.report"].due_in("r2") == date(2023, 6, 30)
    assert cdd40.requirements["3.5.report"].due_in("2023-02") == date(2023, 2, 28)
    assert cdd40.requirements["4.1.document"].due == cdd40.close
    assert not cdd40.requirements["4.1.document"].has_own_due
    with pytest.raises(KeyError):
        cdd40.requirements["1.2.report"].due_in(None)


def test_what_a_criterion_reads_and_how_it_is_earned_in_words(cdd40) -> None:
    certificate = cdd40.criteria["2.1.2"]
    assert [(one.kind, one.code) for one in certificate.inputs] == [
        ("value", "2.1.2.received_on"),
        ("setting", "2.1.2.due"),
    ]
    assert [one.points for one in certificate.levels] == [5, 4, 3, 2, 1]
    assert certificate.levels[2].text.th == "ช้าไม่เกิน 3 วันทำการ"
    assert [one.code for one in cdd40.criteria_of("requirement", "4.1.document")] == ["4.1.1", "4.1.2"]
    assert [item.max for item in cdd40.items.values()] == [3, 3, 1, 1, 1, 1]


def test_what_points_are_shown_as() -> None:
    schemes = shipped.schemes()
    assert {code: one.shown_as for code, one in schemes.items()} == {
        "cdd40-2566": "points",
        "itperson-2564": "eligibility",
        "milestone-2568": "letters",
        "missions-2565": "level",
        "tambon-2565": "points",
        "website-2564": "points",
    }
    assert schemes["milestone-2568"].grades == {"A": 5, "B": 4, "C": 3, "D": 2}
    assert schemes["missions-2565"].grades == {}


def test_doubts_hang_where_they_belong(cdd40) -> None:
    assert cdd40.doubts[0].path == ""
    assert "2566" in cdd40.doubts[0].text.th
    assert cdd40.criteria["2.1.1"].doubts[0].path == "criteria.2.1.1"
    assert "95" in cdd40.criteria["2.1.1"].doubts[0].text.en
    places = {doubt.path for one in cdd40.criteria.values() for doubt in one.doubts}
    assert places == {f"criteria.{code}" for code in ("1.3", "2.1.1", "2.1.2", "3.4", "4.1.1", "4.1.2", "5.2")}
    assert [len(one.doubts) for one in cdd40.dimensions] == [0, 0, 0, 2, 0]
    asked = (*cdd40.settings.values(), *cdd40.requirements.values())
    assert {one.code for one in asked if one.doubts} == {
        "2.1.2.due",
        "2.2.2.due",
        "3.5.report",
        "4.2.publicity",
        "4.2.activity",
        "4.2.summary",
        "5.checklist",
    }


def test_every_doubt_has_its_line_in_the_text(cdd40) -> None:
    lines = shipped.text("cdd40-2566").splitlines()
    doubts = cdd40.all_doubts()
    assert [doubt.line for doubt in doubts] == sorted(doubt.line for doubt in doubts)
    assert all(doubt.text.th[:20] in lines[doubt.line - 1] for doubt in doubts)
    assert {doubt.path for doubt in doubts} >= {
        "",
        "dimensions.4",
        "criteria.5.2",
        "settings.2.1.2.due",
        "requirements.3.5.report",
    }


def test_a_bound_can_be_changed_in_the_text_alone() -> None:
    """The doubt of 2.1.1: staff may adopt an edition in which the lowest band ends at 95."""
    amended = load(shipped.text("cdd40-2566").replace("below: 55", "below: 95"))
    assert amended.criteria["2.1.1"].rule.bands[0].bound == Decimal(95)


def test_how_long_a_file_may_be_and_on_which_paper() -> None:
    schemes = shipped.schemes()
    assert schemes["cdd40-2566"].requirements["5.report"].extent == Extent(Span(5, 25), "A4")
    assert schemes["tambon-2565"].requirements["video.province"].extent == Extent(minutes=Span(5, 7))
    assert not schemes["cdd40-2566"].requirements["5.checklist"].extent
