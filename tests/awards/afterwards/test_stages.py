"""Rounds that follow rounds: with all that were announced, with the best, or with those whom offices choose."""

import pytest
from django.urls import reverse
from django.utils import timezone

from awards.afterwards.stages import Plan, open_following
from awards.publishing.publish import publish
from submissions import intake
from submissions.models import Entry, Round
from submissions.questions.proofread import Refused
from tests import factories
from tests.awards.conftest import make_contest

pytestmark = pytest.mark.django_db


def make_plan(round, **fields) -> Plan:
    return Plan(**{"name_th": "รอบต่อไป", "edition": round.edition, "entrants": "all"} | fields)


def states(round) -> dict[str, str]:
    return dict(round.entries.values_list("office__code", "state"))


def test_all_that_were_announced_take_part_again(staff):
    contest = make_contest(5, 3)
    publication = publish(contest, by=staff)
    following = open_following(publication, make_plan(contest), by=staff, judges=[factories.make_user("judge")])
    assert states(following) == {"TH-A01": "taking_part", "TH-A02": "taking_part"}
    assert (following.preceding, following.source_digest) == (contest, publication.digest)
    assert {entry.preceding.round for entry in following.entries.all()} == {contest}
    assert following.judges.count() == 1
    assert all(entry.events.get().verb == "entry.made" for entry in following.entries.all())


def test_the_best_of_each_take_part_and_the_others_wait(staff):
    contest = make_contest(5, 3, 4)
    following = open_following(publish(contest, by=staff), make_plan(contest, entrants="best", places=2), by=staff)
    assert states(following) == {"TH-A01": "taking_part", "TH-A02": "candidate", "TH-A03": "taking_part"}


def test_places_are_of_a_kind_in_which_entries_lie(staff):
    contest = make_contest(5, 3)
    with pytest.raises(Refused) as refused:
        open_following(
            publish(contest, by=staff), make_plan(contest, entrants="best", places=1, per="subdistrict"), by=staff
        )
    assert list(refused.value.reasons) == ["per"]


def test_a_tie_for_the_last_place_is_not_broken_silently(staff):
    contest = make_contest(9, 8, 7, 6, 6)
    with pytest.raises(Refused) as refused:
        open_following(publish(contest, by=staff), make_plan(contest, entrants="best", places=4), by=staff)
    assert list(refused.value.reasons) == ["entrants"]


def test_only_the_newest_publication_is_followed_and_only_by_staff(staff):
    contest = make_contest(5)
    first = publish(contest, by=staff)
    with pytest.raises(Refused):
        open_following(first, make_plan(contest), by=factories.make_user("judge"))
    publish(contest, by=staff, reason="แก้ไข")
    with pytest.raises(Refused):
        open_following(first, make_plan(contest), by=staff)


def test_all_faults_of_a_plan_are_said_at_once(staff):
    contest = make_contest(5)
    with pytest.raises(Refused) as refused:
        open_following(publish(contest, by=staff), make_plan(contest, name_th=" ", entrants="chosen"), by=staff)
    assert set(refused.value.reasons) == {"name_th", "places"}


def stage_plan(round) -> Plan:
    stage = round.next_stage
    return make_plan(
        round,
        entrants=stage.entrants,
        stage=stage.code,
        per=stage.per,
        places=stage.places,
        named_by=stage.due,
        ranking=stage.ranking,
    )


def test_a_contest_goes_through_its_stages(staff):
    """Named by districts, chosen by provinces, ranked inside the region; who withdraws is replaced by who waited."""
    region = factories.make_office("R09", kind="region", size="")
    province = factories.make_office("TH-20", parent=region)
    first = factories.make_round(
        factories.at("2021-12-01"), edition=factories.make_edition(scheme="tambon-2565"), settings={}
    )
    for number in range(1, 5):
        district = factories.make_office(f"TH-200{number}", kind="district", parent=province, size="")
        tambon = factories.make_office(f"TH-200{number}01", kind="subdistrict", parent=district, size="")
        entry = factories.make_entry(first, district)
        if number < 4:  # the fourth names nobody
            intake.name_nominee(entry, by=staff, office=tambon)
    second = open_following(publish(first, by=staff), stage_plan(first), by=staff)
    intake.set_opening(second, timezone.now(), by=staff)
    assert set(states(second).values()) == {"candidate"}
    assert len(states(second)) == 3
    chosen = list(second.entries.order_by("office__code")[:2])
    for entry in chosen:
        intake.choose_entry(entry, by=factories.make_user(office=province))
    third = open_following(publish(second, by=staff), stage_plan(second), by=staff)
    intake.set_opening(third, timezone.now(), by=staff)
    assert states(third) == {"TH-2001": "taking_part", "TH-2002": "taking_part", "TH-2003": "candidate"}
    assert (third.ranked, third.stage, third.next_stage) == ("region", "region", None)
    for deed in (intake.choose_entry, intake.release_entry):
        with pytest.raises(Refused):  # in the stage before, nothing would come of it any more
            deed(second.entries.first(), by=staff)
    with pytest.raises(Refused):
        intake.withdraw_entry(second.entries.first(), by=staff, reason="ขอถอนตัว")
    with pytest.raises(Refused):
        intake.enter_offices(third, [factories.make_office("TH-2009", kind="district", parent=province)], by=staff)
    gone = Entry.objects.get(round=third, office__code="TH-2001")
    intake.withdraw_entry(gone, by=staff, reason="ขอถอนตัว")
    intake.choose_entry(Entry.objects.get(round=third, office__code="TH-2003"), by=staff)
    results = publish(third, by=staff).results.all()
    assert [(one.rank, one.region["code"], one.nominee["code"]) for one in results] == [
        (1, "R09", "TH-200201"),
        (1, "R09", "TH-200301"),
    ]


def test_who_withdrew_since_does_not_go_on(staff):
    contest = make_contest(5, 3)
    publication = publish(contest, by=staff)
    intake.withdraw_entry(contest.entries.first(), by=staff, reason="ขอถอนตัว")
    with pytest.raises(Refused) as refused:
        open_following(publication, make_plan(contest), by=staff)
    assert "TH-A01" in str(refused.value)


def test_a_round_that_was_opened_before_a_correction_is_told_of(staff, client):
    contest = make_contest(5, 3)
    first = publish(contest, by=staff)
    following = open_following(first, make_plan(contest), by=staff)
    corrected = publish(contest, by=staff, reason="แก้ไข")
    client.force_login(staff)
    told = client.get(reverse("publication", args=[corrected.pk])).context["following"]
    assert [(one.pk, one.is_of_another) for one in told] == [(following.pk, True)]
    assert client.get(reverse("open-round", args=[corrected.pk])).context["others"] == told
    shown = client.get(reverse("publication", args=[first.pk])).context["following"]
    assert [one.is_of_another for one in shown] == [False]


def test_asked_twice_it_opens_one_round(staff):
    contest = make_contest(5)
    publication = publish(contest, by=staff)
    open_following(publication, make_plan(contest), by=staff)
    with pytest.raises(Refused) as refused:
        open_following(publication, make_plan(contest), by=staff)
    assert list(refused.value.reasons) == ["name_th"]
    assert contest.following.count() == 1


def test_it_is_prepared_before_anybody_else_sees_it(staff):
    """Days of the scheme may have to be set first: another contest begins with none."""
    contest = make_contest(5)
    following = open_following(publish(contest, by=staff), make_plan(contest), by=staff)
    assert following.is_preparing
    officer = factories.make_user(office=contest.entries.get().office)
    assert following not in Round.objects.visible_to(officer)
    assert following in Round.objects.visible_to(staff)


def test_one_that_was_discarded_leaves_its_name_and_no_link(staff, client):
    contest = make_contest(5)
    publication = publish(contest, by=staff)
    intake.discard_round(open_following(publication, make_plan(contest), by=staff), by=staff)
    client.force_login(staff)
    assert client.get(reverse("publication", args=[publication.pk])).context["following"] == []
    anew = open_following(publication, make_plan(contest), by=staff)
    assert client.get(reverse("publication", args=[publication.pk])).context["following"] == [anew]


def test_places_of_a_whole_round_are_no_more_than_it_has(staff):
    contest = make_contest(5, 3, 4)
    following = open_following(publish(contest, by=staff), make_plan(contest, entrants="best", places=2), by=staff)
    with pytest.raises(Refused, match="2"):
        intake.choose_entry(following.entries.get(state="candidate"), by=staff)
