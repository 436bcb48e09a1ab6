"""What must hold of every score, whatever the facts: bounds, time, more evidence, offers, order."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring import shipped
from scoring.engine import Facts, Scheme, Score, Sheet, end_of_day, score, score_both
from scoring.wording import findings_in_words, offers_in_words
from tests.scoring.engine.closing import closed
from tests.scoring.engine.strategies import evidence_of, facts_of

CODES = sorted(shipped.schemes())
every_scheme = pytest.mark.parametrize("code", CODES)
thorough = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def lines(result: Score) -> dict[str, tuple[Decimal, Decimal]]:
    return {code: (one.earned, one.attainable) for code, one in result.criteria.items()}


@every_scheme
@thorough
@given(st.data())
def test_earned_and_attainable_stay_between_nothing_and_the_maximum(code: str, data: st.DataObject) -> None:
    scheme = shipped.schemes()[code]
    result = score(scheme, data.draw(facts_of(scheme)), explain=False)
    for one in result.criteria.values():
        assert 0 <= one.earned <= one.attainable <= one.max
        assert one.earned == round(one.earned, 2)
        assert one.attainable == round(one.attainable, 2)
    assert result.total == sum(one.earned for one in result.criteria.values())
    assert result.total == sum(one.earned for one in result.dimensions.values())
    assert result.attainable == sum(one.attainable for one in result.dimensions.values())


@every_scheme
@thorough
@given(st.data())
def test_attainable_never_rises_as_time_passes_without_new_facts(code: str, data: st.DataObject) -> None:
    scheme = shipped.schemes()[code]
    facts = data.draw(facts_of(scheme, past_only=True))
    later = replace(facts, as_of=facts.as_of + timedelta(hours=data.draw(st.sampled_from((1, 12, 24, 72, 800, 4000)))))
    before, after = lines(score(scheme, facts, explain=False)), lines(score(scheme, later, explain=False))
    assert all(after[one][1] <= before[one][1] for one in before)


@pytest.mark.parametrize("code", [code for code in CODES if shipped.schemes()[code].requirements])
@thorough
@given(st.data())
def test_more_accepted_evidence_never_lowers_a_score(code: str, data: st.DataObject) -> None:
    """Even for timeliness: the first evidence counts, so that a later one takes nothing away."""
    scheme = shipped.schemes()[code]
    facts = data.draw(facts_of(scheme))
    piece = replace(data.draw(evidence_of(scheme, "more")), status="accepted")
    before = lines(score(scheme, facts, explain=False))
    after = lines(score(scheme, replace(facts, evidence=(*facts.evidence, piece)), explain=False))
    assert all(after[one][0] >= before[one][0] and after[one][1] >= before[one][1] for one in before)


@every_scheme
@thorough
@given(st.data())
def test_what_is_claimed_is_never_less_than_what_is_verified(code: str, data: st.DataObject) -> None:
    scheme = shipped.schemes()[code]
    facts = data.draw(facts_of(scheme))
    verified = lines(score(scheme, replace(facts, basis="verified"), explain=False))
    claimed = lines(score(scheme, replace(facts, basis="claimed"), explain=False))
    assert all(claimed[one][0] >= verified[one][0] for one in verified)


@every_scheme
@thorough
@given(st.data())
def test_without_advice_everything_else_is_told_as_with_it(code: str, data: st.DataObject) -> None:
    scheme = shipped.schemes()[code]
    facts = data.draw(facts_of(scheme))
    told = score(scheme, facts)
    bare = {name: replace(one, offers=()) for name, one in told.criteria.items()}
    assert score(scheme, facts, advise=False) == replace(told, criteria=bare)


@every_scheme
@thorough
@given(st.data())
def test_closing_an_offer_earns_exactly_what_it_promised(code: str, data: st.DataObject) -> None:
    scheme = shipped.schemes()[code]
    facts = data.draw(facts_of(scheme))
    for one in score(scheme, facts).criteria.values():
        kept = one.as_json()
        for offer in kept["offers"]:
            after = score(scheme, closed(facts, offer), explain=False).criteria[one.code]
            assert after.earned == one.earned + Decimal(offer["gain"]), offer
            assert after.earned <= one.attainable
            assert offer["until"] is None or offer["until"] >= facts.as_of.date().isoformat()


@every_scheme
@thorough
@given(st.data())
def test_an_offer_holds_until_the_end_of_its_day(code: str, data: st.DataObject) -> None:
    scheme = shipped.schemes()[code]
    facts = data.draw(facts_of(scheme, past_only=True))
    for one in score(scheme, facts).criteria.values():
        for offer in one.as_json()["offers"]:
            if offer["until"] is None:
                continue
            last = end_of_day(date.fromisoformat(offer["until"]))
            before = score(scheme, replace(facts, as_of=last), explain=False).criteria[one.code]
            after = score(scheme, closed(facts, offer, last), explain=False).criteria[one.code]
            assert after.earned == before.earned + Decimal(offer["gain"]), offer


@every_scheme
@thorough
@given(st.data())
def test_the_order_of_facts_does_not_matter(code: str, data: st.DataObject) -> None:
    scheme = shipped.schemes()[code]
    facts = data.draw(facts_of(scheme))
    shuffled = replace(
        facts,
        evidence=tuple(data.draw(st.permutations(facts.evidence))),
        extensions=tuple(data.draw(st.permutations(facts.extensions))),
        sheets=tuple(data.draw(st.permutations(facts.sheets))),
        values=dict(data.draw(st.permutations(list(facts.values.items())))),
    )
    assert score(scheme, shuffled) == score(scheme, facts)


@every_scheme
@thorough
@given(st.data())
def test_when_nothing_is_open_any_more_earned_is_attainable(code: str, data: st.DataObject) -> None:
    scheme = shipped.schemes()[code]
    facts = data.draw(facts_of(scheme))
    last = max([scheme.close, *facts.settings.values(), *(one.until for one in facts.extensions)])
    over = replace(
        facts,
        as_of=facts.as_of + (last + timedelta(1) - facts.as_of.date() if facts.as_of.date() <= last else timedelta(0)),
        evidence=tuple(one for one in facts.evidence if one.status != "submitted"),
        expected_sheets=0,
        sheets=(*facts.sheets, _full_sheet(scheme)) if scheme.items else (),
    )
    assert all(earned == attainable for earned, attainable in lines(score(scheme, over, explain=False)).values())


def _full_sheet(scheme: Scheme) -> object:
    return Sheet("J9", {item.code: item.max for item in scheme.items.values()})


@every_scheme
@thorough
@given(st.data())
def test_every_finding_and_offer_can_be_kept_as_json_and_said_in_both_languages(code: str, data: st.DataObject) -> None:
    scheme = shipped.schemes()[code]
    facts: Facts = data.draw(facts_of(scheme))
    for one in score(scheme, facts).criteria.values():
        kept = json.loads(json.dumps(one.as_json()))
        assert kept == one.as_json()
        for language in ("th", "en"):
            said = findings_in_words.why(scheme, one.code, kept, language)
            steps = offers_in_words.next_steps(scheme, one.code, kept, language)
            assert said
            assert len(steps) == len(kept["offers"])
            assert not any("{" in line or "None" in line for line in (*said, *steps))


@every_scheme
@thorough
@given(st.data())
def test_scoring_both_bases_at_once_says_what_scoring_each_says(code: str, data: st.DataObject) -> None:
    scheme = shipped.schemes()[code]
    facts = data.draw(facts_of(scheme))
    each = tuple(score(scheme, replace(facts, basis=basis)) for basis in ("verified", "claimed"))
    assert score_both(scheme, facts) == each
