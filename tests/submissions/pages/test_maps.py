"""Amounts under names that an office chooses itself: the operators on each online channel."""

import pytest
from django.urls import reverse

from scoring.recompute import rescore
from submissions.models import Value
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    round = make.make_round(make.at("2022-07-10"), edition=make.make_edition(scheme="missions-2565"), settings={})
    return make.make_entry(round, make.make_office("TH-81"))


@pytest.fixture(autouse=True)
def officer(entry, client):
    user = make.make_user("officer", office=entry.office)
    client.force_login(user)
    return user


def enter(client, entry, *rows: tuple[str, str], **amounts):
    """Send the page of m3: rows of names to come, and amounts of what is there."""
    for number, (name, text) in enumerate(rows, 1):
        amounts |= {f"new.{number}.m3.channels.name": name, f"new.{number}.m3.channels": text}
    return client.post(reverse("values-enter", args=[entry.pk]), {"criterion": "m3", **amounts})


def channels() -> dict[str, str]:
    return dict(Value.objects.filter(code="m3.channels").values_list("period", "text"))


def page_of(client, entry) -> str:
    return client.get(reverse("criterion", args=[entry.pk, "m3"])).content.decode()


def test_an_office_writes_names_and_their_numbers_and_has_its_level(client, entry):
    rows = ("Facebook ร้านค้า  ชุมชน", "๒๐"), ("Shopee", "1,000"), ("", "")
    assert enter(client, entry, *rows, **{"m3.registered": "200"}).status_code == 302
    assert channels() == {"Facebook ร้านค้า ชุมชน": "20", "Shopee": "1000"}
    page = page_of(client, entry)
    assert "Facebook ร้านค้า ชุมชน" in page
    assert 'name="new.1.m3.channels.name"' in page
    Value.objects.update(status=Value.Status.ACCEPTED)  # as its reviewer does
    rescore([entry.pk])
    # 20 of 200 on one channel, yet no event: level 1.
    assert entry.scorecards.get(basis="verified").criteria["m3"]["earned"] == "1.00"


def test_a_number_is_changed_and_an_emptied_one_takes_its_name_away(client, entry):
    for name in ("LINE กลุ่ม", "Lazada"):
        make.make_value(entry, "m3.channels", "5", name)
    sent = {"m3.channels.LINE%20%E0%B8%81%E0%B8%A5%E0%B8%B8%E0%B9%88%E0%B8%A1": "7", "m3.channels.Lazada": ""}
    assert all(f'name="{name}"' in page_of(client, entry) for name in sent)
    assert enter(client, entry, **sent, **{f"shown.{name}": "1 5" for name in sent}).status_code == 302
    assert channels() == {"LINE กลุ่ม": "7"}


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([("Shopee", "")], "กรอกทั้งชื่อและจำนวน"),
        ([("", "5")], "กรอกทั้งชื่อและจำนวน"),
        ([("Shopee", "-5")], "ติดลบ"),
        ([("Shopee", "ห้า")], "ตัวเลข"),
        ([("Shopee", "5"), (" Shopee ", "6")], "มีชื่อนี้อยู่แล้ว"),
        ([("Lazada", "6")], "มีชื่อนี้อยู่แล้ว"),
        ([("ย" * 101, "6")], "101"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_and_nothing_is_lost(client, entry, rows, fault):
    make.make_value(entry, "m3.channels", "5", "Lazada")
    response = enter(client, entry, *rows, **{"m3.channels.Lazada": "9", "shown.m3.channels.Lazada": "1 5"})
    page = response.content.decode()
    assert response.status_code == 422
    assert fault in page
    assert all(f'value="{text}"' in page for row in rows for text in row if text.strip() == text and text)
    assert channels() == {"Lazada": "5"}


def test_a_name_that_somebody_else_wrote_meanwhile_stays(client, entry):
    make.make_value(entry, "m3.channels", "5", "Lazada")  # after the page was shown
    assert enter(client, entry, ("Shopee", "x")).status_code == 422
    assert enter(client, entry, ("Shopee", "6")).status_code == 302
    assert channels() == {"Lazada": "5", "Shopee": "6"}
    assert 'name="m3.channels.Lazada" value="5"' in enter(client, entry, ("Lazada", "7")).content.decode()


def test_a_name_that_somebody_else_took_away_meanwhile_is_told(client, entry):
    response = enter(client, entry, **{"m3.channels.Lazada": "6", "shown.m3.channels.Lazada": "1 5"})
    assert response.status_code == 409
    assert 'value="6"' in response.content.decode()
    assert channels() == {}


@pytest.mark.parametrize("name", ["%00", "a" * 101])
def test_a_name_made_by_hand_that_can_not_be_kept_is_refused(client, entry, name):
    sent = {f"m3.channels.{name}": "6", f"shown.m3.channels.{name}": ""}
    assert enter(client, entry, **sent).status_code == 422
    assert channels() == {}


def test_after_the_close_the_office_reads_and_central_staff_write(client, entry):
    make.make_value(entry, "m3.channels", "5", "Lazada")
    entry.round.clock_offset += make.at("2022-10-05") - make.at("2022-07-10")
    entry.round.save()
    assert "new.1.m3.channels" not in page_of(client, entry)
    client.force_login(make.make_user("staff"))
    assert "new.1.m3.channels" in page_of(client, entry)
    assert enter(client, entry, ("Shopee", "6")).status_code == 302
    assert channels() == {"Lazada": "5", "Shopee": "6"}
