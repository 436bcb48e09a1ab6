"""What everybody reads without a log-in: how long one web process takes to make a page, and to send it again."""

import http.client
from collections.abc import Iterator, Mapping
from functools import partial

from awards.models import Publication
from benchmarks.measures import QUICK, Figure, medians, seconds
from benchmarks.papers import processor_seconds
from cdd4.management.commands.demo import HOME
from tests.servers import Web

KEPT = 0.005  # seconds for a page that was made before


class Reading:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        below = f"/results/{Publication.objects.get().pk}/"
        self.pages = {
            "announcements": "/results/",
            "announcement": below,
            "table of 76": f"{below}table/",
            "an office": f"{below}offices/{HOME}/",
            "best practices": "/results/best-practices/",
        }

    def all(self) -> Iterator[Figure]:
        with Web(self.environment, workers=1) as web:
            line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)  # one that is kept, as the proxy does
            get(line, "/healthz")
            made = {name: seconds(partial(get, line, address)) for name, address in self.pages.items()}
            used = processor_seconds(web)
            kept = medians(QUICK, *(partial(get, line, address) for address in self.pages.values()))
            used = (processor_seconds(web) - used) / len(kept) / (QUICK + 1)
            yield Figure("public page, from memory: processor", used, goal=KEPT)
            for name, again in zip(made, kept, strict=True):
                yield Figure(f"public page: {name}, made", made[name])
                yield Figure(f"public page: {name}, from memory", again, goal=KEPT)


def get(line: http.client.HTTPConnection, address: str) -> None:
    line.request("GET", address)
    answer = line.getresponse()
    assert answer.read()
    assert answer.status == 200, (address, answer.status)
