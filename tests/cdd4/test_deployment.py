"""The files of production agree with each other and are what their programs accept."""

import os
import re
import subprocess

import pytest

from cdd4 import local
from cdd4.celery import app
from tests.servers import ROOT, need

COMPOSE = ROOT / "docker-compose.yml"


def compose(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [need("docker-compose", "docker-compose"), "--project-directory", str(ROOT), "-f", str(COMPOSE), *arguments],
        env={"PATH": os.environ["PATH"], "HOME": "/tmp", **environment},
        capture_output=True,
        text=True,
    )


def test_the_compose_file_is_accepted_and_asks_for_the_host():
    done = compose("config", "-q", CDD4_ALLOWED_HOSTS="cdd.example.go.th")
    assert done.returncode == 0, done.stderr
    assert "name the host of the portal" in compose("config", "-q").stderr


def test_every_part_is_there_hardened_and_watched():
    services = compose("config", "--services", CDD4_ALLOWED_HOSTS="x").stdout.split()
    ours = {"migrate", "web", "uploads", "streams", "worker", "documents", "publisher", "mailer", "caller", "examiner"}
    ours |= {"sealer", "beat"}
    assert set(services) == {*ours, "proxy", "db", "redis", "clamd", "freshclam"}
    text = compose("config", CDD4_ALLOWED_HOSTS="x").stdout
    parts = re.split(r"^  (?=\w+:$)", text[text.index("services:") :].split("\nvolumes:")[0], flags=re.M)[1:]
    assert len(parts) == len(services)
    for part in parts:
        name = part.split(":")[0]
        assert "read_only: true" in part, name
        assert "no-new-privileges:true" in part, name
        assert re.search(r"user: ['\"]?\d+:\d+", part), name
        assert ("healthcheck:" in part) == (name != "migrate"), name
        assert ("restart: unless-stopped" in part) == (name != "migrate"), name
        assert ("ports:" in part) == (name == "proxy"), name


# Short, each of them: whatever is added here must end in a moment, whatever happens.
QUICK = {
    "scoring.tasks.rescore_entry",
    "scoring.tasks.sweep",
    "scoring.tasks.tend_parcels",
    "awards.tasks.tend_publishings",
    "submissions.tasks.examine_rest",
}


def queue_of(task: str) -> str:
    return app.amqp.router.route({}, task)["queue"].name


def test_only_what_is_quick_is_in_the_queues_of_scores():
    app.loader.import_default_modules()
    ours = [name for name in app.tasks if name.split(".")[0] in ("submissions", "scoring", "awards")]
    assert {name for name in ours if queue_of(name) in ("rescore", "sweep")} == QUICK
    assert queue_of("thought.of.later") == "documents"


def workers_of_compose() -> list[str]:
    return re.findall(r"celery -A cdd4 worker --queues (\S+)", COMPOSE.read_text())


def workers_here() -> list[str]:
    return [queues for queues, *_ in local.WORKERS.values()]


@pytest.mark.parametrize("workers", [workers_of_compose, workers_here])
def test_every_queue_has_a_worker_and_scores_share_theirs_with_nothing(workers):
    app.loader.import_default_modules()
    assert "rescore,sweep" in workers()
    taken = ",".join(workers()).split(",")
    assert sorted(taken) == sorted({queue_of(name) for name in app.tasks if not name.startswith(("tests.", "bench"))})


def test_only_migrate_and_the_database_know_the_owner_of_the_tables():
    """Everything that strangers can reach works with the role to which migrate grants its rights."""
    text = compose("config", CDD4_ALLOWED_HOSTS="x").stdout
    parts = re.split(r"^  (?=\w+:$)", text[text.index("services:") :].split("\nnetworks:")[0], flags=re.M)[1:]
    named = {part.split(":")[0]: part for part in parts}
    assert {name for name, part in named.items() if "database_owner_password" in part} == {"migrate", "db"}
    assert {name for name, part in named.items() if "postgres://owner@" in part} == {"migrate"}
    assert "grant_rights portal" in named["migrate"]
    assert all(
        "postgres://portal@" in named[name]
        for name in "web uploads worker documents publisher mailer caller examiner sealer beat".split()
    )


def test_only_the_sealer_has_the_key_of_the_log_and_nobody_is_the_same_user():
    text = compose("config", CDD4_ALLOWED_HOSTS="x").stdout
    parts = re.split(r"^  (?=\w+:$)", text[text.index("services:") :].split("\nnetworks:")[0], flags=re.M)[1:]
    named = {part.split(":")[0]: part for part in parts}
    assert {name for name, part in named.items() if "CDD4_HEAD_KEY" in part or "/srv/sealer" in part} == {"sealer"}
    assert {name for name, part in named.items() if "10002" in part} == {"sealer"}


# What no operator sets there: the image says where its data and its static files lie, LINE is always LINE.
NOT_IN_COMPOSE = {"CDD4_STATIC_ROOT", "CDD4_ENGINE_DIR", "CDD4_LINE_API", "CDD4_DEBUG"}


def known_variables() -> set[str]:
    return set(re.findall(r'"(CDD4_\w+)"', (ROOT / "cdd4/settings.py").read_text())) | {"CDD4_ENV"}


def test_compose_hands_on_every_setting():
    asked = set(re.findall(r"^\s+(CDD4_\w+):", COMPOSE.read_text(), flags=re.M))
    assert known_variables() ^ {name.removesuffix("_FILE") for name in asked} == NOT_IN_COMPOSE


def test_the_example_names_every_variable_that_compose_reads():
    """A number is the one that holds without it, so that whoever uncomments a line changes nothing yet."""
    read = dict(re.findall(r"\$\{(CDD4_\w+):?[-?]([^}]*)\}", COMPOSE.read_text()))
    shown = dict(re.findall(r"^#?(CDD4_\w+)=(.*)", (ROOT / ".env.example").read_text(), flags=re.M))
    assert set(shown) == set(read)
    numbers = {name: value for name, value in read.items() if value.isdigit()}
    assert {name: shown[name] for name in numbers} == numbers


def test_the_servers_logs_are_in_utc_and_that_of_uploads_is_known_by_its_name():
    text = compose("config", CDD4_ALLOWED_HOSTS="x").stdout
    assert "TZ: UTC" in text.split("\n  proxy:")[1].split("\n  redis:")[0]
    assert "--name uploads" in COMPOSE.read_text()


def test_every_variable_is_in_the_operators_table():
    documented = set(re.findall(r"^\| `(CDD4_\w+)`", (ROOT / "docs/operations.md").read_text(), flags=re.M))
    assert documented == known_variables()


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-3.13"])
def test_what_is_asked_for_is_pinned_with_hashes(name):
    pinned = (ROOT / f"{name}.txt").read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", pinned.strip())
    assert all("--hash=sha256:" in block and "==" in block for block in blocks)
    assert "://" not in pinned
    names = {block.split("==")[0].split("[")[0] for block in blocks}
    asked_for = (ROOT / f"{name.removesuffix('-3.13')}.in").read_text().splitlines()
    lines = [line for line in asked_for if line and not line.startswith(("#", "-"))]
    for line in lines:
        assert re.search(r"  # \w+", line), f"why is this needed? {line}"
        asked = re.split(r"[\[~>=<]", line.split("#")[0].strip())[0].lower().replace("_", "-")
        assert asked in names, asked


def test_tests_run_on_the_versions_of_production():
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", (ROOT / name).read_text(), flags=re.M))

    production, tests = pins("requirements.txt"), pins("requirements-dev.txt")
    assert production
    assert {name: tests.get(name) for name in production} == production


def test_the_image_has_the_libraries_that_make_run_installs():
    packages = set(re.search(r"^RUN_PACKAGES := (.*)", (ROOT / "Makefile").read_text(), flags=re.M).group(1).split())
    image = (ROOT / "Dockerfile").read_text()
    libraries = {name for name in packages if name.startswith("lib") and not name.endswith("-dev")}
    assert libraries
    assert [name for name in libraries if name not in image.split("FROM")[-1]] == []
    assert "USER 10001:10001" in image
