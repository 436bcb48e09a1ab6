"""Frozen: what was announced, and how the log stood. A row here is written once and never moves again."""

from .ledger import Head, HeadKey, Leaf, Node
from .papers import CredentialKey, Paper, Revocation
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
)

__all__ = [
    "MOST_REASON",
    "CredentialKey",
    "Document",
    "Head",
    "HeadKey",
    "Leaf",
    "Node",
    "Paper",
    "Publication",
    "PublicationQuerySet",
    "Result",
    "ResultQuerySet",
    "Revocation",
    "content_of",
    "facts_of",
    "faults",
]
