"""Hashes over many leaves, worked out from those that are kept: a few statements, however large the tree."""

from collections.abc import Iterable, Iterator

from awards.models import Leaf, Node

from . import tree

STEP = 8  # every eighth level is kept
BLOCK = 1 << STEP


class Kept:
    """The tree as it is kept. Hashes that stand together are read together, and once."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[int, int], list[bytes]] = {}

    def over(self, start: int, stop: int) -> bytes:
        """The hash over the leaves from `start` up to before `stop`, as a tree of its own."""
        size = stop - start
        if size & size - 1 or start % size:
            middle = start + tree.split_of(size)
            return tree.node_hash(self.over(start, middle), self.over(middle, stop))
        level = (size.bit_length() - 1) // STEP * STEP
        first, count = start >> level, size >> level
        block, offset = divmod(first, BLOCK)
        return tree.root_of(self._block(level, block)[offset : offset + count])

    def _block(self, level: int, block: int) -> list[bytes]:
        if (level, block) not in self._blocks:
            place = (block * BLOCK, (block + 1) * BLOCK - 1)
            nodes = Node.objects.filter(level=level, index__range=place).order_by("index")
            leaves = Leaf.objects.filter(position__range=place).order_by("position")
            kept = (nodes if level else leaves).values_list("hash", flat=True)
            self._blocks[level, block] = [bytes(one) for one in kept]
        return self._blocks[level, block]

    def root(self, size: int) -> bytes:
        return self.over(0, size) if size else tree.EMPTY

    def frontier(self, size: int) -> tree.Frontier:
        return tree.Frontier([self.over(*place) for place in tree.full_subtrees(size)], size)


def completed(size: int, new: Iterable[bytes]) -> Iterator[Node]:
    """The inner hashes to keep that are full once these leaves follow the first `size`. The caller saves them."""
    whole = Kept().frontier(size)
    for leaf in new:
        full = whole.add(leaf)
        for level in range(STEP, len(full), STEP):
            yield Node(level=level, index=(whole.size >> level) - 1, hash=full[level])
