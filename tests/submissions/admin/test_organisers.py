"""An office above others runs a contest of its own from beginning to end, and touches nothing outside."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from awards.documents import files
from awards.models import Publication, Publishing
from awards.publishing.publish import publish
from awards.tasks import make_publication
from scoring.recompute import rescore
from submissions import intake
from submissions.accounts.steps import FACTOR, first_step
from submissions.log.check import check
from submissions.models import Edition, Entry, Evidence, Extension, Office, Round, Sheet, User, Value
from submissions.notices.people import reviewers_of
from submissions.questions import access
from submissions.questions.committee import judges_for
from tests import factories as make

from .conftest import fields_of

pytestmark = pytest.mark.django_db
WEBSITE = "website-2564"
ROUNDS = reverse("admin:submissions_round_changelist")


@pytest.fixture
def area() -> SimpleNamespace:
    """Chon Buri with three districts and two organisers; Ubon Ratchathani with one of each; a round of the centre in
    which both provinces take part; judges of Chon Buri, of Ubon and of everywhere."""
    chonburi = make.make_office("TH-20", name_th="ชลบุรี", name_en="Chon Buri")
    ubon = make.make_office("TH-34", name_th="อุบลราชธานี", name_en="Ubon Ratchathani")
    districts = [_district(code, chonburi) for code in ("2001", "2002", "2007")]
    centre = make.make_round(name_en="Of the centre")
    return SimpleNamespace(
        chonburi=chonburi,
        districts=districts,
        elsewhere=_district("3401", ubon),
        organiser=_organiser(chonburi),
        second=_organiser(chonburi),
        foreign=_organiser(ubon),
        centre=make.make_entry(centre, chonburi),
        judge=make.make_user("judge", full_name="สมศรี ใจดี"),
        own_judge=make.make_user("judge", full_name="สมชาย ชลบุรี", office=chonburi),
        strange_judge=make.make_user("judge", full_name="มาลี อุบล", office=ubon),
        edition=make.make_edition(scheme=WEBSITE),
    )


def _district(code: str, province: Office) -> Office:
    return make.make_office(code, kind="district", size="", parent=province, name_th=code, name_en=f"District {code}")


def _organiser(office: Office) -> User:
    return make.make_user("officer", office=office, is_organiser=True)


@pytest.fixture
def contest(area) -> Round:
    """Chon Buri's, opened, with its three districts and both judges."""
    round = make.make_contest_round(WEBSITE, organiser=area.chonburi, now=make.at("2021-08-20"), name_en="Websites")
    round.judges.set([area.judge, area.own_judge])
    intake.enter_offices(round, area.districts, by=area.organiser)
    return round


def test_a_contest_is_run_from_its_first_page_to_its_certificates_without_the_centre(area, browser):
    client = browser(area.organiser)
    home = client.get("/?all").content.decode()
    assert "Organise</a>" in " ".join(home.split()).replace(" </a>", "</a>")
    page = client.get(reverse("admin:submissions_round_add"))
    data = fields_of(page) | {"name_th": "ประกวดเว็บไซต์", "edition": area.edition.pk, "judges": [area.judge.pk]}
    made = client.post(reverse("admin:submissions_round_add"), data, follow=True)
    round = Round.objects.get(name_th="ประกวดเว็บไซต์")
    assert (round.organiser, round.is_preparing, list(round.judges.all())) == (area.chonburi, True, [area.judge])
    assert "Nobody else sees it until" in made.content.decode()

    entering = reverse("admin:submissions_round_enter_offices", args=[round.pk])
    looked = client.post(entering, {"kind": "district"})
    assert looked.context["offices"] == area.districts
    client.post(entering, {"kind": "district", "confirmed": "3"})
    assert [entry.office for entry in round.entries.order_by("office__code")] == area.districts
    client.post(reverse("admin:submissions_round_prepare", args=[round.pk]), {"when": "now"})
    round = Round.objects.get(pk=round.pk)
    assert not round.is_preparing

    entry = round.entries.get(office__code="2007")
    more = {"whom": f"entry.{entry.pk}", "slots": "website|", "until": "31/8/2570", "reason": "ไฟดับ"}
    client.post(reverse("admin:submissions_extension_add") + f"?round={round.pk}", more)
    officer = make.make_user("officer", office=entry.office)
    site = intake.attach_evidence(entry, intake.HandIn("website"), by=officer, url="https://www.example.org/x")
    decided = {"decision": "accept", "revision": site.revision}
    client.post(reverse("admin:submissions_evidence_change", args=[site.pk]), decided)
    site.refresh_from_db()
    assert (site.status, site.reviewed_by) == ("accepted", area.organiser)
    points = {code: str(item.max) for code, item in round.scheme.items.items()}
    intake.save_sheet(entry, by=area.judge, points=points, final=True)
    rescore([one.pk for one in round.entries.all()], at=round.now())
    assert client.get(reverse("board", args=[round.pk])).status_code == 200
    assert client.get(reverse("country", args=[round.pk])).status_code == 200

    publishing = reverse("publish", args=[round.pk])
    form = client.get(publishing).context["form"]
    tie = {"place-0-2001": "1", "place-0-2002": "2", "reason-0": "กรรมการมีมติ"}
    sent = {name: form[name].value() for name in ("seen", "number")} | {"acknowledged": "on"} | tie
    answer = client.post(publishing, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    make_publication(Publishing.objects.get(round=round).pk)
    publication = Publication.objects.get(round=round)
    files.make(publication, "certificates")
    assert publication.published_by == area.organiser
    assert publication.frame["issuer"]["title_th"] == "สำนักงานพัฒนาชุมชนจังหวัดชลบุรี"
    certificates = client.get(reverse("document", args=[publication.pk, "certificates"]))
    assert certificates["Content-Type"] == "application/pdf"
    assert check(round.entries.all()).findings == []


def test_ubon_runs_its_milestones_without_the_centre(area, browser):
    """Its organiser imports the districts' percents, accepts what they entered and handed in, and announces letters."""
    milestone, organiser = make.make_edition(scheme="milestone-2568"), area.foreign
    round = make.make_round(make.at("2025-05-10"), edition=milestone, settings={}, organiser=organiser.office)
    (entry,) = intake.enter_offices(round, [area.elsewhere], by=organiser)
    district, client = make.make_user("officer", office=area.elsewhere), browser(organiser)
    percents = {("2025-04.collected", ""): "100", ("2025-04.checked", ""): "100"}
    intake.import_figures(round, {entry: percents}, by=organiser, file_name="ก.xlsx", sha256="ab" * 32, ticked={})
    intake.enter_values(entry, {("2025-04.certified", ""): "100"}, by=district, at=make.at("2025-04-29"))
    column = reverse("admin:submissions_value_column", args=[round.pk, "2025-04.certified"])
    waiting = Value.objects.get(entry=entry, status="submitted")
    assert waiting.code == "2025-04.certified"
    assert client.post(column, {"seen": [f"{waiting.pk}.{waiting.revision}"]}).status_code == 302
    plan = intake.HandIn("2025-04.plan")
    plan = intake.attach_evidence(
        entry, plan, by=district, url="https://www.example.org/plan", at=make.at("2025-04-30")
    )
    decide = reverse("admin:submissions_evidence_change", args=[plan.pk])
    assert client.post(decide, {"decision": "accept", "revision": plan.revision}).status_code == 302

    rescore([entry.pk], at=round.now())
    board = client.get(reverse("board", args=[round.pk])).content.decode()
    assert area.elsewhere.name in board
    publishing = reverse("publish", args=[round.pk])
    form = client.get(publishing).context["form"]
    sent = {name: form[name].value() for name in ("seen", "number")} | {"acknowledged": "on"}
    assert client.post(publishing, sent).status_code == 302
    make_publication(Publishing.objects.get(round=round).pk)
    publication = Publication.objects.get(round=round)
    assert publication.results.get().criteria["2025-04"]["earned"] == "5.00"
    assert publication.frame["issuer"]["title_th"] == "สำนักงานพัฒนาชุมชนจังหวัดอุบลราชธานี"
    files.make(publication, "announcement")
    announced = reverse("document", args=[publication.pk, "announcement"])
    assert client.get(announced)["Content-Type"] == "application/pdf"
    assert browser(area.organiser).get(announced).status_code == 404, "Chon Buri's organiser has no part in it"
    assert check(round.entries.all()).findings == []


def test_an_office_that_the_scheme_does_not_name_announces_in_its_own_name(area):
    """The website contest is printed as Chon Buri's; Ubon runs it too. A district says what it is."""
    made = {}
    for office in (area.foreign.office, area.districts[0]):
        below = make.make_office(f"{office.code}-1", kind="subdistrict", size="", parent=office)
        round = make.make_contest_round(WEBSITE, organiser=office, now=make.at("2021-08-20"))
        rescore([make.make_entry(round, below).pk], at=round.now())
        made[office.code] = publish(round, by=_organiser(office)).frame["issuer"]
    assert made["TH-34"]["title_th"] == "สำนักงานพัฒนาชุมชนจังหวัดอุบลราชธานี"
    assert made["TH-34"]["signed_by_th"] == "พัฒนาการจังหวัดอุบลราชธานี"
    assert made["2001"]["signed_by_th"] == "พัฒนาการอำเภอ2001"


def test_queues_offer_no_region_outside(area, contest, browser):
    region = make.make_office("R01", kind="region", size="")
    make.make_office("R02", kind="region", size="")
    Office.objects.filter(pk=area.chonburi.pk).update(parent=region)
    assert 'name="region"' not in browser(area.organiser).get(reverse("review-queues")).content.decode()
    centre = browser(make.make_user("staff")).get(reverse("review-queues"), {"round": area.centre.round_id})
    assert 'name="region"' in centre.content.decode()


def test_of_the_centre_s_round_an_organiser_sees_in_the_admin_nothing(area, contest, browser):
    make.make_evidence(area.centre)
    client = browser(area.organiser)
    for model in ("round", "entry", "evidence", "sheet", "extension", "value", "event"):
        page = client.get(reverse(f"admin:submissions_{model}_changelist")).content.decode()
        assert "Of the centre" not in page, model
    row = Evidence.objects.get(entry=area.centre)
    assert client.get(reverse("admin:submissions_evidence_change", args=[row.pk])).status_code == 404
    assert client.get(reverse("admin:submissions_sheet_of_entry", args=[area.centre.pk])).status_code == 404
    assert "entry of another" not in str(access.why_not_change(area.organiser, area.centre))  # an officer there
    assert access.why_not_change(area.organiser, area.centre) is None
    with pytest.raises(intake.Refused):
        intake.review_evidence(row, by=area.organiser, accept=True)
    assert set(Sheet.objects.visible_to(area.organiser)) == set()


def test_a_neighbour_s_round_is_not_there(area, contest, browser):
    client = browser(area.foreign)
    for name in ("submissions_round_change", "submissions_round_history", "submissions_round_prepare"):
        assert client.get(reverse(f"admin:{name}", args=[contest.pk])).status_code == 404, name
    assert client.get(reverse("board", args=[contest.pk])).status_code == 404
    assert contest.name not in client.get(ROUNDS).content.decode()
    figures = client.get(reverse("admin:submissions_value_export")).content.decode()
    assert contest.name not in figures
    entry = contest.entries.first()
    deeds = [
        lambda: intake.set_opening(contest, None, by=area.foreign),
        lambda: intake.discard_round(contest, by=area.foreign),
        lambda: intake.enter_offices(contest, [area.elsewhere], by=area.foreign),
        lambda: intake.grant_extension(
            entry, by=area.foreign, requirement="website", period="", until=make.at("2027-01-01").date(), reason="x"
        ),
        lambda: publish(contest, by=area.foreign),
    ]
    for deed in deeds:
        with pytest.raises(intake.Refused):
            deed()
    assert not Extension.objects.exists()


def test_offices_outside_the_area_enter_no_round_of_it(area, contest):
    for outside in (area.elsewhere, area.chonburi):
        with pytest.raises(intake.Refused, match=str(outside)):
            intake.enter_offices(contest, [outside], by=area.organiser)
        with pytest.raises(intake.Refused, match=str(outside)):
            intake.enter_offices(contest, [outside], by=make.make_user("staff"))
    assert contest.entries.count() == 3


def test_judges_are_chosen_by_name_and_nothing_else_of_them_is_told(area, contest, browser):
    make.make_user("judge", username="only-a-login")
    closed = make.make_user("judge", full_name="ลาออก แล้ว", is_active=False)
    assert set(judges_for(area.organiser, Round())) == {area.judge, area.own_judge}
    page = browser(area.organiser).get(reverse("admin:submissions_round_add")).content.decode()
    assert area.judge.full_name in page
    for unsaid in ("only-a-login", area.judge.username, area.strange_judge.full_name, closed.full_name):
        assert unsaid not in page
    contest.judges.add(closed)  # by staff: who sits there is not lost when the organiser saves
    assert closed in judges_for(area.organiser, contest)


def test_two_organisers_at_once_are_told_and_nothing_is_lost(area, contest, browser):
    first, second = browser(area.organiser), browser(area.second)
    address = reverse("admin:submissions_round_change", args=[contest.pk])
    one, other = fields_of(first.get(address)), fields_of(second.get(address))
    first.post(address, one | {"name_en": "Websites of the districts"})
    late = second.post(address, other | {"name_en": "Best websites"})
    assert late.status_code == 409
    told = late.content.decode()
    assert "Websites of the districts" in told
    assert "Best websites" in told
    contest.refresh_from_db()
    assert contest.name_en == "Websites of the districts"


def test_an_opening_that_a_colleague_moved_meanwhile_is_shown_before_it_is_moved_again(area, contest, browser):
    contest.opens_at = None
    contest.save()
    address = reverse("admin:submissions_round_prepare", args=[contest.pk])
    seen = browser(area.second).get(address).context["form"]["seen"].value()
    later = {"when": "later", "day": "1/9/2599", "time": "09:00", "seen": seen}
    browser(area.organiser).post(address, later)
    mine = browser(area.second).post(address, {"when": "now", "seen": seen})
    text = mine.content.decode()
    assert mine.status_code == 422
    assert "Somebody else changed the opening" in text
    assert "2599" in text
    contest.refresh_from_db()
    assert contest.is_preparing
    browser(area.second).post(address, {"when": "now", "seen": mine.context["form"]["seen"].value()})
    contest.refresh_from_db()
    assert not contest.is_preparing


def test_what_is_recorded_by_the_centre_is_recorded_by_whoever_runs_the_round(area):
    round = make.make_round(organiser=area.chonburi)
    entry = make.make_entry(round, area.districts[0])
    amounts = {("2.1.1.target", ""): "900"}
    district = make.make_user("officer", office=area.districts[0])
    with pytest.raises(intake.Refused, match=r"organiser|ผู้จัดการประกวด"):
        intake.enter_values(entry, amounts, by=district)
    (value,) = intake.enter_values(entry, amounts, by=area.organiser)
    assert value.source == "central"


def test_an_organiser_is_held_to_what_staff_are_held_to(area, contest, settings):
    settings.SECOND_FACTOR = True
    assert first_step(area.organiser) == FACTOR
    assert first_step(make.make_user("officer", office=area.chonburi)) is None


def test_questions_of_districts_reach_the_organisers_where_no_judge_answers(area, contest):
    contest.judges.clear()
    entry = Entry.objects.select_related("round", "office").filter(round=contest).first()
    assert set(reviewers_of(entry, "website", "")) == {area.organiser, area.second}
    remark = intake.write_remark(entry, by=area.organiser, requirement="website", text="เปิดเว็บไซต์ไม่ได้")
    assert not remark.from_office


def test_editions_that_another_organiser_adopted_are_not_offered(area, contest):
    text = area.edition.text + "# amended\n"
    adopted = intake.adopt_edition(contest, text, by=area.organiser, reason="แก้คำผิด", expected=contest.edition.digest)
    assert adopted in Edition.objects.offered_to(area.organiser)
    assert adopted not in Edition.objects.offered_to(area.foreign)


@pytest.mark.parametrize("field", ["role", "kind"])
def test_only_an_officer_with_offices_below_organises(browser, field):
    staff = browser(make.make_user("staff"))
    village = make.make_office("200701", kind="subdistrict", size="")
    data = {"username": "new", "role": "judge" if field == "role" else "officer", "office": village.pk}
    data |= {"is_organiser": "on", "usable_password": "false"}
    page = staff.post(reverse("admin:submissions_user_add"), data)
    assert "Only an officer of a region" in page.content.decode()
    assert not User.objects.filter(username="new").exists()


def test_lists_of_an_organiser_cost_as_much_for_many_rows_as_for_few(area, contest, browser):
    client = browser(area.organiser)
    addresses = [reverse(f"admin:submissions_{name}_changelist") for name in ("round", "entry", "evidence", "sheet")]
    addresses += ["/admin/", reverse("board", args=[contest.pk])]
    few = _costs(client, addresses)
    for place in range(3):
        entry = make.make_entry(contest, _district(f"209{place}", area.chonburi))
        make.make_evidence(entry, "website")
        make.make_contest_round(WEBSITE, organiser=area.chonburi, now=timezone.now())
    assert _costs(client, addresses) == few


def _costs(client, addresses: list[str]) -> list[int]:
    for address in addresses:
        client.get(address)
    found = []
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        found.append(len(queries))
    return found
