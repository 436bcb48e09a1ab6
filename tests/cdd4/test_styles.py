"""Styles are read as browsers read them: nothing is misspelled into silence. No line is longer than a screen."""

import re

import pytest
import tinycss2

from tests.servers import ROOT

STYLES = sorted((ROOT / "static").glob("*.css"))
SCRIPTS = sorted((ROOT / "static").glob("*.js"))
# Sheets of others, and what scripts or pages set.
FOREIGN = re.compile(r"--(bs-|color-|tw-|font-|spacing)")


def rules_of(nodes) -> list:
    """Every rule, also within @media and the like; a browser leaves out what it can't read, without a word."""
    found = []
    for node in tinycss2.parse_blocks_contents(nodes, skip_comments=True, skip_whitespace=True):
        assert node.type != "error", f"line {node.source_line}: {node.message}"
        if node.type in ("qualified-rule", "at-rule"):
            found += [node, *(rules_of(node.content) if node.content else [])]
    return found


def rules(path) -> list:
    return rules_of(tinycss2.parse_component_value_list(path.read_text(encoding="utf-8")))


def declarations(rule) -> list:
    if not rule.content:
        return []
    inner = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    return [node for node in inner if node.type == "declaration"]


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_rule_is_read_says_something_and_says_it_once(path):
    faults = []
    for rule in rules(path):
        if rule.content is None:
            continue
        if not tinycss2.serialize(rule.content).strip():
            faults.append(f"line {rule.source_line}: an empty rule")
        seen = {}
        for declaration in declarations(rule):
            # Twice with another value is meant: what an old browser can't read it leaves out.
            value = tinycss2.serialize(declaration.value).strip()
            if value in seen.setdefault(declaration.name, []):
                faults.append(f"line {declaration.source_line}: {declaration.name} twice")
            seen[declaration.name].append(value)
    assert faults == []


def test_every_variable_is_set_somewhere():
    text = "".join(path.read_text(encoding="utf-8") for path in STYLES)
    used, known = set(re.findall(r"var\((--[\w-]+)\s*\)", text)), set(re.findall(r"(--[\w-]+)\s*:", text))
    assert used
    assert {name for name in used - known if not FOREIGN.match(name)} == set()


@pytest.mark.parametrize("path", STYLES + SCRIPTS, ids=lambda path: path.name)
def test_no_line_is_longer_than_a_screen(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    long = [number for number, line in enumerate(lines, 1) if len(line) > 120 and 'url("data:' not in line]
    assert long == []
