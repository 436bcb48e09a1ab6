"""Pages of publications: who sees what, how publishing goes, and what is downloaded."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from awards.documents import files
from awards.models import Publication, Publishing
from awards.publishing.preparation import preparation_of
from awards.publishing.publish import publish
from awards.tasks import make_publication
from submissions.models import Office, User
from tests import factories
from tests.awards.conftest import falling, make_contest
from tests.awards.documents.papers import keep_all
from tests.extraction import by_poppler
from tests.markup import flat

pytestmark = pytest.mark.django_db


def officer_of(code: str) -> User:
    return factories.make_user("officer", office=Office.objects.get(code=code))


def send(client, contest, **data):
    prepared = preparation_of(contest, at=contest.now())
    number = contest.publications.count() + 1
    data = {"seen": prepared.fingerprint, "number": number, "is_open": "True", "acknowledged": "on"} | data
    return client.post(reverse("publish", args=[contest.pk]), data)


def press(client, contest, **data):
    """What a page shows once a worker has done what was sent."""
    answer = send(client, contest, **data)
    if answer.status_code != 302:
        return answer
    make_publication(Publishing.objects.latest("pk").pk)
    return client.get(answer["Location"], follow=True)


def address(name: str, publication, *args) -> str:
    return reverse(name, args=[publication.pk, *args])


PAGES = [
    ("publication",),
    ("publication-documents",),
    ("document", "announcement"),
    ("document", "results"),
    ("document", "certificates"),
    ("published-scorecard", "TH-A02"),
    ("certificate", "TH-A02"),
    ("credential", "TH-A02"),
    ("papers",),
    ("results-sheet", "xlsx"),
    ("results-sheet", "csv"),
    ("bundle",),
    ("full-bundle",),
    ("my-lines",),
]
# What an officer of TH-A01 and a judge of the round are answered where it is not 200.
REFUSED = {
    "officer": {
        **dict.fromkeys([("document", "certificates"), ("papers",), ("full-bundle",)], 403),
        **{(name, "TH-A02"): 404 for name in ("published-scorecard", "certificate", "credential")},
    },
    "judge": {
        **dict.fromkeys([("document", "certificates"), ("papers",), ("full-bundle",)], 403),
        **{(name, "TH-A02"): 403 for name in ("certificate", "credential")},
    },
    "staff": {},
    "admin": {},
}


def answers(client, publication) -> dict[tuple, int]:
    """Each page's status where it is not 200."""
    given = {page: client.get(address(page[0], publication, *page[1:])).status_code for page in PAGES}
    return {page: status for page, status in given.items() if status != 200}


@pytest.mark.parametrize("role", REFUSED)
def test_everybody_of_the_round_sees_what_is_theirs(role, client, contest, publication):
    keep_all(publication, "TH-A02")
    known = {"officer": lambda: officer_of("TH-A01"), "judge": contest.judges.get}
    client.force_login(known[role]() if role in known else factories.make_user(role))
    assert answers(client, publication) == REFUSED[role]


@pytest.mark.parametrize("role", ["officer", "judge"])
def test_for_those_outside_the_round_there_is_no_publication(role, client, publication):
    office = {"office": factories.make_office("TH-Z9")} if role == "officer" else {}
    client.force_login(factories.make_user(role, **office))
    assert answers(client, publication) == dict.fromkeys(PAGES, 404)


def test_strangers_are_asked_to_log_in(client, publication):
    assert answers(client, publication) == dict.fromkeys(PAGES, 302)
    assert client.get(address("publication", publication))["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["publications", "publish"])
def test_a_rounds_pages_by_role(name, client, contest):
    url = reverse(name, args=[contest.pk])
    stranger = factories.make_user("officer", office=factories.make_office("TH-Z9"))
    answers = {}
    for role, user in (
        ("staff", factories.make_user("staff")),
        ("judge", contest.judges.get()),
        ("officer", officer_of("TH-A01")),
        ("stranger", stranger),
    ):
        client.force_login(user)
        answers[role] = client.get(url).status_code
    closed = 403 if name == "publish" else 200
    assert answers == {"staff": 200, "judge": closed, "officer": closed, "stranger": 404}


@pytest.mark.parametrize(
    "path", ["document/diploma", "document/scorecard", "sheet/ods", "scorecard/TH-10", "publication/999999"]
)
def test_what_does_not_exist_is_not_found(path, as_staff, publication):
    url = {
        "document/diploma": lambda: address("document", publication, "diploma"),
        "document/scorecard": lambda: address("document", publication, "scorecard"),
        "sheet/ods": lambda: address("results-sheet", publication, "ods"),
        "scorecard/TH-10": lambda: address("published-scorecard", publication, "TH-10"),
        "publication/999999": lambda: reverse("publication", args=[999999]),
    }[path]()
    assert as_staff.get(url).status_code == 404


def test_publishing_by_the_page(as_staff, contest):
    page = as_staff.get(reverse("publish", args=[contest.pk]))
    for matter in page.context["matters"]:
        assert not matter.path or as_staff.get(matter.path).status_code == 200
    assert flat(page.content.decode()).count("<tr>") == 1 + 13
    answer = press(as_staff, contest)
    made = Publication.objects.get()
    assert answer.redirect_chain == [(address("publication", made), 302)]
    text = answer.content.decode()
    assert made.digest in text
    assert text.count("<tr") == 1 + 16


def test_what_is_open_must_be_acknowledged(as_staff, contest):
    answer = send(as_staff, contest, acknowledged="")
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"acknowledged"}
    assert not Publication.objects.exists()


def test_a_correction_is_asked_why(as_staff, contest, publication):
    assert send(as_staff, contest).context["form"].errors.keys() == {"reason"}
    press(as_staff, contest, reason="ตรวจรับคลาดเคลื่อน")
    assert Publication.objects.latest("number").reason == "ตรวจรับคลาดเคลื่อน"
    old = as_staff.get(address("publication", publication)).content.decode()
    assert address("publication", Publication.objects.latest("number")) in old


@pytest.fixture
def tied(db):
    totals = falling(15)
    totals[1] = totals[0]
    totals[13] = totals[12]
    return make_contest(*totals)


PLACES = {"place-0-TH-A01": "2", "place-0-TH-A02": "1", "place-1-TH-A13": "1", "place-1-TH-A14": "2"}
REASONS = {"reason-0": "คะแนนด้านที่ 5 สูงกว่า", "reason-1": "ส่งงานก่อน"}


def test_a_tie_is_decided_on_the_page(as_staff, tied):
    page = as_staff.get(reverse("publish", args=[tied.pk])).content.decode()
    assert all(f'name="{name}"' in page for name in [*PLACES, *REASONS])
    press(as_staff, tied, **PLACES, **REASONS)
    made = Publication.objects.get()
    first, second, *others = made.results.all()
    assert (first.office_code, first.tier, second.office_code, second.tier) == (
        "TH-A02", "winner", "TH-A01", "runner-up-1",
    )  # fmt: skip
    assert [(r.office_code, r.tier) for r in others[10:12]] == [("TH-A13", "commendation"), ("TH-A14", "")]
    assert {decision["reason"] for decision in made.decisions} == set(REASONS.values())
    with files.make(made, "announcement").file.open() as announcement:
        content = announcement.read()
    assert as_staff.get(address("document", made, "announcement")).content == content
    text = " ".join("".join(by_poppler(content)).split())
    assert "คะแนนด้านที่ ๕ สูงกว่า" in text
    assert "ส่งงานก่อน" in text
    again = as_staff.get(reverse("publish", args=[tied.pk])).context["form"]
    assert {name: again[name].value() for name in PLACES | REASONS} == PLACES | REASONS, "nothing is asked anew"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"place-0-TH-A01": "1"}, "place-0-TH-A02"),
        ({"place-0-TH-A01": ""}, "place-0-TH-A01"),
        ({"place-0-TH-A01": "3"}, "place-0-TH-A01"),
        ({"reason-1": " "}, "reason-1"),
    ],
)
def test_a_decision_is_whole_or_asked_for_again(wrong, field, as_staff, tied):
    answer = send(as_staff, tied, **PLACES | REASONS | wrong)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert REASONS["reason-0"] in answer.content.decode(), "nothing that was typed is lost"
    form = answer.context["form"]
    assert f"{form[field].label}</a>: {form.errors[field][0]}" in flat(answer.content.decode())
    assert not Publication.objects.exists()


def test_results_that_moved_are_shown_before_they_are_published(as_staff, contest):
    seen = preparation_of(contest, at=contest.now()).fingerprint
    factories.make_evidence(contest.entries.get(office__code="TH-A16"), "1.1.report", status="accepted")
    answer = press(as_staff, contest, seen=seen)
    assert "คะแนนหรือแบบเอกสารเปลี่ยน" in str(answer.context["form"].non_field_errors())
    assert not Publication.objects.exists()
    press(as_staff, contest, seen=answer.context["form"]["seen"].value())
    assert Publication.objects.exists()


def test_what_was_typed_comes_back_with_the_reason_that_nothing_was_published(as_staff, tied):
    seen = preparation_of(tied, at=tied.now()).fingerprint
    factories.make_evidence(tied.entries.get(office__code="TH-A15"), "1.1.report", status="accepted")
    answer = press(as_staff, tied, seen=seen, **PLACES, **REASONS)
    form, same = answer.context["form"], ("place-0-TH-A01", "place-0-TH-A02", "reason-0")
    assert [form[name].value() for name in same] == [(PLACES | REASONS)[name] for name in same], "the tie that is left"
    assert not form["acknowledged"].value(), "whoever publishes looks again"
    other = factories.make_user("staff")
    as_staff.force_login(other)
    shown = as_staff.get(reverse("publish", args=[tied.pk]), {"again": Publishing.objects.get().pk})
    assert REASONS["reason-0"] not in shown.content.decode(), "what one typed is not another's"


def test_who_publishes_second_is_told_who_published_first(as_staff, contest):
    factories.make_user("staff", full_name="นางสาวมาก่อน")
    first = publish(contest, by=User.objects.get(full_name="นางสาวมาก่อน"))
    answer = press(as_staff, contest, number=1, reason="แก้ไขคะแนน")
    told = str(answer.context["form"].non_field_errors())
    assert "นางสาวมาก่อน" in told
    assert Publication.objects.get() == first
    again = {name: answer.context["form"][name].value() for name in ("seen", "number")}
    press(as_staff, contest, reason="แก้ไขคะแนน", **again)
    assert Publication.objects.count() == 2


def test_a_round_is_opened_from_the_publication_that_holds(as_staff, staff, contest):
    first = publish(contest, by=staff)
    second = publish(contest, by=staff, reason="แก้ไข")
    answer = as_staff.get(address("open-round", first), follow=True)
    assert answer.redirect_chain == [(address("publication", second), 302)]
    assert "ฉบับที่ 1" in answer.content.decode() or "ครั้งที่ 1" in answer.content.decode()
    typed = as_staff.post(address("open-round", first), {"name_th": "ที่พิมพ์ไว้"})
    assert typed.status_code == 422
    assert "ที่พิมพ์ไว้" in typed.content.decode()


def test_announcements_of_other_rounds_are_one_press_away(client, as_staff, staff, publication):
    later = make_contest(*falling(2))
    page = address("publications", later)
    assert address("publications", publication.round) in as_staff.get(page).content.decode()
    own = as_staff.get(address("publications", publication.round)).content.decode()
    assert address("publications", later) not in own, "nothing was announced there"
    client.force_login(officer_of("TH-A02"))
    assert address("publications", publication.round) in client.get(page).content.decode()


def test_an_officer_opens_their_own_scorecard(client, publication):
    client.force_login(officer_of("TH-A03"))
    page = client.get(address("publication", publication)).content.decode()
    assert page.count('class="is-own"') == 1
    assert address("published-scorecard", publication, "TH-A03") in page
    assert address("published-scorecard", publication, "TH-A01") not in page
    assert reverse("bundle", args=[publication.pk]) in page
    assert reverse("full-bundle", args=[publication.pk]) not in page
    files.make(publication, "scorecard", "TH-A03")
    text = "".join(by_poppler(client.get(address("published-scorecard", publication, "TH-A03")).content))
    assert "จังหวัด TH-A03" in text
    assert re.search(r"คะแนนรวม\s*๙\s*จาก", text)


def test_an_office_finds_its_own_result_first(client, publication):
    client.force_login(officer_of("TH-A03"))
    page = flat(client.get(address("publication", publication)).content.decode())
    own = page[page.index("ผลของสำนักงานท่าน") : page.index("<table")]
    assert ">3</dd>" in own
    assert "รองชนะเลิศ" in own
    assert ">9</dd>" in own
    assert address("published-scorecard", publication, "TH-A03") in own
    client.force_login(publication.round.judges.get())
    assert "ผลของสำนักงานท่าน" not in client.get(address("publication", publication)).content.decode()


def test_the_result_stands_before_what_is_taken_away(as_staff, publication):
    page = flat(as_staff.get(address("publication", publication)).content.decode())
    table, documents, checking = (page.index(text) for text in ("<table", ">เอกสาร</h2>", ">ตรวจสอบด้วยตนเอง</h2>"))
    assert table < documents < checking
    assert page.count('<tr class="is-awarded">') == publication.results.exclude(tier="").count() > 0  # in no fold
    assert page.index("</table>") < page.index("more-rows is-everywhere") < documents


def test_a_panel_of_signed_copies_is_there_only_where_it_has_some(client, publication):
    client.force_login(officer_of("TH-A03"))
    assert 'id="signed"' not in client.get(address("publication", publication)).content.decode()


def test_the_scorecard_says_what_was_announced_last(client, contest, staff):
    client.force_login(officer_of("TH-A12"))
    entry = contest.entries.get(office__code="TH-A12")
    card = reverse("scorecard", args=[entry.pk])
    assert "ประกาศผลแล้ว" not in client.get(card).content.decode()
    first = publish(contest, by=staff)
    again = publish(contest, by=staff, reason="แก้ไข")
    page = client.get(card).content.decode()
    assert "ประกาศผลแล้ว" in page
    assert "อันดับ 12" in page
    assert "4.50 คะแนน" in page
    assert address("publication", again) in page
    assert address("publication", first) not in page


@pytest.mark.parametrize("language", ["th", "en"])
def test_pages_in_both_languages(language, as_staff, publication, contest):
    with translation.override(language):
        title = publication.title
    as_staff.cookies["django_language"] = language
    assert title == {"th": "รอบทดสอบ", "en": "Test round"}[language]
    for url in (address("publication", publication), reverse("publications", args=[contest.pk])):
        assert title in as_staff.get(url).content.decode()


def queries(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


@pytest.mark.parametrize("name", ["publications", "publish", "publication", "publication-documents", "results-sheet"])
def test_no_page_asks_more_for_more_rows(name, as_staff, staff):
    counts = []
    for size in (1, 3):
        contest = make_contest(*falling(size))
        made = publish(contest, by=staff)
        for number in range(size - 1):
            made = publish(contest, by=staff, reason=f"แก้ไข {number}")
        args = {"publications": [contest.pk], "publish": [contest.pk], "results-sheet": [made.pk, "xlsx"]}
        counts.append(queries(as_staff, reverse(name, args=args.get(name, [made.pk]))))
    assert counts[0] == counts[1]
    assert counts[1] <= {"publish": 20, "publication": 18}.get(name, 14)
