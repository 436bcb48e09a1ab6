"""Thai dates, digits and sorting."""

import csv
import random
from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.utils import translation

from submissions import thai
from submissions.templatetags import thai as filters


@pytest.mark.parametrize(
    "text",
    ["20/11/2569", "๒๐/๑๑/๒๕๖๙", "20-11-2569", " 20 . 11 . 2569 ", "20 พฤศจิกายน 2569", "๒๐ พ.ย. ๒๕๖๙",
     "20 พฤศจิกายน พ.ศ. 2569", "20 November 2569", "20 nov 2569"],
)  # fmt: skip
def test_a_day_is_read_however_officials_write_it(text):
    assert thai.parse_date(text) == date(2026, 11, 20)


@pytest.mark.parametrize("text", ["20/11/2026", "2026-11-20", "20/11/69", "31/2/2569", "20 foo 2569", "", "20/11/2400"])
def test_a_day_that_may_be_of_another_era_is_not_guessed_at(text):
    with pytest.raises(ValueError):
        thai.parse_date(text)


def test_29_february_exists_in_leap_years_of_the_common_era():
    assert thai.parse_date("29/2/2567") == date(2024, 2, 29)
    with pytest.raises(ValueError):
        thai.parse_date("29/2/2566")


def test_what_is_written_is_read_back():
    for day in (date(2023, 1, 1), date(2024, 2, 29), date(2023, 12, 31)):
        for short in (False, True):
            assert thai.parse_date(thai.format_date(day, short=short, thai_digits=True)) == day


def test_a_moment_is_shown_in_bangkok():
    with translation.override("th"):
        assert filters.be_time(datetime(2023, 7, 31, 17, 0, tzinfo=UTC)) == "1 ส.ค. 2566 00:00 น."
        assert filters.be_date(datetime(2023, 7, 31, 16, 59, 59, 999999, tzinfo=UTC)) == "31 กรกฎาคม 2566"
        assert filters.be_short("2023-07-31") == "31 ก.ค. 2566"
        assert filters.be_month("2023-03") == "มีนาคม 2566"
        assert filters.be_date(None) == ""
    with translation.override("en"):
        assert filters.be_date(date(2023, 7, 31)) == "31 July 2566 BE (2023)"
    assert filters.be_thai_date(date(2023, 7, 31)) == "๓๑ กรกฎาคม ๒๕๖๖"


def test_provinces_sort_as_in_the_dictionary():
    """The order of the Royal Institute's dictionary: by consonant, leading vowels and tone marks aside."""
    expected = "กระบี่ กาญจนบุรี กาฬสินธุ์ กำแพงเพชร ขอนแก่น จันทบุรี ฉะเชิงเทรา ชลบุรี ชัยนาท ชัยภูมิ ชุมพร เชียงราย เชียงใหม่ ตรัง".split()
    with open(settings.BASE_DIR / "submissions/data/provinces.csv", encoding="utf-8") as file:
        names = [row["name_th"] for row in csv.DictReader(file)]
    assert len(names) == len(set(names)) == 76
    random.Random(1).shuffle(names)
    assert sorted(names, key=thai.sort_key)[: len(expected)] == expected
    assert sorted(["แพร่", "พะเยา", "เพชรบุรี", "ภูเก็ต"], key=thai.sort_key) == ["พะเยา", "เพชรบุรี", "แพร่", "ภูเก็ต"]


def test_tone_marks_only_break_ties():
    assert sorted(["ป่า", "ปา", "ป้า", "ปาก"], key=thai.sort_key) == ["ปา", "ป่า", "ป้า", "ปาก"]


@pytest.mark.parametrize(("chosen", "read"), [("th", "th"), ("en", "en"), ("en-gb", "th"), ("de", "th")])
def test_a_reader_reads_thai_unless_english_was_chosen(chosen, read):
    with translation.override(chosen):
        assert thai.language() == read
    with translation.override(None):
        assert thai.language() == "th"


def test_a_page_gets_thai_digits_where_it_speaks():
    head = "<head><style>a{margin:1mm}</style></head>"
    said = '<body class="b2"><h2 id="c-1">ข้อ 1.3 &#39;A4&#39;</h2><code>9f3</code> 5</body>'
    assert thai.digits_of_page(head + said) == head + said.replace("1.3", "๑.๓").replace(" 5<", " ๕<")


def test_digits_are_thai_but_for_those_of_latin_codes():
    assert thai.digits("ข้อ 1.3 ได้ 4.00 จาก 5 กชช.2ค ปี 2566") == "ข้อ ๑.๓ ได้ ๔.๐๐ จาก ๕ กชช.๒ค ปี ๒๕๖๖"
    assert thai.digits("m1.2.3 กระดาษ A4 12 แผ่น (m8)") == "m1.2.3 กระดาษ A4 ๑๒ แผ่น (m8)"
    assert thai.digits(7) == "๗"
