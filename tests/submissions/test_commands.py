"""What operators do by a command: files scanned once more, a lost second factor taken away."""

from datetime import timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.utils import timezone

from submissions.examination import work
from submissions.models import Examination, Notice, Tries
from tests import factories as make

pytestmark = pytest.mark.django_db
Scan, State = Examination.Scan, Examination.State


def tell(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def scanned(settings) -> list[Examination]:
    """Of February 20, 21 and 22; the last one waits already, and for long."""
    settings.CLAMD = "clamd:3310"
    entry = make.make_entry()
    looked_at = {"state": State.DONE, "attempts": 2, "due_at": None}
    found = []
    for day, scan in ((20, Scan.CLEAN), (21, Scan.INFECTED), (22, Scan.WAITING)):
        kind = "png" if scan == Scan.INFECTED else "pdf"
        evidence = make.make_evidence(entry, kind=kind, submitted_at=make.at(f"2023-02-{day}", "00:00"))
        known = {**looked_at, "scan": scan, "facts": {} if scan == Scan.INFECTED else {"pages": 1}}
        found.append(Examination.objects.update_or_create(evidence=evidence, defaults=known)[0])
    return found


def scans(scanned: list[Examination]) -> list[str]:
    for one in scanned:
        one.refresh_from_db()
    return [one.scan for one in scanned]


def test_all_files_are_scanned_again(scanned):
    assert tell("scan_again", "--dry-run") == "2 file(s) would be scanned again\n"
    assert scans(scanned) == [Scan.CLEAN, Scan.INFECTED, Scan.WAITING]
    assert tell("scan_again") == "2 file(s) will be scanned again\n"
    assert scans(scanned) == [Scan.WAITING] * 3
    assert all(abs(one.due_at - timezone.now()) < timedelta(minutes=1) for one in scanned[:2])
    assert [one.attempts for one in scanned] == [0, 0, 2]
    seen = [one.state for one in scanned]
    assert seen == [State.DONE, State.PENDING, State.DONE], "what was infected nobody has looked at"


def test_what_is_found_clean_after_all_is_looked_at(scanned, monkeypatch):
    """Such as a file that was too large for the limits of before."""
    monkeypatch.setattr(work.scanner, "ask", lambda: None)
    monkeypatch.setattr(work.scanner, "scan", lambda file: "")
    tell("scan_again")
    assert work.examine(scanned[1].pk)
    scanned[1].refresh_from_db()
    assert (scanned[1].scan, scanned[1].state) == (Scan.CLEAN, State.DONE)
    assert scanned[1].facts


def test_or_those_handed_in_before_a_day_in_thailand(scanned):
    assert tell("scan_again", "--before", "2023-02-21") == "1 file(s) will be scanned again\n"
    assert scans(scanned) == [Scan.WAITING, Scan.INFECTED, Scan.WAITING]


@pytest.mark.parametrize("day", ["2566-02-21", "21/02/2023", "2023-02-30", "tomorrow", ""])
def test_what_is_no_day_is_refused(scanned, day):
    with pytest.raises(CommandError, match="is not a day"):
        tell("scan_again", "--before", day)
    assert scans(scanned)[0] == Scan.CLEAN


def test_without_a_scanner_nothing_is_shut(scanned, settings):
    settings.CLAMD = ""
    with pytest.raises(CommandError, match="no virus scanner"):
        tell("scan_again")
    assert scans(scanned)[0] == Scan.CLEAN


@pytest.fixture
def guarded():
    user, other = make.make_user("staff", "somchai"), make.make_user("staff", "somsri")
    for person in (user, other):
        for kind in ("totp", "recovery_codes"):
            Authenticator.objects.create(user=person, type=kind, data={})
    return user, other


def test_one_persons_second_factor_is_removed(guarded):
    user, other = guarded
    assert tell("remove_second_factor", "somchai", "--dry-run") == "somchai: recovery_codes, totp would be removed\n"
    assert Authenticator.objects.filter(user=user).count() == 2
    assert tell("remove_second_factor", "somchai") == "somchai: recovery_codes, totp removed\n"
    assert not Authenticator.objects.filter(user=user).exists()
    assert list(Notice.objects.values_list("user", "code", "data__kind")) == [(user.pk, "factor.removed", "totp")]
    assert Authenticator.objects.filter(user=other).count() == 2
    assert tell("remove_second_factor", "somchai") == "somchai has no second factor\n"


def test_nobody_is_mistaken_for_another(guarded):
    for name in ("Somchai", "som", "somchai "):
        with pytest.raises(CommandError, match="there is nobody called"):
            tell("remove_second_factor", name)
    assert Authenticator.objects.count() == 4


def test_wrong_tries_are_forgotten(db):
    for name in ("one", "other"):
        Tries.objects.create(counter=name, wrong=9, latest_at=timezone.now())
    assert tell("forget_tries", "--dry-run") == "2 count(s) would be forgotten\n"
    assert Tries.objects.count() == 2
    assert tell("forget_tries") == "2 count(s) are forgotten\n"
    assert not Tries.objects.exists()
