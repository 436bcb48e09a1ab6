"""The outside verifier: what it finds right, what it can't prove, whom it trusts, and where it runs."""

import ast
import json
import re
import subprocess
import sys
import zipfile
from hashlib import sha256

import pytest

from awards.ledger import tree
from awards.verify import verify
from tests.servers import ROOT

from .tamperer import summed, unpacked

pytestmark = pytest.mark.django_db
PROGRAM = ROOT / "awards/verify/verify.py"
CHECKS = {"layout", "program", "parts", "points", "places", "sealed", "signed", "events", "evidence"}


def said(data: bytes, *beside) -> dict[str, set]:
    check = verify.Check(data, *beside)
    check.run()
    return {part: {about for about, _value in lines} for part, lines in check.said.items()}


def test_it_says_what_it_checked_and_what_stays_open(bundles):
    earlier, later = bundles.earlier
    assert said(bundles.public) == {"checked": CHECKS, "open": {"anchor", "chains", "head", "scored"}, "wrong": set()}
    full = said(bundles.full, bundles.key, earlier, bundles.mine)
    assert full["checked"] == CHECKS | {"anchor", "chains", "mine", "head"}
    assert (full["open"], full["wrong"]) == ({"covers", "scored"}, set())
    assert {"head", "covers"} < said(bundles.full, bundles.newest, later)["open"]


def test_an_earlier_head_of_another_log_and_a_stranger_s_key_are_wrong(bundles):
    other = bundles.earlier[0] | {"root": "0" * 64, "signatures": []}
    assert said(bundles.public, bundles.key, other)["wrong"] == {"head"}
    for key in ("0" * 64, bundles.key[:15], "any"):
        assert said(bundles.public, key)["wrong"] == {"anchor"}
    spaced = " ".join(re.findall("....", bundles.key.upper()))
    assert "anchor" in said(bundles.public, spaced)["checked"]


def test_what_stands_for_the_program_and_names_no_version_is_wrong(bundles):
    one, other = "verify.py", "README.txt"
    files = unpacked(bundles.public)
    swapped = summed(files | {one: files[other], other: files[one]})
    assert said(swapped, bundles.key)["wrong"] == {"program"}
    newer = files[one].replace(f'VERSION = "{verify.VERSION}"'.encode(), b'VERSION = "99"', 1)
    told = said(summed(files | {one: newer}), bundles.key)
    assert (told["wrong"], "program" in told["open"]) == (set(), True)


def run(*arguments: object) -> subprocess.CompletedProcess:
    """By a Python without any package, which asks openssl for signatures."""
    command = [sys.executable, "-I", "-S", PROGRAM, *arguments]
    return subprocess.run([str(one) for one in command], capture_output=True, text=True, timeout=60, check=False)


def test_it_runs_alone_and_tells_by_its_exit_status(bundles, tmp_path):
    given = {"public.zip": bundles.public, "cut.zip": bundles.public[:-1]}
    given["head.json"] = json.dumps(bundles.earlier[0]).encode()
    for name, data in given.items():
        (tmp_path / name).write_bytes(data)
    right = run(tmp_path / "public.zip", "--key", bundles.key, "--head", tmp_path / "head.json", "--lang", "en")
    assert right.returncode == 0, right.stdout + right.stderr
    assert f"The key goes back to one that you trust (--key): {bundles.newest}" in right.stdout
    assert "Result: 0 wrong, 3 not proven" in right.stdout
    wrong = run(tmp_path / "public.zip", "--key", "0" * 64)
    assert (wrong.returncode, "ผลตรวจ: ไม่ถูกต้อง 1 ข้อ" in wrong.stdout) == (1, True)


@pytest.mark.parametrize(
    ("given", "thai", "english"),
    [
        ([], "สั่ง python verify.py", "say python verify.py"),
        (["none.zip"], "ไม่มีไฟล์ none.zip", "there is no file none.zip"),
        (["."], "หรือเป็นโฟลเดอร์", "or it is a folder"),
        (["cut.zip"], "cut.zip เป็นไฟล์อื่น หรือมาไม่ครบ", "cut.zip is no such file or not whole"),
        (["other.zip"], "other.zip เป็นไฟล์อื่น", "other.zip is no such file"),
        (["whole.zip", "--head", "none.json"], "ไม่มีไฟล์ none.json", "there is no file none.json"),
        (["whole.zip", "--head", "cut.zip"], "cut.zip เป็นไฟล์อื่น", "cut.zip is no such file"),
    ],
)
def test_what_cannot_be_read_is_told_in_the_reader_s_language(given, thai, english, bundles, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "whole.zip").write_bytes(bundles.public)
    (tmp_path / "cut.zip").write_bytes(bundles.public[:-1])
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("letter.txt", "x")
    for language, words in (([], thai), (["--lang", "en"], english)):
        unread = run(*given, *language)
        assert (unread.returncode, unread.stderr) == (2, "")
        assert unread.stdout.startswith("อ่านไม่ได้: " if not language else "Can't be read: ")
        assert words in unread.stdout


def test_what_is_not_proven_says_what_to_do(bundles):
    check = verify.Check(bundles.public)
    check.run()
    for about in dict(check.said["open"]):
        for language, text in enumerate(verify.SAYS[about][2:]):
            assert text in check.text(language)
            assert text not in check.text(1 - language)
    assert {about for about, words in verify.SAYS.items() if words[2:]} >= set(dict(check.said["open"]))


def test_without_means_to_check_signatures_a_named_key_is_not_answered_right(bundles, monkeypatch):
    monkeypatch.setattr(verify, "ed25519", lambda *_: None)
    check = verify.Check(bundles.public, bundles.key)
    assert check.run() == 2
    assert "signed" in dict(check.said["open"])


def test_the_root_is_that_of_the_portal_s_own_tree():
    leaves = [sha256(bytes([number])).digest() for number in range(21)]
    for size in range(len(leaves) + 1):
        assert verify.root_of(b"".join(leaves), size) == tree.root_of(leaves[:size]).hex()


def test_it_is_one_file_of_plain_python_3_9():
    tree = ast.parse(PROGRAM.read_text(), feature_version=(3, 9))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == {"cryptography"}
    assert len(PROGRAM.read_text().splitlines()) <= 400
    assert sha256((PROGRAM.parent / "README.txt").read_bytes()).hexdigest() == verify.README_SHA256


def test_a_program_that_changed_has_another_version():
    """Bundles that are kept carry the program of their day: of one version there is one program."""
    of_version = {"3": "89482bce26065664609daa5c42f2a16b37930d0e97c7f5f9d02b3791b0b92f04"}
    assert of_version.get(verify.VERSION) == sha256(PROGRAM.read_bytes()).hexdigest(), "raise VERSION"
