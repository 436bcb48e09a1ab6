"""A demo that is broken off while it is made leaves no program behind, and says what ended it."""

import sys

import pytest
from django.core.management import CommandError

from cdd4.demo import examiner


def looking_at(monkeypatch, program: str) -> examiner.Examiner:
    """One whose program does this, in place of reading."""
    started = examiner.subprocess.Popen
    monkeypatch.setattr(
        examiner.subprocess, "Popen", lambda command, **how: started([sys.executable, "-c", program], **how)
    )
    return examiner.Examiner([])


def test_nothing_is_left_running(monkeypatch):
    with pytest.raises(KeyboardInterrupt), looking_at(monkeypatch, "import time; time.sleep(600)") as one:
        raise KeyboardInterrupt
    assert one.program.returncode == -9


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "import sys; sys.stdin.close(); raise SystemExit(3)"])
def test_a_program_that_ended_is_told_as_that(monkeypatch, program):
    with looking_at(monkeypatch, program) as one, pytest.raises(CommandError, match="ended with 3"):
        one.write()
