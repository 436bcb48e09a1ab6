"""An office that takes part, and who works for it."""

import pytest

from tests import factories as make


@pytest.fixture
def entry(round):
    return make.make_entry(round, "TH-81")


@pytest.fixture
def officer(entry):
    return make.make_user("officer", office=entry.office)
