"""500 MB over a line that breaks ten times: how much is sent again, and what the web server holds meanwhile."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.test import Client

from benchmarks.measures import Figure, seconds
from submissions.models import Entry, Evidence, User
from tests.lines import BadLine, Cuts, Sender, large_video
from tests.servers import Nginx, Web, free_port

SIZE = 500 * 10**6  # bytes
SPEED = 25 * 10**6  # bytes a second
CUTS = 10
AGAIN = 0.10  # of the file, at most
HELD = 0.05  # of the file, at most, in memory


class Uploads:
    """One officer's video, through the project's own nginx."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        address = {"CDD4_ALLOWED_HOSTS": "localhost", "CDD4_URL": f"https://localhost:{free_port()}"}
        self.environment = {**environment, **address}

    def all(self) -> Iterator[Figure]:
        entry = Entry.objects.filter(office__code="TH-81").latest("pk")
        client = Client()
        client.force_login(User.objects.get(username="officer"))
        media = Path(self.environment["CDD4_DATA_DIR"]) / "media"
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cdd4-video-")))
            web = stack.enter_context(Web(self.environment, workers=1))
            proxy = stack.enter_context(Nginx(web, media, port=free_port()))
            line = stack.enter_context(BadLine(proxy.port, SPEED, at=urlsplit(proxy.url).port))  # the portal's address
            sender = Sender(line, client.cookies["sessionid"].value)
            about = {"entry": str(entry.pk), "requirement": "1.1.report", "filename": "video.mp4"}
            # What a small video takes as well: what is loaded once, and the program that opens it
            with Cuts(line, 0, 0, web) as usual:
                send(sender, folder / "small.mp4", 2**20, about)
            sent, digest = line.sent, large_video(folder / "large.mp4", SIZE)
            with Cuts(line, CUTS, SIZE, web) as cuts, (folder / "large.mp4").open("rb") as file:
                took = seconds(lambda: sender.send(file, SIZE, **about))
        arrived = Evidence.objects.get(entry=entry, sha256=digest)
        assert arrived.size == SIZE
        assert cuts.done == CUTS, f"the line was cut {cuts.done} times only"
        yield Figure("500 MB, line cut 10 times", took, "the line's time", SIZE / SPEED)
        yield Figure("bytes sent again", line.sent - sent - SIZE, "the file", SIZE, AGAIN, "bytes")
        yield Figure("web server's memory grew", cuts.most - usual.most, "the file", SIZE, HELD, "bytes")


def send(sender: Sender, path: Path, size: int, about: Mapping[str, str]) -> None:
    large_video(path, size)
    with path.open("rb") as file:
        sender.send(file, size, **about)
