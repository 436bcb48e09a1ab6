"""Publications of contests with nominees: who is announced under which name, and ranks inside regions, or none."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.documents import pdf, spreadsheets
from awards.models import Publication, faults
from awards.pages.matters import open_matters
from awards.publishing.preparation import preparation_of
from awards.publishing.publish import Moved, publish
from awards.receivers import tell_result
from submissions import intake
from submissions.questions.proofread import Refused
from tests import factories as make
from tests.extraction import by_poppler
from tests.markup import flat

pytestmark = pytest.mark.django_db
WORK = ("1.skill", "1.website")


@pytest.fixture
def people(staff):
    """Three districts of Chon Buri: two name a person whose work is accepted, one a person without work."""
    round = make.make_round(make.at("2021-07-10"), edition=make.make_edition(scheme="itperson-2564"), settings={})
    province = make.make_office("TH-20", name_th="ชลบุรี")
    for number, name in enumerate(("นางสาวใจดี มีสุข", "นายกล้า หาญ", "นายไร้ ผลงาน"), start=1):
        district = make.make_office(
            f"TH-200{number}", kind="district", parent=province, size="", name_th=f"อำเภอที่{number}"
        )
        entry = make.make_entry(round, district)
        intake.name_nominee(entry, by=staff, name=name, declared=["1.civil_servant"])
        for requirement in WORK if number < 3 else ():
            make.make_evidence(entry, requirement, status="accepted", submitted_at=make.at("2021-07-08"))
    return round


@pytest.fixture
def regions(staff):
    """The last stage of the tambons' contest: two regions with two subdistricts each, judged."""
    judge = make.make_user("judge")
    edition = make.make_edition(scheme="tambon-2565")
    round = make.make_round(make.at("2022-08-01"), edition=edition, settings={}, judges=[judge])
    round.take_stage(round.scheme.stages[2])
    round.save()
    for number in range(4):
        region = make.make_office(
            f"R0{number // 2 + 1}", kind="region", size="", name_th=f"เขตตรวจราชการที่ {number // 2 + 1}"
        )
        province = make.make_office(f"TH-{number + 20}", parent=region)
        district = make.make_office(
            f"TH-{number + 20}01", kind="district", parent=province, size="", name_th=f"เมือง{number}"
        )
        own = make.make_office(
            f"TH-{number + 20}0101", kind="subdistrict", parent=district, size="", name_th=f"ท่า{number}"
        )
        entry = make.make_entry(round, district)
        intake.name_nominee(entry, by=staff, office=own)
        points = {code: str(number + 1) for code in round.scheme.items}
        make.make_sheet(entry, judge, points=points)
    return round


def page_of(client, user, publication) -> str:
    client.force_login(user)
    return client.get(reverse("publication", args=[publication.pk])).content.decode()


def text_of(kind: str, publication, office=None) -> str:
    return " ".join(" ".join(by_poppler(pdf.render(kind, publication.content(), office))).split())


def test_everybody_eligible_gets_a_certificate_with_the_name_and_no_rank(people, staff):
    publication = publish(people, by=staff)
    pages = by_poppler(pdf.render("certificates", publication.content()))
    assert len(pages) == 2
    assert "นางสาวใจดี มีสุข" in pages[0]
    assert "สำนักงานพัฒนาชุมชนอำเภออำเภอที่1" in pages[0]
    for kind in ("certificates", "announcement", "results"):
        assert "อันดับ" not in text_of(kind, publication), kind
    assert "อันดับ" not in text_of("scorecard", publication, "TH-2003")
    announced = text_of("announcement", publication)
    assert "นายกล้า หาญ" in announced
    assert "นายไร้ ผลงาน" not in announced
    assert "นายไร้ ผลงาน" in text_of("results", publication)


def test_who_runs_a_contest_heads_its_announcement_and_signs(people, contest, staff):
    publication = publish(people, by=staff)
    announced, certified = (text_of(kind, publication) for kind in ("announcement", "certificates"))
    assert announced.startswith("ประกาศสำนักงานพัฒนาชุมชนจังหวัดชลบุรี")
    assert "พัฒนาการจังหวัดชลบุรี" in announced
    assert "กรมการพัฒนาชุมชน" not in announced + certified
    assert certified.count("มอบประกาศเกียรติบัตรฉบับนี้") == certified.count("พัฒนาการจังหวัดชลบุรี") == 2
    of_department = publish(contest, by=staff)
    assert "issuer" not in of_department.frame
    assert text_of("announcement", of_department).startswith("ประกาศกรมการพัฒนาชุมชน")
    assert "อธิบดีกรมการพัฒนาชุมชน" in text_of("certificates", of_department)


def test_a_page_without_ranks_has_no_column_for_them(people, staff, client):
    shown = page_of(client, staff, publish(people, by=staff))
    assert 'class="rank"' not in shown
    assert "นางสาวใจดี มีสุข" in shown
    assert flat(shown).count("คนต้นแบบ ไอที พช.ชลบุรี</td>") == 2


def test_ranks_stand_under_the_name_of_their_region(regions, staff, client):
    publication = publish(regions, by=staff)
    shown = flat(page_of(client, staff, publication))
    order = ["เขตตรวจราชการที่ 1", "ตำบลท่า1", "ตำบลท่า0", "เขตตรวจราชการที่ 2", "ตำบลท่า3", "ตำบลท่า2"]
    table = shown[shown.index('<table class="standings') :]
    assert sorted(order, key=table.index) == order
    assert table.count('<td class="rank">1</td>') == table.count('<td class="rank">2</td>') == 2
    for kind in ("results", "announcement"):
        said = text_of(kind, publication)
        in_thai = [name.replace("1", "๑").replace("2", "๒") if "เขต" in name else name for name in order]
        assert sorted(in_thai, key=lambda name: said.rindex(name)) == in_thai, kind
    assert "จาก ๒ แห่ง" in text_of("scorecard", publication, "TH-2101")
    assert "รางวัล" not in text_of("announcement", publication)
    certificates = reverse("document", args=[publication.pk, "certificates"])
    assert certificates not in shown  # there are no awards
    assert client.get(certificates).status_code == 404


def test_an_office_is_told_its_rank_among_those_of_its_region(regions, staff):
    publish(regions, by=staff)
    assert tell_result(regions.entries.first())["among"] == 2


def test_a_list_of_those_named_is_announced_where_nobody_is_scored_yet(regions, staff):
    regions.take_stage(regions.scheme.stages[0])
    regions.save()
    said = text_of("announcement", publish(regions, by=staff))
    assert "รายชื่อตำบลที่ได้รับการคัดเลือก" in said
    assert "คะแนน" not in said
    assert "ตำบลท่า0 อำเภอเมือง0 จังหวัดจังหวัด TH-20" in said


def test_spreadsheets_and_programs_have_the_nominee_and_the_region(regions, people, staff, client):
    publication = publish(regions, by=staff)
    rows = list(
        csv.DictReader(
            io.StringIO(spreadsheets.write(spreadsheets.ResultResource(publication), "csv").decode("utf-8-sig"))
        )
    )
    assert (rows[0]["ผู้เข้าประเมิน"], rows[0]["เขตตรวจราชการ"], rows[0]["อันดับ"]) == ("ตำบลท่า1", "เขตตรวจราชการที่ 1", "1")
    unranked = spreadsheets.write(spreadsheets.ResultResource(publish(people, by=staff)), "csv").decode("utf-8-sig")
    assert "อันดับ" not in unranked
    live = spreadsheets.write(spreadsheets.StandingResource(people), "csv").decode("utf-8-sig")
    assert "นางสาวใจดี มีสุข" in live
    assert "อันดับ" not in live
    client.force_login(staff)
    first = client.get(f"/api/v1/publications/{publication.pk}/results/").json()[0]
    assert (first["nominee"]["name_th"], first["region"]["code"], first["rank"]) == ("ท่า1", "R01", 1)


def test_results_are_found_by_the_nominee_s_name(people, staff, client):
    publish(people, by=staff)
    client.force_login(staff)
    found = client.get(reverse("admin:awards_result_changelist"), {"q": "ใจดี"}).content.decode()
    assert ("นางสาวใจดี มีสุข" in found, "นายกล้า หาญ" in found) == (True, False)


def test_the_page_before_publishing_says_who_names_nobody(people, staff, client):
    make.make_entry(people, make.make_office("TH-2004", kind="district", parent=make.make_office("TH-20"), size=""))
    client.force_login(staff)
    shown = client.get(reverse("publish", args=[people.pk])).content.decode()
    assert "ยังไม่เสนอชื่อผู้เข้าประเมิน 1 แห่ง" in shown
    assert 'class="rank"' not in shown
    assert "นางสาวใจดี มีสุข" in shown


def test_nothing_is_published_before_anybody_is_named(staff):
    round = make.make_round(make.at("2021-07-10"), edition=make.make_edition(scheme="itperson-2564"), settings={})
    make.make_entry(round, make.make_office("TH-2001", kind="district", size=""))
    with pytest.raises(Refused):
        publish(round, by=staff)
    assert not Publication.objects.exists()


def test_a_publication_of_before_there_were_nominees_still_shows_and_holds(contest, staff, client):
    publication = publish(contest, by=staff)
    frame = {key: value for key, value in publication.frame.items() if key != "ranking"}
    old = Publication(pk=publication.pk, frame=frame)
    content = publication.content()
    del content["ranking"]
    assert all("nominee" not in result and "region" not in result for result in content["results"])
    assert old.ranking == "overall"
    for kind in pdf.KINDS:
        assert pdf.render(kind, json.loads(json.dumps(content)), "TH-A01") == pdf.render(
            kind, publication.content(), "TH-A01"
        )
    assert faults(publication) == []


def test_the_page_costs_the_same_for_one_nominee_and_for_three(people, staff, client):
    client.force_login(staff)
    costs = []
    for announced in (1, 3):
        others = people.entries.order_by("pk").values("pk")[announced:]
        people.entries.filter(pk__in=list(others.values_list("pk", flat=True))).update(state="candidate")
        publication = publish(people, by=staff, reason="แก้ไข")
        people.entries.update(state="taking_part")
        address = reverse("publication", args=[publication.pk])
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            shown = client.get(address).content.decode()
        assert shown.count('<th scope="row"') == announced
        costs.append(len(caught))
    assert costs[0] == costs[1]


def test_sheets_of_those_who_withdrew_stand_in_for_nobody(regions, staff):
    """Nor is evidence of theirs waited for."""
    at = regions.now()
    settled = len(open_matters(regions, preparation_of(regions, at=at), at=at))
    gone = regions.entries.first()
    make.make_evidence(gone, next(iter(regions.scheme.requirements)), status="submitted")
    successor = intake.withdraw_entry(gone, by=staff, reason="ลาออก")
    intake.name_nominee(successor, by=staff, office=gone.nominee_office)
    told = open_matters(regions, preparation_of(regions, at=at), at=at)
    assert len(told) == settled + 2  # one sheet, and that one entry can still earn more


def test_another_name_or_way_of_ranking_is_not_what_was_looked_at(regions, staff):
    seen = preparation_of(regions, at=regions.now()).fingerprint
    regions.ranking = "overall"
    regions.save()
    with pytest.raises(Moved):
        publish(regions, by=staff, seen=seen)
