"""Bundles of one publication, made once: its bytes need no database once they are there."""

import tempfile
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from awards.bundle import files, own_lines
from awards.ledger import key_files, keys
from awards.ledger.seal import seal
from awards.models import Publication
from tests import factories as make
from tests.submissions.log.world import World


@dataclass(frozen=True)
class Bundles:
    """`key`: the first key's fingerprint, `newest`: that of the one that signed; `earlier`: heads from before and after
    the publication; `mine`: one judge's own lines."""

    public: bytes
    full: bytes
    key: str
    newest: str
    earlier: tuple[dict, dict]
    mine: list


@cache
def made(seed: int = 1) -> Bundles:
    """Of a round in which every kind of deed was done, whose log was signed by two keys in turn. Call it with a
    database: what it writes may be undone."""
    world = World(seed)
    world.do_each()
    with tempfile.TemporaryDirectory() as folder:
        signers = [_signer(Path(folder), name) for name in ("old", "new")]
        before = seal(signers[:1])
        world.do(20)
        publication = Publication.objects.get(pk=world.announce().pk)
        seal(signers[::-1])
        mine = own_lines.of(world.judges[0], publication)
        bundles = [files.write(publication, full=full).read() for full in (False, True)]
        make.make_entry(make.make_round())
        world.do(10)
        after = seal(signers[1:])
    prints = [sha256(signer.public).hexdigest() for signer in signers]
    return Bundles(*bundles, *prints, (before.content(), after.content()), mine)


def _signer(folder: Path, name: str) -> keys.Signer:
    key_files.make(folder / name)
    return keys.read([folder / name])[0]
