"""What every way of sending has in common."""

from typing import Protocol, Self

from django.db.models import Q

from submissions.models import Letter, Telling

from .words import NoticeInWords


class Sender(Protocol):
    """A way of sending; within `with`, one connection to its server."""

    @staticmethod
    def is_open() -> bool:
        """Whether the portal was told of such a server."""

    @staticmethod
    def reachable(path: str = "") -> Q:
        """People whom a letter would reach by it."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    def send(self, letter: Letter, telling: Telling, notices: list[NoticeInWords]) -> None:
        """Raises one of the three below."""


class Away(Exception):
    """The server does not answer, or says: later. The letter is tried again."""


class Later(Exception):
    """The server does not take this letter now; it may well take others."""


class Impossible(Exception):
    """This letter will never be taken: the address is wrong, or the person left."""
