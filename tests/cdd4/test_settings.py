"""The environment is read once; nonsense is refused, every fault in one message, and no secret is repeated."""

import subprocess
import sys

import pytest

from tests.servers import ROOT

SOUND = {
    "CDD4_ENV": "production",
    "CDD4_SECRET_KEY": "q7Vd2mXw9KfLs0ZrT4nBpHy8JcGe1AuQ6iOxWvRtUzMbNaEk3C5h",
    "CDD4_ALLOWED_HOSTS": "cdd.example.go.th",
    "CDD4_DATABASE_URL": "postgres://portal:hidden-word@127.0.0.1:1/portal",
    "CDD4_REDIS_URL": "redis://127.0.0.1:1/0",
    "CDD4_CLAMD": "none",
}


@pytest.fixture
def manage(tmp_path):
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "CDD4_DATA_DIR": str(tmp_path / "data"), **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def test_without_an_environment_every_missing_thing_is_named(manage):
    done = manage("check")
    assert done.returncode == 1
    for name in ("CDD4_SECRET_KEY", "CDD4_ALLOWED_HOSTS", "CDD4_DATABASE_URL", "CDD4_REDIS_URL"):
        assert f"- {name} " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CDD4_ENV", "staging", "allowed: development, test, production"),
        ("CDD4_SECRET_KEY", "short", "at least 50 random characters"),
        ("CDD4_SECRET_KEY", "a" * 60, "at least 50 random characters"),
        ("CDD4_ALLOWED_HOSTS", "*", "'*' is not allowed"),
        ("CDD4_DATA_LICENCE", "free", "allowed: CC-BY-4.0, CC0-1.0, ODC-BY-1.0"),
        ("CDD4_DEBUG", "1", "for development only"),
        ("CDD4_DEBUG", "yes", "allowed: 0, 1"),
        ("CDD4_EVIDENCE_MAX_MB", "fifty", "a whole number from 1 to 1024"),
        ("CDD4_EVIDENCE_MAX_MB", "0", "a whole number from 1 to 1024"),
        ("CDD4_ACCOUNT_EVENT_DAYS", "89", "a whole number from 90 to 3650"),
        ("CDD4_DATABASE_URL", "mysql://hidden-word@host/db", "must begin with postgres://"),
        ("CDD4_DATABASE_URL", "postgres://portal:hidden-word@host:port/db", "cannot be read as a URL"),
        ("CDD4_REDIS_URL", "http://hidden-word", "must begin with redis://"),
        ("CDD4_SECRET_KEY_FILE", "/nowhere/secret", "are both set"),
        ("CDD4_DATABASE_PASSWORD_FILE", "/nowhere/secret", "cannot be read (FileNotFoundError)"),
        ("CDD4_EVIDENCE_MAX", "50", "is not a variable of this portal"),
        ("CDD4_LOG_LEVEL", "LOUD", "allowed: DEBUG"),
        ("CDD4_URL", "cdd.example.go.th", "must begin with http:// or https://"),
        ("CDD4_LINE_TOKEN", "hidden-word", "must be set with CDD4_LINE_TOKEN"),
        ("CDD4_PAPER_KEY", "/srv/papers/key.pem", "CDD4_PAPER_CERTIFICATE must be set with CDD4_PAPER_KEY"),
        ("CDD4_TSA_URL", "tsa.example.go.th", "must begin with http:// or https://"),
        ("CDD4_EMBLEM", "emblem.exe", "an SVG or PNG file in"),
        ("CDD4_EMBLEM", "missing.svg", "an SVG or PNG file in"),
        ("CDD4_DATA_DIR", "/proc/portal", "cannot be written"),
    ],
)
def test_one_wrong_thing_is_named_alone_and_secrets_are_not_shown(manage, name, value, words):
    done = manage("check", **{**SOUND, name: value})
    faults = [line for line in done.stderr.splitlines() if line.startswith("  - ")]
    assert done.returncode == 1
    assert words in done.stderr
    assert name.removesuffix("_FILE") in done.stderr
    assert len(faults) == 1, faults
    assert "hidden-word" not in done.stderr
    assert "Traceback" not in done.stderr


def test_secrets_come_from_files(manage, tmp_path):
    (tmp_path / "key").write_text(SOUND["CDD4_SECRET_KEY"] + "\n")
    (tmp_path / "password").write_text("from-a-file\n")
    files = {"CDD4_SECRET_KEY_FILE": f"{tmp_path}/key", "CDD4_DATABASE_PASSWORD_FILE": f"{tmp_path}/password"}
    environment = {**SOUND, **files}
    del environment["CDD4_SECRET_KEY"]
    code = (
        "from django.conf import settings as s; "
        "print(len(s.SECRET_KEY), s.DATABASES['default']['PASSWORD'], s.DATABASES['default']['HOST'], "
        "s.PORTAL_URL)"
    )
    done = manage("shell", "--no-imports", "-c", code, **environment)
    assert done.stdout.split() == ["52", "from-a-file", "127.0.0.1", "https://cdd.example.go.th"], done.stderr


def test_the_deployment_check_is_clean(manage):
    done = manage("check", "--deploy", "--fail-level", "WARNING", **SOUND)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_what_nobody_set_is_safe_in_production(manage):
    asked = "SECOND_FACTOR IDLE_MINUTES SESSION_COOKIE_NAME CSRF_COOKIE_NAME KNOWN_BROWSER_COOKIE".split()
    code = f"from django.conf import settings; print(*[getattr(settings, name) for name in {asked}])"
    done = manage("shell", "--no-imports", "-c", code, **SOUND)
    cookies = ["__Host-sessionid", "__Host-csrftoken", "__Host-known-browser"]
    assert done.stdout.split() == ["True", "30", *cookies], done.stderr


def test_the_queues_password_comes_from_a_file_of_its_own(manage, tmp_path):
    (tmp_path / "word").write_text("a/word:of@its own\n")
    ask = "from django.conf import settings; from kombu import Connection; "
    ask += "queue = Connection(settings.CELERY_BROKER_URL); print(queue.hostname, queue.port, queue.password)"
    done = manage("shell", "-c", ask, **SOUND, CDD4_REDIS_PASSWORD_FILE=str(tmp_path / "word"))
    assert done.stdout.splitlines()[-1] == "127.0.0.1 1 a/word:of@its own", done.stderr


def test_two_passwords_of_the_queue_are_one_too_many(manage):
    url = {"CDD4_REDIS_URL": "redis://:hidden-word@127.0.0.1:1/0", "CDD4_REDIS_PASSWORD": "another"}
    done = manage("check", **{**SOUND, **url})
    assert done.returncode == 1
    assert "- CDD4_REDIS_PASSWORD is set, and the URL holds a password too" in done.stderr
    assert "hidden-word" not in done.stderr
