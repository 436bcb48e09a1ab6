"""Files and the rows that name them: none is lost unnoticed, none kept for nobody, and what was lost may come again."""

import time
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, transaction

from awards.models import Bundle, Document, SignedCopy
from scoring.models import Parcel
from submissions import intake, tasks
from submissions.files import register
from submissions.models import Attachment, Event, Evidence, Picture
from submissions.vault import vault
from tests import factories as make
from tests.submissions.sending import PDF, begun, files, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


def hand_in(entry, officer) -> Evidence:
    return intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload())


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
    report, upload = intake.HandIn("1.1.report"), make.make_upload()
    with pytest.raises(ZeroDivisionError):
        intake.attach_evidence(entry, report, by=officer, upload=upload, then=lambda evidence: 1 / 0)
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


NIGHT = 24 * 60 * 60  # seconds
NO_FILE = {"file": "", "url": "https://www.example.org/"}


@pytest.fixture
def nights_pass(monkeypatch):
    """So many nights, with a sweep in each of them; says how many files went."""
    passed, begun = 0, time.time()

    def sleep(nights: int) -> int:
        nonlocal passed
        removed = 0
        for _night in range(nights):
            passed += 1
            at = begun + passed * NIGHT + 60
            monkeypatch.setattr(register.time, "time", lambda at=at: at)
            removed += register.sweep()
        return removed

    return sleep


def test_files_of_no_row_go_a_week_after_a_sweep_saw_that(entry, officer, folder, nights_pass):
    evidence = hand_in(entry, officer)
    vault.keep([b"of a row that never came"], ".pdf")
    vault.keep([b"of a parcel that never came"], ".zip", folder="parcels")
    assert tasks.sweep_vault() == 0
    assert len(register.unclaimed()) == 2
    assert nights_pass(8) == 0
    assert nights_pass(1) == 2
    assert files(folder) == [Path(evidence.file.path)]


def test_a_row_that_comes_back_keeps_its_file(entry, officer, folder, nights_pass):
    kept, lost = hand_in(entry, officer), make.make_evidence(entry, kind="png")
    name, row = lost.file.name, Evidence.objects.filter(pk=lost.pk)
    row.update(**NO_FILE)
    nights_pass(5)
    row.update(file=name, url="")
    nights_pass(1)
    row.update(**NO_FILE)
    assert nights_pass(8) == 0, "the week begins anew"
    assert len(files(folder)) == 3, "two, and the list of what belongs to no row"
    assert nights_pass(1) == 1
    assert files(folder) == [Path(kept.file.path)]


def test_after_an_older_database_is_restored_there_is_a_week_to_see_what_it_has_not(
    entry, officer, folder, nights_pass
):
    hand_in(entry, officer)
    since_then = [make.make_evidence(entry, kind=kind) for kind in ("png", "docx")]
    nights_pass(15)
    Evidence.objects.filter(pk__in=[one.pk for one in since_then]).update(**NO_FILE)  # which it never heard of
    assert nights_pass(7) == 0
    assert all(Path(one.file.path).exists() for one in since_then)


def test_with_a_database_that_knows_no_file_none_is_removed(entry, officer, folder, nights_pass, caplog):
    evidence = hand_in(entry, officer)
    Evidence.objects.update(**NO_FILE)
    assert nights_pass(30) == 0
    assert Path(evidence.file.path).exists()
    assert "is this the database of these files" in caplog.records[-1].getMessage()
    assert caplog.records[-1].levelname == "ERROR"
    with pytest.raises(CommandError, match="not the database of these files"):
        call_command("remove_unclaimed")


def test_where_more_than_a_few_belong_to_no_row_people_decide(entry, officer, folder, nights_pass, caplog):
    hand_in(entry, officer)
    for number in range(register.FEW + 1):
        vault.keep([b"%d" % number], ".pdf")
    assert nights_pass(30) == 0
    told = check()[0]
    assert "none is removed before `remove_unclaimed`" in told
    assert "goes after" not in told
    assert caplog.records[-1].levelname == "ERROR"
    out = StringIO()
    call_command("remove_unclaimed", "--dry-run", stdout=out)
    assert out.getvalue().endswith(f"{register.FEW + 1} file(s) would be removed\n")
    assert len(files(folder)) == register.FEW + 3
    call_command("remove_unclaimed", stdout=out)
    assert out.getvalue().endswith(f"{register.FEW + 1} file(s) are removed\n")
    assert len(files(folder)) == 1


def test_what_came_today_is_not_counted_tonight_and_a_night_with_too_many_is_told_of(
    entry, officer, folder, monkeypatch
):
    hand_in(entry, officer)
    for number in range(register.FEW):
        vault.keep([b"%d" % number], ".pdf")
    time.sleep(0.1)
    midnight = time.time()
    time.sleep(0.1)
    monkeypatch.setattr(register, "ABANDONED", 0)
    register.sweep()
    for number in range(register.FEW):
        vault.keep([b"today %d" % number], ".pdf")
    in_a_week = time.time() + register.UNCLAIMED + 60
    monkeypatch.setattr(register.time, "time", lambda: in_a_week)
    monkeypatch.setattr(register, "ABANDONED", in_a_week - midnight)
    told = check()[0]
    assert (told.count("goes after"), told.count("not seen by"), told.count("stays")) == (register.FEW, register.FEW, 0)
    assert f"none in a night in which more than {register.FEW} are older than a day" in told
    assert register.sweep() == register.FEW


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
    damaged = Path(rows[1].file.path)
    damaged.write_bytes(b"x" * damaged.stat().st_size)
    vault.keep([b"of no row"], ".pdf")
    register.sweep()
    told, _progress = check()
    assert f"missing\tsubmissions.evidence {rows[0].pk}\t{rows[0].file.name}" in told
    assert f"altered\tsubmissions.evidence {rows[1].pk}\t{rows[1].file.name}" in told
    assert told.endswith("2 of 4 file(s) missing, altered or named wrongly; exit status 1\n")


def test_files_of_no_row_are_named_with_their_times(entry, officer, nights_pass):
    hand_in(entry, officer)
    name = vault.keep([b"of no row"], ".pdf").name
    came = f"{datetime.now(UTC):%Y-%m-%d}"
    told, _progress = check()
    assert f"of no row\t{name}\tcame {came}" in told
    assert "not seen by the nightly sweep yet" in told
    nights_pass(1)
    goes = f"{datetime.now(UTC) + timedelta(days=8, seconds=60):%Y-%m-%d}"
    assert f"goes after {goes}" in check()[0]
    assert "1 file(s) belong to no row" in told
    assert "missing" not in told


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "evidence", "evidence/ab/" + "x" * 150])
def test_a_row_that_was_altered_to_name_another_file_is_named_and_all_others_are_read(entry, officer, name):
    rows = [make.make_evidence(entry, kind=kind) for kind in ("pdf", "png")]
    Evidence.objects.filter(pk=rows[0].pk).update(file=name)
    told, _progress = check()
    assert f"submissions.evidence {rows[0].pk}\t{name}" in told
    assert f"evidence {rows[1].pk}" not in told
    assert "1 of 2 file(s)" in told
    assert f"of no row\t{rows[0].file.name}" in told


def test_two_rows_that_name_one_file_are_named_and_the_sweep_goes_on(entry, officer, folder, nights_pass):
    rows = [make.make_evidence(entry, kind=kind) for kind in ("pdf", "png")]
    for one in rows:
        Evidence.objects.filter(pk=one.pk).update(file=rows[0].file.name, size=rows[0].size, sha256=rows[0].sha256)
    told, _progress = check()
    for one in rows:
        assert f"named twice\tsubmissions.evidence {one.pk}\t{rows[0].file.name}" in told
    assert nights_pass(9) == 1
    assert files(folder) == [Path(rows[0].file.path)]


def test_no_kind_of_file_is_left_out():
    assert set(register.owners()) == {Evidence, Document, Parcel, Attachment, Picture, SignedCopy, Bundle}
