"""Refuses passwords that were stolen elsewhere, without asking anybody: the list lies beside this file.

`stolen.bloom` is a Bloom filter (its first line says of what): none of the listed passwords gets by, and of 10,000
others about one is refused without cause.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LIST = Path(__file__).with_name("stolen.bloom")
HASHES = 13
FALSE_ALARMS = 1e-4


class StolenPasswordValidator:
    """For AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user=None) -> None:
        if is_stolen(password):
            raise ValidationError(
                _("This password is among those stolen elsewhere, which guessers try first. Choose another."),
                code="password_stolen",
            )

    def get_help_text(self) -> str:
        return _("Your password can’t be one of those stolen elsewhere, which guessers try first.")


def is_stolen(password: str) -> bool:
    bits = _bits()
    return all(bits[place // 8] >> place % 8 & 1 for place in _places(password, len(bits) * 8))


@cache
def _bits() -> bytes:
    return LIST.read_bytes().partition(b"\n")[2]


def _places(password: str, size: int) -> Iterator[int]:
    """Where a password leaves its marks; capital letters are no secret."""
    digest = hashlib.sha256(password.strip().lower().encode(errors="replace")).digest()
    first, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big") | 1
    return ((first + number * step) % size for number in range(HASHES))


def filter_of(passwords: Iterable[str]) -> bytes:
    """The bits for these passwords."""
    unlike = {password.strip().lower() for password in passwords}
    count = -len(unlike) * math.log(FALSE_ALARMS) / math.log(2) ** 2
    bits = bytearray(math.ceil(count / 8))
    for password in unlike:
        for place in _places(password, len(bits) * 8):
            bits[place // 8] |= 1 << place % 8
    return bytes(bits)
