"""Letters, levels and verdicts stand where a scheme's document shows them; points stay points everywhere else."""

import re

import pytest
from django.urls import reverse
from lxml import html as lxml_html

from scoring import shipped
from scoring.engine import score
from scoring.engine.language.display import numbering
from scoring.recompute import rescore
from scoring.wording import findings_in_words, offers_in_words
from scoring.wording.points_shown import PointsShown, headings, total_behind
from tests import factories as make
from tests.extraction import words
from tests.scoring.engine.making import facts, piece

SCHEMES = shipped.schemes()


def part(earned: str, attainable: str = "5.00", most: str = "5.00", **more) -> dict:
    return {"earned": earned, "attainable": attainable, "max": most, **more}


def marks(code: str, language: str = "en") -> PointsShown:
    return PointsShown.of_scheme(SCHEMES[code], language)


def test_points_are_shown_as_they_are() -> None:
    plain = marks("cdd40-2566")
    assert (plain.mark(part("4.00")), plain.show(part("4.00")), plain.beside(part("4.00"))) == ("", "4", "/ 5")
    assert plain.show(part("4.50")) == "4.50"


def test_letters_stand_with_their_points() -> None:
    letters = marks("milestone-2568")
    assert [letters.show(part(earned)) for earned in ("5.00", "3.00", "0.00")] == ["A (5)", "C (3)", "– (0)"]
    assert letters.show(part("3.00", attainable="4.00"), "attainable") == "B (4)"
    assert letters.of_totals.show(part("22.00", most="30.00")) == "22", "a sum of letters is no letter"


def test_a_table_tells_entries_apart_by_criteria_where_dimensions_would_not() -> None:
    told = {code: marks(code).is_of_criteria for code in SCHEMES}
    apart = {"milestone-2568", "missions-2565", "website-2564", "tambon-2565"}
    assert {code for code, by_criteria in told.items() if by_criteria} == apart


def test_a_level_has_the_sum_behind_it() -> None:
    given = facts("2022-06-01T00:00", scheme="missions-2565", values={"m4.2.percent": 20})
    mission = score(SCHEMES["missions-2565"], given).criteria
    levels, kept = marks("missions-2565"), mission["m4"].as_json()
    assert total_behind(kept) == {"earned": "40", "max": "100"}
    assert (levels.show(kept), levels.beside(kept)) == ("level 2", "(40 of 100 points)")
    assert marks("missions-2565", "th").show(kept) == "ระดับ 2"
    untouched = mission["m1"].as_json()
    assert (levels.show(untouched), levels.beside(untouched)) == ("–", "")
    assert levels.beside(mission["m5"].as_json()) == "", "a level without a sum"


def test_somebody_is_eligible_or_not_or_may_still_be() -> None:
    verdicts = marks("itperson-2564", "th")
    assert verdicts.show(part("1.00", "1.00", "1.00")) == "ผ่านคุณสมบัติ"
    assert verdicts.show(part("0.00", "1.00", "1.00")) == "ยังไม่ผ่านคุณสมบัติ"
    assert verdicts.show(part("0.00", "0.00", "1.00")) == "ไม่ผ่านคุณสมบัติ"
    assert verdicts.of_totals.show(part("1.00", "1.00", "1.00")) == "ผ่านคุณสมบัติ"
    assert verdicts.beside(part("1.00", "1.00", "1.00")) == ""


def test_what_a_publication_froze_is_read_from_it() -> None:
    frozen = PointsShown.of_frame({"shown_as": "letters", "letters": {"A": "5.00", "B": "4.00"}})
    assert frozen.show(part("4.00")) == "B (4)"
    assert PointsShown.of_frame({}).show(part("4.00")) == "4"
    table = PointsShown.of_frame({}, is_exact=True)
    assert (table.show(part("4.00")), table.beside(part("4.00"))) == ("4.00", "/ 5.00"), "official tables have decimals"
    level = PointsShown.of_frame({"shown_as": "level"})
    assert level.beside(part("4.00", total={"earned": "72", "max": "110"})) == "(72 จาก 110 คะแนน)"


@pytest.mark.parametrize(
    ("code", "printed"),
    [("1", "1. "), ("2.1.3", "2.1.3. "), ("m1", "m1. "), ("website", ""), ("2025-04", ""), ("person", ""), ("5.x", "")],
)
def test_a_code_that_is_no_number_is_not_printed(code, printed) -> None:
    assert numbering(code, ". ") == printed


def test_columns_are_headed_by_numbers_where_titles_are_long_and_there_are_numbers() -> None:
    long = "หัวข้อที่ยาวกว่าหัวตาราง"
    assert headings({"1": "สั้น", "2": "สั้นมาก"}) == ["สั้น", "สั้นมาก"]
    assert headings({"1": "สั้น", "2": long}) == ["1", "2"]
    assert headings({"people": "สั้น", "data": long}) == ["สั้น", long]


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["website-2564", "milestone-2568"])
def test_pages_print_no_code_that_is_a_name(client, code) -> None:
    round = make.make_round(edition=make.make_edition(scheme=code), settings={})
    entry = make.make_entry(round, make.make_office())
    rescore([entry.pk])
    client.force_login(make.make_user("staff"))
    names = [one.code for one in (*round.scheme.dimensions, *round.scheme.criteria.values()) if not numbering(one.code)]
    assert names
    criteria = [("criterion", entry.pk, one) for one in round.scheme.criteria]
    for name, *args in (
        ("scheme", round.pk),
        ("scorecard", entry.pk),
        ("standings", round.pk),
        ("calendar",),
        *criteria,
    ):
        page = lxml_html.fromstring(client.get(reverse(name, args=args)).content.decode()).find(".//main")
        printed = " ".join(words(page)).split()
        assert not [one for one in names if {one, f"{one}."} & set(printed)]


def sentences(code: str, criterion: str, given, language: str = "th") -> tuple[list[str], list[str]]:
    kept = score(SCHEMES[code], given).criteria[criterion].as_json()
    return tuple(
        say(SCHEMES[code], criterion, kept, language) for say in (findings_in_words.why, offers_in_words.next_steps)
    )


def test_sentences_name_the_letter_the_level_or_the_verdict() -> None:
    given = facts("2025-04-10T00:00", scheme="milestone-2568", values={"2025-04.collected": 100})
    why, _ = sentences("milestone-2568", "2025-04", given, "en")
    assert why[0] == "All collected (D, 2 points): done"
    given = facts("2022-06-01T00:00", scheme="missions-2565", values={"m5.repaid": 16, "m5.overdue": 100})
    why, _ = sentences("missions-2565", "m5", given, "en")
    assert why[0].endswith("“15 % or more”, level 2")
    given = facts("2022-01-10T00:00", piece("m4.1.plan", "2022-01-05T09:00"), scheme="missions-2565")
    why, _ = sentences("missions-2565", "m4", given, "en")
    assert "Plan made by January 2022 (50 points): done" in why, "points within a sum stay points"
    why, following = sentences("itperson-2564", "1", facts("2021-07-10T00:00", scheme="itperson-2564"))
    assert why[0].endswith("(ผ่านคุณสมบัติ): ยังทำได้")
    assert following[0].startswith("จะผ่านคุณสมบัติ: ")


@pytest.fixture
def reader(client, db):
    """reader(scheme, now, criterion, {value: text}): what staff read in English of a round of one entry."""

    def read(code: str, now: str, criterion: str, values: dict[str, str]) -> dict[str, str]:
        round = make.make_round(make.at(now), edition=make.make_edition(scheme=code), settings={}, name_en="Round")
        entry = make.make_entry(round, "TH-81")
        for value, text in values.items():
            make.make_value(entry, value, text, entered_at=make.at(now, "00:00"), status="accepted")
        rescore([entry.pk], at=make.at(now))
        client.force_login(make.make_user("staff"))
        client.cookies["django_language"] = "en"
        addresses = {
            "scorecard": reverse("scorecard", args=[entry.pk]),
            "criterion": reverse("criterion", args=[entry.pk, criterion]),
            "standings": reverse("standings", args=[round.pk]),
            "api": reverse("api-scorecard", args=[entry.pk]),
        }
        return {name: client.get(address) for name, address in addresses.items()}

    return read


def said(response) -> str:
    return " ".join(words(lxml_html.fromstring(response.content.decode()).find(".//main")))


def figures(response) -> list[str]:
    """What stands as nothing but a number among its facts and in its tables."""
    cells = lxml_html.fromstring(response.content.decode()).xpath("//main//dd | //main//td")
    return [text for one in cells if re.fullmatch(r"[\d.]+( / [\d.]+)?", text := " ".join(words(one)).strip())]


def rows(response) -> list[str]:
    """What the lines of "how the points are earned" show."""
    return [one.text_content() for one in lxml_html.fromstring(response.content.decode()).find_class("points")]


def marks_of(response) -> dict[str, str]:
    return {one["code"]: one["mark"] for one in response.json()["criteria"]}


def test_letters_on_every_page(reader) -> None:
    pages = reader("milestone-2568", "2025-04-10", "2025-04", {"2025-04.collected": "100"})
    assert "D (2)" in said(pages["scorecard"])
    assert "D (2) / 5" in said(pages["criterion"])
    assert rows(pages["criterion"]) == ["D (2)", "C (3)", "B (4)", "A (5)"]
    table = said(pages["standings"])
    assert "April 2025 May 2025" in table
    assert "2 2 30 D – –" in table
    assert list(marks_of(pages["api"]).values())[:2] == ["D", "–"]


def test_a_line_that_was_missed_is_not_still_possible_because_a_higher_one_is(reader) -> None:
    """Paper and screen: the certificate was due in May, the plan may still be kept."""
    pages = reader("milestone-2568", "2025-06-05", "2025-05", {"2025-05.planned_on": "2025-06-20"})
    states = re.findall(r'<li class="level-(\w*)"', pages["criterion"].content.decode())
    assert states == ["open", "missed", "open"]
    assert "Certificate in by the month's end (B, 4 points): missed" in said(pages["criterion"])


def test_levels_with_the_sum_behind_them_on_every_page(reader) -> None:
    pages = reader("missions-2565", "2022-06-01", "m4", {"m4.2.percent": "20"})
    assert "level 2" in said(pages["scorecard"])
    assert "(40 of 100 points)" in said(pages["scorecard"])
    assert "level 2 (40 of 100 points)" in said(pages["criterion"])
    assert rows(pages["criterion"]) == ["50 pt.", "60 pt.", *(f"level {n}" for n in range(1, 6))]
    states = re.findall(r'<li class="level-(\w*)"', pages["criterion"].content.decode())
    assert states == ["", "", "passed", "met", "open", "missed", "missed"], (
        "60 of 100 at most, now that the plan is late"
    )
    assert "m1 m2 m3 m4" in said(pages["standings"])
    assert "2 2 33 – – – level 2" in said(pages["standings"])
    assert marks_of(pages["api"])["m4"] == "level 2"


def test_a_verdict_instead_of_points(reader) -> None:
    pages = reader("itperson-2564", "2021-07-10", "1", {"1.civil_servant": "true"})
    for page in ("scorecard", "criterion", "standings"):
        assert "not eligible yet" in said(pages[page])
        assert not figures(pages[page])
    assert "To be eligible" in said(pages["criterion"])
    assert marks_of(pages["api"]) == {"1": "not eligible yet"}


def test_a_table_is_sorted_by_levels_whatever_a_criterion_is_called(client, db) -> None:
    """A criterion called 1 is no place in a list; one that was never scored comes last."""
    text = shipped.text("missions-2565").replace("      - code: m5\n", '      - code: "5"\n', 1)
    round = make.make_round(make.at("2022-06-01"), edition=make.make_edition(text), settings={})
    entries = [make.make_entry(round, f"TH-A{number}") for number in range(4)]
    for entry, repaid in zip(entries, ("16", "26", "0"), strict=False):
        make.make_value(entry, "m5.overdue", "100", status="accepted")
        make.make_value(entry, "m5.repaid", repaid, status="accepted")
    rescore([entry.pk for entry in entries[:3]], at=make.at("2022-06-01"))
    client.force_login(make.make_user("staff"))
    page = client.get(reverse("standings", args=[round.pk]), {"sort": "-d5"}).content.decode()
    assert re.findall(r"จังหวัด TH-(A\d)</a>", page) == ["A1", "A0", "A2", "A3"]
    assert re.findall(r"<td>(ระดับ \d)</td>", page) == ["ระดับ 4", "ระดับ 2"]


@pytest.mark.parametrize("order", ["rank", "-rank", "total", "name"])
def test_a_table_in_which_nobody_is_ranked(client, db, order) -> None:
    round = make.make_round(make.at("2021-07-10"), edition=make.make_edition(scheme="itperson-2564"))
    for _ in range(3):
        make.make_entry(round)
    client.force_login(make.make_user("staff"))
    page = client.get(reverse("standings", args=[round.pk]), {"sort": order}).content.decode()
    assert (page.count('<th scope="row"'), page.count('class="rank"')) == (3, 0)


def test_an_officer_s_home_says_each_score_as_its_scheme_does(client, db) -> None:
    for code in ("itperson-2564", "cdd40-2566"):
        round = make.make_round(make.at("2021-07-10"), edition=make.make_edition(scheme=code), settings={})
        rescore([make.make_entry(round, "TH-81").pk], at=make.at("2021-07-10"))
    client.force_login(make.make_user("officer"))
    client.cookies["django_language"] = "en"
    page = said(client.get(reverse("home")))
    assert "province not named yet not eligible yet" in page
    assert "province 0 / 100" in page


def test_points_are_no_mark(reader) -> None:
    pages = reader("cdd40-2566", "2023-07-10", "1.1", {})
    assert set(marks_of(pages["api"]).values()) == {""}
    assert "0 / 5" in said(pages["criterion"])
    assert rows(pages["criterion"]) == ["5 pt."]


@pytest.mark.django_db
def test_where_no_points_count_no_words_speak_of_points(client):
    entry = make.make_entry(make.make_contest_round("itperson-2564"))
    client.force_login(make.make_user("staff"))
    rescore([entry.pk])
    code = next(iter(entry.round.scheme.criteria))
    for address in (reverse("scorecard", args=[entry.pk]), reverse("criterion", args=[entry.pk, code])):
        page = client.get(address).content.decode()
        for said in ("คะแนนที่ตรวจรับแล้ว", "คะแนนรวมรายการที่รอตรวจ", "ทำอะไรจึงจะได้คะแนนเพิ่ม", "คะแนนที่หมดสิทธิ์ได้"):
            assert said not in page


def test_where_nothing_was_reviewed_it_is_said_plainly() -> None:
    marks = PointsShown.of_scheme(shipped.schemes()["cdd40-2566"], "en")
    assert marks.rests({"earned": "5", "unchecked": "3"}).startswith("Of these, 3 rest on figures")
    assert marks.rests({"earned": "3.00", "unchecked": "3"}).startswith("None of it was reviewed yet")
    assert marks.rests({"earned": "3", "unchecked": "0"}) == ""
