"""The suite runs on PostgreSQL; what needs no servers of its own holds on SQLite too, the database of `make run`."""

import os
import re
import subprocess
import sys

from tests.servers import ROOT


def test_the_core_holds_on_sqlite():
    marks = "not faults and not browser and not postgresql"
    command = ["-q", "-p", "no:cacheprovider", "--ignore=tests/cdd4", "-m", marks]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/tmp", "CDD4_TEST_DATABASE": "sqlite"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed
    assert int(passed.group(1)) > 500
    assert "skipped" not in done.stdout.splitlines()[-1]
