"""Frozen: what was announced, and how the log stood. A row here is written once and never moves again."""

from .bundles import Bundle
from .copies import CopyScan, SignedCopy
from .ledger import Head, HeadKey, HeadTimestamp, Leaf, Node
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
    withheld_of,
)
from .publishings import Publishing, Stopped
from .sureness import Sureness

__all__ = [
    "MOST_REASON",
    "Bundle",
    "CopyScan",
    "CredentialKey",
    "Document",
    "Head",
    "HeadKey",
    "HeadTimestamp",
    "Leaf",
    "Node",
    "Paper",
    "Publication",
    "PublicationQuerySet",
    "Publishing",
    "Result",
    "ResultQuerySet",
    "Revocation",
    "SignedCopy",
    "Stopped",
    "Sureness",
    "content_of",
    "facts_of",
    "faults",
    "withheld_of",
]
