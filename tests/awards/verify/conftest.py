"""One publication's bundles for all tests here, and its files as one may tamper with them."""

import pytest

from .bundles import Bundles, made


@pytest.fixture
def bundles(db) -> Bundles:
    return made()
