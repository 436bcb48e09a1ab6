"""Writes docs/third-party.md: packages and files that ship with the portal and others made, with their licences.

`make third-party` runs it. Nothing is guessed: what says no licence stops it, and a file that no line names does too.
"""

import importlib.metadata
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "third-party.md"
FOLDERS = ("static/vendor", "static/fonts", "submissions/data")
LISTED = "submissions/accounts/stolen.bloom"
OWN = ("*/README.md", "static/fonts/merge.py")  # the project's own, beside what is others'
SAYS_NOTHING = re.compile(r"unknown|dual license|other/proprietary license|", re.IGNORECASE)
FACTS = "none named: official facts, see below"
HEAD = """\
# What others made, and ships with the portal

Made by `make third-party`; a test fails when it is not what the command writes. Do not edit it by hand.
The portal's own licence is not named here: that is its owner's to do.
"""
PACKAGES = """
## Python packages

Those of `requirements.txt`, as the packages themselves say it. Several words with commas: the package names them all,
and its own papers say which part each holds for. Many carry compiled libraries; the papers of those lie in the
`licenses` folder of the installed package. `django-unfold`, `drf-spectacular-sidecar` and others carry scripts and
fonts of third parties, which this list does not name one by one. What only tests and developers use
(`requirements-dev.txt`) does not ship.

| package | version | licence |
|---|---|---|
"""
FILES = """
## Files in this repository

| file | from | version | licence |
|---|---|---|---|
"""
REST = """
The tables in `submissions/data` hold official names, codes and days; no licence came with them. Facts and official
notices are no works of copyright by section 7 of the Copyright Act B.E. 2537; the portal's owner has to confirm that
for these tables. `stolen.bloom` holds no password, only marks made of them; whoever passes it on names its source and
keeps its terms.

## What runs beside it

The image is built on `python` of Debian, and adds Debian's packages that the `Dockerfile` names; their licences lie in
`/usr/share/doc` of the image. PostgreSQL, Valkey, nginx and ClamAV run as images of their own makers; the portal does
not ship them. `deploy/support.toml` names them all.
"""


class Silent(Exception):
    """Something that ships does not say its licence."""


class ForeignFiles(NamedTuple):
    """Files that others made: a pattern of their paths, where they are from, and their licence."""

    pattern: str
    source: str
    version: str
    licence: str


def names(requirements: str) -> list[str]:
    """The packages that a file of pinned requirements names."""
    return re.findall(r"^([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==", requirements, flags=re.MULTILINE)


def licence(package: Any) -> str:
    """What a package says of its licence: the expression, one short line, or else its classifiers."""
    classifiers = [
        text.split(" :: ")[-1] for text in package.get_all("Classifier") or [] if text.startswith("License ::")
    ]
    short = (package.get("License") or "").strip()
    line = short if len(short) <= 60 and "\n" not in short else ""
    for text in (package.get("License-Expression") or "", line, ", ".join(classifiers)):
        if not SAYS_NOTHING.fullmatch(text):
            return text
    raise Silent(f"{package['Name']} {package['Version']} does not say its licence")


def packages() -> Iterator[str]:
    for name in names((ROOT / "requirements.txt").read_text(encoding="utf-8")):
        package = importlib.metadata.metadata(name)
        yield f"| {name} | {package['Version']} | {licence(package)} |\n"


def parts() -> list[ForeignFiles]:
    """All that others made among the files, as the files beside it say."""
    return [
        *_vendored(),
        ForeignFiles("static/vendor/LICENSE.*", "the papers of what lies there", "", "as named above"),
        _fonts(),
        ForeignFiles("static/fonts/OFL.txt", "the paper of the fonts", "", "as named above"),
        _passwords(),
        ForeignFiles(
            "submissions/data/provinces.csv", "names, ISO 3166-2 codes and inspection regions of provinces", "", FACTS
        ),
        ForeignFiles(
            "submissions/data/districts.csv",
            "names and codes of districts, of the Department of Provincial Administration",
            "",
            FACTS,
        ),
        ForeignFiles("submissions/data/holidays.csv", "days off of Thai officials", "", FACTS),
    ]


def _vendored() -> Iterator[ForeignFiles]:
    """The rows of the table in static/vendor/README.md, and htmx, which a package brings."""
    table = (ROOT / "static/vendor/README.md").read_text(encoding="utf-8")
    for file, source, version, terms in re.findall(r"^\| `([^`]+)`[^|]*\| (.+?) \| (.+?) \| (.+?) \|$", table, re.M):
        pattern = re.sub(r"\{[^}]*\}", "*", file)
        yield ForeignFiles(f"static/vendor/{pattern}", source.split(",")[0], version, terms.replace("`", ""))
    version = importlib.metadata.version("django-htmx")
    yield ForeignFiles(
        "htmx, inside the package django-htmx", "npm `htmx.org`", f"as in {version}", _said(table, r"\((0BSD)\)")
    )


def _fonts() -> ForeignFiles:
    text = (ROOT / "static/fonts/README.md").read_text(encoding="utf-8")
    version = _said(text, r"`@fontsource/sarabun` ([\d.]+\d)")
    return ForeignFiles(
        "static/fonts/Sarabun-*.ttf",
        "npm `@fontsource/sarabun`",
        version,
        _said(text, r"(SIL Open Font License [\d.]+)"),
    )


def _passwords() -> ForeignFiles:
    """The first line of the filter says what it was made of."""
    line = (ROOT / LISTED).read_bytes().partition(b"\n")[0].decode()
    return ForeignFiles(LISTED, _said(line, r"of the (\d+ passwords .*), CC"), "", _said(line, r"(CC [A-Z-]+ [\d.]+)$"))


def _said(text: str, pattern: str) -> str:
    if found := re.search(pattern, text):
        return found[1]
    raise Silent(f"nothing says {pattern!r}")


def shipped() -> list[str]:
    """The files that somebody else made, or that are made of what somebody else made."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    named = sorted(str(path.relative_to(ROOT)) for path in found if path.suffix != ".pyc")
    return [*(name for name in named if not any(fnmatch(name, own) for own in OWN)), LISTED]


def document() -> str:
    """The whole text. Silent when anything has no licence."""
    rows = parts()
    if left := [name for name in shipped() if not any(fnmatch(name, row.pattern) for row in rows)]:
        raise Silent(f"nothing says the licence of {', '.join(left)}")
    files = "".join(f"| {' | '.join([f'`{row.pattern}`', *row[1:]])} |\n" for row in rows)
    return HEAD + PACKAGES + "".join(packages()) + FILES + files + REST


if __name__ == "__main__":
    try:
        DOCUMENT.write_text(document(), encoding="utf-8")
    except (Silent, importlib.metadata.PackageNotFoundError) as fault:
        sys.exit(str(fault))
