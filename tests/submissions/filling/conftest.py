"""An office before the forms of its round."""

import pytest

from tests import factories as make


@pytest.fixture
def entry():
    return make.make_entry(make.make_round(), make.make_office(name_th="กระบี่"))


@pytest.fixture
def officer(client, entry):
    user = make.make_user("officer", full_name="เจ้าหน้าที่ ทดสอบ")
    client.force_login(user)
    return user
