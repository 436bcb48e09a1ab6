"""YAML as a tree that knows its lines, read word by word; every fault is collected, none stops the reading.

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

import yaml

from scoring.engine.facts.terms import Text

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
# What YAML has no sign for: it says so without a line, and a programmer's number.
_UNSEEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES = re.compile("[\xa0\u200b\u2060\u3000\ufeff]")  # look like a space, or like nothing, and part no words
_TAB = re.compile(" *\t")  # in the indent
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z")
_CODE = re.compile(r"[0-9a-z][0-9a-z_.-]*\Z")
_DEEPEST = 40
_YEARS = range(1900, 2200)  # of the Common Era; what lies 543 years later is a Buddhist one
_ERA = 543
_MOST_POINTS = Decimal("99999.99")
_MANY = 100  # faults, after which the nearest known word is not looked for: it takes long where much is declared
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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


def open_page(text: str, proof: Proof) -> Page:
    """The file's outermost mapping. SchemeError when it is none, or uses more of YAML than the language has."""
    try:
        for found in (_unseen(text, _UNSEEN), _foreign(text)):
            for fault in found:
                proof.fault(*fault)
            if proof.faults:
                raise SchemeError(proof.faults)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        line = mark.line + 1 if mark else 1
        spaces = [fault for fault in _unseen(text, _SPACES) if line - 1 <= fault[0] <= line]
        for fault in spaces or [(line, "", *_unreadable(str(problem), _LINE_END.split(text)[line - 1]))]:
            proof.fault(*fault)
        raise SchemeError(proof.faults) from error
    if not isinstance(node, yaml.MappingNode):
        proof.fault(1, "", f"ข้อความทั้งหมด{_PAIRS[0]}", f"the whole text {_PAIRS[1]}")
        raise SchemeError(proof.faults)
    return Page(node, "", proof)


_PAIRS = ("ต้องเขียนเป็นคู่ 'ชื่อ: ค่า' บรรทัดละคู่", "must be written as pairs 'name: value', each on a line")
_EMPTY = ("ต้องมีข้อความ", "a text is needed here")
_HIDDEN = ("มีอักขระที่มองไม่เห็น", "holds a character that can't be seen")
_QUOTE = ("ถ้าเป็นข้อความให้ใส่ในเครื่องหมายคำพูด", "a text with them is put in quotes")


def _unreadable(problem: str, line: str) -> tuple[str, str]:
    """Where not even lines can be told apart: the reader's own words are English, and a programmer's."""
    if _TAB.match(line) or ("token" in problem and "cannot start" in problem):
        return "บรรทัดขึ้นต้นด้วยแท็บหรือเครื่องหมายที่ใช้ไม่ได้ การย่อหน้าใช้ช่องว่าง", f"indent with spaces, not tabs: {problem}"
    if "mapping values" in problem:
        return f"มี ': ' เกินมาหนึ่งแห่ง หรือย่อหน้าไม่ตรง {_QUOTE[0]}", f"one ': ' too many, or a wrong indent: {problem}"
    return (
        "อ่านตั้งแต่บรรทัดนี้ไม่ได้ ตรวจย่อหน้า วงเล็บ { } [ ] เครื่องหมาย , : และเครื่องหมายคำพูด ของบรรทัดนี้และบรรทัดก่อนหน้า",
        f"can't be read from here on: {problem}; look at indents, brackets and quotes, here and in the line before",
    )


def _unseen(text: str, signs: re.Pattern[str]) -> Iterator[tuple[int, str, str, str]]:
    """The first of these signs in each line. They come along when something is copied, and nobody sees them."""
    for number, line in enumerate(_LINE_END.split(text), start=1):
        if found := signs.search(line):
            place, code = found.start() + 1, f"U+{ord(found[0]):04X}"
            yield (
                number,
                "",
                f"{_HIDDEN[0]} ({code}) ที่ตัวอักษรที่ {place} ของบรรทัด ลบแล้วพิมพ์ใหม่",
                f"{_HIDDEN[1]} ({code}), at place {place}; delete it and type anew",
            )


def _foreign(text: str) -> Iterator[tuple[int, str, str, str]]:
    """What of YAML is not part of the language.

    It is looked for before the text is made a tree, since a tree that is too deep would bring down the process.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield line, "", f"ใช้ & หรือ * นำหน้าไม่ได้ {_QUOTE[0]}", f"& and * are not part of the language; {_QUOTE[1]}"
        if getattr(event, "tag", None):
            yield line, "", f"ใช้ ! นำหน้าไม่ได้ {_QUOTE[0]}", f"tags (!) are not part of the language; {_QUOTE[1]}"
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            yield line, "", f"ซ้อนกันเกิน {_DEEPEST} ชั้น", f"nested more than {_DEEPEST} deep"
            return


class Page:
    """A mapping in the file. What is never asked for is reported by `close` as an unknown word."""

    def __init__(self, node: yaml.MappingNode, path: str, proof: Proof) -> None:
        self.path, self.proof, self.line = path, proof, node.start_mark.line + 1
        self._nodes: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: list[str] = []
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                proof.fault(line, path, "ชื่อต้องเป็นคำเดียว", "a name must be a single word")
            elif key.value in self._nodes:
                proof.fault(line, self.at(key.value), f"เขียน '{key.value}' สองครั้ง", f"'{key.value}' is written twice")
            else:
                self._nodes[key.value], self._lines[key.value] = value, line

    def __iter__(self) -> Iterator[str]:
        self.pass_over()
        return iter(self._nodes)

    def has(self, key: str) -> bool:
        self._asked.append(key)
        return key in self._nodes

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str | None, th: str, en: str) -> None:
        """Report a fault of one word of this page, or of the page itself."""
        line = self._lines.get(key, self.line) if key else self.line
        self.proof.fault(line, self.at(key) if key else self.path, th, en)

    def pass_over(self) -> None:
        """Take every word of this page as asked for: what they mean can't be known."""
        self._asked.extend(self._nodes)

    def close(self) -> None:
        for key in self._nodes:
            if key not in self._asked:
                hint_th, hint_en = self.proof.hint(key, self._asked)
                self.fault(key, f"ไม่รู้จักคำว่า '{key}'{hint_th}", f"unknown word '{key}'{hint_en}")

    def word(self, key: str, default: str | None = None) -> str:
        """A single line of text; '' (and a fault) when it is missing and has no default."""
        self._asked.append(key)
        node = self._nodes.get(key)
        if node is None:
            if default is None:
                self.fault(key, f"ส่วนนี้ขาด '{key}'", f"'{key}' is missing")
            return default or ""
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.fault(key, *_EMPTY)
            return default or ""
        if _UNSEEN.search(node.value):  # written as an escape, such as "\\0"
            self.fault(key, *_HIDDEN)
            return default or ""
        return str(node.value).strip()

    def one_of(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        word = self.word(key, default)
        self.known(key, word, allowed)
        return word

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
        """Words in Thai and English: {th: ..., en: ...}."""
        page = self.page(key)
        if page is None:
            return Text("", "")
        text = page.inline_text()
        page.close()
        return text

    def optional_text(self, key: str) -> Text | None:
        return self.text(key) if self.has(key) else None

    def inline_text(self) -> Text:
        return Text(self.word("th"), self.word("en"))

    def page(self, key: str) -> Page | None:
        """A mapping; None (and a fault) when there is none."""
        self._asked.append(key)
        node = self._nodes.get(key)
        if isinstance(node, yaml.MappingNode):
            return Page(node, self.at(key), self.proof)
        if node is None:
            self.fault(key, f"ส่วนนี้ขาด '{key}'", f"'{key}' is missing")
        else:
            self.fault(key, *_PAIRS)
        return None

    def is_page(self, key: str) -> bool:
        return self.has(key) and isinstance(self._nodes[key], yaml.MappingNode)

    def is_number(self, key: str) -> bool:
        node = self._nodes.get(key)
        return isinstance(node, yaml.ScalarNode) and _NUMBER.match(node.value) is not None

    def pages(self, key: str, optional: bool = False) -> list[Page]:
        """A list of mappings."""
        pages = []
        for n, node in enumerate(self._list(key, optional)):
            if isinstance(node, yaml.MappingNode):
                pages.append(Page(node, f"{self.at(key)}[{n}]", self.proof))
            else:
                self.proof.fault(node.start_mark.line + 1, f"{self.at(key)}[{n}]", *_PAIRS)
        return pages

    def words(self, key: str, optional: bool = False) -> list[str]:
        """A list of words."""
        words = []
        for n, node in enumerate(self._list(key, optional)):
            if isinstance(node, yaml.ScalarNode) and node.value.strip():
                words.append(node.value.strip())
            else:
                self.proof.fault(node.start_mark.line + 1, f"{self.at(key)}[{n}]", *_EMPTY)
        return words

    def _list(self, key: str, optional: bool) -> list[yaml.Node]:
        self._asked.append(key)
        node = self._nodes.get(key)
        if node is None and optional:
            return []
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            if node is None:
                self.fault(key, f"ส่วนนี้ขาด '{key}'", f"'{key}' is missing")
            else:
                self.fault(
                    key,
                    "ต้องเป็นรายการที่มีอย่างน้อยหนึ่งบรรทัดขึ้นต้นด้วย -",
                    "must be a list with something in it, each line of it beginning with -",
                )
            return []
        return list(node.value)
