"""What a paper is known by: a code of 140 bits that is made once, its address, and both drawn as a QR code."""

import io
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from awards.models import Document, Paper, Publication

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # base 32: no digit looks like one of its letters
LENGTH = 28
GROUP = 4
MISREAD = str.maketrans("0189", "OIBG")  # digits that no code has, as what they were read from


@dataclass(frozen=True)
class Printed:
    """What a paper prints by which it is checked. `by`: whose certificate signs it; "" where none does. `size`, `root`:
    of the log's head that covers it; nothing where nobody seals."""

    code: str
    by: str = ""
    is_trial: bool = False  # nobody vouches for the certificate
    size: int = 0
    root: str = ""

    @property
    def asset(self) -> str:
        return f"asset:code-{self.code}"

    @property
    def address(self) -> str:
        """The short address, as it is typed."""
        return re.sub("^https?://", "", f"{settings.PORTAL_URL}{reverse('verify')}").rstrip("/")

    @property
    def groups(self) -> str:
        return grouped(self.code)


def address(code: str) -> str:
    """Where everybody asks about a paper."""
    return f"{settings.PORTAL_URL}{reverse('verify-paper', args=[code])}"


def grouped(code: str) -> str:
    """As it is printed and read out: ABCD-EFGH-…"""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def typed(text: str) -> str:
    """The code in what somebody typed or pasted: a code in groups, in small letters, or its whole address."""
    last = text.strip().rstrip("/").rpartition("/")[2]
    return re.sub(r"[\s-]", "", last).upper().translate(MISREAD)


def is_whole(code: str) -> bool:
    """Whether it has the form of a code, whoever gave it."""
    return len(code) == LENGTH and set(code) <= set(LETTERS)


def drawn(code: str) -> bytes:
    """The QR code of a paper's address, as SVG; the paper around it is its quiet zone."""
    file = io.BytesIO()
    segno.make(address(code), error="m", micro=False).save(file, kind="svg", border=0, xmldecl=False, svgclass=None)
    return file.getvalue()


def give(publication: Publication, kind: str, offices: Iterable[str]) -> dict[str, str]:
    """The codes of papers by their offices, made where there is none yet. Whoever comes second takes the first's."""
    wanted, now = set(offices), timezone.now()
    known = publication.papers.filter(kind=kind, office__in=wanted)
    missing = wanted - set(known.values_list("office", flat=True))
    new = [Paper(publication=publication, kind=kind, office=one, code=_new(), issued_at=now) for one in sorted(missing)]
    Paper.objects.bulk_create(new, ignore_conflicts=True)
    return dict(publication.papers.filter(kind=kind, office__in=wanted).values_list("office", "code"))


def _new() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def of_document(document: Document) -> str:
    """The code of the paper that a kept file is, "" where it has none: a credential is its certificate for programs."""
    kind = Document.Kind.CERTIFICATES if document.kind == Document.Kind.CREDENTIAL else document.kind
    known = document.publication.papers.filter(kind=kind, office=document.office)
    return known.values_list("code", flat=True).first() or ""
