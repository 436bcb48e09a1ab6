"""The engine alone: a wheel that is installed into an empty environment scores a publication again."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from awards.bundle import files as bundle
from awards.publishing.publish import publish
from tests import factories
from tests.awards.conftest import falling, make_contest
from tests.scripts import script
from tests.servers import ROOT

pytestmark = pytest.mark.django_db


def run(*command: object, status: int = 0) -> str:
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == status, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def built(folder: Path) -> Path:
    run(sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", folder, ROOT / "deploy/engine")
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The folder of an empty environment's programs, once the wheel is installed there."""
    folder = tmp_path_factory.mktemp("engine")
    wheel = built(folder)
    assert built(folder / "again").read_bytes() == wheel.read_bytes()
    run(sys.executable, "-m", "venv", "--without-pip", folder / "env")
    run(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", folder / "env/bin/python", wheel)
    return folder / "env/bin"


@pytest.fixture
def file(tmp_path) -> Path:
    """The bundle of a contest with facts, and two who share a rank across an award."""
    contest = make_contest(*falling(5))
    entry = contest.entries.get(office__code="TH-A03")
    factories.make_extension(entry, "1.1.report")
    factories.make_value(entry, "3.3.protected", "96.25")
    factories.make_value(entry, "3.3.total", "100")
    factories.make_evidence(entry, "4.2.publicity", "2023-03", status="submitted", channels=["website", "facebook"])
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle.write(publish(contest, by=factories.make_user("staff"))).read())
    return path


def altered(file: Path, change) -> Path:
    """The bundle with another announcement."""
    other = file.with_name("other.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "publication.json":
                announced = json.loads(content)
                change(announced["results"])
                content = json.dumps(announced).encode()
            new.writestr(name, content)
    return other


def test_the_wheel_needs_nothing_but_yaml_and_scores_every_point_again(installed, file):
    assert run(installed / "python", "-c", "import scoring.engine, sys; print('django' in sys.modules)") == "False\n"
    listed = json.loads(
        run(sys.executable, "-m", "uv", "pip", "list", "--format", "json", "--python", installed / "python")
    )
    assert {one["name"].lower() for one in listed} == {"cdd4-engine", "pyyaml"}
    said = run(installed / "cdd4-score", file, "--lang", "en")
    assert said == "5 offices and 18 criteria scored again: every point, rank and award is as announced.\n"
    trace = json.loads(run(installed / "cdd4-score", file, "--trace", "TH-A03"))
    assert trace["3.3"]["trace"]


def test_each_difference_is_named(file, capsys):
    score = script("engine/cdd4_score")

    def change(results):
        results[0]["criteria"]["5.1"]["earned"] = "4.99"
        results[1]["rank"] = 1
        results[2]["tier"] = "gold"
        results[3]["total"] = "99.00"
        by_office = [one["office"]["code"] for one in results]
        assert by_office[:4] == ["TH-A03", "TH-A01", "TH-A02", "TH-A04"]

    assert score.main([str(altered(file, change)), "--lang", "en"]) == 1
    said = capsys.readouterr().out
    for one in ("TH-A03 criteria.5.1.earned: announced 4.99", "TH-A01 rank: announced 1, computed 2",
                "TH-A02 tier: announced gold", "TH-A04 total: announced 99.00", "4 differences"):  # fmt: skip
        assert one in said


def test_what_is_no_bundle_is_told(tmp_path, capsys):
    score = script("engine/cdd4_score")
    for content in (b"", b"no zip", b"PK\x05\x06" + bytes(18)):
        (tmp_path / "odd.zip").write_bytes(content)
        assert score.main([str(tmp_path / "odd.zip")]) == 2
    assert score.main([str(tmp_path / "none.zip")]) == 2
    assert capsys.readouterr().err.count("อ่านชุดข้อมูลนี้ไม่ได้") == 4
