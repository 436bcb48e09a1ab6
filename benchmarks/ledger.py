"""The sealed log: how long ten thousand waiting deeds take to be sealed, and a proof among a million."""

import struct
import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random

from django.db import connection, transaction

from awards import tasks
from awards.ledger import key_files, keys, proofs, tree
from awards.ledger.nodes import completed
from awards.ledger.seal import seal
from awards.models import Head, Leaf, Node
from benchmarks.measures import Figure, p95, seconds
from submissions.models import Entry, Event
from tests.servers import Worker

WAITING, LARGE, PROOFS = 10_000, 1_000_000, 200
MESSAGES, DEEDS, MINUTE = 5_000, 20, 60
SEALED, PROVED = 1.0, 0.010  # seconds at most


class Sealing:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment, self.chance = environment, Random(1)

    def all(self) -> Iterator[Figure]:
        with tempfile.TemporaryDirectory(prefix="cdd4-bench-") as folder:
            key_files.make(Path(folder) / "key")
            signers = keys.read([Path(folder) / "key"])
            seal(signers)
            self.wait()
            began = time.perf_counter()
            seal(signers)
            yield Figure(f"{WAITING:,} waiting deeds sealed", time.perf_counter() - began, goal=SEALED)
            yield from self.full_queue(Path(folder) / "key")
        yield from self.proofs()

    def full_queue(self, key: Path) -> Iterator[Figure]:
        """Messages by the thousand, as after a night without a sealer, while deeds go on: how long one waits."""
        entry, heads = Entry.objects.order_by("pk")[0], Head.objects.count()
        for _ in range(MESSAGES):
            tasks.ask_to_seal()
        variables = {**self.environment, "CDD4_HEAD_KEY": str(key), "CDD4_LOG_LEVEL": "INFO"}
        waited = []
        with Worker(variables, beat=False, concurrency=1, queues="seal"):
            for number in range(DEEDS):
                Event.objects.record_all(entry, "evidence.attached", [{"evidence": number}], by=None)
                deed = Event.objects.order_by("-pk")[0]
                tasks.ask_to_seal()
                began = time.perf_counter()
                while not Leaf.objects.filter(event=deed).exists() and time.perf_counter() - began < MINUTE:
                    time.sleep(0.01)
                waited.append(time.perf_counter() - began)
        yield Figure(f"{MESSAGES:,} messages wait to be sealed: a new deed, longest", max(waited), goal=MINUTE)
        yield Figure("heads signed meanwhile", Head.objects.count() - heads, goal=DEEDS + 1, unit="")

    def wait(self) -> None:
        """Deeds that carry what handing in evidence carries."""
        entry = Entry.objects.order_by("pk")[0]
        carried = Event.objects.filter(verb="evidence.attached").values_list("data", flat=True)[0]
        deeds = [carried | {"evidence": number} for number in range(WAITING)]
        with transaction.atomic():
            Event.objects.record_all(entry, "evidence.attached", deeds, by=None)

    def proofs(self) -> Iterator[Figure]:
        size, root = self.grow()
        places = [self.chance.randrange(size) for _ in range(PROOFS)]
        taken = [seconds(partial(proofs.inclusion, place, size)) for place in places]
        yield Figure(f"proof of a deed among {size:,}, p95", p95(taken), goal=PROVED)
        taken = [seconds(partial(proofs.consistency, place + 1, size)) for place in places]
        yield Figure(f"proof that {size:,} deeds begin with an earlier head, p95", p95(taken), goal=PROVED)
        assert tree.is_included(proofs.leaf_at(places[0]), places[0], size, proofs.inclusion(places[0], size), root)

    def grow(self) -> tuple[int, bytes]:
        """The tree with a million leaves more, whose deeds are not there: only hashes are looked at."""
        last = Head.objects.last()
        assert last
        hashes = [sha256(struct.pack(">q", position)).digest() for position in range(last.size, last.size + LARGE)]
        Node.objects.bulk_create(completed(last.size, hashes), batch_size=1000)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # without the keys to their deeds
            cursor.execute(
                "INSERT INTO awards_leaf (position, event_id, salt, hash)"
                " SELECT place, -place, ''::bytea, sha256(int8send(place)) FROM generate_series(%s::int8, %s) AS place",
                [last.size, last.size + LARGE - 1],
            )
        size = Leaf.objects.count()
        return size, proofs.root_at(size)
