"""A scheme's text made a tree. What YAML has and the language has not is refused first, with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from .proof import HIDDEN, PAIRS, UNSEEN, Node, Proof, SchemeError, SchemeFault

_SPACES = re.compile("[\xa0\u200b\u2060\u3000\ufeff]")  # look like a space, or like nothing, and part no words
_TAB = re.compile(" *\t")  # in the indent
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_DEEPEST = 40
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_QUOTE = ("ถ้าเป็นข้อความให้ใส่ในเครื่องหมายคำพูด", "a text with them is put in quotes")


def read_root(text: str, proof: Proof) -> Node:
    """The file's outermost mapping. SchemeError when it is none, or uses more of YAML than the language has."""
    try:
        for faults in (_unseen(text, UNSEEN), _foreign(text)):
            for fault in faults:
                proof.faults.append(fault)
            if proof.faults:
                raise SchemeError(proof.faults)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise SchemeError([*proof.faults, *_not_yaml(text, error)]) from error
    if not isinstance(root, yaml.MappingNode):
        raise SchemeError([SchemeFault(1, "", f"ข้อความทั้งหมด{PAIRS[0]}", f"the whole text {PAIRS[1]}")])
    return Node(root, "", proof)


def _not_yaml(text: str, error: yaml.YAMLError) -> list[SchemeFault]:
    """Where the text stops being YAML, and why: signs that only look like a space, or what can't be read."""
    mark, lines = getattr(error, "problem_mark", None), _LINE_END.split(text)
    line = min(mark.line + 1, len(lines)) if mark else 1  # the end of a text counts as a line of its own
    spaces = [fault for fault in _unseen(text, _SPACES) if line - 1 <= fault.line <= line]
    if spaces:
        return spaces
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    return [SchemeFault(line, "", *_unreadable(str(problem), lines[line - 1]))]


def _unreadable(problem: str, line: str) -> tuple[str, str]:
    """What the YAML parser says, in plain words: its own are English, and meant for programmers."""
    if _TAB.match(line) or ("token" in problem and "cannot start" in problem):
        return "บรรทัดขึ้นต้นด้วยแท็บหรือเครื่องหมายที่ใช้ไม่ได้ การย่อหน้าใช้ช่องว่าง", f"indent with spaces, not tabs: {problem}"
    if "mapping values" in problem:
        return f"มี ': ' เกินมาหนึ่งแห่ง หรือย่อหน้าไม่ตรง {_QUOTE[0]}", f"one ': ' too many, or a wrong indent: {problem}"
    return (
        "อ่านตั้งแต่บรรทัดนี้ไม่ได้ ตรวจย่อหน้า วงเล็บ { } [ ] เครื่องหมาย , : และเครื่องหมายคำพูด ของบรรทัดนี้และบรรทัดก่อนหน้า",
        f"can't be read from here on: {problem}; look at indents, brackets and quotes, here and in the line before",
    )


def _unseen(text: str, signs: re.Pattern[str]) -> Iterator[SchemeFault]:
    """The first of these signs in each line. They come along when something is copied, and nobody sees them."""
    for number, line in enumerate(_LINE_END.split(text), start=1):
        if found := signs.search(line):
            place, code = found.start() + 1, f"U+{ord(found[0]):04X}"
            yield SchemeFault(
                number,
                "",
                f"{HIDDEN[0]} ({code}) ที่ตัวอักษรที่ {place} ของบรรทัด ลบแล้วพิมพ์ใหม่",
                f"{HIDDEN[1]} ({code}), at place {place}; delete it and type anew",
            )


def _foreign(text: str) -> Iterator[SchemeFault]:
    """What of YAML is not part of the language.

    It is looked for before the text is made a tree, since a tree that is too deep would bring down the process.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield SchemeFault(
                line,
                "",
                f"ใช้ & หรือ * นำหน้าไม่ได้ {_QUOTE[0]}",
                f"& and * are not part of the language; {_QUOTE[1]}",
            )
        if getattr(event, "tag", None):
            yield SchemeFault(
                line, "", f"ใช้ ! นำหน้าไม่ได้ {_QUOTE[0]}", f"tags (!) are not part of the language; {_QUOTE[1]}"
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            yield SchemeFault(line, "", f"ซ้อนกันเกิน {_DEEPEST} ชั้น", f"nested more than {_DEEPEST} deep")
            return
