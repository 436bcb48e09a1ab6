"""What every way of sending has in common."""


class Away(Exception):
    """The server does not answer, or says: later. The letter is tried again."""


class Later(Exception):
    """The server does not take this letter now; it may well take others."""


class Impossible(Exception):
    """This letter will never be taken: the address is wrong, or the person left."""
