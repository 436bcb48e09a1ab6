"""What central staff do for a round: more time."""

from datetime import date

import pytest

from submissions import intake
from submissions.intake import Refused
from submissions.models import Extension

from .conftest import version

pytestmark = pytest.mark.django_db


def test_more_time_is_given_by_staff_with_a_reason(entry, officer, staff):
    given = {"requirement": "1.3.training", "period": "", "until": date(2023, 4, 10)}
    with pytest.raises(Refused):
        intake.grant_extension(entry, by=officer, reason="น้ำท่วม", **given)
    with pytest.raises(Refused) as refused:
        intake.grant_extension(entry, by=staff, reason=" ", **(given | {"requirement": "no.such"}))
    assert set(refused.value.reasons) == {"reason", "requirement"}
    before = version(entry)
    intake.grant_extension(entry, by=staff, reason="น้ำท่วม", order_number="ที่ ๑/๒๕๖๖", **given)
    assert Extension.objects.get().granted_by == staff
    assert version(entry) > before
