"""Looks through the files of invented stories while their rows are written, and keeps what the examiner would."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

from django.conf import settings
from django.core.management import CommandError

from submissions.examination.work import READERS, remember_seen
from submissions.models import Evidence, Examination

BATCH = 500


class Examiner:
    """Looks through evidence whose files are kept: at once, and all in one program, for these files are our own."""

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self.evidence = evidence
        self.contents = {evidence.sha256: evidence for evidence in evidence}  # each is looked through once
        jobs = [(READERS[evidence.content_type], evidence.file.path) for evidence in self.contents.values()]
        self.program = subprocess.Popen(
            [sys.executable, "-m", "cdd4.demo.reading"],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for whoever waits for it
            text=True,
        )
        assert self.program.stdin
        with suppress(BrokenPipeError):  # it ended already; why is told when it is waited for
            json.dump(jobs, self.program.stdin)
            self.program.stdin.close()

    def __enter__(self) -> Examiner:
        return self

    def __exit__(self, *exc) -> None:
        """Whatever ended this: nobody waits for what it would still say."""
        self.program.kill()
        with suppress(BrokenPipeError), self.program:
            pass

    def write(self) -> None:
        """Wait for what was seen, and write it to the rows, which are there by now."""
        assert self.program.stdout
        answer = self.program.stdout.read()
        if status := self.program.wait():
            raise CommandError(f"The program that looks through the files of the demo ended with {status}.")
        seen = dict(zip(self.contents, json.loads(answer), strict=True))
        for sha256, content in seen.items():
            remember_seen(sha256, content)
        done = {"state": Examination.State.DONE, "attempts": 1, "due_at": None}
        rows = [Examination(evidence=row, facts=seen[row.sha256]["facts"], **done) for row in self.evidence]
        Examination.objects.bulk_create(rows, batch_size=BATCH)
