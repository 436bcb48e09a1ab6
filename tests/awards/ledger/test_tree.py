"""The tree's arithmetic: the vectors that all makers of such logs agree on, and every proof of every small tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.ledger import tree

# Inputs and roots that certificate-transparency's makers publish for RFC 6962, sizes 1 to 8.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = """
    6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
    fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
    aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
    d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
    4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
    76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
    ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
    5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
""".split()
MOST = 70


def hashes(count: int) -> list[bytes]:
    return [tree.leaf_hash(str(number).encode()) for number in range(count)]


def over(leaves: list[bytes]) -> tree.Over:
    return lambda start, stop: tree.root_of(leaves[start:stop])


def test_the_published_vectors():
    leaves = [tree.leaf_hash(bytes.fromhex(text)) for text in LEAVES]
    assert [tree.root_of(leaves[:size]).hex() for size in range(1, 9)] == ROOTS
    assert tree.root_of([]) == tree.EMPTY


@pytest.mark.parametrize("size", range(1, MOST))
def test_every_leaf_of_every_small_tree_is_proved_and_no_other_in_its_place(size):
    leaves = hashes(size)
    root = tree.root_of(leaves)
    for position in range(size):
        path = tree.inclusion(position, size, over(leaves))
        assert tree.is_included(leaves[position], position, size, path, root)
        assert not tree.is_included(leaves[position - 1], position, size, path, root) or size == 1
        assert not tree.is_included(leaves[position], (position + 1) % size, size, path, root) or size == 1
        assert not tree.is_included(leaves[position], position, size, [*path, root], root)
        assert not tree.is_included(leaves[position], position, size, path[:-1], root) or not path


@pytest.mark.parametrize("second", range(1, MOST))
def test_every_small_tree_begins_with_each_before_it_and_with_no_other(second):
    leaves = hashes(second)
    root = tree.root_of(leaves)
    for first in range(1, second + 1):
        path = tree.consistency(first, second, over(leaves))
        before = tree.root_of(leaves[:first])
        assert tree.is_consistent(first, second, path, before, root)
        other = tree.root_of([*leaves[: first - 1], tree.EMPTY])
        assert not tree.is_consistent(first, second, path, other, root)
        assert not tree.is_consistent(first, second, path, before, tree.EMPTY)
        assert not path or not tree.is_consistent(first, second, path[:-1], before, root)


@given(st.integers(1, 200), st.data())
def test_a_tree_grown_from_where_it_stood_is_the_same(size, data):
    leaves, start = hashes(size), data.draw(st.integers(0, size))
    there = [tree.root_of(leaves[slice(*place)]) for place in tree.full_subtrees(start)]
    whole = tree.Frontier(there, start)
    for leaf in leaves[start:]:
        whole.add(leaf)
    assert (whole.root, whole.size) == (tree.root_of(leaves), size)
