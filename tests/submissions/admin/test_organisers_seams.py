"""Where an organiser's contest meets the rest of the portal: copies, figures, likeness, offices that move."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from scoring.pages.rounds import usual_round
from submissions import intake
from submissions.intake import Refused
from submissions.log.check import check
from submissions.models import Edition, Entry, Evidence, Import, Office
from submissions.questions.committee import closed_accounts
from submissions.questions.copying import proposal
from submissions.questions.undoing import plan
from tests import factories as make

pytestmark = pytest.mark.django_db
MILESTONES = "milestone-2568"


def organiser_of(office: Office):
    return make.make_user("officer", office=office, is_organiser=True)


def district(code: str, province: Office) -> Office:
    return make.make_office(code, kind="district", size="", parent=province, name_th=code)


@pytest.fixture
def ubon() -> Office:
    return make.make_office("TH-34", name_th="อุบลราชธานี")


@pytest.fixture
def organiser(ubon):
    return organiser_of(ubon)


@pytest.fixture
def foreign():
    return organiser_of(make.make_office("TH-20", name_th="ชลบุรี"))


@pytest.fixture
def contest(ubon, organiser):
    round = make.make_contest_round(MILESTONES, organiser=ubon, now=make.at("2025-06-01"), contact="โทร 0 4525 0000")
    intake.enter_offices(round, [district("3401", ubon), district("3402", ubon)], by=organiser)
    return round


def amounts_of(round) -> dict:
    code, value = next((code, one) for code, one in round.scheme.values.items() if one.kind in ("number", "percent"))
    period = value.periods[0].code if value.periods else ""
    entries = round.entries.select_related("round__edition", "office").order_by("office__code")
    return {entry: {(code, period): "50"} for entry in entries}


def test_a_file_of_figures_comes_in_and_is_undone_by_the_own_organiser_alone(contest, organiser, foreign):
    brought = {"file_name": "ก.xlsx", "sha256": "ab" * 32, "ticked": {}}
    with pytest.raises(Refused):
        intake.import_figures(contest, amounts_of(contest), by=foreign, **brought)
    done = intake.import_figures(contest, amounts_of(contest), by=organiser, **brought)
    assert list(Import.objects.visible_to(organiser)) == [done]
    assert not Import.objects.visible_to(foreign).exists()
    seen = plan(done).digest
    with pytest.raises(Refused):
        intake.undo_import(done, by=foreign, seen=seen)
    assert intake.undo_import(done, by=organiser, seen=seen).put_back == 2
    assert check(contest.entries.all()).findings == []


def test_a_copy_is_the_own_organiser_s_again_without_offices_that_moved_elsewhere(contest, organiser, foreign, ubon):
    Office.objects.filter(code="3402").update(parent=foreign.office)
    proposed = proposal(contest, contest.edition)
    assert [office.code for office in proposed.offices] == ["3401"]
    asked = {"name_th": "ปีถัดไป", "settings": proposed.settings, "shown": proposed.digest}
    with pytest.raises(Refused):
        intake.copy_round(contest, contest.edition, by=foreign, **asked)
    made = intake.copy_round(contest, contest.edition, by=organiser, **asked)
    assert (made.organiser, made.contact) == (ubon, "โทร 0 4525 0000")


def test_a_copied_stage_has_the_day_that_was_shown(staff):
    source = make.make_contest_round("tambon-2565", now=make.at("2021-12-01"))
    source.take_stage(source.scheme.stages[0])
    source.named_by, source.places = date(2022, 1, 10), 3
    source.save()
    proposed = proposal(source, source.edition)
    asked = {"name_th": "อีกรอบ", "settings": proposed.settings, "shown": proposed.digest}
    made = intake.copy_round(source, source.edition, by=staff, **asked)
    assert (made.stage, made.named_by, made.places) == (source.stage, proposed.named_by, 3)
    assert made.named_by == date(2022, 1, 10)


def test_an_office_that_staff_moved_elsewhere_goes_on_taking_part(contest, organiser, foreign):
    Office.objects.filter(code="3402").update(parent=foreign.office)
    seen = Entry.objects.visible_to(organiser).filter(round=contest)
    assert {entry.office.code for entry in seen} == {"3401", "3402"}
    assert not Entry.objects.visible_to(make.make_user("officer", office=organiser.office)).filter(
        round=contest, office__code="3402"
    )


def test_nobody_learns_by_a_filter_what_others_handed_in(contest, organiser, foreign, client):
    own, *_rest = contest.entries.order_by("office__code")
    requirement = next(iter(contest.scheme.requirements))
    period = contest.scheme.requirements[requirement].periods
    mine = make.make_evidence(own, requirement, period[0].code if period else "", kind="pdf")
    other = make.make_entry(make.make_round(), foreign.office)
    make.make_evidence(other, "1.1.report", kind="pdf")
    Evidence.objects.update(sha256=mine.sha256)
    address = reverse("admin:submissions_evidence_changelist") + f"?noticed=alike&round={contest.pk}"
    link = reverse("admin:submissions_evidence_change", args=[mine.pk])
    client.force_login(organiser)
    assert link not in client.get(address).content.decode()
    client.force_login(make.make_user("staff"))
    assert link in client.get(address).content.decode()


def test_an_edition_that_staff_adopted_in_one_contest_is_not_offered_to_another(contest, organiser, foreign, staff):
    first = contest.edition
    text = first.text + "# amended\n"
    adopted = intake.adopt_edition(contest, text, by=staff, reason="แก้คำผิด", expected=first.digest)
    assert adopted in Edition.objects.offered_to(organiser)
    assert adopted not in Edition.objects.offered_to(foreign)


def test_names_of_judges_whose_accounts_are_closed_are_no_logins(contest):
    contest.judges.add(make.make_user("judge", username="somchai.j", is_active=False))
    assert "somchai.j" not in closed_accounts(contest)


def test_the_menu_leads_staff_to_the_round_of_the_centre(contest, staff):
    centre = make.make_round()
    later = make.make_contest_round(MILESTONES, organiser=contest.organiser, now=make.at("2025-06-01"))
    assert later.pk > centre.pk
    assert usual_round(staff) == centre


def test_the_menu_leads_an_organiser_to_the_own_round(contest, organiser):
    centre = make.make_round()
    make.make_entry(centre, organiser.office)
    make.make_entry(contest, district("2001", organiser.office))
    assert usual_round(organiser) == contest
    organiser.is_organiser = False
    assert usual_round(organiser) == centre


def test_an_office_that_runs_contests_becomes_no_subdistrict(contest, foreign):
    place = district("2001", foreign.office)
    make.make_contest_round(MILESTONES, organiser=place, now=make.at("2025-06-01"))
    place.kind = "subdistrict"
    assert "kind" in faults_of(place)


def faults_of(office: Office) -> dict:
    with pytest.raises(ValidationError) as refused:
        office.clean()
    return refused.value.message_dict
