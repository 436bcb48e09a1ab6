"""What a browser says of itself, in the few words by which people know their devices."""

import re

# The first that is found: those that also call themselves by another's name come before it.
PROGRAMS = (
    ("Edge", r"\bEdgA?/|\bEdgiOS/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("LINE", r"\bLine/"),
    ("Opera", r"\bOPR/"),
    ("Firefox", r"\bFirefox/|\bFxiOS/"),
    ("Chrome", r"\bChrome/|\bCriOS/|\bHeadlessChrome/"),
    ("Safari", r"\bSafari/"),
)
SYSTEMS = (
    ("Android", r"\bAndroid\b"),
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Windows", r"\bWindows\b"),
    ("macOS", r"\bMac OS X\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Linux", r"\bLinux\b"),
)


def name_of(browser: str) -> str:
    """Chrome · Windows; a program that is no browser: as it calls itself, shortened."""
    found = [_first(PROGRAMS, browser), _first(SYSTEMS, browser)]
    return " · ".join(filter(None, found)) or browser[:40]


def _first(names: tuple[tuple[str, str], ...], browser: str) -> str:
    return next((name for name, sign in names if re.search(sign, browser)), "")
