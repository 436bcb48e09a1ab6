"""What a reader of a stranger's file could do if the file made it: next to nothing."""

import errno
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from submissions.files import confined

PROBE = """
import os, socket

def read(file, *words):
    told = {"environment": dict(os.environ), "user": os.geteuid(), "groups": os.getgroups(), "reached": [], "root": ""}
    for address in words:
        host, port = address.split(":")
        try:
            socket.create_connection((host, int(port)), timeout=2).close()
            told["reached"].append(address)
        except OSError:
            pass
    try:
        os.setuid(0)
        told["root"] = "again"
    except OSError:
        pass
    return told
"""


FAILING = """
import os

def read(file, how):
    if how == "mapped":
        os.kill(os.getpid(), 7)
    raise OSError(int(how), os.strerror(int(how)))
"""


@pytest.fixture
def probe(monkeypatch):
    """A reader that tells what it finds, in a package like ours that others may read."""
    root = Path(tempfile.mkdtemp(prefix="cdd4-probe-"))
    (root / "submissions/files").mkdir(parents=True)
    for package in ("submissions", "submissions/files"):
        (root / package / "__init__.py").touch()
    (root / "submissions/probe.py").write_text(PROBE)
    (root / "submissions/failing.py").write_text(FAILING)
    shutil.copy(confined.__file__, root / "submissions/files/confined.py")
    root.chmod(0o755)
    monkeypatch.setattr(confined, "_ROOT", str(root))
    yield lambda *words: confined.read("probe", b"", *words)
    shutil.rmtree(root)


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield f"127.0.0.1:{door.getsockname()[1]}"


def test_it_knows_nothing_reaches_nobody_and_is_nobody(probe, server, monkeypatch):
    monkeypatch.setenv("CDD4_SECRET_KEY", "secret")
    told = probe(server)
    assert not {
        name for name in told["environment"] if name.startswith("CDD4") or "secret" in told["environment"][name]
    }
    assert set(told["environment"]) <= {"LC_CTYPE"}, "which Python sets itself"
    assert told["reached"] == []
    assert (told["user"], told["groups"], told["root"]) == (confined.NOBODY, [], "")


def test_whoever_is_not_root_leaves_the_network_too(probe, server):
    """Where the kernel lets them: below a container's default seccomp profile it does not (docs/operations.md)."""
    code = f"from submissions.files import confined; confined._ROOT = {confined._ROOT!r}; "
    code += f"print(confined.read('probe', b'', {server!r})['reached'])"
    command = ["setpriv", "--reuid", "1234", "--regid", "1234", "--clear-groups", "/usr/bin/python3", "-c", code]
    done = subprocess.run(command, cwd=confined._ROOT, capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_a_portal_in_a_folder_of_root_alone_can_still_read(probe):
    folder = Path(confined._ROOT)
    folder.chmod(0o700)
    assert probe()["user"] == 0


@pytest.mark.parametrize(("how", "number"), [("5", errno.EIO), ("24", errno.EMFILE), ("mapped", errno.EIO)])
def test_a_disk_that_fails_under_the_reader_is_no_fault_of_the_file(probe, how, number):
    with pytest.raises(OSError) as failed:
        confined.read("failing", b"", how)
    assert failed.value.errno == number


def test_what_else_a_library_raises_is_the_file_s_fault(probe):
    for number, said in ((errno.EINVAL, "damaged"), (errno.ENOMEM, "size")):
        with pytest.raises(confined.Unreadable, match=said):
            confined.read("failing", b"", str(number))


def test_a_portal_whose_libraries_lie_in_a_folder_of_root_alone_can_still_read(probe):
    libraries = Path(tempfile.mkdtemp(prefix="cdd4-libraries-"))
    libraries.chmod(0o700)
    with (Path(confined._ROOT) / "submissions/files/confined.py").open("a") as program:
        program.write(f"\nsys.path.append({str(libraries)!r})\n")
    try:
        assert probe()["user"] == 0
    finally:
        libraries.rmdir()
