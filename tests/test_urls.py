"""Every address of the portal, as every role: what each is answered stands in urls.txt, and nothing else is true.

An address that is not in the table fails the test, and so does a line of the table without an address.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from rest_framework.views import APIView

from awards.afterwards import hindsight
from awards.documents.copies import put_signed_copy
from awards.publishing import press
from awards.publishing.publish import publish
from scoring import parcels, tasks, trial
from scoring.authoring.scalars import with_code
from scoring.models import Scorecard, ScoreChange
from scoring.recompute import rescore
from submissions import intake, notices
from submissions.models import (
    AccountEvent,
    Appeal,
    Circular,
    Consent,
    Event,
    Holiday,
    Letter,
    PracticeEntry,
    PracticeSheet,
    Proposal,
    ReasonTemplate,
    RegisterLine,
    Round,
    Webhook,
)
from tests import factories as make
from tests.awards.documents.papers import keep_all

ROLES = ("anonymous", "officer", "neighbour", "judge", "stranger", "staff", "admin", "organiser", "foreign")
pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("urls.txt")
# What is posted where an empty form would say nothing about permission.
BODIES = {
    "evidence/<int:pk>/withdraw/": {"revision": "1"},
    "entries/<int:pk>/evidence/": {"requirement": "1.1.report", "url": "https://www.example.org/x"},
    "evidence/<int:pk>/replace/": {"url": "https://www.example.org/x", "revision": "1"},
    "entries/<int:pk>/values/": {"criterion": "3.4"},
    "api/v1/entries/<int:pk>/evidence/": {"requirement": "1.1.report", "url": "https://www.example.org/x"},
    "api/v1/evidence/<int:pk>/replace/": {"url": "https://www.example.org/x", "revision": 1},
    "api/v1/evidence/<int:pk>/review/": {"decision": "accept", "revision": 1},
    "api/v1/evidence/<int:pk>/withdraw/": {"revision": 1},
    "api/v1/rounds/<int:pk>/values/review/": {
        "decision": "accept",
        "values": [{"entry": "<entry>", "code": "3.4.news", "period": "2023-07", "revision": 1}],
    },
    "api/v1/entries/<int:pk>/sheet/submit/": {"points": {}, "revision": 0},
    "i18n/setlang/": {"language": "en"},
}


def routes(patterns=None, prefix: str = "") -> Iterator[str]:
    """Every route of the resolver, as it is written."""
    for pattern in patterns or get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern.url_patterns, route)


def expected() -> dict[tuple[str, str], list[int]]:
    """(route, method): the status for each role, in the order of ROLES."""
    rows = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            route, method, *statuses = line.removeprefix("/").split()
            rows["" if route == "(home)" else route, method] = [int(status) for status in statuses]
    return rows


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A published round of two offices with one of everything, and a logged-in browser for each role."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        world.cookies = {role: logged_in(person) for role, person in world.people.items()}
        yield world
        transaction.set_rollback(True)


def logged_in(person) -> SimpleCookie:
    client = Client()
    client.force_login(person)
    return client.cookies


def browser(world, role: str, **options) -> Client:
    """As this role's browser was when it had logged in, which takes longer than most pages."""
    client = Client(raise_request_exception=False, **options)
    client.cookies = SimpleCookie(world.cookies.get(role))
    return client


def make_world() -> SimpleNamespace:
    judge, staff, admin = make.make_user("judge"), make.make_user("staff"), make.make_user("admin")
    stranger = make.make_user("judge")
    make.make_entry(make.make_round(judges=[stranger]), "TH-90")
    region = make.make_office("R06", kind="region", size="", name_th="เขตตรวจราชการที่ 6")
    round = make.make_round(judges=[judge], organiser=region)
    entry = make.make_entry(round, make.make_office("TH-81", parent=region))
    make.make_entry(round, make.make_office("TH-82", parent=region))
    officer = make.make_user("officer", office=entry.office)
    neighbour = make.make_user("officer", office=make.make_office("TH-82"))
    organiser, foreign = (make.make_user("officer", office=own, is_organiser=True) for own in (region, entry.office))
    district = make.make_office("TH-8101", kind="district", size="", parent=entry.office)
    make.make_entry(make.make_round(organiser=entry.office), district)
    evidence = make.make_evidence(entry, kind="pdf")
    make.make_filled_form(evidence, "innovation-report")
    twin = make.make_evidence(entry, "3.1.assignment", kind="pdf")
    sheet = make.make_sheet(entry, judge)
    for requirement in ("5.report", "5.checklist"):
        make.make_evidence(entry, requirement, status="accepted")
    (value,) = intake.enter_values(entry, {("3.4.news", "2023-07"): "7"}, by=officer)
    figures = {entry: {("2.2.1.updated", ""): "11"}}
    taken = intake.import_figures(round, figures, by=staff, file_name="ก.xlsx", sha256="ab" * 32, ticked={})
    holiday = Holiday.objects.create(date="2023-12-05", name_th="วันหยุด")  # after the days for appeals
    extension = make.make_extension(entry)
    tried = trial.begin(round, round.edition.text + "# tried\n", by=staff)
    tasks.try_text(tried.pk)
    draft = intake.begin_scheme(with_code(round.edition.text, "cdd40-2570"), "cdd40-2570", origin="copy", by=staff)
    circular = make_circular(round, by=staff)
    present = [{"name": "สมหญิง", "role": "ประธาน"}]
    meeting = intake.save_meeting(round, by=staff, held_on=make.NOW.date(), place="ห้องประชุม", present=present)
    reading = make.make_reading(entry.evidence.get(requirement="5.report"), judge)
    PracticeEntry.objects.create(round=round, entry=entry, chosen_by=staff, chosen_at=timezone.now())
    PracticeSheet.objects.create(entry=entry, judge=judge, status="final", saved_at=make.NOW, submitted_at=make.NOW)
    rescore([entry.pk])
    publication = publish(round, by=staff)
    keep_all(publication, "TH-81")
    for side in Consent.Side:
        said = {"side": side, "is_given": True, "said_by": staff, "said_at": make.NOW}
        Consent(entry=entry, evidence=evidence, **said).save()
    Round.objects.filter(pk=round.pk).update(is_public=True)
    heard = make.make_round(judges=[judge], organiser=region, appeal_days=3)
    announced = make.make_entry(heard, entry.office)
    publish(heard, by=staff)  # provisionally: nothing more may change in it
    Round.objects.filter(pk=heard.pk).update(is_closed=True)
    disputed = {"publication": 1, "criterion": "1.1", "text": "ส่งแล้ว", "made_by": officer, "made_at": make.NOW}
    unseating = {"kind": "unseat", "arguments": {"judges": []}, "sha256": intake.digest_of({"judges": []})}
    on_past = hindsight.begin(draft.text, publication, 0, by=staff, edition=None, draft=draft)
    hindsight.run(on_past)
    packed = parcels.begin(entry, by=officer)
    packed.note(stage="done", file=evidence.file.name, due_at=None)  # of any content
    notices.tell([officer], "evidence.accepted", key="accepted", entry=entry)
    everybody = (officer, neighbour, judge, stranger, staff, admin, organiser, foreign)
    people = dict(zip(ROLES[1:], everybody, strict=True))
    # What stands behind an id, by the part of the route before it.
    ids = {
        **{"entry": entry, "entries": entry, "evidence": evidence, "round": round, "rounds": round, "value": value},
        **{"user": officer, "office": entry.office, "holiday": holiday, "edition": round.edition, "sheet": sheet},
        **{"trial": tried, "extension": extension, "publication": publication, "publications": publication},
        **dict.fromkeys(("results", "en"), publication),  # pages without a log-in
        "practices": evidence,
        **{"beside": twin, "review": evidence, "judge": judge},
        **dict.fromkeys(("mine", "aside", "paper"), round),
        "reasontemplate": ReasonTemplate.objects.create(scheme_code=make.SCHEME, text_th="ไม่ชัด"),
        **{"schemedraft": draft, "draft": draft, "trials": on_past, "pasttrial": on_past},
        "import": taken,
        "appeals": Appeal.objects.create(entry=announced, **disputed),
        "proposals": Proposal.objects.create(round=round, reason="ย้าย", proposed_by=admin, **unseating),
        "parcels": packed,
        "publishings": press.begin(round, by=staff, deed="publish", said={}),
        "notices": officer.notices.first(),
        **{"meetings": meeting, "secondreading": reading},
        **{"circular": circular, "circulars": circular, "attachments": circular.attachments.get()},
        "webhooks": Webhook.objects.create(owner=staff, name="ระบบติดตาม", address="https://program.example/"),
        "accountevent": AccountEvent.objects.create(at=timezone.now(), user=officer, kind="login.done"),
        "letter": Letter.objects.create(user=officer, channel="mail"),
        "registerline": RegisterLine.objects.create(office=entry.office, year=2020, register="model-tambon"),
        "event": Event.objects.filter(entry=entry).first(),
        "scorecard": Scorecard.objects.get(entry=entry, basis="verified"),
        "scorechange": ScoreChange.objects.filter(entry=entry).first(),
        "result": publication.results.get(office_code="TH-81"),
        "copies": put_signed_copy(publication, "announcement", [make.make_upload("pdf")], by=staff)[0],
    }
    past = {name: str(row.history.first().pk) for name, row in ids.items() if hasattr(row, "history")}
    paper = publication.papers.get(kind="announcement").code
    return SimpleNamespace(paper=paper, people=people, ids={name: str(row.pk) for name, row in ids.items()}, past=past)


def make_circular(round, *, by) -> Circular:
    """One that was sent to all offices of a round, with a file."""
    at, writing = timezone.now(), intake.Writing(round, "offices", "เรื่อง", "ข้อความ")
    draft = intake.save_circular(None, writing, by=by, at=at, uploads=[make.make_upload("png")])
    return intake.send_circular(draft, by=by, at=at, revision=1)


def address(route: str, world) -> str:
    """A route with its gaps filled by what the world has."""
    path = re.sub(r"(^|(?<=/))\^|\$$", "", route)
    for gap, filled in {
        "<path:content_type_id>/<path:object_id>": "1/1",
        "(?P<app_label>submissions|scoring|awards)": "submissions",
        "<path:place>": "~",
        "<path:page>": "table/",
        "<str:code>": "1.1",
        "<str:value>": "3.4.news",
        "<str:form>": "innovation-report",
        "<str:requirement>": "1.1.report",
        "<str:key>": "nokey",
        "<slug:channel>": "mail",
        "<slug:kind>": "announcement",
        "<slug:name>": "officer",
        "<slug:office>": "TH-81",
        "(?P<office>[A-Za-z0-9-]+)": "TH-81",
        "<slug:extension>": "csv",
        "(?P<key>[-:\\w]+)": "nokey",
        "(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)": "1-nokey",
        "(?P<url>.*)": "nowhere/",
        "<int:entry_pk>": world.ids["entry"],
        "<int:judge_pk>": world.ids["judge"],
        "<int:number>/<int:page>": "1/1",
        "<slug:code>/<int:number>": "nocode/1",
        "<slug:code>/revoke": f"{world.paper}/revoke",
    }.items():
        path = path.replace(gap, filled)
    gap = r"(?:<[^>]+>|\(\[\^/\]\+\)|\(\?P<pk>\[0-9\]\+\))"
    path = re.sub(rf"(\w+)/({gap}/history)/{gap}", lambda found: f"{found[1]}/{found[2]}/{world.past[found[1]]}", path)
    path = re.sub(rf"(\w+)/{gap}", lambda found: f"{found[1]}/{world.ids.get(found[1], '1')}", path)
    assert not re.search(r"[<>()\[\]^$]", path), path
    return f"/{path}"


# What draws papers, slides and workbooks: they have tests of their own, and would take most of the time here.
DRAWN = (
    "awards.documents.pdf.render",
    "scoring.pages.booklet.make_pdf",
    "submissions.pages.printed.make_pdf",
    "submissions.documents.blank_sheets.make_pdf",
    "scoring.boards.slides.write",
    "scoring.boards.workbook.write",
    "awards.public.pictures.draw",
)


# What stands around every page, whatever it answers: its own tests look at it.
AROUND = {
    "submissions.pages.notices.unread_codes": [],
    "scoring.pages.rounds.usual_round": None,
    "submissions.admin.badges._waiting": defaultdict(int),
}


def draw_little(monkeypatch) -> None:
    """Thousands of pages are asked for: no papers are made for them, and what is the same around each is left out."""
    for name in DRAWN:
        monkeypatch.setattr(name, lambda *args, **kwargs: b"%PDF")
    for name, answer in AROUND.items():
        monkeypatch.setattr(name, lambda *args, answer=answer: answer)


@pytest.fixture
def ask(world, monkeypatch):
    """ask(role, method, route): the status; whatever it did is undone."""
    monkeypatch.setattr(APIView, "throttle_classes", [])
    monkeypatch.setattr(settings, "PRACTICE_IS_PUBLIC", True)  # the world's rounds have a clock of their own
    draw_little(monkeypatch)

    def ask(role: str, method: str, route: str, *, from_elsewhere: bool = False) -> int:
        with transaction.atomic():
            client = browser(world, role, enforce_csrf_checks=from_elsewhere)
            kind = {"content_type": "application/json"} if route.startswith("api/v1/") else {}
            body = BODIES.get(route, {}) if method == "POST" else {}
            if kind and method == "POST":
                body = json.dumps(body).replace('"<entry>"', world.ids["entry"])
            send = client.post if method == "POST" else client.get
            answer = send(address(route, world), body, **kind)
            b"".join(answer)  # to its end, as a server sends it
            status = answer.status_code
            transaction.set_rollback(True)
        return status

    return ask


def test_every_address_is_in_the_table_and_every_line_has_its_address():
    known = {route for route, _ in expected()}
    assert set(routes()) - known == set(), "not in tests/urls.txt: say there who is answered what"
    assert known - set(routes()) == set(), "in tests/urls.txt, but no address of the portal"


@pytest.mark.parametrize(("route", "method"), expected(), ids=[f"{method} {route}" for route, method in expected()])
def test_each_role_is_answered_as_the_table_says(ask, route, method):
    cache.clear()
    answered = {role: ask(role, method, route) for role in ROLES}
    assert answered == dict(zip(ROLES, expected()[route, method], strict=True))


@pytest.mark.parametrize("route", sorted(set(routes())))
def test_no_other_site_changes_anything_in_a_reader_s_name(ask, route):
    """A form sent from elsewhere carries the session's cookie, but not the token; where no form is read it is a 415.
    Where a program logs in nobody looks at cookies: what is sent lacks a password. Who may do it is asked later.
    """
    role = "admin" if route.startswith("admin/") else "officer"
    refused = {400} if route == "api/v1/login/" else {401, 403, 404, 405, 415}
    assert ask(role, "POST", route, from_elsewhere=True) in refused
