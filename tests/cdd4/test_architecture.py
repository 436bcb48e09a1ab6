"""What the architecture forbids, a test forbids."""

import ast
import re
import subprocess
import sys
import unicodedata
from fnmatch import fnmatch
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from radon.complexity import cc_visit

from tests.servers import ROOT

APPS = ("cdd4", "scoring", "submissions", "awards")
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def run(*command: str, **environment: str) -> str:
    """The output of a command that must succeed."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment or None, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_what_make_check_forbids_stops_make_test_first():
    assert "\n\t$(MAKE) check\n\texec $(PY) -m pytest " in (ROOT / "Makefile").read_text()


def test_every_change_of_a_model_has_its_migration():
    run(sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")


def test_only_the_agreed_folders_and_apps():
    known = {*APPS, "templates", "static", "tests", "docs", "locale", "benchmarks", "deploy"}
    tracked = run("git", "ls-files", "--cached").split("\n")
    assert {name.split("/")[0] for name in tracked if "/" in name and not name.startswith(".")} <= known


TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".css", ".txt"})
STYLES_AND_SCRIPTS = sorted(path for path in (ROOT / "static").glob("*.*") if path.suffix in {".js", ".css"})


@pytest.mark.parametrize("path", SOURCES + STYLES_AND_SCRIPTS + TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_stays_short_and_keeps_a_name_that_promises_something(path):
    assert path.name not in {"services.py", "utils.py", "helpers.py", "common.py", "core.py"}
    assert len(path.read_text().splitlines()) < 400


MOST_BRANCHES = 12


def test_a_function_has_few_branches():
    """As radon counts: what ruff's C901 leaves out (comprehensions, `and`, `or`, assert) is read by people too."""
    counted = [(path.relative_to(ROOT), block) for path in SOURCES for block in cc_visit(path.read_text())]
    branchy = [(path, block) for path, block in counted if block.complexity > MOST_BRANCHES]
    told = [f"{path}:{block.lineno} {block.fullname} has {block.complexity}" for path, block in branchy]
    assert not told, "\n".join(told)


SIZE = re.compile(r"(?<!-)font-size: (?!var\(--text-(?:s|m|l|xl|figure)\))(?!inherit|100%|106\.25%)[^;]+;")
CORNER = re.compile(r"border-(?:[a-z]+-)*radius: (?!(?:var\(--r[12]\)|0| )+;)[^;]+;")


@pytest.mark.parametrize("name", ["portal", "scores", "fill", "calendar"])
def test_a_style_takes_its_sizes_from_the_scale(name):
    style = (ROOT / f"static/{name}.css").read_text()
    assert SIZE.findall(style) + CORNER.findall(style) == []


def columns(line: str) -> int:
    """How wide a line is: vowels and tones above and below Thai letters take no room of their own."""
    return sum(unicodedata.category(sign) != "Mn" for sign in line)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_line_of_a_template_fits_its_120_columns(path):
    assert [line for line in path.read_text().splitlines() if columns(line) > 120] == []


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if "engine" in p.parts], ids=lambda path: str(path.relative_to(ROOT))
)
def test_the_engine_has_no_floats_and_no_clock(path):
    tree = ast.parse(path.read_text())
    floats = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, float)]
    names = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in {"float", "open", "print"}]
    clocks = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in {"now", "today", "utcnow"}]
    assert (floats, names, clocks) == ([], [], [])


def imports(path: Path) -> set[str]:
    """Every module a file names in its imports, relative ones written out."""
    package = list(path.relative_to(ROOT).with_suffix("").parts[:-1])
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def within(modules: set[str], *packages: str) -> set[str]:
    return {m for m in modules for package in packages if m == package or m.startswith(f"{package}.")}


ENGINE_MAY_IMPORT = {*sys.stdlib_module_names, "yaml"} - {"os", "logging", "random", "socket", "sqlite3", "subprocess"}


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if "engine" in p.parts], ids=lambda path: str(path.relative_to(ROOT))
)
def test_the_engine_imports_itself_and_plain_python_only(path):
    others = imports(path) - within(imports(path), "scoring.engine")
    assert {name for name in others if name.split(".")[0] not in ENGINE_MAY_IMPORT} <= {"scoring"}


def test_the_engine_has_no_circle_even_among_types():
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in SOURCES}
    modules = {name: path for path, name in names.items() if name.startswith("scoring.engine.")}
    ties = {module: imports(path) & modules.keys() - {module} for module, path in modules.items()}
    assert len(list(TopologicalSorter(ties).static_order())) == len(modules)  # or CycleError, which names the circle


REQUEST = ("django.http", "django.shortcuts", "django.template", "django.views", "django.contrib.messages")
WORKERS = (*REQUEST, "celery")
MODELS = ("django.db", "submissions.models", "scoring.models")
# What a room may not import though it lies above or beside it: the table of docs/architecture.md. What lies above a
# room it may never import: the contracts of pyproject.toml.
ROOMS = {
    "submissions/models/": WORKERS,
    "submissions/questions/": WORKERS,
    "submissions/intake/": (*WORKERS, "rest_framework"),
    **{
        f"submissions/notices/{name}.py": (*REQUEST[:2], *REQUEST[3:], "celery", "submissions.intake")
        for name in ("making", "from_events", "reminders", "words", "letters", "mail")
    },
    "submissions/documents/": ("celery", "urllib.request"),
    **{f"submissions/documents/{name}.py": (*REQUEST, *MODELS) for name in ("typesetting", "printing")},
    "scoring/models.py": (*WORKERS, "submissions.intake", "submissions.pages"),
    "scoring/recompute.py": (*WORKERS, "submissions.intake", "submissions.pages"),
    "scoring/trial.py": (*WORKERS, "submissions.intake", "submissions.pages"),
    "scoring/tasks.py": (*REQUEST, "submissions.intake", "submissions.questions.access", "scoring.engine"),
    "scoring/wording/": (*WORKERS, *MODELS),
    "scoring/wording/points_shown.py": ("submissions",),
    "awards/publishing/publish.py": (*WORKERS, "submissions.intake", "awards.documents"),
    "awards/documents/pdf.py": (*REQUEST[:2], "celery", "urllib.request", "scoring.models", "scoring.recompute"),
}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_touches_only_what_it_may(room):
    files = [p for p in SOURCES if str(p.relative_to(ROOT)).startswith(room)]
    assert files, f"{room} is in the table but not in the tree"
    assert {str(p.relative_to(ROOT)): bad for p in files if (bad := within(imports(p), *ROOMS[room]))} == {}


def rooms_told() -> list[str]:
    """The rooms in the table of docs/architecture.md, as patterns of paths."""
    table = (ROOT / "docs/architecture.md").read_text().split("| room |")[1].split("\n\n")[0]
    cells = [row.split("|")[1].partition(" but ")[0] for row in table.split("\n")[2:]]
    return [name + "*" * name.endswith("/") for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def test_every_file_lies_in_a_room_and_every_room_is_there():
    tracked = run("git", "ls-files", "--cached", *APPS, "templates").split()
    rooms = {room: {path for path in tracked if fnmatch(path, room)} for room in rooms_told()}
    assert [room for room, files in rooms.items() if not files] == []
    assert {path for path in tracked if path.endswith(".py")} - set().union(*rooms.values()) == set()


def test_no_asset_comes_from_another_host():
    other = re.compile(r"""(?:src|href)=["'](?:https?:)?//|url\(["']?(?:https?:)?//|@import""")
    files = [path for folder in ("templates", "static") for path in (ROOT / folder).rglob("*")]
    pages = [path for path in files if path.suffix in {".html", ".css"}]
    assert pages
    assert [f"{p}: {m.group()}" for p in pages if "vendor" not in p.parts for m in other.finditer(p.read_text())] == []
