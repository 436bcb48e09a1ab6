"""A stage that only selects: its pages say who is named, who is missing and by when, nothing of the contest."""

import pytest
from django.urls import reverse

from awards.documents import pdf
from awards.models import faults
from awards.publishing.publish import publish
from scoring.recompute import rescore_stale
from submissions import intake
from submissions.admin.sheet_form import missing_parts
from submissions.log.check import check
from submissions.models import Entry, Evidence, Sheet
from submissions.questions import access
from submissions.questions.deadlines import Calendar
from submissions.questions.proofread import Refused
from submissions.uploads import incoming
from tests import factories as make
from tests.api import API, by
from tests.extraction import by_poppler
from tests.markup import flat
from tests.submissions.conftest import make_tambons, own

pytestmark = pytest.mark.django_db
POINTS = ("0.00", "75.00", "/ 75", "75 คะแนน", "คะแนนที่", "คะแนนเต็ม")


@pytest.fixture
def districts():
    """The first stage: of three districts two have named a subdistrict."""
    entries = make_tambons(make.make_office("TH-20", name_th="ชลบุรี"), 3, judges=[make.make_user("judge")])
    staff = make.make_user("staff")
    named = [intake.name_nominee(entry, by=staff, office=own(entry.office)) for entry in entries[:2]]
    rescore_stale(named[0].round)
    return [*named, entries[2]]


@pytest.fixture
def round(districts):
    return districts[0].round


@pytest.fixture
def read(client):
    def read(user, name: str, *args) -> str:
        client.force_login(user)
        response = client.get(reverse(name, args=args), follow=True)
        assert response.status_code == 200
        return response.content.decode().partition("<main")[2]

    return read


def test_only_a_stage_without_ranks_before_another_selects(round):
    assert round.only_selects
    for stage, selects in zip(round.scheme.stages, (True, True, False), strict=True):
        round.take_stage(stage)
        assert round.only_selects is selects
    round.take_stage(round.scheme.stages[0])
    round.ranking = "overall"  # staff may have it ranked after all, and so judged
    assert not round.only_selects
    assert not make.make_round(ranking="none").only_selects


def test_an_entry_s_page_says_who_is_named_and_by_when(read, districts):
    named, _other, missing = districts
    shown = read(make.make_user(office=named.office), "scorecard", named.pk)
    assert named.nominee_office.name_th in shown
    assert "15 ธันวาคม 2564" in shown  # by when
    assert "2561" in shown  # whoever was a model since then is not eligible
    assert "จังหวัดคัดเลือกจังหวัดละ 2 ตำบล" in shown  # what comes next
    assert not any(words in shown for words in POINTS)
    assert "ยังไม่ได้เสนอชื่อ" in read(make.make_user(office=missing.office), "scorecard", missing.pk)


def test_home_shows_no_points(read, districts):
    shown = read(make.make_user(office=make.make_office("TH-20")), "home")
    assert str(districts[0].nominee_office.name_th) in shown
    assert not any(words in shown for words in POINTS)


def test_standings_are_the_table_of_who_takes_part(client, round):
    client.force_login(make.make_user("staff"))
    assert client.get(reverse("standings", args=[round.pk])).url == reverse("nominees", args=[round.pk])
    assert client.get(reverse("standings-sheet", args=[round.pk, "csv"])).status_code == 403
    assert client.get(reverse("criterion", args=[round.entries.first().pk, "1"])).status_code == 403


def test_publishing_tells_of_missing_names_alone(read, round, client):
    shown = read(staff := make.make_user("staff"), "publish", round.pk)
    assert "ยังอยู่ในกำหนดเสนอชื่อ" in shown
    assert "ยังขาดผู้เข้าร่วม 1 แห่ง" in shown
    shown = flat(shown).split('<section class="panel">')[0]
    # A breadcrumb, those two, and who signs: nothing of sheets, of evidence, of the close.
    assert shown.count("<li>") == 4
    assert not any(words in shown for words in POINTS)
    publication = publish(round, by=staff)
    assert publication.frame["tiers"] == []
    assert faults(publication) == []
    shown = read(staff, "publication", publication.pk)
    assert shown.count('<th scope="row"') == 2
    assert not any(words in shown for words in POINTS)
    assert client.get(reverse("published-scorecard", args=[publication.pk, "TH-2001"])).status_code == 404
    sheet = client.get(reverse("results-sheet", args=[publication.pk, "csv"])).content.decode()
    assert len(sheet.splitlines()[0].split(",")) == len(sheet.splitlines()[1].split(","))
    assert "0.00" not in sheet
    for kind in ("results", "announcement"):
        said = "".join(by_poppler(pdf.render(kind, publication.content())))
        assert "ที่ได้รับการคัดเลือก" in said
        assert "ผลการประเมิน" not in said
        assert not any(words in said for words in ("๐.๐๐", "๗๕", "คะแนน"))


def test_awards_are_not_given_before_the_contest(round, monkeypatch):
    """However many awards the scheme has."""
    text = round.edition.text.replace(
        "\nnominees:", "\nawards:\n  - {code: all, count: 5, title: {th: ดี, en: Good}}\nnominees:", 1
    )
    round.edition = make.make_edition(text, "tambon-2565")
    round.save()
    results = publish(round, by=make.make_user("staff")).results
    assert set(results.values_list("tier", flat=True)) == {""}


def test_the_calendar_asks_for_names_and_for_what_is_collected(districts, read):
    user = make.make_user(office=districts[0].office)
    assert [one.asked.kind for one in Calendar(user).deadlines()] == ["naming", "requirement"]
    shown = read(user, "calendar")
    assert "อำเภอคัดเลือกอำเภอละ 1 ตำบล" in shown
    assert "ประกวดระดับเขตตรวจราชการ" not in shown  # a later stage's


def test_the_scheme_s_page_says_what_this_round_is(read, round):
    shown = read(make.make_user("staff"), "scheme", round.pk)
    assert shown.count("2561 ถึง 2564") == 1  # who is not eligible
    assert "มีเพียงการคัดเลือกผู้เข้าร่วม" in shown
    round.take_stage(round.scheme.stages[2])
    round.save()
    assert "มีเพียงการคัดเลือกผู้เข้าร่วม" not in read(make.make_user("staff"), "scheme", round.pk)


def test_nothing_is_handed_in_or_judged(districts, round):
    named, judge = districts[0], round.judges.get()
    with pytest.raises(Refused, match="ยังไม่ต้องส่งหลักฐาน"):
        intake.attach_evidence(
            named, intake.HandIn("document.province"), by=make.make_user("staff"), url="https://a.go.th"
        )
    with pytest.raises(Refused, match="ยังไม่ต้องส่งหลักฐาน"):
        intake.enter_values(named, {("part.1.1", ""): "true"}, by=make.make_user("staff"))
    with pytest.raises(Refused, match="ยังไม่มีการให้คะแนน"):
        intake.save_sheet(named, by=judge, points={}, remark="", final=False)
    assert not Evidence.objects.exists()
    assert not Sheet.objects.exists()
    assert access.why_not_see_points(judge, named)


def test_what_a_stage_collects_is_handed_in_at_every_door(client, districts):
    named, missing = districts[0], districts[2]
    officer = make.make_user(office=named.office)
    with pytest.raises(Refused, match="เสนอชื่อ"):
        intake.attach_evidence(
            missing, intake.HandIn("document.district"), by=make.make_user("staff"), url="https://a.go.th"
        )
    client.force_login(officer)
    own = reverse("scorecard", args=[named.pk])
    fields = {"requirement": "document.district", "period": ""}
    done = client.post(reverse("evidence-add", args=[named.pk]), fields | {"upload": make.make_upload("pdf")})
    assert (done.status_code, done.url) == (302, f"{own}#slot-document-district")
    shown = client.get(own).content.decode().partition("<main")[2]
    assert 'id="slot-document-district"' in shown
    assert "31 พ.ค. 2565" in shown
    assert not any(words in shown for words in POINTS)
    for address in (reverse("slot", args=[named.pk]), reverse("thread", args=[named.pk, "document.district"])):
        page = client.get(address, {"requirement": "document.district"}).content.decode()
        assert f'href="{reverse("criterion", args=[named.pk, "5"])}' not in page, address
    by_program = by(officer).post(
        f"{API}/entries/{named.pk}/evidence/", {"requirement": "document.district", "url": "https://a.go.th/1"}
    )
    assert by_program.status_code == 201
    begun = incoming.begin(
        named, by=officer, hand_in=intake.HandIn("document.district"), name="เล่ม.pdf", size=9_000_000
    )
    assert begun.requirement == "document.district"
    assert not [one for one in check().findings if one.kind == "evidence"]  # a factory made the entries


def test_what_it_does_not_collect_is_refused_at_every_door(client, districts):
    named = districts[0]
    officer = make.make_user(office=named.office)
    client.force_login(officer)
    fields = {"requirement": "proof.order", "period": "", "url": "https://a.go.th/1"}
    assert client.post(reverse("evidence-add", args=[named.pk]), fields).status_code == 422
    refused = by(officer).post(
        f"{API}/entries/{named.pk}/evidence/", {"requirement": "proof.order", "url": "https://a"}
    )
    assert refused.status_code == 400
    with pytest.raises(Refused):
        incoming.begin(named, by=officer, hand_in=intake.HandIn("proof.order"), name="เล่ม.pdf", size=9_000_000)
    other = make.make_user(office=districts[1].office)
    client.force_login(other)
    assert client.post(reverse("evidence-add", args=[named.pk]), fields).status_code == 404
    assert not Evidence.objects.exists()


def test_collecting_shows_nobody_any_points(client, districts, round):
    named, judge = districts[0], round.judges.get()
    officer = make.make_user(office=named.office)
    paper = intake.attach_evidence(named, intake.HandIn("document.district"), by=officer, url="https://a.go.th/1")
    intake.review_evidence(paper, by=judge, accept=True)
    rescore_stale(round)
    for user in (officer, judge, make.make_user("staff")):
        client.force_login(user)
        assert client.get(reverse("criterion", args=[named.pk, "5"])).status_code == 403
        assert client.get(reverse("standings-sheet", args=[round.pk, "xlsx"])).status_code == 403
        assert by(user).get(f"{API}/entries/{named.pk}/scorecard/").status_code == 403
        shown = client.get(reverse("scorecard", args=[named.pk])).content.decode().partition("<main")[2]
        assert "ตรวจรับแล้ว" in shown
        assert not any(words in shown for words in POINTS)


def test_judges_of_a_later_stage_do_not_miss_what_was_collected_before(districts, round):
    named = districts[0]
    intake.attach_evidence(
        named, intake.HandIn("document.district"), by=make.make_user("staff"), url="https://a.go.th/1"
    )
    last = make.make_contest_round("tambon-2565")
    later = Entry.objects.create(round=last, office=named.office, preceding=named)
    after = Entry.objects.create(round=make.make_contest_round("tambon-2565"), office=named.office, preceding=later)
    title = last.scheme.requirements["document.district"].title
    for entry in (later, after):
        assert title not in missing_parts(Entry.objects.with_round().get(pk=entry.pk), ())
    alone = Entry.objects.with_round().get(pk=make.make_entry(last).pk)
    assert title in missing_parts(alone, ())


def test_the_page_of_a_stage_that_collects_costs_the_same_however_much_is_there(
    client, districts, django_assert_max_num_queries
):
    named = districts[0]
    client.force_login(officer := make.make_user(office=named.office))
    for number in range(5):
        url = f"https://a.go.th/{number}"
        intake.attach_evidence(named, intake.HandIn("document.district"), by=officer, url=url)
    with django_assert_max_num_queries(20):
        client.get(reverse("scorecard", args=[named.pk]))


def test_what_an_office_declares_is_taken_when_it_names_somebody():
    text = make.make_edition(scheme="itperson-2564").text + (
        "stages:\n"
        "  - {code: one, title: {th: ก, en: A}, entrants: named, per: district, places: 1, due: 2021-07-15}\n"
        "  - {code: two, title: {th: ข, en: B}, entrants: all, per: province, places: 1, due: 2021-07-20}\n"
    )
    round = make.make_round(make.at("2021-07-10"), edition=make.make_edition(text, "itperson-2564"), settings={})
    entry = make.make_entry(round, make.make_office("TH-2001", kind="district", size=""))
    named = intake.name_nominee(entry, by=make.make_user("staff"), name="นายกล้า หาญ", declared=["1.civil_servant"])
    assert round.only_selects
    assert (named.nominee, named.values.get().text) == ("นายกล้า หาญ", "true")
