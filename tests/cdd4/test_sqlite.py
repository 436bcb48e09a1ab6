"""The suite runs on PostgreSQL; what needs no servers of its own holds on SQLite too, the database of `make run`.

What asks no database at all has nothing to say here a second time.
"""

import os
import re
import subprocess
import sys

from tests.servers import ROOT


def test_the_core_holds_on_sqlite():
    marks = "database and not faults and not browser and not postgresql"
    apps = ["tests/submissions", "tests/scoring", "tests/awards"]
    # The demo is made on SQLite by the test of `make run`.
    apart = ["--ignore=tests/scoring/test_demo.py", "-m", marks]
    command = ["-q", "-p", "no:cacheprovider", *apart, *apps]
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
    assert int(passed.group(1)) > 400
    assert "skipped" not in done.stdout.splitlines()[-1]
