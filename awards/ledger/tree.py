"""The arithmetic of a Merkle tree (RFC 9162, section 2.1): roots and proofs of hashes, and whether a proof holds."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

# The hash over the leaves from the first position up to before the second.
Over = Callable[[int, int], bytes]
EMPTY = sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def split_of(size: int) -> int:
    """Where a tree of two or more leaves is cut: the largest power of two below its size."""
    return 1 << (size - 1).bit_length() - 1


class Frontier:
    """A tree that grows at its end: the roots of its full subtrees, which is all that its root is made of."""

    def __init__(self, full: Iterable[bytes] = (), size: int = 0) -> None:
        """`full`: the roots of the full subtrees of the first `size` leaves, the largest first."""
        self.full, self.size = list(full), size

    def add(self, leaf: bytes) -> list[bytes]:
        """Add a leaf. Returns the roots of the subtrees that are full with it, the leaf first, by their levels."""
        completed = [leaf]
        self.size += 1
        for _even in range((self.size & -self.size).bit_length() - 1):
            completed.append(node_hash(self.full.pop(), completed[-1]))
        self.full.append(completed[-1])
        return completed

    @property
    def root(self) -> bytes:
        if not self.full:
            return EMPTY
        *larger, root = self.full
        for left in reversed(larger):
            root = node_hash(left, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over these hashes of leaves, in order."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.add(leaf)
    return frontier.root


def full_subtrees(size: int) -> list[tuple[int, int]]:
    """The full subtrees of a tree of that size, the largest first: where each starts and stops."""
    found, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append((start, start + (1 << level)))
            start += 1 << level
    return found


def inclusion(position: int, size: int, over: Over) -> list[bytes]:
    """Why the leaf at this position is in the tree of that size: the hashes beside its way up, from below."""
    assert 0 <= position < size
    return _beside(position, 0, size, over)


def _beside(position: int, start: int, stop: int, over: Over) -> list[bytes]:
    if stop - start == 1:
        return []
    middle = start + split_of(stop - start)
    if position < middle:
        return [*_beside(position, start, middle, over), over(middle, stop)]
    return [*_beside(position, middle, stop, over), over(start, middle)]


def consistency(first: int, second: int, over: Over) -> list[bytes]:
    """Why the tree of the second size begins with that of the first: nothing in it was changed, only added."""
    assert 0 < first <= second
    return _common(first, 0, second, True, over) if first < second else []


def _common(first: int, start: int, stop: int, is_whole: bool, over: Over) -> list[bytes]:
    """`is_whole`: whether what the first tree has from `start` is a root that its holder knows."""
    if first == stop - start:
        return [] if is_whole else [over(start, stop)]
    middle = start + split_of(stop - start)
    if first <= middle - start:
        return [*_common(first, start, middle, is_whole, over), over(middle, stop)]
    return [*_common(first - (middle - start), middle, stop, False, over), over(start, middle)]


def is_included(leaf: bytes, position: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether this path proves that the leaf is in the tree of that root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    sides = list(_sides(position, size - 1))
    if len(path) != len(sides):
        return False
    reached = leaf
    for beside, is_left in zip(path, sides, strict=True):
        reached = node_hash(beside, reached) if is_left else node_hash(reached, beside)
    return reached == root


def is_consistent(first: int, second: int, path: Sequence[bytes], first_root: bytes, second_root: bytes) -> bool:
    """Whether this path proves that the second tree begins with the first (RFC 9162, section 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    hashes = [first_root, *path] if first & first - 1 == 0 else list(path)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    sides = list(_sides(place, last))
    if len(hashes) != 1 + len(sides):
        return False
    before = after = hashes[0]
    for beside, is_left in zip(hashes[1:], sides, strict=True):
        before = node_hash(beside, before) if is_left else before
        after = node_hash(beside, after) if is_left else node_hash(after, beside)
    return (before, after) == (first_root, second_root)


def _sides(place: int, last: int) -> Iterator[bool]:
    """From a node up to the root: of each hash beside the way, whether it stands to the left."""
    while last:
        is_left = bool(place & 1) or place == last
        yield is_left
        while is_left and place and not place & 1:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
