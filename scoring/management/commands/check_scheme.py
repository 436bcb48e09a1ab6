"""Proofreads files of the scheme language, and names every fault with its line. It needs no database."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scoring import engine
from submissions.questions.proofread import MOST_TEXT


class Unreadable(Exception):
    """A file that cannot be proofread at all; why, in Thai and English."""


class Command(BaseCommand):
    help = "Proofreads schemes. Says OK, or every fault with its line in Thai and English; the exit status is then 1."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", help="a YAML file in the language of scoring/schemes")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        if not all([self._is_sound(name) for name in files]):  # each is looked at, also after a fault
            sys.exit(1)

    def _is_sound(self, name: str) -> bool:
        try:
            scheme = engine.load(_text(name))
        except Unreadable as reason:
            self.stdout.write(f"{name}: {reason}")
        except engine.SchemeError as bad:
            for fault in bad.faults:
                self.stdout.write(f"{name}: {_place(fault)}: {fault.th} / {fault.en}")
            count = len(bad.faults)
            self.stdout.write(f"{name}: ต้องแก้ {count} จุด / faults: {count}")
        else:
            if Path(name).name != f"{scheme.code}.yaml":
                self.stdout.write(f"{name}: {_other_name(scheme)}")
            self.stdout.write(f"{name}: {_summary(scheme)}")
            return True
        return False


def _text(name: str) -> str:
    """The file as text; a byte order mark is passed over, as in the portal."""
    try:
        with open(name, "rb") as file:
            content = file.read(MOST_TEXT + 4)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise Unreadable(f"เปิดไฟล์ไม่ได้ / cannot be opened: {error.strerror}") from None
    except UnicodeDecodeError:
        if len(content) <= MOST_TEXT:
            raise Unreadable("ไม่ใช่ข้อความ UTF-8 ให้บันทึกเป็น UTF-8 / not UTF-8 text; save it as UTF-8") from None
        text = ""
    if len(content) > MOST_TEXT:
        most = MOST_TEXT // 1024
        raise Unreadable(f"ยาวเกิน {most} KB / longer than {most} KB")
    return text


def _place(fault: engine.SchemeFault) -> str:
    where = f"บรรทัด {fault.line} / line {fault.line}"
    return f"{where}, {fault.path}" if fault.path else where


def _other_name(scheme: engine.Scheme) -> str:
    """A draft may have any name; a file that ships is found by its code."""
    file = f"{scheme.code}.yaml"
    return f"ก่อนนำไปใช้ ให้ตั้งชื่อไฟล์ว่า {file} ตามรหัสของโครงการ / a file that ships must be named {file}, by its code"


def _summary(scheme: engine.Scheme) -> str:
    count, points = len(scheme.criteria), scheme.max
    title = f"{scheme.title.th} / {scheme.title.en}"
    return f"OK {scheme.code}: {title}; {count} ข้อ / criteria: {count}; {points} คะแนน / points: {points}"
