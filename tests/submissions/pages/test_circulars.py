"""The pages on which circulars are read: unread ones marked, the menu only while there are any, kept for later."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from submissions import intake
from submissions.models import CircularOpening
from submissions.notices import circulars
from tests import factories as make
from tests.markup import flat
from tests.submissions.intake.test_circulars import sent

pytestmark = pytest.mark.django_db
LIST = reverse("circulars")


@pytest.fixture
def reader(client, entry):
    officer = make.make_user("officer", office=entry.office)
    client.force_login(officer)
    return officer


def text_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return flat(answer.content.decode())


def is_in_menu(client) -> bool:
    """Beside the link that everybody's own menu has."""
    return text_of(client, reverse("notices")).count(f'href="{LIST}"') > 1


def test_it_is_in_the_menu_and_at_home_until_it_was_opened(client, entry, reader, staff):
    home = reverse("scorecard", args=[entry.pk])
    assert not is_in_menu(client)
    circular = sent(entry.round, staff)
    circulars.tell_circulars()
    assert is_in_menu(client)
    assert "หนังสือเวียนใหม่ 1 ฉบับ" in text_of(client, home)
    assert "ยังไม่เปิดอ่าน" in text_of(client, LIST)
    shown = text_of(client, reverse("circular", args=[circular.pk]))
    assert "โปรดส่งภายในกำหนด" in shown
    assert not is_in_menu(client)
    assert "หนังสือเวียนใหม่" not in text_of(client, home)
    assert "ยังไม่เปิดอ่าน" not in text_of(client, LIST)
    assert [opening.user for opening in CircularOpening.objects.all()] == [reader]


def test_whoever_comes_later_reads_it_in_a_closed_round_too(client, entry, staff):
    circular = sent(entry.round, staff)
    circulars.tell_circulars()
    entry.round.is_closed = True
    entry.round.save()
    newcomer = make.make_user("officer", office=entry.office)
    client.force_login(newcomer)
    assert str(circular) in text_of(client, LIST)


def test_a_withdrawn_one_stays_with_its_reason_and_a_corrected_one_says_by_which(client, entry, reader, staff):
    first = sent(entry.round, staff)
    second = sent(entry.round, staff, subject_th="กำหนดส่งใหม่", corrects=first)
    intake.withdraw_circular(second, "วันที่ผิดอีก", by=staff, at=timezone.now())
    assert "ยกเลิกแล้ว" in text_of(client, LIST)
    assert "วันที่ผิดอีก" in text_of(client, reverse("circular", args=[second.pk]))
    assert "ที่ 2 กำหนดส่งใหม่" in text_of(client, reverse("circular", args=[first.pk]))


def test_what_it_corrects_is_named_to_whom_that_went(client, entry, staff):
    """One that went to the committee may be corrected by one to the offices."""
    first = sent(entry.round, staff, "committee", subject_th="ลับเฉพาะกรรมการ")
    second = sent(entry.round, staff, subject_th="กำหนดส่งใหม่", corrects=first)
    for user, is_told in ((make.make_user("officer", office=entry.office), False), (staff, True)):
        client.force_login(user)
        for address, times in ((reverse("circular", args=[second.pk]), 1), (LIST, 2)):  # staff list the first too
            assert text_of(client, address).count("ลับเฉพาะกรรมการ") == (times if is_told else 0), address


def test_what_people_write_is_text(client, entry, reader, staff):
    circular = sent(entry.round, staff, text_th="<script>alert(1)</script> https://www.cdd.go.th")
    shown = client.get(reverse("circular", args=[circular.pk])).content.decode()
    assert "&lt;script&gt;alert" in shown
    assert '<a href="https://www.cdd.go.th"' in shown


def test_twenty_one_are_two_pages_and_cost_the_same(client, entry, reader, staff):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        return len(captured)

    sent(entry.round, staff, uploads=[make.make_upload("png")])
    one = statements()
    for _ in range(20):
        sent(entry.round, staff, uploads=[make.make_upload("png")])
    assert statements() <= one
    assert "หน้า 1 จาก 2" in text_of(client, LIST)
    assert client.get(LIST, {"page": "x"}).status_code == 200
