"""Thai first: every text has its Thai, and none is written where a translator would not find it."""

import ast
import functools
import re
import shutil
import subprocess
import sys
from pathlib import Path

import django
import polib
import pytest
from django.utils.translation import trans_real

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = Path(django.__file__).resolve().parents[1]
CATALOGUE = ROOT / "locale/th/LC_MESSAGES/django.po"
CATALOGUES = sorted(ROOT.glob("locale/**/*.po"))
THAI = re.compile(r"[\u0e00-\u0e7f]")
LATIN = re.compile(r"[A-Za-z]{2,}")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdr]|\{\w*(?::[^}]*)?\}")
TRANSLATORS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "ngettext": 2, "ngettext_lazy": 2, "pgettext": 2}  # and texts
SOURCES = ("awards", "cdd4", "scoring", "submissions", "templates", "locale")

# Where Thai stands in the source itself, and why.
THAI_IN_SOURCE = {
    "awards/documents/pdf.py": "documents are Thai whatever the reader's language",
    "awards/documents/names.py": "as the documents themselves",
    "awards/documents/minutes.py": "documents are Thai whatever the reader's language",
    "awards/management/commands/": "commands speak both languages",
    "awards/verify/": "programs of their own, which speak both languages",
    "cdd4/demo/": "the demo's people and titles",
    "cdd4/management/commands/demo.py": "the demo's people and titles",
    "cdd4/local.py": "`make run` speaks both languages, before Django is there",
    "cdd4/samples.py": "what the parts of a page are shown with, as it looks",
    "cdd4/settings.py": "a language is named in itself",
    "scoring/authoring/fitting.py": "months, as texts of schemes name them",
    "scoring/authoring/shifting.py": "months and digits, as texts of schemes name days",
    "scoring/engine/": "plain Python without gettext: its faults carry both languages",
    "scoring/management/commands/check_scheme.py": "as the engine, which it runs alone",
    "scoring/management/commands/load_shipped.py": "a region's Thai name is data",
    "scoring/management/commands/score.py": "as the engine, which it runs alone",
    "scoring/wording/": "sentences about rules and scores in both languages, for documents too",
    "submissions/questions/issuer.py": "who announces, in both languages, for documents",
    "submissions/templatetags/papers.py": "the Department, at the head of documents",
    "scoring/boards/report_paper.py": "documents are Thai whatever the reader's language",
    "scoring/boards/slides.py": "as the report on paper",
    "templates/scoring/pdf/report": "as awards' documents: Thai whatever the reader's language",
    "templates/scoring/pdf/scorecard.html": "as awards' documents: Thai whatever the reader's language",
    "submissions/api/examples.py": "what people hand in, as it looks",
    "submissions/fields.py": "an example of a Thai date",
    "submissions/spreadsheets/imports.py": "yes and no as people write them in a cell",
    "submissions/spreadsheets/people.py": "what people call the columns of their sheets",
    "submissions/documents/invitation_letters.py": "documents are Thai whatever the reader's language",
    "submissions/documents/filled_forms.py": "documents are Thai whatever the reader's language",
    "submissions/thai.py": "months, digits and sorting of Thai",
    "templates/awards/pdf/": "documents are Thai whatever the reader's language",
    "submissions/documents/whole_words.py": "Thai numerals and the sign of repetition, in an expression",
    "templates/submissions/pdf/": "documents are Thai whatever the reader's language",
    "templates/language.html": "a language is named in itself",
    "templates/error.html": "pages of faults ask nothing of the request: both languages, always",
    **dict.fromkeys(
        (
            f"templates/{code}.html"
            for code in ("400", "403", "403_csrf", "404", "405", "413", "429", "500", "503", "507", "busy")
        ),
        "as error.html",
    ),
}

# Texts of libraries that nobody meets here, by the beginning of their file's path.
UNSEEN = (
    "django/contrib/admin/templates/admin/invalid_setup.html",
    "django/views/csrf.py",  # templates/403_csrf.html instead
    "django/views/static.py",
    "django/views/templates",  # pages of a development server
    "rest_framework/authtoken",  # knox instead
    "rest_framework/schemas",  # drf-spectacular instead
    "rest_framework/templates",  # JSON only
    "unfold/contrib/constance",
    "unfold/contrib/guardian",
    "unfold/contrib/location_field",
    "unfold/templates/unfold_crispy",
)
SEEN = (
    *(f"django/{part}" for part in ("core", "db", "forms", "utils", "views")),
    *(f"django/contrib/{app}" for app in ("admin", "auth", "contenttypes", "humanize", "messages", "sessions")),
    *("allauth/account", "allauth/core", "allauth/mfa", "allauth/templates/account", "allauth/templates/mfa"),
    *("drf_spectacular", "import_export", "knox", "rest_framework", "simple_history", "unfold"),
)


def collect(folder: Path) -> polib.POFile:
    """What `make messages` finds in a folder and writes to its locale/."""
    (folder / "locale").mkdir(exist_ok=True)
    command = re.search(r"django-admin (makemessages(?:.*\\\n)*.*)", (ROOT / "Makefile").read_text())[1]
    subprocess.run(
        [sys.executable, "-m", "django", *command.replace("\\\n", " ").split()],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
    )
    return polib.pofile(str(folder / "locale/th/LC_MESSAGES/django.po"))


def thai_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_catalogues_are_complete(path):
    entries = polib.pofile(str(path))
    assert len(entries) > 30
    for entry in entries:
        assert not entry.obsolete, entry.msgid
        assert not entry.fuzzy, entry.msgid
        assert all(text.strip() for text in thai_of(entry)), entry.msgid


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_placeholders_survive_translation(path):
    for entry in polib.pofile(str(path)):
        wanted = {frozenset(PLACEHOLDER.findall(text)) for text in (entry.msgid, entry.msgid_plural) if text}
        for text in thai_of(entry):
            assert frozenset(PLACEHOLDER.findall(text)) in wanted, entry.msgid
            assert text.count("<a ") == entry.msgid.count("<a "), entry.msgid


def test_sentences_are_thai():
    """A text that stays as it is in English is a name or a sign, not a sentence."""
    kept = {e.msgid for e in polib.pofile(str(CATALOGUE)) if not any(map(THAI.search, thai_of(e)))}
    assert {text for text in kept if len(LATIN.findall(PLACEHOLDER.sub("", text))) > 2} == set()


def test_collecting_changes_nothing(tmp_path):
    for name in SOURCES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    collect(tmp_path)
    dated = re.compile(r'^"POT-Creation-Date:.*$', re.MULTILINE)
    collected = (tmp_path / CATALOGUE.relative_to(ROOT)).read_text()
    assert dated.sub("", collected) == dated.sub("", CATALOGUE.read_text()), "run `make messages`, then translate"


def test_texts_are_written_out():
    """Collecting sees a text only where it stands as one in the call: not by its name, put together, or in pieces; and
    no call within an f-string."""
    hidden = []
    for path in (p for name in SOURCES for p in (ROOT / name).rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        within = {id(n) for string in nodes if isinstance(string, ast.JoinedStr) for n in ast.walk(string)}
        for call in (n for n in nodes if isinstance(n, ast.Call)):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            texts = call.args[: TRANSLATORS.get(name, 0)]
            if any(id(text) in within or not _is_text(text) for text in texts):
                hidden.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert hidden == []


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_libraries_speak_thai(tmp_path):
    """Each text of a library that a page or the API can show has Thai: shipped, or in locale/libraries."""
    for part in SEEN:
        shutil.copytree(LIBRARIES / part, tmp_path / part, ignore=shutil.ignore_patterns("locale", "static", "*.pyc"))
    for part in UNSEEN:
        path = tmp_path / part
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    collected = collect(tmp_path)
    assert len(collected) > 800
    known = trans_real.translation("th")._catalog
    missing = []
    for entry in collected:
        key = f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid
        if not (known.get((key, 0)) if entry.msgid_plural else known.get(key)):
            missing.append((entry.msgid, [place for place, _ in entry.occurrences]))
    assert missing == []


def texts(path: Path) -> str:
    """What a source file can show: of Python its strings without docstrings, of a template all but its comments."""
    if path.suffix == ".html":
        return re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", path.read_text(), flags=re.DOTALL)
    tree = ast.parse(path.read_text())
    blocks = (n for n in ast.walk(tree) if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef))
    notes = {id(n.value) for block in blocks for n in block.body if isinstance(n, ast.Expr)}
    strings = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return "\n".join(n.value for n in strings if id(n) not in notes)


def test_thai_is_written_where_translators_look():
    sources = [p for name in SOURCES for p in (ROOT / name).rglob("*") if p.suffix in {".py", ".html"}]
    found = {str(p.relative_to(ROOT)) for p in sources if THAI.search(texts(p))}
    allowed = {name: {path for path in found if path.startswith(name)} for name in THAI_IN_SOURCE}
    assert found - set().union(*allowed.values()) == set()
    assert [name for name, paths in allowed.items() if not paths] == [], "no longer needed"


TERMS = dict(
    line.split(": ") for line in (ROOT / "locale/terms.txt").read_text().splitlines() if not line.startswith("#")
)
# Names that people gave, not words of the portal's own.
DATA = ("cdd4/demo/", "cdd4/management/commands/demo.py", "cdd4/samples.py", "submissions/api/examples.py")


@functools.cache
def thai_texts() -> dict[str, str]:
    """All Thai that the portal itself says: file -> text."""
    sources = [p for name in SOURCES for p in (ROOT / name).rglob("*") if p.suffix in {".py", ".html"}]
    said = {str(path.relative_to(ROOT)): texts(path) for path in sources}
    said = {name: text for name, text in said.items() if not name.startswith(DATA)}
    said |= {str(path.relative_to(ROOT)): path.read_text() for path in (ROOT / "docs/guides").glob("*.md")}
    for path in CATALOGUES:
        entries = polib.pofile(str(path))
        said[str(path.relative_to(ROOT))] = "\n".join(text for entry in entries for text in thai_of(entry))
    return said


@pytest.mark.parametrize("word", TERMS, ids=lambda word: f"instead of {TERMS[word]}")
def test_one_thai_word_for_one_thing(word):
    others = TERMS[word].split()
    said = thai_texts()
    assert others
    assert any(word in text for text in said.values()), "nothing says it any more"
    assert [(name, other) for name, text in said.items() for other in others if other in text] == []


def test_thai_has_no_semicolons():
    assert [name for name, text in thai_texts().items() if re.search(r"[\u0e00-\u0e7f] ?;", text)] == []


@pytest.mark.parametrize("guide", sorted((ROOT / "docs/guides").glob("[a-z]*.md")), ids=lambda path: path.name)
def test_guides_call_things_by_the_names_on_the_pages(guide):
    """What a guide prints in bold inside a sentence stands on a page; at a line's beginning it may be a heading."""
    known = {text for path in CATALOGUES for entry in polib.pofile(str(path)) for text in thai_of(entry)}
    text = guide.read_text()
    bold = {found[1] for found in re.finditer(r"\*\*(.+?)\*\*", text) if text[found.start() - 1] != "\n"}
    assert len(bold) > (2 if guide.stem == "proof" else 10)
    assert sorted(bold - known) == []
