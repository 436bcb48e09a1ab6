"""A first visit over a slow line: what production sends through its nginx, with nothing kept from before."""

import ssl
import subprocess
import sys
from itertools import cycle
from urllib.request import Request, urlopen

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command
from django.urls import reverse

from awards.publishing.preparation import Decision, preparation_of
from awards.publishing.publish import publish
from scoring.recompute import rescore
from submissions.models import Office
from tests import factories as make
from tests.servers import ROOT

from .conftest import PHONE, give_login

pytestmark = pytest.mark.browser
# Bytes on the line: page, styles, scripts, fonts, pictures and their headers. The admin brings styles of its own.
HEAVIEST, HEAVIEST_OF_ADMIN = 100 * 1024, 180_000
SLOWEST = 1400  # ms to the largest text
FARTHEST = 0.02  # how far what is read moves while the rest arrives: 0.1 is called good elsewhere
LINE = {"offline": False, "latency": 200, "downloadThroughput": 1_000_000 / 8, "uploadThroughput": 1_000_000 / 8}
TRIES = 12  # the line is slow, not the machine: its best counts
READABLE = """() => new Promise(found => new PerformanceObserver(seen => found(seen.getEntries().at(-1).startTime))
    .observe({type: "largest-contentful-paint", buffered: true}))"""
SHIFTS = """() => new Promise(found => {
    const sum = seen => seen.getEntries().reduce((sum, shift) => sum + shift.value, 0);
    new PerformanceObserver(seen => found(sum(seen))).observe({type: "layout-shift", buffered: true});
    setTimeout(() => found(0), 100);
})"""


@pytest.fixture(autouse=True, scope="module")
def squeezed(static_root):
    """As the image has them: each with its copy by brotli beside it."""
    subprocess.run([sys.executable, "deploy/compress.py", static_root], cwd=ROOT, check=True)


@pytest.fixture
def addresses(transactional_db):
    """(who, address) of each kind of page, in a round of the whole country where Krabi handed in all it could."""
    call_command("load_shipped", verbosity=0)
    provinces = Office.objects.filter(kind="province").exclude(code="TH-10")
    judge, staff = make.make_user("judge"), make.make_user("staff")
    round = make.make_round(rank_visibility="full", judges=[judge])
    entries = {office.code: make.make_entry(round, office) for office in provinces}
    krabi = entries["TH-81"]
    status = cycle(("accepted", "submitted", "returned", "accepted"))
    for requirement in round.scheme.requirements.values():
        for period in [one.code for one in requirement.periods] or [""]:
            make.make_evidence(krabi, requirement.code, period, status=next(status), channels=["facebook"])
    rescore([entry.pk for entry in entries.values()])
    officer = make.make_user("officer", office=krabi.office)
    decisions = [Decision(tie.codes, "มติที่ประชุม") for tie in preparation_of(round, at=round.now()).ties]
    publication = publish(round, by=staff, decisions=decisions)
    of_officer = (
        reverse("scorecard", args=[krabi.pk]),
        *(reverse("criterion", args=[krabi.pk, code]) for code in ("1.1", "4.2")),
        *(reverse(name) for name in ("calendar", "notices", "notice-settings", "own-guide")),
        *(reverse(name, args=[round.pk]) for name in ("standings", "scheme", "publications", "nominees")),
        reverse("publication", args=[publication.pk]),
        reverse("form", args=[krabi.pk, "innovation-report"]),
    )
    waiting = krabi.evidence.filter(status="submitted").earliest("pk")
    of_judge = (
        "/admin/",
        *(reverse(f"admin:submissions_{name}_changelist") for name in ("evidence", "sheet")),
        reverse("admin:submissions_evidence_change", args=[waiting.pk]),
        reverse("admin:submissions_sheet_of_entry", args=[krabi.pk]),
    )
    of_staff = (
        "/admin/",
        *(reverse(f"admin:submissions_{name}") for name in ("round_changelist", "user_changelist", "user_add")),
        reverse("admin:submissions_user_import"),
        reverse("admin:submissions_round_change", args=[round.pk]),
    )
    pages = {None: [reverse("account_login")], officer: of_officer, judge: of_judge, staff: of_staff}
    return [(user, address) for user, seen in pages.items() for address in seen]


@pytest.fixture
def visit(chromium, web, proxy):
    """visit(user, address): (bytes on the line, ms to the largest text, how far the page moved) in a browser that was
    never here.
    """

    def visit(user, address: str) -> tuple[int, float, float]:
        context = chromium.new_context(
            base_url=proxy.url, viewport=PHONE, locale="th-TH", ignore_https_errors=True, reduced_motion="reduce"
        )
        if user:
            give_login(context, user, proxy.url)
        context.request.get(address)  # a server that has been asked before: its templates are read
        page = context.new_page()
        line, sizes = context.new_cdp_session(page), []
        line.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", LINE)
        answer = page.goto(address, wait_until="networkidle")
        assert (answer.status, page.url) == (200, f"{proxy.url}{address}"), web.log_text()
        readable = page.evaluate(READABLE)
        assert readable > LINE["latency"], "the line is not slow"
        moved = page.evaluate(SHIFTS)
        context.close()
        return sum(sizes), readable, moved

    return visit


def test_each_kind_of_page_is_light_soon_readable_and_at_rest(addresses, visit):
    heavy, slow, restless = {}, {}, {}
    for user, address in addresses:
        weight, readable, moved = visit(user, address)
        for _ in range(TRIES - 1):
            if readable > SLOWEST:
                readable = min(readable, visit(user, address)[1])
        if weight > (HEAVIEST_OF_ADMIN if address.startswith("/admin/") else HEAVIEST):
            heavy[address] = weight
        if readable > SLOWEST:
            slow[address] = readable
        if moved > FARTHEST:
            restless[address] = moved
    assert (heavy, slow, restless) == ({}, {}, {})


def test_a_static_file_comes_as_small_as_its_browser_can_read(proxy, static_root):
    name = ManifestStaticFilesStorage(static_root).stored_name("vendor/bootstrap.used.css")
    trusted = ssl.create_default_context(cafile=str(proxy.folder / "tls_certificate"))
    answered = {}
    for known in ("gzip, br", "gzip", "identity"):
        asked = Request(f"{proxy.url}/static/{name}", headers={"Accept-Encoding": known})
        for kept in (False, True):  # the second time nginx has it
            with urlopen(asked, context=trusted) as answer:
                answered[known, kept] = answer.headers["Content-Encoding"]
    expected = {"gzip, br": "br", "gzip": "gzip", "identity": None}
    assert answered == {(known, kept): expected[known] for known in expected for kept in (False, True)}
