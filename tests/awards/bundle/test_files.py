"""A publication's bundle: whoever has it can check it, and score it again, without the portal's database."""

import hashlib
import io
import json
import zipfile

import pytest
from django.core.management import call_command

from awards.bundle import files as bundle
from awards.models import Publication
from awards.publishing.publish import publish
from tests import factories
from tests.awards.conftest import falling, make_contest

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(staff) -> dict[str, bytes]:
    """The bundle of a contest with facts of every kind."""
    contest = make_contest(*falling(5))
    entry = contest.entries.get(office__code="TH-A03")
    factories.make_holiday("2023-06-05")
    factories.make_extension(entry, "1.1.report")
    factories.make_value(entry, "3.3.protected", "96.25")
    factories.make_value(entry, "3.3.total", "100")
    factories.make_value(entry, "2.1.2.received_on", "2023-05-30")
    factories.make_value(entry, "4.1.extra_content", "true")
    factories.make_value(entry, "3.4.news", "12", period="2023-02")
    for status in ("submitted", "returned", "withdrawn", "draft"):
        factories.make_evidence(entry, "3.1.plan", status=status)
    channels = ["website", "facebook"]
    factories.make_evidence(entry, "4.2.publicity", "2023-03", status="accepted", channels=channels)
    publication = publish(contest, by=staff)
    with zipfile.ZipFile(io.BytesIO(bundle.write(publication).read())) as folder:
        assert folder.testzip() is None
        return {name: folder.read(name) for name in folder.namelist()} | {"digest": publication.digest.encode()}


def test_the_digests_are_those_of_the_files(files):
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert set(sums) == {"verify.py", "README.txt", "publication.json", "facts.jsonl", "cdd40-2566.yaml"}
    for name, digest in sums.items():
        assert hashlib.sha256(files[name]).hexdigest() == digest
    announced = json.loads(files["publication.json"])
    assert sums["publication.json"] == files["digest"].decode()
    assert sums["facts.jsonl"] == announced["publication"]["facts"]
    assert sums["cdd40-2566.yaml"] == announced["edition"]["digest"]


def test_scoring_the_facts_again_gives_the_same_points(files, tmp_path, capsysbinary):
    path = tmp_path / "facts.jsonl"
    path.write_bytes(files["facts.jsonl"])
    capsysbinary.readouterr()
    call_command("score", str(path))
    answers = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    announced = json.loads(files["publication.json"])["results"]
    assert len(answers) == len(announced) == 5
    for answer, result in zip(answers, announced, strict=True):
        assert (answer["entrant"], answer["total"]) == (result["office"]["code"], result["total"])
        assert answer["attainable"] == result["attainable"]
        points = {code: {key: one[key] for key in ("earned", "attainable", "max")} for code, one in
                  result["criteria"].items()}  # fmt: skip
        assert answer["criteria"] == points


def test_the_facts_are_whole_and_exact(files):
    [line] = [line for line in files["facts.jsonl"].decode().splitlines() if '"TH-A03"' in line]
    facts = json.loads(line)
    assert '"3.3.protected":96.25' in line
    assert facts["values"]["2.1.2.received_on"] == "2023-05-30"
    assert facts["values"]["4.1.extra_content"] is True
    assert facts["values"]["3.4.news"] == {"2023-02": 12}
    assert facts["holidays"] == ["2023-06-05"]
    assert facts["extensions"] == [{"requirement": "1.1.report", "period": None, "until": "2023-08-15"}]
    assert {one["status"] for one in facts["evidence"]} == {"accepted", "submitted", "returned", "withdrawn", "draft"}
    assert facts["judging"]["expected"] == 1


def test_the_same_publication_gives_the_same_bundle(publication):
    first = bundle.write(publication).read()
    assert bundle.write(Publication.objects.get(pk=publication.pk)).read() == first


def test_the_bundle_names_no_person(files, staff):
    assert staff.username.encode() not in b"".join(files.values())
