"""Pages as tests compare them: what a template's layout puts between tags is taken away."""

import re


def flat(page: str) -> str:
    """A page on one line, without space beside its tags."""
    return re.sub(r"\s*([<>])\s*", r"\1", " ".join(page.split()))
