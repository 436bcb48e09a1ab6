"""In which order a place shows what lies there."""

from datetime import timedelta
from types import SimpleNamespace

from submissions.questions.slots import in_reading_order
from tests import factories as make

BEFORE_A_MINUTE_ENDS = make.at("2023-03-05", "09:10:58")


def test_files_that_were_chosen_together_stay_together_whenever_a_minute_ends():
    came = {1: 0, 2: 40, 3: 80, 4: 3600, 5: 3620}  # seconds later
    first, *others = lying = [
        SimpleNamespace(pk=pk, submitted_at=BEFORE_A_MINUTE_ENDS + timedelta(seconds=seconds), is_replaced=False)
        for pk, seconds in came.items()
    ]
    assert [one.pk for one in in_reading_order([*others, first])] == [4, 5, 1, 2, 3]
    first.is_replaced = True
    assert [one.pk for one in in_reading_order(lying)] == [4, 5, 2, 3, 1]
