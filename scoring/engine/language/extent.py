"""Reads how long a file may be and on which paper, as far as a machine can see it."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.engine.facts.asked import Extent, Span

from .proof import Node

PAPERS: Mapping[str, tuple[int, int]] = {"A3": (297, 420), "A4": (210, 297), "A5": (148, 210)}  # mm, upright (ISO 216)
_MOST = 10_000  # pages or minutes


def read_extent(node: Node) -> Extent:
    """The words `pages`, `paper` and `minutes` of a requirement."""
    return Extent(
        pages=_read_span(node, "pages"),
        paper=node.one_of("paper", PAPERS, "") if node.has("paper") else "",
        minutes=_read_span(node, "minutes"),
    )


def _read_span(node: Node, key: str) -> Span | None:
    inner = node.optional_child(key)
    if inner is None:
        return None
    span = Span(inner.whole("from", 1), inner.whole("to"))
    if not 1 <= span.least <= _MOST:
        inner.fault("from", f"ต้องเป็น 1 ถึง {_MOST}", f"must be 1 to {_MOST}")
    elif inner.has("to") and not span.least <= span.most <= _MOST:
        inner.fault("to", f"ต้องเป็น {span.least} ถึง {_MOST}", f"must be {span.least} to {_MOST}")
    inner.close()
    return span
