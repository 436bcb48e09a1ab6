"""A round with its committee, and browsers that are logged in and read English."""

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client

from tests import factories as make


@pytest.fixture
def browser(db):
    """browser(user): a client of its own for each call, as two people have two windows."""

    def open_for(user, language: str = "en") -> Client:
        client = Client()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        client.force_login(user)
        return client

    return open_for


@pytest.fixture
def committee(db):
    """Two judges of a round with three provinces, central staff, and a judge of another round."""
    first, second, stranger = make.make_user("judge"), make.make_user("judge"), make.make_user("judge")
    round = make.make_round(judges=[first, second])
    make.make_round(judges=[stranger], name_th="อีกรอบ", name_en="Another round")
    offices = [make.make_office(code, name_en=name) for code, name in (("TH-81", "Krabi"), ("TH-20", "Chon Buri"))]
    return SimpleNamespace(
        round=round,
        judge=first,
        colleague=second,
        stranger=stranger,
        staff=make.make_user("staff"),
        entry=make.make_entry(round, offices[0]),
        other=make.make_entry(round, offices[1]),
    )


def fields_of(response) -> dict:
    """What a browser would send back of an admin form as it was shown: its fields as they are."""
    form, data = response.context["adminform"].form, {}
    for bound in form:
        value = bound.value()
        if value is None or value is False:
            continue
        data[bound.html_name] = (
            "on" if value is True else [str(getattr(v, "pk", v)) for v in value] if isinstance(value, list) else value
        )
    return data
