"""What a publication shows for points is frozen with it: letters, levels with their sums, verdicts."""

import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from lxml import html as lxml_html

from awards.documents import files, pdf
from awards.models import Document, Publication, faults
from awards.publishing.publish import publish
from submissions.models import Edition
from tests import factories as make
from tests.awards.documents.content import made_up
from tests.extraction import by_poppler, lost, right_edges, words

pytestmark = pytest.mark.django_db


def publish_round(code: str, now: str, *entrants: dict[str, str], **fields) -> Publication:
    """A publication of a scheme's round; each entrant's values, {code: text}, and evidence {requirement: day}."""
    round = make.make_round(make.at(now), edition=make.make_edition(scheme=code), settings={}, **fields)
    for number, given in enumerate(entrants, start=1):
        entry = make.make_entry(round, f"TH-A{number:02d}")
        if round.scheme.nominees and round.scheme.nominees.kind == "person":
            entry.nominee_name = f"ผู้สมัครคนที่ {number}"
            entry.save()
        for code_, text in given.items():
            if code_ in round.scheme.requirements:
                make.make_evidence(entry, code_, status="accepted", submitted_at=make.at(text))
            else:
                make.make_value(entry, code_, text, entered_at=make.at(now), status="accepted")
    return publish(round, by=make.make_user("staff"))


@pytest.fixture
def letters() -> Publication:
    some = {"2025-04.collected": "100", "2025-04.checked": "100"}
    all_ = {**some, "2025-04.certified": "100", "2025-04.plan": "2025-04-10"}
    return publish_round("milestone-2568", "2025-10-10", all_, some)


@pytest.fixture
def levels() -> Publication:
    return publish_round("missions-2565", "2022-10-10", {"m4.2.percent": "20", "m4.1.plan": "2022-01-10"}, {})


@pytest.fixture
def verdicts() -> Publication:
    own = {"1.civil_servant": "true", "1.skill": "2021-07-08", "1.website": "2021-07-08"}
    return publish_round("itperson-2564", "2021-07-21", own, {"1.civil_servant": "true"})


def page_of(client, publication: Publication) -> str:
    client.force_login(make.make_user("staff"))
    html = client.get(reverse("publication", args=[publication.pk])).content.decode()
    return " ".join(words(lxml_html.fromstring(html).find(".//main")))


def printed(kind: str, publication: Publication, office: str = "TH-A01") -> str:
    """A document's text, which is exactly what was put in and stays within its margins."""
    content = publication.content()
    made = pdf.render(kind, content, office)
    html = render_to_string(f"awards/pdf/{kind}.html", pdf.context(kind, content, office))
    pages = right_edges(made)
    assert max(edge for page in pages for edge in page) <= pages[0][-1] + 0.5
    assert lost(html, by_poppler(made), numerals=pdf.thai.digits) == ""
    return " ".join(words(lxml_html.fromstring(html).find("body")))


def test_letters_stay_those_that_were_announced(client, letters):
    assert letters.frame["shown_as"] == "letters"
    assert letters.frame["letters"] == {"A": "5.00", "B": "4.00", "C": "3.00", "D": "2.00"}
    renamed = make.make_edition(letters.edition.text.replace("letters: {A: 5,", "letters: {S: 5,"), "milestone-2568")
    letters.round.edition = Edition.objects.get(pk=renamed.pk)
    letters.round.save()
    kept = Publication.objects.get(pk=letters.pk)
    assert faults(kept) == []
    results = printed("results", kept)
    assert "เมษายน ๒๕๖๘ พฤษภาคม ๒๕๖๘" in results
    assert "A – – C C C" in results
    assert "A = ๕ คะแนน B = ๔ คะแนน" in results
    assert "A (๕) / ๕" in printed("scorecard", kept)
    assert "A – – C C C" in page_of(client, kept)


def test_levels_stay_with_the_sum_that_was_behind_them(client, levels):
    assert levels.results.get(office_code="TH-A01").criteria["m4"]["total"] == {"earned": "90", "max": "100"}
    assert "total" not in levels.results.get(office_code="TH-A01").criteria["m5"]
    assert "– – – ระดับ ๕ –" in printed("results", levels)
    assert "m4 การพัฒนาเศรษฐกิจฐานรากและประชารัฐ (๕ คะแนน)" in printed("results", levels)
    assert "ระดับ ๕ (๙๐ จาก ๑๐๐ คะแนน)" in printed("scorecard", levels)
    assert "– – – ระดับ 5 –" in page_of(client, levels)


def test_a_verdict_and_a_certificate_for_everybody_who_is_eligible(client, verdicts):
    assert verdicts.frame["shown_as"] == "eligibility"
    assert "letters" not in verdicts.frame
    assert [result.tier for result in verdicts.results.all()] == ["certificate", ""]
    results, scorecard = printed("results", verdicts), printed("scorecard", verdicts)
    assert "ผลการพิจารณา" in results
    assert "ผ่านคุณสมบัติ คนต้นแบบ ไอที พช.ชลบุรี" in results
    assert "ไม่ผ่านคุณสมบัติ" in results
    assert "ผลการพิจารณาผ่านคุณสมบัติ" in scorecard
    assert "ไม่ได้รับรางวัล" not in scorecard
    for text in (results, scorecard, printed("announcement", verdicts)):
        assert "๑.๐๐" not in text
        assert "คะแนนเต็ม" not in text
        assert "อันดับ" not in text
    assert len(by_poppler(pdf.render("certificates", verdicts.content()))) == 1
    page = page_of(client, verdicts)
    assert "ผ่านคุณสมบัติ" in page
    assert not re.search(r">\s*[01]\s*</(td|dd)>", page)


def test_a_publication_of_points_says_nothing_of_letters(publication):
    """Its content, and with it its digest, is what it was before letters were known."""
    assert not {"shown_as", "letters"} & publication.content().keys()
    criteria = publication.results.first().criteria.values()
    assert {key for one in criteria for key in one} == {"earned", "attainable", "max", "why_th", "why_en"}


def test_what_was_frozen_before_is_shown_in_points():
    context = pdf.context("results", made_up(), None)
    assert (context["in_points"], context["by_criteria"], context["grades_th"]) == (True, False, [])
    assert len(context["results"][0]["cells"]) == 5


def test_whoever_awards_nobody_offers_no_certificates(client):
    nobody = publish_round("itperson-2564", "2021-07-21", {"1.civil_servant": "true"})
    assert not nobody.results.exclude(tier="").exists()
    assert files.shared(nobody) == (Document.Kind.ANNOUNCEMENT, Document.Kind.RESULTS)
    page_of(client, nobody)
    page = client.get(reverse("publication", args=[nobody.pk])).content.decode()
    certificates = reverse("document", args=[nobody.pk, "certificates"])
    assert certificates not in page
    assert client.get(certificates).status_code == 404
