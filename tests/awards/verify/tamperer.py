"""Tampers with a bundle in every way that a test could think of; the seed of `chance` decides which, and where.

Whoever tampers knows the rules: the ZIP is packed anew as it should be, and digests are computed anew, wherever that is
not what is being tried.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable
from hashlib import sha256
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from awards.verify.verify import LOG, canonical, commitment, packed, parsed, root_of, told

HEAD, KEYS, LEAVES, LEAF, EVENTS = LOG
Files = dict[str, bytes]


def unpacked(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as folder:
        return {name: folder.read(name) for name in folder.namelist()}


def summed(files: Files) -> bytes:
    """Packed by the rule, with the digests of what is in it now."""
    sums = [f"{sha256(data).hexdigest()}  {name}\n" for name, data in files.items() if name != "SHA256SUMS"]
    return packed({name: "".join(sums).encode() if name == "SHA256SUMS" else data for name, data in files.items()})


def dumped(content: object) -> bytes:
    return canonical(content).encode()


def is_of_evidence(fields: dict) -> bool:
    return str(told(fields).get("verb")).startswith("evidence.")


class Tamperer:
    """`heads`: the log as it was signed at other times."""

    def __init__(self, data: bytes, heads: list[dict], chance: Random) -> None:
        self.data, self.files, self.heads, self.chance = data, unpacked(data), heads, chance
        self.ways: list[Callable[[], bytes]] = [getattr(self, name) for name in dir(self) if name.startswith("way_")]
        self.turns: list[Callable[[], bytes]] = []

    def tamper(self) -> tuple[str, bytes]:
        """The name of a way, and what it made of the bundle. Each has had its turn before any has another."""
        while True:
            self.turns = self.turns or self.chance.sample(self.ways, len(self.ways))
            if (made := (way := self.turns.pop())()) != self.data:
                return way.__name__, made

    def lines(self, name: str) -> list[bytes]:
        return self.files[name].splitlines()

    # Bytes

    def way_bit(self) -> bytes:
        place, bit = self.chance.randrange(len(self.data)), 1 << self.chance.randrange(8)
        return self.data[:place] + bytes([self.data[place] ^ bit]) + self.data[place + 1 :]

    def way_cut_off(self) -> bytes:
        return self.data[: self.chance.randrange(len(self.data))]

    def way_more_bytes(self) -> bytes:
        more = self.chance.randbytes(self.chance.randint(1, 40))
        place = self.chance.choice([0, len(self.data), self.chance.randrange(len(self.data))])
        return self.data[:place] + more + self.data[place:]

    def way_packed_again(self) -> bytes:
        made = io.BytesIO()
        how = self.chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
        names = list(self.files)
        self.chance.shuffle(names)
        with zipfile.ZipFile(made, "w", how) as folder:
            for name in names:
                day = (2026, self.chance.randint(1, 12), 1, 0, 0, 0)
                folder.writestr(zipfile.ZipInfo(name, day), self.files[name], compress_type=how)
        return made.getvalue()

    # Files

    def way_bit_of_a_file(self) -> bytes:
        name = self.chance.choice([name for name in self.files if name not in ("SHA256SUMS", "verify.py")])
        data = bytearray(self.files[name])
        data[self.chance.randrange(len(data))] ^= 1 << self.chance.randrange(8)
        return summed(self.files | {name: bytes(data)})

    def way_verifier(self) -> bytes:
        return summed(self.files | {"verify.py": self.files["verify.py"].replace(b"return", b"pass;return", 1)})

    def way_files_swapped(self) -> bytes:
        one, other = self.chance.sample(sorted(self.files), 2)
        return summed(self.files | {one: self.files[other], other: self.files[one]})

    def way_file_gone(self) -> bytes:
        gone = self.chance.choice(sorted(self.files))
        return summed({name: data for name, data in self.files.items() if name != gone})

    def way_file_more(self) -> bytes:
        name = self.chance.choice(["note.txt", "log/more.json", "../publication.json"])
        return summed(self.files | {name: b"{}"})

    def way_log_gone(self) -> bytes:
        return summed({name: data for name, data in self.files.items() if not name.startswith("log/")})

    def way_number(self) -> bytes:
        """One digit of a file of text, and the digests that hang on it."""
        name = self.chance.choice([name for name in self.files if name.endswith((".json", ".jsonl", ".yaml"))])
        text = self.files[name].decode()
        place = self.chance.choice([found.start() for found in re.finditer("[0-9]", text)])
        digit = self.chance.choice([one for one in "0123456789" if one != text[place]])
        return self.all_anew(name, (text[:place] + digit + text[place + 1 :]).encode())

    def all_anew(self, name: str, data: bytes) -> bytes:
        """As somebody does who knows what hangs on what, but has no key."""
        files = self.files | {name: data}
        if name == "facts.jsonl":
            old, new = (sha256(one).hexdigest().encode() for one in (self.files[name], data))
            files["publication.json"] = files["publication.json"].replace(old, new)
        if name.endswith(".yaml"):
            old, new = (sha256(one).hexdigest().encode() for one in (self.files[name], data))
            files["publication.json"] = files["publication.json"].replace(old, new)
        old, new = (sha256(one["publication.json"]).hexdigest().encode() for one in (self.files, files))
        files[LEAF] = files[LEAF].replace(old, new)
        return summed(files)

    # Lines

    def way_line_gone(self) -> bytes:
        name = self.chance.choice(["facts.jsonl", EVENTS])
        lines = self.lines(name)
        del lines[self.chance.randrange(len(lines))]
        return self.of_lines(name, lines)

    def way_line_doubled(self) -> bytes:
        name = self.chance.choice(["facts.jsonl", EVENTS])
        lines = self.lines(name)
        lines.insert(self.chance.randrange(len(lines)), self.chance.choice(lines))
        return self.of_lines(name, lines)

    def way_lines_swapped(self) -> bytes:
        name = self.chance.choice(["facts.jsonl", EVENTS])
        lines = self.lines(name)
        one, other = self.chance.sample(range(len(lines)), 2)
        lines[one], lines[other] = lines[other], lines[one]
        return self.of_lines(name, lines)

    def of_lines(self, name: str, lines: list[bytes]) -> bytes:
        return self.all_anew(name, b"".join(line + b"\n" for line in lines))

    def way_told_otherwise(self) -> bytes:
        """The text of a field that an event tells."""
        line, fields = self.some_event()
        salt, text = fields[name := self.chance.choice(sorted(told(fields)))]
        other = self.chance.choice(['"evidence.accepted"', '"2023-01-01T00:00:00+00:00"', "7", "null", text + " "])
        return self.with_event(line, fields | {name: [salt, other]})

    def way_hidden(self) -> bytes:
        """A field that is told is told no more."""
        line, fields = self.some_event(is_shown=True)
        name = self.chance.choice(sorted(told(fields)))
        return self.with_event(line, fields | {name: commitment(fields[name])})

    def way_event_hidden(self) -> bytes:
        """An event on evidence, as if it were about something else."""
        line, fields = self.some_event(is_shown=True)
        hidden = {name: commitment(field) for name, field in fields.items() if name not in ("entry", "sequence")}
        return self.with_event(line, fields | hidden)

    def some_event(self, is_shown: bool = False) -> tuple[int, dict]:
        lines = [json.loads(line)["fields"] for line in self.lines(EVENTS)]
        places = [
            n for n, one in enumerate(lines) if not is_shown or str(told(one).get("verb", "")).startswith("evidence.")
        ]
        place = self.chance.choice(places)
        return place, lines[place]

    def with_event(self, place: int, fields: dict) -> bytes:
        lines = self.lines(EVENTS)
        lines[place] = dumped(json.loads(lines[place]) | {"fields": fields})
        return self.of_lines(EVENTS, lines)

    # What was announced

    def way_places_swapped(self) -> bytes:
        announced = parsed(self.files["publication.json"])
        one, other = self.chance.sample(announced["results"], 2)
        for name in self.chance.choice(
            [("rank", "tier"), ("office",), ("total",), ("criteria", "dimensions", "total")]
        ):
            one[name], other[name] = other[name], one[name]
        return self.all_anew("publication.json", dumped(announced))

    def way_points_given(self) -> bytes:
        announced = parsed(self.files["publication.json"])
        result = self.chance.choice(announced["results"])
        code = self.chance.choice(sorted(result["criteria"]))
        result["criteria"][code]["earned"] = result["criteria"][code]["max"]
        return self.all_anew("publication.json", dumped(announced))

    # The log, its heads and keys

    def way_leaf_changed(self) -> bytes:
        leaves = bytearray(self.files[LEAVES])
        place = 32 * self.chance.randrange(len(leaves) // 32)
        leaves[place : place + 32] = self.chance.randbytes(32)
        return summed(self.files | {LEAVES: bytes(leaves)})

    def way_leaves_swapped(self) -> bytes:
        leaves = [self.files[LEAVES][at : at + 32] for at in range(0, len(self.files[LEAVES]), 32)]
        one, other = self.chance.sample(range(len(leaves)), 2)
        leaves[one], leaves[other] = leaves[other], leaves[one]
        return summed(self.files | {LEAVES: b"".join(leaves)})

    def way_leaf_gone_or_more(self) -> bytes:
        leaves = self.files[LEAVES]
        return summed(self.files | {LEAVES: self.chance.choice([leaves[:-32], leaves[32:], leaves + leaves[:32]])})

    def way_other_head(self) -> bytes:
        """A head that was truly signed, at another time; its leaves as far as they are known."""
        head = self.chance.choice(self.heads)
        head = head | {"signatures": head["signatures"][:1]}
        files = {HEAD: dumped(head), LEAVES: self.files[LEAVES][: 32 * head["size"]]}
        return summed(self.files | (files if self.chance.random() < 0.5 else {HEAD: files[HEAD]}))

    def way_signature(self) -> bytes:
        head, keys = parsed(self.files[HEAD]), parsed(self.files[KEYS])
        others = [one["signature"] for head in self.heads for one in head["signatures"]] + [keys[-1]["endorsement"]]
        head["signatures"][0]["signature"] = self.chance.choice(
            [*others, self.chance.randbytes(64).hex(), "", "00" * 64]
        )
        return summed(self.files | {HEAD: dumped(head)})

    def way_signatures(self) -> bytes:
        head = parsed(self.files[HEAD])
        head["signatures"] = self.chance.choice([[], head["signatures"] * 2])
        return summed(self.files | {HEAD: dumped(head)})

    def way_head_says_more(self) -> bytes:
        head = parsed(self.files[HEAD])
        name = self.chance.choice(["at", "size", "note"])
        head[name] = {"at": "2023-01-01T00:00:00+00:00", "size": head["size"] + 1, "note": "valid"}[name]
        return summed(self.files | {HEAD: dumped(head)})

    def way_keys(self) -> bytes:
        keys = parsed(self.files[KEYS])
        way = self.chance.randrange(4)
        if way == 0:
            keys.reverse()
        elif way == 1:
            del keys[self.chance.randrange(len(keys))]
        elif way == 2:
            keys.append(keys[0])
        else:
            one = self.chance.choice(keys)
            one[self.chance.choice(sorted(one))] = self.chance.choice(["", "00" * 32, "2020-01-01T00:00:00+00:00"])
        return summed(self.files | {KEYS: dumped(keys)})

    def way_forged_key(self) -> bytes:
        """The true log, signed by a key of the forger's own."""
        return summed(self.files | self.signed(parsed(self.files[HEAD])))

    def way_forged_whole(self) -> bytes:
        """Another announcement in a log of the forger's own: nothing in it is wrong but whose key it is."""
        announced = parsed(self.files["publication.json"])
        announced["publication"]["reason"] = str(self.chance.random())
        files = unpacked(self.all_anew("publication.json", dumped(announced)))
        line, leaves = parsed(files[LEAF]), bytearray(files[LEAVES])
        hidden = {
            name: sha256(bytes.fromhex(salt) + text.encode()).hexdigest()
            for name, (salt, text) in line["fields"].items()
        }
        content = canonical({"log": "cdd4/1", "fields": hidden})
        place = 32 * line["position"]
        leaves[place : place + 32] = sha256(b"\0" + content.encode()).digest()
        head = parsed(files[HEAD])
        head["root"] = root_of(bytes(leaves), head["size"])
        return summed(files | {LEAVES: bytes(leaves)} | self.signed(head))

    def signed(self, head: dict) -> Files:
        key = Ed25519PrivateKey.from_private_bytes(self.chance.randbytes(32))
        public = key.public_key().public_bytes_raw()
        name, keys = sha256(public).hexdigest()[:16], parsed(self.files[KEYS])
        row = {"key": name, "public": public.hex(), "since": "", "endorsed_by": "", "endorsement": ""}
        if self.chance.random() < 0.5:  # as if the true keys had endorsed it
            row |= {"since": head["at"], "endorsed_by": keys[-1]["key"], "endorsement": keys[-1]["endorsement"]}
            row["endorsement"] = row["endorsement"] or key.sign(b"").hex()
            rows = [*keys, row]
        else:
            rows = [row]
        message = f"cdd4 head 1\n{head['size']}\n{head['root']}\n{head['at']}\n"
        head = head | {"signatures": [{"key": name, "signature": key.sign(message.encode()).hex()}]}
        return {HEAD: dumped(head), KEYS: dumped(rows)}
