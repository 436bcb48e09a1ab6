"""What a bundle tells of the log: to everybody, to auditors, and to each person of the own deeds."""

import io
import json
import zipfile
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command

from awards.bundle import files, own_lines
from awards.ledger import key_files, keys
from awards.ledger.seal import seal
from awards.models import Publication
from awards.verify.verify import Check, told
from submissions import intake
from tests.submissions.log.world import World

pytestmark = pytest.mark.django_db
PERSONAL = {"actor", "previous", "data.title", "data.note", "data.file", "data.reason", "data.remark", "data.after"}


@pytest.fixture
def signers(tmp_path) -> list[keys.Signer]:
    for name in ("old", "new"):
        key_files.make(tmp_path / name)
    return keys.read([tmp_path / "old", tmp_path / "new"])


@pytest.fixture
def world(signers) -> World:
    """One in which evidence was handed in, decided, judged and announced, and nothing is sealed yet."""
    world = World(3)
    for name in ("hand_in_link", "hand_in_file", "accept", "return", "save_sheet", "write_remark", "type_sheet") * 2:
        with suppress(intake.Refused):  # a sheet that was sent
            getattr(world, f"deed_{name}")()
    world.publication = Publication.objects.get(pk=world.announce().pk)
    return world


def told_of(data: bytes) -> list[dict]:
    with zipfile.ZipFile(io.BytesIO(data)) as folder:
        return [told(json.loads(line)["fields"]) for line in folder.read("log/events.jsonl").splitlines()]


def test_until_it_is_sealed_there_is_no_log_and_later_the_same_bytes_for_good(world, signers):
    check = Check(files.write(world.publication).read())
    assert check.run() == 0
    assert ("signed", "log/") in check.said["open"]
    assert Check(files.write(world.publication).read(), key="0" * 64).run() == 1
    seal(signers[:1])
    sealed = [files.write(world.publication, full=full).read() for full in (False, True)]
    world.deed_hand_in_link()
    seal(signers[::-1])
    world.deed_hand_in_link()
    seal(signers[1:])
    assert [files.write(world.publication, full=full).read() for full in (False, True)] == sealed


def test_everybody_reads_what_was_done_with_evidence_and_nobody_s_name(world, signers):
    seal(signers[:1])
    public, full = (
        told_of(files.write(world.publication).read()),
        told_of(files.write(world.publication, full=True).read()),
    )
    assert len(public) == len(full)
    assert [one for one in public if PERSONAL & one.keys()] == []
    of_evidence = [one for one in public if len(one) > 2]
    assert {one["verb"] for one in of_evidence} == {"evidence.attached", "evidence.accepted", "evidence.returned"}
    handed_in = {piece.sha256 for entry in world.entries for piece in entry.evidence.all()}
    assert {one["data.sha256"] for one in of_evidence if "data.sha256" in one} == handed_in
    assert [one for one in full if not {"actor", "previous", "verb"} <= one.keys()] == []


def test_each_person_proves_the_own_deeds_and_reads_nobody_else_s(world, signers):
    seal(signers[:1])
    lines = {judge: own_lines.of(judge, world.publication) for judge in world.judges}
    for judge, own in lines.items():
        opened = [told(line["fields"]) for line in own]
        assert [one for one in opened if one.get("actor", judge.pk) != judge.pk] == []
        assert [one for one in opened if "actor" not in one and one["data.judge"] != judge.pk] == []
    own = max(lines.values(), key=len)
    check = Check(files.write(world.publication).read(), mine=own)
    assert check.run() == 0
    assert ("mine", len(own)) in check.said["checked"]
    own[0]["fields"]["verb"][1] += " "
    assert Check(files.write(world.publication).read(), mine=own).run() == 1


def test_commands_write_them_to_files(world, signers, tmp_path):
    seal(signers[:1])
    publication, judge = world.publication, world.judges[0]
    call_command("bundle", publication.pk, output=tmp_path / "full.zip", full=True)
    assert (tmp_path / "full.zip").read_bytes() == files.write(publication, full=True).read()
    call_command("my_lines", publication.pk, judge.username, output=tmp_path / "mine.json")
    assert json.loads((tmp_path / "mine.json").read_text()) == own_lines.of(judge, publication)
    for wrong in (["bundle", publication.pk + 1], ["my_lines", publication.pk, "nobody"]):
        with pytest.raises(CommandError, match="ไม่"):
            call_command(*wrong, output=tmp_path / "none")
    with pytest.raises(CommandError, match="cannot write"):
        call_command("bundle", publication.pk, output=tmp_path / "no" / "folder")
