"""An entry of Krabi, and its officer, logged in."""

import pytest

from tests import factories as make


@pytest.fixture
def entry():
    return make.make_entry(make.make_round(), make.make_office(name_th="กระบี่", name_en="Krabi"))


@pytest.fixture
def officer(client, entry):
    user = make.make_user("officer")
    client.force_login(user)
    return user
