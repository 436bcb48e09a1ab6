"""Whom to call: the centre for everybody, a round's desk for those who are in it; led to from every foot and fault."""

import pytest
from django.urls import reverse

from tests import factories as make

pytestmark = pytest.mark.django_db
DESK = "กลุ่มงานยุทธศาสตร์\nโทร. 02 141 6000\ndesk@cdd.example.org"


@pytest.fixture
def entry():
    return make.make_entry(make.make_round(contact=DESK), "TH-81")


def page(client, person=None) -> str:
    if person:
        client.force_login(person)
    answer = client.get(reverse("contact"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_round_s_desk_is_told_to_those_who_are_in_it(client, entry, settings):
    settings.CONTACT = "โทร. 02 999 9999"
    stranger = make.make_user("officer", office=make.make_office("TH-90"))
    for person, sees in ((None, False), (stranger, False), (make.make_user("officer", office=entry.office), True)):
        shown = page(client, person)
        assert "02 999 9999" in shown
        assert ("02 141 6000" in shown) is sees
    assert 'href="mailto:desk@cdd.example.org"' in shown


def test_an_officer_is_told_who_runs_the_round_and_that_it_wrote_no_telephone(client):
    round = make.make_round(organiser=make.make_office("TH-20", name_th="ชลบุรี"))
    client.cookies["django_language"] = "en"
    shown = page(client, make.make_user("officer", office=make.make_entry(round, "TH-2001").office))
    assert "Run by" in shown
    assert "No telephone is written here" in shown


def test_a_round_in_preparation_says_nothing_yet(client, entry):
    entry.round.opens_at = None
    entry.round.save()
    assert "02 141 6000" not in page(client, make.make_user("officer", office=entry.office))


def test_every_foot_and_every_fault_leads_there(client, settings):
    settings.CONTACT = ""
    address = f'href="{reverse("contact")}"'
    assert address in client.get(reverse("account_login")).content.decode()
    assert address in client.get("/nowhere/").content.decode()
    assert "สำนักงานพัฒนาชุมชนจังหวัด" in page(client)
