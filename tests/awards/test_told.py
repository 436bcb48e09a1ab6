"""Who hears of a publication: whoever takes part in its round, once, and also when the message was lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from awards import tasks
from awards.models import Publication
from awards.publish import publish
from submissions.models import Notice
from tests import factories as make

from .conftest import make_contest

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    return make_contest(9, 8, name_th="รอบชิงชนะเลิศ")


def test_whoever_takes_part_is_told_once(client, round, staff, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr("awards.tasks.ask_for_documents", lambda publication: None)
    monkeypatch.setattr("awards.tasks.send", lambda task, *args: task(*args))
    officers = [make.make_user("officer", office=entry.office) for entry in round.entries.all()]
    judge = round.judges.get()
    make.make_user("officer", office=officers[0].office, is_active=False)
    make.make_user("officer", office=make.make_office("TH-99"))
    with django_capture_on_commit_callbacks(execute=True):
        publication = publish(round, by=staff)
        assert not Notice.objects.exists()
    assert tasks.tell_published(publication.pk) == tasks.tell_published() == 0
    assert {notice.user for notice in Notice.objects.all()} == {*officers, judge}
    client.force_login(officers[0])
    page = client.get("/notices/").content.decode()
    assert "ประกาศผลแล้ว" in page
    assert "รอบชิงชนะเลิศ" in page
    assert client.get(f"/notices/{officers[0].notices.get().pk}/").url == f"/publications/{publication.pk}/"


def test_a_lost_message_is_made_good_while_it_is_news(round, staff, monkeypatch):
    officer = make.make_user("officer", office=round.entries.first().office)
    publish(round, by=staff)
    assert tasks.tell_published() == 2
    Notice.objects.all().delete()
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert Publication.objects.count() == 1
    assert tasks.tell_published() == 0
    assert not officer.notices.exists()


def test_a_country_of_offices_costs_a_few_statements(round, staff, django_assert_max_num_queries):
    for entry in round.entries.all():
        make.make_user("officer", office=entry.office)
    publication = publish(round, by=staff)
    with django_assert_max_num_queries(10):
        assert tasks.tell_published(publication.pk) == 3
