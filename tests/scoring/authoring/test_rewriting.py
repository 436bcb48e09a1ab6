"""A part of a text is written anew, all else stays byte for byte: over every page of the shipped schemes."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scoring import shipped
from scoring.authoring import rewriting, writing
from scoring.authoring.beginning import TEMPLATE
from scoring.authoring.forming import said_with, shown_piece
from scoring.authoring.pieces import Kind, Piece, piece_of
from scoring.authoring.rewriting import KEPT, Row, Rows, compose, plain, rewrite
from scoring.authoring.spots import everything
from tests.scoring import small

TEXTS = {code: shipped.text(code) for code in shipped.schemes()} | {
    "small": small.TEXT,
    "template": TEMPLATE.read_text(encoding="utf-8"),
}
PAGES = [(code, spot.place) for code, text in TEXTS.items() for spot in everything(compose(text)) if spot.node]
SIGNS = "กข ํ้abc019:#-,{}[]'\"&*!|>%@`?\\\n\t."
TYPED = st.text(SIGNS, min_size=1, max_size=30)


def page_of(code: str, place: str):
    return next(spot for spot in everything(compose(TEXTS[code])) if spot.place == place)


@pytest.mark.parametrize("code", TEXTS)
def test_what_nobody_changed_is_byte_for_byte_the_same(code):
    for spot in everything(compose(TEXTS[code])):
        assert rewrite(TEXTS[code], said_with(spot, shown_piece(spot))) == TEXTS[code], spot.place


@pytest.mark.parametrize("code", TEXTS)
def test_forms_show_all_that_the_schemes_say(code):
    for spot in everything(compose(TEXTS[code])):
        hidden = [one.path for one in shown_piece(spot).walk() if one.is_kept and not one.titles]
        assert not hidden or not spot.steps


def disturb(piece: Piece, chance: random.Random) -> None:
    """Somebody at work: words typed over, rows added, moved, taken away, words left out."""
    for one in list(piece.walk()):
        if one.is_kept:
            continue
        if one.rows and chance.random() < 0.25:
            one.move(chance.randrange(len(one.rows)), chance.choice(["remove", "up", "down"]))
        if one.kind == Kind.LIST and not one.shape.holds_pages and chance.random() < 0.2:
            one.add()
            fill(one.rows[-1], chance)
        if one.value and chance.random() < 0.2:
            one.value = typed(chance)
        if not one.value and one.kind == Kind.WORDS and chance.random() < 0.1:
            one.value = typed(chance)
        if one.pieces and not one.is_needed and one is not piece and chance.random() < 0.1:
            one.pieces = [piece_of(inner.shape, None, inner.word) for inner in one.pieces]


def fill(row: Piece, chance: random.Random) -> None:
    for one in row.walk():
        if not one.shape.is_compound:
            one.value = typed(chance)


def typed(chance: random.Random) -> str:
    return "".join(chance.choices(SIGNS, k=chance.randint(1, 20)))


@settings(max_examples=120, deadline=None)
@example(seed=143798)
@given(seed=st.integers(0, 2**40))
def test_a_change_says_what_was_typed_and_touches_nothing_else(seed):
    chance = random.Random(seed)
    code, place = chance.choice(PAGES)
    text, spot = TEXTS[code], page_of(code, place)
    piece = shown_piece(spot)
    disturb(piece, chance)
    result = rewrite(text, said_with(spot, piece))  # which says exactly what is wanted, or raises

    if len(spot.steps) > 1 and piece.wanted is not None:
        # Every line that comes before the page's part, and every line after it, is the same; what is said above its
        # first row goes along with that row.
        lines, first = text.split("\n"), spot.node.start_mark.line
        while lines[first - 1].strip().startswith("#"):
            first -= 1
        assert result.split("\n")[:first] == lines[:first]
        behind = text[rewriting.end_of(text, spot.node) :].split("\n", 1)[1:]
        assert all(result.endswith(rest) for rest in behind)
    after = compose(result)
    for other in everything(compose(text)):
        if other.node is not None and not related(other.steps, spot.steps) and len(other.steps) > 1:
            assert plain(other.node) == plain(at(after, other.steps))


def related(one, other) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def at(node, steps):
    for step in steps:
        node = node.value[step] if isinstance(step, int) else rewriting.pairs(node)[step][1]
    return node


def lost_comments(old: str, new: str) -> list[str]:
    said = [line.strip() for line in old.split("\n") if line.strip().startswith("#")]
    return [comment for comment in said if comment not in new]


@pytest.mark.parametrize("seed", range(3))
def test_rows_take_their_comments_along(seed):
    text = TEXTS["template"]
    spot = page_of("template", "dimensions/1/criteria")
    piece = shown_piece(spot)
    random.Random(seed).shuffle(piece.rows)
    result = rewrite(text, said_with(spot, piece))
    assert lost_comments(text, result) == []
    for comment, code in (("ตามขั้นที่ทำได้", "1.1"), ("ตามช่วงของตัวเลข", "1.2"), ("คณะกรรมการให้คะแนน\n", "1.3")):
        assert f'{comment.strip()}\n      - code: "{code}"' in result


OWN = """\
# head
a: 1  # one
# of b
b: {x: 1, 'y': "two" , z: 3}   # flow
list:
  # first
  - th: ก
    en: x   # kept
  - {th: ข, en: y}
  # last
  - th: >
      folded
      text
    en: z

# of tail
tail: [p, q]
"""


@pytest.mark.parametrize(
    ("wanted", "old", "new"),
    [
        ({"a": "2"}, "a: 1  # one", "a: 2  # one"),
        ({"a": "x # y"}, "a: 1  # one", "a: 'x # y'  # one"),
        ({"b": {"y": "three"}}, '"two" ,', '"three" ,'),
        ({"b": {"y": None}}, "{x: 1, 'y': \"two\" , z: 3}", "{x: 1, z: 3}"),
        ({"b": {"x": KEPT, "n": "0"}}, "{x: 1, 'y'", "{x: 1, n: '0', 'y'".replace("'0'", "0")),
        ({"b": None}, "# of b\nb: {x: 1, 'y': \"two\" , z: 3}   # flow\n", ""),
        ({"tail": Rows((Row(1, KEPT), Row(None, "r"), Row(0, KEPT)))}, "[p, q]", "[q, r, p]"),
        ({"a": {"setting": "s"}}, "a: 1  # one", "a: {setting: s}  # one"),
        ({"list": "word"}, OWN[OWN.index("  # first") : OWN.index("\n# of tail")], "  # first\n  word\n"),
        (
            {"list": Rows((Row(1, KEPT), Row(0, {"en": "new"}), Row(None, {"th": "ค", "en": "w"}), Row(2, KEPT)))},
            "  # first\n  - th: ก\n    en: x   # kept\n  - {th: ข, en: y}\n",
            "  - {th: ข, en: y}\n  # first\n  - th: ก\n    en: new   # kept\n  - {th: ค, en: w}\n",
        ),
        ({"list": Rows((Row(0, KEPT), Row(1, KEPT), Row(2, {"th": "new"})))}, ">\n      folded\n      text", "new"),
        ({"tail": KEPT, "more": {"th": "ก", "en": "a, b"}}, ", q]\n", ", q]\n\nmore: {th: ก, en: 'a, b'}\n"),
    ],
)
def test_each_change_in_the_style_of_what_is_there(wanted, old, new):
    assert OWN.count(old) == 1
    assert rewrite(OWN, wanted) == OWN.replace(old, new)


def test_a_text_that_cannot_be_changed_in_its_place_is_left_alone():
    with pytest.raises(rewriting.Unwritable):
        rewrite("a: 1\nb: 2\nb: 3\n", {"a": "1", "c": "4"})


@given(text=TYPED)
@settings(deadline=None)
def test_any_text_is_written_so_that_it_is_read_as_itself(text):
    for in_flow in (True, False):
        written = writing.scalar(text, in_flow=in_flow)
        root = compose(f"{{k: {written}, l: m}}" if in_flow else f"k: {written}\nl: m")
        assert [value.value for _key, value in root.value] == [text, "m"]
