"""manage.py score: JSON lines in, JSON lines out."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, execute_from_command_line

from scoring import shipped

CONFORMANCE = Path(__file__).parent.parent / "conformance"
CASES = [json.loads(line) for line in (CONFORMANCE / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
BAD = [json.loads(line) for line in (CONFORMANCE / "bad.jsonl").read_text(encoding="utf-8").splitlines()]
GOOD = json.dumps(next(case["facts"] for case in CASES if case["facts"]["scheme"] == "cdd40-2566"), ensure_ascii=False)


class Done(NamedTuple):
    """What a command left, under the names of subprocess.CompletedProcess."""

    returncode: int
    stdout: bytes
    stderr: bytes


@pytest.fixture
def score(monkeypatch):
    """score(arguments, stdin): the command as `manage.py` runs it, without a process to start for each time."""

    def score(*arguments: str, stdin: bytes = b"") -> Done:
        streams = {"stdin": io.BytesIO(stdin), "stdout": io.BytesIO(), "stderr": io.BytesIO()}
        with monkeypatch.context() as patched:
            for name, stream in streams.items():
                patched.setattr(sys, name, io.TextIOWrapper(stream, encoding="utf-8", write_through=True))
            try:
                execute_from_command_line(["manage.py", "score", *arguments])
                code = 0
            except SystemExit as ended:
                code = ended.code
            return Done(code, streams["stdout"].getvalue(), streams["stderr"].getvalue())

    return score


def run(*arguments: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "manage.py", "score", *arguments],
        input=stdin,
        capture_output=True,
        cwd=settings.BASE_DIR,
        env={**os.environ, **env},
        check=False,
    )


def answers(done: Done | subprocess.CompletedProcess[bytes]) -> list[dict]:
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_every_case_is_answered_in_order_to_the_last_digit() -> None:
    stdin = "".join(json.dumps(case["facts"], ensure_ascii=False) + "\n" for case in CASES)
    done = run("-", stdin=stdin.encode())
    assert done.returncode == 0
    assert answers(done) == [case["expected"] for case in CASES]


def test_bad_lines_are_answered_in_place_and_the_rest_is_scored(score) -> None:
    stdin = "".join(f"{bad['line']}\n{GOOD}\n" for bad in BAD)
    done = score("-", stdin=stdin.encode())
    assert done.returncode == 1
    given = answers(done)
    assert [one["line"] for one in given[::2]] == list(range(1, 2 * len(BAD), 2))
    assert [one["error"]["field"] for one in given[::2]] == [bad["field"] for bad in BAD]
    assert all(one["error"]["message"] for one in given[::2])
    assert all(one["total"] == given[1]["total"] for one in given[1::2])


@pytest.mark.parametrize(
    ("stdin", "fields"),
    [
        (b"", []),
        (b"\n", [None]),
        (b"\n\n" + GOOD.encode(), [None, None, "scored"]),
        (GOOD.encode() + b"\r\n", ["scored"]),
        (b"\xef\xbb\xbf" + GOOD.encode(), ["scored"]),
        (b"\xff\xfe{}\n" + GOOD.encode(), [None, "scored"]),
        (b"[" * 100_000 + b"\n", [None]),
        (GOOD.replace("TH-81", "\u2028\u0085ก").encode(), ["scored"]),
    ],
)
def test_lines_end_with_a_line_feed_and_nothing_else(score, stdin: bytes, fields: list) -> None:
    done = score("-", stdin=stdin)
    assert [one["error"]["field"] if "error" in one else "scored" for one in answers(done)] == fields
    assert done.returncode == (1 if None in fields else 0)
    assert not done.stderr


def test_what_is_echoed_is_echoed_as_given_in_any_locale() -> None:
    line = GOOD.replace("TH-81", "ก \\ud800").encode()
    done = run("-", stdin=line, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    given = answers(done)[0]
    assert given["entrant"] == "ก \ud800"
    assert given["as_of"] == json.loads(GOOD)["as_of"]


def test_several_faults_of_a_line_are_told_in_the_language_asked_for(score, tmp_path: Path) -> None:
    facts = {**json.loads(GOOD), "basis": "maybe", "holidays": 3}
    path = tmp_path / "facts.jsonl"
    path.write_text(json.dumps(facts), encoding="utf-8")
    english = answers(score(str(path), "--lang", "en"))[0]["error"]
    assert english == {
        "field": "basis",
        "message": "unknown, allowed: verified, claimed",
        "more": [{"field": "holidays", "message": "must be a list"}],
    }
    assert answers(score(str(path)))[0]["error"]["message"] == "ไม่รู้จัก ใช้ได้: verified, claimed"


def test_explained_answers_say_why_and_what_next(score) -> None:
    facts = {
        "scheme": "cdd40-2566",
        "entrant": {"code": "TH-81", "size": "small"},
        "as_of": "2023-07-10T10:00:00+07:00",
        "basis": "verified",
    }
    for language, why, following in (
        ("th", "ยังไม่มี ส่งได้ถึง 31 กรกฎาคม 2566", "ได้อีก 5 คะแนน: ส่งรายงาน"),
        ("en", "nothing yet; until 31 July 2566 BE (2023)", "5 more points: hand in Report on Big Data"),
    ):
        done = score("-", "--explain", "--lang", language, stdin=json.dumps(facts).encode())
        line = answers(done)[0]["criteria"]["1.1"]
        assert any(why in sentence for sentence in line["why"])
        assert line["next"][0].startswith(following)


def test_only_lines_of_the_scheme_asked_for_are_taken(score) -> None:
    other = json.dumps(next(case["facts"] for case in CASES if case["facts"]["scheme"] == "tambon-2565"))
    done = score("-", "--scheme", "cdd40-2566", stdin=f"{GOOD}\n{other}\n".encode())
    given = answers(done)
    assert "total" in given[0]
    assert given[1]["error"]["field"] == "scheme"


def test_a_scheme_that_did_not_ship_is_known_by_its_file(score, tmp_path: Path) -> None:
    made = shipped.text("cdd40-2566").replace("scheme: cdd40-2566", "scheme: cdd40-2570")
    (file := tmp_path / "made.yaml").write_text(made, encoding="utf-8")
    facts = GOOD.replace("cdd40-2566", "cdd40-2570").encode()
    (answer,) = answers(score("--text", str(file), "-", stdin=facts))
    (before,) = answers(score("-", stdin=GOOD.encode()))
    assert answer == before | {"scheme": "cdd40-2570"}
    assert "error" in answers(score("-", stdin=facts))[0]
    file.write_text(made.replace("max: 100", "max: 99"), encoding="utf-8")
    refused = score("--text", str(file), "-", stdin=facts)
    assert (refused.returncode, b"line 7" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["/nowhere/facts.jsonl"], "cannot open /nowhere/facts.jsonl"),
        (["."], "cannot open ."),
        (["-", "--scheme", "cdd40-9999"], "unknown scheme cdd40-9999"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(score, arguments: list[str], words: str) -> None:
    done = score(*arguments)
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    with pytest.raises(CommandError, match=words.replace(".", r"\.")):
        call_command("score", *arguments)


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    stdin = (GOOD + "\n") * 500
    done = subprocess.run(
        f"{sys.executable} manage.py score - | head -1",
        shell=True,
        input=stdin.encode(),
        capture_output=True,
        cwd=settings.BASE_DIR,
        check=False,
    )
    assert len(done.stdout.splitlines()) == 1
    assert b"Traceback" not in done.stderr


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Ten times the lines take no more memory (a margin of 2 MB), and no database is touched."""

    def peak(lines: int) -> int:
        path = tmp_path / f"{lines}.jsonl"
        path.write_text((GOOD + "\n") * lines, encoding="utf-8")
        code = (
            f"import runpy, sys; sys.argv = ['manage.py', 'score', {str(path)!r}]\n"
            "try: runpy.run_path('manage.py', run_name='__main__')\n"
            # ru_maxrss would be that of the process which started this one, if it is larger
            "finally: print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0], file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            cwd=settings.BASE_DIR,
            env={**os.environ, "CDD4_DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/none"},
            check=True,
        )
        assert len(done.stdout.splitlines()) == lines
        return int(done.stderr.split()[-1])

    assert peak(600) < peak(60) + 2 * 1024
