"""Nothing that is not published leaks: every public address, with ids guessed, before, during and after."""

import io
import re
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from awards import tasks
from awards.models import Publication
from awards.public.pages import urls
from awards.publishing.publish import Decision, preparation_of, publish
from submissions import intake
from submissions.models import Evidence, Examination, Round
from tests import factories as make
from tests.awards.conftest import make_contest
from tests.awards.publishing.hearing import make_heard
from tests.awards.publishing.test_nominees import people  # noqa: F401  a contest of persons

from .conftest import make_public

pytestmark = pytest.mark.django_db
FROZEN = {"awards_publication", "awards_result", "awards_bundle", "submissions_edition"}
SWITCH = {"submissions_round"}
# What both sides let everybody read: who said so, and what it is of.
RELEASED = {f"submissions_{name}" for name in ("consent", "evidence", "entry", "filledform", "examination")}
OFFICES = ("TH-A01", "TH-A02", "TH-A90", "TH-X0", "R06")


def routes(patterns=urls, before: str = "") -> list[str]:
    found = []
    for one in patterns:
        if isinstance(one, URLResolver):
            found += routes(one.url_patterns, f"{before}{one.pattern}")
        else:
            assert isinstance(one, URLPattern)
            found.append(f"/{before}{one.pattern}")
    return found


def addresses() -> list[str]:
    """Every public address with every id up to the last there is and beyond, and with offices that are there or not."""
    last = Publication.objects.order_by("-pk").values_list("pk", flat=True).first() or 1
    found = []
    for route in routes():
        for pk in [0, *range(max(last - 3, 1), last + 3)] if "<int:pk>" in route else [0]:
            for office in OFFICES if "<slug:office>" in route else OFFICES[:1]:
                pieces = list(Evidence.objects.values_list("pk", flat=True)) if "<int:practice>" in route else [0]
                for kind in ("csv", "xlsx", "json", "pdf") if "<slug:extension>" in route else ("",):
                    filled = route.replace("<int:pk>", str(pk)).replace("<slug:office>", office)
                    filled = filled.replace("<slug:extension>", kind)
                    found += [filled.replace("<int:practice>", str(piece)) for piece in pieces]
    return found


def text_of(answer) -> str:
    """What a reader finds in it, also within a workbook."""
    content = answer.getvalue()
    if content.startswith(b"PK"):
        book = zipfile.ZipFile(io.BytesIO(content))
        return " ".join(book.read(name).decode() for name in book.namelist())
    return content.decode(errors="replace")


def walk(client) -> dict[str, str]:
    """What every public address says where it says anything. So many are asked of one place only here."""
    caches["process"].clear()
    answers = {address: client.get(address) for address in addresses()}
    assert {answer.status_code for answer in answers.values()} <= {200, 404}
    return {address: text_of(answer) for address, answer in answers.items() if answer.status_code == 200}


def of_publications(said: dict[str, str]) -> list[str]:
    return [address for address in said if re.search(r"/results/(en/)?(\d|offices)", address)]


@pytest.fixture(autouse=True)
def quick_pictures(monkeypatch):
    monkeypatch.setattr("awards.public.pictures.draw", lambda announced: b"\x89PNG")


@pytest.fixture
def world(staff) -> SimpleNamespace:
    """Of one round all that must not be read: people, files, remarks, what is claimed; and a round still under way."""
    round = make_contest("9", "7.5", "7.5", "3", now=None, name_th="รอบที่ประกาศแล้ว", contact="โทร. 0-2222-3333")
    entry = round.entries.get(office__code="TH-A01")
    officer = make.make_user("officer", office=entry.office, full_name="นางสาวเจ้าหน้าที่ ลับ", email="lap@example.org")
    judge = round.judges.get()
    judge.full_name = "นายกรรมการ ลับ"
    judge.save()
    make.make_evidence(entry, "1.1.report", kind="pdf", note="หมายเหตุลับ")
    intake.write_remark(entry, by=officer, requirement="1.1.report", period="", text="ข้อความลับ")
    under_way = make_contest("9.13", "8.17", now=None, name_th="รอบลับ", is_public=True)
    secrets = ["นางสาวเจ้าหน้าที่ ลับ", "lap@example.org", "นายกรรมการ ลับ", "หมายเหตุลับ", "ข้อความลับ", "รอบลับ", "a.pdf"]
    secrets += ["เหตุผลลับ", "0-2222-3333", officer.username, judge.username, staff.username, "9.13", "8.17"]
    secrets += ["claimed", "attainable", '"facts"', "judging", entry.evidence.last().original_name]
    return SimpleNamespace(round=round, entry=entry, judge=judge, secrets=secrets, under_way=under_way)


def announce(world, staff) -> Publication:
    ties = preparation_of(world.round, at=world.round.now()).ties
    decisions = [Decision(tie.codes, "เหตุผลลับ") for tie in ties]
    return publish(world.round, by=staff, decisions=decisions)


def test_before_during_and_after(world, staff, anybody):
    assert of_publications(walk(anybody)) == []

    publication = announce(world, staff)
    assert of_publications(walk(anybody)) == []  # published, and not switched on

    make_public(publication)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        said = walk(anybody)
    pages = of_publications(said)
    assert f"/results/{publication.pk}/" in pages
    assert f"/results/en/{publication.pk}/offices/TH-A01/" in pages
    assert all(f"/{publication.pk}/" in address or "/offices/" in address for address in pages)
    assert not [address for address in pages if re.search("TH-A90|TH-X0|R06|pdf", address)]
    for address, text in said.items():
        assert [secret for secret in world.secrets if secret in text] == [], address
        assert f"J{world.judge.pk}" not in text, address
    tables = {name for one in asked for name in re.findall(r'(?:FROM|JOIN) "(\w+)"', one["sql"])}
    assert tables == FROZEN | SWITCH | RELEASED

    Round.objects.filter(pk=world.round.pk).update(is_public=False)
    assert of_publications(walk(anybody)) == []  # at once, from memory too


def test_a_piece_is_read_while_both_sides_let_it_be_and_its_result_is_public(world, staff, anybody, settings):
    head = make.make_user("officer", office=world.entry.office, is_head=True)
    piece, other = (
        make.make_evidence(world.entry, code, kind="pdf", status="accepted") for code in ("4.1.plan", "5.report")
    )
    publication = announce(world, staff)
    file = f"/results/{publication.pk}/best-practices/{piece.pk}/"

    def shown() -> set[str]:
        """Where the piece is told of, or sent."""
        said = walk(anybody)
        assert not [address for address, text in said.items() if piece.original_name in text]
        assert not [address for address in said if address.endswith(f"/{other.pk}/")]
        return {address for address, text in said.items() if address == file or f'{file}"' in text}

    intake.say_consent(piece, by=head, is_given=True)
    intake.say_consent(other, by=head, is_given=True)
    assert shown() == set()
    intake.say_consent(piece, by=staff, is_given=True)
    assert shown() == set()  # nothing of this round is public
    make_public(publication)
    pages = {
        f"{root}{page}"
        for root in ("/results/", "/results/en/")
        for page in ("best-practices/", f"{publication.pk}/offices/TH-A01/")
    }
    pages.add("/results/best-practices.json")
    assert shown() == {file, *pages}
    for by in (head, staff):
        intake.say_consent(piece, by=by, is_given=False)
        assert shown() == set()
        intake.say_consent(piece, by=by, is_given=True)
        assert shown() == {file, *pages}
    settings.CLAMD = "scanner"
    caches["public"].clear()  # settings change with a new process
    scan = Examination.objects.update_or_create(evidence=piece, defaults={"scan": "waiting"})[0]
    for state, seen in (("clean", {file, *pages}), ("infected", set()), ("clean", {file, *pages})):
        Examination.objects.filter(pk=scan.pk).update(scan=state)
        assert shown() == seen, state
    intake.review_evidence(piece, by=staff, accept=False, reason="ไม่ครบ", revision=piece.revision)
    assert shown() == set()


def test_what_is_claimed_is_told_nowhere(world, staff, anybody):
    publication = make_public(announce(world, staff))
    results = publication.results.all()
    announced = {f"{one.total:.2f}" for one in results}
    others = {f"{number:.2f}" for one in results for number in (one.claimed, one.attainable)} - announced
    assert others
    for address, text in walk(anybody).items():
        assert not [number for number in others if f">{number}<" in text or f",{number}," in text], address


def test_a_round_that_is_not_for_everybody_shows_nothing(announced, anybody):
    rounds, as_it_is = Round.objects.filter(pk=announced.round_id), {"is_public": True, "discarded_at": None}
    as_it_is["clock_offset"] = announced.round.clock_offset
    assert of_publications(walk(anybody)) != []
    for fields in ({"clock_offset": timedelta(days=-400)}, {"is_public": False}, {"discarded_at": timezone.now()}):
        rounds.update(**as_it_is | fields)
        assert of_publications(walk(anybody)) == [], fields
    rounds.update(**as_it_is)
    assert of_publications(walk(anybody)) != []  # which was what each of them hid


def test_a_provisional_result_is_public_only_where_its_table_is_shown(anybody, settings):
    settings.PRACTICE_IS_PUBLIC = True
    heard = make_heard(is_public=True)
    assert of_publications(walk(anybody)) == []
    Round.objects.filter(pk=heard.round.pk).update(rank_visibility="full")
    said = walk(anybody)
    assert of_publications(said) != []
    names = [heard.judge.username, heard.officer.username, heard.staff.username, "ไม่ครบ"]
    assert not [name for name in names for text in said.values() if name in text]
    page = said[f"/results/en/{heard.round.publications.get().pk}/"]
    assert "provisional" in page


@pytest.mark.parametrize("offset", [timedelta(0), timedelta(days=-400)])
@pytest.mark.parametrize("is_public", [True, False])
@pytest.mark.parametrize("discarded_at", [None, timezone.now()])
def test_whoever_runs_the_round_is_told_why_it_is_not_public(offset, is_public, discarded_at, announced):
    fields = {"clock_offset": offset, "is_public": is_public, "discarded_at": discarded_at}
    Round.objects.filter(pk=announced.round_id).update(**fields)
    publication = Publication.objects.select_related("round").get(pk=announced.pk)
    is_there = Publication.objects.public().filter(pk=announced.pk).exists()
    assert (publication.why_not_public() is None) == is_there
    publication.appeals_until = timezone.now()
    assert publication.why_not_public()  # offices see their own rank alone


def test_no_person_is_named_though_a_contest_is_of_persons(people, staff, anybody, settings, monkeypatch):  # noqa: F811
    settings.PRACTICE_IS_PUBLIC = True
    publication = make_public(publish(people, by=staff))
    monkeypatch.setattr(tasks, "send", lambda task, pk: task(pk))
    assert tasks.tend_bundles() == 0
    said = walk(anybody)
    assert anybody.get(f"/results/{publication.pk}/bundle.zip").status_code == 404
    assert f"/results/{publication.pk}/" in said
    names = [one.nominee["name_th"] for one in publication.results.all()]
    assert names
    assert not [address for address, text in said.items() for name in names if name in text]
