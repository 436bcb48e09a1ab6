#!/usr/bin/env python3
"""Checks the bundle of a publication alone, without network and without the portal. The rules: docs/verification.md.

    python verify.py bundle.zip [--key FINGERPRINT] [--head earlier.json] [--mine lines.json] [--lang en]

Python 3.9 or newer, standard library only; signatures are checked by the package `cryptography`, else by `openssl` 3.
Exit status: 0 nothing is wrong, 1 something is, 2 what was given can't be read or not be checked.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path

VERSION = "3"  # of verify.py and README.txt; another one's are not compared
README_SHA256 = "2208c6d8567dfa742edf89aab1b78f97d063ed2e9f8bf214c4ba251cd37e7366"
PROGRAM = Path(__file__).read_bytes()
LOG = ["log/head.json", "log/keys.json", "log/leaves.bin", "log/publication.json", "log/events.jsonl"]
SHOWN = {  # what is told of deeds on evidence, beside `at`, `verb`, and what is told of all: `entry`, `sequence`
    "evidence.attached": "evidence requirement period sha256 size channels submitted_at received_at replaces revision",
    "evidence.withdrawn": "evidence before revision",
    **dict.fromkeys(("evidence.accepted", "evidence.returned"), "evidence before reviewed_at revision"),
    "evidence.taken_back": "evidence undoes status reviewed_at revision",
}
SAYS = {
    "checked": ("ตรวจแล้ว ถูกต้อง", "Checked, and right"), "wrong": ("ไม่ถูกต้อง", "Wrong"),
    "open": ("ยังไม่ได้พิสูจน์", "Not proven"),
    "ends": ("ผลตรวจ: ไม่ถูกต้อง {} ข้อ ยังไม่ได้พิสูจน์ {} ข้อ", "Result: {} wrong, {} not proven"),
    "none": ("อ่านไม่ได้: สั่ง python verify.py bundle.zip", "Can't be read: say python verify.py bundle.zip --lang en"),
    "shut": ("อ่านไม่ได้: ไม่มีไฟล์ {} หรือเป็นโฟลเดอร์", "Can't be read: there is no file {}, or it is a folder"),
    "broken": ("อ่านไม่ได้: {} เป็นไฟล์อื่น หรือมาไม่ครบ ดาวน์โหลดใหม่", "Can't be read: {} is no such file or not whole"),
    "layout": ("ชุดไฟล์ครบและตรงตามแบบทุกไบต์: {}", "The bundle is whole, and by the rule byte for byte: {}"),
    "program": ("เทียบ verify.py และ README ในชุด: {}", "verify.py and README in the bundle are this version's: {}"),
    "parts": ("ประกาศ ข้อเท็จจริง และเกณฑ์เป็นชุดเดียวกัน: {}", "Announcement, facts and scheme belong together: {}"),
    "points": ("คะแนนรวมเป็นผลบวก และตรงกับผลอุทธรณ์: {}", "Totals are the sums, and as appeals were answered: {}"),
    "places": ("อันดับและรางวัลเป็นไปตามคะแนน กติกา และมติ: {}", "Ranks and awards follow from totals, rules, decisions: {}"),
    "scored": ("คะแนนแต่ละเกณฑ์มาจากข้อเท็จจริง: {}", "Points follow from the facts: {}",
        "ติดตั้ง .whl ที่อยู่ข้าง verify.py แล้วสั่ง cdd4-score", "install the .whl beside verify.py, run cdd4-score"),
    "sealed": ("ประกาศอยู่ในบันทึกที่มีราก: {}", "The publication is in the log, whose root is: {}"),
    "signed": ("ลายมือชื่อและกุญแจถูกต้อง: {}", "Signatures and keys are right: {}",
        "ไม่มี log/: ขอชุดที่ใหม่กว่า มิฉะนั้นติดตั้ง cryptography", "no log/: take a later bundle; else install cryptography"),
    "anchor": ("กุญแจสืบต่อจากกุญแจที่ท่านเชื่อถือ (--key): {}", "The key goes back to one that you trust (--key): {}",
        "อาจเป็นกุญแจของใครก็ได้: ใช้ --key กับที่พิมพ์บนเอกสาร", "it may be anybody's: use --key with what papers print"),
    "events": ("เหตุการณ์ครบ อยู่ในบันทึก เปิดเผยตามแบบ: {}", "All events are there, in the log, told by the rule: {}"),
    "chains": ("สายเหตุการณ์ตรงกับที่ผนึกไว้: {}", "The chains of events are as they were sealed: {}",
        "ชุดสาธารณะไม่เล่าทุกช่อง: ผู้ตรวจสอบขอชุดเต็ม", "the public bundle leaves fields out: auditors ask for the full one"),
    "evidence": ("หลักฐานพร้อม SHA-256 ของไฟล์เป็นไปตามบันทึก: {}", "Evidence is as the log tells, by SHA-256: {}"),
    "head": ("บันทึกต่อจากหัวบันทึกที่ท่านเก็บไว้ (--head): {}", "The log goes on from a head that you kept (--head): {}",
        "อาจเขียนใหม่ทั้งหมด: ใช้หัวที่มีผู้เก็บไว้ (ใบรับ หน้า /log/)", "all may be written anew: give a head that was kept"),
    "covers": ("หัวบันทึกนั้นครอบคลุมประกาศนี้: {}", "That head covers this publication: {}"),
    "mine": ("รายการของท่านอยู่ในบันทึก: {}", "Your own lines are in the log: {}"),
}  # fmt: skip


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def from_hex(text: str, length: int) -> bytes:
    if not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", text):
        raise ValueError("hex")
    return bytes.fromhex(text)


def canonical(value: object) -> str:
    """The one form of JSON: sorted keys, no spaces, letters as they are, numbers in their own digits."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return "{" + ",".join(f"{canonical(str(k))}:{canonical(v)}" for k, v in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def parsed(data: bytes) -> object:
    found = json.loads(data.decode(), parse_float=Decimal)
    if canonical(found).encode() != data:
        raise ValueError("not in the one form")
    return found


def packed(files: dict[str, bytes]) -> bytes:
    """The ZIP that the rule makes of these files: stored, all of one date, nothing between and nothing after."""
    body, index = bytearray(), bytearray()
    for name, data in files.items():
        same = struct.pack("<4H3L2H", 0, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(name), 0)
        index += b"PK\1\2" + struct.pack("<BBH", 20, 3, 20) + same
        index += struct.pack("<3H2L", 0, 0, 0, 0o644 << 16, len(body)) + name.encode()
        body += b"PK\3\4" + struct.pack("<H", 20) + same + name.encode() + data
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(files), len(files), len(index), len(body), 0)
    return bytes(body + index + end)


def ed25519(public: bytes, signature: str, message: str) -> bool | None:
    """Whether the signature is right; None where nothing here can tell."""
    head = bytes.fromhex("302a300506032b6570032100")
    files = {"key": head + public, "signature": from_hex(signature, 64), "message": message.encode()}
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        Ed25519PublicKey.from_public_bytes(public).verify(files["signature"], files["message"])
        return True
    except ImportError:
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in message -sigfile signature"
    except Exception:
        return False
    with tempfile.TemporaryDirectory() as folder, suppress(OSError):
        for name, data in files.items():
            Path(folder, name).write_bytes(data)
        done = subprocess.run(command.split(), cwd=folder, capture_output=True, check=False)  # noqa: S603
        said = done.stdout + done.stderr
        return True if b"Verified Successfully" in said else False if b"Verification Failure" in said else None


def root_of(leaves: bytes, size: int) -> str:
    """The root of the first `size` leaf hashes (RFC 9162)."""
    if size < 2:
        return (leaves[:32] if size else hashlib.sha256(b"").digest()).hex()
    half = 1 << ((size - 1).bit_length() - 1)
    return sha256(b"\1" + bytes.fromhex(root_of(leaves, half) + root_of(leaves[32 * half :], size - half)))


def commitment(field: object) -> str:
    """Of a field that is told, what its salt and text give; else what stands there."""
    salt, text = field if isinstance(field, list) else ("", from_hex(field, 32).hex())
    return sha256(from_hex(salt, 16) + text.encode()) if salt else text


def told(fields: dict) -> dict:
    return {name: json.loads(field[1]) for name, field in fields.items() if isinstance(field, list)}


def is_told_by_the_rule(fields: dict) -> bool:
    """Everything, or what is told of every event, and of a deed on evidence what is told of its kind."""
    public, kind = {"entry", "sequence"}, SHOWN.get(told(fields).get("verb"))
    public |= {"at", "verb", *(f"data.{one}" for one in kind.split())} if kind else set()
    return set(told(fields)) in (set(fields), public & set(fields))


def piece_of(one: dict) -> tuple:
    at = datetime.fromisoformat(one["submitted_at"]).timestamp()
    return one["requirement"], one["period"] or None, at, one["status"], tuple(sorted(one["channels"]))


def replayed(events: list[dict]) -> list[dict]:
    """Each piece of evidence as the deeds leave it. LookupError, ValueError: a deed between two others is missing."""
    pieces = {}
    for values in events:
        verb, data = values.get("verb"), {name[5:]: value for name, value in values.items() if name[:5] == "data."}
        if verb == "evidence.attached":
            pieces[data["evidence"]] = {"revision": 1, **data, "status": "submitted"}
            old = pieces.get(data.get("replaces"), {})
            if old.get("status") == "submitted":
                old.update(status="withdrawn", revision=old["revision"] + 1)
        elif verb in SHOWN:
            piece = pieces[data["evidence"]]
            revision = data.get("revision", piece["revision"] + 1)
            if data.get("before", piece["status"]) != piece["status"] or revision != piece["revision"] + 1:
                raise ValueError(f"evidence {data['evidence']}")
            piece.update(status=data.get("status", verb[9:]), revision=revision)
    return list(pieces.values())


def awarded(announced: dict, totals: dict, rank: dict) -> dict[str, str]:
    """Who gets which award: by rank, where several share one in the committee's order."""
    order, start, awards = [], 0, {}
    decided = {frozenset(one["offices"]): one["offices"] for one in announced["decisions"]}
    for _, same in groupby(sorted(rank, key=rank.get), rank.get):
        order += decided.get(frozenset(same := [*same]), same)
    for tier in announced["tiers"]:
        if tier["count"] is None:
            among = [code for code, total in totals.items() if total == Decimal(announced["max"])]
        else:
            end = min(start + tier["count"], len(order))
            among, start = order[start:end], end
            if 0 < end < len(order) and rank[order[end - 1]] == rank[order[end]]:
                tied = sorted(code for code in order if rank[code] == rank[order[end]])
                if frozenset(tied) not in decided:
                    raise ValueError(f"undecided tie: {', '.join(tied)}")
        awards.update(dict.fromkeys(among, tier["code"]))
    return awards


class Check:
    """One bundle, and what is trusted beside it: a key's fingerprint, a head that was kept, lines of one's own."""

    def __init__(self, data: bytes, key: str = "", head: dict | None = None, mine: list | None = None) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            self.files = {one.filename: folder.read(one) for one in folder.infolist() if not one.compress_type}
        self.data, self.said = data, {"checked": [], "open": [], "wrong": []}
        self.key, self.earlier, self.mine = re.sub("[^0-9a-f]", "", key.lower()), head, mine or []
        self.keys, self.facts, self.events = {}, {}, defaultdict(list)
        self.log = [self.files.get(name) for name in LOG] if any("/" in name for name in self.files) else []
        self.announced = parsed(self.files["publication.json"])
        self.scheme = self.announced["edition"]["scheme"] + ".yaml"
        self.results = {one["office"]["code"]: one for one in self.announced["results"]}
        self.sealed = {row["entry"]: row for row in self.announced.get("log", [])}

    def judge(self, about: str, right: list[tuple], said: object, is_open: bool = False) -> None:
        """Say what came of one check. `right`: of each thing that was looked at, whether it was."""
        faults = [str(name) for name, is_right in right if not is_right]
        self.said["wrong" if faults else "open" if is_open else "checked"].append((about, ", ".join(faults) or said))

    def run(self) -> int:
        steps = [self.layout, self.parts, self.points, self.places]
        log = [self.head, self.signature, self.leaves, self.chains, self.evidence, self.beside]
        for step in steps + (log if self.log else []):
            try:
                step()
            except Exception as error:
                self.judge("layout", [(f"{step.__name__}: {error!r}", False)], "")
        if not self.log:
            self.judge("signed", [("log/", not (self.key or self.earlier or self.mine))], "log/", is_open=True)
        self.judge("scored", [], "cdd4-score", is_open=True)
        return 1 if self.said["wrong"] else 2 if self.key and "signed" in dict(self.said["open"]) else 0

    def text(self, language: int) -> str:
        lines, signs = [], {"checked": "✓", "open": "–", "wrong": "✗"}
        for part, said in self.said.items():
            lines += [SAYS[part][language]] if said else []
            for about, value in said:
                lines += [f"  {signs[part]} {SAYS[about][language].format(value)}"]
                lines += [f"      {SAYS[about][2 + language]}"] if part == "open" and SAYS[about][2:] else []
        return "\n".join([*lines, SAYS["ends"][language].format(len(self.said["wrong"]), len(self.said["open"]))])

    def layout(self) -> None:
        names = ["verify.py", "README.txt", "SHA256SUMS", "publication.json", "facts.jsonl", self.scheme]
        names += [*(["withheld.json"] if "withheld.json" in self.files else []), *(LOG if self.log else [])]
        sums = "".join(f"{sha256(data)}  {name}\n" for name, data in self.files.items() if name != "SHA256SUMS")
        right = [(", ".join(set(names) ^ set(self.files)) or "bytes", list(self.files) == names)]
        right += [("bytes", packed(self.files) == self.data), ("SHA256SUMS", sums.encode() == self.files["SHA256SUMS"])]
        self.judge("layout", right, len(names))
        is_other = bool(re.search(rb'^VERSION = "(?!%s")\d' % VERSION.encode(), self.files["verify.py"], re.MULTILINE))
        is_same = self.files["verify.py"] == PROGRAM and sha256(self.files["README.txt"]) == README_SHA256
        self.judge("program", [("≠", is_same or is_other)], VERSION, is_other)

    def parts(self) -> None:
        about, text = self.announced["publication"], self.files["facts.jsonl"]
        self.facts = {line["entrant"]["code"]: line for line in map(parsed, text.split(b"\n")[:-1])}
        right = [("facts.jsonl", sha256(text) == about["facts"] and list(self.facts) == list(self.results))]
        right += [(self.scheme, sha256(self.files[self.scheme]) == self.announced["edition"]["digest"])]
        if "withheld.json" in self.files:
            opened = {name: commitment(field) for name, field in parsed(self.files["withheld.json"]).items()}
            right += [("withheld.json", opened == self.announced.get("withheld", {}))]
        self.judge("parts", right, f"No. {about['number']}, SHA-256 {sha256(self.files['publication.json'])}")

    def points(self) -> None:
        right, dimension = [], {one["code"]: one["dimension"] for one in self.announced["criteria"]}
        for office, result in self.results.items():
            sums, said = Counter(), {"earned": result["total"], "attainable": result["attainable"]}
            for code, one in result["criteria"].items():
                for name in ("earned", "attainable", "max"):
                    sums[name] += Decimal(one[name])
                    sums[dimension[code], name] += Decimal(one[name])
            said.update({(code, name): one[name] for code, one in result["dimensions"].items() for name in one})
            said["max"] = self.announced["max"]
            right += [(office, sums == {name: Decimal(one) for name, one in said.items()})]
            right += [(office, result["criteria"].keys() == dimension.keys())]
        for one in self.announced.get("appeals", {"answers": []})["answers"]:
            points = self.results[one["office"]]["criteria"][one["criterion"]]
            right += [(one["office"], points["earned"] == one["after"])]
        self.judge("points", right, len(self.results))

    def places(self) -> None:
        tables, right, scheme = defaultdict(dict), [], self.files[self.scheme].decode()
        found = re.search(r"^tie_break:((?:\s+- *\S+)+|\s*\[[^]]*\])", scheme, re.MULTILINE)
        chain = re.findall(r"[^\s\[\],'\"-][^\s\[\],'\"]*", found[1]) if found else []
        for code, one in self.results.items():
            keys = [one["total"], *(one["criteria"][criterion]["earned"] for criterion in chain)]
            tables[one.get("region", {}).get("code", "")][code] = list(map(Decimal, keys))
        for table in tables.values():
            rank = {code: 1 + sum(other > key for other in table.values()) for code, key in table.items()}
            awards = awarded(self.announced, {code: key[0] for code, key in table.items()}, rank)
            for code, one in ((code, self.results[code]) for code in table):
                place = None if self.announced["ranking"] == "none" else rank[code]
                right += [(code, (one["rank"], one["tier"]) == (place, awards.get(code, "")))]
        self.judge("places", right, len(self.results))

    def is_leaf(self, line: dict) -> bool:
        content = {"log": "cdd4/1", "fields": {name: commitment(field) for name, field in line["fields"].items()}}
        found, start = hashlib.sha256(b"\0" + canonical(content).encode()).digest(), 32 * line["position"]
        is_whole = type(line["position"]) is int and start >= 0 and len(line) == 2
        return is_whole and found == self.log[2][start : start + 32]

    def head(self) -> None:
        head, line, number = parsed(self.log[0]), parsed(self.log[3]), self.announced["publication"]["number"]
        self.size, self.position, fields = head["size"], line["position"], told(line["fields"])
        is_told = fields == {**fields, "digest": sha256(self.files["publication.json"]), "publication": number}
        right = [(LOG[3], is_told and fields.keys() == line["fields"].keys() and self.is_leaf(line))]
        right += [(LOG[2], len(self.log[2]) == 32 * self.size and root_of(self.log[2], self.size) == head["root"])]
        self.judge("sealed", right, f"{head['root']} ({self.position} < {self.size})")

    def signature(self) -> None:
        """The head is signed by the last key, and each key endorsed by the one before it."""
        head, before, right = parsed(self.log[0]), "", []
        for row in parsed(self.log[1]):
            public = self.keys[row["key"]] = from_hex(row["public"], 32)
            message = f"cdd4 key 1\n{row['key']}\n{row['public']}\n{row['since']}\n"
            is_first = not before and row["since"] == row["endorsement"] == ""
            is_endorsed = is_first or ed25519(self.keys[before], row["endorsement"], message) is not False
            is_named = (row["key"], row["endorsed_by"], len(row)) == (sha256(public)[:16], before, 5)
            right, before = [*right, (row["key"], is_endorsed and is_named)], row["key"]
        [one] = head["signatures"]
        is_signed = self.is_signed(head, one)
        is_whole = [one["key"], *head, *one] == [before, *"at root signatures size key signature".split()]
        right += [(LOG[0], is_whole and is_signed is not False)]
        self.judge("signed", right, head["at"] if is_signed else "cryptography / openssl 3?", is_signed is None)
        names = [name for key in self.keys.values() for name in (key.hex(), sha256(key))]
        is_known = len(self.key) >= 16 and any(name.startswith(self.key) for name in names)
        self.judge("anchor", [(self.key, is_known or not self.key)], names[-1], not self.key)

    def is_signed(self, head: dict, one: dict) -> bool | None:
        message = f"cdd4 head 1\n{head['size']}\n{head['root']}\n{head['at']}\n"
        return ed25519(self.keys[one["key"]], one["signature"], message)

    def leaves(self) -> None:
        right, last = [], -1
        for line in map(parsed, self.log[4].split(b"\n")[:-1]):
            is_right = self.is_leaf(line) and line["position"] > last and is_told_by_the_rule(line["fields"])
            right.append((line["position"], is_right))
            last, values = line["position"], told(line["fields"])
            self.events[values["entry"]].append((values, len(values) == len(line["fields"])))
        for entry in self.sealed.keys() | self.events.keys():
            row, listed = self.sealed.get(entry, {}), [values["sequence"] for values, _ in self.events[entry]]
            right += [(row.get("office", entry), listed == list(range(1, row.get("events", 0) + 1)))]
        self.judge("events", right, len(right) - len(self.sealed))

    def chains(self) -> None:
        """The full bundle tells every field: then each entry's own chain of digests is computed anew."""
        wholes = {is_whole for events in self.events.values() for _, is_whole in events}
        if wholes != {True}:
            return self.judge("chains", [("full / public", True not in wholes)], "bundle --full", is_open=True)
        right = [("withheld.json", "withheld.json" in self.files or "withheld" not in self.announced)]
        for row in self.sealed.values():
            digest = ""
            for one, _ in self.events[row["entry"]]:
                data = {name[5:]: value for name, value in one.items() if name.startswith("data.")}
                sealed = [digest, *(one[name] for name in "entry sequence at actor verb".split()), data]
                content = json.dumps(sealed, sort_keys=True, ensure_ascii=False).encode()
                digest = sha256(content) if one["previous"] == digest else "broken"
            right += [(row["office"], digest == row["head"])]
        self.judge("chains", right, len(self.sealed))

    def evidence(self) -> None:
        right, count = [], sum(len(line["evidence"]) for line in self.facts.values())
        asked = {(one["requirement"], one["period"]) for line in self.facts.values() for one in line["evidence"]}
        for row in self.sealed.values():
            pieces = replayed([values for values, _ in self.events[row["entry"]]])
            logged = Counter(piece_of(one) for one in pieces if (one["requirement"], one["period"] or None) in asked)
            known = self.facts.get(row["office"])
            right += [(row["office"], known is None or logged == Counter(map(piece_of, known["evidence"])))]
        self.judge("evidence", right, count if self.sealed else "log?", not self.sealed)

    def beside(self) -> None:
        if self.mine:
            self.judge("mine", [(one["position"], self.is_leaf(one)) for one in self.mine], len(self.mine))
        if not self.earlier:
            return self.judge("head", [], "?", is_open=True)
        size, known = self.earlier["size"], [one for one in self.earlier["signatures"] if one["key"] in self.keys]
        right = [(one["key"], self.is_signed(self.earlier, one) is not False) for one in known]
        right += [(size, size > self.size or root_of(self.log[2], size) == self.earlier["root"])]
        self.judge("head", right, f"{size} / {self.size}", size > self.size)
        self.judge("covers", [], f"{self.position} / {size}", not self.position < size <= self.size)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("bundle", "--key", "--head", "--mine"):
        parser.add_argument(name, default="", nargs="?" if name == "bundle" else None)
    parser.add_argument("--lang", choices=("th", "en"), default="th")
    name = (asked := parser.parse_args(arguments)).bundle
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        given = (json.loads(Path(name := one).read_bytes()) if one else None for one in (asked.head, asked.mine))
        status, said = (done := Check(Path(name).read_bytes(), asked.key, *given)).run(), done.text(asked.lang == "en")
    except Exception as error:
        fault = "none" if not name else "shut" if isinstance(error, OSError) else "broken"
        status, said = 2, SAYS[fault][asked.lang == "en"].format(name)
    return print(said) or status


if __name__ == "__main__":
    sys.exit(main())
