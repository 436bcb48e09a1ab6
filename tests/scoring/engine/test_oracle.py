"""The engine against the schemes worked out by hand, on random facts near every edge."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring import shipped
from scoring.engine import score
from tests.scoring.engine.oracle import work_out
from tests.scoring.engine.strategies import facts_of


@pytest.mark.parametrize("code", sorted(shipped.schemes()))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_criterion_is_what_it_is_by_hand(code: str, data: st.DataObject) -> None:
    scheme = shipped.schemes()[code]
    facts = data.draw(facts_of(scheme))
    result = score(scheme, facts, explain=False)
    assert {name: (one.earned, one.attainable) for name, one in result.criteria.items()} == work_out(facts)
