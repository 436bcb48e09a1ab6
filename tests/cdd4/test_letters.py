"""The typeface that pages bring holds the letters of the portal's own texts, and little else."""

import pytest

from tests.scripts import script

letters = script("letters")


def test_every_letter_of_a_text_is_in_the_typeface():
    assert letters.missing() == set(), "run `make letters`"


@pytest.mark.parametrize("letter", "aZ0–“”…×")
def test_a_letter_is_found_wherever_it_may_stand(letter):
    assert letter in letters.letters()


@pytest.mark.parametrize("weight", letters.WEIGHTS)
def test_the_typeface_is_little_more_than_half_of_the_whole_one(weight):
    assert letters.target(weight).stat().st_size < 0.6 * letters.whole(weight).stat().st_size
