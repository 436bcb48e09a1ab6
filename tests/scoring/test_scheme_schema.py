"""The schema for editors takes what the engine takes, and refuses the words that the engine does not know."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from copy import deepcopy

import pytest
import yaml
from jsonschema import Draft202012Validator

from scoring import engine, shipped
from scoring.authoring.rewriting import compose, pairs, plain
from scoring.authoring.shapes import Kind, Shape, scheme_shape
from scoring.engine.language import proof
from tests.scoring import small
from tests.scoring.test_check_scheme_command import EXAMPLE
from tests.servers import ROOT

SCHEMA = json.loads((ROOT / "scoring/schemes/scheme.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
MUSEUM = ROOT / "tests/scoring/schemes_broken"
TEXTS = {code: shipped.text(code) for code in shipped.schemes()} | {"small": small.TEXT, "example": EXAMPLE}
# Faults of a word or of what it takes: of these an editor can tell.
SEEN_BY_EDITORS = """unknown_word unknown_rule words_misspelt missing_close missing_thai missing_when empty_list
    negative_points not_a_month not_a_number not_a_whole_number code_with_capitals a_word_for_a_list
    a_list_for_a_mapping shown_as_unknown issuer_without_signer levels_of_an_item two_conditions
    year_of_the_buddhist_era""".split()


class _Days(yaml.SafeLoader):
    """YAML as an editor reads it: days stay words, as in JSON."""


_Days.yaml_implicit_resolvers = {
    first: [one for one in known if one[0] != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str):
    return yaml.load(text, Loader=_Days)


def faults(document) -> list[str]:
    return [f"{one.json_path}: {one.message}" for one in VALIDATOR.iter_errors(document)]


def mappings(document) -> list[dict]:
    """Every mapping within a document."""
    inner = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    return [*([document] if isinstance(document, dict) else []), *(one for part in inner for one in mappings(part))]


def test_it_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("code", TEXTS)
def test_what_the_engine_takes_it_takes(code):
    engine.load(TEXTS[code])
    assert faults(read(TEXTS[code])) == []


@pytest.mark.parametrize("name", SEEN_BY_EDITORS)
def test_what_an_editor_can_tell_it_refuses(name):
    assert faults(read((MUSEUM / f"{name}.yaml").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("kind", "options", "is_taken"),
    [
        ("choice", 2, True),
        ("choice", 1, False),
        ("choice", 0, False),
        ("choices", 1, True),
        ("line", 0, True),
        ("line", 2, False),
    ],
)
def test_a_field_has_the_options_that_its_kind_needs(kind, options, is_taken):
    field = {"code": "why", "title": {"th": "เหตุผล", "en": "Why"}, "kind": kind}
    if options:
        field["options"] = [{"code": f"o{n}", "th": f"ข้อ {n}", "en": f"Number {n}"} for n in range(options)]
    validator = Draft202012Validator({"$ref": "#/$defs/field", "$defs": SCHEMA["$defs"]})
    assert (list(validator.iter_errors(field)) == []) is is_taken


@pytest.mark.parametrize("code", ["cdd40-2566", "tambon-2565", "small"])
def test_an_unknown_word_is_refused_wherever_it_stands(code):
    """In a mapping of codes it is no code."""
    document = read(TEXTS[code])
    for number in range(0, len(mappings(document)), 5):
        changed = deepcopy(document)
        mappings(changed)[number]["A word"] = 1
        assert faults(changed), mappings(changed)[number]


def test_it_knows_the_same_rules_as_the_engine():
    with pytest.raises(engine.SchemeError) as refused:
        engine.load((MUSEUM / "unknown_rule.yaml").read_text(encoding="utf-8"))
    allowed = re.search(r"allowed: ([^;]+);", refused.value.faults[0].en)[1].split(", ")
    assert SCHEMA["$defs"]["rule"]["enum"] == allowed


# One description: what the proofreader asks for, what the schema describes, what the README tells


def described(shape: Shape) -> set[str]:
    """Of one of several ways the words of all: the proofreader looks which of them is there."""
    return set().union(*(way.words for way in shape.ways)) if shape.kind == Kind.WAYS else set(shape.words)


def asked_by_place(text: str, monkeypatch) -> dict[str, set[str]]:
    """Every word that the proofreader asks for while it reads a text, by the name of the shape that stands there."""
    nodes: list[proof.Node] = []
    begin = proof.Node.__init__

    def noted(node, *args):
        begin(node, *args)
        nodes.append(node)

    with monkeypatch.context() as patch:
        patch.setattr(proof.Node, "__init__", noted)
        with suppress(engine.SchemeError):
            engine.load(text)
    shapes = shapes_by_path(scheme_shape(), compose(text), "")
    asked: dict[str, set[str]] = {}
    for node in nodes:
        if shape := shapes.get(node.path):
            key = f"{shape.name}: {' '.join(sorted(described(shape)))}"
            asked.setdefault(key, set()).update(node._asked)
    return asked


def shapes_by_path(shape: Shape, node, path: str) -> dict[str, Shape]:
    """What may stand at each mapping of a text with words of the language in it."""
    found: dict[str, Shape] = {}
    if shape.kind == Kind.OBJECT or shape.kind == Kind.WAYS:
        if not hasattr(node, "value") or isinstance(node.value, str):
            return {}
        have = pairs(node)
        answer = have.get(shape.chosen_by, (None, None))[1]
        whole = shape.chosen(answer.value) if answer is not None else shape
        found[path] = whole
        way = whole.ways[whole.way_of(plain(node)) or 0] if whole.kind == Kind.WAYS else whole
        for word, inner in way.words.items():
            if word in have:
                found |= shapes_by_path(inner, have[word][1], f"{path}.{word}" if path else word)
    elif shape.kind == Kind.MAP:
        for code, (_key, child) in pairs(node).items():
            found |= shapes_by_path(shape.inner, child, f"{path}.{code}")
    elif shape.kind == Kind.LIST:
        for number, child in enumerate(node.value):
            found |= shapes_by_path(shape.inner, child, f"{path}[{number}]")
    return found


def test_it_describes_exactly_the_words_that_the_proofreader_takes(monkeypatch):
    asked: dict[str, set[str]] = {}
    for text in [*TEXTS.values(), *EVERY_PLACE]:
        for key, words in asked_by_place(text, monkeypatch).items():
            asked.setdefault(key, set()).update(words)
    differing = {key: words ^ set(key.split(": ")[1].split()) for key, words in asked.items()}
    assert {key: words for key, words in differing.items() if words} == {}
    everywhere = {f"{shape.name}: {' '.join(sorted(described(shape)))}" for shape in all_shapes(scheme_shape(), {})}
    assert everywhere - set(asked) == set()


def all_shapes(shape: Shape, seen: dict[int, Shape]) -> Iterable[Shape]:
    if id(shape) in seen or not shape.is_compound:
        return ()
    seen[id(shape)] = shape
    chosen = [shape.chosen(answer) for answer in RULES] if shape.chosen_by else []
    inner = [*shape.words.values(), *(one for way in shape.ways for one in way.words.values()), *chosen]
    inner += [shape.inner] if shape.kind in (Kind.LIST, Kind.MAP) else []
    own = [shape] if shape.kind in (Kind.OBJECT, Kind.WAYS) and described(shape) and not chosen else []
    return [*own, *(found for one in inner for found in all_shapes(one, seen))]


RULES = SCHEMA["$defs"]["rule"]["enum"]
# Each kind of rule as a criterion and as a part, and what no scheme that ships says.
_INNER = "parts: [{code: p, title: {th: a, en: a}, max: 1, rule: judged, items: []}]"
_RULE = {
    "steps": "steps: [{points: 1, when: {passed: 2023-01-01}, th: a, en: a}]",
    "tally": "items: [{when: {passed: 2023-01-01}, th: a, en: a}], rows: [{points: 1, th: a, en: a}]",
    "bands": "number: {value: v}, bands: [{points: 1, th: a, en: a}]",
    "timeliness": "date: {value: d}, due: 2023-01-01, rows: [{came: due, points: 1, th: a, en: a}]",
    "proportion": "points: 1, text: {th: a, en: a}, number: {percent: v, of: {target: t}}",
    "judged": "items: [{code: i, title: {th: a, en: a}, max: 1}]",
    "sum": _INNER,
    "convert": f"{_INNER}, levels: [{{points: 1, th: a, en: a}}]",
}
_HEAD = """\
scheme: s
sizes: {s: {th: a, en: a}}
targets: {t: {s: 1}}
values: {v: {title: {th: a, en: a}}, d: {title: {th: a, en: a}, kind: date}}
dimensions:
  - code: d
    criteria:
"""
_ONE = "{{code: {code}, title: {{th: a, en: a}}, max: 1, rule: {rule}, {words}}}"


def _as_both(rule: str, words: str) -> str:
    one = _ONE.format(code=rule, rule=rule, words=words)
    return f"      - {one}\n      - {_ONE.format(code='in-' + rule, rule='sum', words=f'parts: [{one}]')}\n"


EVERY_PLACE = [_HEAD + "".join(_as_both(rule, words) for rule, words in _RULE.items())]


def test_a_part_is_described_as_a_criterion_is():
    for rule in RULES:
        criterion, part = SCHEMA["$defs"][f"criterion-{rule}"], SCHEMA["$defs"][f"part-{rule}"]
        own = {word: said for word, said in criterion["properties"].items() if word not in ("also_asked", "doubts")}
        assert part == {**criterion, "properties": own}


def test_every_word_and_answer_has_a_name_in_thai_and_english():
    labels = SCHEMA["x-labels"]
    words = {word for shape in all_shapes(scheme_shape(), {}) for word in described(shape)}
    assert words <= set(labels["words"])
    answers = {one for name, raw in choices(SCHEMA) for one in raw if f"{name}.{one}" not in labels["answers"]}
    assert answers - {True, False} <= set(labels["answers"])
    assert set(RULES) <= set(labels["answers"])
    for told in [*labels["words"].values(), *labels["answers"].values()]:
        assert set(told) == {"th", "en"}
    for shape in all_shapes(scheme_shape(), {}):
        assert all(set(way.raw.get("x-label", ())) == {"th", "en"} for way in shape.ways)


def choices(raw, name="") -> list[tuple[str, list]]:
    if isinstance(raw, list):
        return [found for inner in raw for found in choices(inner, name)]
    if not isinstance(raw, dict):
        return []
    own = [(name, raw["enum"])] if "enum" in raw else []
    return own + [found for word, inner in raw.items() if word != "x-labels" for found in choices(inner, word)]


README = (ROOT / "scoring/schemes/README.md").read_text(encoding="utf-8")


def told_in(begin: str, end: str) -> set[str]:
    """The words in the first column of a table of the README, one row a word or several."""
    table = README.split(begin)[1].split(end)[0]
    return {word for row in re.findall(r"^\| (`[^|]+`) \|", table, flags=re.M) for word in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize(
    ("begin", "end", "shape", "told_elsewhere"),
    [
        ("## The whole file", "##", "", {"doubts"}),
        ("**`nominees`**", "**`stages`**", "nominees", set()),
        ("**`stages`**", "## What is asked", "stage", {"code", "title"}),
        ("**`requirements`**", "**`values`**", "requirement", {"title", "doubts"}),
        ("**`values`**", "**`settings`**", "value", {"title", "doubts", "months", "periods", "help"}),
        ("A section has", "| `kind` |", "field", {"code", "title", "kind"}),
        ("An item of `judged`", "### Numbers", "item", {"code", "title", "max"}),
    ],
)
def test_the_readme_tells_every_word(begin, end, shape, told_elsewhere):
    words = set(SCHEMA["$defs"][shape]["properties"] if shape else SCHEMA["properties"])
    assert told_in(begin, end) | told_elsewhere == words


def test_the_readme_tells_every_rule_with_its_words():
    table = README.split("| `rule` | words |")[1].split("###")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^\n]+)", table, flags=re.M))
    assert list(rows) == RULES
    for rule, row in rows.items():
        own = set(SCHEMA["$defs"][f"part-{rule}"]["properties"]) - {"code", "title", "max", "rule"}
        assert own - set(re.findall(r"`(\w+)[`:]", row)) <= ({"parts", "cap"} if rule == "convert" else set()), rule


@pytest.mark.parametrize(
    ("begin", "end", "shape"), [("### Numbers", "###", "figure"), ("### Conditions", "##", "condition")]
)
def test_the_readme_tells_every_number_and_condition(begin, end, shape):
    section = README.split(begin)[1].split(end)[0]
    words = {word for way in SCHEMA["$defs"][shape]["oneOf"] for word in way["properties"]}
    assert words - set(re.findall(r"\b([a-z_]+)\b", section)) == set()
