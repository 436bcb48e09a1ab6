"""Scores facts in the interchange format: one line of JSON in, one line of JSON out."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring import engine, shipped
from scoring.wording import findings_in_words, offers_in_words


class Command(BaseCommand):
    help = "Scores facts, one JSON object a line, and answers each with a line of JSON; bad lines are answered as such."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a file of JSON lines, or - for standard input")
        parser.add_argument(
            "--scheme", metavar="CODE", help="take only lines of this scheme; others are answered as bad"
        )
        parser.add_argument(
            "--text", metavar="FILE", action="append", default=[], help="know the scheme of this YAML file as well"
        )
        parser.add_argument(
            "--explain", action="store_true", help="say for each criterion why, and what would earn more"
        )
        parser.add_argument("--lang", choices=("th", "en"), default="th", help="the language of sentences")

    def handle(
        self, *args: Any, file: str, scheme: str | None, text: list[str], explain: bool, lang: str, **options: Any
    ) -> None:
        schemes = _schemes(scheme, text)
        _speak_utf8()
        bad = False
        with ExitStack() as stack:
            source = sys.stdin.buffer if file == "-" else stack.enter_context(_open(file))
            try:
                for number, line in enumerate(_lines(source, file), start=1):
                    answer = _answer(schemes, number, line, explain, lang)
                    bad = bad or "error" in answer
                    self.stdout.write(_line(answer))
            except BrokenPipeError:  # whoever reads has seen enough
                sys.stderr.close()
        if bad:
            sys.exit(1)


def _line(answer: dict[str, Any]) -> str:
    """One line, also for readers that take U+0085, U+2028 and U+2029 for the end of a line."""
    text = json.dumps(answer, ensure_ascii=False)
    return text if text.isascii() else text.translate({0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"})


def _schemes(code: str | None, files: list[str]) -> Mapping[str, engine.Scheme]:
    """Those that ship, and those of these files: such as one that staff made in the portal."""
    schemes = {**shipped.schemes(), **{scheme.code: scheme for scheme in map(_scheme_of, files)}}
    if code is None:
        return schemes
    if code not in schemes:
        listed = ", ".join(schemes)
        raise CommandError(f"ไม่รู้จักโครงการ {code} / unknown scheme {code}: {listed}", returncode=2)
    return {code: schemes[code]}


def _scheme_of(name: str) -> engine.Scheme:
    with _open(name) as file:
        try:
            return engine.load(file.read().decode("utf-8-sig"))
        except (UnicodeDecodeError, engine.SchemeError) as bad:
            raise CommandError(f"{name}: {bad}", returncode=2) from None


def _open(name: str) -> BinaryIO:
    try:
        return open(name, "rb")
    except OSError as error:
        raise CommandError(f"เปิดไฟล์ {name} ไม่ได้ / cannot open {name}: {error.strerror}", returncode=2) from None


def _lines(source: BinaryIO, name: str) -> Iterator[bytes]:
    try:
        yield from source
    except OSError as error:
        raise CommandError(f"อ่านไฟล์ {name} ไม่ได้ / cannot read {name}: {error.strerror}", returncode=2) from None


def _speak_utf8() -> None:
    """Answers are UTF-8 whatever the terminal's locale; half a surrogate pair is written as JSON escapes it."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _answer(schemes: Mapping[str, engine.Scheme], number: int, line: bytes, explain: bool, lang: str) -> dict[str, Any]:
    try:
        document = engine.parse_json(_text(line, number))
        facts = engine.read_facts(schemes, document, shipped.holidays())
    except engine.BadFacts as bad:
        return {"line": number, "error": _error(bad, lang)}
    scheme = schemes[facts.scheme]
    score = engine.score(scheme, facts, explain=explain)
    return {
        "scheme": facts.scheme,
        "entrant": facts.entrant,
        "basis": facts.basis,
        "as_of": document["as_of"],
        "total": f"{score.total:.2f}",
        "attainable": f"{score.attainable:.2f}",
        "max": f"{score.max:.2f}",
        "criteria": {code: _criterion(scheme, part, explain, lang) for code, part in score.criteria.items()},
    }


def _text(line: bytes, number: int) -> str:
    """A line as text; a byte order mark, which spreadsheets like to put first, is passed over."""
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        raise engine.BadFacts([engine.Fault(None, "ไม่ใช่ UTF-8", "not UTF-8")]) from None


def _criterion(scheme: engine.Scheme, criterion: engine.CriterionScore, explain: bool, lang: str) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "earned": f"{criterion.earned:.2f}",
        "attainable": f"{criterion.attainable:.2f}",
        "max": f"{criterion.max:.2f}",
    }
    if explain:
        kept = criterion.as_json()
        answer["why"] = findings_in_words.why(scheme, criterion.code, kept, lang)
        answer["next"] = offers_in_words.next_steps(scheme, criterion.code, kept, lang)
    return answer


def _error(bad: engine.BadFacts, lang: str) -> dict[str, Any]:
    faults = [{"field": fault.field, "message": fault.en if lang == "en" else fault.th} for fault in bad.faults]
    return {**faults[0], "more": faults[1:]} if len(faults) > 1 else faults[0]
