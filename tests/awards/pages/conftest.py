"""Who looks at pages of awards."""

import pytest


@pytest.fixture
def as_staff(client, staff):
    client.force_login(staff)
    return client
