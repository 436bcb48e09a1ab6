"""The admin's icons are those that are named somewhere, in a font that holds little else."""

import pytest
from fontTools.ttLib import TTFont

from tests.scripts import script

icons = script("icons")


def test_every_icon_that_is_named_is_in_the_font():
    assert icons.named() - set(icons.icons(TTFont(icons.TARGET))) == set(), "run `make icons`"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('<span class="material-symbols-outlined" aria-hidden="true">close</span>', "close"),
        ('<span\n  class="text-xl material-symbols-outlined"\n>\n  search\n</span>', "search"),
        ('_item(_("Rounds"), "submissions_round_changelist", icon="flag")', "flag"),
        ('{"title": "Notices", "icon": "notifications"}', "notifications"),
        (r"""r"after:content-['check\_small']",""", r"check\_small"),
        ('.arrow::after{content:"expand_more"}', "expand_more"),
    ],
)
def test_a_name_is_found_wherever_it_may_stand(text, name):
    assert name in {found for names in icons.NAMED.findall(text) for found in names}


def test_the_font_is_a_twentieth_of_the_whole_one():
    assert icons.TARGET.stat().st_size < icons.WHOLE.stat().st_size / 20
