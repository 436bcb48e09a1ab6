"""Whoever has a paper in hand learns without an account whether it is ours and holds; nobody learns more."""

import hashlib
import re

import pytest
from django.core.cache import caches
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.documents import codes, files
from awards.documents.revoke import propose_to_revoke, revoke
from awards.models import Revocation
from awards.publishing.publish import publish
from submissions.intake import Refused
from submissions.models import Event, Office
from tests import factories as make
from tests.awards.conftest import make_contest
from tests.awards.documents.papers import keep, keep_all
from tests.markup import flat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unlimited():
    caches["process"].clear()


@pytest.fixture
def paper(publication):
    keep_all(publication, "TH-A03")
    return publication.papers.get(kind="scorecard", office="TH-A03")


def text_of(answer) -> str:
    return flat(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def ask(client, code: str):
    return client.get(reverse("verify-paper", args=[code]))


def test_a_code_is_long_names_nobody_and_is_read_however_it_is_typed(paper):
    assert re.fullmatch("[A-Z2-7]{28}", paper.code), "140 bits"
    for typed in (paper.code.lower(), codes.grouped(paper.code), f" {codes.address(paper.code)}/ "):
        assert codes.typed(typed) == paper.code
    assert codes.typed("0189") == "OIBG"[:4]
    assert codes.give(paper.publication, "scorecard", ["TH-A03"]) == {"TH-A03": paper.code}, "once and for all"


def test_a_paper_says_what_it_says_and_that_it_is_valid(client, paper):
    answer = ask(client, paper.code)
    said = text_of(answer)
    for words in ("จังหวัด TH-A03", "รองชนะเลิศ", "ใบคะแนน", "ครั้งที่ 1", "กรมการพัฒนาชุมชน", "มีผลใช้ได้"):
        assert words in said
    assert re.search(r"คะแนน\s+9\b", said)
    assert answer["X-Robots-Tag"] == "noindex"
    assert "เพิกถอน" not in said
    assert 'lang="th"' in answer.content.decode()
    client.cookies["django_language"] = "en"
    assert "it is valid" in text_of(ask(client, paper.code))


def test_an_announcement_lists_whom_it_names(client, paper):
    said = text_of(ask(client, paper.publication.papers.get(kind="announcement").code))
    assert said.count("จังหวัด TH-A") == 13, "those with an award"
    table = text_of(ask(client, paper.publication.papers.get(kind="results").code))
    assert table.count("จังหวัด TH-A") == 16


def test_a_replaced_one_says_by_which(client, paper, contest, staff):
    publish(contest, by=staff, reason="แก้ไข")
    said = text_of(ask(client, paper.code))
    assert "ครั้งที่ 2" in said
    assert "มีผลใช้ได้" not in said


def test_a_provisional_one_says_so(client, heard):
    publication = heard.round.publications.get()
    keep(publication, ("announcement", ""))
    assert "ชั่วคราว" in text_of(ask(client, publication.papers.get().code))


def test_a_revoked_one_says_why_whatever_came_after(client, paper, contest, staff):
    revoke(paper, by=staff, reason="พิมพ์ชื่อผิด")
    publish(contest, by=staff, reason="แก้ไข")
    said = text_of(ask(client, paper.code))
    assert "เพิกถอน" in said
    assert "พิมพ์ชื่อผิด" in said
    assert staff.username not in said


def test_what_was_guessed_is_not_found_and_not_often(client, paper):
    answer = ask(client, "A" * 28)
    assert answer.status_code == 404
    assert "ไม่มีเอกสาร" in text_of(answer)
    guessed = [ask(client, f"{number:028d}").status_code for number in range(70)]
    assert guessed.count(404) == 59
    assert set(guessed[59:]) == {429}


def test_the_field_leads_to_the_page(client, paper):
    assert client.get(reverse("verify")).status_code == 200
    answer = client.get(reverse("verify"), {"code": codes.grouped(paper.code).lower()})
    assert answer["Location"] == reverse("verify-paper", args=[paper.code])
    odd = client.get(reverse("verify"), {"code": "../?<x>%00" + "ก" * 300}, follow=True)
    assert odd.status_code == 404


def test_a_receipt_is_not_called_a_false_paper(client, publication):
    """It has a number and no code, and is checked in the log."""
    log = reverse("log") + "#receipt-title"
    typed = client.get(reverse("verify"), {"code": "2566/004622"})
    assert typed.status_code == 404
    assert log in typed.content.decode()
    assert "ไม่ได้ออกจากระบบนี้" not in text_of(typed)
    file = client.get(reverse("verify-file"), {"whole": "0" * 64})
    assert log in file.content.decode()


@pytest.mark.parametrize("is_practice", [True, False])
def test_a_file_of_a_practice_round_is_said_to_be_one_like_its_code(client, staff, is_practice):
    made = make_contest(9) if is_practice else make_contest(9, now=None)
    made_paper = files.make(publish(made, by=staff), "announcement")
    answer = client.get(reverse("verify-file"), {"whole": made_paper.sha256})
    assert answer.context["verdict"] == "unaltered"
    for page in (answer, ask(client, codes.of_document(made_paper))):
        assert ("ไม่ใช่เอกสารราชการ" in text_of(page)) is is_practice


def test_a_file_is_known_by_its_digests_alone(client, publication):
    made = files.make(publication, "announcement")
    content, code = files.read(publication, "announcement"), publication.papers.get().code
    whole, url = hashlib.sha256(content).hexdigest(), reverse("verify-file")
    assert whole == made.sha256
    said = {
        "unaltered": {"whole": whole, "signed": made.signed_sha256, "code": code},
        "added": {"whole": "0" * 64, "signed": made.signed_sha256, "code": code},
        "altered": {"whole": "0" * 64, "signed": "1" * 64, "code": code},
        "unknown": {"whole": "0" * 64, "signed": "", "code": ""},
    }
    answers = {name: client.get(url, query) for name, query in said.items()}
    assert [answer.context["verdict"] for answer in answers.values()] == list(said)
    assert ["notice-success" in answer.content.decode() for answer in answers.values()] == [True, False, False, False]
    assert [code in answer.content.decode() for answer in answers.values()] == [True, True, True, False]
    assert client.get(url).context["verdict"] == "unknown"
    assert client.post(url).status_code == 405, "nothing is uploaded"


def test_a_credential_s_file_is_its_certificate(client, paper):
    document = paper.publication.documents.get(kind="credential")
    keep(paper.publication, ("credential", "TH-A01"), content=b"e30.e30.AA")
    whole = hashlib.sha256(b"e30.e30.AA").hexdigest()
    codes.give(paper.publication, "certificates", ["TH-A01"])
    told = client.get(reverse("verify-file"), {"whole": whole}).context["told"]
    assert (told.paper.kind, told.paper.office) == ("certificates", "TH-A01")
    assert codes.of_document(document) == paper.publication.papers.get(kind="certificates", office="TH-A03").code


def test_only_those_who_run_the_round_revoke_and_say_why(client, paper, staff):
    url = reverse("revoke-paper", args=[paper.publication.pk, paper.code])
    client.force_login(paper.publication.round.judges.get())
    assert url not in ask(client, paper.code).content.decode()
    assert client.post(url, {"reason": "ผิด"}).status_code == 403
    client.force_login(staff)
    assert url in ask(client, paper.code).content.decode()
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": " "}).status_code == 422
    assert not Revocation.objects.exists()
    assert client.post(url, {"reason": "พิมพ์ผิด"})["Location"] == reverse("verify-paper", args=[paper.code])
    row = Revocation.objects.get()
    assert (row.by, row.reason, row.paper) == (staff, "พิมพ์ผิด", paper)
    assert url not in ask(client, paper.code).content.decode()
    assert client.post(url, {"reason": "อีกครั้ง"}).status_code == 422
    other = reverse("revoke-paper", args=[paper.publication.pk, "A" * 28])
    assert client.post(other, {"reason": "ผิด"}).status_code == 404


def test_a_revocation_tells_every_reason_and_is_written_once(paper, staff, english):
    judge = paper.publication.round.judges.get()
    with pytest.raises(Refused) as refused:
        revoke(paper, by=judge, reason=" ")
    assert set(refused.value.reasons) == {"", "reason"}
    row = revoke(paper, by=staff, reason="ผิด")
    with pytest.raises(Refused, match="revoked already"):
        revoke(paper, by=staff, reason="ผิด")
    row.reason = "อื่น"
    with pytest.raises(TypeError):
        row.save()
    for table in ("awards_paper", "awards_revocation"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET id = id + 1")


def test_where_two_persons_decide_the_second_revokes_it(client, paper, staff, english):
    round, second = paper.publication.round, make.make_user("staff")
    round.needs_two_persons = True
    round.save()
    with pytest.raises(Refused, match="a second person confirms it"):
        revoke(paper, by=staff, reason="ผิด")
    client.force_login(staff)
    url = reverse("revoke-paper", args=[paper.publication.pk, paper.code])
    proposed = client.post(url, {"reason": "พิมพ์ผิด"})["Location"]
    assert client.post(url, {"reason": "พิมพ์ผิด"}).status_code == 422, "it waits already"
    assert client.post(proposed, {"deed": "confirm"}).status_code == 403
    assert not Revocation.objects.exists()
    client.force_login(second)
    assert paper.code in client.get(proposed).content.decode()
    with CaptureQueriesContext(connection) as asked:
        assert client.post(proposed, {"deed": "confirm"}).status_code == 302
    statements = [query["sql"] for query in asked]
    held = next(i for i, sql in enumerate(statements) if 'FOR NO KEY UPDATE OF "submissions_entry"' in sql)
    written = next(i for i, sql in enumerate(statements) if sql.startswith('INSERT INTO "submissions_event"'))
    assert held < written, "whoever writes into an entry's chain holds the entry"
    row = Revocation.objects.get()
    assert (row.by, row.reason, row.paper) == (staff, "พิมพ์ผิด", paper)
    deed = Event.objects.get(verb="proposal.confirmed")
    assert (deed.data["deed"], deed.entry.office.code) == ("revoke", "TH-A03")


def test_an_office_reads_that_its_certificate_holds_no_more(client, publication, staff, english):
    keep_all(publication, "TH-A03")
    certificate = publication.papers.get(kind="certificates", office="TH-A03")
    client.force_login(make.make_user("officer", office=Office.objects.get(code="TH-A03")))
    page, taken = reverse("publication", args=[publication.pk]), reverse("certificate", args=[publication.pk, "TH-A03"])
    assert taken in client.get(page).content.decode()
    revoke(certificate, by=staff, reason="พิมพ์ชื่อผิด")
    told = client.get(page).content.decode()
    assert taken not in told
    assert "พิมพ์ชื่อผิด" in flat(told)


def test_the_list_of_papers_finds_an_office(client, paper, staff):
    client.force_login(staff)
    url = reverse("papers", args=[paper.publication.pk])
    assert client.get(url).content.decode().count("<tr") == 1 + 5
    assert client.get(url, {"office": "th-a03"}).content.decode().count("<tr") == 1 + 2
    assert "<tr" not in client.get(url, {"office": "ไม่มี"}).content.decode()


@pytest.mark.parametrize("name", ["papers", "verify-paper"])
def test_no_page_asks_more_for_more_papers(name, client, paper, staff):
    client.force_login(staff)
    publication = paper.publication
    args = {"papers": [publication.pk], "verify-paper": [publication.papers.get(kind="results").code]}[name]
    counts = []
    for more in (["TH-A01"], ["TH-A02", "TH-A04", "TH-A05"]):
        codes.give(publication, "scorecard", more)
        client.get(reverse(name, args=args))
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(name, args=args)).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]
    assert counts[0] <= 14


@pytest.mark.parametrize("has_another", [False, True])
def test_a_proposal_stands_in_no_log_where_its_office_has_several_entries(paper, staff, has_another):
    result = paper.publication.results.get(office_code=paper.office)
    entry = result.entry
    if has_another:
        result.pk, result._state.adding, result.place = None, True, 99
        result.entry = make.make_entry(paper.publication.round, make.make_office("TH-Z99"))
        result.save()
    proposed = propose_to_revoke(paper, by=staff, reason="พิมพ์ผิด")
    assert proposed.entry == (None if has_another else entry)
