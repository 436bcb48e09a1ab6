"""Files are looked through for viruses, by a real clamd, before anybody opens them."""

import io
import re
import socketserver
import threading
import time
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cdd4.demo import samples
from submissions import intake
from submissions.examination import work
from submissions.files import confined, scanner
from submissions.models import Evidence, Examination, Notice
from submissions.questions import access
from submissions.vault import vault
from tests import factories as make
from tests.servers import ROOT, Clamd
from tests.submissions.examination.test_findings import keep

INFECTED = samples.png() + Clamd.eicar  # a picture that opens, with a virus at its end


@pytest.fixture(scope="module")
def server():
    with Clamd() as started:
        yield started


@pytest.fixture
def clamd(server, settings):
    if server.process is None:
        server.start()
    settings.CLAMD = server.address
    return server


@pytest.fixture
def entry(db):
    return make.make_entry(make.make_round(judges=[make.make_user("judge", "judge")]), "TH-81")


def hand_in(entry, content: bytes | None = None) -> Evidence:
    upload = make.make_upload("png", content=content)
    return intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=make.make_user("officer"), upload=upload)


def examine(evidence: Evidence) -> Examination:
    Examination.objects.update(due_at=timezone.now())
    work.examine(evidence.pk)
    return Examination.objects.get(pk=evidence.pk)


def statuses(client, evidence: Evidence) -> list[int]:
    """What an officer and a judge get by every door to the file."""
    doors = [reverse(name, args=[evidence.pk]) for name in ("evidence-file", "api-evidence-file")]
    committee = [
        *doors,
        reverse("evidence-preview", args=[evidence.pk]),
        reverse("evidence-page", args=[evidence.pk, 1]),
    ]
    got = []
    for user, addresses in ((evidence.submitted_by, doors), (entry_judge(evidence), committee)):
        client.force_login(user)
        got += [client.get(address).status_code for address in addresses]
    return got


def entry_judge(evidence: Evidence):
    return evidence.entry.round.judges.get()


def test_clamd_is_asked(clamd):
    assert scanner.is_there()
    assert scanner.scan(io.BytesIO(b"nothing of the kind")) == ""
    assert scanner.scan(io.BytesIO(b" " * 3 * scanner.CHUNK + Clamd.eicar)).startswith("Eicar-Test")


def test_a_file_is_held_until_it_was_looked_through(client, clamd, entry):
    evidence = hand_in(entry)
    assert statuses(client, evidence) == [423] * 6
    page = client.get(reverse("evidence-file", args=[evidence.pk]), {"inline": "1"})
    assert "ระบบกำลังตรวจไวรัสในไฟล์นี้" in page.content.decode()
    assert (page["Retry-After"], page["X-Frame-Options"]) == ("30", "SAMEORIGIN")
    client.force_login(evidence.submitted_by)
    page = client.get(reverse("evidence-file", args=[evidence.pk]))
    assert reverse("criterion", args=[entry.pk, "1.1"]) + "#slot-1-1-report" in page.content.decode(), "a way back"
    assert page["X-Frame-Options"] == "DENY"
    assert "กำลังตรวจไวรัส" in client.get(reverse("criterion", args=[entry.pk, "1.1"])).content.decode()
    examination = examine(evidence)
    assert (examination.scan, examination.state, examination.due_at) == ("clean", "done", None)
    assert statuses(client, evidence) == [200, 200, 200, 200, 200, 404]  # a picture has no pages


def test_a_virus_is_told_and_served_to_nobody(client, clamd, entry):
    evidence, staff = hand_in(entry, INFECTED), make.make_user("staff")
    examination = examine(evidence)
    assert (examination.scan, examination.state, examination.facts) == ("infected", "done", {})
    assert statuses(client, evidence) == [423] * 6
    evidence.refresh_from_db()
    assert evidence.status == "submitted"  # people decide what follows
    told = Notice.objects.filter(code="evidence.infected").values_list("user__username", flat=True)
    assert sorted(told) == sorted([evidence.submitted_by.username, staff.username])
    client.force_login(staff)
    assert "ระบบตรวจไวรัสไม่ให้เปิดไฟล์" in client.get(reverse("notices")).content.decode()
    for user, address in (
        (evidence.submitted_by, reverse("criterion", args=[entry.pk, "1.1"])),
        (entry_judge(evidence), reverse("admin:submissions_evidence_change", args=[evidence.pk])),
    ):
        client.force_login(user)
        assert "พบไวรัสในไฟล์นี้ (Eicar-Test" in client.get(address).content.decode()


def test_what_was_clean_before_the_scanner_knew_better_is_held_and_scanned_again(clamd, entry):
    first = hand_in(entry, INFECTED)
    Examination.objects.filter(pk=first.pk).update(scan="clean", state="done", due_at=None)
    again = intake.attach_evidence(
        entry, intake.HandIn("5.report"), by=make.make_user("officer"), upload=make.make_upload("png", content=INFECTED)
    )
    assert work.examine(again.pk)
    assert access.why_not_open(Evidence.objects.get(pk=first.pk))
    assert work.examine(first.pk)
    assert set(Examination.objects.values_list("scan", flat=True)) == {"infected"}
    assert Notice.objects.filter(code="evidence.infected", key=f"infected/{first.pk}").exists()


def test_what_is_too_much_for_the_scanner_is_shut_and_called_no_virus(client, clamd, entry):
    content = b"so deep"
    for _ in range(20):
        folded = io.BytesIO()
        with zipfile.ZipFile(folded, "w") as archive:
            archive.writestr("a.zip", content)
        content = folded.getvalue()
    evidence = hand_in(entry, samples.png() + content)
    copy = keep(samples.png() + content, ".png", entry=entry)
    Examination.objects.filter(pk=copy.pk).update(scan="clean")
    assert examine(evidence).is_too_much
    assert Examination.objects.get(pk=copy.pk).scan == "clean", "nothing new is known of it"
    assert statuses(client, evidence) == [423] * 6
    client.force_login(evidence.submitted_by)
    page = client.get(reverse("evidence-examined", args=[evidence.pk])).content.decode()
    assert "ตรวจไฟล์นี้ได้ไม่ครบ (Heuristics.Limits.Exceeded" in page
    assert "พบไวรัส" not in page


def test_a_virus_stays_shut_when_nothing_is_scanned_any_more(clamd, entry, settings):
    evidence = hand_in(entry, INFECTED)
    examine(evidence)
    settings.CLAMD = ""
    assert access.why_not_open(Evidence.objects.get(pk=evidence.pk))


def test_while_the_scanner_is_away_files_wait_and_count_in_time(clamd, entry):
    clamd.stop()
    evidence = hand_in(entry)
    assert not scanner.is_there()
    for _ in range(work.TRIES + 2):  # it may be away for as long as it takes
        examination = examine(evidence)
        assert (examination.scan, examination.state, examination.facts["width"]) == ("waiting", "done", 320)
        assert examination.due_at > timezone.now()
    assert evidence.submitted_at <= entry.round.now()
    assert access.why_not_open(evidence)
    clamd.start()
    Examination.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert work.left() == [evidence.pk]
    assert examine(evidence).scan == "clean"
    assert work.left() == []


def test_a_scanner_that_hangs_is_away(clamd, entry, monkeypatch):
    monkeypatch.setattr(scanner, "CONNECTING", 0.2)
    evidence = hand_in(entry)
    clamd.pause()
    try:
        assert examine(evidence).scan == "waiting"
    finally:
        clamd.resume()
    assert examine(evidence).scan == "clean"


class Crawling(socketserver.BaseRequestHandler):
    """A scanner that says that it is there, and then takes all the time of the world."""

    def handle(self) -> None:
        if self.request.recv(16) == b"zPING\0":
            self.request.sendall(b"PONG\0")
        else:
            while self.request.recv(16):
                time.sleep(0.02)


def test_a_scanner_that_crawls_keeps_nobody_waiting(entry, settings, monkeypatch):
    monkeypatch.setattr(scanner, "SCANNING", 0.3)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Crawling) as crawling:
        crawling.daemon_threads = True
        threading.Thread(target=crawling.serve_forever, daemon=True).start()
        settings.CLAMD = f"127.0.0.1:{crawling.server_address[1]}"
        begun = time.monotonic()
        examination = examine(hand_in(entry, samples.png() + b"0" * 8 * 2**20))
        crawling.shutdown()
    assert time.monotonic() - begun < 10
    assert (examination.scan, examination.state) == ("waiting", "done")
    assert examination.due_at > timezone.now() + work.RETRY, "others first"


def test_whoever_waits_has_more_patience_than_what_is_waited_for():
    (judging,) = re.findall(r"^MaxScanTime (\d+)$", (ROOT / "clamd.conf").read_text(), re.MULTILINE)
    looking = confined.PATIENCE + 2 * scanner.CONNECTING
    assert int(judging) / 1000 < scanner.SCANNING < scanner.SCANNING + looking < work.LIMIT - 10


def test_a_lost_file_is_given_up_with_a_scanner_too(clamd, entry):
    evidence = hand_in(entry)
    vault.delete(evidence.file.name)
    for _ in range(work.TRIES + 1):
        examination = examine(evidence)
    assert examination.state == "failed"


def test_what_clamd_does_not_take_is_not_taken_for_clean(clamd, entry, settings):
    """A file above its limit: it says so while it is being sent, and is not asked again for a while."""
    limited = Clamd()
    conf = limited.folder / "clamd.conf"
    conf.write_text(conf.read_text().replace("StreamMaxLength 1100M", "StreamMaxLength 1M"))
    with limited:
        settings.CLAMD = limited.address
        with pytest.raises(scanner.Away, match="size limit exceeded"):
            scanner.scan(io.BytesIO(b"0" * 8 * 2**20))
        examination = examine(hand_in(entry, samples.png() + b"0" * 2 * 2**20))
        assert examination.scan == "waiting"
        assert examination.due_at > timezone.now() + work.RETRY


def test_with_a_scanner_again_what_came_without_is_looked_through(client, settings, clamd, entry):
    settings.CLAMD = ""
    evidence = hand_in(entry)
    assert examine(evidence).scan == "waiting"
    assert work.left() == []
    assert statuses(client, evidence)[0] == 200  # nobody said that files are scanned
    settings.CLAMD = clamd.address
    assert access.why_not_open(Evidence.objects.get(pk=evidence.pk))
    work.left()
    Examination.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert work.left() == [evidence.pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.faults
def test_a_worker_examines_what_is_handed_in(clamd, worker_environment):
    """Message, queue, worker, scanner: all of it real."""
    from tests.servers import Worker, wait_until

    entry = make.make_entry(office="TH-81")
    with Worker({**worker_environment, "CDD4_CLAMD": clamd.address}, beat=False, queues="examine") as worker:
        infected, clean = hand_in(entry, INFECTED), hand_in(entry)
        done = Examination.objects.filter(due_at=None)
        wait_until(lambda: done.count() == 2, 30, f"both examined\n{worker.log_text()}")
    assert dict(Examination.objects.values_list("pk", "scan")) == {infected.pk: "infected", clean.pk: "clean"}


def test_staff_are_told_where_files_are_not_looked_through(client, settings, db):
    settings.PRODUCTION, said = True, "ไม่ได้รับการตรวจไวรัส"
    client.force_login(make.make_user("staff"))
    assert said in client.get(reverse("admin:index")).content.decode()
    settings.CLAMD = "/run/clamd/socket"
    assert said not in client.get(reverse("admin:index")).content.decode()
