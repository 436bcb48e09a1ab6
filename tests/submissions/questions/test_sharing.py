"""Entries are shared out fairly, whoever stands aside; the same seed gives the same shares."""

from collections import Counter
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.questions.sharing import share_out


@st.composite
def panels(draw):
    entries = list(range(1, draw(st.integers(1, 14)) + 1))
    judges = list(range(101, 101 + draw(st.integers(1, 7))))
    aside = draw(st.sets(st.tuples(st.sampled_from(entries), st.sampled_from(judges)), max_size=12))
    may = {entry: [judge for judge in judges if (entry, judge) not in aside] for entry in entries}
    there = draw(st.sets(st.tuples(st.sampled_from(entries), st.sampled_from(judges)), max_size=6)) - aside
    kept = {entry: {judge for one, judge in there if one == entry} for entry in entries}
    return entries, may, kept, draw(st.integers(1, 4))


@settings(max_examples=60)
@given(panels(), st.text(max_size=5))
def test_each_entry_has_its_judges_and_nobody_could_be_spared_by_another(panel, seed):
    entries, may, kept, per_entry = panel
    shares = share_out(entries, may, per_entry, seed=seed, kept=kept)
    assert shares == share_out(entries, may, per_entry, seed=seed, kept=kept)
    load = Counter(judge for judges in shares.values() for judge in judges)
    for entry in entries:
        assert kept[entry] <= shares[entry] <= set(may[entry])
        assert len(shares[entry]) == max(len(kept[entry]), min(per_entry, len(may[entry])))
        for judge in shares[entry] - kept[entry]:
            assert all(load[judge] - load[other] < 2 for other in set(may[entry]) - shares[entry])


def test_seventy_six_among_twelve_and_no_two_are_always_together():
    entries, judges = list(range(76)), list(range(100, 112))
    shares = share_out(entries, {entry: judges for entry in entries}, 3, seed="2566")
    load = Counter(judge for panel in shares.values() for judge in panel)
    assert set(load.values()) == {19}
    met = Counter(pair for panel in shares.values() for pair in combinations(sorted(panel), 2))
    assert max(met.values()) < 10, "no two share even half of their entries"
    assert shares != share_out(entries, {entry: judges for entry in entries}, 3, seed="2567")
