"""A receipt is checked by a program of its own, years later, and whatever was altered of it shows."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from django.test import Client
from django.urls import reverse

from awards.ledger import key_files, keys
from awards.ledger.seal import seal
from submissions import intake
from submissions.models import Event
from tests import factories as make

PROGRAM = Path(__file__).resolve().parents[3] / "awards/verify/verify_receipt.py"


@pytest.fixture
def folder(db, tmp_path):
    """A receipt, the file, and a later head under another key with the proof that it goes on from the receipt's."""
    for name in ("one", "two"):
        key_files.make(tmp_path / name)
    first, second = keys.read([tmp_path / "one", tmp_path / "two"])
    entry = make.make_entry(office=make.make_office())
    officer, upload = make.make_user(office=entry.office), make.make_upload()
    (tmp_path / "file").write_bytes(upload.read())
    upload.seek(0)
    evidence = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=upload)
    before = seal([first])
    client = Client()
    client.force_login(officer)
    (tmp_path / "receipt.json").write_bytes(client.get(reverse("receipt-proof", args=[evidence.pk])).content)
    Event.objects.record_all(entry, "test.done", [{"number": n} for n in range(300)], by=None)
    after = seal([second, first])
    (tmp_path / "head.json").write_bytes(client.get(reverse("log-head")).content)
    asked = {"first": before.size, "second": after.size}
    (tmp_path / "proof.json").write_bytes(client.get(reverse("log-consistency"), asked).content)
    (tmp_path / "public").write_text(first.public.hex())
    return tmp_path


def verify(folder, *more: str, receipt: str = "receipt.json") -> tuple[int, str]:
    command = [sys.executable, PROGRAM, receipt, "--lang", "en", *more]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert not done.stderr
    return done.returncode, done.stdout


def test_untouched_it_is_right_in_all_that_can_be_asked(folder):
    key = (folder / "public").read_text()
    status, said = verify(folder, "--file", "file", "--head", "head.json", "--proof", "proof.json", "--key", key)
    assert (status, said.count("right: ")) == (0, 7)
    assert "Not proven" not in said
    assert "Not proven whose key it is" in verify(folder)[1]


def test_another_key_another_file_and_another_head_are_wrong(folder):
    (folder / "other").write_bytes(b"%PDF-1.4 another")
    assert verify(folder, "--file", "other")[0] == 1
    assert verify(folder, "--key", "0" * 16)[0] == 1
    head = json.loads((folder / "head.json").read_text())
    (folder / "other.json").write_text(json.dumps(head | {"root": "0" * 64}))
    assert verify(folder, "--head", "other.json", "--proof", "proof.json")[0] == 1
    assert verify(folder, "--head", "head.json")[0] == 1  # without the proof
    unendorsed = [one | {"endorsement": "00" * 64} for one in head["keys"]]
    (folder / "other.json").write_text(json.dumps(head | {"keys": unendorsed, "signatures": head["signatures"][:1]}))
    assert "WRONG: The later head" in verify(folder, "--head", "other.json", "--proof", "proof.json")[1]


def test_what_cannot_be_read_is_told(folder):
    (folder / "none.json").write_text("[]")
    assert verify(folder, receipt="none.json")[0] == 2
    assert verify(folder, receipt="absent.json")[0] == 2


def test_whatever_is_altered_is_wrong(folder):
    """Every field that is told, every hash and signature, by one sign each."""
    whole, chance = json.loads((folder / "receipt.json").read_text()), Random(1)
    for name, one in whole["leaf"]["fields"].items():
        altered = json.loads(json.dumps(whole))
        salt, text = one
        altered["leaf"]["fields"][name] = [salt, json.dumps(f"{text}x")] if chance.random() < 0.7 else ["00" * 16, text]
        check_wrong(folder, altered)
    for place in range(len(whole["path"])):
        altered = json.loads(json.dumps(whole))
        altered["path"][place] = hashlib.sha256(b"x").hexdigest()
        check_wrong(folder, altered)
    for name, value in (("size", whole["head"]["size"] + 1), ("root", "0" * 64), ("at", "2020-01-01T00:00:00+00:00")):
        check_wrong(folder, whole | {"head": whole["head"] | {name: value}})


def check_wrong(folder, altered: dict) -> None:
    (folder / "altered.json").write_text(json.dumps(altered))
    status, said = verify(folder, receipt="altered.json")
    assert status == 1, said
