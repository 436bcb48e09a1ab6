"""The pages on which a head and whoever runs the round release a piece, and take it back."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from submissions.models import Evidence, Notice
from submissions.notices.from_events import tell_recorded
from submissions.notices.words import say
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_head_releases_then_staff_find_it_and_release_it(staff):
    piece = make.make_evidence(make.make_entry(), kind="pdf", status="accepted")
    head = browser(make.make_user("officer", office=piece.entry.office, is_head=True))
    page, pieces = f"/evidence/{piece.pk}/best-practice/", f"/rounds/{piece.entry.round_id}/best-practices/"
    assert page in flat(head.get(pieces).content.decode())
    assert page not in flat(browser(staff).get(pieces).content.decode())
    assert "ใบหน้า" in head.get(page).content.decode()  # whoever releases is asked to look for people
    assert head.post(page, {"deed": "give"}).status_code == 302
    assert page in flat(browser(staff).get(pieces).content.decode())
    browser(staff).post(page, {"deed": "give"})
    assert Evidence.objects.best_practices().get() == piece
    head.post(page, {"deed": "withdraw"})
    assert not Evidence.objects.best_practices().exists()


def test_what_can_t_be_released_is_refused_with_its_reason():
    piece = make.make_evidence(make.make_entry(), kind="pdf")
    head = browser(make.make_user("officer", office=piece.entry.office, is_head=True))
    answer = head.post(f"/evidence/{piece.pk}/best-practice/", {"deed": "give"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_the_list_asks_as_much_for_three_as_for_one():
    entry = make.make_entry()
    head = browser(make.make_user("officer", office=entry.office, is_head=True))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert head.get(f"/rounds/{entry.round_id}/best-practices/").status_code == 200
        return len(queries)

    make.make_evidence(entry, kind="pdf", status="accepted")
    asked()
    before = asked()
    for code in ("5.report", "3.1.assignment"):
        make.make_evidence(entry, code, kind="pdf", status="accepted")
    assert asked() == before


def test_the_other_side_is_told_and_finds_its_way(staff):
    piece = make.make_evidence(make.make_entry(), kind="pdf", status="accepted")
    head = make.make_user("officer", office=piece.entry.office, is_head=True)
    make.make_user("officer", office=piece.entry.office)  # no head: has nothing to say, and is told nothing
    page = f"/evidence/{piece.pk}/best-practice/"

    def told(user) -> list[tuple[str, str]]:
        tell_recorded()
        (notice,) = said = say(user.notices.unread().select_related("round__edition"), user)
        assert notice.path == page
        user.notices.all().read()
        return [(one.title, one.lines[0].text) for one in said if one.lines]

    browser(head).post(page, {"deed": "give"})
    ((title, text),) = told(staff)
    assert "แนวปฏิบัติที่ดี" in title
    assert "ฝ่ายของท่านยังไม่ได้อนุญาต" in text
    browser(staff).post(page, {"deed": "give"})
    ((_title, text),) = told(head)
    assert "ทั้งสองฝ่าย" in text
    browser(staff).post(page, {"deed": "withdraw"})
    assert told(head) == []  # it has a title alone
    assert set(Notice.objects.values_list("user", flat=True)) == {staff.pk, head.pk}


def test_a_piece_ends_with_where_to_go_next(staff):
    piece = make.make_evidence(make.make_entry(), kind="pdf", status="accepted")
    page = browser(staff).get(f"/evidence/{piece.pk}/best-practice/").content.decode()
    assert page.count(f'href="/rounds/{piece.entry.round_id}/best-practices/"') == 2  # above, and at the end
    assert 'href="/results/best-practices/"' in page
