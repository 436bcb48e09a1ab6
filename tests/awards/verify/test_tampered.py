"""Whatever is changed in a bundle is found by whoever knows the key; an untouched one passes."""

import os
from collections import Counter
from random import Random

import pytest

from awards.verify.verify import Check

from .bundles import made
from .tamperer import Tamperer

pytestmark = pytest.mark.django_db

# The whole of it: TAMPERINGS=2000 pytest tests/awards/verify
TAMPERINGS = int(os.environ.get("TAMPERINGS", "60"))  # each way, in each of the two


def status(data: bytes, key: str) -> int:
    try:
        return Check(data, key).run()
    except Exception:
        return 2


def test_whatever_is_changed_is_found(bundles):
    chance, passed, tried = Random(f"{TAMPERINGS}"), [], Counter()
    tamperers = [Tamperer(data, list(bundles.earlier), chance) for data in (bundles.public, bundles.full)]
    for number in range(TAMPERINGS):
        way, data = tamperers[number % 2].tamper()
        tried[way] += 1
        if status(data, bundles.key) == 0:
            passed.append((number, way))
    assert passed == []
    assert len(tried) == len(tamperers[0].ways)


@pytest.mark.parametrize("seed", range(1, 11 if TAMPERINGS >= 2000 else 2))
def test_an_untouched_one_passes(db, seed):
    bundles = made(seed)
    for _ in range(10 if TAMPERINGS >= 2000 else 1):
        assert status(bundles.public, bundles.key) == status(bundles.full, bundles.newest) == 0
