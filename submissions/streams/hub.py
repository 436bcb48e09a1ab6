"""Who follows what, and what each of them has not heard yet. A stream that can't tell anything isn't there."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from .tickets import Ticket

MOST = 2000  # streams
MOST_OF_PERSON = 20  # pages that one person looks at; those behind others follow nothing
REMEMBERED = 10_000  # what moved last, for pages that were made a moment before their stream began


class Full(Exception):
    """There are as many streams as may be; of this person, where `of_person` says so."""

    def __init__(self, *, of_person: bool) -> None:
        super().__init__()
        self.of_person = of_person


class Stream:
    """What one page has not heard yet: of each thing the newest version, however slowly the page reads."""

    __slots__ = ("_waiter", "is_over", "moved")

    def __init__(self) -> None:
        self.moved: dict[str, int] = {}
        self.is_over = False
        self._waiter: asyncio.Future[None] | None = None  # an asyncio.Event would be a third of a stream's memory here

    def hear(self, what: str, version: int) -> None:
        self.moved[what] = version
        self._wake()

    def end(self) -> None:
        self.is_over = True
        self._wake()

    async def next(self, seconds: float) -> dict[str, int]:
        """What moved; nothing, where nothing did for so long, or where it is over."""
        if not (self.moved or self.is_over):
            loop = asyncio.get_running_loop()
            self._waiter, late = loop.create_future(), loop.call_later(seconds, self._wake)
            try:
                await self._waiter
            finally:
                late.cancel()
        moved, self.moved = self.moved, {}
        return moved

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)


class Hub:
    def __init__(self) -> None:
        self.is_listening = False
        self.streams: set[Stream] = set()
        self.followers: defaultdict[str, set[Stream]] = defaultdict(set)
        self.of_person: Counter[int] = Counter()
        self.latest: dict[str, int] = {}

    def tell(self, moved: Mapping[str, int]) -> None:
        if len(self.latest) > REMEMBERED:
            self.latest.clear()
        self.latest.update(moved)
        for what, version in moved.items():
            for stream in self.followers.get(what, ()):
                stream.hear(what, version)

    def end_all(self) -> None:
        """Their pages ask by themselves until there is a stream again."""
        self.is_listening = False
        self.latest.clear()
        for stream in self.streams:
            stream.end()

    @contextmanager
    def following(self, ticket: Ticket) -> Iterator[Stream]:
        if len(self.streams) >= MOST:
            raise Full(of_person=False)
        if self.of_person[ticket.person] >= MOST_OF_PERSON:
            raise Full(of_person=True)
        stream = Stream()
        self.streams.add(stream)
        self.of_person[ticket.person] += 1
        for what, version in ticket.shown.items():
            self.followers[what].add(stream)
            if self.latest.get(what, version) != version:
                stream.hear(what, self.latest[what])
        try:
            yield stream
        finally:
            self._forget(stream, ticket)

    def _forget(self, stream: Stream, ticket: Ticket) -> None:
        self.streams.discard(stream)
        self.of_person -= Counter({ticket.person: 1})  # whoever has none left is not counted any more
        for what in ticket.shown:
            self.followers[what].discard(stream)
            if not self.followers[what]:
                del self.followers[what]
