"""Cuts Bootstrap's styles down to the classes that are named somewhere: a sixth of them is left.

`make bootstrap` runs it after a class of Bootstrap came into use. tests/cdd4/test_bootstrap.py says so. What is still
in the file and no longer named harms nobody, until the next run.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tinycss2  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
WHOLE, TARGET = ROOT / "static/vendor/bootstrap.min.css", ROOT / "static/vendor/bootstrap.used.css"
CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")
VARIABLE, VALUE = re.compile(r"var\((--[\w-]+)"), re.compile(r"(--bs-[\w-]+):[^;{}]*(?:;|(?=}))")
APPS = ("submissions", "scoring", "awards", "cdd4")
NAMING = ("templates/**/*.html", "static/*.js", *(f"{app}/**/*.py" for app in APPS))


def words() -> set[str]:
    """Whatever may be a class: any word of a template, a script or the code."""
    texts = (path.read_text(encoding="utf-8") for pattern in NAMING for path in ROOT.glob(pattern))
    return {word for text in texts for word in re.findall(r"[\w-]+", text)}


def selectors(text: str) -> set[str]:
    """All that the styles have rules for, also within @media."""
    return {selector for rule in _rules(tinycss2.parse_stylesheet(text)) for selector in _split(rule)}


def _rules(nodes: list[Any]) -> Iterator[Any]:
    for node in nodes:
        if node.type == "qualified-rule":
            yield node
        elif node.type == "at-rule" and node.lower_at_keyword in ("media", "supports"):
            yield from _rules(tinycss2.parse_rule_list(node.content))


def _split(rule: Any) -> list[str]:
    return re.split(r",(?![^(\[]*[)\]])", tinycss2.serialize(rule.prelude).strip())


def cut(text: str, used: set[str]) -> str:
    """The styles without the selectors that name a class which is not in use, a rule a line."""
    lines = list(_kept(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True), used))
    return "\n".join(["/*! Bootstrap 5.3.8, MIT: the part in use, see README.md. */", *_without_idle(lines), ""])


def _kept(nodes: list[Any], used: set[str]) -> Iterator[str]:
    for node in nodes:
        if node.type == "qualified-rule":
            left = [selector for selector in _split(node) if set(CLASS.findall(selector)) <= used]
            if left:
                yield f"{','.join(left)}{{{tinycss2.serialize(node.content)}}}"
        elif node.type == "at-rule" and node.lower_at_keyword in ("media", "supports"):
            inner = list(_kept(tinycss2.parse_rule_list(node.content, skip_whitespace=True), used))
            if inner:
                yield "\n".join([f"@{node.lower_at_keyword}{tinycss2.serialize(node.prelude)}{{", *inner, "}"])
        elif node.type == "at-rule" and tinycss2.serialize(node.prelude).strip() in used:  # @keyframes
            yield node.serialize()


def _without_idle(lines: list[str]) -> list[str]:
    """Without the variables that nothing reads: the styles that are left, those of our own, or one another."""
    own = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "static").glob("*.css")))
    while True:
        read = set(VARIABLE.findall(own + "".join(lines)))
        fewer = [VALUE.sub(lambda value: value[0] if value[1] in read else "", line) for line in lines]  # noqa: B023
        if fewer == lines:
            return [line for line in lines if not line.endswith("{}")]
        lines = fewer


if __name__ == "__main__":
    TARGET.write_text(cut(WHOLE.read_text(encoding="utf-8"), words()), encoding="utf-8")
