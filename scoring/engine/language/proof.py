"""A tree that knows the lines of its text, read word by word; every fault is collected, none stops the reading.

Scalars stay the text that was written until they are asked for as a number, a day or a word, so no number ever passes
through a binary float and `1.10` stays a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import TypeVar, cast

import yaml

from scoring.engine.facts.terms import Text

Word = TypeVar("Word", bound=str)
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
# What YAML refuses, but without naming a line, and by a programmer's number.
UNSEEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z")
_CODE = re.compile(r"[0-9a-z][0-9a-z_.-]*\Z")
_YEARS = range(1900, 2200)  # of the Common Era; what lies 543 years later is a Buddhist one
_ERA = 543
_MOST_POINTS = Decimal("99999.99")
_MANY = 100  # faults, after which the nearest known word is not looked for: it takes long where much is declared
PAIRS = ("ต้องเขียนเป็นคู่ 'ชื่อ: ค่า' บรรทัดละคู่", "must be written as pairs 'name: value', each on a line")
HIDDEN = ("มีตัวอักษรที่มองไม่เห็น", "holds a character that can't be seen")
_EMPTY = ("ต้องมีข้อความ", "a text is needed here")


@dataclass(frozen=True, slots=True)
class SchemeFault:
    """One thing wrong with a scheme's text: the line (from 1), the path in the file, and the words for it."""

    line: int
    path: str
    th: str
    en: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.path}" if self.path else f"line {self.line}"
        return f"{where}: {self.en}"


class SchemeError(Exception):
    """A scheme that cannot be used, with every fault that was found, in the order of the file."""

    def __init__(self, faults: Iterable[SchemeFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.path)))
        super().__init__("\n".join(map(str, self.faults)))


class Proof:
    """Collects the faults of one file."""

    def __init__(self) -> None:
        self.faults: list[SchemeFault] = []

    def fault(self, line: int, path: str, th: str, en: str) -> None:
        self.faults.append(SchemeFault(line, path, th, en))

    def hint(self, word: str, known: list[str]) -> tuple[str, str]:
        """The known word that was probably meant, as a question in Thai and in English."""
        near = get_close_matches(word, known, 1) if len(self.faults) < _MANY else []
        return (f" หมายถึง '{near[0]}' หรือไม่", f"; did you mean '{near[0]}'?") if near else ("", "")


class Node:
    """A mapping in the file. What is never asked for is reported by `close` as an unknown word."""

    def __init__(self, raw: yaml.MappingNode, path: str, proof: Proof) -> None:
        self.path, self.proof, self.line = path, proof, raw.start_mark.line + 1
        self._raw: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: list[str] = []
        for key, value in raw.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                proof.fault(line, path, "ชื่อต้องเป็นคำเดียว", "a name must be a single word")
            elif key.value in self._raw:
                proof.fault(line, self.at(key.value), f"เขียน '{key.value}' สองครั้ง", f"'{key.value}' is written twice")
            else:
                self._raw[key.value], self._lines[key.value] = value, line

    def __iter__(self) -> Iterator[str]:
        self.pass_over()
        return iter(self._raw)

    def has(self, key: str) -> bool:
        self._asked.append(key)
        return key in self._raw

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str | None, th: str, en: str) -> None:
        """Report a fault of one word of this mapping, or of the mapping itself."""
        line = self._lines.get(key, self.line) if key else self.line
        self.proof.fault(line, self.at(key) if key else self.path, th, en)

    def pass_over(self) -> None:
        """Take every word of this mapping as asked for: what they mean can't be known."""
        self._asked.extend(self._raw)

    def close(self) -> None:
        for key in self._raw:
            if key not in self._asked:
                hint_th, hint_en = self.proof.hint(key, self._asked)
                self.fault(key, f"ไม่รู้จักคำว่า '{key}'{hint_th}", f"unknown word '{key}'{hint_en}")

    def word(self, key: str, default: str | None = None) -> str:
        """A single line of text; '' (and a fault) when it is missing and has no default."""
        self._asked.append(key)
        raw = self._raw.get(key)
        if raw is None:
            if default is None:
                self.fault(key, f"ส่วนนี้ขาด '{key}'", f"'{key}' is missing")
            return default or ""
        if not isinstance(raw, yaml.ScalarNode) or not raw.value.strip():
            self.fault(key, *_EMPTY)
            return default or ""
        if UNSEEN.search(raw.value):  # written as an escape, such as "\\0"
            self.fault(key, *HIDDEN)
            return default or ""
        return str(raw.value).strip()

    def optional_word(self, key: str) -> str | None:
        return self.word(key) if self.has(key) else None

    def one_of(self, key: str, allowed: Iterable[Word], default: Word | None = None) -> Word:
        word = self.word(key, default)
        self.known(key, word, allowed)
        return cast("Word", word)  # any other is a fault, and nothing is made of a scheme that has one

    def known(self, key: str, word: str, allowed: Iterable[str]) -> bool:
        """Whether `word` is one of `allowed`; a fault that says what is allowed when not."""
        choices = list(allowed)
        if word in choices:
            return True
        if word:
            listed = ", ".join(choices[:12]) + (" ..." if len(choices) > 12 else "")
            hint_th, hint_en = self.proof.hint(word, choices)
            self.fault(key, f"ไม่รู้จัก '{word}' ใช้ได้: {listed}{hint_th}", f"unknown '{word}', allowed: {listed}{hint_en}")
        return False

    def code(self, key: str = "code") -> str:
        word = self.word(key)
        if word:
            self.check_code(key, word)
        return word

    def check_code(self, key: str, word: str, most: int = 40) -> None:
        if not _CODE.match(word) or len(word) > most:
            self.fault(
                key,
                f"รหัส '{word}' ใช้ได้เฉพาะ a-z 0-9 . - _ ไม่เกิน {most} ตัว",
                f"the code '{word}' may hold only a-z 0-9 . - _, at most {most} of them",
            )

    def number(self, key: str, default: Decimal | None = None) -> Decimal:
        """A decimal exactly as written; 0 (and a fault) when it cannot be read."""
        if default is not None and not self.has(key):
            return default
        word = self.word(key)
        if word and not _NUMBER.match(word):
            self.fault(
                key,
                f"'{word}' ไม่ใช่ตัวเลข ใช้เลขอารบิก เช่น 12.5",
                f"'{word}' is not a number; it is written in digits, such as 12.5",
            )
            return Decimal(0)
        return Decimal(word or "0")

    def optional_number(self, key: str) -> Decimal | None:
        return self.number(key) if self.has(key) else None

    def points(self, key: str) -> Decimal:
        """A number of points: not negative, at most two decimals, not more than a scorecard holds."""
        number = self.number(key)
        if not 0 <= number <= _MOST_POINTS or number != round(number, 2):
            self.fault(
                key,
                f"คะแนนต้องไม่ติดลบ มีทศนิยมไม่เกิน 2 ตำแหน่ง และไม่เกิน {_MOST_POINTS}",
                f"points must not be negative, have at most two decimals, and be at most {_MOST_POINTS}",
            )
        return number

    def whole(self, key: str, default: int | None = None) -> int:
        number = self.number(key, None if default is None else Decimal(default))
        if number != int(number) or number < 0:
            self.fault(key, "ต้องเป็นจำนวนเต็มไม่ติดลบ", "must be a whole number, 0 or more")
        return int(number)

    def yes(self, key: str) -> bool:
        return self.one_of(key, ("true", "false"), "false") == "true"

    def day(self, key: str, default: date | None = None) -> date:
        """A day as YYYY-MM-DD; `date.max` (and a fault) when it cannot be read."""
        if default is not None and not self.has(key):
            return default
        word = self.word(key)
        try:
            day = date.fromisoformat(word) if _DAY.match(word) else None
        except ValueError:
            day = None
        if day is not None and self._is_of_our_era(key, word):
            return day
        if word and day is None:
            self.fault(
                key,
                f"'{word}' ไม่ใช่วันที่ ให้เขียน ปี ค.ศ.-เดือน-วัน เช่น 2023-07-31",
                f"'{word}' is not a day written as YYYY-MM-DD, such as 2023-07-31",
            )
        return date.max

    def optional_day(self, key: str) -> date | None:
        return self.day(key) if self.has(key) else None

    def _is_of_our_era(self, key: str, word: str) -> bool:
        """Whether a day or month lies in a year of the Common Era; a fault when it does not."""
        year = int(word[:4])
        if year in _YEARS:
            return True
        if year - _ERA in _YEARS:
            meant = f"{year - _ERA}{word[4:]}"
            self.fault(
                key, f"'{word}' เป็นปี พ.ศ. ที่นี่ใช้ปี ค.ศ. คือ {meant}", f"'{word}' is of the Buddhist Era; write {meant}"
            )
        else:
            between = f"{_YEARS[0]}-{_YEARS[-1]}"
            self.fault(key, f"'{word}' ต้องอยู่ในปี ค.ศ. {between}", f"'{word}' must be in the years {between}")
        return False

    def month(self, key: str) -> str:
        """A month as YYYY-MM; '' (and a fault) when it cannot be read."""
        word = self.word(key)
        if word and not _MONTH.match(word):
            self.fault(
                key,
                f"'{word}' ไม่ใช่เดือน ให้เขียน ปี ค.ศ.-เดือน เช่น 2023-07",
                f"'{word}' is not a month written as YYYY-MM, such as 2023-07",
            )
            return ""
        return word if word and self._is_of_our_era(key, word) else ""

    def text(self, key: str) -> Text:
        """Words in Thai and, if wanted, in English: {th: ..., en: ...}."""
        inner = self.child(key)
        if inner is None:
            return Text("", "")
        text = inner.inline_text()
        inner.close()
        return text

    def optional_text(self, key: str) -> Text | None:
        return self.text(key) if self.has(key) else None

    def inline_text(self) -> Text:
        """Who reads English is shown the Thai where nothing was put into English."""
        thai = self.word("th")
        return Text(thai, self.word("en") if self.has("en") else thai)

    def texts(self, key: str) -> tuple[Text, ...]:
        """A list of texts; empty where the word is not there."""
        texts = []
        for inner in self.children(key, optional=True):
            texts.append(inner.inline_text())
            inner.close()
        return tuple(texts)

    def child(self, key: str) -> Node | None:
        """A mapping; None (and a fault) when there is none."""
        self._asked.append(key)
        raw = self._raw.get(key)
        if isinstance(raw, yaml.MappingNode):
            return Node(raw, self.at(key), self.proof)
        if raw is None:
            self.fault(key, f"ส่วนนี้ขาด '{key}'", f"'{key}' is missing")
        else:
            self.fault(key, *PAIRS)
        return None

    def optional_child(self, key: str) -> Node | None:
        return self.child(key) if self.has(key) else None

    def is_mapping(self, key: str) -> bool:
        return self.has(key) and isinstance(self._raw[key], yaml.MappingNode)

    def is_number(self, key: str) -> bool:
        raw = self._raw.get(key)
        return isinstance(raw, yaml.ScalarNode) and _NUMBER.match(raw.value) is not None

    def children(self, key: str, optional: bool = False) -> list[Node]:
        """A list of mappings."""
        children = []
        for n, raw in enumerate(self._list(key, optional)):
            if isinstance(raw, yaml.MappingNode):
                children.append(Node(raw, f"{self.at(key)}[{n}]", self.proof))
            else:
                self.proof.fault(raw.start_mark.line + 1, f"{self.at(key)}[{n}]", *PAIRS)
        return children

    def words(self, key: str, optional: bool = False) -> list[str]:
        """A list of words."""
        words = []
        for n, raw in enumerate(self._list(key, optional)):
            if isinstance(raw, yaml.ScalarNode) and raw.value.strip():
                words.append(raw.value.strip())
            else:
                self.proof.fault(raw.start_mark.line + 1, f"{self.at(key)}[{n}]", *_EMPTY)
        return words

    def _list(self, key: str, optional: bool) -> list[yaml.Node]:
        self._asked.append(key)
        raw = self._raw.get(key)
        if raw is None and optional:
            return []
        if not isinstance(raw, yaml.SequenceNode) or not raw.value:
            if raw is None:
                self.fault(key, f"ส่วนนี้ขาด '{key}'", f"'{key}' is missing")
            else:
                self.fault(
                    key,
                    "ต้องเป็นรายการที่มีอย่างน้อยหนึ่งบรรทัดขึ้นต้นด้วย -",
                    "must be a list with something in it, each line of it beginning with -",
                )
            return []
        return list(raw.value)
