"""Text as it may be kept, printed and put into documents."""

import re

_UNPRINTABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML has no room for


def printable(text: str, instead: str = "") -> str:
    """The text with `instead` of control characters and halves of characters; a line ends as in Unix."""
    return _UNPRINTABLE.sub(instead, text.replace("\r\n", "\n").replace("\r", "\n"))
