"""A video over a line that breaks ten times, with the portal killed and started again on the way, behind its nginx."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories as make
from tests.lines import BadLine, Cuts, Sender, large_video

pytestmark = pytest.mark.faults
SIZE = 48 * 10**6  # bytes
SPEED = 16 * 10**6  # bytes a second
CUTS = 10


def test_it_arrives_whole_little_is_sent_twice_and_memory_stays_flat(behind_line, web, tmp_path, monkeypatch):
    entry = make.make_entry(office="TH-81")
    client = Client()
    client.force_login(make.make_user("officer", office=entry.office))
    digest = large_video(tmp_path / "video.mp4", SIZE)
    monkeypatch.setattr(Sender, "PIECE", SIZE)  # in one piece: it is the portal that keeps what came before each cut
    about = {"entry": str(entry.pk), "requirement": "1.1.report", "filename": "วีดิทัศน์.mp4"}
    with BadLine(behind_line[0].port, SPEED, at=behind_line[1]) as line:
        sender = Sender(line, client.cookies["sessionid"].value)
        # What a small video takes as well: what is loaded once, and the program that opens it
        with Cuts(line, 0, 0, web) as usual, (tmp_path / "small.mp4").open("w+b") as small:
            large_video(tmp_path / "small.mp4", 2**20)
            sender.send(small, 2**20, **about | {"requirement": "3.1.plan"})
        sent = line.sent
        with Cuts(line, CUTS, SIZE, web) as cuts, (tmp_path / "video.mp4").open("rb") as file:
            address = sender.send(file, SIZE, **about)
    assert cuts.done == CUTS
    evidence = entry.evidence.get(requirement="1.1.report")
    assert (evidence.sha256, evidence.size, evidence.original_name) == (digest, SIZE, "วีดิทัศน์.mp4")
    assert line.sent - sent - SIZE <= SIZE / 10
    assert cuts.most - usual.most < SIZE / 2
    told = json.loads(client.get(address).content)
    assert told["receipt"]["url"] == reverse("receipt", args=[evidence.pk])


def test_a_portal_that_was_killed_goes_on_where_it_was(behind_line, web, tmp_path):
    entry = make.make_entry(office="TH-81")
    client = Client()
    client.force_login(make.make_user("officer", office=entry.office))
    digest = large_video(tmp_path / "video.mp4", SIZE)
    about = {"entry": str(entry.pk), "requirement": "1.1.report", "filename": "a.mp4"}

    class Killing(BadLine):
        """Instead of the line the portal itself is cut off, and comes back."""

        def cut(self) -> None:
            web.kill()
            web.start()

    with Killing(behind_line[0].port, SPEED, at=behind_line[1]) as line:
        with Cuts(line, 1, SIZE, web), (tmp_path / "video.mp4").open("rb") as file:
            Sender(line, client.cookies["sessionid"].value).send(file, SIZE, **about)
        again = line.sent - SIZE
        line.cut = super(Killing, line).cut
    assert entry.evidence.get().sha256 == digest
    assert again < SIZE / 2
