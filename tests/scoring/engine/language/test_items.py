"""What judges look for in an item, and what some of its points stand for: words that no score hangs on."""

from decimal import Decimal

from scoring.engine import Level, Sheet, Text, load, score
from tests.scoring.engine.making import facts, small

WORDS = """
  look_for:
    - {th: เปิดดูได้, en: It opens}
    - {th: เป็นปัจจุบัน, en: It is up to date}
  levels:
    - {points: 0, th: ไม่มี, en: None}
    - {points: 2.5, th: มี, en: Some}
"""
ITEM = "rule: judged\nitems:\n- {code: a1, title: {th: ก, en: A}, max: 5}"
TOLD = "rule: judged\nitems:\n- code: a1\n  title: {th: ก, en: A}\n  max: 5" + WORDS


def test_an_item_says_what_judges_look_for_and_what_points_stand_for() -> None:
    item = load(small("", TOLD)).items["a1"]
    assert item.look_for == (Text("เปิดดูได้", "It opens"), Text("เป็นปัจจุบัน", "It is up to date"))
    assert item.levels == (Level(Decimal(0), Text("ไม่มี", "None")), Level(Decimal("2.5"), Text("มี", "Some")))


def test_an_item_without_the_words_has_none() -> None:
    """As editions have that were adopted before there were such words."""
    item = load(small("", ITEM)).items["a1"]
    assert (item.look_for, item.levels) == ((), ())


def test_points_between_the_levels_count_as_they_are() -> None:
    given = facts("2023-03-01T12:00", scheme="small-2566", sheets=(Sheet("J", {"a1": Decimal("1.3")}),))
    told, untold = (score(load(small("", rule)), given).criteria["a"] for rule in (TOLD, ITEM))
    assert (told.earned, told.as_json()) == (Decimal("1.3"), untold.as_json())
