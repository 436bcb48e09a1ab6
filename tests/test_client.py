"""A client made from the API's description hands in, reads and is refused; the example of the docs works with it."""

import importlib
import importlib.util
import io
import sys
from types import SimpleNamespace

import httpx
import openpyxl
import pytest
from django.core.wsgi import get_wsgi_application

from scoring.recompute import rescore
from submissions.api.tokens import TOKEN_LIFE, make_token
from submissions.models import Scope
from tests import factories as make
from tests.scripts import script
from tests.servers import ROOT
from tests.test_api_description import described  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def client_package(described, tmp_path_factory):  # noqa: F811
    """The client that `make client` packs, made of the description without a warning."""
    folder = tmp_path_factory.mktemp("client")
    script("client/generate").generate(described, folder)
    sys.path.insert(0, str(folder))
    yield "cdd4_client"
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "cdd4_client"]:
        del sys.modules[name]


@pytest.fixture
def portal(client_package, one_connection):
    """portal(module, …): call an operation of the generated client on the portal, in this process."""
    made = importlib.import_module(f"{client_package}.client")
    into = {"transport": httpx.WSGITransport(app=get_wsgi_application())}
    common = {"base_url": "http://localhost", "httpx_args": into, "raise_on_unexpected_status": True}
    at = SimpleNamespace(client=made.Client(**common))

    def call(module: str, *args, **named):
        operation = importlib.import_module(f"{client_package}.api.{module}")
        answer = operation.sync_detailed(*args, client=at.client, **named)
        return answer.status_code, answer.parsed

    call.models = importlib.import_module(f"{client_package}.models")
    call.file = importlib.import_module(f"{client_package}.types").File
    call.client = lambda: at.client
    call.log_in = lambda token: setattr(
        at, "client", made.AuthenticatedClient(token=token, prefix="Token", headers={"accept-language": "en"}, **common)
    )
    return call


@pytest.mark.usefixtures("no_requests_yet")
def test_a_generated_client_logs_in_lists_pages_hands_in_and_reads_the_scorecard(portal):
    entry = make.make_entry(office="TH-50")
    officer = make.make_user("officer", "krabi", office=entry.office)
    for number in range(3):
        make.make_evidence(entry, url=f"https://example.org/{number}")
    models = portal.models

    status, refused = portal("tokens.log_in", body=models.CredentialsRequest(username="krabi", password="wrong"))
    assert (status, refused.type_) == (400, "/api/problems/invalid/")
    status, token = portal("tokens.log_in", body=models.CredentialsRequest(username="krabi", password=make.PASSWORD))
    assert (status, token.user.office.code) == (200, "TH-50")
    portal.log_in(token.token)

    status, entries = portal("entries.list_entries")
    assert (status, entries.count, entries.next_, entries.previous) == (200, 1, None, None)
    assert (entries.results[0].id, entries.results[0].nominee) == (entry.pk, None)
    seen = []
    for page in (1, 2):
        status, evidence = portal("evidence.list_evidence", page=page, page_size=2, entry=entry.pk)
        assert (status, evidence.count, evidence.next_ is None) == (200, 3, page == 2)
        seen += [one.id for one in evidence.results]
    assert len(set(seen)) == 3
    status, newest = portal(
        "evidence.list_evidence", ordering=[models.ListEvidenceOrderingItem.VALUE_1, models.ListEvidenceOrderingItem.ID]
    )
    assert status == 200
    assert newest.count == 3

    upload = portal.file(payload=io.BytesIO(make.file_bytes("pdf")), file_name="r.pdf", mime_type="application/pdf")
    body = models.FileInRequest(requirement="1.1.report", upload=upload)
    status, handed_in = portal("evidence.attach_evidence", entry.pk, body=body)
    assert (status, handed_in.name, handed_in.status) == (201, "r.pdf", "submitted")
    assert entry.evidence.get(pk=handed_in.id).submitted_by == officer

    rescore([entry.pk])
    status, card = portal("scores.get_scorecard", entry.pk)
    assert (status, card.fresh, card.claimed.earned) == (200, True, "5.00")
    status, refused = portal("sheets.get_sheet", entry.pk)
    assert (status, refused.type_) == (403, "/api/problems/permission-denied/")
    status, refused = portal("entries.get_entry", 999_999)
    assert (status, refused.type_) == (404, "/api/problems/not-found/")


@pytest.fixture
def example(client_package):
    """The program of the docs that fills in a month."""
    spec = importlib.util.spec_from_file_location("fill_month", ROOT / "docs/examples/fill_month.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def workbook(tmp_path, *rows):
    book = openpyxl.Workbook()
    for row in [("ตัวชี้วัด", "จำนวน"), *rows]:
        book.active.append(row)
    book.save(tmp_path / "values.xlsx")
    return tmp_path / "values.xlsx"


@pytest.mark.usefixtures("no_requests_yet")
def test_the_example_fills_a_month_again_and_says_what_is_refused(portal, example, tmp_path):
    entry = make.make_entry(office="TH-50")
    officer = make.make_user("officer", office=entry.office)
    portal.log_in(make_token(officer, life=TOKEN_LIFE, scopes=[Scope.READ, Scope.HAND_IN])[1])

    def fill(*rows) -> list[str]:
        return example.fill(portal.client(), entry.pk, "2023-07", example.read_amounts(workbook(tmp_path, *rows)))

    assert fill(("3.4.news", 7), ("3.4.other", None)) == []
    assert fill(("3.4.news", 9)) == []  # what is there is read first, and entered over
    value = entry.values.get()
    assert (value.code, value.period, value.text, value.revision) == ("3.4.news", "2023-07", "9", 2)
    (negative,) = fill(("3.4.news", -3))
    assert negative.startswith("3.4.news.2023-07: ")
    (word,) = fill(("3.4.news", "เจ็ด"))
    assert word.startswith("3.4.news.2023-07: ")  # refused and said, not passed over
    lines = fill(("3.4.news", 10), ("3.4.nothing", 1), ("3.4.more", 2))
    assert len(lines) == 2
    assert all(
        code in line for code, line in zip(["3.4.nothing", "3.4.more"], sorted(lines, reverse=True), strict=True)
    )
    assert entry.values.get().revision == 2  # all, or none
