"""Opening a round from a publication, on its page: filled in by the scheme, looked at first, every fault at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.publishing.publish import publish
from submissions.models import Round
from tests import factories as make
from tests.awards.conftest import make_contest
from tests.submissions.conftest import make_tambons, own

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return make.make_office("R09", kind="region", size="", name_th="เขตตรวจราชการที่ 9")


@pytest.fixture
def named(staff, region):
    """The first stage, published: three districts of a province in region 9."""
    entries = make_tambons(make.make_office("TH-20", parent=region, name_th="ชลบุรี"), 3)
    for entry in entries:
        entry.nominee_office = own(entry.office)
        entry.save()
    return publish(entries[0].round, by=staff)


@pytest.fixture
def page(client, staff, named):
    client.force_login(staff)
    return reverse("open-round", args=[named.pk])


def filled(client, page: str, **changes) -> dict:
    """The form as it comes, with what a person changes."""
    form = client.get(page).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (shown | changes).items() if value is not None}


def test_the_form_comes_filled_in_for_the_next_stage(client, page, named):
    shown = filled(client, page)
    assert (shown["entrants"], shown["per"], shown["places"], shown["named_by"]) == (
        "chosen",
        "province",
        2,
        "15/12/2564",
    )
    assert shown["name_th"].startswith("จังหวัดคัดเลือกจังหวัดละ 2 ตำบล")
    assert shown["edition"] == named.round.edition_id


def test_it_is_looked_at_before_it_is_opened(client, page, named):
    sent = filled(client, page)
    preview = client.post(page, sent)
    assert (preview.status_code, len(preview.context["waiting"]), preview.context["taking"]) == (200, 3, [])
    assert named.round.following.count() == 0
    again = client.post(page, sent | {"again": "1"})
    assert "awards/open_round.html" in [template.name for template in again.templates]
    opened = client.post(page, sent | {"confirmed": "1"})
    made = Round.objects.get(preceding=named.round)
    assert opened["Location"] == reverse("admin:submissions_round_prepare", args=[made.pk]), "prepared, opened next"
    assert made.is_preparing
    assert (made.stage, made.places_per, made.places, made.ranked) == ("province", "province", 2, "none")
    shown = client.get(reverse("publication", args=[named.pk])).content.decode()
    assert reverse("nominees", args=[made.pk]) in shown


def test_regions_without_a_judge_are_told(client, page, region):
    other = make.make_office("R01", kind="region", size="")
    elsewhere, here = make.make_user("judge", office=other), make.make_user("judge", office=region)
    lacking = client.post(page, filled(client, page, judges=[elsewhere.pk], ranking="region"))
    assert "เขตตรวจราชการที่ 9" in lacking.content.decode()
    assert lacking.context["without_judges"] == [region]
    both = filled(client, page, judges=[elsewhere.pk, here.pk], ranking="region")
    assert client.post(page, both).context["without_judges"] == []


def test_a_stage_that_only_selects_needs_no_judge(client, page):
    preview = client.post(page, filled(client, page))
    assert preview.context["without_judges"] == []
    assert preview.context["waiting"]


def test_every_fault_is_told_at_once_and_what_was_typed_is_kept(client, page):
    sent = filled(client, page, name_th=" ", places="", named_by="วันพรุ่งนี้")
    refused = client.post(page, sent)
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"name_th", "places", "named_by"}
    assert "วันพรุ่งนี้" in refused.content.decode()
    nonsense = client.post(page, sent | {"edition": "9" * 20, "entrants": "some", "per": "planet", "judges": ["x"]})
    assert {"edition", "entrants", "per", "judges"} <= set(nonsense.context["form"].errors)


def test_another_contest_takes_the_best_or_lets_a_tie_be_chosen(client, staff):
    client.force_login(staff)
    publication = publish(make_contest(9, 8, 7, 6, 6), by=staff)
    page = reverse("open-round", args=[publication.pk])
    first = client.post(page, filled(client, page, name_th="รอบสอง", entrants="best", places=2))
    assert [str(entry.office.code) for entry in first.context["taking"]] == ["TH-A01", "TH-A02"]
    tied = client.post(page, filled(client, page, name_th="รอบสอง", entrants="best", places=4))
    assert list(tied.context["form"].errors) == ["entrants"]


@pytest.mark.parametrize(("role", "status"), [("staff", 200), ("judge", 404), ("officer", 403)])
def test_only_central_staff_open_rounds(client, named, role, status):
    office = named.round.entries.first().office
    client.force_login(make.make_user(role, office=office) if role == "officer" else make.make_user(role))
    assert client.get(reverse("open-round", args=[named.pk])).status_code == status


def test_the_preview_costs_the_same_for_one_and_for_three(client, page, named, staff):
    costs, others = [], named.round.entries.exclude(office__code="TH-2001")
    for announced, state in ((1, "withdrawn"), (3, "taking_part")):
        others.update(state=state)
        address = reverse("open-round", args=[publish(named.round, by=staff, reason="แก้ไข").pk])
        sent = filled(client, address)
        with CaptureQueriesContext(connection) as caught:
            assert len(client.post(address, sent).context["waiting"]) == announced
        costs.append(len(caught))
    assert costs[0] == costs[1]
