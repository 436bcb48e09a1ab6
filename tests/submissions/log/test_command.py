"""`manage.py check_log`: says that all is well, or names each row in both languages and ends with 1."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from .sql import run, undone
from .world import World

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("check_log", *arguments, stdout=out)
    return out.getvalue()


def test_it_says_what_was_looked_at():
    world = World()
    world.do(20)
    events = sum(entry.events.count() for entry in world.entries)
    assert said() == f"3 entries, {events} events, 0 sealed heads\n"
    assert said(str(world.round.pk)) == said()
    assert said("--entry", str(world.entries[0].pk)).startswith("1 entries, ")
    with pytest.raises(CommandError, match="no such"):
        said("999999")


def test_it_names_each_row_in_both_languages():
    world = World()
    world.deed_hand_in_link()
    world.deed_enter_values()
    with undone():
        run("UPDATE submissions_evidence SET status = 'accepted'")
        run("UPDATE submissions_value SET text = '123456'")
        out = StringIO()
        with pytest.raises(CommandError, match=r"2 finding\(s\)"):
            call_command("check_log", stdout=out)
    for words in ("ตรวจรับแล้ว", "“waiting for review”", "“accepted”", "123456", "หลักฐาน #", "evidence #"):
        assert words in out.getvalue()
    assert len(out.getvalue().splitlines()) == 2 * 2 + 1
