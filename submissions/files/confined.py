"""Reads a file that anybody may have made, in a program of its own with little memory and time.

A file of 157 KB can ask for gigabytes, and one that is made for it can have a library do what its maker wants: the
program has nothing of the portal's environment, no network where the kernel lets it go without, and is nobody where the
portal runs as root. A reader is a module of this app with a function `read(file, *words)` that returns what JSON can
say, or raises `Unreadable`. Readers and this file import nothing of Django: they start quickly.
"""

import ctypes
import errno
import io
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

MEMORY = 512 * 2**20  # bytes
SECONDS = 20  # of computing
PATIENCE = SECONDS + 5  # seconds of waiting for the program
NOBODY = 65534
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000  # CLONE_NEWNET, CLONE_NEWUSER of <linux/sched.h>
_NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS of <linux/prctl.h>
# A disk that fails, a process or machine without room. What else a library raises is about the file.
_OF_MACHINE = {errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.ESTALE}
_APP = __package__.partition(".")[0]
_ROOT = str(Path(__file__).resolve().parents[2])


class Unreadable(Exception):
    """str() is the code of the fault: `size` when the limits were met, `damaged`, or one of the reader's own."""


class Late(Unreadable):
    """It took too long by the clock on the wall: that may be the machine's fault as well."""


def is_of_machine(error: Exception) -> bool:
    """Whether a fault met while a file was read says nothing of the file."""
    return isinstance(error, OSError) and error.errno in _OF_MACHINE


def read(reader: str, file: bytes | BinaryIO, *words: str):
    """What the reader says of the file; a file on disk is not taken into memory here.

    Raises Unreadable; OSError when the file's disk failed.
    """
    start = f"import sys; sys.path.insert(0, {_ROOT!r}); from {__package__} import confined; confined.answer()"
    command = [sys.executable, "-I", "-c", start, reader, *words]
    source = {"input": file} if isinstance(file, bytes) else {"stdin": file}
    try:
        done = subprocess.run(command, **source, env={}, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
        reply = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise Late("size") from None
    except OSError as error:  # no room for one more program
        raise Late("size") from error
    except ValueError:  # stopped by its limits, or by a disk that could not give what was mapped into memory
        if done.returncode == -signal.SIGBUS:
            raise OSError(errno.EIO, os.strerror(errno.EIO)) from None
        raise Unreadable("size") from None
    if "failed" in reply:
        raise OSError(reply["failed"], os.strerror(reply["failed"]))
    if "fault" in reply:
        raise Unreadable(reply["fault"])
    return reply["answer"]


def answer() -> None:
    """The program: its arguments are the reader and its words, standard input is the file; JSON comes out."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    enclose()
    try:
        reply = {"answer": _reader(sys.argv[1])(_seekable(sys.stdin.buffer), *sys.argv[2:])}
    except Unreadable as fault:
        reply = {"fault": str(fault)}
    except (MemoryError, RecursionError):
        reply = {"fault": "size"}
    except Exception as error:
        # A library's error of any kind, with a file of any content: for people it is one thing.
        code = getattr(error, "errno", None)
        reply = {"failed": code} if is_of_machine(error) else {"fault": "damaged"}
        if code == errno.ENOMEM:  # its own limit, not the machine's
            reply = {"fault": "size"}
    json.dump(reply, sys.stdout)


def enclose() -> None:
    """Go without network and rights, as far as the kernel lets this process."""
    kernel = ctypes.CDLL(None)
    # Only root may leave the network just so; others, where they may, together with what they are to the system.
    if kernel.unshare(_NEW_NETWORK) and os.geteuid():
        kernel.unshare(_NEW_USER | _NEW_NETWORK)
    if os.geteuid() == 0 and _is_readable_to_nobody():
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def _is_readable_to_nobody() -> bool:
    """Whether the reader and its libraries could still be loaded: a developer's copy, or the folder of its libraries,
    may lie in root's own folder."""
    needed = [__file__, json.__file__, *(path for path in sys.path if os.path.exists(path))]
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        return all(os.access(path, os.R_OK, effective_ids=True) for path in needed)
    finally:
        os.seteuid(0)
        os.setegid(0)


def _reader(name: str):
    from importlib import import_module

    return import_module(f"{_APP}.{name}").read


def _seekable(file: BinaryIO) -> BinaryIO:
    return file if file.seekable() else io.BytesIO(file.read())
