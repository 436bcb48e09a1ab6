"""Whoever reads spreadsheets in, in English, and three provinces to read them in for."""

import pytest
from django.utils import translation

from tests import factories as make


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def round():
    """Three provinces."""
    round = make.make_round()
    for code, name in (("TH-81", "กระบี่"), ("TH-82", "พังงา"), ("TH-83", "ภูเก็ต")):
        make.make_entry(round, make.make_office(code, name_th=name))
    return round
