"""The schema for editors takes what the engine takes, and refuses the words that the engine does not know."""

import json
import re
from copy import deepcopy

import pytest
import yaml
from jsonschema import Draft202012Validator

from scoring import engine, shipped
from tests.scoring import small
from tests.scoring.test_check_scheme_command import EXAMPLE
from tests.servers import ROOT

SCHEMA = json.loads((ROOT / "scoring/schemes/scheme.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
MUSEUM = ROOT / "tests/scoring/schemes_broken"
TEXTS = {code: shipped.text(code) for code in shipped.schemes()} | {"small": small.TEXT, "example": EXAMPLE}
# Faults of a word or of what it takes: of these an editor can tell.
SEEN_BY_EDITORS = """unknown_word unknown_rule words_misspelt missing_close missing_english missing_when empty_list
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


def test_it_knows_every_word_of_the_outermost_page():
    """The first table of the README names them, one row a word or several."""
    readme = (ROOT / "scoring/schemes/README.md").read_text(encoding="utf-8")
    table = readme.split("## The whole file")[1].split("##")[0]
    named = {word for row in re.findall(r"^\| (`[^|]+`) \|", table, flags=re.M) for word in re.findall(r"`(\w+)`", row)}
    assert set(SCHEMA["properties"]) == named | {"doubts"}
