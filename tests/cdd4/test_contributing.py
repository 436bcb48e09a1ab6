"""What CONTRIBUTING.md names is there: files, commands of make, tests, and classes and functions."""

import re
import subprocess

import pytest

from tests.servers import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FOLDERS = "awards cdd4 docs locale scoring static submissions templates tests".split()
FILES = rf"(?:{'|'.join(FOLDERS)})/[\w./-]*"
NAMED = sorted(set(re.findall(FILES, TEXT)) - {"scoring/schemes/CODE.yaml"})
# What stands in which file, so that a recipe leads somewhere.
PLACES = {
    "scoring/engine/arithmetic/rules/rule.py": ["class Rule(", "class Kind:"],
    "scoring/engine/arithmetic/rules/__init__.py": ["__all__"],
    "scoring/engine/arithmetic/rules/read.py": ["def read_rule"],
    "scoring/wording/rules_in_words.py": ["class Prose(", "def rule("],
    "scoring/wording/findings_in_words.py": ['case "step":'],
    "submissions/questions/hand_in.py": ["class HandIn", "def check", "note: str", "len(self.note)"],
    "submissions/intake/evidence.py": ["def _evidence_of", "note=hand_in.note"],
    "submissions/log/carried.py": ['"note": row.note'],
    "submissions/log/replay.py": ["def _attached", '"note"'],
    "submissions/pages/forms.py": ["note = forms."],
    "submissions/pages/evidence.py": ["def _hand_in_of", '"note"'],
    "submissions/models/evidence.py": ["note = models."],
    "submissions/models/uploads.py": ["note = models."],
    "submissions/uploads/incoming.py": ["def begin", "def _hand_in_of", "upload.note"],
    "submissions/uploads/tus.py": ["def hand_in", 'metadata.get("note"'],
    "submissions/api/serializers.py": ["class LinkSerializer", "class EvidenceSerializer"],
    "submissions/api/examples.py": ['"note"'],
    "submissions/spreadsheets/tables.py": ["row.note"],
    "scoring/parcel_index.py": ["evidence.note"],
    "templates/submissions/uploads.html": ["data-note"],
    "static/upload.js": ["note"],
    "static/upload_batches.js": ["note:"],
    "submissions/pages/dear.py": ["def dear"],
    "tests/test_urls.py": ["def make_world"],
    "tests/scoring/engine/oracle.py": ["def work_out"],
    "tests/scoring/engine/language/test_load.py": ["def test_what_points_are_shown_as", "reads_as_a_list"],
    "tests/cdd4/test_deployment.py": ["NOT_IN_COMPOSE"],
}


@pytest.mark.parametrize("name", NAMED)
def test_what_is_named_is_there(name):
    assert (ROOT / name.rstrip(".")).exists()


@pytest.mark.parametrize("name", PLACES)
def test_a_recipe_leads_to_what_it_speaks_of(name):
    assert name.rpartition("/")[2] in TEXT
    assert [words for words in PLACES[name] if words not in (ROOT / name).read_text(encoding="utf-8")] == []


def test_the_commands_of_make_are_there():
    asked = set(re.findall(r"(?:^|`)make ([a-z-]+)", TEXT, flags=re.M))
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.M))
    assert {"run", "test", "check", "messages"} <= asked <= known


def test_a_note_of_evidence_is_in_every_file_that_the_recipe_would_find():
    """Whoever adds a field follows `note`; a door that is not in the recipe would be forgotten."""
    command = [
        "git",
        "grep",
        "-lE",
        r"\.note\b|\bnote=|\"note\"",
        "--",
        "submissions/*.py",
        "templates",
        "static/*.js",
        "scoring/parcel_index.py",
    ]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    doors = [name for name in found if "/migrations/" not in name and "/admin/import" not in name]
    assert len(doors) > 8
    assert [name for name in doors if name.rpartition("/")[2] not in TEXT] == []


def test_no_line_is_too_long():
    assert [line for line in TEXT.splitlines() if len(line) > 120] == []
