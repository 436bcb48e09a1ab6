"""The verifier for browsers as one file: its scripts put into its page, which asks nobody for anything."""

import hashlib
import json
import re
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = ("bytes.js", "log.js", "check.js", "page.js")
PACKED = ("verify.py", "README.txt")  # what lies in a bundle as it is here


def html() -> bytes:
    """`verify.html`. It knows which verify.py and README are of the same version as itself."""
    scripts = "\n".join(_plain((HERE / "browser" / name).read_text(encoding="utf-8")) for name in SCRIPTS)
    page = (HERE / "browser/page.html").read_text(encoding="utf-8")
    return page.replace("{scripts}", f"globalThis.PROGRAM = {json.dumps(_program())};\n{scripts}").encode()


def _plain(module: str) -> str:
    """A module as part of one script."""
    return re.sub(r"^import [^;]*;\n|^export ", "", module, flags=re.MULTILINE)


def _program() -> dict[str, object]:
    packed = {name: (HERE / name).read_bytes() for name in PACKED}
    version = re.search(rb'^VERSION = "(.+)"', packed["verify.py"], re.MULTILINE)
    assert version
    return {
        "VERSION": version[1].decode(),
        "SHA256": {name: hashlib.sha256(packed[name]).hexdigest() for name in packed},
    }
