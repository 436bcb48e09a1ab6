"""A round's scheme to read: all of it, for everybody in the round, on a page and as a PDF that says the same."""

from dataclasses import fields

import pytest
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from lxml import html as lxml_html

from scoring import engine, shipped
from scoring.pages.booklet import Booklet, on_paper
from submissions import thai
from submissions.models import Round
from tests import factories as make
from tests.extraction import READERS, by_poppler, lost, right_edges, words

pytestmark = pytest.mark.django_db
SCHEMES = shipped.schemes()
DOUBT_TH = "คู่มือพิมพ์ 55 % ทั้งในแถวแรกและแถวที่สอง"
DOUBT = "55 % is printed in both the first and the second row"


def round_of(code: str, **fields) -> Round:
    return make.make_round(edition=make.make_edition(scheme=code), **fields)


def words_of(response) -> str:
    return " ".join(words(lxml_html.fromstring(response.content.decode()).find(".//main")))


def read(client, user, round: Round, language: str = "en") -> str:
    client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(reverse("scheme", args=[round.pk]))
    assert response.status_code == 200
    return words_of(response)


@pytest.fixture(autouse=True)
def nothing_kept():
    """PDFs are kept by what they say, and rounds of tests say the same."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def staff():
    return make.make_user("staff")


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("code", SCHEMES)
def test_every_scheme_is_told_to_its_last_title(client, staff, code, language):
    scheme, said = SCHEMES[code], read(client, staff, round_of(code), language)
    titled = (
        *(scheme.dimensions, scheme.calendar, scheme.awards, scheme.stages, scheme.sizes),
        *(group.values() for group in (scheme.criteria, scheme.requirements, scheme.values, scheme.items)),
        scheme.settings.values(),
    )
    texts = [scheme.title, *(one.title for group in titled for one in group)]
    texts += [one.help for group in (scheme.requirements, scheme.values) for one in group.values() if one.help]
    texts += [tier.prize_in_kind for tier in scheme.awards if tier.prize_in_kind]
    doubted = (scheme, *scheme.dimensions, *(one for group in titled[5:] for one in group))
    texts += [doubt.text for one in doubted for doubt in getattr(one, "doubts", ())]
    texts += [text for item in scheme.items.values() for text in item.look_for]
    texts += [level.text for item in scheme.items.values() for level in item.levels]
    texts += [level.text for criterion in scheme.criteria.values() for level in criterion.levels]
    for text in texts:
        assert " ".join(text.to(language).split()) in said


def test_a_new_word_of_the_language_is_told_too():
    """Whoever adds a field here tells it on the page (or notes that `max` and the like are told elsewhere)."""
    assert {field.name for field in fields(engine.Scheme)} == {
        *("code", "title", "issuer", "close", "max", "ranking", "shown_as", "grades", "dimensions", "criteria"),
        *("requirements", "values", "items", "settings", "forms", "periods", "sizes", "targets", "awards", "calendar"),
        *("tie_break", "nominees", "stages", "is_blind", "asks_notes", "doubts"),
    }


def test_what_holds_for_the_whole_scheme(client, staff):
    round = round_of("cdd40-2566", settings={"2.1.2.due": "2023-05-31"})
    said = read(client, staff, round)
    assert "100 points in all, by 18 criteria." in said
    assert "The last day is 31 July 2566 BE (2023)" in said
    assert "Equal totals share a rank." in said
    assert "Day the BMN quality certificate is due: 31 May 2566 BE (2023)" in said
    assert "Day the central data centre records are due: not set yet" in said
    assert round.edition.digest in said
    assert "Winner 1 Outstanding Trophy, 15,000 baht" in said
    assert "5 to 25 pages · on A4 paper · a form to fill in on the screen Four parts" in said
    assert "New users of Click Chumchon, cumulative Small province 2,000 downloads" in said
    assert "on the screen · every month from February 2023 to July 2023, by the month's last day" in said
    assert "a number (households) · recorded by central staff · must be more than 0 households Average" in said
    assert said.count("by 31 July 2566 BE (2023)") <= 6, "said once for all, and where conditions belong together"


@pytest.mark.parametrize("address", ["scheme", "scheme-pdf"])
def test_a_rule_is_told_once_unless_it_is_asked_for_to_the_letter(client, staff, address):
    round = round_of("cdd40-2566")
    client.force_login(staff)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    counts = []
    for query in ("", "?letter"):
        response = client.get(reverse(address, args=[round.pk]) + query)
        said = words_of(response) if address == "scheme" else " ".join("".join(by_poppler(response.content)).split())
        counts.append([said.lower().count(text) for text in ("on the due day", "by 31 march 2566 be (2023)")])
    (day, march), (day_to_the_letter, march_to_the_letter) = counts
    assert (march, march_to_the_letter) == (2, 4), "of the first report, and of the training"
    assert day < day_to_the_letter


def test_who_takes_part_in_which_stage_and_what_is_shown(client, staff):
    tambon = read(client, staff, round_of("tambon-2565"))
    assert "Each entry is a subdistrict that an office names." in tambon
    assert "Whoever was a model in 2561 BE (2018) to 2564 BE (2021) is not named again." in tambon
    assert (
        "chosen among those announced in the stage before · 2 places for each province · by 15 December 2564 BE (2021)"
        in tambon
    )
    assert "shown to the judges, earns nothing by itself" in tambon
    assert "5 to 7 minutes · by 31 May 2565 BE (2022)" in tambon
    person = read(client, staff, round_of("itperson-2564"))
    assert "The office declares: “Civil servant of the Department”" in person
    assert "Nobody is ranked." in person
    assert "Run by: Chon Buri Provincial Community Development Office; results are signed by: Chief of" in person
    assert "Run by" not in tambon
    assert "everybody who is eligible" in person
    assert " point" not in person
    letters = read(client, staff, round_of("milestone-2568"))
    assert "A = 5 points, B = 4 points, C = 3 points, D = 2 points" in letters
    assert "may lie ahead: it is a plan" in letters


def test_how_judges_judge_is_told_as_the_round_has_it(client, staff):
    text = shipped.text("website-2564").replace("\nclose:", "\nblind: true\nnotes: true\nclose:", 1)
    round = make.make_round(edition=make.make_edition(text, "website-2564"), settings={})
    blind, notes = "Judges see no names of offices", "Judges say why an item earns nothing"
    said = read(client, staff, round)
    assert blind in said
    assert notes in said
    round.is_blind = False  # as those who run it may set it
    round.save()
    said = read(client, staff, round)
    assert blind not in said
    assert notes in said


def test_a_tie_break_is_told_in_its_order(client, staff):
    text = shipped.text("cdd40-2566").replace("ranking: overall", 'ranking: overall\ntie_break: ["5.1", "1.1"]', 1)
    round = make.make_round(edition=make.make_edition(text))
    said = read(client, staff, round)
    assert "in this order: 5.1 Novelty and process, 1.1 Big Data and Click Chumchon literacy" in said


@pytest.mark.parametrize("role", ["officer", "judge", "staff"])
@pytest.mark.parametrize("address", ["scheme", "scheme-pdf"])
def test_doubts_are_for_central_staff(client, role, address):
    user = make.make_user(role)
    round = round_of("cdd40-2566", judges=[user] if role == "judge" else [])
    make.make_entry(round, "TH-81")
    client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = client.get(reverse(address, args=[round.pk]))
    said = words_of(response) if address == "scheme" else " ".join("".join(by_poppler(response.content)).split())
    assert "Households collected" in said
    assert (DOUBT in said) is (role == "staff")


@pytest.mark.parametrize("address", ["scheme", "scheme-pdf"])
def test_a_round_of_others_is_not_there(client, address):
    round = round_of("itperson-2564")
    make.make_entry(round, "TH-82")
    for user in (make.make_user("officer"), make.make_user("judge")):
        client.force_login(user)
        assert client.get(reverse(address, args=[round.pk])).status_code == 404


def test_it_is_linked_where_a_round_is_read(client, staff):
    round = make.make_round()
    entry = make.make_entry(round, "TH-81")
    client.force_login(staff)
    pages = [reverse("scorecard", args=[entry.pk]), reverse("standings", args=[round.pk])]
    pages += [
        reverse("criterion", args=[entry.pk, "1.1"]),
        reverse("admin:submissions_sheet_of_entry", args=[entry.pk]),
    ]
    for page in pages:
        assert reverse("scheme", args=[round.pk]) in client.get(page).content.decode()


@pytest.mark.parametrize("address", ["scheme", "scheme-pdf"])
def test_it_costs_few_queries(client, staff, address, django_assert_max_num_queries):
    round = round_of("itperson-2564")
    client.force_login(staff)
    client.get(reverse(address, args=[round.pk]))
    with django_assert_max_num_queries(5):
        client.get(reverse(address, args=[round.pk]))


@pytest.mark.parametrize(("code", "language"), [*((code, "th") for code in SCHEMES), ("milestone-2568", "en")])
def test_the_pdf_says_exactly_what_the_page_says(client, staff, code, language):
    round = round_of(code)
    client.force_login(staff)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = lxml_html.fromstring(client.get(reverse("scheme", args=[round.pk])).content.decode())
    response = client.get(reverse("scheme-pdf", args=[round.pk]))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'inline; filename="{code}.pdf"'
    with translation.override(language):
        booklet = Booklet(Round.objects.get(pk=round.pk), language, with_doubts=True)
        html = on_paper({"booklet": booklet, "round": round})
    (scheme,) = page.find_class("scheme")
    body = lxml_html.fromstring(html).find("body")
    digits = str if language == "en" else thai.digits
    shown = [digits(word) for word in words(scheme)]
    assert shown == [word for part in body.findall("section") for word in words(part)]
    for reader in READERS.values():
        assert lost(html, reader(response.content), digits) == ""
    pages = right_edges(response.content)
    assert max(edge for edges in pages for edge in edges) <= pages[0][-1] + 0.5, "nothing is printed into the margin"


def test_a_pdf_is_laid_out_once_for_all_who_read_the_same(client, staff, monkeypatch):
    made = []
    monkeypatch.setattr("scoring.pages.booklet.make_pdf", lambda html: made.append(html) or b"%PDF")
    round = round_of("cdd40-2566", judges=[judge := make.make_user("judge")])
    for user in (staff, judge, make.make_user("staff")):
        client.force_login(user)
        assert client.get(reverse("scheme-pdf", args=[round.pk])).content == b"%PDF"
    doubted = [thai.digits(DOUBT_TH) in html for html in made]
    assert doubted == [True, False], "judges read no doubts, and no kept ones either"
    round.settings = {"2.1.2.due": "2023-06-15"}
    round.save()
    client.get(reverse("scheme-pdf", args=[round.pk]))
    assert "๑๕ มิถุนายน ๒๕๖๖" in made[2]
