"""Words, lists and mappings written anew as YAML, in the style of the texts beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

_WIDEST = 120
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)*\Z")
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def scalar(value: str, style: str | None = None, *, in_flow: bool) -> str:
    """A single word or text, in the quotes that it had if they can hold it, and in as few as it needs."""
    plain, single, double = value, "'" + value.replace("'", "''") + "'", _in_double_quotes(value)
    written = {"'": (single, double), '"': (double,)}.get(style or "", (plain, single, double))
    return next((one for one in written if _reads_as(one, value, in_flow)), double)


def _in_double_quotes(value: str) -> str:
    dumped: str = yaml.dump(value, default_style='"', allow_unicode=True, width=10**9)
    return dumped.rstrip("\n")


def _reads_as(written: str, value: str, in_flow: bool) -> bool:
    """Whether YAML takes it for exactly this text, beside other things on its line."""
    if "\n" in written or not written:
        return False
    try:
        root = yaml.compose(f"{{k: {written}, l: m}}" if in_flow else f"k: {written}\nl: m", Loader=_LOADER)
    except yaml.YAMLError:
        return False
    if not isinstance(root, yaml.MappingNode) or len(root.value) != 2:
        return False
    node = root.value[0][1]
    return isinstance(node, yaml.ScalarNode) and node.value == value and written[:1] not in "&*!"


def in_flow(value: Any) -> str:
    """On one line, with its brackets."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {_inline(inner, key)}" for key, inner in value.items()) + "}"
    return "[" + ", ".join(_inline(inner) for inner in value) + "]" if isinstance(value, list) else _inline(value)


def _inline(value: Any, key: str = "") -> str:
    if isinstance(value, (Mapping, list)):
        return in_flow(value)
    return _valued(key, value, in_flow=True)


def _valued(key: str, value: str, *, in_flow: bool) -> str:
    """A code that looks like a number is quoted, as the schemes do."""
    return scalar(value, '"' if key == "code" and _NUMBER.match(value) else None, in_flow=in_flow)


def _key(key: str) -> str:
    return scalar(key, in_flow=True)


def pair(key: str, value: Any, column: int, *, as_flow: bool = False) -> str:
    """`key: value` on lines of its own, which begin at this column."""
    head = f"{' ' * column}{_key(key)}:"
    if not isinstance(value, (Mapping, list)):
        return f"{head} {_valued(key, value, in_flow=False)}\n"
    if _fits(value, len(head) + 1, as_flow):
        return f"{head} {in_flow(value)}\n"
    return f"{head}\n{block(value, column + 2)}"


def item(value: Any, column: int, *, as_flow: bool = False) -> str:
    """One row of a list, its dash at this column."""
    head = f"{' ' * column}- "
    if not isinstance(value, (Mapping, list)):
        return f"{head}{scalar(value, in_flow=False)}\n"
    if _fits(value, len(head), as_flow):
        return f"{head}{in_flow(value)}\n"
    return head + block(value, column + 2)[column + 2 :]


def block(value: Any, column: int) -> str:
    """A mapping or list on lines of its own, which begin at this column."""
    if isinstance(value, Mapping):
        return "".join(pair(key, inner, column) for key, inner in value.items())
    return "".join(item(inner, column) for inner in value)


def _fits(value: Any, start: int, as_flow: bool) -> bool:
    """Whether it stands on one line: what is small does, what is larger where its neighbours do."""
    is_small = as_flow or _is_small(value)
    return is_small and start + len(in_flow(value)) <= _WIDEST


def _is_small(value: Any) -> bool:
    if isinstance(value, list):
        return not any(isinstance(inner, (Mapping, list)) for inner in value)
    return not any(isinstance(inner, list) or "th" in inner for inner in value.values() if not isinstance(inner, str))
