"""The suite runs on PostgreSQL; what asks the database questions of its own holds on SQLite too, that of `make run`.

What draws pages and documents, reads or keeps files, sends letters or speaks a protocol has nothing to say here a
second time: what it asks of the database these ask as well.
"""

import os
import re
import subprocess
import sys

from tests.servers import ROOT

# What is shipped is loaded, and the demo made and published, on SQLite by the test of `make run`.
ASKING = """
    submissions/intake submissions/questions submissions/test_commands.py
    submissions/log/test_beginning.py submissions/log/test_events.py submissions/log/test_command.py
    submissions/notices/test_notices.py submissions/notices/test_reminders.py submissions/notices/test_circulars.py
    scoring/test_recompute.py scoring/test_standings.py scoring/test_trial.py scoring/test_rescore_command.py
    scoring/boards/test_board.py scoring/boards/test_country.py scoring/boards/test_provinces.py
    scoring/pages/test_unchecked.py awards/afterwards/test_stages.py
""".split()
# One story is told here of those that chance writes: it has every kind of deed, and the others have no further ones.
STORY = "submissions/log/test_explained.py::test_whatever_is_done_the_log_explains_it[1]"


def test_the_core_holds_on_sqlite():
    marks = "database and not faults and not browser and not postgresql"
    command = ["-q", "-p", "no:cacheprovider", "-m", marks]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *command, *(f"tests/{name}" for name in (*ASKING, STORY))],
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
