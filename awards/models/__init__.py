"""Frozen: what was announced, and how the log stood. A row here is written once and never moves again."""

from .ledger import Head, HeadKey, Leaf, Node
from .publications import (
    MOST_REASON,
    Document,
    Publication,
    PublicationQuerySet,
    Result,
    ResultQuerySet,
    content_of,
    facts_of,
    faults,
    withheld_of,
)

__all__ = [
    "MOST_REASON",
    "Document",
    "Head",
    "HeadKey",
    "Leaf",
    "Node",
    "Publication",
    "PublicationQuerySet",
    "Result",
    "ResultQuerySet",
    "content_of",
    "facts_of",
    "faults",
    "withheld_of",
]
