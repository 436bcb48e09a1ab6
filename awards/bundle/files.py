"""The bundle of a publication: each file as it is written, and the ZIP around them. The form: docs/verification.md."""

import hashlib
import secrets
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from django.conf import settings

from awards.content import canonical
from awards.content.proceedings import WITHHELD
from awards.models import Publication, content_of, withheld_of
from submissions.models import User

from . import log

VERIFY = Path(__file__).parent.parent / "verify"
PIECE = 1 << 20  # bytes that are held at once
NEVER = (1980, 1, 1, 0, 0, 0)  # the time of every file: the same publication gives the same bytes


def write(publication: Publication, *, full: bool = False) -> IO[bytes]:
    """The bundle as a ZIP file: open at its beginning, on disk, gone when it is closed. It is written as it is read: of
    a large round it would not fit into a worker. `full`: with all that the log says of its entries, which names people.
    """
    files: dict[str, Iterable[bytes]] = {
        "verify.py": [program()],
        "README.txt": [(VERIFY / "README.txt").read_bytes()],
        "SHA256SUMS": [],
        **_announced(publication, full),
        **log.files(publication, full),
    }
    made = _on_disk()
    try:
        with _on_disk() as collected:
            _zip(made, collected, {name: _collect(collected, chunks) for name, chunks in files.items()})
    except BaseException:
        made.close()
        raise
    made.seek(0)
    return made


class Part(NamedTuple):
    """Where a file of the bundle lies among what was collected."""

    start: int
    size: int
    sha256: str


def _on_disk() -> IO[bytes]:
    """On the disk of the files: where temporary files lie otherwise is memory in a container."""
    return TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)


def _collect(collected: IO[bytes], chunks: Iterable[bytes]) -> Part:
    start, digest = collected.tell(), hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
        collected.write(chunk)
    return Part(start, collected.tell() - start, digest.hexdigest())


def program() -> bytes:
    """`verify.py` as it is handed out."""
    return (VERIFY / "verify.py").read_bytes()


def may_be_taken_by(user: User, publication: Publication) -> bool:
    """The public one: by all who see the whole announcement. A publication of before holds the committee's resolutions
    as they are, and its digest is taken of them; so it is with names of persons: these are for who runs the round."""
    return publication.shows_all_to(user) and (publication.round.is_run_by(user) or names_nobody(publication))


def names_nobody(publication: Publication) -> bool:
    """Whether what only those who run a round read stands in it as commitments alone, and no nominee is a person."""
    frame: dict[str, Any] = publication.frame
    is_withheld = set(WITHHELD) & set(frame) <= set(frame.get("salts", {}))
    return is_withheld and not publication.results.of_persons().exists()


def _announced(publication: Publication, full: bool) -> dict[str, Iterable[bytes]]:
    withheld = withheld_of(publication.frame) if full else {}
    facts = publication.results.values_list("facts", flat=True)
    return {
        "publication.json": _content(publication),
        "facts.jsonl": (f"{line}\n".encode() for line in facts.iterator()),
        f"{publication.edition.scheme_code}.yaml": [publication.edition.text.encode()],
        **({"withheld.json": [canonical.write(withheld).encode()]} if withheld else {}),
    }


def _content(publication: Publication) -> Iterator[bytes]:
    """The one text of what was announced, of which its digest is; a result at a time."""
    mark = secrets.token_hex(16)
    before, after = canonical.write(content_of(publication, []) | {"results": mark}).split(f'"{mark}"')
    yield f"{before}[".encode()
    for number, result in enumerate(publication.results.defer("facts").iterator()):
        yield f"{',' if number else ''}{canonical.write(result.content())}".encode()
    yield f"]{after}".encode()


def _zip(made: IO[bytes], collected: IO[bytes], parts: dict[str, Part]) -> None:
    """Stored, not deflated: what a compressor writes differs from one machine to the next, and then nobody can say
    whether a byte was changed."""
    sums = "".join(f"{part.sha256}  {name}\n" for name, part in parts.items() if name != "SHA256SUMS")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as folder:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, NEVER)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            with folder.open(entry, "w") as file:
                if name == "SHA256SUMS":
                    file.write(sums.encode())
                    continue
                collected.seek(part.start)
                for size in sizes(part.size):
                    file.write(collected.read(size))


def sizes(whole: int) -> Iterator[int]:
    """So many bytes, in pieces."""
    yield from (min(PIECE, whole - start) for start in range(0, whole, PIECE))


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """What an open file holds, piece by piece."""
    while piece := file.read(PIECE):
        yield piece
