"""What a PDF or an Office file says, for people to read beside another; run by `confined`."""

from typing import BinaryIO

from . import office, pdf

LONGEST = 30_000  # characters


def read(file: BinaryIO, kind: str) -> str:
    """`kind` is pdf or office."""
    return {"pdf": pdf, "office": office}[kind].text(file)[:LONGEST]
