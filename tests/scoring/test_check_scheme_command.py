"""manage.py check_scheme: every fault with its line in both languages; and the example of the README is sound."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from scoring import engine, shipped
from tests.scoring.engine.making import facts, piece
from tests.servers import ROOT

MUSEUM = sorted((ROOT / "tests/scoring/schemes_broken").glob("*.yaml"))
README = (ROOT / "scoring/schemes/README.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL)


def check(*files: Path) -> tuple[int, list[str]]:
    """The exit status and the lines that are said."""
    out = StringIO()
    try:
        call_command("check_scheme", *map(str, files), stdout=out)
    except SystemExit as ended:
        return ended.code, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


@pytest.fixture
def written(tmp_path):
    def written(content: str | bytes, name: str = "mine.yaml") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def test_shipped_schemes_are_ok_each_on_a_line():
    code, lines = check(*sorted((ROOT / "scoring/schemes").glob("*.yaml")))
    assert code == 0
    assert len(lines) == len(shipped.schemes())
    for line, scheme in zip(lines, shipped.schemes().values(), strict=True):
        assert f": OK {scheme.code}: {scheme.title.th} / {scheme.title.en}; " in line
        assert line.endswith(f"criteria: {len(scheme.criteria)}; {scheme.max} คะแนน / points: {scheme.max}")


@pytest.mark.parametrize("path", MUSEUM, ids=lambda path: path.stem)
def test_every_fault_is_told_with_its_line_in_both_languages(path):
    with pytest.raises(engine.SchemeError) as refused:
        engine.load(path.read_text(encoding="utf-8"))
    code, lines = check(path)
    assert code == 1
    assert "\n".join(lines).count(" / line ") >= len(refused.value.faults)
    for fault in refused.value.faults:
        told = next(line for line in lines if fault.en in line and f" / line {fault.line}" in line)
        assert fault.th in told
        assert f"บรรทัด {fault.line}" in told
        assert fault.path in told
    assert lines[-1].endswith(f"faults: {len(refused.value.faults)}")


def test_a_fault_does_not_keep_the_next_file_from_being_read(written):
    code, lines = check(written("scheme: x\n", "bad.yaml"), written(EXAMPLE))
    assert code == 1
    assert "bad.yaml: " in lines[0]
    assert "OK village-2570" in lines[-1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "เปิดไฟล์ไม่ได้ / cannot be opened"),
        ("ไทย".encode("cp874"), "ไม่ใช่ข้อความ UTF-8"),
        (b"# " + b"x" * 300_000, "longer than 256 KB"),
        ("ก".encode() * 100_000, "longer than 256 KB"),
        (b"", "must be written as pairs"),
    ],
)
def test_what_cannot_be_read_is_told_kindly(written, tmp_path, content, words):
    code, lines = check(tmp_path / "nothing.yaml" if content is None else written(content))
    assert code == 1
    assert words in lines[0]


@pytest.mark.parametrize("name", ["village-2570.yaml", "mine.yaml", "village-2570.yml", "Village-2570.yaml"])
def test_a_file_named_otherwise_than_its_code_is_told_of(written, name):
    code, lines = check(written(EXAMPLE, name))
    assert (code, "OK village-2570" in lines[-1]) == (0, True), "a draft may have any name"
    assert [" must be named village-2570.yaml" in line for line in lines[:-1]] == [True] * (name != "village-2570.yaml")


def test_a_mark_of_byte_order_is_passed_over(written):
    assert check(written(EXAMPLE.encode("utf-8-sig")))[0] == 0


def test_it_runs_without_an_environment_and_without_a_database(written):
    bare = {"PATH": os.environ["PATH"], "LANG": "C"}
    command = [sys.executable, "manage.py", "check_scheme", str(written(EXAMPLE))]
    done = subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "OK village-2570: ประกวดหมู่บ้านดิจิทัล 2570" in done.stdout.decode()


@pytest.mark.parametrize(
    ("day", "trained", "earned"),
    [
        ("2027-06-30T23:00", 50, ["5.00", "5.00", "0.00"]),
        ("2027-07-01T08:00", 49, ["3.00", "3.00", "0.00"]),
        ("2027-08-01T08:00", 19, ["0.00", "1.00", "0.00"]),
    ],
)
def test_the_example_of_the_readme_scores_as_it_says(day, trained, earned):
    scheme = engine.load(EXAMPLE)
    said = facts("2027-08-02T00:00", piece("report", day), scheme=scheme.code, values={"trained": trained})
    scored = engine.score(scheme, said)
    assert [f"{one.earned:.2f}" for one in scored.criteria.values()] == earned
    assert scored.max == 20
