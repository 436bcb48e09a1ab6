"""Files that take long to open hold no thread that pages need, and none of them is refused for the machine's haste."""

import threading
import time
import zipfile
from unittest.mock import Mock

import pytest
from django.utils import translation

from submissions import intake
from submissions.files import recognise, seats
from tests import factories as make

from .test_recognise import KINDS, REASONS, changed, inspect, refusal


@pytest.mark.parametrize("kind", ["pdf", "mp4"])
def test_what_takes_long_to_open_is_opened_apart_and_refused_by_its_limits(monkeypatch, kind):
    content = make.file_bytes(kind) + b"\0\0\0\x08free" * 2  # never opened before
    monkeypatch.setattr("pikepdf.open", None)
    monkeypatch.setattr("pymediainfo.MediaInfo.parse", None)
    assert inspect(content) is KINDS[kind]
    monkeypatch.setattr(recognise.confined, "read", Mock(side_effect=recognise.confined.Unreadable("size")))
    with translation.override("en"):
        assert REASONS["laborious"] in refusal(content)


@pytest.mark.parametrize("kind", ["pdf", "mp4"])
def test_a_machine_with_too_much_to_do_refuses_nothing(monkeypatch, kind):
    monkeypatch.setattr(recognise.confined, "PATIENCE", 0)
    assert inspect(make.file_bytes(kind) + b"\0\0\0\x08free" * 3) is KINDS[kind]


@pytest.fixture
def slow(monkeypatch):
    """Files take until this is set."""
    end = threading.Event()
    monkeypatch.setattr(recognise.confined, "read", lambda *asked: end.wait(20))
    yield end
    end.set()


def at_once(count: int, look) -> list[threading.Thread]:
    threads = [threading.Thread(target=look) for _number in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_slow_files_hold_no_thread_that_pages_need(monkeypatch, slow):
    """Two are opened at once; whoever else comes meanwhile is not kept waiting, and the file is examined later."""
    threads = at_once(8, lambda: inspect(make.file_bytes("pdf")))
    time.sleep(recognise.WAIT + 0.7)
    assert sum(thread.is_alive() for thread in threads) == 2
    slow.set()
    for thread in threads:
        thread.join()
    monkeypatch.setattr(recognise, "WAIT", 0)
    assert inspect(make.file_bytes("pdf")) is recognise.PDF, "and the next is opened again"
    assert seats.SEATS._value == 2


def test_of_eight_slow_files_one_waits_and_five_hold_no_thread(slow):
    threads = at_once(8, lambda: inspect(make.file_bytes("pdf")))
    time.sleep(recognise.WAIT / 2)
    assert sum(thread.is_alive() for thread in threads) == 3
    slow.set()
    for thread in threads:
        thread.join()


@pytest.fixture
def no_seat(monkeypatch):
    """Pages that take long have them."""
    monkeypatch.setattr(recognise, "WAIT", 0)
    for _one in range(2):
        assert seats.SEATS.acquire(blocking=False)
    yield
    for _one in range(2):
        seats.SEATS.release()


@pytest.mark.parametrize("kind", KINDS)
def test_files_and_pages_that_take_long_share_the_seats(monkeypatch, no_seat, kind):
    monkeypatch.setattr(recognise.confined, "read", Mock(side_effect=ZeroDivisionError))
    monkeypatch.setattr("zipfile.ZipExtFile.read", only_types())
    assert inspect(make.file_bytes(kind)) is KINDS[kind], "taken, and opened by nobody"


def only_types():
    """Of an archive nothing is unpacked but its list of types."""
    real = zipfile.ZipExtFile.read

    def read(part, n=-1):
        assert part.name == "[Content_Types].xml"
        return real(part, n)

    return read


def test_what_unpacks_to_a_gigabyte_waits_for_a_seat_too(no_seat):
    broken = bytearray(changed("docx", document=b"<p>" + bytes(range(256)) * 99 + b"</p>"))
    middle = len(broken) // 2
    broken[middle : middle + 40] = b"\xff" * 40
    assert inspect(bytes(broken)) is recognise.WORD


def test_one_person_s_slow_files_are_opened_later_and_all_others_now(monkeypatch):
    spent = {"now": 0.0}

    def passes(*asked) -> None:
        spent["now"] += 25

    monkeypatch.setattr(seats.time, "monotonic", lambda: spent["now"])
    monkeypatch.setattr(recognise.confined, "read", opened := Mock(side_effect=passes))

    def hand_in(person: int) -> None:
        assert recognise.inspect(make.make_upload("pdf"), person) is recognise.PDF

    for _turn in range(4):
        hand_in(1)
    assert opened.call_count == 2, "50 seconds of his share of 30"
    hand_in(2)
    assert opened.call_count == 3
    later = time.time() + seats.PERIOD
    monkeypatch.setattr(seats.time, "time", lambda: later)
    hand_in(1)
    assert opened.call_count == 4


@pytest.mark.django_db
def test_whoever_hands_in_is_whose_share_it_is(entry, officer, folder, monkeypatch):
    monkeypatch.setattr(recognise, "inspect", look := Mock(side_effect=recognise.Unfit("no")))
    with pytest.raises(intake.Refused):
        intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload())
    assert look.call_args.args[1] == officer.pk


def test_who_sits_needs_no_second_seat(no_seat, monkeypatch):
    """A form that is handed in is laid out in a seat, and looked at as every file is."""
    monkeypatch.setattr(recognise.confined, "read", opened := Mock())
    with seats.sitting():
        inspect(make.file_bytes("pdf"))
    assert opened.called
    inspect(make.file_bytes("pdf"))
    assert opened.call_count == 1
