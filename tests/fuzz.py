"""Requests of all kinds that no page of ours sends, to every address there is: made from a seed, so that one that fails
is made again."""

import json
import random
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, urlencode

METHODS = ["GET"] * 8 + ["POST"] * 6 + ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "FOO"]
ODD = [
    *("", " ", "0", "-1", "1", "2", "x", "None", "null", "true", "1.5", "1e9", "0x1", "9" * 19, "9" * 40),
    *("๑", "ก", "น้ำ", "😀", "\0", "\x1f", "a\0b", "\u202e", "\ufffe", "../..", "..%2f..", "%", "%s", "{0}", "{{7*7}}"),
    *("<b>", "'", '"', "\\", "' OR 1=1 --", "2566-02-30", "31/02/2566", "0000-00-00", "10000-01-01", "1.1.report"),
    *("TH-81", "5.report", "x" * 300, "a,b", "a|b", "[]", "{}"),
]  # fmt: skip
NAMES = """
    page page_size q o e p all next round office status state size region sort order dimension criterion period
    asked missing language format lang search term model_name app_label field_name as_of month month_of day trial
    basis code kind number revision seen again
""".split()
FIELDS = """
    username password login email code name name_th edition requirement criterion url note reason revision
    decision channels confirmed declared office entries when day time text try proofread seen number acknowledged
    action _selected_action submit save points values answers turn page resource import_file import_file_name
    original_file_name format round whom slots until kind inside
""".split()
HEADERS = """
    HX-Request HX-Target X-Reader If-Match If-None-Match If-Modified-Since Range Accept Accept-Language
    Authorization Referer Origin Tus-Resumable Upload-Length Upload-Offset Upload-Metadata X-Requested-With
    X-HTTP-Method-Override X-Forwarded-For X-Request-ID Content-Encoding Expect
""".split()
TYPES = [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/json",
    "application/json; charset=nonsense",
    "application/offset+octet-stream",
    "text/plain",
    "x/y; charset=utf-7",
    "",
]


class Request(NamedTuple):
    role: str
    method: str
    path: str
    body: bytes
    content_type: str
    headers: dict[str, str]

    def __str__(self) -> str:
        return f"{self.role}: {self.method} {self.path[:300]} {self.content_type} {self.headers} {self.body[:300]!r}"


def requests(seed: int, count: int, addresses: list[str], roles: tuple[str, ...]) -> Iterator[Request]:
    """So many requests to addresses with right ids, half of which are spoilt."""
    chance = random.Random(seed)
    for _number in range(count):
        path = _spoilt(chance, chance.choice(addresses))
        if chance.random() < 0.5:
            path += "?" + urlencode(
                {chance.choice(NAMES): _odd(chance) for _one in range(chance.randint(1, 3))}, errors="replace"
            )
        body, content_type = _body(chance)
        headers = {chance.choice(HEADERS): _header(_odd(chance)) for _one in range(chance.choice((0, 0, 0, 1, 2)))}
        yield Request(chance.choice(roles), chance.choice(METHODS), path, body, content_type, headers)


def _odd(chance: random.Random) -> str:
    return chance.choice(ODD)


def _header(text: str) -> str:
    """As a server hands it over: no control characters, and Latin-1."""
    return "".join(sign for sign in text if sign.isprintable()).encode().decode("latin-1")


def _spoilt(chance: random.Random, path: str) -> str:
    """Perhaps with one of its ids as something else."""
    parts = path.split("/")
    ids = [place for place, part in enumerate(parts) if re.search(r"\d", part)]
    if ids and chance.random() < 0.5:
        parts[chance.choice(ids)] = quote(_odd(chance), safe="")
    return "/".join(parts)


def _body(chance: random.Random) -> tuple[bytes, str]:
    fields = {chance.choice(FIELDS): _odd(chance) for _one in range(chance.randint(0, 5))}
    kind = chance.choice(TYPES)
    if chance.random() < 0.1:
        return chance.randbytes(chance.randint(0, 200)), kind
    if kind.startswith("multipart/form-data; boundary"):
        parts = "".join(_part(chance, name, text) for name, text in fields.items())
        return f"{parts}--x--\r\n".encode(), kind
    if kind == "application/json":
        things = [*fields.values(), None, 0, -1, 1.5, [], {}, [fields], 10**30]
        return json.dumps(
            fields if chance.random() < 0.5 else {name: chance.choice(things) for name in fields}
        ).encode(), kind
    return urlencode(fields, errors="replace").encode(), kind


def _part(chance: random.Random, name: str, text: str) -> str:
    file = '; filename="น้ำ.pdf"' if chance.random() < 0.3 else ""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{text}\r\n'
