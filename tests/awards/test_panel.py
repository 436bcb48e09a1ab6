"""What is announced of a committee: who did not take part where, by numbers, and how entries were shared out."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from awards import canonical
from awards.documents import pdf
from awards.publish import publish
from submissions import intake
from submissions.models import Round
from tests import factories

from .conftest import make_contest

pytestmark = pytest.mark.django_db


def test_who_stood_aside_is_announced_by_a_number_and_never_by_name(staff, client):
    contest = make_contest(5, 3)
    judge, colleague = contest.judges.get(), factories.make_user("judge", full_name="ปราณี ลับสุดยอด")
    contest.judges.add(colleague)
    first, second = contest.entries.order_by("pk")
    intake.say_conflicts([second], colleague, by=colleague, reason="เหตุผลลับ")
    intake.draw_judges(Round.objects.get(pk=contest.pk), by=staff, per_entry=1, seed="2566")
    publication = publish(contest, by=staff)
    panel = publication.frame["panel"]
    (aside,) = panel["stood_aside"]
    assert (aside["number"], aside["judge"], aside["office"]) == (2, str(colleague.pk), second.office.code)
    assert panel["shared_out"] == {"way": "random", "seed": "2566"}
    assert f'"judge":"{judge.pk}"' in publication.facts(), "the facts call judges so too"
    sealed = canonical.write(publication.content())
    shown = render_to_string("awards/pdf/announcement.html", pdf.context("announcement", publication.content(), None))
    client.force_login(factories.make_user("officer", office=first.office))
    page = client.get(reverse("publication", args=[publication.pk])).content.decode()
    (told,) = client.get(f"/api/v1/publications/{publication.pk}/").json()["frame"]["panel"]["stood_aside"]
    assert (told["number"], "judge" in told) == (2, False), "no account of a judge is told to offices"
    assert "กรรมการคนที่ ๒ ไม่ร่วมพิจารณา" in " ".join(shown.split())
    assert "กรรมการคนที่ 2" in page
    for text in (sealed, shown, page):
        assert "ปราณี" not in text
        assert "เหตุผลลับ" not in text


def test_where_everybody_judged_everything_nothing_is_said(publication):
    assert "panel" not in publication.frame
