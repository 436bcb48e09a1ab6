#!/usr/bin/env python3
"""Checks a receipt alone, without the portal: was this handed in, at that time, and is it still in the log?

    python verify_receipt.py receipt.json [--file FILE] [--head head.json --proof consistency.json] [--key KEY]

`receipt.json`: the proof of the receipt's page. `--file`: the file that was handed in. `--head`: a later head, from
/log/head.json, and `--proof` why the log of then is the beginning of that one, from /log/consistency.json. `--key`: the
public key, or its name, as the Department publishes it. `--lang en`: in English. Python 3.9 or newer; signatures are
checked by the package `cryptography`, else by `openssl` 3.
Exit status: 0 nothing is wrong, 1 something is, 2 what was given can't be read or not be checked.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SAYS = {
    "told": ("เหตุการณ์ที่เปิดเผยตรงกับที่บันทึกไว้", "What is told is what was recorded"),
    "included": ("อยู่ในบันทึกที่มีหัวบันทึกนี้", "It is in the log of this head"),
    "signed": ("หัวบันทึกลงนามด้วยกุญแจที่ระบุ", "The head was signed by the key that is named"),
    "later": ("บันทึกภายหลังขึ้นต้นด้วยบันทึกนี้ครบถ้วน", "The later log begins with this one, unchanged"),
    "later_signed": ("หัวบันทึกภายหลังลงนามด้วยกุญแจที่ระบุ", "The later head was signed by a key that is named"),
    "file": ("ไฟล์นี้คือไฟล์ที่ส่ง", "This is the file that was handed in"),
    "key": ("กุญแจตรงกับที่ท่านระบุ", "The key is the one that you named"),
    "no_key": (
        "ยังไม่ได้พิสูจน์ว่ากุญแจเป็นของกรม: เทียบกุญแจ {} กับที่กรมเผยแพร่ แล้วใช้ --key",
        "Not proven whose key it is: compare {} with what the Department publishes, and use --key",
    ),
    "right": ("ถูกต้อง", "right"),
    "wrong": ("ไม่ถูกต้อง", "WRONG"),
    "unknown": ("ตรวจไม่ได้: ติดตั้ง cryptography หรือ openssl 3", "can't be checked: install cryptography, or openssl 3"),
    "unreadable": ("อ่านไม่ได้: {}", "Can't be read: {}"),
}

STATES = {True: "right", False: "wrong", None: "unknown"}


class Receipt:
    def __init__(self, content: dict[str, Any]) -> None:
        self.fields, self.position = content["leaf"]["fields"], content["leaf"]["position"]
        self.path, self.head = [bytes.fromhex(one) for one in content["path"]], content["head"]
        self.keys = {one["key"]: one["public"] for one in content["keys"]}
        self.told = {name: json.loads(one[1]) for name, one in self.fields.items() if isinstance(one, list)}

    def leaf(self) -> bytes:
        """The leaf's hash, from what is told and from what stands for the rest."""
        fields = {
            name: one if isinstance(one, str) else hashlib.sha256(bytes.fromhex(one[0]) + one[1].encode()).hexdigest()
            for name, one in self.fields.items()
        }
        content = json.dumps(
            {"fields": fields, "log": "cdd4/1"}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        return hashlib.sha256(b"\0" + content.encode()).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def is_included(leaf: bytes, position: int, size: int, path: list[bytes], root: str) -> bool:
    """RFC 9162, section 2.1.3.2."""
    if not 0 <= position < size:
        return False
    sides = list(sides_of(position, size - 1))
    if len(path) != len(sides):
        return False
    reached = leaf
    for beside, is_left in zip(path, sides):  # noqa: B905 - Python 3.9 has no `strict`
        reached = node(beside, reached) if is_left else node(reached, beside)
    return reached.hex() == root


def is_consistent(earlier: dict[str, Any], later: dict[str, Any], path: list[bytes]) -> bool:
    """RFC 9162, section 2.1.4.2."""
    first, second = earlier["size"], later["size"]
    if not 0 < first <= second:
        return False
    if first == second:
        return bool(earlier["root"] == later["root"])
    hashes = ([bytes.fromhex(earlier["root"])] if first & (first - 1) == 0 else []) + path
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    sides = list(sides_of(place, last))
    if len(hashes) != 1 + len(sides):
        return False
    before = after = hashes[0]
    for beside, is_left in zip(hashes[1:], sides):  # noqa: B905
        before = node(beside, before) if is_left else before
        after = node(beside, after) if is_left else node(after, beside)
    return [before.hex(), after.hex()] == [earlier["root"], later["root"]]


def sides_of(place: int, last: int) -> Iterator[bool]:
    """From a node up to the root: of each hash beside the way, whether it stands to the left."""
    while last:
        is_left = bool(place & 1) or place == last
        yield is_left
        while is_left and place and not place & 1:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1


def is_signed(head: dict[str, Any], keys: dict[str, Any]) -> bool | None:
    """Whether one of these keys signed it; None: it can't be told here."""
    text = f"cdd4 head 1\n{head['size']}\n{head['root']}\n{head['at']}\n".encode()
    found = [
        ed25519(keys[one["key"]], one["signature"], text) for one in head["signatures"] if is_own(one["key"], keys)
    ]
    return True if True in found else None if None in found else False


def endorsed(known: dict[str, Any], later: list[Any]) -> dict[str, Any]:
    """The keys of before, and those of later that one of them endorsed."""
    keys = dict(known)
    for one in later:
        text = f"cdd4 key 1\n{one['key']}\n{one['public']}\n{one['since']}\n".encode()
        if one["endorsed_by"] in keys and ed25519(keys[one["endorsed_by"]], one["endorsement"], text):
            keys[one["key"]] = one["public"]
    return keys


def is_own(name: str, keys: dict[str, Any]) -> bool:
    """A key can't have another one's name."""
    return name in keys and hashlib.sha256(bytes.fromhex(keys[name])).hexdigest()[:16] == name


def ed25519(public: str, signature: str, text: bytes) -> bool | None:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return by_openssl(bytes.fromhex(public), bytes.fromhex(signature), text)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def by_openssl(public: bytes, signature: bytes, text: bytes) -> bool | None:
    der = bytes.fromhex("302a300506032b6570032100") + public
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("key", der), ("signature", signature), ("text", text)):
            Path(folder, name).write_bytes(content)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile signature"
        try:
            done = subprocess.run(command.split(), cwd=folder, capture_output=True, check=False)  # noqa: S603
        except OSError:
            return None
    said = done.stdout + done.stderr
    return True if b"Verified Successfully" in said else False if b"Verification Failure" in said else None


def check(receipt: Receipt, given: argparse.Namespace) -> list[tuple[str, bool | None]]:
    """(what was checked, whether it is right; None: can't be told)."""
    head, leaf = receipt.head, receipt.leaf()
    is_there = is_included(leaf, receipt.position, head["size"], receipt.path, head["root"])
    found = [("told", is_there), ("included", is_there), ("signed", is_signed(head, receipt.keys))]
    if given.head:
        later = json.loads(given.head.read_text("utf-8"))
        path = [bytes.fromhex(one) for one in json.loads(given.proof.read_text("utf-8"))["path"]] if given.proof else []
        keys = endorsed(receipt.keys, later.get("keys", []))
        found += [("later", is_consistent(head, later, path)), ("later_signed", is_signed(later, keys))]
    if given.file:
        found.append(("file", hashlib.sha256(given.file.read_bytes()).hexdigest() == receipt.told["data.sha256"]))
    if given.key:
        signers = {one["key"] for one in head["signatures"]} & set(receipt.keys)
        found.append(("key", any(given.key in (name, receipt.keys[name]) for name in signers)))
    return found


def main(arguments: list[str]) -> int:
    given = asked(arguments)
    words = {name: said[given.lang == "en"] for name, said in SAYS.items()}
    try:
        receipt = Receipt(json.loads(given.receipt.read_text("utf-8")))
        found = check(receipt, given)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        print(words["unreadable"].format(error))
        return 2
    for name, value in receipt.told.items():
        print(f"  {name.replace('data.', '')}: {json.dumps(value, ensure_ascii=False)}")
    for name, is_right in found:
        print(f"{words[STATES[is_right]]}: {words[name]}")
    if not given.key:
        signers = [one["key"] for one in receipt.head["signatures"] if one["key"] in receipt.keys]
        print(words["no_key"].format(" ".join(receipt.keys[name] for name in signers)))
    states = [is_right for _name, is_right in found]
    return 1 if False in states else 2 if None in states else 0


def asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("receipt", type=Path)
    for name in ("file", "head", "proof"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--key", default="")
    parser.add_argument("--lang", choices=("th", "en"), default="th")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
