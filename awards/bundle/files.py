"""The bundle of a publication: each file as it is written, and the ZIP around them. The form: docs/verification.md."""

import io
import zipfile
from pathlib import Path
from typing import Any

from awards.content import canonical
from awards.content.proceedings import WITHHELD
from awards.models import Publication, withheld_of
from submissions.models import User

from . import log

VERIFY = Path(__file__).parent.parent / "verify"
NEVER = (1980, 1, 1, 0, 0, 0)  # the time of every file: the same publication gives the same bytes


def write(publication: Publication, *, full: bool = False) -> bytes:
    """The bundle as a ZIP file. `full`: with all that the log says of the round's entries, which names people."""
    files = {
        "verify.py": program(),
        "README.txt": (VERIFY / "README.txt").read_bytes(),
        "SHA256SUMS": b"",
        **_announced(publication, full),
        **log.files(publication, full),
    }
    sums = (f"{canonical.sha256(data)}  {name}\n" for name, data in files.items() if name != "SHA256SUMS")
    return _zip(files | {"SHA256SUMS": "".join(sums).encode()})


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


def _announced(publication: Publication, full: bool) -> dict[str, bytes]:
    withheld = withheld_of(publication.frame) if full else {}
    return {
        "publication.json": canonical.write(publication.content()).encode(),
        "facts.jsonl": publication.facts().encode(),
        f"{publication.edition.scheme_code}.yaml": publication.edition.text.encode(),
        **({"withheld.json": canonical.write(withheld).encode()} if withheld else {}),
    }


def _zip(files: dict[str, bytes]) -> bytes:
    """Stored, not deflated: what a compressor writes differs from one machine to the next, and then nobody can say
    whether a byte was changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as folder:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, NEVER)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            folder.writestr(entry, data)
    return made.getvalue()
