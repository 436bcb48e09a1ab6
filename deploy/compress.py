"""Puts a copy by brotli beside each static file that pages ask for; WhiteNoise sends it to browsers that know brotli.

python deploy/compress.py FOLDER, after collectstatic. nginx's own image has no brotli, and gzip's copies are a quarter
larger: it makes those itself, for browsers that know nothing better. The library comes with WeasyPrint.

Lines of our own scripts that are nothing but a comment are for whoever reads them here: they were a sixth of it all.
"""

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli  # type: ignore[import-untyped]

SQUEEZED = (".css", ".js", ".svg")
MOST = 500_000  # bytes; what is larger belongs to the API's documentation, and would take most of the time
COMMENT = re.compile(rb"^\s*//.*\n", re.MULTILINE)


def compress(file: Path, folder: Path) -> None:
    whole = file.read_bytes()
    if file.suffix == ".js" and file.parent == folder:  # those of others lie deeper, under licences they may tell
        whole = COMMENT.sub(b"", whole)
    small = brotli.compress(whole)
    if len(small) < len(whole) * 0.9:
        file.with_name(f"{file.name}.br").write_bytes(small)


def named_in(folder: Path) -> list[Path]:
    """The files by the names that pages know: those that hold a digest of the content."""
    names = json.loads((folder / "staticfiles.json").read_text(encoding="utf-8"))["paths"].values()
    files = [folder / name for name in sorted(set(names)) if name.endswith(SQUEEZED)]
    return [file for file in files if file.stat().st_size <= MOST]


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda file: compress(file, folder), named_in(folder)))
