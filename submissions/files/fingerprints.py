"""Fingerprints of how something looks and of what it says: of what is alike, they are alike.

A mark has four keys, by which it is looked up, and a sketch, by which two are compared. Both are found in the same way:
what is alike has at least one key in common (of looks: a key that differs in one bit at most).
"""

import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

KEYS = 4
# How something looks. Measured: of 64 bits 0 to 3 differ when a photograph is made smaller, grey or compressed again,
# up to 6 when it is brighter, 20 and more in another one. The finer sketch tells apart what merely has the same layout:
# a third and more of its bits differ between two letters on the same paper, a sixth when one letter is scanned twice.
COARSE, FINE = 8, 16  # squares to a side
MOST_DIFFERENT = 6  # bits of 64
LEAST_ALIKE = 75  # percent of the finer bits that either has
PLAIN = 1.5  # grey levels, of 256: what varies less is empty
VAGUE = 3  # the same, seen in the coarse squares: a page with little more than its number is like any other
# What something says: the least hash of each of so many shares of its shingles.
SHINGLE = 10  # characters
SHARES = 64
LEAST_SHINGLES = 300
LEAST_OVERLAP = 60  # percent of the shingles of both
_EMPTY = "ffff"


class Mark(NamedTuple):
    keys: tuple[int, ...]  # KEYS of them
    sketch: str  # hexadecimal


def is_plain(picture) -> bool:
    """Whether nothing is to be seen on a Pillow picture."""
    return _deviation(picture.convert("L")) < PLAIN


def look(picture) -> Mark | None:
    """The mark of a Pillow picture; None when there is too little on it to be told from others."""
    grey = picture.convert("L")
    if _deviation(grey.resize((COARSE + 1, COARSE))) < VAGUE:
        return None
    coarse, fine = _steps(grey, COARSE), _steps(grey, FINE)
    keys = tuple(coarse >> 16 * place & 0xFFFF for place in range(KEYS))
    return Mark(keys, f"{fine:0{FINE * FINE // 4}x}")


def _steps(grey, side: int) -> int:
    """dHash: a bit for each square, set when the one right of it is darker."""
    from PIL import Image

    small = grey.resize((side + 1, side), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for at in range(len(small)):
        if (at + 1) % (side + 1):
            bits = bits << 1 | (small[at] > small[at + 1])
    return bits


def _deviation(grey) -> float:
    from PIL import ImageStat

    return ImageStat.Stat(grey).stddev[0]


def coarse(mark: Mark) -> int:
    """The 64 bits of a look."""
    return sum(key << 16 * place for place, key in enumerate(mark.keys))


def near(key: int) -> Iterator[int]:
    """A key of looks, and those that differ from it in one bit."""
    yield key
    yield from (key ^ 1 << bit for bit in range(16))


def look_alike(mark: Mark, other: Mark) -> int | None:
    """How alike two looks are, in percent; None when they are not."""
    if (coarse(mark) ^ coarse(other)).bit_count() > MOST_DIFFERENT:
        return None
    these, those = int(mark.sketch, 16), int(other.sketch, 16)
    alike = (these & those).bit_count() * 100 // ((these | those).bit_count() or 1)
    return None if alike < LEAST_ALIKE else alike


def plain(text: str) -> str:
    """The letters and digits of a text; spaces and punctuation change with every program that writes it."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = (letter for letter in folded if unicodedata.category(letter)[0] in "LMN")
    return "".join(str(unicodedata.digit(letter, letter)) for letter in kept)


def wording(text: str) -> Mark | None:
    """The mark of a text; None when it is too short to be told from others."""
    shingles = {zlib.crc32(piece.encode()) for piece in pieces(plain(text))}
    if len(shingles) < LEAST_SHINGLES:
        return None
    least: list[int | None] = [None] * SHARES
    for shingle in shingles:
        mixed = shingle * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF  # the last bits of a CRC are not mixed well
        share, value = mixed >> 58, mixed >> 16 & 0xFFFFFFFF
        before = least[share]
        if before is None or value < before:
            least[share] = value
    keys = tuple(_pair(least[2 * place], least[2 * place + 1]) for place in range(KEYS))
    return Mark(keys, "".join(_EMPTY if hashed is None else f"{hashed % 0xFFFF:04x}" for hashed in least))


def common(text: str, other: str) -> list[tuple[str, bool]]:
    """A text cut into runs, and whether each is found in the other as well."""
    shared = set(pieces(plain(other)))
    letters = [(at, letter) for at, raw in enumerate(text) for letter in plain(raw)]
    plain_text = "".join(letter for _, letter in letters)
    marked = [False] * len(text)
    for start, piece in enumerate(pieces(plain_text)):
        if piece in shared:
            first, last = letters[start][0], letters[start + SHINGLE - 1][0]
            marked[first : last + 1] = [True] * (last + 1 - first)
    runs: list[tuple[str, bool]] = []
    for letter, is_shared in zip(text, marked, strict=True):
        if runs and runs[-1][1] == is_shared:
            runs[-1] = (runs[-1][0] + letter, is_shared)
        else:
            runs.append((letter, is_shared))
    return runs


def pieces(text: str) -> Iterable[str]:
    return (text[at : at + SHINGLE] for at in range(len(text) - SHINGLE + 1))


def _pair(first: int | None, second: int | None) -> int:
    return zlib.crc32(f"{first} {second}".encode()) >> 1  # fits a signed column of 32 bits


def read_alike(mark: Mark, other: Mark) -> int | None:
    """How much two texts overlap, in percent; None when it is little."""
    pairs = [(mark.sketch[at : at + 4], other.sketch[at : at + 4]) for at in range(0, 4 * SHARES, 4)]
    filled = [(a, b) for a, b in pairs if (a, b) != (_EMPTY, _EMPTY)]
    overlap = sum(a == b for a, b in filled) * 100 // len(filled)
    return None if overlap < LEAST_OVERLAP else overlap
