"""What the image is built from, and what its neighbours are told: versions, digests, passwords, addresses."""

import os
import re
import subprocess
import sys

import psycopg2
import pytest
import redis
import yaml
from dj_database_url import parse

from tests.databases import PostgreSQL
from tests.servers import ROOT, Server, changed, free_port, need

COMPOSE = ROOT / "docker-compose.yml"
SERVICES = yaml.safe_load(COMPOSE.read_text())["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", (ROOT / name).read_text(), flags=re.M))


def test_both_pythons_get_the_same_versions():
    """Of what only one of them needs, such as a backport, there is nothing to compare."""
    here, image = pins("requirements.txt"), pins("requirements-3.13.txt")
    both = here.keys() & image.keys()
    assert {name: here[name] for name in both} == {name: image[name] for name in both}
    asked = re.findall(r"^([A-Za-z][\w-]+)", (ROOT / "requirements.in").read_text(), flags=re.M)
    assert {name.lower() for name in asked} <= both


def test_the_image_gathers_its_static_files(tmp_path):
    """By the Dockerfile's own line, which has to satisfy all that settings demand."""
    (line,) = re.findall(r"^RUN (CDD4_SECRET_KEY=.*?collectstatic --no-input)$", DOCKERFILE, flags=re.M | re.S)
    here = {
        "/opt/venv/bin/python": sys.executable,
        "/srv/portal/static": f"{tmp_path}/static",
        "/tmp/build": f"{tmp_path}",
    }
    for there, place in here.items():
        assert there in line
        line = line.replace(there, place)
    done = subprocess.run(
        ["/bin/sh", "-c", line], cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "static/staticfiles.json").is_file()


def test_the_image_is_built_from_its_own_lock_on_its_own_python():
    (python,) = re.findall(r"^ARG PYTHON=python:([\d.]+)-", DOCKERFILE, flags=re.M)
    assert f"COPY requirements-{python}.txt /tmp/requirements.txt" in DOCKERFILE
    assert "--require-hashes -r /tmp/requirements.txt" in DOCKERFILE
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.M) == ["${PYTHON}"] * 2
    assert f"--python-version {python} --constraint requirements.txt" in (ROOT / "Makefile").read_text()


def test_the_images_programs_of_postgresql_are_of_the_servers_release():
    release = SERVICES["db"]["image"].split(":")[1]
    assert f"postgresql-client-{release} " in DOCKERFILE.split("FROM")[-1]


def test_the_database_is_reached_by_its_socket_alone():
    assert SERVICES["db"]["network_mode"] == "none"
    assert "listen_addresses=''" in SERVICES["db"]["command"]
    assert "--auth-local=scram-sha-256" in SERVICES["db"]["environment"]["POSTGRES_INITDB_ARGS"]
    assert "database_socket:/run/postgresql" in SERVICES["db"]["volumes"]
    address = parse(SERVICES["web"]["environment"]["CDD4_DATABASE_URL"])
    assert address["HOST"] == "/run/postgresql"
    assert "database_socket:/run/postgresql:ro" in SERVICES["web"]["volumes"]


@pytest.mark.faults
def test_a_socket_is_an_address_and_asks_for_the_password(tmp_path):
    class Socketed(PostgreSQL):
        def __init__(self) -> None:
            super().__init__()
            (self.data / "pg_hba.conf").write_text(
                "local all portal scram-sha-256\nhost all portal 127.0.0.1/32 trust\n"
            )

    with Socketed() as server:
        with psycopg2.connect(server.url) as line, line.cursor() as cursor:
            cursor.execute("ALTER ROLE portal PASSWORD 'a-word'")
        address = SERVICES["web"]["environment"]["CDD4_DATABASE_URL"]
        here = address.replace("%2Frun%2Fpostgresql", str(server.folder).replace("/", "%2F"))
        settings = parse(here)
        reach = {"host": settings["HOST"], "port": server.port, "user": settings["USER"], "dbname": settings["NAME"]}
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(**reach)
        psycopg2.connect(**reach, password="a-word").close()


class Queue(Server):
    """The queue as docker-compose.yml starts it, in Debian's program instead of Valkey."""

    name = "queue"

    def __init__(self, password: str) -> None:
        super().__init__()
        self.port, self.password = free_port(), password
        (self.folder / "redis_password").write_text(password)

    def command(self) -> list[str]:
        places = {
            "/run/secrets/redis_password": f"{self.folder}/redis_password",
            "/tmp/password.conf": f"{self.folder}/password.conf",
            "exec valkey-server": f"exec {need('redis-server', 'redis-server')}",
            "--save": f"--port {self.port} --bind 127.0.0.1 --save",
        }
        told = SERVICES["redis"]["command"].replace("$$", "$")
        line = re.fullmatch(r"sh -c '(.*)'", told, flags=re.S).group(1)
        return ["/bin/sh", "-c", changed(line, "the queue's command", places)]

    def is_ready(self) -> bool:
        try:
            return bool(redis.Redis(port=self.port, password=self.password, socket_timeout=2).ping())
        except redis.RedisError:
            return False


@pytest.mark.faults
def test_the_queue_takes_nobodys_word_without_its_password():
    with Queue("a-word-of-the-queue") as queue:
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=queue.port, socket_timeout=2).ping()
        seen = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        assert "password.conf" in seen or str(queue.port) in seen
        assert queue.password not in seen
        assert (queue.folder / "password.conf").stat().st_mode & 0o777 == 0o600
    assert SERVICES["redis"]["command"].count("redis_password") == 1
    assert SERVICES["web"]["environment"]["CDD4_REDIS_PASSWORD_FILE"] == "/run/secrets/redis_password"


def test_the_proxy_asks_anew_where_its_servers_are():
    """Debian's nginx has no word for it: tests/servers.py takes `resolve` away, and this holds it where it belongs."""
    text = (ROOT / "nginx.conf").read_text()
    upstreams = re.findall(r"upstream (\w+) \{(.*?)\}", text, flags=re.S)
    assert {name for name, _body in upstreams} == {"web", "uploads", "streams"}
    for name, body in upstreams:
        assert f"zone {name} " in body
        assert f"server {name}:8000 resolve;" in body
    assert re.search(r"^\s+resolver 127\.0\.0\.11 valid=5s;", text, flags=re.M)
    release = tuple(map(int, SERVICES["proxy"]["image"].split(":")[1].split(".")))
    assert release >= (1, 28), "the first stable one that knows `resolve`"


def test_what_could_take_all_memory_has_a_limit():
    unlimited = {name for name, part in SERVICES.items() if "mem_limit" not in part}
    assert unlimited == {"proxy", "migrate", "freshclam", "beat"}


FAKE = """#!/bin/sh
case "$1 $2" in
"pull --quiet") [ "$3" != "${REFUSED:-}" ] || { echo "no such image: $3" >&2; exit 1; }; echo "$3" ;;
"image inspect") for last; do :; done
    echo "elsewhere/copy@sha256:0000"
    echo "${last%:*}@sha256:$(echo "$last" | sha256sum | cut -c1-64)" ;;
*) exit 2 ;;
esac
"""


@pytest.fixture
def docker(tmp_path):
    """A copy of what the script reads, and a `docker` that knows a digest for each image."""
    for name in ("docker-compose.yml", "Dockerfile", "deploy/lock_images.sh"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text())
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/docker").write_text(FAKE)
    (tmp_path / "bin/docker").chmod(0o755)

    def lock(**environment: str) -> subprocess.CompletedProcess:
        path = f"{tmp_path}/bin:{os.environ['PATH']}"
        command = ["/bin/sh", str(tmp_path / "deploy/lock_images.sh")]
        return subprocess.run(command, env={"PATH": path, **environment}, capture_output=True, text=True)

    lock.file = tmp_path / "compose.lock.yml"
    lock.folder = tmp_path
    return lock


def test_one_command_names_every_image_by_its_digest(docker):
    done = docker()
    assert done.returncode == 0, done.stderr
    locked = yaml.safe_load(docker.file.read_text())["services"]
    named = {name: part["image"] for name, part in SERVICES.items() if not part["image"].startswith("cdd4-portal")}
    assert set(locked) == {*named, "migrate"}
    for name, image in named.items():
        assert locked[name]["image"].startswith(f"{image.split(':')[0]}@sha256:"), name
    assert locked["migrate"]["build"]["args"]["PYTHON"].startswith("python@sha256:")
    both = ["-f", str(COMPOSE), "-f", str(docker.file), "config"]
    merged = subprocess.run(
        [need("docker-compose", "docker-compose"), "--project-directory", str(docker.folder), *both],
        env={"PATH": os.environ["PATH"], "HOME": "/tmp", "CDD4_ALLOWED_HOSTS": "x"},
        capture_output=True,
        text=True,
    )
    assert merged.returncode == 0, merged.stderr
    assert merged.stdout.count("@sha256:") == len(locked)


def test_when_one_image_cannot_be_had_the_digests_stay_as_they_are(docker):
    docker.file.write_text("as it was")
    done = docker(REFUSED=SERVICES["redis"]["image"])
    assert done.returncode != 0
    assert "no such image" in done.stderr
    assert docker.file.read_text() == "as it was"
    assert list(docker.folder.glob(".compose.lock*")) == []
