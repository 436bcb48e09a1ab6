"""What ships with the portal is named with its licence: docs/third-party.md is what its command writes."""

import re
from email.message import Message

import pytest

from tests.scripts import script
from tests.servers import ROOT

third_party = script("third_party")
TEXT = (ROOT / "docs/third-party.md").read_text(encoding="utf-8")


def says(**fields) -> Message:
    told = Message()
    for name, value in {"Name": "thing", "Version": "1", **fields}.items():
        for one in value if isinstance(value, list) else [value]:
            told[name.replace("_", "-")] = one
    return told


def test_the_document_is_what_the_command_writes():
    assert third_party.document() == TEXT, "run `make third-party`"


def test_every_row_has_a_licence():
    rows = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if re.match(r"\| (?!package|file)", line)]
    assert len(rows) > 80
    assert [row for row in rows if not row[-1].strip() or re.search("unknown|proprietary", row[-1], re.I)] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-3.13.txt"])
def test_every_package_that_is_installed_somewhere_is_named_with_its_version(name):
    pinned = re.findall(r"^([a-z0-9][\w.-]*)(?:\[[^]]*\])?==(\S+)", (ROOT / name).read_text(), flags=re.M)
    assert len(pinned) > 50
    assert [one for one in pinned if f"| {one[0]} | {one[1]} | " not in TEXT] == []


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License_Expression": "MIT", "License": "BSD"}, "MIT"),
        ({"License": "Apache 2"}, "Apache 2"),
        ({"License": "Dual License", "Classifier": ["License :: OSI Approved :: BSD License"]}, "BSD License"),
        ({"License": "Copyright (c) all of us\n\nText", "Classifier": ["License :: X :: Y"]}, "Y"),
        ({"Classifier": ["Topic :: Z", "License :: A :: B", "License :: C"]}, "B, C"),
    ],
)
def test_a_package_is_taken_at_its_word(fields, licence):
    assert third_party.licence(says(**fields)) == licence


@pytest.mark.parametrize(
    "fields", [{}, {"License": "UNKNOWN"}, {"Classifier": ["License :: Other/Proprietary License"]}]
)
def test_a_package_without_a_licence_stops_it(fields):
    with pytest.raises(third_party.Silent, match="thing 1"):
        third_party.licence(says(**fields))


def test_a_file_that_nothing_names_stops_it(monkeypatch):
    monkeypatch.setattr(third_party, "shipped", lambda: ["static/vendor/new.js"])
    with pytest.raises(third_party.Silent, match=r"new\.js"):
        third_party.document()
