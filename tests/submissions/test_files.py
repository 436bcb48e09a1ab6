"""Files and the rows that name them: none is lost unnoticed, none kept for nobody, and what was lost may come again."""

import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, transaction

from awards.models import Document
from scoring.models import Parcel
from submissions import intake, tasks
from submissions.files import register
from submissions.models import Event, Evidence
from submissions.vault import vault
from tests import factories as make

from .sending import PDF, begun, files, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


def hand_in(entry, officer) -> Evidence:
    return intake.attach_evidence(entry, by=officer, requirement="1.1.report", upload=make.make_upload())


def lose(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(PDF[:-1])


def overwrite(path: Path) -> None:
    path.write_bytes(b"x" * len(PDF))


HARM = pytest.mark.parametrize("harm", [lose, cut, overwrite])


@HARM
def test_a_file_that_was_lost_is_there_again_when_it_is_handed_in_again(entry, officer, folder, harm):
    first = hand_in(entry, officer)
    harm(Path(first.file.path))
    assert hand_in(entry, officer) == first
    assert Path(first.file.path).read_bytes() == PDF
    assert Path(first.file.path).stat().st_mode & 0o777 == 0o640
    assert files(folder) == [Path(first.file.path)]


@HARM
def test_the_same_when_it_comes_in_pieces(sender, entry, officer, folder, harm):
    first = hand_in(entry, officer)
    harm(Path(first.file.path))
    send(sender, begun(sender, entry), PDF)
    assert entry.evidence.get() == first
    assert Path(first.file.path).read_bytes() == PDF
    assert files(folder) == [Path(first.file.path)]


def test_it_is_there_again_before_anybody_is_told_so(entry, officer, folder):
    first = hand_in(entry, officer)
    lose(Path(first.file.path))
    given = {"by": officer, "requirement": "1.1.report", "upload": make.make_upload()}
    with pytest.raises(ZeroDivisionError):
        intake.attach_evidence(entry, **given, then=lambda evidence: 1 / 0)
    assert files(folder) == [Path(first.file.path)]


def test_of_two_that_are_well_the_first_stays(entry, officer, folder):
    first = hand_in(entry, officer)
    inode = Path(first.file.path).stat().st_ino
    hand_in(entry, officer)
    assert Path(first.file.path).stat().st_ino == inode
    assert len(files(folder)) == 1


def test_a_file_is_let_go_at_once_only_when_it_is_known_that_no_row_has_it(entry, officer, folder, monkeypatch):
    def broken(*args, **kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    for fault, kept in ((lambda *args, **kwargs: 1 / 0, 0), (broken, 1)):
        monkeypatch.setattr(type(Event.objects), "record", fault)
        with pytest.raises((ZeroDivisionError, OperationalError)), transaction.atomic():
            hand_in(entry, officer)
        assert len(files(folder)) == kept


def test_files_of_no_row_go_after_a_week(entry, officer, folder, monkeypatch):
    evidence = hand_in(entry, officer)
    vault.keep([b"of a row that never came"], ".pdf")
    vault.keep([b"of a parcel that never came"], ".zip", folder="parcels")
    assert tasks.sweep_vault() == 0
    assert len(register.unclaimed(-1)) == 2
    later = time.time() + register.UNCLAIMED + 1
    monkeypatch.setattr(register.time, "time", lambda: later)
    assert register.sweep() == 2
    assert files(folder) == [Path(evidence.file.path)]


def check() -> tuple[str, str]:
    out, progress = StringIO(), StringIO()
    try:
        call_command("check_files", stdout=out, stderr=progress)
    except CommandError as fault:
        out.write(f"{fault}; exit status {fault.returncode}\n")
    return out.getvalue(), progress.getvalue()


def test_every_file_is_read_and_what_is_wrong_is_named(entry):
    rows = [make.make_evidence(entry, kind=kind) for kind in ("pdf", "png", "docx", "mp4")]
    make.make_evidence(entry, url="https://www.example.org/")
    assert check() == ("4 file(s), all as they were kept\n", "4 of 4 files read\n")
    lose(Path(rows[0].file.path))
    overwrite(Path(rows[1].file.path))
    vault.keep([b"of no row"], ".pdf")
    told, _progress = check()
    assert f"missing\tsubmissions.evidence {rows[0].pk}\t{rows[0].file.name}" in told
    assert f"altered\tsubmissions.evidence {rows[1].pk}\t{rows[1].file.name}" in told
    assert "1 file(s) belong to no row" in told
    assert told.endswith("2 of 4 file(s) missing or altered; exit status 1\n")


def test_no_kind_of_file_is_left_out():
    assert set(register.owners()) == {Evidence, Document, Parcel}
