"""Who writes schemes, and an edition to begin with."""

import pytest

from tests import factories as make


@pytest.fixture
def staff(client):
    user = make.make_user("staff", full_name="สมศรี")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


@pytest.fixture
def source():
    return make.make_edition()
