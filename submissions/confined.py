"""Reads a file that anybody may have made, in a program of its own with little memory and time.

A file of 157 KB can ask for gigabytes. A reader is a module of this package with a function `read(file, *words)` that
returns what JSON can say, or raises `Unreadable`. Readers and this file import nothing of Django: they start quickly.
"""

import io
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

MEMORY = 512 * 2**20  # bytes
SECONDS = 20  # of computing
PATIENCE = SECONDS + 5  # seconds of waiting for the program
_ROOT = str(Path(__file__).resolve().parent.parent)


class Unreadable(Exception):
    """str() is the code of the fault: `size` when the limits were met, `damaged`, or one of the reader's own."""


class Late(Unreadable):
    """It took too long by the clock on the wall: that may be the machine's fault as well."""


def read(reader: str, file: bytes | BinaryIO, *words: str):
    """What the reader says of the file; a file on disk is not taken into memory here. Raises Unreadable."""
    start = f"import sys; sys.path.insert(0, {_ROOT!r}); from {__package__} import confined; confined.answer()"
    command = [sys.executable, "-I", "-c", start, reader, *words]
    given = {"input": file} if isinstance(file, bytes) else {"stdin": file}
    try:
        done = subprocess.run(command, **given, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
        said = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise Late("size") from None
    except ValueError:  # stopped by its limits
        raise Unreadable("size") from None
    if "fault" in said:
        raise Unreadable(said["fault"])
    return said["answer"]


def answer() -> None:
    """The program: its arguments are the reader and its words, standard input is the file; JSON comes out."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        said = {"answer": _reader(sys.argv[1])(_seekable(sys.stdin.buffer), *sys.argv[2:])}
    except Unreadable as fault:
        said = {"fault": str(fault)}
    except (MemoryError, RecursionError):
        said = {"fault": "size"}
    except Exception:
        # A library's error of any kind, with a file of any content: for people it is one thing.
        said = {"fault": "damaged"}
    json.dump(said, sys.stdout)


def _reader(name: str):
    from importlib import import_module

    return import_module(f".{name}", __package__).read


def _seekable(file: BinaryIO) -> BinaryIO:
    return file if file.seekable() else io.BytesIO(file.read())
