"""Who hears of a publication: whoever takes part in its round, once, and also when the message was lost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from awards import tasks
from awards.models import Publication
from awards.publishing.publish import publish
from submissions.models import Letter, Notice, Office
from submissions.notices import line, mail
from submissions.notices.words import say
from tests import factories as make
from tests.awards.conftest import falling, make_contest

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


def test_the_scorecard_celebrates_an_award_and_explains_a_place(client, contest, publication):
    awarded, other = publication.results.exclude(tier="").first(), publication.results.filter(tier="").first()
    pages = []
    for result in (awarded, other):
        client.force_login(make.make_user("officer", office=result.entry.office))
        page = client.get(reverse("scorecard", args=[result.entry_id])).content.decode()
        pages.append(" ".join(page[page.index("announced-title") : page.index('id="progress"')].split()))
    assert "ขอแสดงความยินดี" in pages[0]
    assert f"อันดับ {awarded.rank} จาก 16" in pages[0]
    assert "ขอแสดงความยินดี" not in pages[1]
    assert f"> อันดับ {other.rank} จาก 16" in pages[1]
    assert "อันดับคิดจากคะแนนที่ตรวจรับแล้ว" in pages[1]


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


def test_an_officer_is_told_the_office_s_own_rank_and_award_and_a_judge_neither(client, round, staff):
    first, second = (make.make_user("officer", office=entry.office) for entry in round.entries.order_by("pk"))
    publication = publish(round, by=staff)
    tasks.tell_published(publication.pk)
    said = {
        **{first: {"th": "อันดับ 1 · รางวัลชนะเลิศ", "en": "Rank 1 · Winner"}},
        **{second: {"th": "อันดับ 2 · รางวัลรองชนะเลิศ อันดับ 1", "en": "Rank 2 · First runner-up"}},
    }
    begins = {"th": "ประกาศผลแล้ว", "en": "Results were published"}
    for reader in (first, second, round.judges.get()):
        client.force_login(reader)
        for language, begin in begins.items():
            title = f"{begin}: {said[reader][language]}" if reader in said else begin
            client.cookies["django_language"] = language
            assert f">{title}</a>" in client.get("/notices/").content.decode()
            with translation.override(language):
                told = say(reader.notices.select_related("round__edition"), reader)
                assert f"• {title} (" in line.compose(told)
                letter = mail.compose(Letter(user=reader), told)
            assert letter.subject == f"{title} · {round.name_th if language == 'th' else round.name_en}"
            assert title in letter.body
            assert f">{title}</a>" in letter.alternatives[0].content


def test_who_has_several_entries_is_told_of_each(round, staff):
    above = make.make_office("TH-10", name_th="กรุงเทพมหานคร")
    Office.objects.filter(entries__round=round).update(parent=above)
    officer = make.make_user("officer", office=above)
    tasks.tell_published(publish(round, by=staff).pk)
    (told,) = say(officer.notices.select_related("round__edition"), officer)
    assert (told.title, told.count) == ("ประกาศผลแล้ว", 2)
    assert [line.title.partition(" · ")[2] for line in told.lines] == [
        "อันดับ 1 · รางวัลชนะเลิศ",
        "อันดับ 2 · รางวัลรองชนะเลิศ อันดับ 1",
    ]
    assert {line.path for line in told.lines} == {told.path}


@pytest.mark.parametrize(
    ("scheme", "ranking", "title"),
    [
        ("missions-2565", "overall", "ประกาศผลแล้ว: อันดับ 1"),
        ("missions-2565", "none", "ประกาศผลแล้ว"),
        ("cdd40-2566", "none", "ประกาศผลแล้ว: รางวัลชนะเลิศ"),
    ],
)
def test_only_what_was_announced_is_told(staff, scheme, ranking, title):
    round = make.make_contest_round(scheme, ranking=ranking)
    officer = make.make_user("officer", office=make.make_entry(round).office)
    tasks.tell_published(publish(round, by=staff).pk)
    (told,) = say(officer.notices.select_related("round__edition"), officer)
    assert (told.title, told.lines) == (title, [])


def test_a_country_of_offices_costs_a_few_statements(staff):
    def cost(count: int) -> int:
        round = make_contest(*falling(count))
        for entry in round.entries.all():
            make.make_user("officer", office=entry.office)
        publication = publish(round, by=staff)
        with CaptureQueriesContext(connection) as captured:
            assert tasks.tell_published(publication.pk) > count
        return len(captured)

    assert cost(2) == cost(5) <= 10
